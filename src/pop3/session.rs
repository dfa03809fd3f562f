//! The session machine: which command is legal when, and every word of every answer. Pure.
//!
//! The shell feeds it: [`Session::line`] with a line (or [`Session::broken`] with what was none), [`Session::answer`] after a
//! [`Step::Ask`], [`Session::tls_started`] after a [`Step::StartTls`]. It says what to do next as a [`Step`].
//!
//! # Which command is legal in which state
//!
//! | | before TLS | TLS, not logged in | logged in |
//! | --- | --- | --- | --- |
//! | CAPA QUIT | yes | yes | yes |
//! | STLS | yes | no | no |
//! | UTF8 | yes | yes | no |
//! | USER PASS AUTH | no | yes | no |
//! | STAT LIST RETR DELE NOOP RSET TOP UIDL | no | no | yes |

use std::fmt::Write as _;
use std::sync::Arc;

use data_encoding::BASE64;
use zeroize::Zeroizing;

use super::command::{self, Code, Command, Refusal, Verb};
use crate::mail::address::MemberName;
use crate::net::connection::Ended;
use crate::net::line::{self, Fault};
use crate::net::login::{self, Admission, Password};
use crate::store::{Snapshot, Uid, UidValidity};

/// RFC 2449 section 4.
pub const LONGEST_COMMAND: usize = 255;
/// An exchange of AUTH may have lines this long (RFC 5034 section 4, after RFC 4954).
pub const LONGEST_AUTH: usize = 12288;

/// What a session must know of its home.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// How the home calls itself.
    pub hostname: String,
    /// After so many errors the session is ended: this is no mail program.
    pub max_errors: u32,
    /// So many lines are heard of somebody who does not log in; a mail program needs five.
    pub max_strange: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            hostname: "toxmail.local".into(),
            max_errors: 20,
            max_strange: 100,
        }
    }
}

/// What to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Say this.
    Reply(Reply),
    /// Find this out, then call [`Session::answer`].
    Ask(Ask),
    /// Say this, then send the message that was asked for, as [`super::lines`] makes it.
    Send(Reply),
    /// Say this, then shake hands, then call [`Session::tls_started`].
    StartTls(Reply),
    /// Give the mailbox free, say this and close.
    Close(Reply),
}

/// What the machine cannot know.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Ask {
    /// Whose name and password is this?
    Login { login: String, password: Password },
    /// May this member's mailbox be had alone, and what is in it?
    Open { member: MemberName },
    /// Can this message be sent? The whole of it, or its header and so many lines.
    Message { uid: Uid, body_lines: Option<u64> },
    /// Remove these for good.
    Update { marked: Vec<Uid> },
}

/// What the shell found out.
#[derive(Debug)]
pub enum Answer {
    /// To [`Ask::Login`].
    Login(Admission),
    /// To [`Ask::Open`].
    Opened(Result<Snapshot, Trouble>),
    /// To [`Ask::Message`].
    Message(Result<(), Trouble>),
    /// To [`Ask::Update`]: how many are still there.
    Updated(Result<usize, Trouble>),
}

/// Why something could not be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// Another session has the mailbox.
    InUse,
    /// There is no such mailbox, or no such message any more.
    Gone,
    /// Disk or database fails.
    OutOfOrder,
}

/// An answer as it goes over the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply(String);

impl Reply {
    fn ok(text: &str) -> Self {
        Self(format!("+OK {}\r\n", printable(text)))
    }

    /// More lines follow the first, which must not begin with a dot.
    fn list(first: &str, lines: impl Iterator<Item = String>) -> Self {
        let mut text = format!("+OK {first}\r\n");
        for line in lines {
            let _ = write!(text, "{line}\r\n");
        }
        text.push_str(".\r\n");
        Self(text)
    }

    /// Its bytes.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl From<&Refusal> for Reply {
    fn from(refusal: &Refusal) -> Self {
        let text = printable(&refusal.text);
        Self(match refusal.code {
            Some(code) => format!("-ERR [{}] {text}\r\n", code.as_str()),
            None => format!("-ERR {text}\r\n"),
        })
    }
}

/// Without `<`: see the room's page.
fn printable(text: &str) -> String {
    line::printable(text, &['<'])
}

/// The mailbox as the client sees it: a snapshot, and what is marked for deletion.
#[derive(Debug)]
struct Maildrop {
    validity: UidValidity,
    messages: Vec<Item>,
    /// Of those that are not marked.
    count: usize,
    octets: u64,
}

#[derive(Debug)]
struct Item {
    uid: Uid,
    octets: u64,
    marked: bool,
}

impl Maildrop {
    fn new(snapshot: &Snapshot) -> Self {
        let messages = snapshot.entries.iter().map(|entry| Item {
            uid: entry.uid,
            octets: entry.size + if entry.open_end { 2 } else { 0 },
            marked: false,
        });
        let mut maildrop = Self {
            validity: snapshot.figures.uid_validity,
            messages: messages.collect(),
            count: 0,
            octets: 0,
        };
        maildrop.unmark();
        maildrop
    }

    fn unmark(&mut self) {
        for item in &mut self.messages {
            item.marked = false;
        }
        self.count = self.messages.len();
        self.octets = self.messages.iter().map(|item| item.octets).sum();
    }

    fn summary(&self) -> String {
        let s = if self.count == 1 { "" } else { "s" };
        format!("{} message{s} ({} octets)", self.count, self.octets)
    }

    /// The numbers and messages that are not marked.
    fn listed(&self) -> impl Iterator<Item = (usize, &Item)> {
        let numbered = self.messages.iter().enumerate();
        numbered
            .filter(|(_, item)| !item.marked)
            .map(|(at, item)| (at + 1, item))
    }

    fn get(&mut self, number: u32) -> Result<&mut Item, Refusal> {
        let most = self.messages.len();
        let at = usize::try_from(number).unwrap_or(0).wrapping_sub(1);
        match self.messages.get_mut(at) {
            None => Err(Refusal::new(format!(
                "There is no message {number}; the numbers go up to {most}"
            ))),
            Some(item) if item.marked => Err(Refusal::new(format!(
                "Message {number} is marked for deletion; RSET takes that back"
            ))),
            Some(item) => Ok(item),
        }
    }

    fn mark(&mut self, number: u32) -> Result<(), Refusal> {
        let item = self.get(number)?;
        item.marked = true;
        let octets = item.octets;
        self.octets -= octets;
        self.count -= 1;
        Ok(())
    }

    fn marked(&self) -> Vec<Uid> {
        let marked = self.messages.iter().filter(|item| item.marked);
        marked.map(|item| item.uid).collect()
    }
}

#[derive(Debug)]
enum State {
    /// No TLS yet.
    Plain,
    /// TLS, nobody known; perhaps USER was said.
    Stranger { login: Option<String> },
    /// AUTH PLAIN was said without the response.
    Exchange,
    /// Logged in.
    Member(Maildrop),
    /// The shell owes an answer.
    Asked(Asked),
    /// The shell owes a handshake.
    Handshake,
    /// It is over.
    Closed,
}

#[derive(Debug)]
enum Asked {
    Login,
    Open,
    Message(Maildrop, Wanted),
    Update,
}

#[derive(Debug)]
struct Wanted {
    number: u32,
    octets: u64,
    whole: bool,
}

/// The columns of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Plain,
    Stranger,
    Member,
}

/// One client's conversation.
#[derive(Debug)]
pub struct Session {
    settings: Arc<Settings>,
    state: State,
    errors: u32,
    /// Lines of somebody who has not logged in.
    strange: u32,
}

impl Session {
    /// Before TLS (port 110).
    pub fn plain(settings: Arc<Settings>) -> Self {
        Self {
            settings,
            state: State::Plain,
            errors: 0,
            strange: 0,
        }
    }

    /// TLS came first (port 995).
    pub fn secure(settings: Arc<Settings>) -> Self {
        Self {
            settings,
            state: State::Stranger { login: None },
            errors: 0,
            strange: 0,
        }
    }

    /// The first words.
    pub fn greeting(&self) -> Reply {
        // The name comes last: an address literal at the beginning would look like a response code.
        Reply::ok(&format!("Toxmail POP3 at {}", self.settings.hostname))
    }

    /// The longest line that is read next.
    pub fn longest_line(&self) -> usize {
        match self.state {
            // A line of AUTH is told from others when it is there.
            State::Stranger { .. } | State::Exchange => LONGEST_AUTH,
            _ => LONGEST_COMMAND,
        }
    }

    /// A line came that is none.
    pub fn broken(&mut self, fault: Fault) -> Step {
        let mut most = LONGEST_COMMAND;
        if matches!(self.state, State::Exchange) {
            self.state = State::Stranger { login: None };
            most = LONGEST_AUTH;
        }
        self.refuse(match fault {
            Fault::BareLf => {
                Refusal::new("End each line with CR LF; a bare line feed ends nothing here")
            }
            Fault::BareCr => Refusal::new(
                "End each line with CR LF; there is a bare carriage return in this one",
            ),
            Fault::Nul => Refusal::new("There is a zero byte in this line; leave it out"),
            Fault::TooLong => too_long(most),
        })
    }

    /// A line came, without its CRLF.
    pub fn line(&mut self, line: &[u8]) -> Step {
        if self.stage() != Stage::Member {
            self.strange += 1;
            if self.strange > self.settings.max_strange {
                self.state = State::Closed;
                return Step::Close(Reply::from(&Refusal::new(
                    "Too many commands without a login; check the settings of your mail program",
                )));
            }
        }
        if matches!(self.state, State::Exchange) {
            self.state = State::Stranger { login: None };
            return self.response(line);
        }
        let verb = match command::verb(line) {
            Ok(verb) => verb,
            Err(refusal) => return self.refuse(refusal),
        };
        if line.len() > LONGEST_COMMAND && verb != Verb::Auth {
            return self.refuse(too_long(LONGEST_COMMAND));
        }
        if let Some(refusal) = illegal(verb, self.stage()) {
            return self.refuse(refusal);
        }
        match command::parse(verb, line) {
            Ok(command) => self.command(command),
            Err(refusal) => self.refuse(refusal),
        }
    }

    /// The answer to the last [`Step::Ask`].
    pub fn answer(&mut self, answer: Answer) -> Step {
        let State::Asked(asked) = std::mem::replace(&mut self.state, State::Closed) else {
            return out_of_order();
        };
        match (asked, answer) {
            (Asked::Login, Answer::Login(admission)) => self.admitted(admission),
            (Asked::Open, Answer::Opened(opened)) => self.opened(opened),
            (Asked::Message(maildrop, wanted), Answer::Message(found)) => {
                self.state = State::Member(maildrop);
                found_message(&wanted, found)
            }
            (Asked::Update, Answer::Updated(updated)) => Step::Close(match updated {
                Ok(0) => Reply::ok("Deleted what was marked; goodbye"),
                Ok(1) => Reply::from(&Refusal::coded(
                    Code::SysTemp,
                    "A message could not be deleted and is still there; try again later",
                )),
                Ok(kept) => Reply::from(&Refusal::coded(
                    Code::SysTemp,
                    format!(
                        "{kept} messages could not be deleted and are still there; try again later"
                    ),
                )),
                Err(_) => Reply::from(&Refusal::coded(
                    Code::SysTemp,
                    "Some of the messages could not be deleted; try again later",
                )),
            }),
            _ => out_of_order(),
        }
    }

    /// The handshake is done: everything that was said before is forgotten (RFC 2595 section 4).
    pub fn tls_started(&mut self) {
        self.state = State::Stranger { login: None };
        self.errors = 0;
    }

    /// The last words when the shell ends the session, where there are any. Nothing is deleted.
    pub fn goodbye(&mut self, why: Ended) -> Option<Reply> {
        self.state = State::Closed;
        let text = match why {
            Ended::Gone | Ended::TimedOut => return None,
            Ended::Stopping => "This home is going down for a moment; try again in a minute",
            Ended::Crowded => {
                "Too many connections, and somebody else needs this one; try again in a minute"
            }
            Ended::Endless => "This line does not end; check the settings of your mail program",
        };
        Some(Reply::from(&Refusal::coded(Code::SysTemp, text)))
    }

    fn stage(&self) -> Stage {
        match self.state {
            State::Plain | State::Handshake | State::Closed => Stage::Plain,
            State::Stranger { .. } | State::Exchange => Stage::Stranger,
            State::Asked(Asked::Login | Asked::Open) => Stage::Stranger,
            State::Member(_) | State::Asked(_) => Stage::Member,
        }
    }

    fn refuse(&mut self, refusal: Refusal) -> Step {
        self.errors += 1;
        if self.errors >= self.settings.max_errors {
            self.state = State::Closed;
            return Step::Close(Reply::from(&Refusal::new(
                "Too many errors; check the settings of your mail program",
            )));
        }
        Step::Reply(Reply::from(&refusal))
    }

    fn command(&mut self, command: Command) -> Step {
        match command {
            Command::Capa => Step::Reply(self.capabilities()),
            Command::Utf8 => Step::Reply(Reply::ok("UTF-8 it is")),
            Command::Quit => self.quit(),
            Command::Stls => {
                self.state = State::Handshake;
                Step::StartTls(Reply::ok("Begin TLS"))
            }
            Command::User(name) => {
                // Everybody hears the same: who has a mailbox here is nobody's business.
                self.state = State::Stranger { login: Some(name) };
                Step::Reply(Reply::ok("Now say PASS"))
            }
            Command::Pass(password) => match &mut self.state {
                State::Stranger { login } => match login.take() {
                    Some(login) => self.ask_login(login, password),
                    None => self.refuse(Refusal::new("Say USER first")),
                },
                _ => out_of_order(),
            },
            Command::Mechanisms => {
                Step::Reply(Reply::list("Log in with", ["PLAIN".to_owned()].into_iter()))
            }
            Command::Auth(None) => {
                self.state = State::Exchange;
                Step::Reply(Reply("+ \r\n".into()))
            }
            Command::Auth(Some(initial)) => self.response(initial.as_bytes()),
            _ => self.transaction(command),
        }
    }

    fn transaction(&mut self, command: Command) -> Step {
        let State::Member(maildrop) = &mut self.state else {
            return out_of_order();
        };
        let answer = match command {
            Command::Stat => Ok(Reply::ok(&format!(
                "{} {}",
                maildrop.count, maildrop.octets
            ))),
            Command::List(None) => Ok(Reply::list(
                &maildrop.summary(),
                maildrop
                    .listed()
                    .map(|(number, item)| format!("{number} {}", item.octets)),
            )),
            Command::Uidl(None) => Ok(Reply::list(
                "Names follow",
                maildrop
                    .listed()
                    .map(|(number, item)| format!("{number} {}.{}", maildrop.validity, item.uid)),
            )),
            Command::List(Some(number)) => maildrop
                .get(number)
                .map(|item| Reply::ok(&format!("{number} {}", item.octets))),
            Command::Uidl(Some(number)) => {
                let validity = maildrop.validity;
                maildrop
                    .get(number)
                    .map(|item| Reply::ok(&format!("{number} {validity}.{}", item.uid)))
            }
            Command::Dele(number) => maildrop.mark(number).map(|()| {
                Reply::ok(&format!(
                    "Message {number} will be deleted when you say QUIT"
                ))
            }),
            Command::Noop => Ok(Reply::ok("Still here")),
            Command::Rset => {
                maildrop.unmark();
                Ok(Reply::ok(&maildrop.summary()))
            }
            Command::Retr(number) => return self.ask_message(number, None),
            Command::Top { number, lines } => return self.ask_message(number, Some(lines)),
            _ => return out_of_order(),
        };
        // No error of the protocol: a message may have gone since the client's last visit.
        Step::Reply(answer.unwrap_or_else(|refusal| Reply::from(&refusal)))
    }

    fn ask_message(&mut self, number: u32, body_lines: Option<u64>) -> Step {
        let State::Member(mut maildrop) = std::mem::replace(&mut self.state, State::Closed) else {
            return out_of_order();
        };
        match maildrop.get(number) {
            Err(refusal) => {
                self.state = State::Member(maildrop);
                Step::Reply(Reply::from(&refusal))
            }
            Ok(item) => {
                let (uid, octets) = (item.uid, item.octets);
                let wanted = Wanted {
                    number,
                    octets,
                    whole: body_lines.is_none(),
                };
                self.state = State::Asked(Asked::Message(maildrop, wanted));
                Step::Ask(Ask::Message { uid, body_lines })
            }
        }
    }

    fn quit(&mut self) -> Step {
        let state = std::mem::replace(&mut self.state, State::Closed);
        if let State::Member(maildrop) = state {
            let marked = maildrop.marked();
            if !marked.is_empty() {
                self.state = State::Asked(Asked::Update);
                return Step::Ask(Ask::Update { marked });
            }
        }
        Step::Close(Reply::ok("Goodbye"))
    }

    fn capabilities(&self) -> Reply {
        let always = [
            "TOP",
            "UIDL",
            "PIPELINING",
            "RESP-CODES",
            "AUTH-RESP-CODE",
            "UTF8",
            "EXPIRE NEVER",
            "IMPLEMENTATION Toxmail",
        ];
        let now: &[&str] = match self.stage() {
            Stage::Plain => &["STLS"],
            Stage::Stranger | Stage::Member => &["USER", "SASL PLAIN"],
        };
        let all = always.iter().chain(now);
        Reply::list("This is what I can do", all.map(|&text| text.to_owned()))
    }

    // ---- logging in

    /// A response of AUTH PLAIN came.
    fn response(&mut self, line: &[u8]) -> Step {
        if line == b"*" {
            return self.refuse(Refusal::new("AUTH was given up"));
        }
        let decoded = BASE64.decode(line).map(Zeroizing::new);
        let parts = decoded
            .as_ref()
            .ok()
            .and_then(|bytes| std::str::from_utf8(bytes).ok())
            .and_then(login::sasl_plain);
        match parts {
            Some((login, password)) => self.ask_login(login, password),
            None => self.refuse(Refusal::new(
                "This is not base64 of a name and a password; try again",
            )),
        }
    }

    fn ask_login(&mut self, login: String, password: Password) -> Step {
        self.state = State::Asked(Asked::Login);
        Step::Ask(Ask::Login { login, password })
    }

    fn admitted(&mut self, admission: Admission) -> Step {
        self.state = State::Stranger { login: None };
        match admission {
            Admission::Welcome(member) => {
                self.state = State::Asked(Asked::Open);
                Step::Ask(Ask::Open { member })
            }
            Admission::Wrong => self.refuse(Refusal::coded(
                Code::Auth,
                "Name or password is wrong; check both in your mail program's settings",
            )),
            Admission::TryLater(wait) => self.refuse(Refusal::coded(
                Code::LoginDelay,
                format!(
                    "Too many wrong passwords; try again in {}",
                    login::in_words(wait)
                ),
            )),
            Admission::Unavailable => Step::Reply(Reply::from(&Refusal::coded(
                Code::SysTemp,
                "Passwords cannot be checked just now; try again in a minute",
            ))),
        }
    }

    fn opened(&mut self, opened: Result<Snapshot, Trouble>) -> Step {
        self.state = State::Stranger { login: None };
        match opened {
            Ok(snapshot) => {
                let maildrop = Maildrop::new(&snapshot);
                let reply = Reply::ok(&maildrop.summary());
                self.state = State::Member(maildrop);
                self.errors = 0;
                Step::Reply(reply)
            }
            Err(Trouble::InUse) => self.refuse(Refusal::coded(
                Code::InUse,
                "Another program is fetching from this mailbox; try again in a minute",
            )),
            Err(Trouble::Gone) => self.refuse(Refusal::coded(
                Code::SysPerm,
                "There is no mailbox for you in this home; ask who looks after it",
            )),
            Err(Trouble::OutOfOrder) => self.refuse(Refusal::coded(
                Code::SysTemp,
                "Your mailbox cannot be opened just now; try again in a few minutes",
            )),
        }
    }
}

fn found_message(wanted: &Wanted, found: Result<(), Trouble>) -> Step {
    let number = wanted.number;
    match found {
        Ok(()) if wanted.whole => Step::Send(Reply::ok(&format!("{} octets", wanted.octets))),
        Ok(()) => Step::Send(Reply::ok("Its beginning follows")),
        Err(Trouble::Gone) => Step::Reply(Reply::from(&Refusal::new(format!(
            "Message {number} was deleted by another program meanwhile"
        )))),
        Err(_) => Step::Reply(Reply::from(&Refusal::coded(
            Code::SysTemp,
            format!("Message {number} cannot be read just now; try again later"),
        ))),
    }
}

/// The table: `None` is legal.
fn illegal(verb: Verb, stage: Stage) -> Option<Refusal> {
    let no = |text: &str| Some(Refusal::new(text));
    match (verb, stage) {
        (Verb::Capa | Verb::Quit, _) => None,
        (Verb::Stls, Stage::Plain) => None,
        (Verb::Stls, _) => no("TLS is spoken already"),
        (Verb::Utf8, Stage::Plain | Stage::Stranger) => None,
        (Verb::User | Verb::Pass | Verb::Auth, Stage::Stranger) => None,
        (Verb::User | Verb::Pass | Verb::Auth | Verb::Utf8, Stage::Member) => {
            no("You are logged in already")
        }
        (_, Stage::Plain) => no("Say STLS first: switch on STARTTLS or TLS in your mail program"),
        (_, Stage::Stranger) => no("Log in first, with USER and PASS or with AUTH PLAIN"),
        (_, Stage::Member) => None,
    }
}

/// The shell and the machine do not agree on what comes next. Nothing is lost by ending.
fn out_of_order() -> Step {
    Step::Close(Reply::from(&Refusal::coded(
        Code::SysTemp,
        "Something in this home is out of order; try again in a few minutes",
    )))
}

fn too_long(most: usize) -> Refusal {
    Refusal::new(format!("This line is too long; {most} octets are the most"))
}

#[cfg(test)]
#[path = "session_tests.rs"]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests;
