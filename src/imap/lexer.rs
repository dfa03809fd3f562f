//! The words that commands are made of (RFC 3501 section 9): atoms, strings, numbers, sets, dates. Literals stand in the
//! text as they came: `{n}`, CRLF, n octets.

use super::command::{Bad, STAR, Set};

/// Reads a command from left to right.
#[derive(Clone, Copy, Debug)]
pub struct Lexer<'a> {
    rest: &'a [u8],
}

type Read<T> = Result<T, Bad>;

/// Lists inside lists that are followed.
pub const MAX_DEPTH: usize = 32;

impl<'a> Lexer<'a> {
    /// At the beginning of a text.
    pub fn new(text: &'a [u8]) -> Self {
        Self { rest: text }
    }

    /// What was not read yet.
    pub fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// Whether nothing is left.
    pub fn at_end(&self) -> bool {
        self.rest.is_empty()
    }

    /// The next octet, left where it is.
    pub fn peek(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    /// Takes this octet if it is next.
    pub fn skip(&mut self, octet: u8) -> bool {
        let there = self.peek() == Some(octet);
        if there {
            self.rest = &self.rest[1..];
        }
        there
    }

    /// Takes this octet.
    ///
    /// # Errors
    /// Another one is next, or none.
    pub fn expect(&mut self, octet: u8) -> Read<()> {
        if self.skip(octet) {
            return Ok(());
        }
        let wanted = match octet {
            b' ' => "a space".to_owned(),
            other => format!("'{}'", other as char),
        };
        Err(Bad::new(format!("Here {wanted} is missing")))
    }

    /// One space.
    ///
    /// # Errors
    /// There is none.
    pub fn space(&mut self) -> Read<()> {
        self.expect(b' ')
    }

    /// Nothing may follow.
    ///
    /// # Errors
    /// Something does.
    pub fn end(&self) -> Read<()> {
        if self.at_end() {
            Ok(())
        } else {
            Err(Bad::new("There is more than this command takes"))
        }
    }

    fn take_while(&mut self, wanted: impl Fn(u8) -> bool) -> &'a [u8] {
        let end = self.rest.iter().position(|&b| !wanted(b));
        let (taken, rest) = self.rest.split_at(end.unwrap_or(self.rest.len()));
        self.rest = rest;
        taken
    }

    /// An atom.
    ///
    /// # Errors
    /// There is none.
    pub fn atom(&mut self) -> Read<&'a str> {
        text_of(self.take_while(is_atom))
    }

    /// A tag: what an atom may be, and `]`, without `+`.
    ///
    /// # Errors
    /// There is none.
    pub fn tag(&mut self) -> Read<&'a str> {
        let tag = self.take_while(|b| (is_atom(b) || b == b']') && b != b'+');
        if tag.len() > 200 {
            return Err(Bad::new("This tag is too long"));
        }
        text_of(tag)
    }

    /// A word of letters, digits and `.-=+$`, in upper case.
    ///
    /// # Errors
    /// There is none.
    pub fn word(&mut self) -> Read<String> {
        let word = self.take_while(|b| b.is_ascii_alphanumeric() || b".-=+$_/".contains(&b));
        text_of(word).map(str::to_ascii_uppercase)
    }

    /// A flag as it is written: an atom, or one with a backslash before it.
    ///
    /// # Errors
    /// There is none.
    pub fn flag(&mut self) -> Read<String> {
        let slash = if self.skip(b'\\') { "\\" } else { "" };
        Ok(format!("{slash}{}", self.atom()?))
    }

    /// A string that may be written as an atom.
    ///
    /// # Errors
    /// There is none.
    pub fn astring(&mut self) -> Read<Vec<u8>> {
        match self.peek() {
            Some(b'"' | b'{') => self.string(),
            _ if self.rest.starts_with(b"~{") => self.string(),
            _ => {
                let atom = self.take_while(|b| is_atom(b) || b == b']' || b >= 0x80);
                if atom.is_empty() {
                    return Err(Bad::new("Here a name or a string is missing"));
                }
                Ok(atom.to_vec())
            }
        }
    }

    /// The pattern of LIST: as an [`astring`](Self::astring), with wildcards.
    ///
    /// # Errors
    /// There is none.
    pub fn pattern(&mut self) -> Read<Vec<u8>> {
        match self.peek() {
            Some(b'"' | b'{') => self.string(),
            _ => {
                let wanted = |b| is_atom(b) || b"]*%".contains(&b) || b >= 0x80;
                let atom = self.take_while(wanted);
                if atom.is_empty() {
                    return Err(Bad::new("Here a pattern is missing"));
                }
                Ok(atom.to_vec())
            }
        }
    }

    /// A quoted string or a literal.
    ///
    /// # Errors
    /// There is none, or it does not end.
    pub fn string(&mut self) -> Read<Vec<u8>> {
        if self.skip(b'"') {
            let mut text = Vec::new();
            loop {
                let plain =
                    self.take_while(|b| b != b'"' && b != b'\\' && b != b'\r' && b != b'\n');
                text.extend_from_slice(plain);
                match self.peek() {
                    Some(b'"') => {
                        self.rest = &self.rest[1..];
                        return Ok(text);
                    }
                    Some(b'\\') if self.rest.len() > 1 && b"\"\\".contains(&self.rest[1]) => {
                        text.push(self.rest[1]);
                        self.rest = &self.rest[2..];
                    }
                    _ => return Err(Bad::new("This quoted string is broken")),
                }
            }
        }
        self.skip(b'~');
        self.expect(b'{')
            .map_err(|_| Bad::new("Here a string is missing"))?;
        let digits = self.take_while(|b| b.is_ascii_digit());
        self.skip(b'+');
        let length: Option<usize> = std::str::from_utf8(digits)
            .ok()
            .and_then(|d| d.parse().ok());
        let body = self.rest.strip_prefix(b"}\r\n");
        match (length, body) {
            (Some(length), Some(body)) if length <= body.len() => {
                let (text, rest) = body.split_at(length);
                self.rest = rest;
                Ok(text.to_vec())
            }
            _ => Err(Bad::new("This literal is broken")),
        }
    }

    /// A string or NIL.
    ///
    /// # Errors
    /// There is neither.
    pub fn nstring(&mut self) -> Read<Option<Vec<u8>>> {
        if matches!(self.peek(), Some(b'"' | b'{' | b'~')) {
            return self.string().map(Some);
        }
        if self.atom()?.eq_ignore_ascii_case("NIL") {
            Ok(None)
        } else {
            Err(Bad::new("Here a string or NIL is missing"))
        }
    }

    /// A string of UTF-8 that may be written as an atom.
    ///
    /// # Errors
    /// There is none, or it is no UTF-8.
    pub fn text(&mut self) -> Read<String> {
        String::from_utf8(self.astring()?).map_err(|_| Bad::new("This string is not UTF-8"))
    }

    /// A number of 32 bits.
    ///
    /// # Errors
    /// There is none, or it is too large.
    pub fn number(&mut self) -> Read<u32> {
        u32::try_from(self.number64()?).map_err(|_| Bad::new("This number is too large"))
    }

    /// A number of 63 bits.
    ///
    /// # Errors
    /// There is none, or it is too large.
    pub fn number64(&mut self) -> Read<u64> {
        let digits = text_of(self.take_while(|b| b.is_ascii_digit()))
            .map_err(|_| Bad::new("Here a number is missing"))?;
        let number = digits.parse().ok().filter(|n| *n <= i64::MAX as u64);
        number.ok_or_else(|| Bad::new("This number is too large"))
    }

    /// A set of messages: `1:3,7,*`, or `$`.
    ///
    /// # Errors
    /// There is none.
    pub fn set(&mut self) -> Read<Set> {
        if self.skip(b'$') {
            return Ok(Set::Saved);
        }
        self.ranges().map(Set::Ranges)
    }

    /// The same without `$`.
    ///
    /// # Errors
    /// There is none.
    pub fn ranges(&mut self) -> Read<Vec<(u32, u32)>> {
        let mut ranges = Vec::new();
        loop {
            let first = self.bound()?;
            let last = if self.skip(b':') {
                self.bound()?
            } else {
                first
            };
            ranges.push((first, last));
            if !self.skip(b',') {
                return Ok(ranges);
            }
        }
    }

    fn bound(&mut self) -> Read<u32> {
        if self.skip(b'*') {
            return Ok(STAR);
        }
        match self.number() {
            Ok(0) => Err(Bad::new("No message has the number 0")),
            Ok(number) => Ok(number),
            Err(_) => Err(Bad::new("This is no set of message numbers")),
        }
    }

    /// A list in brackets, its elements by `read`.
    ///
    /// # Errors
    /// Those of the elements; a bracket that is missing.
    pub fn list<T>(&mut self, mut read: impl FnMut(&mut Self) -> Read<T>) -> Read<Vec<T>> {
        self.expect(b'(')?;
        let mut all = Vec::new();
        if self.skip(b')') {
            return Ok(all);
        }
        loop {
            all.push(read(self)?);
            if self.skip(b')') {
                return Ok(all);
            }
            self.space()?;
        }
    }

    /// `1-Feb-1994`, with quotes or without: days since 1970.
    ///
    /// # Errors
    /// There is none.
    pub fn date(&mut self) -> Read<i64> {
        let quoted = self.skip(b'"');
        let text = text_of(self.take_while(|b| b.is_ascii_alphanumeric() || b == b'-'))?;
        if quoted {
            self.expect(b'"')?;
        }
        day(text).ok_or_else(|| Bad::new("This is no date; write it as 1-Feb-2026"))
    }

    /// `" 1-Feb-1994 21:52:25 -0800"`: seconds since 1970.
    ///
    /// # Errors
    /// There is none.
    pub fn date_time(&mut self) -> Read<i64> {
        let text = self.string()?;
        let text = std::str::from_utf8(&text).unwrap_or_default();
        date_time(text).ok_or_else(|| {
            Bad::new("This is no date and time; write it as \" 1-Feb-2026 21:52:25 +0100\"")
        })
    }
}

/// What an atom may have (RFC 3501 section 9, ATOM-CHAR).
pub fn is_atom(octet: u8) -> bool {
    octet.is_ascii_graphic() && !b"(){%*\"\\]".contains(&octet)
}

fn text_of(bytes: &[u8]) -> Read<&str> {
    match std::str::from_utf8(bytes) {
        Ok(text) if !text.is_empty() => Ok(text),
        _ => Err(Bad::new("Here a word is missing")),
    }
}

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

fn day(text: &str) -> Option<i64> {
    let mut parts = text.trim_start().split('-');
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || year.len() != 4 || day.is_empty() || day.len() > 2 {
        return None;
    }
    let month = MONTHS.iter().position(|m| m.eq_ignore_ascii_case(month))?;
    let date = jiff::civil::Date::new(
        year.parse().ok()?,
        i8::try_from(month + 1).ok()?,
        day.parse().ok()?,
    );
    let epoch = jiff::civil::Date::constant(1970, 1, 1);
    Some(i64::from(date.ok()?.since(epoch).ok()?.get_days()))
}

fn date_time(text: &str) -> Option<i64> {
    let mut parts = text.trim_start().split(' ');
    let (date, time, zone) = (parts.next()?, parts.next()?, parts.next()?);
    let mut clock = time.split(':').map(|part| {
        let two = part.len() == 2 && part.bytes().all(|b| b.is_ascii_digit());
        two.then(|| part.parse::<i64>().ok()).flatten()
    });
    let (h, m, s) = (clock.next()??, clock.next()??, clock.next()??);
    let sign = match zone.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let digits = zone
        .get(1..)
        .filter(|d| d.len() == 4 && d.bytes().all(|b| b.is_ascii_digit()))?;
    let (zone_h, zone_m): (i64, i64) = (digits[..2].parse().ok()?, digits[2..].parse().ok()?);
    if parts.next().is_some() || clock.next().is_some() || h > 23 || m > 59 || s > 60 || zone_m > 59
    {
        return None;
    }
    Some(day(date)? * 86_400 + h * 3600 + m * 60 + s - sign * (zone_h * 3600 + zone_m * 60))
}

/// `" 1-Feb-1994 21:52:25 +0000"`, without the quotes, of seconds since 1970.
pub fn written_date_time(seconds: i64) -> String {
    let time = jiff::Timestamp::from_second(seconds).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    let time = jiff::tz::TimeZone::UTC.to_datetime(time);
    let month = usize::try_from(time.month() - 1).unwrap_or(0).min(11);
    format!(
        "{:2}-{}-{:04} {:02}:{:02}:{:02} +0000",
        time.day(),
        MONTHS[month],
        time.year(),
        time.hour(),
        time.minute(),
        time.second()
    )
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use super::*;

    #[test]
    fn strings_come_quoted_as_literals_and_as_atoms() {
        for (written, read) in [
            (&b"INBOX rest"[..], &b"INBOX"[..]),
            (b"\"a \\\"b\\\\\" rest", b"a \"b\\"),
            (b"{3}\r\na\nb rest", b"a\nb"),
            (b"{3+}\r\n{1} rest", b"{1}"),
            (b"~{2}\r\n\0\0 rest", b"\0\0"),
            (b"\"\" rest", b""),
        ] {
            let mut lexer = Lexer::new(written);
            assert_eq!(lexer.astring().unwrap(), read);
            assert_eq!(lexer.rest(), b" rest");
        }
        for broken in [
            &b"\"open"[..],
            b"{9}\r\nshort",
            b"{2}ab",
            b"(x)",
            b"",
            b"\"a\\n\"",
        ] {
            assert!(Lexer::new(broken).astring().is_err(), "{broken:?}");
        }
    }

    #[test]
    fn dates_are_read_and_written() {
        let mut lexer = Lexer::new(b"\" 1-Feb-1994 21:52:25 -0800\"");
        let seconds = lexer.date_time().unwrap();
        assert_eq!(written_date_time(seconds), " 2-Feb-1994 05:52:25 +0000");
        assert_eq!(Lexer::new(b"1-jan-1970").date().unwrap(), 0);
        assert_eq!(Lexer::new(b"\"2-Jan-1970\"").date().unwrap(), 1);
        for broken in ["31-Feb-2026", "1-Feb-26", "1-2-2026", "", "-1-Feb-2026"] {
            assert!(Lexer::new(broken.as_bytes()).date().is_err(), "{broken}");
        }
        for broken in [
            "\"1-Feb-1994 21:52 -0800\"",
            "\"1-Feb-1994 25:00:00 +0000\"",
            "\"1-Feb-1994 21:52:25 GMT\"",
        ] {
            assert!(
                Lexer::new(broken.as_bytes()).date_time().is_err(),
                "{broken}"
            );
        }
    }

    #[test]
    fn sets_have_ranges_stars_and_no_zero() {
        let set = Lexer::new(b"1:3,*:7,9").set().unwrap();
        assert_eq!(set, Set::Ranges(vec![(1, 3), (STAR, 7), (9, 9)]));
        assert_eq!(Lexer::new(b"$").set().unwrap(), Set::Saved);
        for broken in ["0", "1:", "", "1,,2", "4294967296"] {
            let mut lexer = Lexer::new(broken.as_bytes());
            assert!(lexer.set().is_err() || lexer.end().is_err(), "{broken}");
        }
    }
}
