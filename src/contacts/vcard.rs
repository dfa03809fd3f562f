//! vCard 3.0 (RFC 2426) and 4.0 (RFC 6350): read, changed where the home knows better, written. Pure.
//!
//! # Rules
//! - A card is its content lines (RFC 6350 section 3.3). What this home does not understand stays as it came, so that a
//!   phone's photo, telephone numbers and birthdays survive.
//! - Folding is undone before anything is taken for UTF-8: a fold may stand in the middle of a character (section 3.2).
//! - vCard 2.1 and quoted-printable are refused: with them line ends and character sets are guesses.
//! - Everything has a bound: [`MAX_CARD`] bytes, 2,000 lines.
//!
//! A library was looked for: those there are normalise what they write and lose what they do not know.
//!
//! Known limits: structured values are not looked into (but for the name); an inline vCard of a 3.0 `AGENT` is a text.

use std::collections::HashSet;
use std::fmt::Write as _;

/// Longest card, in bytes: room for a photo.
pub const MAX_CARD: usize = 512 * 1024;
/// Most content lines of a card.
const MAX_LINES: usize = 2_000;
/// Most parameters of a line, and most values of all of them.
const MAX_PARAMETERS: usize = 64;
/// RFC 6350 section 3.2: octets of a line, without its end.
const FOLD_AT: usize = 75;

/// The version that a card is read in or written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// RFC 2426.
    V3,
    /// RFC 6350.
    V4,
}

/// What is wrong with a card, for whoever made it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {problem}")]
pub struct Error {
    /// Where, counted from 1.
    pub line: usize,
    /// What.
    pub problem: String,
}

/// A content line: `group.NAME;PARAMETER=value:value`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Property {
    /// What binds it to others.
    pub group: Option<String>,
    /// In capitals.
    pub name: String,
    /// Names in capitals, and their values.
    pub parameters: Vec<(String, Vec<String>)>,
    /// As it stands on the line, escapes and all.
    pub value: String,
}

/// A card: what stands between `BEGIN` and `END`, without `VERSION`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card {
    /// What it was read as.
    pub version: Version,
    /// Its lines, as they came.
    pub properties: Vec<Property>,
}

/// What this home knows of a contact, and writes into their card.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// UID.
    pub uid: String,
    /// What people here call them.
    pub name: String,
    /// `NICKNAME`, where the card has none of its own.
    pub nickname: Option<String>,
    /// Addresses that count here, the preferred one first.
    pub emails: Vec<String>,
    /// A Tox address, for `IMPP:tox:`.
    pub tox: Option<String>,
    /// Seconds since 1970, for `REV`.
    pub revised: i64,
}

impl Property {
    /// A line without group and parameters; `value` is escaped already.
    fn plain(name: &str, value: impl Into<String>) -> Self {
        Self {
            group: None,
            name: name.to_owned(),
            parameters: Vec::new(),
            value: value.into(),
        }
    }

    /// The values of a parameter, in small letters.
    fn parameter(&self, name: &str) -> impl Iterator<Item = String> {
        let of_name = self.parameters.iter().filter(move |(n, _)| n == name);
        of_name.flat_map(|(_, values)| {
            let split = values.iter().flat_map(|v| v.split(','));
            split.map(str::to_lowercase).collect::<Vec<_>>()
        })
    }

    /// The value as a text.
    pub fn text(&self) -> String {
        unescaped(&self.value)
    }

    /// The values of a parameter, as they are, for a filter (RFC 6352 section 10.5.2).
    pub fn parameter_values(&self, name: &str) -> Option<Vec<&str>> {
        let of_name = self.parameters.iter().filter(|(n, _)| n == name);
        let values: Vec<&str> = of_name
            .flat_map(|(_, values)| values.iter().map(String::as_str))
            .collect();
        self.parameters
            .iter()
            .any(|(n, _)| n == name)
            .then_some(values)
    }

    /// How much it is preferred; 1 is most (RFC 6350 section 5.3, RFC 2426 section 3.3.2).
    fn preference(&self) -> u32 {
        let number = self.parameter("PREF").find_map(|v| v.parse().ok());
        match number {
            Some(number) => number,
            None if self.parameter("TYPE").any(|t| t == "pref") => 1,
            None => 101,
        }
    }
}

impl Card {
    /// Reads one card; there must be nothing else in it.
    ///
    /// # Errors
    /// What is wrong, and where.
    pub fn read(bytes: &[u8]) -> Result<Self, Error> {
        let mut cards = split(bytes);
        match (cards.len(), cards.pop()) {
            (1, Some((_, card))) => read_lines(&card?),
            (0, _) => wrong(1, "there is no BEGIN:VCARD: this is no vCard"),
            _ => wrong(1, "there is more than one card"),
        }
    }

    /// The properties of a name, with or without a group.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Property> {
        self.properties.iter().filter(move |p| p.name == name)
    }

    /// UID.
    pub fn uid(&self) -> Option<String> {
        let uid = self.all("UID").next()?.text();
        Some(uid.trim().to_owned()).filter(|uid| !uid.is_empty())
    }

    /// FN, or what stands for it where there is none.
    pub fn name(&self) -> Option<String> {
        let whole = |name: &str| Some(self.all(name).next()?.text().trim().to_owned());
        let named = |name: &str| whole(name).filter(|text| !text.is_empty());
        let of_parts = || {
            let parts = components(&self.all("N").next()?.value);
            // Prefix, given, additional, family, suffix.
            let words = [3, 1, 2, 0, 4].map(|i| parts.get(i).cloned().unwrap_or_default());
            let words: Vec<String> = words.into_iter().filter(|w| !w.is_empty()).collect();
            Some(words.join(" ")).filter(|name| !name.is_empty())
        };
        named("FN")
            .or_else(of_parts)
            .or_else(|| named("NICKNAME"))
            .or_else(|| named("ORG").map(|org| org.replace(';', " ").trim().to_owned()))
            .or_else(|| self.emails().into_iter().next())
            .filter(|name| !name.is_empty())
    }

    /// The first NICKNAME.
    pub fn nickname(&self) -> Option<String> {
        let value = &self.all("NICKNAME").next()?.value;
        let first = split_unescaped(value, ',').into_iter().next()?;
        Some(unescaped(first).trim().to_owned()).filter(|name| !name.is_empty())
    }

    /// E-mail addresses, the preferred one first.
    pub fn emails(&self) -> Vec<String> {
        let mut emails: Vec<(u32, String)> = self
            .all("EMAIL")
            .map(|p| (p.preference(), address_of(p)))
            .filter(|(_, address)| !address.is_empty())
            .collect();
        emails.sort_by_key(|(preference, _)| *preference);
        emails.into_iter().map(|(_, address)| address).collect()
    }

    /// Tox addresses, as they stand there.
    pub fn tox(&self) -> Vec<String> {
        self.properties.iter().filter_map(tox_of).collect()
    }

    /// Leaves only the lines for which `keep` is true.
    pub fn retain(&mut self, keep: impl FnMut(&Property) -> bool) {
        self.properties.retain(keep);
    }

    /// Takes over from `older` the lines whose names do not occur here.
    pub fn complete_from(&mut self, older: Self) {
        let own: HashSet<String> = self.properties.iter().map(|p| p.name.clone()).collect();
        let older = older.in_version(self.version).properties.into_iter();
        self.properties
            .extend(older.filter(|p| !own.contains(&p.name)));
    }

    /// The card with what the home knows better in its place.
    pub fn with(&self, facts: &Facts) -> Self {
        let mut properties = vec![Property::plain("UID", escaped(&facts.uid))];
        let same_name =
            self.name().as_deref().map(super::names::tidy).as_deref() == Some(facts.name.as_str());
        let mut fn_lines: Vec<Property> = self.all("FN").filter(|_| same_name).cloned().collect();
        if fn_lines.is_empty() {
            fn_lines = vec![Property::plain("FN", escaped(&facts.name))];
        }
        properties.extend(fn_lines);
        match self.all("N").find(|_| same_name) {
            Some(n) => properties.push(n.clone()),
            // Which word is the family's nobody knows.
            None => properties.push(Property::plain(
                "N",
                format!(";{};;;", escaped(&facts.name)),
            )),
        }
        if let (Some(nickname), None) = (&facts.nickname, self.nickname()) {
            properties.push(Property::plain("NICKNAME", escaped(nickname)));
        }
        let lower = |p: &Property| address_of(p).to_lowercase();
        for email in &facts.emails {
            let folded = email.to_lowercase();
            match self.all("EMAIL").find(|p| lower(p) == folded) {
                Some(known) => properties.push(known.clone()),
                None => properties.push(Property::plain("EMAIL", escaped(email))),
            }
        }
        let told: Vec<String> = facts.emails.iter().map(|e| e.to_lowercase()).collect();
        let others = self.all("EMAIL").filter(|p| !told.contains(&lower(p)));
        properties.extend(others.cloned());
        if let Some(tox) = &facts.tox {
            properties.push(Property::plain("IMPP", format!("tox:{tox}")));
        }
        let ours = ["UID", "FN", "N", "EMAIL", "REV", "VERSION"];
        let rest = self.properties.iter();
        properties.extend(rest.filter(|p| !ours.contains(&p.name.as_str())).cloned());
        properties.push(Property::plain("REV", timestamp(facts.revised)));
        Self {
            version: self.version,
            properties,
        }
    }

    /// The same in another version, as far as it can be said there.
    pub fn in_version(mut self, version: Version) -> Self {
        if self.version != version {
            for property in &mut self.properties {
                match version {
                    Version::V3 => to_3(property),
                    Version::V4 => to_4(property),
                }
            }
            self.version = version;
        }
        self
    }

    /// Writes it: folded, with CRLF.
    pub fn write(&self) -> String {
        let mut out = String::from("BEGIN:VCARD\r\n");
        out.push_str(match self.version {
            Version::V3 => "VERSION:3.0\r\n",
            Version::V4 => "VERSION:4.0\r\n",
        });
        for property in &self.properties {
            fold(&mut out, &property.line());
        }
        out.push_str("END:VCARD\r\n");
        out
    }
}

impl Property {
    fn line(&self) -> String {
        let mut line = String::new();
        if let Some(group) = &self.group {
            line.push_str(group);
            line.push('.');
        }
        line.push_str(&self.name);
        for (name, values) in &self.parameters {
            let values: Vec<String> = values.iter().map(|value| parameter(value)).collect();
            let _ = write!(line, ";{name}={}", values.join(","));
        }
        line.push(':');
        line.push_str(&self.value);
        line
    }
}

/// A parameter's value: RFC 6868, and quoted where it needs to be.
fn parameter(value: &str) -> String {
    let coded = value
        .replace('^', "^^")
        .replace('\n', "^n")
        .replace('"', "^'");
    if coded.contains([':', ';', ',']) {
        format!("\"{coded}\"")
    } else {
        coded
    }
}

fn fold(out: &mut String, line: &str) {
    let mut length = 0;
    for c in line.chars() {
        if length + c.len_utf8() > FOLD_AT {
            out.push_str("\r\n ");
            length = 1;
        }
        out.push(c);
        length += c.len_utf8();
    }
    out.push_str("\r\n");
}

/// What a person reads instead of an `EMAIL`: some programs write `mailto:`.
fn address_of(property: &Property) -> String {
    let text = property.text();
    let text = text.trim();
    match text.get(..7) {
        Some(scheme) if scheme.eq_ignore_ascii_case("mailto:") => text[7..].to_owned(),
        _ => text.to_owned(),
    }
}

/// The address of an `IMPP:tox:…` (or of the `X-TOX` that some programs write).
pub(super) fn tox_of(property: &Property) -> Option<String> {
    let text = property.text();
    let text = text.trim();
    match property.name.as_str() {
        "IMPP" => {
            let scheme = text.get(..4)?;
            scheme
                .eq_ignore_ascii_case("tox:")
                .then(|| text[4..].to_owned())
        }
        "X-TOX" => Some(text.to_owned()),
        _ => None,
    }
    .filter(|address| !address.is_empty())
}

/// The lines of one card, unfolded; each with where it begins.
type Lines = Vec<(usize, Vec<u8>)>;

/// The cards of a file: for each where it begins, and its lines from `BEGIN` to `END`. What stands between cards must be
/// empty. After a card that is broken the next `BEGIN` counts.
fn split(bytes: &[u8]) -> Vec<(usize, Result<Lines, Error>)> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut cards: Vec<(usize, Result<Lines, Error>)> = Vec::new();
    let mut open: Option<(usize, Lines, usize)> = None;
    // After a mistake all is skipped up to the next BEGIN.
    let mut lost = false;
    for (number, line) in bytes.split(|b| *b == b'\n').enumerate() {
        let number = number + 1;
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        // A fold that looks like one begins with a space.
        let is = |what: &[u8]| line.trim_ascii_end().eq_ignore_ascii_case(what);
        if is(b"BEGIN:VCARD") {
            if let Some((begun, ..)) = open.take() {
                cards.push((begun, wrong(begun, "the card has no END:VCARD")));
            }
            lost = false;
            open = Some((number, vec![(number, line.to_vec())], line.len()));
            continue;
        }
        let Some((begun, lines, size)) = &mut open else {
            if !lost && !line.trim_ascii().is_empty() {
                lost = true;
                cards.push((number, wrong(number, "this stands outside of any card")));
            }
            continue;
        };
        *size += line.len() + 2;
        let problem = if *size > MAX_CARD {
            "the card is too large: 512 KB fit"
        } else if lines.len() > MAX_LINES {
            "the card has too many lines"
        } else {
            ""
        };
        if !problem.is_empty() {
            cards.push((*begun, wrong(*begun, problem)));
            (open, lost) = (None, true);
            continue;
        }
        match (line.first(), lines.last_mut()) {
            (Some(b' ' | b'\t'), Some((_, last))) => last.extend_from_slice(&line[1..]),
            // Some programs leave lines empty.
            (None, _) => {}
            _ => lines.push((number, line.to_vec())),
        }
        if is(b"END:VCARD") {
            cards.push((*begun, Ok(std::mem::take(lines))));
            open = None;
        }
    }
    if let Some((begun, ..)) = open {
        cards.push((begun, wrong(begun, "the card has no END:VCARD")));
    }
    cards
}

/// Where each card of a file begins, and its bytes; what is no card is in a piece of its own, so that nothing is passed over.
pub fn pieces(bytes: &[u8]) -> Vec<(usize, &[u8])> {
    let mut pieces = Vec::new();
    let (mut begun, mut start, mut at) = (1, 0, 0);
    for (number, line) in bytes.split_inclusive(|b| *b == b'\n').enumerate() {
        let bare = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
        if bare.trim_ascii_end().eq_ignore_ascii_case(b"BEGIN:VCARD") {
            if !bytes[start..at].trim_ascii().is_empty() {
                pieces.push((begun, &bytes[start..at]));
            }
            (begun, start) = (number + 1, at);
        }
        at += line.len();
    }
    if !bytes[start..].trim_ascii().is_empty() {
        pieces.push((begun, &bytes[start..]));
    }
    pieces
}

fn wrong<T>(line: usize, problem: impl Into<String>) -> Result<T, Error> {
    Err(Error {
        line,
        problem: problem.into(),
    })
}

fn read_lines(lines: &Lines) -> Result<Card, Error> {
    let mut properties = Vec::new();
    let mut version = None;
    let begun = lines.first().map_or(1, |(number, _)| *number);
    if lines
        .first()
        .is_some_and(|(_, line)| line.trim_ascii_end().len() != "BEGIN:VCARD".len())
    {
        return wrong(begun + 1, "the first line of the card begins with a space");
    }
    let inner = lines.get(1..lines.len().saturating_sub(1));
    for (number, line) in inner.unwrap_or_default() {
        let property = read_line(*number, line)?;
        if property.name == "BEGIN" || property.name == "END" {
            return wrong(*number, "a card inside of a card");
        }
        if property.name != "VERSION" {
            properties.push(property);
            continue;
        }
        let said = match property.value.trim() {
            "3.0" => Version::V3,
            "4.0" => Version::V4,
            "2.1" => {
                return wrong(
                    *number,
                    "this is a vCard 2.1, whose letters cannot be read for certain; export it as 3.0 or 4.0",
                );
            }
            other => {
                let other: String = other.chars().take(20).collect();
                return wrong(
                    *number,
                    format!("version {other} is unknown; 3.0 and 4.0 are read"),
                );
            }
        };
        if version.is_some_and(|known| known != said) {
            return wrong(*number, "two versions");
        }
        version = Some(said);
    }
    match version {
        Some(version) => Ok(Card {
            version,
            properties,
        }),
        None => wrong(begun, "the card has no VERSION; 3.0 and 4.0 are read"),
    }
}

fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 64
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

fn read_line(number: usize, line: &[u8]) -> Result<Property, Error> {
    let Ok(line) = std::str::from_utf8(line) else {
        return wrong(number, "this is not UTF-8; export the card as UTF-8");
    };
    if line.chars().any(|c| c.is_control() && c != '\t') {
        return wrong(number, "a control character");
    }
    let head_ends = line.find([';', ':']);
    let Some(head_ends) = head_ends else {
        return wrong(number, "there is no colon: NAME:value is expected");
    };
    let (group, name) = match line[..head_ends].split_once('.') {
        Some((group, name)) => (Some(group), name),
        None => (None, &line[..head_ends]),
    };
    if !is_name(name) || group.is_some_and(|group| !is_name(group)) {
        return wrong(
            number,
            "the name of the property has other signs than letters, digits and hyphens",
        );
    }
    let (parameters, value) = read_parameters(number, &line[head_ends..])?;
    let property = Property {
        group: group.map(str::to_owned),
        name: name.to_ascii_uppercase(),
        parameters,
        value: value.to_owned(),
    };
    if property
        .parameter("ENCODING")
        .any(|e| e == "quoted-printable")
    {
        return wrong(
            number,
            "quoted-printable is vCard 2.1; export the card as version 3.0 or 4.0",
        );
    }
    if property.parameter("CHARSET").any(|c| c != "utf-8") {
        return wrong(
            number,
            "another character set than UTF-8; export the card as UTF-8",
        );
    }
    Ok(property)
}

type Parameters = Vec<(String, Vec<String>)>;

/// From `;NAME=value,"value":rest` to the parameters and the rest.
fn read_parameters(number: usize, mut text: &str) -> Result<(Parameters, &str), Error> {
    let mut parameters: Parameters = Vec::new();
    // Of all of them together: in the other version several may become one.
    let mut values_in_all = 0;
    loop {
        if let Some(value) = text.strip_prefix(':') {
            return Ok((parameters, value));
        }
        let Some(rest) = text.strip_prefix(';') else {
            return wrong(number, "a parameter is cut off");
        };
        let Some(equals) = rest
            .find(['=', ';', ':'])
            .filter(|i| rest[*i..].starts_with('='))
        else {
            return wrong(
                number,
                "a parameter without a value is vCard 2.1; export the card as version 3.0 or 4.0",
            );
        };
        let name = &rest[..equals];
        if !is_name(name) || parameters.len() >= MAX_PARAMETERS {
            return wrong(number, "a parameter is not understood");
        }
        text = &rest[equals + 1..];
        let mut values = Vec::new();
        loop {
            let (value, rest) = match text.strip_prefix('"') {
                Some(quoted) => match quoted.split_once('"') {
                    Some((value, rest)) => (value, rest),
                    None => return wrong(number, "a quotation mark is not closed"),
                },
                None => {
                    let end = text.find([',', ';', ':']);
                    let Some(end) = end else {
                        return wrong(number, "there is no colon behind the parameters");
                    };
                    text.split_at(end)
                }
            };
            values_in_all += 1;
            if value.contains('"') || values_in_all > MAX_PARAMETERS {
                return wrong(number, "a parameter is not understood");
            }
            values.push(decoded(value));
            match rest.strip_prefix(',') {
                Some(more) => text = more,
                None => {
                    text = rest;
                    break;
                }
            }
        }
        parameters.push((name.to_ascii_uppercase(), values));
    }
}

/// RFC 6868.
fn decoded(value: &str) -> String {
    let mut out = String::new();
    let mut chars = value.chars().peekable();
    while let Some(c) = chars.next() {
        let code = match (c, chars.peek()) {
            ('^', Some('n')) => '\n',
            ('^', Some('^')) => '^',
            ('^', Some('\'')) => '"',
            _ => {
                out.push(c);
                continue;
            }
        };
        chars.next();
        out.push(code);
    }
    out
}

/// RFC 6350 section 3.4. A backslash before any other sign is that sign.
fn unescaped(value: &str) -> String {
    let mut out = String::new();
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('n' | 'N') => out.push('\n'),
                Some(other) => out.push(other),
                None => out.push('\\'),
            },
            c => out.push(c),
        }
    }
    out
}

/// A text as a value.
pub fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\\' | ',' | ';' => {
                out.push('\\');
                out.push(c);
            }
            c if c.is_control() && c != '\t' => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

fn split_unescaped(value: &str, at: char) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut start, mut escaped) = (0, false);
    for (i, c) in value.char_indices() {
        if escaped {
            escaped = false;
        } else if c == '\\' {
            escaped = true;
        } else if c == at {
            parts.push(&value[start..i]);
            start = i + c.len_utf8();
        }
    }
    parts.push(&value[start..]);
    parts
}

/// The parts of a structured value, lists with spaces between.
fn components(value: &str) -> Vec<String> {
    let words = |part: &str| {
        let words = split_unescaped(part, ',').into_iter().map(unescaped);
        let words: Vec<String> = words.map(|w| w.trim().to_owned()).collect();
        words.join(" ").trim().to_owned()
    };
    split_unescaped(value, ';').into_iter().map(words).collect()
}

/// `20261125T170000Z`, which both versions read.
fn timestamp(seconds: i64) -> String {
    let (days, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    // Days to civil date, counted in eras of 400 years that begin with a March.
    let days = days + 719_468;
    let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let of_year = day - (365 * year + year / 4 - year / 100);
    let month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year + era * 400 + i64::from(month <= 2);
    let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
    format!("{year:04}{month:02}{day:02}T{hour:02}{minute:02}{second:02}Z")
}

/// What holds bytes.
const BINARY: [&str; 4] = ["PHOTO", "LOGO", "SOUND", "KEY"];
/// What Apple's programs call it in a 3.0 card.
const RENAMED: [(&str, &str); 2] = [
    ("X-ADDRESSBOOKSERVER-KIND", "KIND"),
    ("X-ADDRESSBOOKSERVER-MEMBER", "MEMBER"),
];

fn take(property: &mut Property, name: &str) -> Vec<String> {
    let mut taken = Vec::new();
    property.parameters.retain_mut(|(n, values)| {
        let is = n == name;
        if is {
            taken.append(values);
        }
        !is
    });
    taken
}

fn set(property: &mut Property, name: &str, values: Vec<String>) {
    if !values.is_empty() {
        property.parameters.push((name.to_owned(), values));
    }
}

fn to_4(property: &mut Property) {
    if let Some((_, name)) = RENAMED.iter().find(|(old, _)| *old == property.name) {
        property.name = (*name).to_owned();
    }
    let encodings = take(property, "ENCODING");
    let is_base64 = encodings
        .iter()
        .any(|e| e.eq_ignore_ascii_case("b") || e.eq_ignore_ascii_case("base64"));
    let mut types = take(property, "TYPE");
    if is_base64 && BINARY.contains(&property.name.as_str()) {
        // A type may be any text; in the address of the data it has to be a plain word.
        let plain = |t: &&String| {
            t.bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"-+./".contains(&b))
        };
        let kind = types.first().filter(plain).filter(|t| !t.is_empty());
        let kind = kind.map_or("octet-stream".to_owned(), |t| t.to_lowercase());
        let media = match (property.name.as_str(), kind.contains('/')) {
            (_, true) => kind,
            ("PHOTO" | "LOGO", _) => format!("image/{kind}"),
            ("SOUND", _) => format!("audio/{kind}"),
            _ => format!("application/{kind}"),
        };
        let _ = take(property, "VALUE");
        property.value = format!("data:{media};base64,{}", property.value);
        return;
    }
    set(property, "ENCODING", encodings);
    let before = types.len();
    types.retain(|t| !t.eq_ignore_ascii_case("pref"));
    if types.len() < before && property.parameter("PREF").next().is_none() {
        set(property, "PREF", vec!["1".to_owned()]);
    }
    set(property, "TYPE", types);
}

fn to_3(property: &mut Property) {
    if let Some((name, _)) = RENAMED.iter().find(|(_, new)| *new == property.name) {
        property.name = (*name).to_owned();
    }
    if BINARY.contains(&property.name.as_str())
        && let Some((media, data)) = data_uri(&property.value)
    {
        let kind = media.rsplit('/').next().unwrap_or_default().to_uppercase();
        let data = data.to_owned();
        let _ = (take(property, "VALUE"), take(property, "TYPE"));
        let _ = take(property, "MEDIATYPE");
        set(property, "ENCODING", vec!["b".to_owned()]);
        if is_name(&kind) {
            set(property, "TYPE", vec![kind]);
        }
        property.value = data;
        return;
    }
    let is_uri = property.parameter("VALUE").any(|v| v == "uri");
    if property.name == "TEL"
        && is_uri
        && property
            .value
            .get(..4)
            .is_some_and(|s| s.eq_ignore_ascii_case("tel:"))
    {
        let _ = take(property, "VALUE");
        property.value = property.value[4..].to_owned();
    }
    if take(property, "PREF").iter().any(|v| v == "1") {
        let mut types = take(property, "TYPE");
        types.push("pref".to_owned());
        set(property, "TYPE", types);
    }
}

/// `data:MEDIA;base64,DATA` (RFC 2397), also with the escapes that some programs put into it.
fn data_uri(value: &str) -> Option<(String, &str)> {
    let scheme = value.get(..5)?;
    let rest = scheme.eq_ignore_ascii_case("data:").then(|| &value[5..])?;
    let (media, data) = rest.split_once(',')?;
    let media = media.trim_end_matches('\\').replace('\\', "");
    let media = media.strip_suffix(";base64")?;
    let media = media.split(';').next().unwrap_or_default();
    Some((media.to_owned(), data))
}

#[cfg(test)]
#[path = "vcard_tests.rs"]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests;
