//! How much came and went each day, for a chart.
//!
//! # What happens here
//! One row for each day, member, direction and way, written by whoever files or settles a letter, in the transaction that
//! does so: it costs no fsync, and a letter is counted when it is certain and never twice.
//!
//! # Rules
//! - A letter is *sent* when the first of its recipients by one way and place has it, *received* when it lies in a mailbox, or
//!   in the mail server that the family has already. What the home itself writes is no letter.
//! - Days begin where the home is (`TZ`, else `/etc/localtime`; without either in UTC), by the wall clock. A clock that is
//!   earlier than this program counts nothing.
//!
//! # Known limits
//! A letter that another program files, or that a crash left between the two halves of its filing, is not counted. A clock that
//! is wrong puts a letter under a wrong day.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use rusqlite::{Connection, params};

use crate::database::{Database, Error};
use crate::mail::address::MemberName;

/// For how many days rows are kept.
pub const KEPT: i64 = 400;
/// 2026-01-01: no clock that is set is earlier than this program.
const FLOOR: i64 = 1_767_225_600;

/// Which way a letter took.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Way {
    /// From home to home.
    Direct,
    /// By a mail provider.
    Ordinary,
    /// Within this home.
    Local,
    /// To or from a friend's chat program.
    Chat,
    /// To the mail server that the family has already.
    Gateway,
}

impl Way {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 5] = [
        Self::Direct,
        Self::Ordinary,
        Self::Local,
        Self::Chat,
        Self::Gateway,
    ];

    /// The word in rows and answers.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Direct => "direct",
            Self::Ordinary => "ordinary",
            Self::Local => "local",
            Self::Chat => "chat",
            Self::Gateway => "gateway",
        }
    }
}

/// Where it went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Direction {
    /// To somebody here.
    Received,
    /// From somebody here.
    Sent,
}

impl Direction {
    const fn word(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Sent => "sent",
        }
    }
}

/// A day: days since 1970-01-01.
pub type Day = i64;

/// The day here of a moment in seconds since 1970; `None` for a clock that was not set.
pub fn day_of(wall: i64) -> Option<Day> {
    (wall >= FLOOR).then(|| (wall + offset(wall)).div_euclid(86_400))
}

/// Seconds that the clocks here are ahead of UTC at that moment. The zone is looked for anew every few minutes: somebody may
/// choose another one.
fn offset(wall: i64) -> i64 {
    ahead(&TimeZone::system(), wall)
}

fn ahead(zone: &TimeZone, wall: i64) -> i64 {
    Timestamp::from_second(wall).map_or(0, |moment| zone.to_offset(moment).seconds().into())
}

/// Counts one letter, inside the transaction that makes it certain. `member` is empty for people without a mailbox here.
///
/// # Errors
/// Those of the database.
pub fn count(
    c: &Connection,
    day: Option<Day>,
    member: &str,
    (direction, way): (Direction, Way),
    bytes: u64,
) -> rusqlite::Result<()> {
    let Some(day) = day else { return Ok(()) };
    c.prepare_cached(
        "INSERT INTO days (day, member, direction, way, letters, bytes) VALUES (?1, ?2, ?3, ?4, 1, ?5)
         ON CONFLICT DO UPDATE SET letters = letters + 1, bytes = bytes + excluded.bytes",
    )?
    .execute(params![
        day,
        member,
        direction.word(),
        way.word(),
        i64::try_from(bytes).unwrap_or(i64::MAX)
    ])?;
    Ok(())
}

/// Letters and bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Total {
    /// How many letters.
    pub letters: u64,
    /// How many bytes.
    pub bytes: u64,
}

/// What was counted from `first` to `last`, of one member or of everybody; days without a letter are not in it.
///
/// # Errors
/// Those of the database.
pub fn totals(
    database: &Database,
    (first, last): (Day, Day),
    member: Option<&MemberName>,
) -> Result<BTreeMap<(Day, Direction, Way), Total>, Error> {
    database.read(|c| {
        let mut statement = c.prepare_cached(
            "SELECT day, direction, way, sum(letters), sum(bytes) FROM days
             WHERE day BETWEEN ?1 AND ?2 AND (?3 IS NULL OR member = ?3) GROUP BY day, direction, way",
        )?;
        let mut rows = statement.query(params![first, last, member.map(|m| m.as_str())])?;
        let mut found = BTreeMap::new();
        while let Some(row) = rows.next()? {
            let (direction, way): (String, String) = (row.get(1)?, row.get(2)?);
            let direction = match direction.as_str() {
                "sent" => Direction::Sent,
                _ => Direction::Received,
            };
            // The table takes no other word.
            let Some(way) = Way::ALL.into_iter().find(|known| known.word() == way) else {
                continue;
            };
            let total = Total {
                letters: row.get::<_, i64>(3)?.unsigned_abs(),
                bytes: row.get::<_, i64>(4)?.unsigned_abs(),
            };
            found.insert((row.get(0)?, direction, way), total);
        }
        Ok(found)
    })
}

/// Forgets days that are too long ago; `now` is of a clock that is trusted.
///
/// # Errors
/// Those of the database.
pub fn forget(database: &Database, now: i64) -> Result<(), Error> {
    let Some(today) = day_of(now) else {
        return Ok(());
    };
    let any = database.read(|c| -> Result<bool, Error> {
        let old = "SELECT EXISTS (SELECT 1 FROM days WHERE day <= ?1)";
        Ok(c.query_row(old, [today - KEPT], |row| row.get(0))?)
    })?;
    if !any {
        return Ok(());
    }
    database.write(move |c| {
        c.execute("DELETE FROM days WHERE day <= ?1", [today - KEPT])?;
        Ok(())
    })
}

/// A day as ISO 8601 writes it: `2026-11-25`.
pub fn iso(day: Day) -> String {
    let date = mail_parser::DateTime::from_timestamp(day.saturating_mul(86_400));
    format!("{:04}-{:02}-{:02}", date.year, date.month, date.day)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use super::*;

    const NOON: i64 = 20_782 * 86_400 + 43_200;

    #[test]
    fn a_day_begins_where_the_home_is() {
        let far_east = TimeZone::posix("<+13>-13").unwrap();
        assert_eq!(ahead(&far_east, NOON), 13 * 3600);
        let new_york = TimeZone::posix("EST5EDT,M3.2.0,M11.1.0").unwrap();
        assert_eq!(ahead(&new_york, NOON), -5 * 3600, "in winter");
        let summer = NOON + 240 * 86_400;
        assert_eq!(ahead(&new_york, summer), -4 * 3600);
        assert_eq!(ahead(&TimeZone::UTC, i64::MAX), 0, "no moment at all");
        assert_eq!(day_of(1000), None, "a clock that was not set");
        assert!(day_of(NOON).unwrap().abs_diff(20_782) <= 1);
        assert_eq!(iso(20_782), "2026-11-25");
    }

    #[test]
    fn letters_are_added_up_and_old_days_forgotten() {
        let dir = tempfile::tempdir().unwrap();
        let database = Database::open(&dir.path().join("db")).unwrap();
        let (anna, ben): (MemberName, MemberName) =
            ("anna".parse().unwrap(), "ben".parse().unwrap());
        let today = day_of(NOON).unwrap();
        let sent = (Direction::Sent, Way::Direct);
        database
            .write(move |c| -> Result<(), Error> {
                count(c, Some(today), "anna", sent, 100)?;
                count(c, Some(today), "anna", sent, 20)?;
                count(c, Some(today), "ben", sent, 3)?;
                count(c, Some(today), "ben", (Direction::Received, Way::Chat), 7)?;
                count(c, Some(today - KEPT), "anna", sent, 1)?;
                count(c, Some(today - KEPT + 1), "anna", sent, 1)?;
                Ok(count(c, None, "anna", sent, 1)?)
            })
            .unwrap();
        let days =
            |member: Option<&MemberName>, first| totals(&database, (first, today), member).unwrap();
        let total = |letters, bytes| Total { letters, bytes };
        assert_eq!(
            days(None, today),
            BTreeMap::from([
                ((today, Direction::Received, Way::Chat), total(1, 7)),
                ((today, Direction::Sent, Way::Direct), total(3, 123)),
            ])
        );
        assert_eq!(days(Some(&anna), today).len(), 1);
        let of_anna = days(Some(&anna), today)[&(today, Direction::Sent, Way::Direct)];
        assert_eq!(of_anna, total(2, 120));
        assert_eq!(days(Some(&ben), today).len(), 2);
        assert_eq!(days(Some(&anna), 0).len(), 3);
        forget(&database, NOON).unwrap();
        forget(&database, NOON).unwrap();
        assert_eq!(days(Some(&anna), 0).len(), 2, "400 days are kept");
    }
}
