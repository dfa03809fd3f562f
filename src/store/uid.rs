//! UIDs, UIDVALIDITY, mod-sequences and expunged UIDs: the rows. They are truth: a file can be found again, a number
//! that was given twice cannot be taken back.
//!
//! Every function here runs inside a job of the database; each `write` job is one transaction.

use std::fmt;

use rusqlite::{Connection, OptionalExtension, Result, Row, params};

use super::flags::Flags;
use super::maildir::{BaseName, MailboxName, Place, Spot, UniqueName};
use super::message::Lines;
use crate::mail::address::MemberName;

/// The number of a message in its mailbox; ascending, never given twice (RFC 3501 section 2.3.1.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Uid(pub u32);

impl Uid {
    /// The first of a new mailbox.
    pub const FIRST: Self = Self(1);
}

impl fmt::Display for Uid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Changes when the UIDs of a mailbox mean something else than before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UidValidity(pub u32);

impl fmt::Display for UidValidity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Counts the changes of a mailbox (RFC 7162). Messages that change together share one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ModSeq(pub u64);

/// A mailbox in figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Figures {
    /// Its UIDVALIDITY.
    pub uid_validity: UidValidity,
    /// A UID above all that were given.
    pub uid_next: Uid,
    /// The last change.
    pub mod_seq: ModSeq,
    /// Messages in it.
    pub messages: u64,
    /// Their octets with CRLF.
    pub bytes: u64,
}

/// One message as a listing shows it; its file is not read for that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its number.
    pub uid: Uid,
    /// Octets with CRLF.
    pub size: u64,
    /// Its flags.
    pub flags: Flags,
    /// When it changed last.
    pub mod_seq: ModSeq,
    /// When it arrived, seconds since 1970.
    pub arrived: i64,
    /// Its last line has no CRLF: who sends it in lines sends two octets more than [`size`](Self::size).
    pub open_end: bool,
}

/// Where the file of a message is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Located {
    pub entry: Entry,
    pub base: BaseName,
    pub spot: Spot,
    /// Some of its lines end in LF alone.
    pub lf: bool,
}

/// A message that has no UID yet.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub base: BaseName,
    pub spot: Spot,
    pub size: u64,
    pub lines: Lines,
    pub arrived: i64,
    /// Who it was filed for, by which name, when it came through us.
    pub unique: Option<UniqueName>,
}

/// The id of a mailbox row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct MailboxId(i64);

fn unsigned(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(0)
}

fn signed(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

fn place_of(row: &Row<'_>, column: usize) -> Result<Place> {
    Ok(if row.get::<_, i64>(column)? == 0 {
        Place::New
    } else {
        Place::Cur
    })
}

fn place_number(place: Place) -> i64 {
    match place {
        Place::New => 0,
        Place::Cur => 1,
    }
}

pub(super) fn find(
    c: &Connection,
    member: &MemberName,
    name: &MailboxName,
) -> Result<Option<MailboxId>> {
    c.prepare_cached("SELECT id FROM mailboxes WHERE member = ?1 AND name = ?2")?
        .query_row([member.as_str(), name.as_str()], |row| {
            row.get(0).map(MailboxId)
        })
        .optional()
}

/// Finds or makes the row of a mailbox. A new one gets a UIDVALIDITY above every other that this home gave, and not below
/// the clock, so that one made after the database was lost differs as well.
pub(super) fn make(
    c: &Connection,
    member: &MemberName,
    name: &MailboxName,
    now: i64,
) -> Result<MailboxId> {
    if let Some(id) = find(c, member, name)? {
        return Ok(id);
    }
    let now = now.clamp(1, i64::from(u32::MAX) - 1_000_000);
    let validity: i64 = c.query_row(
        "UPDATE uid_validity SET last = max(last + 1, ?1) RETURNING last",
        [now],
        |row| row.get(0),
    )?;
    c.query_row(
        "INSERT INTO mailboxes (member, name, uid_validity) VALUES (?1, ?2, ?3) RETURNING id",
        params![member.as_str(), name.as_str(), validity],
        |row| row.get(0).map(MailboxId),
    )
}

/// Forgets everything of one member.
pub(super) fn forget(c: &Connection, member: &MemberName) -> Result<()> {
    c.execute(
        "DELETE FROM mailbox_filed WHERE member = ?1",
        [member.as_str()],
    )?;
    c.execute("DELETE FROM mailboxes WHERE member = ?1", [member.as_str()])?;
    Ok(())
}

pub(super) fn members(c: &Connection) -> Result<Vec<(String, String)>> {
    c.prepare("SELECT member, name FROM mailboxes ORDER BY member, name")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect()
}

pub(super) fn figures(c: &Connection, mailbox: MailboxId) -> Result<Figures> {
    c.prepare_cached(
        "SELECT uid_validity, uid_next, mod_seq, messages, bytes FROM mailboxes WHERE id = ?1",
    )?
    .query_row([mailbox.0], |row| {
        Ok(Figures {
            uid_validity: UidValidity(row.get(0)?),
            uid_next: Uid(row.get(1)?),
            mod_seq: ModSeq(unsigned(row.get(2)?)),
            messages: unsigned(row.get(3)?),
            bytes: unsigned(row.get(4)?),
        })
    })
}

/// Octets in all mailboxes of a member.
pub(super) fn used(c: &Connection, member: &MemberName) -> Result<u64> {
    c.prepare_cached("SELECT coalesce(sum(bytes), 0) FROM mailboxes WHERE member = ?1")?
        .query_row([member.as_str()], |row| row.get(0).map(unsigned))
}

pub(super) fn was_filed(c: &Connection, member: &MemberName, unique: &UniqueName) -> Result<bool> {
    c.prepare_cached("SELECT 1 FROM mailbox_filed WHERE member = ?1 AND unique_name = ?2")?
        .exists(params![member.as_str(), unique.as_bytes()])
}

/// Dates the deliveries that have no date yet, and forgets those before `time`; gives back how many.
pub(super) fn forget_filed(c: &Connection, now: i64, time: i64) -> Result<usize> {
    c.execute(
        "UPDATE mailbox_filed SET filed_at = ?1 WHERE filed_at = 0",
        [now],
    )?;
    c.execute("DELETE FROM mailbox_filed WHERE filed_at < ?1", [time])
}

/// Everybody who has a mailbox.
pub(super) fn owners(c: &Connection) -> Result<Vec<String>> {
    c.prepare("SELECT DISTINCT member FROM mailboxes ORDER BY member")?
        .query_map([], |row| row.get(0))?
        .collect()
}

/// Everything is one change: gives the mod-sequence of it.
fn count_change(c: &Connection, mailbox: MailboxId) -> Result<i64> {
    c.prepare_cached("UPDATE mailboxes SET mod_seq = mod_seq + 1 WHERE id = ?1 RETURNING mod_seq")?
        .query_row([mailbox.0], |row| row.get(0))
}

/// Gives UIDs, in the order of `found`.
pub(super) fn assign(
    c: &Connection,
    member: &MemberName,
    mailbox: MailboxId,
    found: &[Found],
) -> Result<Option<Uid>> {
    if found.is_empty() {
        return Ok(None);
    }
    let bytes: u64 = found.iter().map(|f| f.size).sum();
    let (mut uid, mod_seq): (u32, i64) = c
        .prepare_cached(
            "UPDATE mailboxes SET uid_next = uid_next + ?2, mod_seq = mod_seq + 1,
                messages = messages + ?2, bytes = bytes + ?3
             WHERE id = ?1 RETURNING uid_next - ?2, mod_seq",
        )?
        .query_row(
            params![mailbox.0, signed(found.len() as u64), signed(bytes)],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
    let first = Uid(uid);
    let mut message = c.prepare_cached(
        "INSERT INTO mailbox_messages VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?;
    let mut filed = c.prepare_cached("INSERT OR IGNORE INTO mailbox_filed VALUES (?1, ?2, 0)")?;
    for f in found {
        message.execute(params![
            mailbox.0,
            uid,
            &f.base[..],
            place_number(f.spot.place),
            f.spot.flags.bits(),
            signed(f.size),
            f.lines.bits(),
            f.arrived,
            mod_seq,
        ])?;
        if let Some(unique) = &f.unique {
            filed.execute(params![member.as_str(), unique.as_bytes()])?;
        }
        uid += 1; // cannot overflow: uid_next was checked above
    }
    Ok(Some(first))
}

/// Messages that were renamed.
pub(super) fn shift(c: &Connection, mailbox: MailboxId, moved: &[(Uid, Spot)]) -> Result<ModSeq> {
    let mod_seq = count_change(c, mailbox)?;
    let mut row = c.prepare_cached(
        "UPDATE mailbox_messages SET place = ?3, flags = ?4,
            mod_seq = CASE WHEN flags = ?4 THEN mod_seq ELSE ?5 END
         WHERE mailbox = ?1 AND uid = ?2",
    )?;
    for (uid, spot) in moved {
        let (place, flags) = (place_number(spot.place), spot.flags.bits());
        row.execute(params![mailbox.0, uid.0, place, flags, mod_seq])?;
    }
    Ok(ModSeq(unsigned(mod_seq)))
}

/// Messages whose files are gone.
pub(super) fn expunge(c: &Connection, mailbox: MailboxId, gone: &[Uid]) -> Result<()> {
    if gone.is_empty() {
        return Ok(());
    }
    let mod_seq = count_change(c, mailbox)?;
    let mut message = c.prepare_cached(
        "DELETE FROM mailbox_messages WHERE mailbox = ?1 AND uid = ?2 RETURNING size",
    )?;
    let mut trace = c.prepare_cached("INSERT INTO mailbox_expunged VALUES (?1, ?2, ?3)")?;
    let (mut messages, mut bytes) = (0_i64, 0_i64);
    for uid in gone {
        let size: Option<i64> = message
            .query_row(params![mailbox.0, uid.0], |row| row.get(0))
            .optional()?;
        if let Some(size) = size {
            messages += 1;
            bytes += size;
            trace.execute(params![mailbox.0, uid.0, mod_seq])?;
        }
    }
    c.prepare_cached(
        "UPDATE mailboxes SET messages = messages - ?2, bytes = bytes - ?3 WHERE id = ?1",
    )?
    .execute([mailbox.0, messages, bytes])?;
    Ok(())
}

const ENTRY: &str = "uid, size, flags, mod_seq, arrived, lines";

fn lines(row: &Row<'_>) -> Result<Lines> {
    row.get(5).map(Lines::from_bits)
}

fn entry(row: &Row<'_>) -> Result<Entry> {
    Ok(Entry {
        uid: Uid(row.get(0)?),
        size: unsigned(row.get(1)?),
        flags: Flags::from_bits(row.get(2)?),
        mod_seq: ModSeq(unsigned(row.get(3)?)),
        arrived: row.get(4)?,
        open_end: lines(row)?.open_end,
    })
}

/// All messages that changed after `since`, by UID.
pub(super) fn entries(c: &Connection, mailbox: MailboxId, since: ModSeq) -> Result<Vec<Entry>> {
    c.prepare_cached(&format!(
        "SELECT {ENTRY} FROM mailbox_messages WHERE mailbox = ?1 AND mod_seq > ?2 ORDER BY uid"
    ))?
    .query_map([mailbox.0, signed(since.0)], entry)?
    .collect()
}

/// UIDs that went after `since`.
pub(super) fn vanished(c: &Connection, mailbox: MailboxId, since: ModSeq) -> Result<Vec<Uid>> {
    c.prepare_cached(
        "SELECT uid FROM mailbox_expunged WHERE mailbox = ?1 AND mod_seq > ?2 ORDER BY uid",
    )?
    .query_map([mailbox.0, signed(since.0)], |row| row.get(0).map(Uid))?
    .collect()
}

fn located(row: &Row<'_>) -> Result<Located> {
    let entry = entry(row)?;
    Ok(Located {
        entry,
        base: row.get_ref(6)?.as_blob()?.into(),
        spot: Spot {
            place: place_of(row, 7)?,
            flags: entry.flags,
        },
        lf: lines(row)?.lf,
    })
}

/// Where one message lies.
pub(super) fn locate(c: &Connection, mailbox: MailboxId, uid: Uid) -> Result<Option<Located>> {
    c.prepare_cached(&format!(
        "SELECT {ENTRY}, name, place FROM mailbox_messages WHERE mailbox = ?1 AND uid = ?2"
    ))?
    .query_row(params![mailbox.0, uid.0], located)
    .optional()
}

/// Calls `each` with uid, base name and place of every message.
pub(super) fn visit(
    c: &Connection,
    mailbox: MailboxId,
    which: Which,
    mut each: impl FnMut(Uid, &[u8], Spot),
) -> Result<()> {
    let place = match which {
        Which::All => "",
        Which::InNew => " AND place = 0",
    };
    let mut rows = c.prepare_cached(&format!(
        "SELECT uid, name, place, flags FROM mailbox_messages WHERE mailbox = ?1{place} ORDER BY uid"
    ))?;
    let mut rows = rows.query([mailbox.0])?;
    while let Some(row) = rows.next()? {
        let spot = Spot {
            place: place_of(row, 2)?,
            flags: Flags::from_bits(row.get(3)?),
        };
        each(Uid(row.get(0)?), row.get_ref(1)?.as_blob()?, spot);
    }
    Ok(())
}

/// Which rows to visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Which {
    All,
    InNew,
}

/// Another UIDVALIDITY for every mailbox.
pub(super) fn renew(c: &Connection, now: i64) -> Result<()> {
    let now = now.clamp(1, i64::from(u32::MAX) - 1_000_000);
    // Two that are restored from one copy go on apart, also where no clock is set: hence a chance.
    c.execute(
        "UPDATE uid_validity SET last = max(last + 1, ?1) + abs(random() % 65536)",
        [now],
    )?;
    c.execute(
        "UPDATE mailboxes SET uid_validity = (SELECT last FROM uid_validity) + id",
        [],
    )?;
    c.execute(
        "UPDATE uid_validity SET last = coalesce((SELECT max(uid_validity) FROM mailboxes), last)",
        [],
    )?;
    Ok(())
}
