//! Dialogs with an IMAP server as text files, each named after the section of an RFC whose rules it shows; and who speaks them.
//!
//! A file begins with what it is about, and what there must be before it begins:
//!
//! ```text
//! RFC 9051 §6.4.6                  a section whose rules it shows
//! Needs: CONDSTORE                 capabilities of the server
//! Dovecot: why it fails there      then it is not spoken with Dovecot
//! Mailbox box: one two (\Seen)     a new mailbox with these messages (tests/imap/messages); INBOX is there and empty
//! # a remark
//! ```
//!
//! Then the dialog. Each letter is a connection, which is logged in when it first speaks:
//!
//! ```text
//! A: SELECT box                    a command; its tag is put before it
//!   * 2 EXISTS                     expected, as tests/support/pattern.rs explains; in any order, up to the tagged answer
//!   ? * 1 FETCH (FLAGS …)          may come
//!   ! * # RECENT                   must not come
//!   expunged 2 3                   EXPUNGE responses for just these, as they were numbered before
//!   OK [READ-WRITE]                the tagged answer
//! B: APPEND box {@two}             a literal: octets of a message, or {"text"}; {+@two} without waiting
//! A: IDLE
//!   +                              a go-ahead
//! A:                               says nothing; waits for what is expected
//!   * 3 EXISTS
//! A:: DONE                         a line without a tag
//!   OK
//! ```
//!
//! A command that expects nothing is not waited for. An answer that nobody expects is a failure, but for untagged OK, EXISTS,
//! RECENT, FLAGS and CAPABILITY, which may come at any time; `…` on a line of its own takes any.
//!
//! ```text
//! = A not logged in                its greeting is not yet read
//! = A in clear                     the same without TLS
//! = A starts TLS
//! = A is ben                       another member
//! = A hangs up
//! = Dovecot: why                   the next step is not for Dovecot
//! ```

use std::collections::{HashMap, HashSet, VecDeque};
use std::fmt::Write as _;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::client::Line;
use crate::imap::{Answer, Imap, Token};
use crate::pattern::{self, Names, Pattern, letter};

/// How a connection is secured before it logs in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    StartTls,
    Tls,
}

/// A server that dialogs are spoken with. Every member's password is `secret-NAME`.
#[derive(Clone, Debug)]
pub struct Server {
    pub imap: SocketAddr,
    pub imaps: SocketAddr,
    pub is_dovecot: bool,
}

/// A dialog as it stands in its file.
#[derive(Clone, Debug)]
pub struct Dialog {
    /// File name without its ending.
    pub name: String,
    /// `RFC 9051 §6.4.6`.
    pub sections: Vec<String>,
    pub needs: Vec<String>,
    /// Why Dovecot is not asked.
    pub dovecot: Option<String>,
    mailboxes: Vec<(String, Vec<Letter>)>,
    steps: Vec<(usize, Step)>,
    /// Lines of the steps that are not for Dovecot.
    not_dovecots: Vec<usize>,
    /// The next step is one of them.
    is_marked: bool,
}

#[derive(Clone, Debug)]
struct Letter {
    name: String,
    flags: String,
}

#[derive(Clone, Debug)]
enum Step {
    Say {
        who: char,
        said: Said,
        expected: Vec<Expected>,
    },
    Open {
        who: char,
        how: Opening,
    },
    StartTls(char),
    HangUp(char),
}

#[derive(Clone, Debug)]
enum Said {
    Nothing,
    Command(String),
    Line(String),
}

#[derive(Clone, Debug)]
enum Opening {
    As(String),
    NotLoggedIn,
    InClear,
}

#[derive(Clone, Debug)]
struct Expected {
    line: usize,
    text: String,
    what: What,
}

#[derive(Clone, Debug)]
enum What {
    Must(Vec<Pattern>),
    May(Vec<Pattern>),
    Never(Vec<Pattern>),
    Tagged(Vec<Pattern>),
    GoAhead,
    Expunged(Vec<u32>),
    Anything,
    Closed,
}

/// Where the dialogs are.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/imap")
}

/// All dialogs, by name.
pub fn all() -> Vec<Dialog> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|ext| ext == "txt"))
        .collect();
    files.sort();
    let read = |path: &PathBuf| {
        let name = path.file_stem().unwrap().to_str().unwrap();
        let text = std::fs::read_to_string(path).unwrap();
        Dialog::read(name, &text).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
    };
    files.iter().map(read).collect()
}

impl Dialog {
    fn read(name: &str, text: &str) -> Result<Self, String> {
        let mut dialog = Self {
            name: name.to_owned(),
            sections: Vec::new(),
            needs: Vec::new(),
            dovecot: None,
            mailboxes: Vec::new(),
            steps: Vec::new(),
            not_dovecots: Vec::new(),
            is_marked: false,
        };
        for (at, line) in text.lines().enumerate() {
            dialog
                .line(at + 1, line)
                .map_err(|e| format!("line {}: {e}", at + 1))?;
        }
        if dialog.sections.is_empty() || dialog.steps.is_empty() {
            return Err("a dialog has a section, and something is said".into());
        }
        Ok(dialog)
    }

    /// What clients say in it, with numbers for names, and literals that do not wait.
    pub fn commands(&self) -> Vec<String> {
        let said = self.steps.iter().filter_map(|(_, step)| match step {
            Step::Say {
                said: Said::Command(text),
                ..
            } => Some(text),
            _ => None,
        });
        // Whoever is not logged in any more says less.
        said.filter(|text| !text.starts_with("LOGOUT"))
            .map(|text| {
                let names = [
                    "validity", "next", "first", "highest", "sep", "m", "date", "root", "email",
                    "second", "uid", "size", "box",
                ];
                let mut text = text.clone();
                for name in names {
                    text =
                        text.replace(&format!("<{name}>"), if name == "sep" { "/" } else { "2" });
                }
                let mut all = String::new();
                let mut rest = text.as_str();
                while let Ok(Some((start, end, octets, _, is_binary))) = next_literal(rest) {
                    let tilde = if is_binary { "~" } else { "" };
                    let _ = write!(
                        all,
                        "{}{tilde}{{{}+}}\r\n{}",
                        &rest[..start],
                        octets.len(),
                        String::from_utf8_lossy(&octets)
                    );
                    rest = &rest[end..];
                }
                all + rest
            })
            .collect()
    }

    fn line(&mut self, number: usize, line: &str) -> Result<(), String> {
        if line.trim().is_empty() || line.starts_with('#') {
            return Ok(());
        }
        if let Some(indented) = line.strip_prefix("  ") {
            let Some((_, Step::Say { expected, .. })) = self.steps.last_mut() else {
                return Err("nobody has said anything".into());
            };
            expected.push(Expected::read(number, indented.trim())?);
            return Ok(());
        }
        if line.starts_with("= Dovecot: ") {
            self.is_marked = true;
            return Ok(());
        }
        if let Some(rest) = line.strip_prefix("= ") {
            let who = rest.chars().next().ok_or("who?")?;
            let step = match rest.get(2..).unwrap_or_default() {
                "not logged in" => Step::Open {
                    who,
                    how: Opening::NotLoggedIn,
                },
                "in clear" => Step::Open {
                    who,
                    how: Opening::InClear,
                },
                "starts TLS" => Step::StartTls(who),
                "hangs up" => Step::HangUp(who),
                how => match how.strip_prefix("is ") {
                    Some(name) => Step::Open {
                        who,
                        how: Opening::As(name.to_owned()),
                    },
                    None => return Err(format!("what is {how:?}?")),
                },
            };
            self.steps.push((number, step));
            return Ok(());
        }
        let (head, rest) = line.split_once(':').unwrap_or((line, ""));
        let trimmed = rest.trim_start();
        if head.len() == 1 && head.chars().all(|c| c.is_ascii_uppercase()) {
            let who = head.chars().next().unwrap_or('A');
            let said = if let Some(raw) = rest.strip_prefix(':') {
                Said::Line(raw.strip_prefix(' ').unwrap_or(raw).to_owned())
            } else if trimmed.is_empty() {
                Said::Nothing
            } else {
                Said::Command(rest.strip_prefix(' ').unwrap_or(rest).to_owned())
            };
            self.steps.push((
                number,
                Step::Say {
                    who,
                    said,
                    expected: Vec::new(),
                },
            ));
            if std::mem::take(&mut self.is_marked) {
                self.not_dovecots.push(number);
            }
        } else if line.starts_with("RFC ") {
            self.sections.push(line.trim().to_owned());
        } else if head == "Needs" {
            self.needs.extend(trimmed.split(' ').map(str::to_owned));
        } else if head == "Dovecot" {
            self.dovecot = Some(trimmed.to_owned());
        } else if let Some(mailbox) = head.strip_prefix("Mailbox ") {
            self.mailboxes.push((mailbox.to_owned(), letters(trimmed)?));
        } else {
            return Err(format!("what is {line:?}?"));
        }
        Ok(())
    }
}

/// `one two (\Seen) three`.
fn letters(text: &str) -> Result<Vec<Letter>, String> {
    let mut letters: Vec<Letter> = Vec::new();
    let mut rest = text.trim();
    while !rest.is_empty() {
        let end = match rest.chars().next() {
            Some('(') => rest.find(')').ok_or("no )")? + 1,
            Some('"') => rest[1..].find('"').ok_or("no quote")? + 2,
            _ => rest.find(' ').unwrap_or(rest.len()),
        };
        let (word, more) = rest.split_at(end);
        rest = more.trim_start();
        match letters.last_mut() {
            Some(last) if word.starts_with(['(', '"']) => {
                if !last.flags.is_empty() {
                    last.flags.push(' ');
                }
                last.flags += word;
            }
            _ => letters.push(Letter {
                name: word.to_owned(),
                flags: String::new(),
            }),
        }
    }
    Ok(letters)
}

impl Expected {
    fn read(line: usize, text: &str) -> Result<Self, String> {
        let what = if text == "+" || text.starts_with("+ ") {
            What::GoAhead
        } else if text == "…" {
            What::Anything
        } else if text == "closed" {
            What::Closed
        } else if let Some(set) = text.strip_prefix("expunged ") {
            What::Expunged(
                set.split(' ')
                    .map(|n| n.parse().map_err(|e| format!("{n}: {e}")))
                    .collect::<Result<_, _>>()?,
            )
        } else if let Some(rest) = text.strip_prefix("* ") {
            What::Must(pattern::parse(rest)?)
        } else if let Some(rest) = text.strip_prefix("? * ") {
            What::May(pattern::parse(rest)?)
        } else if let Some(rest) = text.strip_prefix("! * ") {
            What::Never(pattern::parse(rest)?)
        } else {
            let patterns = pattern::parse(text)?;
            let is_status = matches!(patterns.first(), Some(Pattern::Atom(word)) if word.split('|').all(|word| ["OK", "NO", "BAD"].contains(&word)));
            if !is_status {
                return Err(format!("what is {text:?}?"));
            }
            What::Tagged(patterns)
        };
        Ok(Self {
            line,
            text: text.to_owned(),
            what,
        })
    }
}

/// How long an answer may take on a machine that does much else.
const LONGEST: Duration = Duration::from_secs(20);
/// Mailboxes that are there from the beginning.
const OWN: [&str; 7] = [
    "INBOX", "Sent", "Drafts", "Trash", "Junk", "Archive", "Outbox",
];

/// Speaks dialogs with a server, one after the other, each beginning with an empty INBOX and no other mailbox.
pub struct Speaker {
    server: Server,
    way: Way,
    keeper: Imap,
    pub capabilities: HashSet<String>,
    separator: String,
}

/// What is wrong, for whoever mends it.
#[derive(Clone, Debug)]
pub struct Failure {
    pub text: String,
}

impl Speaker {
    /// Somebody who speaks with this server in this way.
    pub fn new(server: &Server, way: Way) -> io::Result<Self> {
        let mut keeper = Imap::login(server.imaps, "anna", "secret-anna")?;
        let answers = keeper.command("CAPABILITY")?;
        let capabilities = answers
            .iter()
            .filter(|answer| answer.starts(&["CAPABILITY"]))
            .flat_map(|answer| answer.tokens[1..].iter().filter_map(Token::text))
            .map(|word| word.to_ascii_uppercase())
            .collect();
        let root = keeper.command("LIST \"\" \"\"")?;
        let separator = root
            .iter()
            .find_map(|a| a.tokens.get(2)?.text())
            .ok_or(io::ErrorKind::InvalidData)?;
        Ok(Self {
            server: server.clone(),
            way,
            keeper,
            capabilities,
            separator,
        })
    }

    /// Capabilities that it has not.
    pub fn lacks(&self, dialog: &Dialog) -> Vec<String> {
        let mut missing = dialog.needs.clone();
        missing.retain(|word| {
            let (word, with_value) = (word.to_ascii_uppercase(), format!("{word}="));
            let has =
                |capability: &String| *capability == word || capability.starts_with(&with_value);
            !self.capabilities.iter().any(has)
        });
        missing
    }

    /// Speaks it; what went wrong.
    pub fn speak(&mut self, dialog: &Dialog) -> Result<(), Failure> {
        let prepared = self.clean().and_then(|()| self.prepare(dialog));
        if let Err(e) = prepared {
            return Err(Failure {
                text: format!("{}: before it began: {e}\n", dialog.name),
            });
        }
        let mut talk = Talk {
            server: &self.server,
            way: self.way,
            lines: HashMap::new(),
            names: Names::new(),
            heard: Vec::new(),
        };
        talk.names.insert("sep".into(), self.separator.clone());
        for (number, step) in &dialog.steps {
            if self.server.is_dovecot && dialog.not_dovecots.contains(number) {
                continue;
            }
            if let Err(wrong) = talk.step(step) {
                let mut text = format!(
                    "{} ({:?}), {}, line {number}: {wrong}\n",
                    dialog.name,
                    self.way,
                    dialog.sections.join(", ")
                );
                for line in &talk.heard {
                    let _ = writeln!(text, "    {line}");
                }
                return Err(Failure { text });
            }
        }
        Ok(())
    }

    fn clean(&mut self) -> io::Result<()> {
        let listed = self.keeper.command("LIST \"\" \"*\"")?;
        let mut names = Vec::new();
        for answer in &listed {
            if let [_, attributes, _, name, ..] = answer.tokens.as_slice() {
                let name = name.text().unwrap_or_default();
                let is_place = !attributes
                    .list()
                    .iter()
                    .any(|a| a.is("\\Noselect") || a.is("\\NonExistent"));
                names.push((name, is_place));
            }
        }
        // Children before their parents.
        names.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
        for (name, is_place) in names {
            if !OWN.iter().any(|own| own.eq_ignore_ascii_case(&name)) {
                let (_, _) = self.keeper.say(&format!("DELETE {}", quoted(&name)))?;
                continue;
            }
            let status = self
                .keeper
                .command(&format!("STATUS {} (MESSAGES)", quoted(&name)))?;
            let count = status.iter().find_map(|a| {
                crate::imap::pairs(a.tokens.get(2)?.list())
                    .next()?
                    .1
                    .number()
            });
            if is_place && count > Some(0) {
                self.keeper.command(&format!("SELECT {}", quoted(&name)))?;
                self.keeper.command("STORE 1:* +FLAGS.SILENT (\\Deleted)")?;
                self.keeper.command("CLOSE")?;
            }
        }
        for answer in self.keeper.command("LSUB \"\" \"*\"")? {
            let name = answer
                .tokens
                .get(3)
                .and_then(Token::text)
                .unwrap_or_default();
            if answer.starts(&["LSUB"]) && !OWN.contains(&name.as_str()) {
                self.keeper
                    .command(&format!("UNSUBSCRIBE {}", quoted(&name)))?;
            }
        }
        Ok(())
    }

    fn prepare(&mut self, dialog: &Dialog) -> io::Result<()> {
        for (mailbox, letters) in &dialog.mailboxes {
            let mailbox = quoted(&mailbox.replace("<sep>", &self.separator));
            if mailbox != "\"INBOX\"" {
                self.keeper.command(&format!("CREATE {mailbox}"))?;
            }
            for one in letters {
                let (_, tagged) = self
                    .keeper
                    .append(&mailbox, &one.flags, &letter(&one.name))?;
                if !tagged.starts(&["OK"]) {
                    return Err(io::Error::other(format!(
                        "APPEND of {}: {tagged:?}",
                        one.name
                    )));
                }
            }
        }
        Ok(())
    }
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\""))
}

struct Connection {
    imap: Imap,
    /// Tags whose answers are still to come.
    open: VecDeque<String>,
    /// Read too early.
    early: VecDeque<Answer>,
}

struct Talk<'a> {
    server: &'a Server,
    way: Way,
    lines: HashMap<char, Connection>,
    names: Names,
    heard: Vec<String>,
}

impl Talk<'_> {
    fn step(&mut self, step: &Step) -> Result<(), String> {
        match step {
            Step::Open { who, how } => self
                .open(*who, how)
                .map_err(|e| format!("no connection: {e}")),
            Step::StartTls(who) => {
                let connection = self.lines.get_mut(who).ok_or("no connection")?;
                connection
                    .imap
                    .upgrade()
                    .map_err(|e| format!("no TLS: {e}"))
            }
            Step::HangUp(who) => self
                .lines
                .remove(who)
                .map(drop)
                .ok_or_else(|| "no connection".into()),
            Step::Say {
                who,
                said,
                expected,
            } => {
                if !self.lines.contains_key(who) {
                    self.open(*who, &Opening::As("anna".into()))
                        .map_err(|e| format!("no connection: {e}"))?;
                }
                self.say(*who, said, expected)
            }
        }
    }

    fn open(&mut self, who: char, how: &Opening) -> io::Result<()> {
        let imap = match how {
            Opening::InClear => Imap::new(Line::plain(self.server.imap)?),
            Opening::NotLoggedIn if self.way == Way::Tls => {
                Imap::new(Line::tls(self.server.imaps)?)
            }
            Opening::NotLoggedIn => {
                // The greeting is that of before STARTTLS, and RFC 3501 §6.2.1 has no other after it.
                let mut imap = Imap::new(Line::plain(self.server.imap)?);
                let greeting = imap.answer()?;
                imap.command("STARTTLS")?;
                imap.upgrade()?;
                let early = VecDeque::from([greeting]);
                self.lines.insert(
                    who,
                    Connection {
                        imap,
                        open: VecDeque::new(),
                        early,
                    },
                );
                return Ok(());
            }
            Opening::As(name) => {
                let mut imap = if self.way == Way::Tls {
                    Imap::new(Line::tls(self.server.imaps)?)
                } else {
                    Imap::new(Line::plain(self.server.imap)?)
                };
                imap.answer()?;
                if self.way == Way::StartTls {
                    imap.command("STARTTLS")?;
                    imap.upgrade()?;
                }
                imap.command(&format!("LOGIN {name} secret-{name}"))?;
                imap
            }
        };
        self.lines.insert(
            who,
            Connection {
                imap,
                open: VecDeque::new(),
                early: VecDeque::new(),
            },
        );
        Ok(())
    }

    fn say(&mut self, who: char, said: &Said, expected: &[Expected]) -> Result<(), String> {
        let connection = self.lines.get_mut(&who).ok_or("no connection")?;
        connection
            .imap
            .timeout(LONGEST)
            .map_err(|e| e.to_string())?;
        let mut block = Block::default();
        match said {
            Said::Nothing => {}
            Said::Command(text) => {
                let tag = connection.imap.tag();
                self.names.insert("tag".into(), tag.clone());
                connection.open.push_back(tag.clone());
                let text = pattern::fill(&format!("{tag} {text}"), &self.names)?;
                send(connection, who, &text, &mut block, &mut self.heard)?;
            }
            Said::Line(text) => {
                let text = pattern::fill(text, &self.names)?;
                send(connection, who, &text, &mut block, &mut self.heard)?;
            }
        }
        if expected.is_empty() {
            return Ok(());
        }
        hear(
            connection,
            who,
            expected,
            &mut block,
            &mut self.names,
            &mut self.heard,
        )
    }
}

/// What came in answer to one thing said.
#[derive(Default)]
struct Block {
    untagged: Vec<Answer>,
    tagged: Option<Answer>,
    went_ahead: bool,
    closed: bool,
}

/// Takes one answer; what is wrong with it at once.
fn take(
    connection: &mut Connection,
    who: char,
    block: &mut Block,
    heard: &mut Vec<String>,
) -> Result<(), String> {
    let answer = match connection
        .early
        .pop_front()
        .map_or_else(|| connection.imap.answer(), Ok)
    {
        Ok(answer) => answer,
        Err(e)
            if matches!(
                e.kind(),
                io::ErrorKind::UnexpectedEof | io::ErrorKind::ConnectionReset
            ) =>
        {
            heard.push(format!("{who}< (closed)"));
            block.closed = true;
            return Ok(());
        }
        Err(e) if e.kind() == io::ErrorKind::InvalidData => {
            return Err(format!("an answer without form: {e}"));
        }
        Err(e) => return Err(format!("no answer: {e}")),
    };
    let mut shown = answer.shown.replace("\r\n", "⏎");
    if shown.len() > 1500 {
        let end = (0..1500)
            .rev()
            .find(|at| shown.is_char_boundary(*at))
            .unwrap_or(0);
        shown.truncate(end);
        shown.push('…');
    }
    heard.push(format!("{who}< {shown}"));
    match answer.tag.as_str() {
        "*" => block.untagged.push(answer),
        "+" => block.went_ahead = true,
        tag => {
            // A line that had no tag which could be read is answered with `* BAD`; here every one has.
            let Some(at) = connection.open.iter().position(|open| open == tag) else {
                return Err(format!(
                    "an answer to a command that was not given: {}",
                    answer.shown
                ));
            };
            connection.open.remove(at);
            block.tagged = Some(answer);
        }
    }
    Ok(())
}

/// Sends a line with its literals, waiting for the go-ahead where that is asked for.
fn send(
    connection: &mut Connection,
    who: char,
    text: &str,
    block: &mut Block,
    heard: &mut Vec<String>,
) -> Result<(), String> {
    let mut rest = text;
    let mut piece = Vec::new();
    while let Some((start, end, octets, waits, binary)) = next_literal(rest)? {
        piece.extend_from_slice(&rest.as_bytes()[..start]);
        let plus = if waits { "" } else { "+" };
        let tilde = if binary { "~" } else { "" };
        piece.extend_from_slice(format!("{tilde}{{{}{plus}}}\r\n", octets.len()).as_bytes());
        heard.push(format!(
            "{who}> {}",
            String::from_utf8_lossy(&piece).trim_end()
        ));
        connection.imap.send(&piece).map_err(|e| e.to_string())?;
        piece.clear();
        if waits {
            block.went_ahead = false;
            while !block.went_ahead {
                take(connection, who, block, heard)?;
                if block.tagged.is_some() || block.closed {
                    // Refused.
                    return Ok(());
                }
            }
            block.went_ahead = false;
        }
        piece.extend_from_slice(&octets);
        rest = &rest[end..];
    }
    piece.extend_from_slice(rest.as_bytes());
    heard.push(format!(
        "{who}> {}",
        String::from_utf8_lossy(&piece).replace("\r\n", "⏎")
    ));
    piece.extend_from_slice(b"\r\n");
    connection.imap.send(&piece).map_err(|e| e.to_string())
}

/// `{@letter}`, `{"text"}`, with `+` after the brace when it does not wait, `~` before it when it is binary: where it begins and
/// ends, what it says, whether it waits, whether it is binary.
#[allow(clippy::type_complexity)]
fn next_literal(text: &str) -> Result<Option<(usize, usize, Vec<u8>, bool, bool)>, String> {
    for (start, _) in text.match_indices('{') {
        let inside = &text[start + 1..];
        let (waits, inside) = inside
            .strip_prefix('+')
            .map_or((true, inside), |inside| (false, inside));
        let marks = 1 + usize::from(!waits);
        let binary = text[..start].ends_with('~');
        let from = start - usize::from(binary);
        if let Some(name) = inside.strip_prefix('@') {
            let end = name.find('}').ok_or("no }")?;
            return Ok(Some((
                from,
                start + marks + 1 + end + 1,
                letter(&name[..end]),
                waits,
                binary,
            )));
        }
        if let Some(quoted) = inside.strip_prefix('"') {
            let end = quoted.find("\"}").ok_or("no \"}")?;
            let octets = unescaped(&quoted[..end]).into_bytes();
            return Ok(Some((
                from,
                start + marks + 1 + end + 2,
                octets,
                waits,
                binary,
            )));
        }
    }
    Ok(None)
}

/// `\r`, `\n`, `\0`, `\"`, `\\`.
fn unescaped(text: &str) -> String {
    let mut chars = text.chars();
    let mut all = String::new();
    while let Some(next) = chars.next() {
        all.push(match (next, next == '\\') {
            (_, true) => match chars.next() {
                Some('r') => '\r',
                Some('n') => '\n',
                Some('0') => '\0',
                Some(other) => other,
                None => '\\',
            },
            (next, false) => next,
        });
    }
    all
}

fn hear(
    connection: &mut Connection,
    who: char,
    expected: &[Expected],
    block: &mut Block,
    names: &mut Names,
    heard: &mut Vec<String>,
) -> Result<(), String> {
    let wants = |kind: fn(&What) -> bool| expected.iter().any(|e| kind(&e.what));
    let wants_tagged = wants(|w| matches!(w, What::Tagged(_)));
    let wants_ahead = wants(|w| matches!(w, What::GoAhead));
    let wants_end = wants(|w| matches!(w, What::Closed));
    let start = Instant::now();
    loop {
        let is_done = if wants_end {
            block.closed
        } else if wants_tagged {
            block.tagged.is_some() || block.closed
        } else if wants_ahead {
            block.went_ahead || block.tagged.is_some() || block.closed
        } else {
            block.tagged.is_some()
                || block.closed
                || judge(expected, block, &mut names.clone()).is_ok()
        };
        if is_done {
            break;
        }
        if start.elapsed() > LONGEST {
            break;
        }
        if let Err(wrong) = take(connection, who, block, heard) {
            // What was missing says more than that nothing came.
            return match judge(expected, block, names) {
                Err(missing) if !wrong.starts_with("an answer") => {
                    Err(format!("{missing} ({wrong})"))
                }
                _ => Err(wrong),
            };
        }
    }
    judge(expected, block, names)
}

/// Answers that may come at any time, expected or not.
const ANY_TIME: [&str; 5] = ["OK", "EXISTS", "RECENT", "FLAGS", "CAPABILITY"];

fn judge(expected: &[Expected], block: &Block, names: &mut Names) -> Result<(), String> {
    let mut left: Vec<&Answer> = block.untagged.iter().collect();
    for wanted in expected {
        let missing = || Err(format!("line {}: expected `{}`", wanted.line, wanted.text));
        match &wanted.what {
            What::Must(patterns) => match left
                .iter()
                .position(|a| pattern::matches(patterns, &a.tokens, names))
            {
                Some(at) => {
                    left.remove(at);
                }
                None => return missing(),
            },
            What::Expunged(numbers) => {
                let mut gone = Vec::new();
                left.retain(|answer| match answer.numbered() {
                    Some((number, word)) if word.eq_ignore_ascii_case("EXPUNGE") => {
                        gone.push(number);
                        false
                    }
                    _ => true,
                });
                if originals(&gone) != *numbers {
                    return missing();
                }
            }
            What::Never(patterns) => {
                if let Some(answer) = left
                    .iter()
                    .find(|a| pattern::matches(patterns, &a.tokens, &mut names.clone()))
                {
                    return Err(format!(
                        "line {}: never `{}`, but {answer:?}",
                        wanted.line, wanted.text
                    ));
                }
            }
            What::Tagged(patterns) => {
                let Some(tagged) = &block.tagged else {
                    return missing();
                };
                let either = match patterns.first() {
                    Some(Pattern::Atom(word)) if word.contains('|') => Some(word),
                    _ => None,
                };
                let fits = if let Some(words) = either {
                    words.split('|').any(|word| tagged.starts(&[word]))
                } else {
                    pattern::matches(patterns, &tagged.tokens, names)
                };
                if !fits {
                    return missing();
                }
            }
            What::GoAhead if !block.went_ahead => return missing(),
            What::Closed if !block.closed => return missing(),
            What::GoAhead | What::Closed | What::Anything | What::May(_) => {}
        }
    }
    for wanted in expected {
        if let What::May(patterns) = &wanted.what {
            left.retain(|answer| !pattern::matches(patterns, &answer.tokens, names));
        }
    }
    let takes_any = expected.iter().any(|e| matches!(e.what, What::Anything));
    let stranger = left.iter().find(|answer| {
        let word = answer.numbered().map_or_else(
            || answer.tokens.first().and_then(Token::text),
            |(_, word)| Some(word.to_owned()),
        );
        !word.is_some_and(|word| ANY_TIME.iter().any(|any| any.eq_ignore_ascii_case(&word)))
    });
    match stranger {
        Some(answer) if !takes_any => Err(format!("nobody expected {answer:?}")),
        _ => Ok(()),
    }
}

/// Which messages EXPUNGE responses in this order take away, as they were numbered before the first.
fn originals(gone: &[u32]) -> Vec<u32> {
    let mut all: Vec<u32> = Vec::new();
    for number in gone {
        let mut original = *number;
        all.sort_unstable();
        for before in &all {
            if *before <= original {
                original += 1;
            }
        }
        all.push(original);
    }
    all.sort_unstable();
    all
}
