//! SEARCH, SORT and THREAD (RFC 3501 section 6.4.4, RFC 4731, RFC 5182, RFC 5256).

use super::Read;
use crate::imap::command::{Bad, By, Command, Key, Returned, Search, SortBy, SortKey, Threading};
use crate::imap::lexer::{Lexer, MAX_DEPTH};

pub(super) fn search(by: By, lexer: &mut Lexer) -> Read<Search> {
    lexer.space()?;
    let mut result = Returned::default();
    if following(lexer, "RETURN") {
        lexer.word()?;
        lexer.space()?;
        result = returned(lexer)?;
        lexer.space()?;
    }
    let with_charset = following(lexer, "CHARSET");
    if with_charset {
        lexer.word()?;
        lexer.space()?;
        charset(lexer)?;
        lexer.space()?;
    }
    Ok(Search {
        by,
        result,
        with_charset,
        program: program(lexer)?,
    })
}

/// Whether a command is a SEARCH that saves what it finds, whatever else is wrong with it (RFC 5182).
pub(in crate::imap) fn saves(command: &[u8]) -> bool {
    let mut lexer = Lexer::new(command);
    let mut read = || -> Read<bool> {
        lexer.tag()?;
        lexer.space()?;
        if following(&lexer, "UID") {
            lexer.word()?;
            lexer.space()?;
        }
        let is_search = lexer.word()? == "SEARCH" && lexer.skip(b' ');
        if !is_search || !following(&lexer, "RETURN") {
            return Ok(false);
        }
        lexer.word()?;
        lexer.space()?;
        Ok(returned(&mut lexer)?.save)
    };
    read().unwrap_or(false)
}

pub(super) fn sort(by: By, lexer: &mut Lexer) -> Read<Command> {
    lexer.space()?;
    let keys = lexer.list(|lexer| {
        let mut word = lexer.word()?;
        let reverse = word == "REVERSE";
        if reverse {
            lexer.space()?;
            word = lexer.word()?;
        }
        let what = match word.as_str() {
            "ARRIVAL" => SortBy::Arrival,
            "CC" => SortBy::Cc,
            "DATE" => SortBy::Date,
            "FROM" => SortBy::From,
            "SIZE" => SortBy::Size,
            "SUBJECT" => SortBy::Subject,
            "TO" => SortBy::To,
            _ => return Err(Bad::new("SORT knows no such key here")),
        };
        Ok(SortKey { what, reverse })
    })?;
    if keys.is_empty() {
        return Err(Bad::new("SORT wants at least one key"));
    }
    lexer.space()?;
    charset(lexer)?;
    lexer.space()?;
    Ok(Command::Sort {
        by,
        keys,
        program: program(lexer)?,
    })
}

pub(super) fn thread(by: By, lexer: &mut Lexer) -> Read<Command> {
    lexer.space()?;
    let how = match lexer.word()?.as_str() {
        "ORDEREDSUBJECT" => Threading::OrderedSubject,
        "REFERENCES" => Threading::References,
        _ => return Err(Bad::new("There are no such threads here; use REFERENCES")),
    };
    lexer.space()?;
    charset(lexer)?;
    lexer.space()?;
    Ok(Command::Thread {
        by,
        how,
        program: program(lexer)?,
    })
}

/// What a charset that is not known is refused with; the session makes `NO [BADCHARSET]` of it.
pub(in crate::imap) const UNKNOWN_CHARSET: &str = "Search texts are written in UTF-8 here";

fn charset(lexer: &mut Lexer) -> Read<()> {
    let name = lexer.text()?.to_ascii_uppercase();
    match name.as_str() {
        "UTF-8" | "US-ASCII" => Ok(()),
        _ => Err(Bad::new(UNKNOWN_CHARSET)),
    }
}

fn following(lexer: &Lexer, word: &str) -> bool {
    let mut ahead = *lexer;
    ahead.word().is_ok_and(|next| next == word) && ahead.peek() == Some(b' ')
}

fn returned(lexer: &mut Lexer) -> Read<Returned> {
    let mut result = Returned {
        extended: true,
        ..Returned::default()
    };
    let mut any = false;
    lexer.list(|lexer| {
        any = true;
        match lexer.word()?.as_str() {
            "MIN" => result.min = true,
            "MAX" => result.max = true,
            "ALL" => result.all = true,
            "COUNT" => result.count = true,
            "SAVE" => result.save = true,
            _ => return Err(Bad::new("SEARCH can return no such thing here")),
        }
        Ok(())
    })?;
    // RFC 4731 section 3.1: an empty list means ALL.
    result.all |= !any;
    Ok(result)
}

fn program(lexer: &mut Lexer) -> Read<Key> {
    keys(lexer, 0)
}

fn keys(lexer: &mut Lexer, depth: usize) -> Read<Key> {
    let mut all = vec![key(lexer, depth)?];
    while lexer.skip(b' ') {
        all.push(key(lexer, depth)?);
    }
    Ok(match all.len() {
        1 => all.remove(0),
        _ => Key::And(all),
    })
}

fn key(lexer: &mut Lexer, depth: usize) -> Read<Key> {
    if depth > MAX_DEPTH {
        return Err(Bad::new("This search is nested too deeply"));
    }
    match lexer.peek() {
        Some(b'(') => {
            lexer.skip(b'(');
            let inner = keys(lexer, depth + 1)?;
            lexer.expect(b')')?;
            return Ok(inner);
        }
        Some(b'0'..=b'9' | b'*' | b'$') => return Ok(Key::Numbers(lexer.set()?)),
        _ => {}
    }
    let word = lexer.word()?;
    let flag = |name: &str| Key::Flag(name.to_owned());
    let not = |key| Key::Not(Box::new(key));
    Ok(match word.as_str() {
        "ALL" => Key::All,
        "ANSWERED" => flag("\\Answered"),
        "DELETED" => flag("\\Deleted"),
        "DRAFT" => flag("\\Draft"),
        "FLAGGED" => flag("\\Flagged"),
        "SEEN" => flag("\\Seen"),
        "UNANSWERED" => not(flag("\\Answered")),
        "UNDELETED" => not(flag("\\Deleted")),
        "UNDRAFT" => not(flag("\\Draft")),
        "UNFLAGGED" => not(flag("\\Flagged")),
        "UNSEEN" => not(flag("\\Seen")),
        "RECENT" => Key::Recent,
        "OLD" => not(Key::Recent),
        "NEW" => Key::And(vec![Key::Recent, not(flag("\\Seen"))]),
        "KEYWORD" => Key::Flag(keyword(lexer)?),
        "UNKEYWORD" => not(Key::Flag(keyword(lexer)?)),
        "LARGER" => Key::Larger(number(lexer)?),
        "SMALLER" => Key::Smaller(number(lexer)?),
        "OLDER" => Key::Older(number(lexer)?),
        "YOUNGER" => Key::Younger(number(lexer)?),
        "BEFORE" => Key::Before(date(lexer)?),
        "ON" => Key::On(date(lexer)?),
        "SINCE" => Key::Since(date(lexer)?),
        "SENTBEFORE" => Key::SentBefore(date(lexer)?),
        "SENTON" => Key::SentOn(date(lexer)?),
        "SENTSINCE" => Key::SentSince(date(lexer)?),
        "BCC" | "CC" | "FROM" | "SUBJECT" | "TO" => Key::Header {
            field: word,
            text: text(lexer)?,
        },
        "HEADER" => {
            let field = text(lexer)?;
            Key::Header {
                field,
                text: text(lexer)?,
            }
        }
        "BODY" => Key::Body(text(lexer)?),
        "TEXT" => Key::Text(text(lexer)?),
        "UID" => {
            lexer.space()?;
            Key::Uids(lexer.set()?)
        }
        "EMAILID" => Key::EmailId(text(lexer)?),
        "THREADID" => Key::ThreadId(text(lexer)?),
        "MODSEQ" => mod_seq(lexer)?,
        "NOT" => {
            lexer.space()?;
            not(key(lexer, depth + 1)?)
        }
        "OR" => {
            lexer.space()?;
            let first = key(lexer, depth + 1)?;
            lexer.space()?;
            Key::Or(Box::new(first), Box::new(key(lexer, depth + 1)?))
        }
        _ => return Err(Bad::new(format!("SEARCH knows no key {word} here"))),
    })
}

fn text(lexer: &mut Lexer) -> Read<String> {
    lexer.space()?;
    lexer.text()
}

fn keyword(lexer: &mut Lexer) -> Read<String> {
    lexer.space()?;
    lexer.atom().map(str::to_owned)
}

fn number(lexer: &mut Lexer) -> Read<u64> {
    lexer.space()?;
    lexer.number64()
}

fn date(lexer: &mut Lexer) -> Read<i64> {
    lexer.space()?;
    lexer.date()
}

/// `MODSEQ ["/flags/\\Draft" all] 620162338` (RFC 7162 section 3.1.5): a message has one mod-sequence for all it is.
fn mod_seq(lexer: &mut Lexer) -> Read<Key> {
    lexer.space()?;
    if lexer.peek() == Some(b'"') {
        lexer.string()?;
        lexer.space()?;
        if !matches!(lexer.word()?.as_str(), "ALL" | "PRIV" | "SHARED") {
            return Err(Bad::new("MODSEQ takes all, priv or shared here"));
        }
        lexer.space()?;
    }
    Ok(Key::ModSeq(lexer.number64()?))
}
