//! Bytes that no client means, from the commands of the dialogs: some as they are, some broken. Whatever comes, the server answers or
//! hangs up, and what it says of the mailboxes afterwards is still true.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use crate::client::Line;
use crate::dialog::Dialog;
use crate::dice::Dice;
use crate::imap::{Imap, Token};

/// A server that says nothing for so long has hung.
const LONGEST: Duration = Duration::from_secs(30);
/// Commands on one connection.
const AT_ONCE: usize = 30;

/// What was said altogether.
#[derive(Debug, Default)]
pub struct Summary {
    pub lines: u64,
    pub connections: u64,
    pub answers: u64,
}

/// What is known of a mailbox: by UIDVALIDITY and UID, the size and date of a message, which never change.
type Known = BTreeMap<(u64, u64), (u64, String)>;

/// Babbles for that long; panics when the server hangs or lies.
pub fn babble(at: SocketAddr, dialogs: &[Dialog], length: Duration, seed: u64) -> Summary {
    let lines: Vec<String> = dialogs.iter().flat_map(Dialog::commands).collect();
    assert!(lines.len() > 300, "{}", lines.len());
    let mut summary = Summary::default();
    let mut known: BTreeMap<String, Known> = BTreeMap::new();
    let end = Instant::now() + length;
    let mut round = 0;
    while Instant::now() < end {
        round += 1;
        let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15).wrapping_add(round) | 1);
        let mut said = Vec::new();
        let spoken = speak(at, &lines, &mut dice, &mut said, &mut summary);
        let told = || {
            said.iter()
                .map(|line: &Vec<u8>| format!("    {}", line.escape_ascii()))
                .collect::<Vec<_>>()
                .join("\n")
        };
        if let Err(wrong) = spoken {
            panic!("seed {seed}, round {round}: {wrong} after\n{}", told());
        }
        if let Err(wrong) = look(at, &mut known) {
            panic!("seed {seed}, round {round}: {wrong} after\n{}", told());
        }
    }
    summary
}

/// One connection.
fn speak(
    at: SocketAddr,
    lines: &[String],
    dice: &mut Dice,
    said: &mut Vec<Vec<u8>>,
    summary: &mut Summary,
) -> Result<(), String> {
    let mut line = Line::tls(at).map_err(|e| e.to_string())?;
    line.timeout(LONGEST).map_err(|e| e.to_string())?;
    line.line().map_err(|e| e.to_string())?;
    summary.connections += 1;
    if dice.below(10) > 0 {
        line.send(b"l LOGIN anna secret-anna\r\n")
            .map_err(|e| e.to_string())?;
        while !line.line().map_err(|e| e.to_string())?.starts_with("l ") {}
        line.send(b"s SELECT INBOX\r\n")
            .map_err(|e| e.to_string())?;
        while !line.line().map_err(|e| e.to_string())?.starts_with("s ") {}
    }
    for number in 0..AT_ONCE {
        let mut bytes = format!("t{number} {}\r\n", lines[dice.below(lines.len())]).into_bytes();
        if dice.below(3) > 0 {
            spoil(&mut bytes, lines, dice);
        }
        said.push(bytes.clone());
        summary.lines += 1;
        // Hanging up is an answer, too.
        if line.send(&bytes).is_err() {
            return Ok(());
        }
        // What ends a literal, IDLE and AUTHENTICATE, and is a command after anything else.
        let mark = format!("m{number}");
        let rest = format!(
            "\r\nDONE\r\n*\r\n{}\r\n{mark} NOOP\r\n",
            "x".repeat(dice.below(200))
        );
        if line.send(rest.as_bytes()).is_err() {
            return Ok(());
        }
        // A big literal may swallow all that, and is right to wait for more.
        let swallows = bytes
            .windows(3)
            .any(|w| w[0] == b'{' && w[1].is_ascii_digit())
            || bytes.windows(2).any(|w| w == b"{+");
        if swallows {
            line.timeout(Duration::from_millis(300))
                .map_err(|e| e.to_string())?;
        }
        loop {
            match line.line() {
                Ok(answer) => {
                    summary.answers += 1;
                    if answer.starts_with(&mark) {
                        break;
                    }
                    // A literal of the server's is read as lines; it ends before the mark's answer in any case.
                }
                Err(e)
                    if matches!(
                        e.kind(),
                        io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut
                    ) =>
                {
                    return if swallows {
                        Ok(())
                    } else {
                        Err("it has hung".into())
                    };
                }
                Err(_) => return Ok(()),
            }
        }
        if swallows {
            line.timeout(LONGEST).map_err(|e| e.to_string())?;
        }
    }
    Ok(())
}

fn spoil(bytes: &mut Vec<u8>, lines: &[String], dice: &mut Dice) {
    let words = [
        "{5}",
        "{5+}",
        "{99999999999}",
        "~{3}",
        "\"",
        "\\",
        "(",
        ")",
        "[",
        "]",
        "<",
        "$",
        "*",
        "%",
        "0",
        "4294967295",
        "4294967296",
        "NIL",
        "\0",
        "\r",
        "\n",
        "UID ",
        "RETURN (",
        "BODY[",
        "1:*",
        "&",
        "\u{fc}",
        "\u{1f34e}",
    ];
    for _ in 0..=dice.below(4) {
        let at = dice.below(bytes.len() + 1);
        match dice.below(8) {
            0 if at < bytes.len() => bytes[at] ^= 1 << dice.below(8),
            1 => bytes.truncate(at),
            2 => drop(bytes.drain(at..(at + dice.below(16)).min(bytes.len()))),
            3 => {
                let other = lines[dice.below(lines.len())].as_bytes();
                let from = dice.below(other.len() + 1);
                bytes.splice(at..at, other[from..].iter().copied());
            }
            4 if at < bytes.len() => {
                let to = (at + 1 + dice.below(20)).min(bytes.len());
                let again = bytes[at..to].repeat(1 + dice.below(20));
                bytes.splice(at..at, again);
            }
            5 => {
                let deep = ["(", "NOT ", "OR ", "[", "\"", "1,"][dice.below(6)]
                    .repeat(1 + dice.below(3000));
                bytes.splice(at..at, deep.into_bytes());
            }
            _ => drop(bytes.splice(at..at, words[dice.below(words.len())].bytes())),
        }
    }
    bytes.extend_from_slice(b"\r\n");
}

/// What two sessions say of the mailboxes is the same, and nothing that was known has become another.
fn look(at: SocketAddr, known: &mut BTreeMap<String, Known>) -> Result<(), String> {
    let mut sessions = [0, 1].map(|_| Imap::login(at, "anna", "secret-anna").unwrap());
    for session in &mut sessions {
        session.timeout(LONGEST).map_err(|e| e.to_string())?;
    }
    let names: Vec<String> = sessions[0]
        .command("LIST \"\" \"*\"")
        .map_err(|e| e.to_string())?
        .iter()
        .filter(|answer| {
            !answer.tokens[1]
                .list()
                .iter()
                .any(|a| a.is("\\Noselect") || a.is("\\NonExistent"))
        })
        .filter_map(|answer| answer.tokens.get(3)?.text())
        .collect();
    for name in names {
        let mut seen = Vec::new();
        for session in &mut sessions {
            seen.push(all_of(session, &name).map_err(|e| format!("{name}: {e}"))?);
        }
        if seen[0] != seen[1] {
            return Err(format!(
                "two sessions differ about {name}: {:?} and {:?}",
                seen[0], seen[1]
            ));
        }
        let (validity, next, messages) = &seen[0];
        let known = known.entry(name.clone()).or_default();
        let mut last = 0;
        for (uid, size, date, _) in messages {
            if *uid <= last || uid >= next {
                return Err(format!(
                    "{name}: UID {uid} after {last}, and UIDNEXT {next}"
                ));
            }
            last = *uid;
            let is = (*size, date.clone());
            let was = known.entry((*validity, *uid)).or_insert_with(|| is.clone());
            if *was != is {
                return Err(format!("{name}: UID {uid} was {was:?}, and is {is:?}"));
            }
        }
        // What is above every UID was never given.
        if let Some((_, uid)) = known.keys().filter(|(v, _)| v == validity).max()
            && uid >= next
        {
            return Err(format!(
                "{name}: UID {uid} was given, and UIDNEXT is {next}"
            ));
        }
    }
    Ok(())
}

type Message = (u64, u64, String, BTreeSet<String>);

fn all_of(session: &mut Imap, name: &str) -> io::Result<(u64, u64, Vec<Message>)> {
    let name = format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\""));
    let opened = session.command(&format!("EXAMINE {name}"))?;
    let code = |word: &str| {
        opened.iter().find_map(|answer| match answer.code() {
            [first, number, ..] if first.is(word) => number.number(),
            _ => None,
        })
    };
    let missing = || io::Error::other(format!("{opened:?}"));
    let (validity, next) = (
        code("UIDVALIDITY").ok_or_else(missing)?,
        code("UIDNEXT").ok_or_else(missing)?,
    );
    let answers = session.command("UID FETCH 1:* (FLAGS RFC822.SIZE INTERNALDATE)")?;
    let of = |answer: &crate::imap::Answer| {
        let mut flags: BTreeSet<String> = answer
            .item("FLAGS")?
            .list()
            .iter()
            .filter_map(Token::text)
            .collect();
        flags.remove("\\Recent");
        Some((
            answer.item("UID")?.number()?,
            answer.item("RFC822.SIZE")?.number()?,
            answer.item("INTERNALDATE")?.text()?,
            flags,
        ))
    };
    Ok((validity, next, answers.iter().filter_map(of).collect()))
}
