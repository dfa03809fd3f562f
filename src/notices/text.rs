//! The person's part of a notice, in four languages. No jargon: what happened, to whom, what to do.
//!
//! A reason comes as a status code and an English sentence from wherever it arose. The code chooses a sentence of ours in the
//! reader's language and what to do about it; the original stands behind it in brackets, for whoever helps them.

mod phrases;

use std::fmt::Write as _;

use mail_builder::headers::date::Date;

use super::{Extent, Report, clean};
use crate::mail::verdict::{Reason, Status};
use crate::queue::{Destination, Fate, Outcome};
use phrases::{ENGLISH, FRENCH, GERMAN, Kind, SPANISH, Told, Words};

/// A language that notices are written in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// French.
    French,
    /// German.
    German,
    /// Spanish.
    Spanish,
}

impl Language {
    /// From a code like `fr`, `fr-CH` or `de_AT.UTF-8`; English for what we do not speak.
    pub fn from_code(code: &str) -> Self {
        let code = code.get(..2).unwrap_or_default().to_ascii_lowercase();
        match code.as_str() {
            "fr" => Language::French,
            "de" => Language::German,
            "es" => Language::Spanish,
            _ => Language::English,
        }
    }

    /// Their names, from Monday on.
    pub(super) fn weekdays(self) -> &'static [&'static str; 7] {
        &self.words().weekdays
    }

    fn words(self) -> &'static Words {
        match self {
            Language::English => &ENGLISH,
            Language::French => &FRENCH,
            Language::German => &GERMAN,
            Language::Spanish => &SPANISH,
        }
    }
}

/// The words of a mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// Its subject.
    pub subject: String,
    /// Its text, with CRLF.
    pub body: String,
}

/// What a letter is called that has no subject.
pub(super) fn no_subject_of(language: Language) -> &'static str {
    language.words().no_subject
}

/// How a mail begins.
pub(super) fn greeting_of(language: Language) -> &'static str {
    language.words().greeting
}

pub(super) fn letter(report: &Report<'_>, subject: Option<&str>) -> Letter {
    let words = report.language.words();
    let untold = report.untold;
    let title = subject.unwrap_or(words.no_subject);
    let mut body = String::new();
    let mut line = |text: &str| {
        let _ = write!(body, "{text}\r\n");
    };
    line(words.greeting);
    line("");
    let when = day(report, untold.arrived);
    let about = match report.home {
        Some(home) => fill(words.about_from_elsewhere, &clean(home)),
        None => words.about.to_owned(),
    };
    line(&fill(&fill(&about, title), &when));
    for fate in &untold.fates {
        line("");
        line(&fill(kind(words, fate).line, &who(report, fate)));
        match &fate.outcome {
            Outcome::Failed(why) => {
                let (what, advice) = match why.status {
                    // Our own queue's word, when it gives up.
                    Status(4, 4, 7) if (report.who)(fate).awaits_direct => words.direct.too_late,
                    _ => reason(words, fate, why),
                };
                let detail = format!("{what} [{} {}]", why.status, clean(&why.text));
                line(&fill(words.why, &detail));
                line(&fill(words.advice, advice));
            }
            Outcome::Delayed(why) => {
                line(&waiting(report, fate, why.as_ref()));
                let patience = i64::try_from(report.expire_after.as_secs()).unwrap_or(i64::MAX / 2);
                let until = day(report, untold.arrived.saturating_add(patience));
                let keeps_trying = match fate.destination {
                    _ if (report.who)(fate).awaits_direct => words.direct.keeps_trying,
                    Destination::Chat(_) => words.chat_keeps_trying,
                    Destination::Relay(_) => words.relay.keeps_trying,
                    _ => words.keeps_trying,
                };
                line(&fill(keeps_trying, &until));
            }
            Outcome::FellBack => line(words.relay.fell_back_more),
            Outcome::Delivered | Outcome::Cancelled => {}
        }
    }
    line("");
    let failed = |f: &Fate| matches!(f.outcome, Outcome::Failed(_) | Outcome::Cancelled);
    match report.original.extent {
        Extent::Whole => line(words.whole),
        Extent::Headers if untold.fates.iter().any(failed) => line(words.headers),
        Extent::Headers | Extent::Nothing => {}
    }
    line("");
    line(words.signature);
    // The worst news gives the subject.
    let worst = untold.fates.iter().max_by_key(|f| match f.outcome {
        Outcome::Delivered => 0,
        Outcome::Delayed(_) => 1,
        Outcome::FellBack => 2,
        Outcome::Cancelled => 3,
        Outcome::Failed(_) => 4,
    });
    let subject = worst.map_or("{}", |fate| kind(words, fate).subject);
    Letter {
        subject: fill(subject, title),
        body,
    }
}

fn is_chat(fate: &Fate) -> bool {
    matches!(fate.destination, Destination::Chat(_))
}

fn kind<'w>(words: &'w Words, fate: &Fate) -> &'w Kind {
    match fate.outcome {
        // Never "on their disk": a chat program's acknowledgement says no such thing.
        Outcome::Delivered if is_chat(fate) => &words.handed,
        Outcome::Delivered => match fate.destination {
            Destination::Relay(_) => &words.relay.delivered,
            _ => &words.delivered,
        },
        Outcome::FellBack => &words.relay.fell_back,
        Outcome::Failed(_) => &words.failed,
        Outcome::Cancelled => &words.cancelled,
        Outcome::Delayed(_) => &words.delayed,
    }
}

/// Why it waits: their home is away, or it said why.
fn waiting(report: &Report<'_>, fate: &Fate, why: Option<&Reason>) -> String {
    let words = report.language.words();
    let (last_seen, never_seen) = match is_chat(fate) {
        true => (words.chat_last_seen, words.chat_never_seen),
        false => (words.last_seen, words.never_seen),
    };
    let person = (report.who)(fate);
    if person.awaits_direct {
        return words.direct.waits.to_owned();
    }
    match (why, person.last_seen) {
        (Some(why), _) => {
            let (what, _) = reason(words, fate, why);
            let detail = format!("{what} [{} {}]", why.status, clean(&why.text));
            fill(words.why, &detail)
        }
        (None, _) if matches!(fate.destination, Destination::Relay(_)) => {
            words.relay.not_yet.to_owned()
        }
        (None, Some(seen)) => fill(last_seen, &day(report, seen)),
        (None, None) => never_seen.to_owned(),
    }
}

fn who(report: &Report<'_>, fate: &Fate) -> String {
    let address = clean(&fate.recipient.address);
    match (report.who)(fate).name {
        Some(name) if !name.trim().is_empty() => format!("{} ({address})", clean(name.trim())),
        _ => address,
    }
}

/// RFC 3463: subject 1 is the address, 2 the mailbox, 3 the system, 4 the way, 7 the policy.
fn reason(words: &Words, fate: &Fate, why: &Reason) -> Told {
    let (reasons, relay) = (&words.reasons, &words.relay);
    if matches!(fate.destination, Destination::Relay(_)) {
        match (why.status.1, why.status.2) {
            // Those of the sender: the provider does not know the writer by that address.
            (1, 7 | 8) => return relay.refused,
            // What an account, its encryption or its certificate comes to (src/delivery/relay.rs).
            (7, 4 | 5 | 8) => return relay.login,
            (6, _) => return relay.cannot,
            (3, 4) | (4, 6) => {}
            (3, _) | (4, 5) => return relay.trouble,
            (4, _) => return relay.away,
            (0 | 5 | 7, _) => return relay.refused,
            _ => {}
        }
    }
    match (why.status.1, why.status.2) {
        (6, 1) if is_chat(fate) => reasons.nothing_to_show,
        (7, 1) if is_chat(fate) => reasons.unwanted,
        (4, 7) if is_chat(fate) => reasons.chat_too_late,
        (1, _) | (2, 1) => reasons.nobody,
        (2, 2) | (3, 1) => reasons.full,
        (2, 3) | (3, 4) => reasons.too_large,
        // A home says that of itself only: another way may have lost its route for other reasons.
        (4, 4) if matches!(fate.destination, Destination::Tox(_) | Destination::Chat(_)) => {
            reasons.removed
        }
        (4, 4) => reasons.other,
        (4, 6) => reasons.circle,
        // Our own queue says 4.4.7 of itself.
        (4, 7) if why.status.0 == 5 => reasons.unanswered,
        // Out of order, or too much to do.
        (3, _) | (4, 5) => reasons.trouble,
        (4, _) => reasons.too_late,
        (7, _) => reasons.forbidden,
        _ => reasons.other,
    }
}

/// `Tuesday` within the last six days, else `2026-11-24` (UTC: the box may not know where it stands).
fn day(report: &Report<'_>, seconds: i64) -> String {
    let days = seconds.div_euclid(86_400);
    let ago = report.now.div_euclid(86_400) - days;
    if (0..6).contains(&ago) {
        let weekday = usize::try_from((days + 3).rem_euclid(7)).unwrap_or(0); // 1970-01-01 was a Thursday
        return report.language.weekdays()[weekday].to_owned();
    }
    date(seconds)
}

/// `2026-11-24`, in UTC.
pub(super) fn date(seconds: i64) -> String {
    // "Tue, 24 Nov 2026 …" has all the parts.
    let date = Date::new(seconds).to_rfc822();
    let parts: Vec<&str> = date.split_whitespace().collect();
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    match parts[..] {
        [_, day, month, year, ..] => {
            let month = MONTHS.iter().position(|m| *m == month).unwrap_or(0) + 1;
            format!("{year}-{month:02}-{day:0>2}")
        }
        _ => date,
    }
}

pub(super) fn fill(sentence: &str, with: &str) -> String {
    sentence.replacen("{}", with, 1)
}
