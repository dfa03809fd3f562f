//! `contact export` and `contact import`: files of cards go over the socket in parts, so that neither side has to hold them
//! twice.

use std::io::Read;
use std::path::Path;

use serde_json::{Value, json};

use super::answer::{Cards, ImportedCard};
use super::protocol::{Failure, Request};
use super::view::harmless;
use crate::cause::Cause;
use crate::contacts::vcard;
use crate::mail::address::MemberName;

/// So many bytes of cards in one request; JSON adds to them, and one card alone may be this long.
const PART: usize = 512 * 1024;
/// Longest file: more than a home keeps.
const MAX_FILE: u64 = 128 << 20;

/// All cards, asked for part by part.
pub(super) fn export<E>(
    member: Option<MemberName>,
    tox_ids: bool,
    mut ask: impl FnMut(&Request) -> Result<Value, E>,
    unreadable: impl Fn() -> E,
) -> Result<String, E> {
    let mut all = String::new();
    let mut behind = 0;
    loop {
        let answer = ask(&Request::ContactExport {
            member: member.clone(),
            behind,
            tox_ids,
        })?;
        let part: Cards = serde_json::from_value(answer).map_err(|_| unreadable())?;
        all.push_str(&part.vcards);
        match part.next {
            Some(next) => behind = next,
            None => return Ok(all),
        }
    }
}

/// The cards of a file, in requests that fit; a file named `-` is standard input.
pub(super) fn requests(file: &Path, member: Option<&MemberName>) -> Result<Vec<Request>, Failure> {
    let bytes = read(file).map_err(|e| {
        Failure::new(
            format!("{}: {e}", file.display()),
            "name a file with vCards, as telephones and mail programs export them",
        )
    })?;
    import_requests(&bytes, &file.display().to_string(), member)
}

/// Cards in requests that fit; `name` is what the file is called.
///
/// # Errors
/// A card is too large or no text, or there is none.
pub fn import_requests(
    bytes: &[u8],
    name: &str,
    member: Option<&MemberName>,
) -> Result<Vec<Request>, Failure> {
    let mut requests = Vec::new();
    let (mut part, mut size) = (Vec::new(), 0);
    for (line, card) in vcard::pieces(bytes) {
        let Ok(text) = std::str::from_utf8(card) else {
            return Err(Failure::new(
                format!("{name}, the card in line {line} is not UTF-8"),
                "export it as vCard 3.0 or 4.0",
            )
            .because(Cause::CardsUnreadable));
        };
        if card.len() > PART + PART / 8 {
            return Err(Failure::new(
                format!("{name}, the card in line {line} is too large"),
                "a card may have 512 KB: take a smaller photo",
            )
            .because(Cause::CardTooLarge));
        }
        if size + card.len() > PART && !part.is_empty() {
            requests.push(std::mem::take(&mut part));
            size = 0;
        }
        size += card.len();
        part.push((line, text.to_owned()));
    }
    if !part.is_empty() {
        requests.push(part);
    }
    if requests.is_empty() {
        let error = format!("there is no card in {name}");
        return Err(Failure::new(error, "name a file with vCards").because(Cause::CardsUnreadable));
    }
    let requests = requests.into_iter().map(|cards| Request::ContactImport {
        member: member.cloned(),
        cards,
    });
    Ok(requests.collect())
}

fn read(file: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if file == Path::new("-") {
        std::io::stdin()
            .lock()
            .take(MAX_FILE + 1)
            .read_to_end(&mut bytes)?;
    } else {
        std::fs::File::open(file)?
            .take(MAX_FILE + 1)
            .read_to_end(&mut bytes)?;
    }
    if bytes.len() as u64 > MAX_FILE {
        let text = "the file is larger than 128 MB; split it";
        return Err(std::io::Error::new(std::io::ErrorKind::FileTooLarge, text));
    }
    Ok(bytes)
}

/// What became of an import, for a person.
pub(super) fn report(outcomes: &[ImportedCard]) -> String {
    let count = |what: &str| outcomes.iter().filter(|o| o.outcome == what).count();
    let mut text = String::new();
    for refused in outcomes.iter().filter(|o| o.outcome == "refused") {
        let why = refused
            .why
            .as_deref()
            .unwrap_or_default()
            .replace('\n', " ");
        text.push_str(&format!("line {}: {why}\n", refused.line));
    }
    text.push_str(&format!(
        "{} new, {} completed, {} not taken.\n",
        count("new"),
        count("completed"),
        count("refused")
    ));
    harmless(&text)
}

/// Fails where a card was not taken, so that scripts notice.
pub(super) fn verdict(outcomes: &[ImportedCard]) -> Option<Failure> {
    let refused = outcomes.iter().filter(|o| o.outcome == "refused").count();
    (refused > 0).then(|| {
        Failure::new(
            format!("{refused} of {} cards were not taken", outcomes.len()),
            "correct them in the file and import it again: the others are not entered twice",
        )
    })
}

/// The answer of an export for `--json`.
pub(super) fn exported(vcards: &str) -> Value {
    json!({ "cards": vcards.matches("BEGIN:VCARD\r\n").count(), "vcards": vcards })
}
