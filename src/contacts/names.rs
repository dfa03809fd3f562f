//! Names: what a person typed, what a peer claims, and the nickname made of it.

use std::collections::HashSet;

use rusqlite::{Connection, params};

use super::Error;
use crate::mail::address::{MemberName, PeerKey, is_nickname};

/// How the home signs its notices, and what a home is called that has no name.
const OURSELVES: &str = "Toxmail";

/// Longest display name, in characters.
const MAX_NAME: usize = 64;

/// A name as a person here gave it: on one line, without what cannot be seen, not too long.
pub(super) fn tidy(text: &str) -> String {
    let visible: String = text
        .chars()
        .map(|c| if c.is_whitespace() { ' ' } else { c })
        .filter(|c| !c.is_control() && !is_invisible(*c))
        .collect();
    let words: Vec<&str> = visible.split_whitespace().collect();
    let name: String = words.join(" ").chars().take(MAX_NAME).collect();
    name.trim_end().to_owned()
}

/// A name as a peer claims it: also without what would make it look like an address.
pub(super) fn claimed(text: &str) -> String {
    let plain: String = text
        .chars()
        .map(|c| {
            if "<>@\"\\,;:()[]＠﹫".contains(c) {
                ' '
            } else {
                c
            }
        })
        .collect();
    tidy(&plain)
}

/// A longer text of a stranger, for display: on one line, without what cannot be seen, cut at `most` characters.
pub(super) fn excerpt(text: &str, most: usize) -> String {
    let visible: String = text
        .chars()
        .map(|c| if c.is_whitespace() { ' ' } else { c })
        .filter(|c| !c.is_control() && !is_invisible(*c))
        .collect();
    let words: Vec<&str> = visible.split_whitespace().collect();
    let whole = words.join(" ");
    if whole.chars().count() <= most {
        return whole;
    }
    let cut: String = whole.chars().take(most.saturating_sub(3)).collect();
    format!("{}...", cut.trim_end())
}

/// Characters that show nothing or turn the text around: two names that look the same would be two.
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
        | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

/// Names that a home may not give itself or its people here: those of other contacts, of the people of this home, and the
/// one that stands under its notices.
pub(super) struct Taken(HashSet<String>);

impl Taken {
    /// By everybody but the home with that key.
    pub(super) fn by_others(c: &Connection, key: &PeerKey) -> Result<Self, Error> {
        let mut statement = c.prepare_cached(
            "SELECT name FROM contacts WHERE peer IS NOT ?1
             UNION SELECT display FROM members UNION SELECT name FROM members",
        )?;
        let mut rows = statement.query(params![key.as_bytes()])?;
        let mut taken = HashSet::from([skeleton(OURSELVES)]);
        while let Some(row) = rows.next()? {
            taken.insert(skeleton(&row.get::<_, String>(0)?));
        }
        Ok(Self(taken))
    }

    /// `name`, with `behind` in brackets where somebody else is called so.
    pub(super) fn told_apart(&self, name: &str, behind: &str) -> String {
        if self.0.contains(&skeleton(name)) {
            format!("{name} ({behind})")
        } else {
            name.to_owned()
        }
    }
}

/// What is left of a name for the eye: two names with the same one cannot be told apart. Only what European scripts make
/// look alike; a name that is all signs has none of its own and stays as it is.
fn skeleton(name: &str) -> String {
    let mut bones = String::new();
    for c in name.to_lowercase().chars() {
        // The full-width forms of ASCII.
        let c = match c {
            '\u{ff01}'..='\u{ff5e}' => {
                char::from_u32(u32::from(c) - 0xfee0).map_or(c, |c| c.to_ascii_lowercase())
            }
            c => c,
        };
        match (plain_letter(c), alike(c)) {
            (Some(letters), _) => bones.extend(letters.chars().map(|c| alike(c).unwrap_or(c))),
            (None, Some(letter)) => bones.push(letter),
            (None, None) if c.is_alphanumeric() => bones.push(c),
            (None, None) => {}
        }
    }
    if bones.is_empty() {
        name.to_owned()
    } else {
        bones
    }
}

/// The Latin letter that this one is mistaken for, in small or in capitals (names were made small: `В` comes as `в`).
fn alike(c: char) -> Option<char> {
    Some(match c {
        // Cyrillic
        'а' => 'a',
        'в' | 'ь' => 'b',
        'с' => 'c',
        'ԁ' => 'd',
        'е' | 'ё' => 'e',
        'н' | 'һ' => 'h',
        'к' => 'k',
        'м' => 'm',
        'о' => 'o',
        'р' => 'p',
        'ԛ' => 'q',
        'ѕ' => 's',
        'т' => 't',
        'ѵ' => 'v',
        'ԝ' => 'w',
        'х' => 'x',
        'у' | 'ү' => 'y',
        'ј' => 'j',
        // Greek
        'α' | 'ά' => 'a',
        'β' => 'b',
        'ε' | 'έ' => 'e',
        'ζ' => 'z',
        'η' | 'ή' => 'h',
        'κ' => 'k',
        'μ' => 'm',
        'ν' => 'v',
        'ο' | 'ό' | 'σ' => 'o',
        'ρ' => 'p',
        'τ' => 't',
        'υ' | 'ύ' => 'y',
        'χ' => 'x',
        // One stroke, and one circle.
        '1' | 'i' | '|' | 'і' | 'ї' | 'ι' | 'ί' | 'ӏ' => 'l',
        '0' => 'o',
        _ => return None,
    })
}

/// A nickname made of a name: `Oma Käthe` -> `oma.kathe`. Not yet unique.
pub(super) fn nickname(name: &str) -> String {
    let mut nickname = String::new();
    for c in name.to_lowercase().chars() {
        match plain_letter(c) {
            Some(letters) => nickname.push_str(letters),
            None if c.is_alphanumeric() || matches!(c, '-' | '_') => nickname.push(c),
            // Any run of anything else is one dot.
            None if !nickname.is_empty() && !nickname.ends_with('.') => nickname.push('.'),
            None => {}
        }
        if nickname.len() > 40 {
            break;
        }
    }
    let nickname = nickname.trim_matches(['.', '-', '_']).to_owned();
    if is_nickname(&nickname) {
        nickname
    } else {
        "contact".to_owned()
    }
}

/// `base`, or `base2`, `base3` … : the first that is free and not reserved.
pub(super) fn unique<E>(
    base: &str,
    mut taken: impl FnMut(&str) -> Result<bool, E>,
) -> Result<String, E> {
    let mut nickname = base.to_owned();
    let mut number = 2;
    while MemberName::RESERVED.contains(&nickname.as_str()) || taken(&nickname)? {
        nickname = format!("{base}{number}");
        number += 1;
    }
    Ok(nickname)
}

/// Letters with marks as people type them into an address. Only what European names have; other scripts stay.
pub(crate) fn plain_letter(c: char) -> Option<&'static str> {
    Some(match c {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'ā' | 'ă' | 'ą' => "a",
        'ç' | 'ć' | 'č' | 'ĉ' | 'ċ' => "c",
        'ď' | 'đ' | 'ð' => "d",
        'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' => "e",
        'ğ' | 'ĝ' | 'ġ' | 'ģ' => "g",
        'ĥ' | 'ħ' => "h",
        'ì' | 'í' | 'î' | 'ï' | 'ī' | 'į' | 'ı' => "i",
        'ĵ' => "j",
        'ķ' => "k",
        'ł' | 'ľ' | 'ĺ' | 'ļ' => "l",
        'ñ' | 'ń' | 'ň' | 'ņ' => "n",
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' | 'ō' | 'ő' => "o",
        'ŕ' | 'ř' => "r",
        'ś' | 'š' | 'ş' | 'ș' | 'ŝ' => "s",
        'ť' | 'ţ' | 'ț' => "t",
        'ù' | 'ú' | 'û' | 'ü' | 'ū' | 'ů' | 'ű' | 'ų' => "u",
        'ŵ' => "w",
        'ý' | 'ÿ' | 'ŷ' => "y",
        'ź' | 'ż' | 'ž' => "z",
        'æ' => "ae",
        'œ' => "oe",
        'ß' => "ss",
        'þ' => "th",
        // A combining mark of a decomposed letter.
        '\u{300}'..='\u{36f}' => "",
        _ => return None,
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use super::*;

    #[test]
    fn nicknames_can_be_typed() {
        for (name, expected) in [
            ("Oma Käthe", "oma.kathe"),
            ("Élise  O'Brien-Smith", "elise.o.brien-smith"),
            ("E\u{301}lise", "elise"),
            ("Garden Street 5", "garden.street.5"),
            ("Straße", "strasse"),
            ("Бабушка", "бабушка"),
            ("...", "contact"),
            ("", "contact"),
            ("x@y.z", "x.y.z"),
        ] {
            assert_eq!(nickname(name), expected);
            assert!(is_nickname(&nickname(name)));
        }
        let long = nickname(&"0".repeat(64));
        assert!(is_nickname(&long), "{long}");
        let taken = |n: &str| Ok::<_, ()>(["anna", "anna2"].contains(&n));
        assert_eq!(unique("anna", taken).unwrap(), "anna3");
        assert_eq!(unique("postmaster", taken).unwrap(), "postmaster2");
    }

    #[test]
    fn a_claimed_name_cannot_pose_as_an_address_or_turn_the_text() {
        assert_eq!(
            claimed("Bank <support@bank.example>"),
            "Bank support bank.example"
        );
        assert_eq!(claimed("\u{202e}annA\r\nBcc: x"), "annA Bcc x");
        assert_eq!(tidy(&"x".repeat(99)).len(), MAX_NAME);
        assert_eq!(excerpt(&"a b ".repeat(99), 10), "a b a b...");
    }
}
