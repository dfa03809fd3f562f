//! Numbers, sizes, dates and times as people of each language write them.
//!
//! Times are local: the zone is the machine's. What is near is told as people tell it ("yesterday 18:02").

use std::fmt::Write as _;

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ZonedDateTime};

use super::text::{Language, Text};

/// A whole number with its thousands set apart: `12,345`, `12 345`, `12.345`.
pub fn number(language: Language, number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let apart = match language {
        Language::English => ',',
        Language::French => '\u{202f}',
        Language::German | Language::Spanish => '.',
    };
    // Spanish sets four digits apart only with five (Real Academia).
    let whole = digits.len() <= 3 || (language == Language::Spanish && digits.len() == 4);
    let mut text = String::new();
    if number < 0 {
        text.push('-');
    }
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && !whole && (digits.len() - at).is_multiple_of(3) {
            text.push(apart);
        }
        text.push(digit);
    }
    text
}

/// A size in bytes, in the unit that reads best, powers of 1000 as disks and telephones tell it: `3.4 MB`, `3,4 Mo`.
pub fn size(language: Language, bytes: u64) -> String {
    let byte = if language == Language::French {
        'o'
    } else {
        'B'
    };
    let mut unit = 0;
    // Tenths, so that no floating point is needed.
    let mut tenths = u128::from(bytes) * 10;
    while tenths >= 9_995 && unit < 4 {
        tenths = (tenths + 500) / 1000;
        unit += 1;
    }
    let prefix = ["", "k", "M", "G", "T"][unit];
    let whole = number(language, i64::try_from(tenths / 10).unwrap_or(i64::MAX));
    let point = if language == Language::English {
        '.'
    } else {
        ','
    };
    if unit == 0 || tenths >= 100 {
        return format!("{whole}\u{a0}{prefix}{byte}");
    }
    format!("{whole}{point}{}\u{a0}{prefix}{byte}", tenths % 10)
}

fn zoned(seconds: i64, zone: &TimeZone) -> ZonedDateTime {
    Timestamp::from_second(seconds)
        .unwrap_or(Timestamp::UNIX_EPOCH)
        .to_zoned_datetime(zone.clone())
}

/// A day: `25 November 2026`, `25 de noviembre de 2026`.
pub fn date(language: Language, seconds: i64) -> String {
    day(language, zoned(seconds, &TimeZone::system()).date())
}

fn day(language: Language, date: Date) -> String {
    let month = Text::new(language, month(date.month())).to_string();
    Text::new(language, "date-long")
        .with("day", date.day().to_string())
        .with("month", &month)
        .with("year", date.year().to_string())
        .to_string()
}

/// A day that is written `2026-11-25`, without its year: `25 November`. What is no day stays as it is.
pub fn day_and_month(language: Language, iso: &str) -> String {
    let Ok(date) = iso.parse::<Date>() else {
        return iso.to_owned();
    };
    let month = Text::new(language, month(date.month())).to_string();
    Text::new(language, "date-short")
        .with("day", date.day().to_string())
        .with("month", &month)
        .to_string()
}

/// A moment in full: `25 November 2026 18:02`.
pub fn moment(language: Language, seconds: i64) -> String {
    let then = zoned(seconds, &TimeZone::system());
    format!("{} {}", day(language, then.date()), clock(&then))
}

/// A moment as people tell it: `just now`, `5 minutes ago`, `today 18:02`, `yesterday 18:02`, `Tuesday 18:02`, and older or
/// later ones in full. Both in seconds since 1970.
pub fn near(language: Language, seconds: i64, now: i64) -> String {
    near_in(language, seconds, now, &TimeZone::system())
}

fn near_in(language: Language, seconds: i64, now: i64, zone: &TimeZone) -> String {
    let ago = now.saturating_sub(seconds);
    match ago {
        // A clock that was set meanwhile may say that it is in the future.
        -60..60 => return Text::new(language, "time-now").to_string(),
        60..3600 => {
            return Text::new(language, "time-minutes-ago")
                .with("minutes", ago / 60)
                .to_string();
        }
        _ => {}
    }
    let (then, today) = (zoned(seconds, zone), zoned(now, zone).date());
    let days = today
        .since(then.date())
        .map_or(i64::MAX, |span| i64::from(span.get_days()));
    let clock = clock(&then);
    match days {
        0 => Text::new(language, "time-today")
            .with("time", &clock)
            .to_string(),
        1 => Text::new(language, "time-yesterday")
            .with("time", &clock)
            .to_string(),
        2..7 => {
            let day = Text::new(language, weekday(then.weekday()));
            format!("{day} {clock}")
        }
        _ => format!("{} {clock}", day(language, then.date())),
    }
}

/// How long something takes, in its two largest units: `3 s`, `2 min`, `1 h 20 min`, `3 d`.
pub fn duration(language: Language, seconds: u64) -> String {
    let days = Text::new(language, "unit-days");
    let (s, min, h, d) = (seconds, seconds / 60, seconds / 3600, seconds / 86_400);
    let mut text = String::new();
    let _ = match (d, h, min) {
        (0, 0, 0) => write!(text, "{s}\u{a0}s"),
        (0, 0, min) => write!(text, "{min}\u{a0}min"),
        (0, h, min) if min % 60 == 0 => write!(text, "{h}\u{a0}h"),
        (0, h, min) => write!(text, "{h}\u{a0}h {}\u{a0}min", min % 60),
        (d, ..) => write!(
            text,
            "{}\u{a0}{days}",
            number(language, i64::try_from(d).unwrap_or(i64::MAX))
        ),
    };
    text
}

fn clock(then: &ZonedDateTime) -> String {
    format!("{}:{:02}", then.hour(), then.minute())
}

fn month(number: i8) -> &'static str {
    match number {
        1 => "month-1",
        2 => "month-2",
        3 => "month-3",
        4 => "month-4",
        5 => "month-5",
        6 => "month-6",
        7 => "month-7",
        8 => "month-8",
        9 => "month-9",
        10 => "month-10",
        11 => "month-11",
        _ => "month-12",
    }
}

fn weekday(day: Weekday) -> &'static str {
    match day {
        Weekday::Monday => "weekday-1",
        Weekday::Tuesday => "weekday-2",
        Weekday::Wednesday => "weekday-3",
        Weekday::Thursday => "weekday-4",
        Weekday::Friday => "weekday-5",
        Weekday::Saturday => "weekday-6",
        Weekday::Sunday => "weekday-7",
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use Language::{English, French, German, Spanish};

    #[test]
    fn numbers_have_their_thousands_apart() {
        let of = |n| [English, French, German, Spanish].map(|l| number(l, n));
        assert_eq!(of(0), ["0"; 4]);
        assert_eq!(of(999), ["999"; 4]);
        assert_eq!(of(1234), ["1,234", "1\u{202f}234", "1.234", "1234"]);
        assert_eq!(
            of(-1_234_567),
            [
                "-1,234,567",
                "-1\u{202f}234\u{202f}567",
                "-1.234.567",
                "-1.234.567"
            ]
        );
        assert_eq!(number(English, i64::MIN), "-9,223,372,036,854,775,808");
    }

    #[test]
    fn sizes_are_told_in_the_unit_that_reads_best() {
        let english = |n| size(English, n).replace('\u{a0}', " ");
        assert_eq!(english(0), "0 B");
        assert_eq!(english(999), "999 B");
        assert_eq!(english(1000), "1.0 kB");
        assert_eq!(english(3_449_000), "3.4 MB");
        assert_eq!(english(34_490_000), "34 MB");
        assert_eq!(english(999_999), "1.0 MB");
        assert_eq!(english(u64::MAX), "18,446,744 TB");
        assert_eq!(size(French, 3_449_000), "3,4\u{a0}Mo");
        assert_eq!(size(German, 3_449_000), "3,4\u{a0}MB");
    }

    #[test]
    fn moments_are_told_as_people_tell_them() {
        let zone = TimeZone::fixed(jiff::tz::offset(1));
        let now = 1_795_631_400; // Wednesday, 25 November 2026, 18:30 UTC
        let near = |language, before: i64| near_in(language, now - before, now, &zone);
        assert_eq!(near(English, 5), "just now");
        assert_eq!(near(English, -30), "just now");
        assert_eq!(near(English, 60), "1 minute ago");
        assert_eq!(near(French, 150), "il y a 2 minutes");
        assert_eq!(near(English, 2 * 3600), "today 17:30");
        assert_eq!(near(German, 20 * 3600), "gestern 23:30");
        assert_eq!(near(English, 19 * 3600 + 1799), "today 0:00");
        assert_eq!(near(Spanish, 3 * 86_400), "domingo 19:30");
        assert_eq!(near(German, 8 * 86_400), "17. November 2026 19:30");
        assert_eq!(near(English, -3 * 86_400), "28 November 2026 19:30");
        assert_eq!(near(Spanish, now), "1 de enero de 1970 1:00");
        // Nonsense is told, not feared.
        assert!(!near_in(English, i64::MIN, i64::MAX, &zone).is_empty());
    }

    #[test]
    fn a_day_near_by_needs_no_year() {
        let of = |language| day_and_month(language, "2026-11-05");
        assert_eq!(
            [English, French, German, Spanish].map(of),
            ["5 November", "5 novembre", "5. November", "5 de noviembre"]
        );
        assert_eq!(day_and_month(English, "<b>"), "<b>");
    }

    #[test]
    fn durations_have_two_units_at_most() {
        let of = |s| duration(English, s).replace('\u{a0}', " ");
        assert_eq!(of(3), "3 s");
        assert_eq!(of(119), "1 min");
        assert_eq!(of(4800), "1 h 20 min");
        assert_eq!(of(7200), "2 h");
        assert_eq!(of(3 * 86_400 + 5), "3 d");
        assert_eq!(duration(French, 2 * 86_400), "2\u{a0}j");
    }
}
