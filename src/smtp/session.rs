//! The session machine: what each command does, and every word of every answer. Pure.
//!
//! The shell feeds it: [`Session::line`] with a line (or [`Session::broken`] with what was none), [`Session::content`] while
//! [`Session::wants`] says so, [`Session::answer`] after a [`Step::Ask`], [`Session::tls_started`] after a
//! [`Step::StartTls`]. It says what to do next as a [`Step`].

use std::fmt::Write as _;
use std::sync::Arc;

use super::Refusal;
use super::command::{self, Command, Mail, Mechanism, Verb};
use super::intake::{Dots, Intake, too_big};
use super::legal::{Stage, illegal};
use super::step::{Answer, Ask, Goodbye, Reply, Settings, Step, Wants};
use crate::mail::address::MemberName;
use crate::mail::envelope::{Body, Envelope, Recipient};
use crate::mail::verdict::Status;
use crate::net::line::Fault;
use crate::net::login::{self, Admission, Password};

/// RFC 5321 asks for 512; parameters of extensions and long addresses need more.
pub const LONGEST_COMMAND: usize = 4096;
/// RFC 4954 section 4: an exchange of AUTH may have lines this long.
pub const LONGEST_AUTH: usize = 12288;

/// A letter for which MAIL was accepted.
#[derive(Debug)]
struct Letter {
    member: MemberName,
    declared: Option<u64>,
    envelope: Envelope,
}

#[derive(Debug)]
enum State {
    /// No TLS yet.
    Plain,
    /// TLS, nobody known.
    Stranger { greeted: bool },
    /// In the middle of AUTH.
    Login(Exchange),
    /// Logged in, no letter.
    Member(MemberName),
    /// MAIL accepted, perhaps recipients.
    Envelope(Box<Letter>),
    /// DATA is coming.
    Data(Box<Letter>, Intake, Dots),
    /// So many octets of a chunk are still to come.
    Chunk(Box<Letter>, Intake, Chunk),
    /// Between two chunks.
    Chunks(Box<Letter>, Intake),
    /// Octets of a chunk that is refused.
    Swallow {
        left: u64,
        refusal: Refusal,
        then: Box<State>,
    },
    /// The shell owes an answer.
    Asked(Asked),
    /// The shell owes a handshake.
    Handshake,
    /// It is over.
    Closed,
}

#[derive(Clone, Copy, Debug)]
struct Chunk {
    size: u64,
    left: u64,
    last: bool,
}

/// What was asked for within AUTH.
#[derive(Debug)]
enum Exchange {
    Plain,
    LoginName,
    LoginPassword(String),
}

#[derive(Debug)]
enum Asked {
    Login,
    Sender(MemberName, Box<Mail>),
    Recipient(Box<Letter>, Recipient),
    Submit(MemberName),
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
    /// Before TLS (port 587).
    pub fn plain(settings: Arc<Settings>) -> Self {
        Self {
            settings,
            state: State::Plain,
            errors: 0,
            strange: 0,
        }
    }

    /// TLS came first (port 465).
    pub fn secure(settings: Arc<Settings>) -> Self {
        Self {
            settings,
            state: State::Stranger { greeted: false },
            errors: 0,
            strange: 0,
        }
    }

    /// The first words.
    pub fn greeting(&self) -> Reply {
        Reply::plain(220, &format!("{} ESMTP Toxmail", self.settings.hostname))
    }

    /// What is read next.
    pub fn wants(&self) -> Wants {
        match &self.state {
            State::Data(..) | State::Chunk(..) | State::Swallow { .. } => Wants::Content,
            State::Asked(_) | State::Handshake | State::Closed => Wants::Nothing,
            // A line of AUTH is told from others when it is there.
            State::Stranger { .. } | State::Login(_) => Wants::Line(LONGEST_AUTH),
            _ => Wants::Line(LONGEST_COMMAND),
        }
    }

    /// Whose letter is being taken and how large it was said to be. While this is `None` the shell holds no letter.
    pub fn letter(&self) -> Option<(&MemberName, Option<u64>)> {
        match &self.state {
            State::Data(letter, ..) | State::Chunk(letter, ..) | State::Chunks(letter, _) => {
                Some((&letter.member, letter.declared))
            }
            _ => None,
        }
    }

    /// Whether the letter that is being taken is refused already: nothing of it need be kept.
    pub fn letter_is_refused(&self) -> bool {
        match &self.state {
            State::Data(_, intake, _) | State::Chunk(_, intake, _) | State::Chunks(_, intake) => {
                intake.flaw().is_some()
            }
            _ => false,
        }
    }

    /// A line came that is none.
    pub fn broken(&mut self, fault: Fault) -> Step {
        let within_auth = matches!(self.state, State::Login(_));
        if within_auth {
            self.state = State::Stranger { greeted: true };
        }
        let text = match fault {
            Fault::BareLf => "End each line with CR LF; a bare line feed ends nothing here",
            Fault::BareCr => {
                "End each line with CR LF; there is a bare carriage return in this one"
            }
            Fault::Nul => "There is a zero byte in this line; leave it out",
            Fault::TooLong if within_auth => {
                return self.refuse(too_long(LONGEST_AUTH, Status(5, 5, 6)));
            }
            Fault::TooLong => return self.refuse(too_long(LONGEST_COMMAND, Status(5, 5, 2))),
        };
        self.refuse(Refusal::new(500, Status(5, 5, 2), text))
    }

    /// A line came, without its CRLF.
    pub fn line(&mut self, line: &[u8]) -> Step {
        if matches!(
            self.state,
            State::Plain | State::Stranger { .. } | State::Login(_)
        ) {
            self.strange += 1;
            if self.strange > self.settings.max_strange {
                return self.close(Refusal::new(
                    421,
                    Status(4, 7, 0),
                    "Too many commands without a login; look at your mail program's settings and connect again",
                ));
            }
        }
        if let State::Login(exchange) = &mut self.state {
            let exchange = std::mem::replace(exchange, Exchange::Plain);
            self.state = State::Stranger { greeted: true };
            return self.login_line(exchange, line);
        }
        let verb = match command::verb(line) {
            Ok(verb) => verb,
            Err(refusal) => return self.refuse(refusal),
        };
        if line.len() > LONGEST_COMMAND && verb != Verb::Auth {
            return self.refuse(too_long(LONGEST_COMMAND, Status(5, 5, 2)));
        }
        if verb == Verb::Mail
            && let Some(trusted) = &self.settings.trusted
            && matches!(self.state, State::Plain | State::Stranger { greeted: true })
        {
            self.state = State::Member(trusted.clone());
        }
        if let Some(refusal) = illegal(verb, self.stage()) {
            if verb == Verb::Bdat {
                return self.refuse_chunk(line, refusal);
            }
            return self.refuse(refusal);
        }
        match command::parse(verb, line) {
            Ok(command) => self.command(command),
            Err(refusal) => self.refuse(refusal),
        }
    }

    /// Octets came while content was wanted: how many were taken, and what to do next (nothing: go on reading). What the
    /// letter holds is appended to `out`; a refused letter gives out nothing more.
    pub fn content(&mut self, input: &[u8], out: &mut Vec<u8>) -> (usize, Option<Step>) {
        match &mut self.state {
            State::Data(_, intake, dots) => {
                let (taken, ended) = dots.take(input, intake, out);
                let endless = intake.is_endless();
                let step = ended.then(|| self.data_ended());
                (taken, step.or_else(|| endless.then(|| self.endless())))
            }
            State::Chunk(_, intake, chunk) => {
                let taken = within(input, &mut chunk.left);
                let ended = chunk.left == 0;
                intake.take(&input[..taken], out);
                let endless = intake.is_endless();
                let step = ended.then(|| self.chunk_ended());
                (taken, step.or_else(|| endless.then(|| self.endless())))
            }
            State::Swallow { left, .. } => {
                let taken = within(input, left);
                let ended = *left == 0;
                (taken, ended.then(|| self.swallowed()))
            }
            // Content that nobody asked for: the shell reads lines again.
            _ => (0, None),
        }
    }

    /// The desk refused the letter whose octets are being taken. The rest is read and thrown away, then this is said.
    pub fn refuse_letter(&mut self, refusal: Refusal) {
        if let State::Data(_, intake, _) | State::Chunk(_, intake, _) | State::Chunks(_, intake) =
            &mut self.state
        {
            intake.refuse(refusal);
        }
    }

    /// The answer to the last [`Step::Ask`].
    pub fn answer(&mut self, answer: Answer) -> Step {
        let State::Asked(asked) = std::mem::replace(&mut self.state, State::Closed) else {
            return self.close(Refusal::out_of_order());
        };
        match (asked, answer) {
            (Asked::Login, Answer::Login(admission)) => self.admitted(admission),
            (Asked::Sender(member, mail), Answer::Allowed(allowed)) => {
                self.sender_answered(member, *mail, allowed)
            }
            (Asked::Recipient(mut letter, recipient), Answer::Allowed(allowed)) => {
                let step = match allowed {
                    Ok(()) => {
                        letter.envelope.recipients.push(recipient);
                        recipient_ok()
                    }
                    Err(refusal) => Step::Reply(Reply::from(&refusal)),
                };
                self.state = State::Envelope(letter);
                step
            }
            (Asked::Submit(member), Answer::Submitted(submitted)) => {
                self.state = State::Member(member);
                Step::Reply(match submitted {
                    Ok(id) => Reply::ok(250, &format!("queued as {id}")),
                    Err(refusal) => Reply::from(&refusal),
                })
            }
            _ => self.close(Refusal::out_of_order()),
        }
    }

    /// The handshake is done: everything that was said before is forgotten (RFC 3207 section 4.2).
    pub fn tls_started(&mut self) {
        self.state = State::Stranger { greeted: false };
        self.errors = 0;
    }

    /// The last words when the shell ends the session.
    pub fn goodbye(&mut self, why: Goodbye) -> Reply {
        self.state = State::Closed;
        let (status, text) = match why {
            Goodbye::TimedOut => (Status(4, 4, 2), "You took too long; connect again"),
            Goodbye::Stopping => (
                Status(4, 3, 2),
                "This home is going down for a moment; try again in a minute",
            ),
            Goodbye::Crowded => (
                Status(4, 3, 2),
                "Too many connections, and somebody else needs this one; try again in a minute",
            ),
            Goodbye::Endless => (
                Status(4, 7, 0),
                "This line does not end; look at your mail program's settings and connect again",
            ),
        };
        Reply::new(421, status, text)
    }

    fn stage(&self) -> Stage {
        match &self.state {
            State::Stranger { greeted: false } => Stage::Ungreeted,
            State::Stranger { greeted: true } | State::Login(_) => Stage::Stranger,
            State::Member(_) => Stage::Member,
            State::Envelope(letter) if letter.envelope.recipients.is_empty() => Stage::Sender,
            State::Envelope(_) => Stage::Recipients,
            State::Chunks(..) => Stage::Chunks,
            _ => Stage::Plain,
        }
    }

    fn command(&mut self, command: Command) -> Step {
        match command {
            Command::Ehlo => {
                self.reset(Greeted::Yes);
                Step::Reply(self.capabilities())
            }
            Command::Helo => {
                self.reset(Greeted::Yes);
                Step::Reply(Reply::plain(250, &self.settings.hostname))
            }
            Command::StartTls => {
                self.state = State::Handshake;
                Step::StartTls(Reply::ok(220, "Go ahead with TLS"))
            }
            Command::Auth { mechanism, initial } => self.auth(mechanism, initial),
            Command::Mail(mail) => self.mail(mail),
            Command::Rcpt(recipient) => self.rcpt(recipient),
            Command::Data => self.data(),
            Command::Bdat { size, last } => self.bdat(size, last),
            Command::Rset => {
                self.reset(Greeted::AsBefore);
                Step::Reply(Reply::ok(250, "Done"))
            }
            Command::Noop => Step::Reply(Reply::ok(250, "Done")),
            Command::Help => Step::Reply(Reply::ok(214, HELP)),
            Command::Vrfy => Step::Reply(Reply::new(
                252,
                Status(2, 5, 0),
                "Addresses are not looked up here; send a letter and see",
            )),
            Command::Expn => self.refuse(Refusal::new(
                502,
                Status(5, 5, 1),
                "There are no lists here to expand; write each recipient's address",
            )),
            Command::Quit => {
                self.state = State::Closed;
                Step::Close(Reply::ok(221, "Goodbye"))
            }
        }
    }

    fn capabilities(&self) -> Reply {
        let Settings {
            hostname,
            max_message_bytes,
            ..
        } = &*self.settings;
        let mut text = format!("250-{hostname}\r\n250-SIZE {max_message_bytes}\r\n");
        for keyword in ["8BITMIME", "SMTPUTF8", "PIPELINING", "CHUNKING", "DSN"] {
            let _ = write!(text, "250-{keyword}\r\n");
        }
        match &self.state {
            State::Plain => text.push_str("250-STARTTLS\r\n"),
            State::Stranger { .. } => text.push_str("250-AUTH PLAIN LOGIN\r\n"),
            _ => {}
        }
        text.push_str("250-ENHANCEDSTATUSCODES\r\n250 HELP\r\n");
        Reply(text)
    }

    /// No letter any more; who is logged in stays so.
    fn reset(&mut self, greeted: Greeted) {
        self.state = match std::mem::replace(&mut self.state, State::Closed) {
            State::Envelope(letter) | State::Chunks(letter, _) => State::Member(letter.member),
            State::Stranger { greeted: before } => State::Stranger {
                greeted: before || greeted == Greeted::Yes,
            },
            other => other,
        };
    }

    fn refuse(&mut self, refusal: Refusal) -> Step {
        self.errors += 1;
        if self.errors >= self.settings.max_errors {
            return self.close(Refusal::new(
                421,
                Status(4, 7, 0),
                "Too many errors; look at your mail program's settings and connect again",
            ));
        }
        Step::Reply(Reply::from(&refusal))
    }

    fn close(&mut self, refusal: Refusal) -> Step {
        self.state = State::Closed;
        let refusal = Refusal {
            code: 421,
            ..refusal
        };
        Step::Close(Reply::from(&refusal))
    }

    // ---- AUTH

    fn auth(&mut self, mechanism: Mechanism, initial: Option<String>) -> Step {
        let exchange = match mechanism {
            Mechanism::Plain => Exchange::Plain,
            Mechanism::Login => Exchange::LoginName,
        };
        match initial.as_deref() {
            // RFC 4954 section 4: a lone `=` is an initial response of no length.
            Some("=") => self.login_line(exchange, b""),
            Some(response) => self.login_line(exchange, response.as_bytes()),
            None => {
                // Base64 of "Username:".
                let question = if mechanism == Mechanism::Plain {
                    ""
                } else {
                    "VXNlcm5hbWU6"
                };
                self.state = State::Login(exchange);
                Step::Reply(Reply::plain(334, question))
            }
        }
    }

    /// One line of the exchange; the state is that of a stranger again.
    fn login_line(&mut self, exchange: Exchange, line: &[u8]) -> Step {
        if line == b"*" {
            return self.refuse(Refusal::new(
                501,
                Status(5, 7, 0),
                "Login given up; say AUTH to begin again",
            ));
        }
        let decoded = data_encoding::BASE64
            .decode(line)
            .ok()
            .and_then(|bytes| String::from_utf8(bytes).ok());
        let Some(text) = decoded else {
            return self.refuse(not_base64());
        };
        match exchange {
            Exchange::Plain => match login::sasl_plain(&text) {
                Some((login, password)) => self.ask_login(login, password),
                None => self.refuse(not_base64()),
            },
            Exchange::LoginName => {
                self.state = State::Login(Exchange::LoginPassword(text));
                // Base64 of "Password:".
                Step::Reply(Reply::plain(334, "UGFzc3dvcmQ6"))
            }
            Exchange::LoginPassword(login) => self.ask_login(login, Password::new(text)),
        }
    }

    fn ask_login(&mut self, login: String, password: Password) -> Step {
        self.state = State::Asked(Asked::Login);
        Step::Ask(Ask::Login { login, password })
    }

    fn admitted(&mut self, admission: Admission) -> Step {
        self.state = State::Stranger { greeted: true };
        match admission {
            Admission::Welcome(member) => {
                let text = format!("Welcome, {member}");
                self.state = State::Member(member);
                Step::Reply(Reply::new(235, Status(2, 7, 0), &text))
            }
            Admission::Wrong => self.refuse(Refusal::new(
                535,
                Status(5, 7, 8),
                "Name or password is wrong; check both in your mail program's settings",
            )),
            Admission::TryLater(wait) => self.refuse(Refusal::new(
                454,
                Status(4, 7, 0),
                format!(
                    "Too many wrong passwords; try again in {}",
                    login::in_words(wait)
                ),
            )),
            Admission::Unavailable => Step::Reply(Reply::new(
                454,
                Status(4, 7, 0),
                "Passwords cannot be checked just now; try again in a minute",
            )),
        }
    }

    // ---- MAIL and RCPT

    fn mail(&mut self, mail: Box<Mail>) -> Step {
        if mail
            .size
            .is_some_and(|size| size > self.settings.max_message_bytes)
        {
            return Step::Reply(Reply::from(&too_big(self.settings.max_message_bytes)));
        }
        let State::Member(member) = std::mem::replace(&mut self.state, State::Closed) else {
            return self.close(Refusal::out_of_order());
        };
        let address = mail.sender.clone();
        self.state = State::Asked(Asked::Sender(member.clone(), mail));
        Step::Ask(Ask::Sender { member, address })
    }

    fn sender_answered(
        &mut self,
        member: MemberName,
        mail: Mail,
        allowed: Result<(), Refusal>,
    ) -> Step {
        if let Err(refusal) = allowed {
            self.state = State::Member(member);
            return Step::Reply(Reply::from(&refusal));
        }
        self.state = State::Envelope(Box::new(Letter {
            member,
            declared: mail.size,
            envelope: Envelope {
                sender: mail.sender,
                recipients: Vec::new(),
                body: mail.body,
                smtputf8: mail.smtputf8,
                ret: mail.ret,
                envelope_id: mail.envelope_id,
            },
        }));
        Step::Reply(Reply::new(250, Status(2, 1, 0), "Sender is yours"))
    }

    fn rcpt(&mut self, recipient: Recipient) -> Step {
        let State::Envelope(mut letter) = std::mem::replace(&mut self.state, State::Closed) else {
            return self.close(Refusal::out_of_order());
        };
        let (envelope, most) = (&mut letter.envelope, self.settings.max_recipients);
        let wanted = same(&recipient.address);
        let repeated = envelope
            .recipients
            .iter_mut()
            .find(|r| same(&r.address) == wanted);
        let step = if let Some(first) = repeated {
            // Told once for each wish: nobody gets a letter twice for being named twice.
            first.notify.success |= recipient.notify.success;
            first.notify.failure |= recipient.notify.failure;
            first.notify.delay |= recipient.notify.delay;
            recipient_ok()
        } else if !recipient.address.is_ascii() && !envelope.smtputf8 {
            self.state = State::Envelope(letter);
            return self.refuse(command::needs_smtputf8());
        } else if envelope.recipients.len() >= most {
            Step::Reply(Reply::from(&Refusal::new(
                452,
                Status(4, 5, 3),
                format!("A letter may have {most} recipients; send another one to the rest"),
            )))
        } else {
            let member = letter.member.clone();
            self.state = State::Asked(Asked::Recipient(letter, recipient.clone()));
            return Step::Ask(Ask::Recipient { member, recipient });
        };
        self.state = State::Envelope(letter);
        step
    }

    // ---- the letter

    fn intake(&self) -> Intake {
        Intake::new(self.settings.max_message_bytes)
    }

    fn data(&mut self) -> Step {
        let intake = self.intake();
        let State::Envelope(letter) = std::mem::replace(&mut self.state, State::Closed) else {
            return self.close(Refusal::out_of_order());
        };
        self.state = State::Data(letter, intake, Dots::default());
        Step::StartBody(Reply::plain(
            354,
            "Send your letter; end it with a dot alone on a line",
        ))
    }

    fn data_ended(&mut self) -> Step {
        match std::mem::replace(&mut self.state, State::Closed) {
            State::Data(letter, intake, _) => self.submit(*letter, intake),
            _ => self.close(Refusal::out_of_order()),
        }
    }

    fn submit(&mut self, mut letter: Letter, intake: Intake) -> Step {
        match intake.finish() {
            Ok(intake) => {
                if intake.is_eight_bit() {
                    // Some programs forget to say so. Who carries it on must know.
                    letter.envelope.body = Body::EightBitMime;
                }
                let Letter {
                    member,
                    declared,
                    envelope,
                } = letter;
                self.state = State::Asked(Asked::Submit(member.clone()));
                Step::Ask(Ask::Submit {
                    member,
                    declared,
                    envelope,
                })
            }
            Err(refusal) => {
                self.state = State::Member(letter.member);
                Step::Reply(Reply::from(&refusal))
            }
        }
    }

    fn bdat(&mut self, size: u64, last: bool) -> Step {
        let fresh = self.intake();
        let (letter, mut intake) = match std::mem::replace(&mut self.state, State::Closed) {
            State::Envelope(letter) => (letter, fresh),
            State::Chunks(letter, intake) => (letter, intake),
            _ => return self.close(Refusal::out_of_order()),
        };
        intake.expect(size);
        let chunk = Chunk {
            size,
            left: size,
            last,
        };
        self.state = State::Chunk(letter, intake, chunk);
        if size == 0 {
            self.chunk_ended()
        } else {
            Step::StartChunk
        }
    }

    fn chunk_ended(&mut self) -> Step {
        let State::Chunk(letter, intake, chunk) = std::mem::replace(&mut self.state, State::Closed)
        else {
            return self.close(Refusal::out_of_order());
        };
        if chunk.last {
            return self.submit(*letter, intake);
        }
        if let Some(flaw) = intake.flaw() {
            let reply = Reply::from(flaw);
            self.state = State::Member(letter.member);
            return Step::Reply(reply);
        }
        self.state = State::Chunks(letter, intake);
        Step::Reply(Reply::ok(250, &format!("{} octets taken", chunk.size)))
    }

    /// A letter that goes on and on. Not 421: the mail program would send it again.
    fn endless(&mut self) -> Step {
        self.state = State::Closed;
        Step::Close(Reply::from(&too_big(self.settings.max_message_bytes)))
    }

    /// A BDAT that is not legal now: its octets come all the same.
    fn refuse_chunk(&mut self, line: &[u8], refusal: Refusal) -> Step {
        let Ok(Command::Bdat { size, .. }) = command::parse(Verb::Bdat, line) else {
            return self.refuse(refusal);
        };
        if size == 0 {
            return self.refuse(refusal);
        }
        if size > self.settings.max_message_bytes {
            // No mail program does that, and nobody reads for hours what nobody wants.
            return self.close(refusal);
        }
        let then = Box::new(std::mem::replace(&mut self.state, State::Closed));
        self.state = State::Swallow {
            left: size,
            refusal,
            then,
        };
        Step::StartChunk
    }

    fn swallowed(&mut self) -> Step {
        match std::mem::replace(&mut self.state, State::Closed) {
            State::Swallow { refusal, then, .. } => {
                self.state = *then;
                self.refuse(refusal)
            }
            _ => self.close(Refusal::out_of_order()),
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Greeted {
    Yes,
    AsBefore,
}

const HELP: &str = "EHLO HELO STARTTLS AUTH MAIL RCPT DATA BDAT RSET NOOP HELP VRFY QUIT; \
    `toxmaild status` shows the ports for mail programs";

fn recipient_ok() -> Step {
    Step::Reply(Reply::new(250, Status(2, 1, 5), "Recipient is known"))
}

/// What two addresses have in common that mean the same mailbox for certain: the domain's case never matters, the local
/// part's not where we know the domain.
fn same(address: &str) -> String {
    match address.rsplit_once('@') {
        Some((local, domain)) => {
            let domain = domain.to_ascii_lowercase();
            let ours = domain == "tox" || domain == "toxmail.local" || domain.ends_with(".tox");
            let local = if ours {
                local.to_ascii_lowercase()
            } else {
                local.to_owned()
            };
            format!("{local}@{domain}")
        }
        None => address.to_ascii_lowercase(),
    }
}

fn within(input: &[u8], left: &mut u64) -> usize {
    let taken = usize::try_from(*left)
        .unwrap_or(usize::MAX)
        .min(input.len());
    *left -= taken as u64;
    taken
}

fn too_long(most: usize, status: Status) -> Refusal {
    Refusal::new(
        500,
        status,
        format!("This line is too long; {most} octets are the most"),
    )
}

fn not_base64() -> Refusal {
    Refusal::new(
        501,
        Status(5, 5, 2),
        "This is not base64 of a name and a password; try again",
    )
}

#[cfg(test)]
#[path = "session_tests.rs"]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests;
