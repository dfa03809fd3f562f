//! The session machine: which command is legal when, and every word of every answer. Pure.
//!
//! The shell feeds it: [`Session::line`] with a line (or [`Session::broken`] with what was none), [`Session::literal`],
//! [`Session::letter`] and [`Session::discarded`] with what follows a literal's size, [`Session::answer`] after a
//! [`Step::Ask`], [`Session::rung`] while it is idle, [`Session::tls_started`] after a [`Step::StartTls`]. It says what to do
//! next as a [`Step`].
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
mod selected;
mod tree;

use std::sync::Arc;

use data_encoding::BASE64;
use zeroize::Zeroizing;

use super::command::{Access, Bad, Change, Command, List, Search, StatusItem};
use super::fetch::{Fetched, Plan};
use super::flags::Named;
use super::grammar;
use super::mailbox::{
    Appended, Changes, Copied, Figures, Listed, Marked, Opened, Recent, Room, Trouble,
};
use super::names::Spelling;
use super::search::{Found, Quest};
use super::view::Gone;
use crate::mail::address::MemberName;
use crate::net::connection::Ended;
use crate::net::line::Fault;
use crate::net::login::{self, Admission, Password};
use crate::store::{ModSeq, Uid};
use appending::Appending;
use selected::Selected;

/// The longest line of somebody who has not logged in (RFC 2971 section 3.3: ID has 30 fields of 30 and values of 1024
/// octets; RFC 4959 section 3: an initial response makes a line longer, too).
const LONGEST_STRANGE_LINE: usize = 40 << 10;
/// The longest line of a member: programs fetch by long sets (RFC 7162 section 4 asks for 8192 octets).
const LONGEST_LINE: usize = 128 << 10;
/// The longest command, literals in it but for messages.
const LONGEST_COMMAND: usize = 256 << 10;
/// The same of somebody who has not logged in.
const LONGEST_STRANGE_COMMAND: usize = 40 << 10;

/// What a session must know of its home.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// How the home calls itself.
    pub hostname: String,
    /// The largest message that APPEND takes.
    pub max_message_bytes: u64,
    /// After so many errors one after the other the session is ended: this is no mail program.
    pub max_errors: u32,
    /// So many commands are heard of somebody who does not log in; a mail program needs five.
    pub max_strange: u32,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            hostname: "toxmail.local".into(),
            max_message_bytes: 100 << 20,
            max_errors: 20,
            max_strange: 100,
        }
    }
}

/// What to do next.
#[derive(Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Step {
    /// Say this, and read the next line.
    Say(Vec<u8>),
    /// Say this, read so many octets, then call [`Session::literal`].
    Literal { say: Vec<u8>, octets: usize },
    /// Say this, give so many octets to the message that was begun last, then call [`Session::letter`]. Of a `binary` one
    /// parts may be any octets (RFC 3516 section 4.4).
    Letter {
        say: Vec<u8>,
        octets: u64,
        binary: bool,
    },
    /// Read so many octets and throw them away, then call [`Session::discarded`].
    Discard { octets: u64 },
    /// Find this out or do it, then call [`Session::answer`].
    Ask(Ask),
    /// Say this, then shake hands, then call [`Session::tls_started`].
    StartTls(Vec<u8>),
    /// Say this and close.
    Close(Vec<u8>),
}

/// What the machine cannot know or do.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Ask {
    /// Whose name and password is this?
    Login { login: String, password: Password },
    /// Which mailboxes are there?
    Mailboxes,
    /// The figures of these.
    Figures(Vec<String>),
    /// Select this one.
    Open {
        mailbox: String,
        vanished_since: Option<ModSeq>,
        recent: Recent,
    },
    /// What changed in the selected one? The answer to FETCH comes first, where it has one.
    Changes { since: ModSeq, recent: Recent },
    /// Change the tree of mailboxes.
    Tree(Tree),
    /// Change flags.
    Mark {
        uids: Vec<Uid>,
        how: Change,
        flags: Named,
        unchanged_since: Option<ModSeq>,
    },
    /// Remove these for good.
    Expunge(Vec<Uid>),
    /// Copy these.
    Copy { uids: Vec<Uid>, to: String },
    /// Move these.
    Move { uids: Vec<Uid>, to: String },
    /// Say this, then show these.
    Fetch(Vec<u8>, Plan),
    /// Which messages are meant?
    Search(Quest),
    /// Begin a message.
    Begin { mailbox: String, octets: u64 },
    /// File the messages that were begun.
    Append {
        mailbox: String,
        messages: Vec<(Named, Option<i64>)>,
    },
    /// How much room is there?
    Room,
}

/// A change of the tree of mailboxes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Tree {
    Create {
        mailbox: String,
        special: Option<&'static str>,
    },
    Delete(String),
    Rename {
        from: String,
        to: String,
    },
    Subscribe(String),
    Unsubscribe(String),
}

/// What the shell found out or did.
#[derive(Debug)]
#[allow(missing_docs)]
pub enum Answer {
    Login(Admission),
    /// To Login: the name and password are right, but there are too many connections of this member.
    TooMany,
    Mailboxes(Result<Vec<Listed>, Trouble>),
    Figures(Vec<(String, Result<Figures, Trouble>)>),
    Opened(Result<Opened, Trouble>),
    Changes(Result<Changes, Trouble>),
    /// With the object id of a mailbox that was made.
    Tree(Result<Option<String>, Trouble>),
    Marked(Result<Marked, Trouble>),
    /// How many are still there.
    Expunged(Result<usize, Trouble>),
    /// To Copy and Move.
    Copied(Result<Copied, Trouble>),
    Fetched(Fetched),
    Found(Result<Found, Trouble>),
    Begun(Result<(), Trouble>),
    Appended(Result<Appended, Trouble>),
    Room(Result<Room, Trouble>),
}

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
    List(List),
    Lsub {
        reference: String,
        pattern: String,
    },
    ListStatus(Vec<StatusItem>),
    Status(Vec<StatusItem>),
    Open(selected::Opening),
    Tree(&'static str),
    Mark(selected::Marking),
    /// Messages are marked as read, then shown.
    SeenFirst(selected::Showing),
    /// UIDs that are gone are told, then messages shown.
    VanishedFirst(Vec<(u32, u32)>, selected::Showing),
    Fetch(selected::Showing),
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

/// A literal that was announced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Literal {
    octets: u64,
    /// The client waits for our word.
    waits: bool,
    /// Octets of the line that announce it.
    written: usize,
    /// A literal8: there may be zeros in it.
    binary: bool,
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

    /// How long the next line may be.
    pub fn longest_line(&self) -> usize {
        match self.stage() {
            Stage::Plain | Stage::Stranger => LONGEST_STRANGE_LINE,
            Stage::Member | Stage::Selected => LONGEST_LINE,
        }
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
            Input::Idle(tag) => self.bad(&tag, "IDLE ends with DONE"),
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

    /// Takes a line that was none, and how it began: who made the mistake in which command hears of it with its tag, where that
    /// has come (RFC 9051 section 7.1.3).
    pub fn broken(&mut self, fault: Fault, beginning: &[u8]) -> Step {
        let text = match fault {
            Fault::BareLf => "Lines end with a carriage return and a line feed",
            Fault::BareCr => "A carriage return stands before a line feed only",
            Fault::Nul => "A line has no zero byte",
            Fault::TooLong => "This line is too long",
        };
        let tag = match std::mem::replace(&mut self.input, Input::Command(Vec::new())) {
            Input::Exchange(tag) | Input::Idle(tag) => tag,
            Input::Appending(appending) => appending.tag,
            Input::Skipping(_) => "*".into(),
            Input::Command(mut text) => {
                text.extend_from_slice(beginning);
                // A tag without its space may be the half of one.
                let tag = text.contains(&b' ').then(|| grammar::tag(&text));
                tag.flatten().unwrap_or_else(|| "*".into())
            }
        };
        self.bad(&tag, text)
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
                "[UNAVAILABLE] Too many connections; log in sooner, or try again in a minute"
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

    /// A literal is announced; `text` is the command so far.
    fn announced(&mut self, mut text: Vec<u8>, literal: Literal) -> Step {
        let tag = grammar::tag(&text).unwrap_or_else(|| "*".into());
        let head = &text[..text.len() - literal.written];
        if let Some(opening) = grammar::append(head) {
            return match opening {
                _ if matches!(self.stage(), Stage::Plain | Stage::Stranger) => {
                    self.refuse_literal("BAD", &tag, "Log in first", literal)
                }
                Ok((name, opening)) => self.append(tag, &name, opening, literal),
                Err(Bad(text)) => self.refuse_literal("BAD", &tag, &text, literal),
            };
        }
        let most = match self.stage() {
            Stage::Plain | Stage::Stranger => LONGEST_STRANGE_COMMAND,
            Stage::Member | Stage::Selected => LONGEST_COMMAND,
        };
        let octets = usize::try_from(literal.octets).unwrap_or(usize::MAX);
        if text.len().saturating_add(octets) > most {
            return self.refuse_literal("NO", &tag, "[TOOBIG] This command is too long", literal);
        }
        text.extend_from_slice(b"\r\n");
        self.input = Input::Command(text);
        Step::Literal {
            say: go_ahead(literal),
            octets,
        }
    }

    /// A client that waits never sends the literal; of any other it is read and thrown away, with the rest of the command.
    fn refuse_literal(
        &mut self,
        word: &'static str,
        tag: &str,
        text: &str,
        literal: Literal,
    ) -> Step {
        let reply = format!("{tag} {word} {}\r\n", printable(text)).into_bytes();
        if literal.waits {
            return self.say(&reply);
        }
        self.input = Input::Skipping(reply);
        self.discard(literal)
    }

    fn discard(&mut self, literal: Literal) -> Step {
        let most = self.settings.max_message_bytes.saturating_mul(2) + (1 << 20);
        let most = match self.stage() {
            Stage::Plain | Stage::Stranger => LONGEST_STRANGE_COMMAND as u64,
            Stage::Member | Stage::Selected => most,
        };
        if literal.octets > most {
            self.state = State::Closed;
            self.untagged("BYE [TOOBIG] This is too much at once");
            return Step::Close(std::mem::take(&mut self.out));
        }
        Step::Discard {
            octets: literal.octets,
        }
    }

    fn execute(&mut self, text: &[u8]) -> Step {
        if matches!(self.stage(), Stage::Plain | Stage::Stranger) {
            self.strange += 1;
            if self.strange > self.settings.max_strange {
                self.state = State::Closed;
                self.untagged("BYE Too many commands without a login; check the settings of your mail program");
                return Step::Close(std::mem::take(&mut self.out));
            }
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
            (asked @ (Asked::List(_) | Asked::Lsub { .. } | Asked::ListStatus(_)
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

    // ---- logging in

    /// A response of AUTHENTICATE PLAIN came.
    fn response(&mut self, tag: String, line: &[u8]) -> Step {
        if line == b"*" {
            return self.bad(&tag, "AUTHENTICATE was given up");
        }
        let decoded = BASE64.decode(line).map(Zeroizing::new);
        let parts = decoded
            .as_ref()
            .ok()
            .and_then(|bytes| std::str::from_utf8(bytes).ok())
            .and_then(login::sasl_plain);
        match parts {
            Some((login, password)) => self.ask(tag, Asked::Login, Ask::Login { login, password }),
            None => self.bad(
                &tag,
                "This is not base64 of a name and a password; try again",
            ),
        }
    }

    fn admitted(&mut self, tag: &str, admission: Admission) -> Step {
        match admission {
            Admission::Welcome(member) => self.welcome(tag, &member),
            Admission::Wrong => self.no(
                tag,
                "[AUTHENTICATIONFAILED] Name or password is wrong; check both in your mail program's settings",
            ),
            Admission::TryLater(wait) => {
                let text = format!("[UNAVAILABLE] Too many wrong passwords; try again in {}", login::in_words(wait));
                self.no(tag, &text)
            }
            Admission::Unavailable => self.no(
                tag,
                "[UNAVAILABLE] Passwords cannot be checked just now; try again in a minute",
            ),
        }
    }

    fn welcome(&mut self, tag: &str, member: &MemberName) -> Step {
        self.state = State::Member;
        let capabilities = self.capabilities();
        self.tagged(
            tag,
            "OK",
            &format!("[CAPABILITY {capabilities}] Welcome, {member}"),
        )
    }

    fn enable(&mut self, tag: String, wanted: &[String]) -> Step {
        let mut now = Vec::new();
        for word in wanted {
            match word.as_str() {
                "CONDSTORE" => self.tell_mod_seqs(),
                "QRESYNC" => {
                    self.enabled.qresync = true;
                    self.tell_mod_seqs();
                }
                "UTF8=ACCEPT" => self.enabled.utf8 = true,
                "IMAP4REV2" => {
                    self.enabled.rev2 = true;
                    if let State::Selected(selected) = &mut self.state {
                        selected.view.forget_recent();
                    }
                }
                _ => continue,
            }
            now.push(if word == "IMAP4REV2" {
                "IMAP4rev2"
            } else {
                word
            });
        }
        let now = now.join(" ");
        self.untagged(format!("ENABLED {now}").trim_end());
        self.done(tag, "OK", "Done", Gone::Told)
    }

    /// What works in this state.
    fn capabilities(&self) -> String {
        let always = "IMAP4rev1 IMAP4rev2 LITERAL+ SASL-IR ID ENABLE";
        match self.stage() {
            Stage::Plain => format!("{always} STARTTLS LOGINDISABLED"),
            Stage::Stranger => format!("{always} AUTH=PLAIN"),
            Stage::Member | Stage::Selected => format!(
                "{always} AUTH=PLAIN IDLE NAMESPACE UNSELECT UIDPLUS MOVE CHILDREN LIST-EXTENDED LIST-STATUS SPECIAL-USE \
                 CREATE-SPECIAL-USE STATUS=SIZE ESEARCH SEARCHRES WITHIN BINARY MULTIAPPEND SORT THREAD=ORDEREDSUBJECT \
                 THREAD=REFERENCES CONDSTORE QRESYNC UTF8=ACCEPT OBJECTID QUOTA QUOTA=RES-STORAGE APPENDLIMIT={}",
                self.settings.max_message_bytes
            ),
        }
    }
}

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

/// A literal at the end of a line: `{n}`, `{n+}`, `~{n}`, `~{n+}`.
fn literal_at_end(line: &[u8]) -> Option<Literal> {
    let inner = line.strip_suffix(b"}")?;
    let brace = inner.iter().rposition(|&b| b == b'{')?;
    let (digits, waits) = match inner[brace + 1..].strip_suffix(b"+") {
        Some(digits) => (digits, false),
        None => (&inner[brace + 1..], true),
    };
    let text = std::str::from_utf8(digits).ok()?;
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    // A number beyond every limit is refused as too big.
    let octets = text.parse().unwrap_or(u64::MAX);
    let tilde = brace > 0 && line[brace - 1] == b'~';
    Some(Literal {
        octets,
        waits,
        written: line.len() - brace + usize::from(tilde),
        binary: tilde,
    })
}

fn go_ahead(literal: Literal) -> Vec<u8> {
    if literal.waits {
        b"+ Go ahead\r\n".to_vec()
    } else {
        Vec::new()
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
