//! The grammar: a whole command becomes a [`Command`], or a sentence that says what is wrong with it. Pure.
//!
//! A grammar of our own, not `imap-codec`'s: that one lacks every form that IMAP4rev2 adds (LIST with selections and RETURN,
//! SEARCH RETURN, `$`, CREATE USE, several messages in an APPEND, EMAILID …) and wants a message in memory before it looks at
//! APPEND. With our productions before it, it would be left with the trivial commands, and a second set of types.

mod fetch;
mod list;
mod search;

pub(super) use search::{UNKNOWN_CHARSET, saves};

use super::command::{Access, Bad, By, Change, Command, Known, Name, StatusItem};
use super::flags::Named;
use super::lexer::Lexer;
use crate::net::login::Password;

type Read<T> = Result<T, Bad>;

/// The tag of a command, where it has one.
pub fn tag(text: &[u8]) -> Option<String> {
    let mut lexer = Lexer::new(text);
    let tag = lexer.tag().ok()?.to_owned();
    (lexer.at_end() || lexer.skip(b' ')).then_some(tag)
}

/// The name of the command behind the tag, in upper case; `UID FETCH` for one that begins with UID.
pub fn verb(text: &[u8]) -> Option<String> {
    let mut lexer = Lexer::new(text);
    lexer.tag().ok()?;
    lexer.space().ok()?;
    let verb = lexer.word().ok()?;
    if verb == "UID" && lexer.skip(b' ') {
        return Some(format!("UID {}", lexer.word().ok()?));
    }
    Some(verb)
}

/// Reads a whole command, its tag before it.
///
/// # Errors
/// What is wrong with it.
pub fn command(text: &[u8]) -> Read<Command> {
    let mut lexer = Lexer::new(text);
    lexer.tag()?;
    lexer
        .space()
        .map_err(|_| Bad::new("A tag alone is no command"))?;
    let verb = lexer.word().map_err(|_| unknown())?;
    let command = match verb.as_str() {
        "UID" => {
            lexer.space()?;
            let verb = lexer.word().map_err(|_| unknown())?;
            numbered(&verb, By::Uid, &mut lexer)?
        }
        _ => plain(&verb, &mut lexer)?,
    };
    lexer.end()?;
    Ok(command)
}

fn unknown() -> Bad {
    Bad::new("There is no such command here")
}

fn plain(verb: &str, lexer: &mut Lexer) -> Read<Command> {
    Ok(match verb {
        "CAPABILITY" => Command::Capability,
        "NOOP" => Command::Noop,
        "LOGOUT" => Command::Logout,
        "STARTTLS" => Command::StartTls,
        "NAMESPACE" => Command::Namespace,
        "IDLE" => Command::Idle,
        "CHECK" => Command::Check,
        "CLOSE" => Command::Close,
        "UNSELECT" => Command::Unselect,
        "EXPUNGE" => Command::Expunge(None),
        "LOGIN" => {
            lexer.space()?;
            let login = lexer.astring()?;
            lexer.space()?;
            Command::Login {
                login,
                password: password(lexer.astring()?)?,
            }
        }
        "AUTHENTICATE" => {
            lexer.space()?;
            let mechanism = lexer.word()?;
            let initial = if lexer.skip(b' ') {
                let text = String::from_utf8_lossy(lexer.rest()).into_owned();
                *lexer = Lexer::new(b"");
                Some(Password::new(text))
            } else {
                None
            };
            Command::Authenticate { mechanism, initial }
        }
        "ID" => {
            lexer.space()?;
            id(lexer)?;
            Command::Id
        }
        "ENABLE" => {
            let mut wanted = Vec::new();
            while wanted.is_empty() || !lexer.at_end() {
                lexer.space()?;
                wanted.push(lexer.word()?);
            }
            Command::Enable(wanted)
        }
        "SELECT" => select(Access::ReadWrite, lexer)?,
        "EXAMINE" => select(Access::ReadOnly, lexer)?,
        "CREATE" => create(lexer)?,
        "DELETE" => Command::Delete(name(lexer)?),
        "RENAME" => Command::Rename {
            from: name(lexer)?,
            to: name(lexer)?,
        },
        "SUBSCRIBE" => Command::Subscribe(name(lexer)?),
        "UNSUBSCRIBE" => Command::Unsubscribe(name(lexer)?),
        "LIST" => Command::List(list::list(lexer)?),
        "LSUB" => {
            let reference = name(lexer)?;
            lexer.space()?;
            Command::Lsub {
                reference,
                pattern: Name(lexer.pattern()?),
            }
        }
        "STATUS" => {
            let mailbox = name(lexer)?;
            lexer.space()?;
            Command::Status {
                mailbox,
                items: status_items(lexer)?,
            }
        }
        "APPEND" => {
            name(lexer)?;
            return Err(Bad::new("APPEND wants the message as a literal"));
        }
        "GETQUOTA" => {
            lexer.space()?;
            Command::GetQuota(lexer.astring()?)
        }
        "GETQUOTAROOT" => Command::GetQuotaRoot(name(lexer)?),
        _ => return numbered(verb, By::Number, lexer),
    })
}

fn numbered(verb: &str, by: By, lexer: &mut Lexer) -> Read<Command> {
    Ok(match (verb, by) {
        ("FETCH", _) => fetch::fetch(by, lexer)?,
        ("STORE", _) => store(by, lexer)?,
        ("SEARCH", _) => Command::Search(search::search(by, lexer)?),
        ("SORT", _) => search::sort(by, lexer)?,
        ("THREAD", _) => search::thread(by, lexer)?,
        ("COPY" | "MOVE", _) => {
            lexer.space()?;
            let set = lexer.set()?;
            let to = name(lexer)?;
            match verb {
                "COPY" => Command::Copy { by, set, to },
                _ => Command::Move { by, set, to },
            }
        }
        ("EXPUNGE", By::Uid) => {
            lexer.space()?;
            Command::Expunge(Some(lexer.set()?))
        }
        _ => return Err(unknown()),
    })
}

fn password(bytes: Vec<u8>) -> Read<Password> {
    let text = String::from_utf8(bytes).map_err(|_| Bad::new("A password is written in UTF-8"))?;
    Ok(Password::new(text))
}

/// A space and a mailbox name.
pub(super) fn name(lexer: &mut Lexer) -> Read<Name> {
    lexer.space()?;
    Ok(Name(lexer.astring()?))
}

fn id(lexer: &mut Lexer) -> Read<()> {
    if lexer.peek() != Some(b'(') {
        return match lexer.nstring()? {
            None => Ok(()),
            Some(_) => Err(Bad::new("ID takes a list or NIL")),
        };
    }
    // What a program says of itself is not looked at.
    let mut fields = 0;
    lexer.list(|lexer| {
        fields += 1;
        lexer.nstring().map(drop)
    })?;
    if fields % 2 == 0 {
        Ok(())
    } else {
        Err(Bad::new("ID takes pairs of names and values"))
    }
}

fn select(access: Access, lexer: &mut Lexer) -> Read<Command> {
    let mailbox = name(lexer)?;
    let (mut condstore, mut qresync) = (false, None);
    if lexer.skip(b' ') {
        lexer.list(|lexer| {
            match lexer.word()?.as_str() {
                "CONDSTORE" => condstore = true,
                "QRESYNC" => {
                    lexer.space()?;
                    qresync = Some(known(lexer)?);
                }
                _ => return Err(Bad::new("SELECT has no such parameter here")),
            }
            Ok(())
        })?;
    }
    Ok(Command::Select {
        mailbox,
        access,
        condstore,
        qresync,
    })
}

/// `(uidvalidity modseq [known-uids] [(numbers uids)])` (RFC 7162 section 3.2.5).
fn known(lexer: &mut Lexer) -> Read<Known> {
    lexer.expect(b'(')?;
    let uid_validity = lexer.number()?;
    if uid_validity == 0 {
        return Err(Bad::new("No mailbox has the UIDVALIDITY 0"));
    }
    lexer.space()?;
    let mut known = Known {
        uid_validity,
        mod_seq: lexer.number64()?,
        uids: None,
        matched: None,
    };
    if lexer.peek() == Some(b' ') {
        let mut ahead = *lexer;
        ahead.skip(b' ');
        if ahead.peek() != Some(b'(') {
            *lexer = ahead;
            known.uids = Some(lexer.ranges()?);
        }
    }
    if lexer.skip(b' ') {
        lexer.expect(b'(')?;
        let numbers = lexer.ranges()?;
        lexer.space()?;
        known.matched = Some((numbers, lexer.ranges()?));
        lexer.expect(b')')?;
    }
    lexer.expect(b')')?;
    Ok(known)
}

fn create(lexer: &mut Lexer) -> Read<Command> {
    let mailbox = name(lexer)?;
    let mut uses = Vec::new();
    if lexer.skip(b' ') {
        lexer.list(|lexer| {
            if lexer.word()? != "USE" {
                return Err(Bad::new("CREATE has no such parameter here"));
            }
            lexer.space()?;
            uses.extend(lexer.list(Lexer::flag)?);
            Ok(())
        })?;
    }
    Ok(Command::Create { mailbox, uses })
}

pub(super) fn status_items(lexer: &mut Lexer) -> Read<Vec<StatusItem>> {
    let items = lexer.list(|lexer| {
        Ok(match lexer.word()?.as_str() {
            "MESSAGES" => StatusItem::Messages,
            "RECENT" => StatusItem::Recent,
            "UIDNEXT" => StatusItem::UidNext,
            "UIDVALIDITY" => StatusItem::UidValidity,
            "UNSEEN" => StatusItem::Unseen,
            "DELETED" => StatusItem::Deleted,
            "SIZE" => StatusItem::Size,
            "HIGHESTMODSEQ" => StatusItem::HighestModSeq,
            "APPENDLIMIT" => StatusItem::AppendLimit,
            "MAILBOXID" => StatusItem::MailboxId,
            _ => return Err(Bad::new("STATUS has no such item here")),
        })
    })?;
    if items.is_empty() {
        return Err(Bad::new("STATUS wants at least one item"));
    }
    Ok(items)
}

fn store(by: By, lexer: &mut Lexer) -> Read<Command> {
    lexer.space()?;
    let set = lexer.set()?;
    lexer.space()?;
    let mut unchanged_since = None;
    if lexer.peek() == Some(b'(') {
        lexer.list(|lexer| {
            if lexer.word()? != "UNCHANGEDSINCE" {
                return Err(Bad::new("STORE has no such modifier here"));
            }
            lexer.space()?;
            unchanged_since = Some(lexer.number64()?);
            Ok(())
        })?;
        lexer.space()?;
    }
    let word = lexer.word()?;
    let (name, silent) = match word.strip_suffix(".SILENT") {
        Some(name) => (name, true),
        None => (word.as_str(), false),
    };
    let how = match name {
        "FLAGS" => Change::Set,
        "+FLAGS" => Change::Add,
        "-FLAGS" => Change::Remove,
        _ => return Err(Bad::new("STORE changes FLAGS, +FLAGS or -FLAGS")),
    };
    lexer.space()?;
    let mut written = Vec::new();
    if lexer.peek() == Some(b'(') {
        written = lexer.list(Lexer::flag)?;
    } else {
        written.push(lexer.flag()?);
        while lexer.skip(b' ') {
            written.push(lexer.flag()?);
        }
    }
    Ok(Command::Store {
        by,
        set,
        how,
        silent,
        flags: flags(&written)?,
        unchanged_since,
    })
}

fn flags(written: &[String]) -> Read<Named> {
    let mut named = Named::default();
    for flag in written {
        // \Recent cannot be changed, and programs copy what they were shown.
        if !named.add(flag) && !flag.eq_ignore_ascii_case("\\Recent") {
            return Err(Bad::new(format!("No flag is called {flag}")));
        }
    }
    Ok(named)
}

/// What stands before a message in APPEND.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Opening {
    /// Flags of the message.
    pub flags: Named,
    /// Its internal date, seconds since 1970.
    pub date: Option<i64>,
    /// `UTF8 (` stood before the literal (RFC 6855), so that `)` must follow it.
    pub utf8: bool,
}

/// What APPEND says before its first message, when `text` is an APPEND up to the brace of a message's literal: that follows
/// next. `None` for any other command, and where the literal is the mailbox's name.
pub fn append(text: &[u8]) -> Option<Read<(Name, Opening)>> {
    if verb(text).as_deref() != Some("APPEND") {
        return None;
    }
    let mut lexer = Lexer::new(text);
    lexer.tag().ok()?;
    lexer.space().ok()?;
    lexer.word().ok()?;
    lexer.skip(b' ').then_some(())?;
    if lexer.at_end() {
        return None;
    }
    let name = match lexer.astring() {
        Ok(name) => Name(name),
        Err(bad) => return Some(Err(bad)),
    };
    Some(opening(&mut lexer).map(|opening| (name, opening)))
}

/// The same before another message, from the space on.
pub fn append_more(text: &[u8]) -> Read<Opening> {
    opening(&mut Lexer::new(text))
}

fn opening(lexer: &mut Lexer) -> Read<Opening> {
    let mut opening = Opening::default();
    lexer.space()?;
    if lexer.peek() == Some(b'(') {
        opening.flags = flags(&lexer.list(Lexer::flag)?)?;
        lexer.space()?;
    }
    if lexer.peek() == Some(b'"') {
        opening.date = Some(lexer.date_time()?);
        lexer.space()?;
    }
    if !lexer.at_end() {
        if lexer.word()? != "UTF8" {
            return Err(Bad::new("APPEND wants the message as a literal here"));
        }
        lexer.space()?;
        lexer.expect(b'(')?;
        opening.utf8 = true;
    }
    lexer.end()?;
    Ok(opening)
}

#[cfg(test)]
#[path = "tests.rs"]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests;
