//! What was chosen in the page or by a command instead of in the file. The file wins: a key that it sets is locked.

use std::time::Duration;

use super::reader::{LANGUAGES, home_name, is_language};
use super::{Config, Home, Limits, Queue, Source, Updates, duration};
use crate::mail::address::MemberName;

/// A setting that can be chosen.
struct Choosable {
    key: &'static str,
    /// What it is now.
    now: fn(&Config) -> String,
    /// Makes it what was chosen.
    take: fn(&mut Config, &str) -> Result<(), Unusable>,
}

/// What cannot be chosen, and what can.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{problem}")]
pub struct Unusable {
    /// What is wrong.
    pub problem: String,
    /// What to do.
    pub advice: String,
}

impl Unusable {
    fn new(problem: impl Into<String>, advice: impl Into<String>) -> Self {
        Self {
            problem: problem.into(),
            advice: advice.into(),
        }
    }
}

/// All of them; the key is also that of the row in the table `settings`.
const CHOOSABLE: &[Choosable] = &[
    Choosable {
        key: Home::NAME,
        now: |config| config.home.name.clone(),
        take: |config, value| {
            let (problem, advice) = match home_name(value) {
                Ok(name) => {
                    config.home.name = name;
                    return Ok(());
                }
                Err(wrong) => wrong,
            };
            Err(Unusable::new(problem, advice))
        },
    },
    Choosable {
        key: Home::LANGUAGE,
        now: |config| config.home.language.clone(),
        take: |config, value| {
            if !is_language(value) {
                let problem = format!("`{value}` is not a language of Toxmail");
                return Err(Unusable::new(problem, LANGUAGES));
            }
            value.clone_into(&mut config.home.language);
            Ok(())
        },
    },
    Choosable {
        key: Home::PAIRING,
        now: |config| {
            let people = config.home.pairing.iter().flatten();
            people.map(MemberName::as_str).collect::<Vec<_>>().join(",")
        },
        take: |config, value| {
            let names = value.split(',').map(|name| name.trim().parse());
            let names: Result<Vec<MemberName>, _> = names.collect();
            let names = names.map_err(|e| {
                Unusable::new(e.to_string(), "write names of members with commas between")
            })?;
            config.home.pairing = Some(names);
            Ok(())
        },
    },
    Choosable {
        key: Limits::MAX_MESSAGE_BYTES,
        now: |config| config.limits.max_message_bytes.to_string(),
        take: |config, value| {
            let bytes = bytes(value)?;
            if bytes < SMALLEST_MESSAGE {
                let problem = format!("{bytes} bytes are too few for a letter");
                return Err(Unusable::new(
                    problem,
                    format!("{SMALLEST_MESSAGE} is the least"),
                ));
            }
            config.limits.max_message_bytes = bytes;
            Ok(())
        },
    },
    Choosable {
        key: Limits::QUOTA_BYTES,
        now: |config| config.limits.quota_bytes.unwrap_or(0).to_string(),
        take: |config, value| {
            config.limits.quota_bytes = Some(bytes(value)?).filter(|bytes| *bytes > 0);
            Ok(())
        },
    },
    Choosable {
        key: Queue::DELAY_NOTICE_AFTER,
        now: |config| written_duration(config.queue.delay_notice_after),
        take: |config, value| {
            config.queue.delay_notice_after = time(value)?;
            Ok(())
        },
    },
    Choosable {
        key: Queue::EXPIRE_AFTER,
        now: |config| written_duration(config.queue.expire_after),
        take: |config, value| {
            config.queue.expire_after = time(value)?;
            Ok(())
        },
    },
    Choosable {
        key: Updates::FROM,
        now: |config| {
            let from = config.updates.from.as_ref();
            from.map_or("", Source::as_str).to_owned()
        },
        take: |config, value| {
            config.updates.from = match value.trim() {
                "" => None,
                text => Some(text.parse().map_err(|advice: &str| {
                    let problem = format!("`{text}` is no folder on a web server");
                    Unusable::new(problem, advice)
                })?),
            };
            Ok(())
        },
    },
    Choosable {
        key: Updates::NIGHTLY,
        now: |config| config.updates.nightly.to_string(),
        take: |config, value| {
            config.updates.nightly = value.parse().map_err(|_| {
                let problem = format!("`{value}` is neither yes nor no");
                Unusable::new(problem, "write true or false")
            })?;
            Ok(())
        },
    },
];

/// In the page nobody chooses by a slip of the hand that no letter comes in any more.
const SMALLEST_MESSAGE: u64 = 1_000_000;

fn bytes(value: &str) -> Result<u64, Unusable> {
    value.parse().map_err(|_| {
        let problem = format!("`{value}` is not a number of bytes");
        Unusable::new(problem, "write digits only, such as 50000000")
    })
}

fn time(value: &str) -> Result<Duration, Unusable> {
    duration(value).map_err(|problem| Unusable::new(problem, "at least 1s, at most 3650d"))
}

/// As the file has it.
fn written_duration(time: Duration) -> String {
    let seconds = time.as_secs();
    let units = [(86400, 'd'), (3600, 'h'), (60, 'm'), (1, 's')];
    let (unit, letter) = units
        .into_iter()
        .find(|(unit, _)| seconds.is_multiple_of(*unit))
        .unwrap_or((1, 's'));
    format!("{}{letter}", seconds / unit)
}

impl Home {
    /// The key of its name.
    pub const NAME: &str = "home.name";
    /// The key of its language.
    pub const LANGUAGE: &str = "home.language";
    /// The key of who is asked.
    pub const PAIRING: &str = "home.pairing";
}

impl Limits {
    /// The key of the largest letter.
    pub const MAX_MESSAGE_BYTES: &str = "limits.max_message_bytes";
    /// The key of the largest mailbox.
    pub const QUOTA_BYTES: &str = "limits.quota_bytes";
}

impl Queue {
    /// The key of when a writer is told that a letter still waits.
    pub const DELAY_NOTICE_AFTER: &str = "queue.delay_notice_after";
    /// The key of when a letter goes back.
    pub const EXPIRE_AFTER: &str = "queue.expire_after";
}

impl Updates {
    /// The key of where they come from.
    pub const FROM: &str = "updates.from";
    /// The key of whether they are fetched at night.
    pub const NIGHTLY: &str = "updates.nightly";
}

/// The keys that can be chosen.
pub fn choosable() -> impl Iterator<Item = &'static str> {
    CHOOSABLE.iter().map(|setting| setting.key)
}

impl Config {
    /// Makes a setting what was chosen, unless the file sets it; whether it does not.
    ///
    /// # Errors
    /// [`Unusable`]: no such setting, or no such value.
    pub fn choose(&mut self, key: &str, value: &str) -> Result<bool, Unusable> {
        let setting = find(key)?;
        // Also a value that does not count has to be one.
        let mut chosen = self.clone();
        (setting.take)(&mut chosen, value)?;
        let counts = !self.is_written(key);
        if counts {
            *self = chosen;
        }
        Ok(counts)
    }

    /// What a setting that can be chosen is now.
    ///
    /// # Errors
    /// [`Unusable`]: there is no such setting.
    pub fn chosen(&self, key: &str) -> Result<String, Unusable> {
        find(key).map(|setting| (setting.now)(self))
    }
}

fn find(key: &str) -> Result<&'static Choosable, Unusable> {
    let found = CHOOSABLE.iter().find(|setting| setting.key == key);
    found.ok_or_else(|| {
        let known: Vec<_> = choosable().collect();
        let advice = format!(
            "{} can be chosen here; everything else stands in toxmail.toml",
            known.join(", ")
        );
        Unusable::new(format!("there is no setting '{key}' to choose"), advice)
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::path::Path;

    use super::super::Ports;
    use super::*;

    fn written(text: &str) -> Config {
        Config::parse(text, Path::new("/x/toxmail.toml"), Ports::Standard).unwrap()
    }

    #[test]
    fn what_is_chosen_counts_until_the_file_says_otherwise() {
        let mut config = written("");
        assert_eq!(config.choose(Home::NAME, "  Elm 7 "), Ok(true));
        assert_eq!(config.choose(Home::LANGUAGE, "fr"), Ok(true));
        assert_eq!(config.home.name, "Elm 7");
        assert_eq!(config.chosen(Home::LANGUAGE).unwrap(), "fr");
        let mut config = written("[home]\nname = \"Written\"\n");
        assert_eq!(config.choose(Home::NAME, "Elm 7"), Ok(false));
        assert_eq!(config.home.name, "Written");
        assert_eq!(config.choose(Home::LANGUAGE, "de-AT"), Ok(true));
        assert!(!config.is_written(Home::LANGUAGE));
    }

    #[test]
    fn every_setting_is_told_as_it_is_chosen() {
        let mut config = written("");
        for (key, usual, other) in [
            (Home::PAIRING, "", "anna,ben"),
            (Limits::MAX_MESSAGE_BYTES, "104857600", "25000000"),
            (Limits::QUOTA_BYTES, "0", "2000000000"),
            (Queue::DELAY_NOTICE_AFTER, "4h", "90m"),
            (Queue::EXPIRE_AFTER, "30d", "45s"),
            (Updates::FROM, "", "https://example.org/boxes/"),
            (Updates::NIGHTLY, "false", "true"),
        ] {
            assert_eq!(config.chosen(key).unwrap(), usual);
            assert_eq!(config.choose(key, other), Ok(true));
            assert_eq!(config.chosen(key).unwrap(), other);
        }
        let people = ["anna", "ben"].map(|name| name.parse().unwrap());
        assert_eq!(config.home.pairing.as_deref(), Some(&people[..]));
        assert_eq!(config.limits.quota_bytes, Some(2_000_000_000));
        assert_eq!(config.queue.delay_notice_after, Duration::from_secs(5400));
        assert_eq!(config.choose(Limits::QUOTA_BYTES, "0"), Ok(true));
        assert_eq!(config.limits.quota_bytes, None);
        let mut config = written("[limits]\nquota_bytes = 5\n");
        assert_eq!(config.choose(Limits::QUOTA_BYTES, "7"), Ok(false));
        assert_eq!(config.limits.quota_bytes, Some(5));
    }

    #[test]
    fn what_cannot_be_chosen_is_told_and_changes_nothing() {
        let mut config = written("");
        let before = config.clone();
        for (key, value) in [
            (Home::NAME, ""),
            (Home::NAME, "a\u{7}b"),
            (Home::NAME, &"x".repeat(129)),
            (Home::LANGUAGE, "tlh"),
            (Home::PAIRING, ""),
            (Home::PAIRING, "anna,"),
            (Home::PAIRING, "anna b"),
            (Limits::MAX_MESSAGE_BYTES, "999999"),
            (Limits::MAX_MESSAGE_BYTES, "-1"),
            (Limits::QUOTA_BYTES, "1 GB"),
            (Queue::DELAY_NOTICE_AFTER, "0s"),
            (Queue::EXPIRE_AFTER, "soon"),
            (Updates::FROM, "http://example.org/"),
            (Updates::NIGHTLY, "yes"),
            ("home.hostname", "x"),
            ("", ""),
        ] {
            let wrong = config.choose(key, value).unwrap_err();
            assert!(!wrong.advice.is_empty(), "{key} {value}");
        }
        assert_eq!(config, before);
        let all: Vec<_> = choosable().collect();
        let known = [
            Home::NAME,
            Home::LANGUAGE,
            Home::PAIRING,
            Limits::MAX_MESSAGE_BYTES,
            Limits::QUOTA_BYTES,
            Queue::DELAY_NOTICE_AFTER,
            Queue::EXPIRE_AFTER,
            Updates::FROM,
            Updates::NIGHTLY,
        ];
        assert_eq!(all, known);
    }
}
