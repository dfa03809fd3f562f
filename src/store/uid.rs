//! UIDs, UIDVALIDITY, mod-sequences and expunged UIDs: the rows. They are truth: a file can be found again, a number
//! that was given twice cannot be taken back.
//!
//! Every function here runs inside a job of the database; each `write` job is one transaction.

use std::fmt;

use rusqlite::types::ToSqlOutput;
use rusqlite::{Connection, OptionalExtension, Result, Row, ToSql, params};

use super::flags::Flags;
use super::keywords::KeywordSet;
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
    /// Messages that nobody has read.
    pub unseen: u64,
    /// Messages marked for deletion.
    pub deleted: u64,
    /// Octets of those.
    pub deleted_bytes: u64,
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
    /// Its keywords: see [`Keywords`](super::Keywords).
    pub keywords: KeywordSet,
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
    /// How its lines end.
    pub lines: Lines,
}

impl Located {
    /// Whether a file of this length may be the one that got the UID: its bytes never change, so another length is another
    /// message.
    pub(super) fn fits(&self, on_disk: u64) -> bool {
        let expected = self.lines.on_disk(self.entry.size);
        expected.is_none_or(|expected| expected == on_disk)
    }
}

/// A message that has no UID yet.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub base: BaseName,
    pub spot: Spot,
    pub keywords: KeywordSet,
    pub size: u64,
    pub lines: Lines,
    pub arrived: i64,
    /// Who it was filed for, by which name, when it came through us.
    pub unique: Option<UniqueName>,
}

/// The id of a mailbox row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct MailboxId(i64);

/// That in the first column.
pub(super) fn mailbox_id(row: &Row<'_>) -> Result<MailboxId> {
    row.get(0).map(MailboxId)
}

impl ToSql for MailboxId {
    fn to_sql(&self) -> Result<ToSqlOutput<'_>> {
        self.0.to_sql()
    }
}

/// The row of a mailbox, as far as it does not change with its messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Known {
    pub id: MailboxId,
    pub name: String,
    pub object_id: String,
    pub special_use: Option<String>,
    pub recent: Uid,
    pub uid_validity: UidValidity,
}

const KNOWN: &str = "id, name, object_id, special_use, recent, uid_validity";

fn known(row: &Row<'_>) -> Result<Known> {
    Ok(Known {
        id: mailbox_id(row)?,
        name: row.get(1)?,
        object_id: row.get(2)?,
        special_use: row.get(3)?,
        recent: Uid(row.get(4)?),
        uid_validity: UidValidity(row.get(5)?),
    })
}

/// The rows of all mailboxes of a member.
pub(super) fn all(c: &Connection, member: &MemberName) -> Result<Vec<Known>> {
    c.prepare_cached(&format!(
        "SELECT {KNOWN} FROM mailboxes WHERE member = ?1 ORDER BY name"
    ))?
    .query_map([member.as_str()], known)?
    .collect()
}

/// The row of one mailbox, by its name.
pub(super) fn named(
    c: &Connection,
    member: &MemberName,
    name: &MailboxName,
) -> Result<Option<Known>> {
    c.prepare_cached(&format!(
        "SELECT {KNOWN} FROM mailboxes WHERE member = ?1 AND name = ?2"
    ))?
    .query_row([member.as_str(), name.as_str()], known)
    .optional()
}

/// The row of one mailbox.
pub(super) fn by_id(c: &Connection, mailbox: MailboxId) -> Result<Option<Known>> {
    c.prepare_cached(&format!("SELECT {KNOWN} FROM mailboxes WHERE id = ?1"))?
        .query_row([mailbox], known)
        .optional()
}

/// Forgets a mailbox, with all that is known of its messages.
pub(super) fn remove(c: &Connection, mailbox: MailboxId) -> Result<()> {
    c.execute("DELETE FROM mailboxes WHERE id = ?1", [mailbox])?;
    Ok(())
}

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
        .query_row([member.as_str(), name.as_str()], mailbox_id)
        .optional()
}

/// A UIDVALIDITY for a new mailbox, above every other that this home gave, and not below the clock (`now`: seconds since 1970), so
/// that one made after the database was lost differs as well.
///
/// # Errors
/// Those of the database.
pub fn new_validity(c: &Connection, now: i64) -> Result<UidValidity> {
    let now = now.clamp(1, i64::from(u32::MAX) - 1_000_000);
    let last = "UPDATE uid_validity SET last = max(last + 1, ?1) RETURNING last";
    c.query_row(last, [now], |row| row.get(0).map(UidValidity))
}

/// Finds or makes the row of a mailbox.
pub(super) fn make(
    c: &Connection,
    member: &MemberName,
    name: &MailboxName,
    now: i64,
) -> Result<MailboxId> {
    if let Some(id) = find(c, member, name)? {
        return Ok(id);
    }
    let validity = new_validity(c, now)?.0;
    c.query_row(
        "INSERT INTO mailboxes (member, name, uid_validity, object_id)
         VALUES (?1, ?2, ?3, lower(hex(randomblob(8)))) RETURNING id",
        params![member.as_str(), name.as_str(), validity],
        mailbox_id,
    )
}

/// Forgets everything of one member.
pub(super) fn forget(c: &Connection, member: &MemberName) -> Result<()> {
    c.execute(
        "DELETE FROM mailbox_filed WHERE member = ?1",
        [member.as_str()],
    )?;
    c.execute(
        "DELETE FROM mailbox_subscriptions WHERE member = ?1",
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
        "SELECT uid_validity, uid_next, mod_seq, messages, bytes, unseen, deleted, deleted_bytes
         FROM mailboxes WHERE id = ?1",
    )?
    .query_row([mailbox], |row| {
        Ok(Figures {
            uid_validity: UidValidity(row.get(0)?),
            uid_next: Uid(row.get(1)?),
            mod_seq: ModSeq(unsigned(row.get(2)?)),
            messages: unsigned(row.get(3)?),
            bytes: unsigned(row.get(4)?),
            unseen: unsigned(row.get(5)?),
            deleted: unsigned(row.get(6)?),
            deleted_bytes: unsigned(row.get(7)?),
        })
    })
}

/// How many messages have this UID or one above.
pub(super) fn count_from(c: &Connection, mailbox: MailboxId, first: Uid) -> Result<u64> {
    c.prepare_cached("SELECT count(*) FROM mailbox_messages WHERE mailbox = ?1 AND uid >= ?2")?
        .query_row(params![mailbox, first.0], |row| row.get(0).map(unsigned))
}

/// What a job adds to the figures of a mailbox.
#[derive(Default)]
struct Tally {
    messages: i64,
    bytes: i64,
    unseen: i64,
    deleted: i64,
    deleted_bytes: i64,
}

impl Tally {
    /// A message with these flags comes (1) or goes (-1).
    fn count(&mut self, flags: Flags, size: i64, sign: i64) {
        self.messages += sign;
        self.bytes += sign * size;
        self.unseen += sign * i64::from(!flags.has(Flags::SEEN));
        if flags.has(Flags::TRASHED) {
            self.deleted += sign;
            self.deleted_bytes += sign * size;
        }
    }

    fn settle(&self, c: &Connection, mailbox: MailboxId) -> Result<()> {
        c.prepare_cached(
            "UPDATE mailboxes SET messages = messages + ?2, bytes = bytes + ?3, unseen = unseen + ?4,
                deleted = deleted + ?5, deleted_bytes = deleted_bytes + ?6 WHERE id = ?1",
        )?
        .execute(params![
            mailbox,
            self.messages,
            self.bytes,
            self.unseen,
            self.deleted,
            self.deleted_bytes
        ])?;
        Ok(())
    }
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

/// Whether a message of that name or a copy of it has a row: names of both say which message it is
/// ([`EmailId`](super::maildir::EmailId)).
pub(super) fn lies_here(c: &Connection, member: &MemberName, unique: &UniqueName) -> Result<bool> {
    c.prepare_cached(
        "SELECT 1 FROM mailboxes b JOIN mailbox_messages m ON m.mailbox = b.id
         WHERE b.member = ?1 AND instr(m.name, ?2) > 0",
    )?
    .exists(params![member.as_str(), unique.to_string().into_bytes()])
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
        .query_row([mailbox], |row| row.get(0))
}

/// Gives UIDs, in the order of `found`; the first of them. `recent` is kept along with it.
pub(super) fn assign(
    c: &Connection,
    member: &MemberName,
    mailbox: MailboxId,
    found: &[Found],
    recent: Uid,
) -> Result<Option<Uid>> {
    if found.is_empty() {
        return Ok(None);
    }
    let mut tally = Tally::default();
    let (mut uid, mod_seq): (u32, i64) = c
        .prepare_cached(
            "UPDATE mailboxes SET uid_next = uid_next + ?2, mod_seq = mod_seq + 1,
                recent = max(recent, ?3)
             WHERE id = ?1 RETURNING uid_next - ?2, mod_seq",
        )?
        .query_row(
            params![mailbox, signed(found.len() as u64), recent.0],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
    let first = Uid(uid);
    let mut message = c.prepare_cached(
        "INSERT INTO mailbox_messages (mailbox, uid, name, place, flags, size, lines, arrived, mod_seq, keywords)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
    )?;
    let mut filed = c.prepare_cached(
        "INSERT OR IGNORE INTO mailbox_filed (member, unique_name, filed_at)
     VALUES (?1, ?2, 0)",
    )?;
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
            f.keywords.0,
        ])?;
        tally.count(f.spot.flags, signed(f.size), 1);
        if let Some(unique) = &f.unique {
            filed.execute(params![member.as_str(), unique.as_bytes()])?;
        }
        uid += 1; // cannot overflow: uid_next was checked above
    }
    tally.settle(c, mailbox)?;
    Ok(Some(first))
}

/// How one message is from now on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shift {
    pub uid: Uid,
    pub spot: Spot,
    /// `None`: as before.
    pub keywords: Option<KeywordSet>,
}

/// Messages that were renamed, or have other keywords.
pub(super) fn shift(c: &Connection, mailbox: MailboxId, moved: &[Shift]) -> Result<ModSeq> {
    let mod_seq = count_change(c, mailbox)?;
    let mut before = c.prepare_cached(
        "SELECT flags, size, keywords FROM mailbox_messages WHERE mailbox = ?1 AND uid = ?2",
    )?;
    let mut row = c.prepare_cached(
        "UPDATE mailbox_messages SET place = ?3, flags = ?4, keywords = ?5 WHERE mailbox = ?1 AND uid = ?2",
    )?;
    // A statement of its own: one that names the column makes work for its index.
    let mut counted = c.prepare_cached(
        "UPDATE mailbox_messages SET mod_seq = ?3 WHERE mailbox = ?1 AND uid = ?2",
    )?;
    let mut tally = Tally::default();
    for Shift {
        uid,
        spot,
        keywords,
    } in moved
    {
        let old: Option<(i64, i64, u32)> = before
            .query_row(params![mailbox, uid.0], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?))
            })
            .optional()?;
        let Some((flags, size, old_keywords)) = old else {
            continue;
        };
        let keywords = keywords.map_or(old_keywords, |set| set.0);
        let place = place_number(spot.place);
        row.execute(params![mailbox, uid.0, place, spot.flags.bits(), keywords])?;
        if flags != spot.flags.bits() || keywords != old_keywords {
            counted.execute(params![mailbox, uid.0, mod_seq])?;
            tally.count(Flags::from_bits(flags), size, -1);
            tally.count(spot.flags, size, 1);
        }
    }
    tally.settle(c, mailbox)?;
    Ok(ModSeq(unsigned(mod_seq)))
}

/// Messages whose files are gone.
pub(super) fn expunge(c: &Connection, mailbox: MailboxId, gone: &[Uid]) -> Result<()> {
    if gone.is_empty() {
        return Ok(());
    }
    let mod_seq = count_change(c, mailbox)?;
    let mut message = c.prepare_cached(
        "DELETE FROM mailbox_messages WHERE mailbox = ?1 AND uid = ?2 RETURNING flags, size",
    )?;
    let mut trace = c.prepare_cached(
        "INSERT INTO mailbox_expunged (mailbox, uid, mod_seq) VALUES (?1, ?2, ?3)",
    )?;
    let mut tally = Tally::default();
    for uid in gone {
        let old: Option<(i64, i64)> = message
            .query_row(params![mailbox, uid.0], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .optional()?;
        if let Some((flags, size)) = old {
            tally.count(Flags::from_bits(flags), size, -1);
            trace.execute(params![mailbox, uid.0, mod_seq])?;
        }
    }
    tally.settle(c, mailbox)
}

const ENTRY: &str = "uid, size, flags, mod_seq, arrived, lines, keywords";

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
        keywords: KeywordSet(row.get(6)?),
    })
}

/// All messages, by UID.
pub(super) fn entries(c: &Connection, mailbox: MailboxId) -> Result<Vec<Entry>> {
    let count: i64 = c
        .prepare_cached("SELECT messages FROM mailboxes WHERE id = ?1")?
        .query_row([mailbox], |row| row.get(0))?;
    // To its size at once: a list that grows would for a moment take the double.
    let mut entries = Vec::with_capacity(usize::try_from(count).unwrap_or(0));
    let mut rows = c.prepare_cached(&format!(
        "SELECT {ENTRY} FROM mailbox_messages WHERE mailbox = ?1 ORDER BY uid"
    ))?;
    let mut rows = rows.query([mailbox])?;
    while let Some(row) = rows.next()? {
        entries.push(entry(row)?);
    }
    Ok(entries)
}

/// Those of `uids`, which ascend, that exist.
pub(super) fn entries_of(c: &Connection, mailbox: MailboxId, uids: &[Uid]) -> Result<Vec<Entry>> {
    let mut found = Vec::with_capacity(uids.len());
    let mut one = c.prepare_cached(&format!(
        "SELECT {ENTRY} FROM mailbox_messages WHERE mailbox = ?1 AND uid = ?2"
    ))?;
    for uid in uids {
        let row = one.query_row(params![mailbox, uid.0], entry).optional()?;
        found.extend(row);
    }
    Ok(found)
}

/// All messages that changed after `since`, by UID.
pub(super) fn changed(c: &Connection, mailbox: MailboxId, since: ModSeq) -> Result<Vec<Entry>> {
    let mut entries: Vec<Entry> = c
        .prepare_cached(&format!(
            "SELECT {ENTRY} FROM mailbox_messages INDEXED BY mailbox_messages_changed
             WHERE mailbox = ?1 AND mod_seq > ?2"
        ))?
        .query_map(params![mailbox, signed(since.0)], entry)?
        .collect::<Result<_>>()?;
    entries.sort_unstable_by_key(|entry| entry.uid);
    Ok(entries)
}

/// UIDs that went after `since`.
pub(super) fn vanished(c: &Connection, mailbox: MailboxId, since: ModSeq) -> Result<Vec<Uid>> {
    c.prepare_cached(
        "SELECT uid FROM mailbox_expunged INDEXED BY mailbox_expunged_changed
         WHERE mailbox = ?1 AND mod_seq > ?2 ORDER BY uid",
    )?
    .query_map(params![mailbox, signed(since.0)], |row| row.get(0).map(Uid))?
    .collect()
}

fn located(row: &Row<'_>) -> Result<Located> {
    let entry = entry(row)?;
    Ok(Located {
        entry,
        base: row.get_ref(7)?.as_blob()?.into(),
        spot: Spot {
            place: place_of(row, 8)?,
            flags: entry.flags,
        },
        lines: lines(row)?,
    })
}

/// Where one message lies.
pub(super) fn locate(c: &Connection, mailbox: MailboxId, uid: Uid) -> Result<Option<Located>> {
    c.prepare_cached(&format!(
        "SELECT {ENTRY}, name, place FROM mailbox_messages WHERE mailbox = ?1 AND uid = ?2"
    ))?
    .query_row(params![mailbox, uid.0], located)
    .optional()
}

/// Whether a file of this base name was in `cur` when it was seen last: a walk through the rows of the mailbox.
pub(super) fn is_in_cur(c: &Connection, mailbox: MailboxId, base: &[u8]) -> Result<bool> {
    c.prepare_cached(
        "SELECT EXISTS (SELECT 1 FROM mailbox_messages WHERE mailbox = ?1 AND place = 1 AND name = ?2)",
    )?
    .query_row(params![mailbox, base], |row| row.get(0))
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
    let mut rows = rows.query([mailbox])?;
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
