//! The session machine: which command is legal when, and every word of every answer. Pure.
//!
//! The shell feeds it: [`Session::line`] with a line (or [`Session::broken`] with what was none, and [`Session::rest`] when that is
//! over), [`Session::literal`],
//! [`Session::letter`] and [`Session::discarded`] with what follows a literal's size, [`Session::answer`] after a
//! [`Step::Ask`], [`Session::rung`] while it is idle, [`Session::tls_started`] after a [`Step::StartTls`]. It says what to do
//! next as a [`Step`].
//!
//! `steps` has those words, `literals` how long what comes may be. Then by command: `login`, `tree` (LIST, CREATE, …), `selecting`,
//! `selected` (what works on the mailbox), `showing` (FETCH), `storing`, `searching`, `appending`; `news` is what others changed.
//!
//! # Which command is legal in which state
//!
//! | | before TLS | TLS, not logged in | logged in | a mailbox is selected |
//! | --- | --- | --- | --- | --- |
//! | CAPABILITY NOOP LOGOUT ID | yes | yes | yes | yes |
//! | STARTTLS | yes | no | no | no |
//! | LOGIN AUTHENTICATE | no | yes | no | no |
//! | ENABLE NAMESPACE SELECT EXAMINE CREATE DELETE RENAME SUBSCRIBE UNSUBSCRIBE LIST LSUB STATUS APPEND IDLE GETQUOTA GETQUOTAROOT | no | no | yes | yes |
//! | CHECK CLOSE UNSELECT EXPUNGE SEARCH SORT THREAD FETCH STORE COPY MOVE, with UID or without | no | no | no | yes |

mod appending;
mod literals;
mod login;
mod news;
mod searching;
mod selected;
mod selecting;
mod showing;
mod steps;
mod storing;
mod tree;

use std::sync::Arc;

use zeroize::Zeroizing;

use super::command::{Access, Bad, Command, Search, StatusItem};
use super::grammar;
use super::mailbox::{Recent, Room, Trouble};
use super::names::Spelling;
use super::view::Gone;
use crate::net::connection::Ended;
use crate::net::line::Fault;
use appending::Appending;
use literals::{Literal, go_ahead, literal_at_end};
use selected::Selected;
pub use steps::{Answer, Ask, Settings, Step, Tree};
pub use tree::{Choice, Line};

/// Where the session stands.
enum State {
    Plain,
    Stranger,
    Member,
    Selected(Box<Selected>),
    Closed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Plain,
    Stranger,
    Member,
    Selected,
}

/// What the next line belongs to.
enum Input {
    /// A command, of which this has come.
    Command(Vec<u8>),
    /// AUTHENTICATE.
    Exchange(String),
    /// IDLE.
    Idle(String),
    /// APPEND: a message has come, and what follows it is awaited.
    Appending(Appending),
    /// What is left of a command that was refused; then this is said.
    Skipping(Vec<u8>),
}

/// What the shell was asked for.
enum Asked {
    Login,
    /// With what is told of each besides.
    List(Option<Vec<StatusItem>>),
    Lsub,
    ListStatus(Vec<StatusItem>),
    Status(Vec<StatusItem>),
    Open(selecting::Opening),
    Tree(&'static str),
    Mark(storing::Marking),
    /// Messages are marked as read, then shown.
    SeenFirst(showing::Showing),
    /// UIDs that are gone are told, then messages shown.
    VanishedFirst(Vec<(u32, u32)>, showing::Showing),
    Fetch(showing::Showing),
    /// What others changed, before messages are removed.
    ExpungeNext {
        set: Option<super::command::Set>,
        close: bool,
    },
    Expunge {
        close: bool,
    },
    Copy {
        moved: bool,
    },
    Search(Search),
    Sort(super::command::By),
    Thread(super::command::By),
    Begin(Appending, Literal),
    Append,
    Room(Option<String>),
    /// The command is done; this is its answer.
    Sync {
        answer: Tagged,
        gone: Gone,
    },
    /// While idle.
    Idle,
}

/// A tagged answer that is to be said.
struct Tagged {
    word: &'static str,
    /// With the last mod-sequence, which is not known yet (RFC 7162 section 3.2.7).
    highest: bool,
    text: String,
}

/// What the client has switched on.
#[derive(Clone, Copy, Debug, Default)]
struct Enabled {
    condstore: bool,
    qresync: bool,
    utf8: bool,
    rev2: bool,
}

impl Enabled {
    fn spelling(self) -> Spelling {
        if self.utf8 || self.rev2 {
            Spelling::Utf8
        } else {
            Spelling::Utf7
        }
    }
}

/// A dialog with one client.
pub struct Session {
    settings: Arc<Settings>,
    state: State,
    input: Input,
    asked: Option<(String, Asked)>,
    enabled: Enabled,
    /// Untagged answers, said with the next step.
    out: Vec<u8>,
    errors: u32,
    strange: u32,
}

impl Session {
    /// On a port with STARTTLS.
    pub fn plain(settings: Arc<Settings>) -> Self {
        Self::new(settings, State::Plain)
    }

    /// On a port with TLS.
    pub fn secure(settings: Arc<Settings>) -> Self {
        Self::new(settings, State::Stranger)
    }

    fn new(settings: Arc<Settings>, state: State) -> Self {
        Self {
            settings,
            state,
            input: Input::Command(Vec::new()),
            asked: None,
            enabled: Enabled::default(),
            out: Vec::new(),
            errors: 0,
            strange: 0,
        }
    }

    /// The first words.
    pub fn greeting(&self) -> Vec<u8> {
        let capabilities = self.capabilities();
        let hostname = &self.settings.hostname;
        format!("* OK [CAPABILITY {capabilities}] Toxmail IMAP at {hostname}\r\n").into_bytes()
    }

    /// Whether IDLE is on, and a mailbox is selected that may change.
    pub fn listens(&self) -> bool {
        matches!(
            (&self.input, &self.state),
            (Input::Idle(_), State::Selected(_))
        )
    }

    /// Whether messages that were begun may still be filed.
    pub fn is_appending(&self) -> bool {
        matches!(self.input, Input::Appending(_))
            || matches!(self.asked, Some((_, Asked::Begin(..) | Asked::Append)))
    }

    /// Whether a mailbox is selected, or about to be.
    pub fn is_selected(&self) -> bool {
        matches!(self.state, State::Selected(_)) || matches!(self.asked, Some((_, Asked::Open(_))))
    }

    /// Takes a line.
    pub fn line(&mut self, line: &[u8]) -> Step {
        match std::mem::replace(&mut self.input, Input::Command(Vec::new())) {
            Input::Exchange(tag) => self.response(tag, line),
            Input::Idle(tag) if line.eq_ignore_ascii_case(b"DONE") => {
                self.done(tag, "OK", "IDLE is over", Gone::Told)
            }
            // A command, in all likelihood: what it announces follows, and is none (RFC 7888 section 4).
            Input::Idle(tag) => match literal_at_end(line).filter(|literal| !literal.waits) {
                Some(literal) => self.refuse_literal("BAD", &tag, IDLE_ENDS, literal),
                None => self.bad(&tag, IDLE_ENDS),
            },
            Input::Skipping(reply) => match literal_at_end(line) {
                Some(literal) if !literal.waits => {
                    self.input = Input::Skipping(reply);
                    self.discard(literal)
                }
                _ => self.say(&reply),
            },
            Input::Appending(appending) => self.append_goes_on(appending, line),
            Input::Command(mut text) => {
                text.extend_from_slice(line);
                match literal_at_end(line) {
                    Some(literal) => self.announced(text, literal),
                    None => self.execute(&text),
                }
            }
        }
    }

    /// Takes a line that was none, how it began, and what stands before the mistake: who made it in which command hears of it with
    /// its tag, where that has come (RFC 9051 section 7.1.3). After a [`Step::Say`], [`rest`](Self::rest) is next.
    pub fn broken(&mut self, fault: Fault, beginning: &[u8], before: &[u8]) -> Step {
        let text = match fault {
            Fault::BareLf => "Lines end with a carriage return and a line feed",
            Fault::BareCr => "A carriage return stands before a line feed only",
            Fault::Nul => "A line has no zero byte",
            Fault::TooLong => "This line is too long",
        };
        let over = Input::Skipping(Vec::new());
        let tag = match std::mem::replace(&mut self.input, over) {
            Input::Exchange(tag) => {
                self.input = Input::Command(Vec::new());
                tag
            }
            Input::Idle(tag) => tag,
            Input::Appending(appending) => appending.tag,
            // This command has its answer, which waits for the end of the command.
            Input::Skipping(reply) => return self.say(&reply),
            Input::Command(mut text) => {
                text.extend_from_slice(beginning);
                // A tag without its space may be the half of one.
                let tag = text.contains(&b' ').then(|| grammar::tag(&text));
                tag.flatten().unwrap_or_else(|| "*".into())
            }
        };
        // Where such a line ends, and so where its literal begins, nobody can tell: its octets could be taken for commands.
        let literal = literal_at_end(before).is_some_and(|literal| !literal.waits);
        if fault == Fault::BareLf && literal && matches!(self.input, Input::Skipping(_)) {
            self.state = State::Closed;
            self.untagged(&format!("BYE {text}"));
            return Step::Close(std::mem::take(&mut self.out));
        }
        self.bad(&tag, text)
    }

    /// A broken line is over, and this is how it ends. A literal that is announced there and does not wait for our word follows,
    /// whatever the line was; it is read and thrown away, with the rest of the command (RFC 7888 section 4).
    pub fn rest(&mut self, ending: &[u8]) -> Step {
        let input = std::mem::replace(&mut self.input, Input::Command(Vec::new()));
        match literal_at_end(ending) {
            Some(literal) if !literal.waits && matches!(input, Input::Skipping(_)) => {
                self.input = input;
                self.discard(literal)
            }
            _ => Step::Say(Vec::new()),
        }
    }

    /// Takes the octets of a [`Step::Literal`].
    pub fn literal(&mut self, octets: &[u8]) -> Step {
        if let Input::Command(text) = &mut self.input {
            text.extend_from_slice(octets);
        }
        Step::Say(Vec::new())
    }

    /// A [`Step::Discard`] is done.
    pub fn discarded(&mut self) -> Step {
        Step::Say(Vec::new())
    }

    /// The mailbox may have changed while the session [`listens`](Self::listens).
    pub fn rung(&mut self) -> Step {
        match &self.state {
            State::Selected(selected) => {
                let ask = self.news(selected);
                self.ask(String::new(), Asked::Idle, ask)
            }
            _ => Step::Say(Vec::new()),
        }
    }

    /// The handshake is done: everything that was said before is forgotten (RFC 3501 section 6.2.1).
    pub fn tls_started(&mut self) {
        *self = Self::secure(self.settings.clone());
    }

    /// The last words when the shell ends the session, where there are any.
    pub fn goodbye(&mut self, why: Ended) -> Option<Vec<u8>> {
        self.state = State::Closed;
        let text = match why {
            Ended::Gone => return None,
            Ended::TimedOut => "Nothing was said for too long; come back any time",
            Ended::Stopping => {
                "[UNAVAILABLE] This home is going down for a moment; try again in a minute"
            }
            Ended::Crowded => {
                "[UNAVAILABLE] Too many connections, and somebody else needs this one; try again in a minute"
            }
            Ended::Endless => "This line does not end; check the settings of your mail program",
        };
        Some(format!("* BYE {text}\r\n").into_bytes())
    }

    fn stage(&self) -> Stage {
        match self.state {
            State::Plain | State::Closed => Stage::Plain,
            State::Stranger => Stage::Stranger,
            State::Member => Stage::Member,
            State::Selected(_) => Stage::Selected,
        }
    }

    // ---- saying

    /// Says what is gathered, and this.
    fn say(&mut self, text: &[u8]) -> Step {
        self.out.extend_from_slice(text);
        Step::Say(std::mem::take(&mut self.out))
    }

    fn untagged(&mut self, text: &str) {
        self.out
            .extend_from_slice(format!("* {text}\r\n").as_bytes());
    }

    fn tagged(&mut self, tag: &str, word: &str, text: &str) -> Step {
        if word == "OK" {
            self.errors = 0;
        }
        self.say(format!("{tag} {word} {}\r\n", printable(text)).as_bytes())
    }

    fn bad(&mut self, tag: &str, text: &str) -> Step {
        self.errors += 1;
        if self.errors >= self.settings.max_errors {
            self.state = State::Closed;
            let text = "BYE Too many errors; check the settings of your mail program";
            self.untagged(text);
            return Step::Close(std::mem::take(&mut self.out));
        }
        self.tagged(tag, "BAD", text)
    }

    fn no(&mut self, tag: &str, text: &str) -> Step {
        self.tagged(tag, "NO", text)
    }

    fn ask(&mut self, tag: String, asked: Asked, ask: Ask) -> Step {
        self.asked = Some((tag, asked));
        Step::Ask(ask)
    }

    /// The command is done: what changed in the selected mailbox is told before the answer.
    fn done(&mut self, tag: String, word: &'static str, text: &str, gone: Gone) -> Step {
        let answer = Tagged {
            word,
            highest: false,
            text: text.to_owned(),
        };
        self.sync(tag, answer, gone)
    }

    fn sync(&mut self, tag: String, answer: Tagged, gone: Gone) -> Step {
        match &self.state {
            State::Selected(selected) => {
                let ask = self.news(selected);
                self.ask(tag, Asked::Sync { answer, gone }, ask)
            }
            _ => self.tagged(&tag, answer.word, &answer.text),
        }
    }

    fn news(&self, selected: &Selected) -> Ask {
        Ask::Changes {
            since: selected.mod_seq,
            recent: self.recent(selected.access),
        }
    }

    /// RFC 9051 appendix E: IMAP4rev2 has done away with `\Recent`.
    fn recent(&self, access: Access) -> Recent {
        match access {
            _ if self.enabled.rev2 => Recent::Untold,
            Access::ReadWrite => Recent::Claimed,
            Access::ReadOnly => Recent::Looked,
        }
    }

    fn trouble(&mut self, tag: &str, trouble: Trouble) -> Step {
        self.no(tag, &told(trouble))
    }

    // ---- reading

    /// A command of somebody who has not logged in; there may be too many.
    fn heard_strange(&mut self) -> Option<Step> {
        self.strange += 1;
        (self.strange > self.settings.max_strange).then(|| {
            self.state = State::Closed;
            self.untagged(
                "BYE Too many commands without a login; check the settings of your mail program",
            );
            Step::Close(std::mem::take(&mut self.out))
        })
    }

    fn execute(&mut self, text: &[u8]) -> Step {
        if matches!(self.stage(), Stage::Plain | Stage::Stranger)
            && let Some(end) = self.heard_strange()
        {
            return end;
        }
        let Some(tag) = grammar::tag(text) else {
            return self.bad("*", "A command begins with a tag");
        };
        let verb = grammar::verb(text).unwrap_or_default();
        if let Some(why) = illegal(&verb, self.stage()) {
            // Before TLS a password is not even looked at.
            return match verb.as_str() {
                "LOGIN" | "AUTHENTICATE" if self.stage() == Stage::Plain => self.no(&tag, why),
                _ => self.bad(&tag, why),
            };
        }
        match grammar::command(text) {
            Ok(command) => self.command(tag, command),
            Err(Bad(why)) if why == grammar::UNKNOWN_CHARSET => {
                if grammar::saves(text) {
                    self.save(Vec::new());
                }
                self.no(&tag, &format!("[BADCHARSET (UTF-8)] {why}"))
            }
            Err(Bad(why)) => self.bad(&tag, &why),
        }
    }

    fn command(&mut self, tag: String, command: Command) -> Step {
        match command {
            Command::Capability => {
                let capabilities = self.capabilities();
                self.untagged(&format!("CAPABILITY {capabilities}"));
                self.done(tag, "OK", "That is all", Gone::Told)
            }
            Command::Noop => self.done(tag, "OK", "Still here", Gone::Told),
            Command::Check => self.done(tag, "OK", "All is on the disk", Gone::Told),
            Command::Id => {
                self.untagged("ID (\"name\" \"Toxmail\")");
                self.done(tag, "OK", "Pleased to meet you", Gone::Told)
            }
            Command::Logout => {
                self.state = State::Closed;
                self.untagged("BYE Goodbye");
                let Step::Say(words) = self.tagged(&tag, "OK", "LOGOUT is done") else {
                    return Step::Close(Vec::new());
                };
                Step::Close(words)
            }
            Command::StartTls => {
                let words = format!("{tag} OK Begin TLS\r\n").into_bytes();
                Step::StartTls(words)
            }
            Command::Login { login, password } => {
                let login = String::from_utf8_lossy(&login).into_owned();
                self.ask(tag, Asked::Login, Ask::Login { login, password })
            }
            Command::Authenticate { mechanism, initial } => {
                if mechanism != "PLAIN" {
                    return self.no(&tag, "[CANNOT] Only PLAIN is spoken here");
                }
                match initial {
                    Some(initial) => {
                        let text = initial.reveal();
                        // RFC 4959 section 3: `=` is an empty response.
                        let text = if text == "=" { "" } else { text }.to_owned();
                        let text = Zeroizing::new(text);
                        self.response(tag, text.as_bytes())
                    }
                    None => {
                        self.input = Input::Exchange(tag);
                        self.say(b"+ \r\n")
                    }
                }
            }
            Command::Enable(wanted) => self.enable(tag, &wanted),
            Command::Namespace => {
                self.untagged("NAMESPACE ((\"\" \"/\")) NIL NIL");
                self.done(tag, "OK", "That is all", Gone::Told)
            }
            Command::Idle => {
                self.input = Input::Idle(tag);
                // What happened before it is told at once.
                self.out.extend_from_slice(b"+ Waiting\r\n");
                self.rung_or_said()
            }
            Command::GetQuota(root) if root.is_empty() => {
                self.ask(tag, Asked::Room(None), Ask::Room)
            }
            Command::GetQuota(_) => self.no(&tag, "[NONEXISTENT] There is no such quota root"),
            Command::GetQuotaRoot(name) => match self.named(&name) {
                Some(mailbox) => self.ask(tag, Asked::Room(Some(mailbox)), Ask::Room),
                None => self.no(&tag, BAD_NAME),
            },
            command => self.tree_command(tag, command),
        }
    }

    fn rung_or_said(&mut self) -> Step {
        match self.state {
            State::Selected(_) => self.rung(),
            _ => self.say(b""),
        }
    }

    fn named(&self, name: &super::command::Name) -> Option<String> {
        super::names::read(name, self.enabled.spelling())
    }

    // ---- answers

    /// The answer to the last [`Step::Ask`].
    pub fn answer(&mut self, answer: Answer) -> Step {
        let Some((tag, asked)) = self.asked.take() else {
            return self.out_of_order();
        };
        match (asked, answer) {
            (Asked::Login, Answer::Login(admission)) => self.admitted(&tag, admission),
            (Asked::Login, Answer::TooMany) => self.no(
                &tag,
                "[LIMIT] Too many connections of yours; close a mail program, or try again in a few minutes",
            ),
            (Asked::Room(of), Answer::Room(room)) => self.room(tag, of, room),
            (asked @ (Asked::List(_) | Asked::Lsub | Asked::ListStatus(_)
                | Asked::Status(_) | Asked::Tree(_)), answer) => self.tree_answer(tag, asked, answer),
            (asked @ (Asked::Begin(..) | Asked::Append), answer) => {
                self.append_answer(tag, asked, answer)
            }
            (asked, answer) => self.selected_answer(tag, asked, answer),
        }
    }

    fn room(&mut self, tag: String, of: Option<String>, room: Result<Room, Trouble>) -> Step {
        match room {
            Ok(room) => {
                if let Some(mailbox) = of {
                    let name = super::names::written(&mailbox, self.enabled.spelling());
                    self.untagged(&format!("QUOTAROOT {name} \"\""));
                }
                // RFC 9208: in units of 1024 octets. Without a limit there is nothing to tell.
                let resources = match room.limit {
                    0 => String::new(),
                    limit => format!("STORAGE {} {}", room.used.div_ceil(1024), limit / 1024),
                };
                self.untagged(&format!("QUOTA \"\" ({resources})"));
                self.done(tag, "OK", "That is all", Gone::Told)
            }
            Err(trouble) => self.trouble(&tag, trouble),
        }
    }

    /// The shell and the machine do not agree on what comes next. Nothing is lost by ending.
    fn out_of_order(&mut self) -> Step {
        self.state = State::Closed;
        self.untagged(
            "BYE [SERVERBUG] Something in this home is out of order; try again in a few minutes",
        );
        Step::Close(std::mem::take(&mut self.out))
    }
}

const IDLE_ENDS: &str = "IDLE ends with DONE";

const BAD_NAME: &str =
    "[CANNOT] This mailbox name is neither modified UTF-7 nor what ENABLE has agreed on";

/// The table: `None` is legal.
fn illegal(verb: &str, stage: Stage) -> Option<&'static str> {
    let verb = verb.strip_prefix("UID ").unwrap_or(verb);
    match (verb, stage) {
        ("CAPABILITY" | "NOOP" | "LOGOUT" | "ID", _) => None,
        ("STARTTLS", Stage::Plain) => None,
        ("STARTTLS", _) => Some("TLS is spoken already"),
        ("LOGIN" | "AUTHENTICATE", Stage::Stranger) => None,
        ("LOGIN" | "AUTHENTICATE", Stage::Plain) => Some(
            "[PRIVACYREQUIRED] Say STARTTLS first: switch on STARTTLS or TLS in your mail program",
        ),
        ("LOGIN" | "AUTHENTICATE", _) => Some("You are logged in already"),
        (_, Stage::Plain) => Some("Say STARTTLS and log in first"),
        (_, Stage::Stranger) => Some("Log in first, with LOGIN or with AUTHENTICATE PLAIN"),
        (
            "CHECK" | "CLOSE" | "UNSELECT" | "EXPUNGE" | "SEARCH" | "SORT" | "THREAD" | "FETCH"
            | "STORE" | "COPY" | "MOVE",
            Stage::Member,
        ) => Some("SELECT a mailbox first"),
        (_, Stage::Member | Stage::Selected) => None,
    }
}

/// What a client is told of a trouble, its response code first (RFC 5530).
fn told(trouble: Trouble) -> String {
    let text = match trouble {
        Trouble::NoMailbox => "[NONEXISTENT] There is no such mailbox",
        Trouble::Exists => "[ALREADYEXISTS] There is a mailbox of that name already",
        Trouble::BadName => "[CANNOT] This cannot be the name of a mailbox",
        Trouble::Cannot(why) => return format!("[CANNOT] {why}"),
        Trouble::UseTaken => "[USEATTR] Another mailbox is for that already",
        Trouble::TooManyMailboxes => {
            "[LIMIT] There are too many mailboxes; delete or unsubscribe one"
        }
        Trouble::BadKeyword => "[CANNOT] A tag has no spaces and at most 128 letters",
        Trouble::HasChildren => "[INUSE] There are mailboxes inside it; delete them first",
        Trouble::TooManyKeywords => "[LIMIT] There are too many tags; use one that is there",
        Trouble::OverQuota => "[OVERQUOTA] Your mailbox is full; delete something first",
        Trouble::Full => "[OVERQUOTA] The disk of this home is full; tell who looks after it",
        Trouble::UnknownEncoding => {
            "[UNKNOWN-CTE] There is a zero octet where nothing can be encoded; send this message in base64"
        }
        Trouble::ZeroOctet => {
            "[CANNOT] There is a zero octet in this message; it can come as a literal8 alone"
        }
        Trouble::OutOfOrder => {
            "[UNAVAILABLE] Your mailbox cannot be used just now; try again in a few minutes"
        }
    };
    text.to_owned()
}

/// One line, whatever the text was. Names of mailboxes may be in it.
fn printable(text: &str) -> String {
    let clean = |c: char| if c.is_control() { '?' } else { c };
    text.chars().map(clean).collect()
}

#[cfg(test)]
#[path = "tests.rs"]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests;
