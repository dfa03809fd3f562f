//! What is asked of a person who moves in, wherever that is: a name, a mailbox, a password.

use serde::Deserialize;

use crate::control::{Request, Secret, answer};
use crate::journal;
use crate::mail::address::MemberName;
use crate::members::{SHORTEST_PASSWORD, spoken_password};
use crate::net::login::Password;
use crate::web::visitor::{Flash, Refusal, Visitor};

/// Longest name that others see, in characters.
pub const MAX_DISPLAY: usize = 100;

/// What a person is told on paper, once.
pub struct Slip {
    /// What others call them.
    pub display: String,
    /// Their mailbox, with which they log in.
    pub name: String,
    /// The password that was made for them.
    pub password: Password,
}

/// How a password comes to be.
#[derive(Deserialize)]
pub struct Choice {
    /// `typed`; else one is made.
    #[serde(default)]
    how: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    again: String,
}

/// A password that somebody gets.
pub enum Chosen {
    /// They know it.
    Typed(Password),
    /// It has to be shown to them, once.
    Made(Password),
}

impl Chosen {
    /// As the home is told it.
    pub fn secret(&self) -> Secret {
        let (Self::Typed(password) | Self::Made(password)) = self;
        Secret::new(password.reveal().to_owned())
    }
}

impl Choice {
    /// Whether they would like to type it.
    pub fn is_typed(&self) -> bool {
        self.how == "typed"
    }

    /// The password; `None` where what is wrong stands beside its field.
    pub fn chosen(self, v: &Visitor) -> Result<Option<Chosen>, Refusal> {
        if !self.is_typed() {
            return match spoken_password() {
                Ok(password) => Ok(Some(Chosen::Made(Password::new(password.to_string())))),
                Err(e) => {
                    journal::trouble("web", &e);
                    Err(Refusal::trouble())
                }
            };
        }
        let (password, again) = (Password::new(self.password), Password::new(self.again));
        let usable = check_password(v, &password, &again);
        Ok(usable.then_some(Chosen::Typed(password)))
    }
}

/// A form for a person who moves in.
#[derive(Deserialize)]
pub struct New {
    /// The name that others see, as it was typed.
    #[serde(default)]
    pub display: String,
    /// The mailbox, as it was typed.
    #[serde(default)]
    pub mailbox: String,
    /// The password.
    #[serde(flatten)]
    pub choice: Choice,
}

/// What came of it.
pub enum Added {
    /// They live here and know their password: a word for the next page.
    Known(Flash),
    /// They live here, and the password that was made is shown to them.
    Made(Slip),
    /// Nobody was added; what is wrong stands beside its field.
    Not,
}

/// Adds a person to those who live here.
pub async fn add(
    v: &Visitor,
    (display, mailbox): (&str, &str),
    choice: Choice,
    people: &[answer::Member],
) -> Result<Added, Refusal> {
    let taken: Vec<String> = people.iter().map(|member| member.name.clone()).collect();
    let person = read(v, display, mailbox, &taken);
    let chosen = choice.chosen(v)?;
    let (Some((display, name)), Some(chosen)) = (person, chosen) else {
        return Ok(Added::Not);
    };
    let request = Request::MemberAdd {
        name: name.clone(),
        display: Some(display.clone()),
        password: chosen.secret(),
    };
    Ok(match (v.web.tell(request).await, chosen) {
        (Ok(()), Chosen::Typed(_)) => {
            Added::Known(Flash::good("setup-people-added").with("name", v.peer(&display)))
        }
        (Ok(()), Chosen::Made(password)) => Added::Made(Slip {
            display,
            name: name.to_string(),
            password,
        }),
        (Err(failure), _) => {
            v.failed(failure);
            Added::Not
        }
    })
}

/// A mailbox for a person of that name: `anna` for "Anna Martin"; `None` where none of its letters can stand in an address.
pub fn suggestion(display: &str) -> Option<MemberName> {
    let first = display.split_whitespace().next().unwrap_or_default();
    let mut name = String::new();
    for letter in first.chars().flat_map(char::to_lowercase).take(32) {
        let plain = match letter {
            'a'..='z' | '0'..='9' | '-' => {
                name.push(letter);
                continue;
            }
            'ä' | 'æ' => "ae",
            'ö' | 'œ' => "oe",
            'ü' => "ue",
            'ß' => "ss",
            'à' | 'á' | 'â' | 'ã' | 'å' | 'ā' | 'ă' | 'ą' => "a",
            'ç' | 'ć' | 'č' => "c",
            'ď' | 'đ' => "d",
            'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ę' | 'ě' => "e",
            'ğ' => "g",
            'ì' | 'í' | 'î' | 'ï' | 'ı' | 'ī' => "i",
            'ł' => "l",
            'ñ' | 'ń' | 'ň' => "n",
            'ò' | 'ó' | 'ô' | 'õ' | 'ø' | 'ō' | 'ő' => "o",
            'ř' => "r",
            'ś' | 'š' | 'ş' => "s",
            'ť' => "t",
            'ù' | 'ú' | 'û' | 'ū' | 'ů' | 'ű' => "u",
            'ý' | 'ÿ' => "y",
            'ź' | 'ż' | 'ž' => "z",
            _ => "",
        };
        name.push_str(plain);
    }
    name.truncate(32);
    name.trim_matches('-').parse().ok()
}

/// The name that others see, if it can be one; else what is wrong stands beside the field `display`.
pub fn read_display(v: &Visitor, display: &str) -> Option<String> {
    let display = display.trim();
    if display.is_empty() {
        v.problem_with("display", v.t("person-display-missing"));
    } else if display.chars().count() > MAX_DISPLAY || display.chars().any(char::is_control) {
        v.problem_with(
            "display",
            v.t("person-display-long").with("most", MAX_DISPLAY),
        );
    } else {
        return Some(display.to_owned());
    }
    None
}

/// The name and the mailbox, if both can be used; else what is wrong stands beside the fields `display` and `mailbox`.
pub fn read(
    v: &Visitor,
    display: &str,
    mailbox: &str,
    taken: &[String],
) -> Option<(String, MemberName)> {
    read_display(v, display);
    let display = display.trim();
    let mailbox = mailbox.trim();
    let name = match mailbox {
        "" => {
            let suggested = suggestion(display);
            if suggested.is_none() && !v.has_problems() {
                v.problem_with("mailbox", v.t("person-mailbox-missing"));
            }
            suggested
        }
        typed => {
            // Who writes the whole address means its first part.
            let local = typed.strip_suffix("@toxmail.local").unwrap_or(typed);
            let name = local.parse::<MemberName>();
            if name.is_err() {
                let reserved = MemberName::RESERVED.contains(&local.to_ascii_lowercase().as_str());
                v.problem_with(
                    "mailbox",
                    match reserved {
                        true => v.t("person-mailbox-reserved"),
                        false => v.t("person-mailbox-wrong"),
                    },
                );
            }
            name.ok()
        }
    }?;
    if taken.iter().any(|taken| taken == name.as_str()) {
        v.problem_with("mailbox", v.t("person-mailbox-taken").with("name", &name));
    }
    (!v.has_problems()).then(|| (display.to_owned(), name))
}

/// Whether a password can be used and was typed the same twice; else what is wrong stands beside the fields `password` and
/// `again`.
pub fn check_password(v: &Visitor, password: &Password, again: &Password) -> bool {
    let text = password.reveal();
    if text.chars().count() < SHORTEST_PASSWORD {
        v.problem_with(
            "password",
            v.t("person-password-short")
                .with("shortest", SHORTEST_PASSWORD),
        );
    } else if text.len() > 1024 || text.chars().any(char::is_control) {
        v.problem_with("password", v.t("person-password-long"));
    } else if password != again {
        v.problem_with("again", v.t("person-password-differs"));
    } else {
        return true;
    }
    false
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_mailbox_is_suggested_from_a_name() {
        let of = |display: &str| suggestion(display).map(String::from);
        for (display, mailbox) in [
            ("Anna Martin", "anna"),
            ("  Jörg  ", "joerg"),
            ("François Dupont", "francois"),
            ("Peña", "pena"),
            ("Zoë", "zoe"),
            ("Jean-Luc", "jean-luc"),
            ("O'Brien", "obrien"),
            ("Großmutter", "grossmutter"),
            ("-x-", "x"),
        ] {
            assert_eq!(of(display).as_deref(), Some(mailbox), "{display}");
        }
        // Nothing of it can stand there, or the home keeps it for itself.
        for none in ["", "爸爸", "Root", "Home", "!!!"] {
            assert_eq!(of(none), None, "{none}");
        }
        assert!(of(&"ä".repeat(10_000)).unwrap().len() <= 32);
    }
}
