//! What a member has answered, from the bytes of their letter. Pure.
//!
//! Only the first own line counts: not what they quote (`>`, what stands under "On … wrote:" or "-----Original
//! Message-----"), not their signature. Our question, and with it a stranger's words, comes back in almost every answer, so
//! what cannot be told from a quotation is never a word: such an answer is unclear, and nothing happens.
//!
//! The words are those of the four languages, whatever the member's is; case, accents and punctuation do not matter, and
//! neither does a "please".

use std::borrow::Cow;

use mail_parser::decoders::html::html_to_text;
use mail_parser::{MessageParser, MimeHeaders, PartType};

use crate::contacts::plain_letter;

/// Lines over which a program may break its "On … wrote:".
const ATTRIBUTION_LINES: usize = 4;
/// How much of an unclear answer is shown to its writer, in characters.
const SHOWN: usize = 80;

/// A word that counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word {
    /// Do it.
    Yes,
    /// Do not.
    No,
    /// Do not, and never ask again.
    Block,
    /// Send the letter.
    Send,
}

impl Word {
    /// The word in rows and in the journal.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::Block => "block",
            Self::Send => "send",
        }
    }

    /// From a row.
    pub(super) fn from_row(text: &str) -> Option<Self> {
        [Self::Yes, Self::No, Self::Block, Self::Send]
            .into_iter()
            .find(|word| word.as_str() == text)
    }
}

/// What a letter to a one-time address says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// One of our words.
    Word(Word),
    /// Something else: its first own line, shortened; empty where nothing in it is their own.
    Unclear(String),
    /// A program wrote it: it is no answer, and is not answered.
    Automatic,
}

/// Reads an answer.
pub fn read(letter: &[u8]) -> Answer {
    let Some(message) = MessageParser::default().parse(letter) else {
        return Answer::Unclear(String::new());
    };
    // Not `headers_raw`, which passes over a field that is not UTF-8.
    let automatic = message.headers().iter().any(|field| {
        let (from, to) = (field.offset_start as usize, field.offset_end as usize);
        let value = String::from_utf8_lossy(message.raw_message.get(from..to).unwrap_or_default());
        let value = value.split(';').next().unwrap_or_default();
        let value = value.trim().to_ascii_lowercase();
        match field.name().to_ascii_lowercase().as_str() {
            // RFC 3834 section 5; the others are what was used before it.
            "auto-submitted" => value != "no",
            "precedence" => matches!(value.as_str(), "bulk" | "list" | "junk" | "auto_reply"),
            "x-autoreply" | "x-autorespond" | "x-autoresponder" => value != "no",
            _ => false,
        }
    });
    // A delivery report or an acknowledgement of reading.
    let report = message.content_type().is_some_and(|kind| {
        kind.ctype().eq_ignore_ascii_case("multipart")
            && kind
                .subtype()
                .is_some_and(|s| s.eq_ignore_ascii_case("report"))
    });
    if automatic || report {
        return Answer::Automatic;
    }
    let text = match message.text_bodies().next().map(|part| &part.body) {
        Some(PartType::Text(text)) => Cow::Borrowed(text.as_ref()),
        Some(PartType::Html(html)) => Cow::Owned(html_to_text(&visible(html))),
        _ => Cow::Borrowed(""),
    };
    let Some(line) = first_own_line(&text) else {
        return Answer::Unclear(String::new());
    };
    match word(&line) {
        Some(word) => Answer::Word(word),
        None => Answer::Unclear(
            line.chars()
                .filter(|c| !c.is_control())
                .take(SHOWN)
                .collect(),
        ),
    }
}

/// HTML without what is quoted in it, and without what no program shows.
fn visible(html: &str) -> String {
    // ASCII only changes case, so places stay the same.
    let lower = html.to_ascii_lowercase();
    let mut out = String::with_capacity(html.len());
    let mut at = 0;
    while let Some(start) = lower[at..].find('<').map(|found| at + found) {
        out.push_str(&html[at..start]);
        let hidden = ["blockquote", "head", "style", "script", "title"]
            .into_iter()
            .find(|tag| opens(&lower[start + 1..], tag));
        match hidden {
            Some(tag) => at = end_of(&lower, start, tag),
            None => {
                out.push('<');
                at = start + 1;
            }
        }
    }
    out.push_str(&html[at..]);
    out
}

/// Whether a tag of that name begins here.
fn opens(text: &str, tag: &str) -> bool {
    text.strip_prefix(tag).is_some_and(|rest| {
        rest.bytes()
            .next()
            .is_none_or(|b| b.is_ascii_whitespace() || b == b'>' || b == b'/')
    })
}

/// Where the element that begins at `start` ends, elements of the same kind within it included; an element that nobody
/// closes reaches to the end.
fn end_of(lower: &str, start: usize, tag: &str) -> usize {
    let mut depth = 0_usize;
    let mut at = start;
    while let Some(found) = lower[at..].find('<').map(|found| at + found) {
        let inside = &lower[found + 1..];
        at = found + 1;
        if opens(inside, tag) {
            depth += 1;
        } else if inside
            .strip_prefix('/')
            .is_some_and(|rest| opens(rest, tag))
        {
            depth -= 1;
            if depth == 0 {
                return inside.find('>').map_or(lower.len(), |end| at + end + 1);
            }
        }
    }
    lower.len()
}

/// The first line that is the writer's own and not empty.
fn first_own_line(text: &str) -> Option<String> {
    let lines: Vec<String> = text.lines().map(shown).collect();
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        if line.is_empty() || line.starts_with('>') {
            at += 1;
        } else if ends_own_text(line) {
            return None;
        } else if let Some(length) = attribution(&lines[at..]) {
            at += length;
        } else {
            return Some(line.clone());
        }
    }
    None
}

/// A line as the eye sees it: without space around it, and without what shows nothing.
fn shown(line: &str) -> String {
    let visible: String = line
        .chars()
        .filter(|c| {
            !matches!(
                c,
                '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}'
            )
        })
        .map(|c| if c.is_whitespace() { ' ' } else { c })
        .collect();
    visible.trim().to_owned()
}

/// Whether everything from here on is a signature, or a message that is quoted without a mark on each line.
fn ends_own_text(line: &str) -> bool {
    let rule = |c: char| line.len() >= 5 && line.chars().all(|x| x == c);
    // "-----Original Message-----" in any language, and Zoho's "---- On … wrote ----".
    if line == "--" || line == "—" || line.starts_with("---") || rule('_') || rule('=') {
        return true;
    }
    // Outlook's header of what it quotes.
    let plain = line.trim_start_matches(['*', ' ']).to_lowercase();
    let (name, _) = plain.split_once(':').unwrap_or((&plain, ""));
    plain.contains(':')
        && ["from", "von", "de", "da", "van"].contains(&name.trim_end_matches(['*', ' ']))
}

/// How many lines an "On … wrote:" takes that begins here.
fn attribution(lines: &[String]) -> Option<usize> {
    let mut whole = String::new();
    for (index, line) in lines.iter().take(ATTRIBUTION_LINES).enumerate() {
        if line.is_empty() || line.starts_with('>') {
            return None;
        }
        whole.push_str(&line.to_lowercase());
        whole.push(' ');
        let begins = ["on ", "le ", "am ", "el "];
        if !begins.iter().any(|begin| whole.starts_with(begin)) {
            return None;
        }
        let verbs = [" wrote", " schrieb", " écrit", " escribió"];
        if line.ends_with(':') && verbs.iter().any(|verb| whole.contains(verb)) {
            return Some(index + 1);
        }
    }
    None
}

/// The word that a line says, if it says nothing else.
fn word(line: &str) -> Option<Word> {
    let plain: String = line
        .to_lowercase()
        .chars()
        .map(|c| plain_letter(c).map_or_else(|| c.to_string(), str::to_owned))
        .collect();
    let mut parts = plain
        .split(|c: char| !c.is_alphanumeric())
        .filter(|part| !part.is_empty());
    let first = meaning(parts.next()?)?;
    let same = |part: &str| POLITE.contains(&part) || meaning(part) == Some(first);
    parts.all(same).then_some(first)
}

fn meaning(part: &str) -> Option<Word> {
    Some(match part {
        "yes" | "y" | "yep" | "ok" | "okay" | "oui" | "ouais" | "ja" | "jawohl" | "si" | "vale" => {
            Word::Yes
        }
        "no" | "n" | "nope" | "non" | "nein" | "cancel" | "annuler" | "annulez" | "abbrechen"
        | "cancelar" => Word::No,
        "block" | "bloquer" | "bloque" | "bloquez" | "blockieren" | "blockiere" | "sperren"
        | "bloquear" | "bloquea" => Word::Block,
        "send" | "envoyer" | "envoie" | "envoyez" | "senden" | "sende" | "abschicken"
        | "enviar" | "envia" | "envie" => Word::Send,
        _ => return None,
    })
}

/// What may stand beside a word and changes nothing.
const POLITE: [&str; 25] = [
    "please", "pls", "thanks", "thank", "you", "thx", "merci", "beaucoup", "s", "il", "te", "vous",
    "plait", "svp", "stp", "bitte", "danke", "schon", "sehr", "por", "favor", "gracias", "muchas",
    "toxmail", "it",
];
