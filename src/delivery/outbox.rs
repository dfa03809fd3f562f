//! What of a member's is on its way, as their mail program sees it: the mailbox `Outbox`.
//!
//! # What happens here
//! [`Outbox::look`](Outgoing::look) compares the rows of the Outbox with the queue, and gives what has got further a new UID. It
//! is done when somebody looks, and while somebody watches whenever the queue rings. A letter that is taken out is cancelled
//! as on the page.
//!
//! # Rules
//! - A letter is there as long as somebody waits for it. Its bytes are a field that says how far it is ([`outbox::status`]), and
//!   its own.
//! - A new state is a new UID: at most once per change of who has it and who waits for what, and once a day for the words
//!   ("yesterday").
//! - Whoever takes a letter back that somebody has already hears who that is. A UID that has gone means the letter still: whoever
//!   takes it back has not heard yet that it got further.
//!
//! # Known limits
//! What is being handed over at the very moment when it is taken back may arrive all the same, as on the page. A look reads all
//! of the member's letters that wait; while somebody watches, looks take a tenth of the time at most.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, Weak};
use std::time::{Duration, Instant};

use data_encoding::HEXLOWER;
use rusqlite::{Connection, OptionalExtension, params};
use sha2::{Digest, Sha256};
use tokio::sync::watch;

use super::outbound::Outbound;
use super::{Post, lock, ways};
use crate::clock;
use crate::database::{self, Database};
use crate::days;
use crate::imap::command::Change;
use crate::imap::flags::Marks;
use crate::imap::mailbox::Trouble;
use crate::imap::outbox::{Headed, Letter, Listing, Outgoing};
use crate::journal;
use crate::mail::address::{MemberName, PeerKey};
use crate::notices::outbox::{self, Stage, Standing};
use crate::notices::{AnswerTo, Language, Occasion};
use crate::queue::{self, Canceller, Destination, Entry, EntryRecipient, QueueId};
use crate::store::uid::new_validity;
use crate::store::{ModSeq, Uid, UidValidity};

/// Letters read in one go.
const PAGE: usize = 200;
/// What comes together is looked at together.
const TOGETHER: Duration = Duration::from_millis(50);
/// A look takes at most one part in so many of the time.
const SHARE: u32 = 10;
/// UIDs that have gone are remembered up to so many, and four for each letter that waits: whoever had one before its state last
/// changed four times has heard of it.
const GONE: i64 = 10_000;
const SEEN: i64 = 1;
const DELETED: i64 = 2;

#[derive(Debug, thiserror::Error)]
enum Error {
    #[error(transparent)]
    Queue(#[from] queue::Error),
    #[error(transparent)]
    Database(#[from] database::Error),
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        Error::Database(error.into())
    }
}

/// A session hears what to do about it; what only the home can mend goes into the journal.
fn trouble(error: &Error) -> Trouble {
    let full = match error {
        Error::Queue(e) => e.is_full(),
        Error::Database(e) => e.is_full(),
    };
    if full {
        return Trouble::Full;
    }
    journal::trouble("outbox", error);
    Trouble::OutOfOrder
}

fn told<T>(result: Result<T, Error>) -> Result<T, Trouble> {
    result.map_err(|error| trouble(&error))
}

/// Everybody's.
pub struct Outbox {
    post: Arc<Post>,
    outbound: Arc<Outbound>,
    database: Database,
    /// Two looks at once would give one state two UIDs.
    turn: Mutex<()>,
    watched: Mutex<HashMap<MemberName, Weak<()>>>,
}

/// A letter on its way, as the queue has it.
struct Going {
    message: QueueId,
    state: String,
    stages: Vec<Stage>,
    size: u64,
    arrived: i64,
}

/// A row.
struct Known {
    uid: u32,
    message: i64,
    flags: i64,
    state: String,
    day: i64,
    field: String,
    title: Option<String>,
}

/// What is known of other homes, for the length of one look.
#[derive(Default)]
struct Others {
    names: HashMap<(Destination, String), Option<String>>,
    last_seen: HashMap<PeerKey, Option<i64>>,
}

/// A letter in a new state.
struct New {
    message: i64,
    flags: i64,
    state: String,
    day: i64,
    field: String,
    size: i64,
    arrived: i64,
    title: Option<String>,
}

impl Outbox {
    /// Of what this sends.
    pub fn new(post: Arc<Post>, outbound: Arc<Outbound>, database: Database) -> Self {
        Self {
            post,
            outbound,
            database,
            turn: Mutex::default(),
            watched: Mutex::default(),
        }
    }

    /// Looks for those who watch whenever the queue rings, until `stop` says so.
    pub async fn run(self: Arc<Self>, mut stop: watch::Receiver<bool>) {
        let mut news = self.post.queue.news();
        loop {
            tokio::select! {
                changed = news.changed() => if changed.is_err() { return },
                _ = stop.wait_for(|stop| *stop) => return,
            }
            let (this, begin) = (Arc::clone(&self), Instant::now());
            let round = tokio::task::spawn_blocking(move || this.round());
            let _ = round.await;
            tokio::time::sleep(TOGETHER.max(begin.elapsed() * SHARE)).await;
        }
    }

    fn round(&self) {
        let members: Vec<MemberName> = {
            let mut watched = lock(&self.watched);
            watched.retain(|_, watch| watch.strong_count() > 0);
            watched.keys().cloned().collect()
        };
        for member in members {
            // Trouble is in the journal, and the next look may have none.
            let _ = self.look(&member);
        }
    }

    fn language(&self, member: &MemberName) -> Language {
        let language = self.post.members.language(member).ok().flatten();
        let language = language.unwrap_or_else(|| self.post.settings().language.clone());
        Language::from_code(&language)
    }

    /// What of the member's is on its way.
    fn going(&self, member: &MemberName) -> Result<Vec<Going>, Error> {
        let (mut all, mut after) = (Vec::new(), None);
        let mut others = Others::default();
        loop {
            let page = self.post.queue.list_of(Some(member), after, PAGE)?;
            let Some(last) = page.last() else {
                return Ok(all);
            };
            after = Some(last.id);
            for entry in page {
                let stages = self.stages(member, &entry, &mut others);
                let waits =
                    |stage: &Stage| !matches!(stage.standing, Standing::There | Standing::Failed);
                if stages.iter().any(waits) {
                    all.push(Going {
                        message: entry.id,
                        state: state(&stages),
                        stages,
                        size: entry.size,
                        arrived: entry.arrived,
                    });
                }
            }
        }
    }

    fn stages(&self, member: &MemberName, entry: &Entry, others: &mut Others) -> Vec<Stage> {
        let mut stage = |recipient: &EntryRecipient| {
            let (standing, last_seen) = self.standing(recipient, others)?;
            let whose = (recipient.destination, recipient.there.clone());
            let name = others.names.entry(whose).or_insert_with_key(|whose| {
                super::report::name_there(&self.post, &whose.0, &whose.1, Some(member))
            });
            Some(Stage {
                who: name.clone().unwrap_or_else(|| recipient.address.clone()),
                standing,
                last_seen,
            })
        };
        entry.recipients.iter().filter_map(&mut stage).collect()
    }

    /// How far a letter is to somebody; `None` for an answer to the home itself, and for who does not get it any more.
    fn standing(
        &self,
        recipient: &EntryRecipient,
        others: &mut Others,
    ) -> Option<(Standing, Option<i64>)> {
        let standing = match recipient.state.as_str() {
            _ if recipient.destination == Destination::Answer => return None,
            "delivered" => Standing::There,
            "failed" => Standing::Failed,
            "held" => Standing::Held,
            "waiting" => match recipient.destination {
                Destination::Tox(key) | Destination::Chat(key) => {
                    if self.outbound.is_ready(&key) {
                        match recipient.attempts {
                            0 => Standing::Going,
                            _ => Standing::Again,
                        }
                    } else if self.post.direct.awaits(&key) {
                        Standing::AwaitsDirect
                    } else {
                        let last_seen = others.last_seen.entry(key).or_insert_with(|| {
                            let peer = self.post.contacts.peer(&key).ok().flatten();
                            peer.and_then(|peer| peer.last_seen)
                        });
                        let standing = match recipient.destination {
                            Destination::Chat(_) => Standing::AwaitsChat,
                            _ => Standing::AwaitsBox,
                        };
                        return Some((standing, *last_seen));
                    }
                }
                _ if recipient.attempts == 0 => Standing::Going,
                Destination::Relay(_) => Standing::ProviderAgain,
                _ => Standing::Again,
            },
            _ => return None,
        };
        Some((standing, None))
    }

    /// Brings the rows up to date; whether anything was other than before.
    fn refresh(&self, member: &MemberName) -> Result<bool, Error> {
        let _turn = lock(&self.turn);
        let going = self.going(member)?;
        let owner = member.clone();
        let known = self.database.read(|c| known(c, &owner))?;
        let (is_new, known) = match known {
            Some(known) => (false, known),
            None => (true, Vec::new()),
        };
        let mut known: HashMap<i64, Known> = known.into_iter().map(|k| (k.message, k)).collect();
        let now = self.post.clock.now().wall;
        let day = days::day_of(now).unwrap_or_default();
        let language = self.language(member);
        let (mut gone, mut new, mut same) = (Vec::new(), Vec::new(), Vec::new());
        for going in going {
            let message = going.message.number();
            let before = known.remove(&message);
            if before
                .as_ref()
                .is_some_and(|row| row.state == going.state && row.day == day)
            {
                continue;
            }
            let field = outbox::status(language, &going.stages, now);
            if let Some(row) = before.as_ref().filter(|row| row.field == field) {
                // Written down, so that the next look need not make the words again.
                same.push((row.uid, going.state));
                continue;
            }
            let size = queue_size(going.size + field.len() as u64);
            new.push(New {
                message,
                // A member's own letter is nothing new to them.
                flags: before.as_ref().map_or(SEEN, |row| row.flags),
                title: match &before {
                    Some(row) => row.title.clone(),
                    None => ways::title(&self.post, going.message),
                },
                state: going.state,
                day,
                field,
                size,
                arrived: going.arrived,
            });
            gone.extend(before.map(|row| row.uid));
        }
        gone.extend(known.into_values().map(|row| row.uid));
        if !same.is_empty() {
            let owner = owner.clone();
            self.database.write(move |c| still(c, &owner, &same, day))?;
        }
        if !is_new && gone.is_empty() && new.is_empty() {
            return Ok(false);
        }
        gone.sort_unstable();
        self.database
            .write(move |c| change(c, &owner, &gone, &new))?;
        Ok(true)
    }

    fn refreshed(&self, member: &MemberName) -> Result<(), Error> {
        if self.refresh(member)? {
            self.post.store.ring_for(member);
        }
        Ok(())
    }

    fn take_back_one(&self, member: &MemberName, uid: Uid, which: Which) -> Result<(), Error> {
        let _turn = lock(&self.turn);
        let owner = member.clone();
        // Before it is cancelled: should that fail, the next look gives it a new UID.
        let found = self
            .database
            .write(move |c| take_out(c, &owner, uid, which))?;
        let Some((message, title)) = found else {
            return Ok(());
        };
        let message = QueueId::from_number(message);
        let queue = &self.post.queue;
        let entry = |id| match queue.show(id) {
            // The rows say whose it is; looked at again, so that no mistake there takes another's letter back.
            Ok(entry) if entry.member.as_ref() == Some(member) => Ok(Some(entry)),
            Ok(_) | Err(queue::Error::Unknown) => Ok(None),
            Err(e) => Err(e),
        };
        let has = |entry: &Option<Entry>| -> Vec<String> {
            let mut others = Others::default();
            let stages = entry.as_ref();
            let stages = stages.map(|entry| self.stages(member, entry, &mut others));
            let there = stages.into_iter().flatten();
            let there = there.filter(|stage| stage.standing == Standing::There);
            there.map(|stage| stage.who).collect()
        };
        let before = entry(message)?;
        let open = match before {
            Some(_) => match queue.cancel(message, Canceller::Writer) {
                Err(queue::Error::Unknown) => Vec::new(),
                open => open?,
            },
            None => Vec::new(),
        };
        let mut late = has(&before);
        if !open.is_empty() {
            self.outbound.withdraw(&open);
            journal::cancelled(&message);
            // It may have come there between the two.
            late.extend(has(&entry(message)?));
            late.sort();
            late.dedup();
            if late.is_empty() {
                return Ok(());
            }
        } else if before.is_some() && late.is_empty() {
            // It has failed, and its writer hears of that.
            return Ok(());
        } else {
            late.clear();
        }
        let occasion = Occasion::Letter(before.as_ref().and_then(|e| e.message_id.as_deref()));
        let letter = |language| outbox::late(language, title.as_deref(), &late);
        ways::send(
            &self.post,
            member,
            AnswerTo::Postmaster,
            occasion,
            letter,
            Vec::new(),
        )?;
        Ok(())
    }

    fn take_back_each(
        &self,
        member: &MemberName,
        uids: &[Uid],
        which: Which,
    ) -> Result<(), Trouble> {
        for uid in uids {
            told(self.take_back_one(member, *uid, which))?;
        }
        told(self.refresh(member))?;
        self.post.store.ring_for(member);
        Ok(())
    }

    fn set_subscribed(&self, member: &MemberName, subscribed: bool) -> Result<(), Trouble> {
        // Its row is made by a look.
        self.look(member)?;
        let member = member.clone();
        told(self.database.write(move |c| {
            c.execute(
                "UPDATE outboxes SET subscribed = ?2 WHERE member = ?1",
                (member.as_str(), subscribed),
            )?;
            Ok::<_, Error>(())
        }))
    }
}

/// Which letters are taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Which {
    All,
    /// Those that are marked as deleted.
    Marked,
}

fn queue_size(size: u64) -> i64 {
    i64::try_from(size).unwrap_or(i64::MAX)
}

/// What the state of a letter is known by.
fn state(stages: &[Stage]) -> String {
    let mut all = String::new();
    for stage in stages {
        let _ = writeln!(all, "{:?} {}", stage.standing, stage.who);
    }
    HEXLOWER.encode(&Sha256::digest(all))
}

/// The rows of a member; `None`: nobody has looked yet.
fn known(c: &Connection, member: &MemberName) -> Result<Option<Vec<Known>>, Error> {
    let any: bool = c
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM outboxes WHERE member = ?1)")?
        .query_row([member.as_str()], |r| r.get(0))?;
    if !any {
        return Ok(None);
    }
    let mut statement = c.prepare_cached(
        "SELECT uid, message, flags, state, day, field, title FROM outbox_letters WHERE member = ?1",
    )?;
    let rows = statement.query_map([member.as_str()], |r| {
        Ok(Known {
            uid: r.get(0)?,
            message: r.get(1)?,
            flags: r.get(2)?,
            state: r.get(3)?,
            day: r.get(4)?,
            field: r.get(5)?,
            title: r.get(6)?,
        })
    })?;
    Ok(Some(rows.collect::<Result<_, _>>()?))
}

/// One change: these are gone, those have come.
fn change(c: &Connection, member: &MemberName, gone: &[u32], new: &[New]) -> Result<(), Error> {
    let member = member.as_str();
    let any = "SELECT EXISTS (SELECT 1 FROM outboxes WHERE member = ?1)";
    if !c.query_row(any, [member], |r| r.get::<_, bool>(0))? {
        let validity = new_validity(c, clock::wall_seconds())?;
        c.execute(
            "INSERT INTO outboxes (member, object_id, uid_validity)
             VALUES (?1, 'F' || lower(hex(randomblob(8))), ?2)",
            (member, validity.0),
        )?;
    }
    let (next, mod_seq): (u32, i64) = c.query_row(
        "UPDATE outboxes SET uid_next = uid_next + ?2, mod_seq = mod_seq + 1 WHERE member = ?1
         RETURNING uid_next - ?2, mod_seq",
        (member, i64::try_from(new.len()).unwrap_or(0)),
        |r| Ok((r.get(0)?, r.get(1)?)),
    )?;
    for uid in gone {
        let (message, title) = c
            .prepare_cached(
                "DELETE FROM outbox_letters WHERE member = ?1 AND uid = ?2 RETURNING message, title",
            )?
            .query_row((member, uid), message_and_title)?;
        c.prepare_cached(
            "INSERT INTO outbox_gone (member, uid, mod_seq, message, title)
         VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute((member, uid, mod_seq, message, title))?;
    }
    for (uid, new) in (next..).zip(new) {
        c.prepare_cached(
            "INSERT INTO outbox_letters (member, uid, message, mod_seq, flags, state, day, field, size, arrived, title)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        )?
        .execute(params![
            member,
            uid,
            new.message,
            mod_seq,
            new.flags,
            new.state,
            new.day,
            new.field,
            new.size,
            new.arrived,
            new.title,
        ])?;
    }
    // Behind those that have come: how many are remembered depends on how many wait.
    forget_gone(c, member)
}

/// Forgets the UIDs that went longest ago. None of them is given again: `uid_next` does not look at them.
fn forget_gone(c: &Connection, member: &str) -> Result<(), Error> {
    c.prepare_cached(
        "DELETE FROM outbox_gone WHERE member = ?1 AND mod_seq < (
            SELECT mod_seq FROM outbox_gone WHERE member = ?1 ORDER BY mod_seq DESC
            LIMIT 1 OFFSET ?2 + 4 * (SELECT count(*) FROM outbox_letters WHERE member = ?1))",
    )?
    .execute((member, GONE))?;
    Ok(())
}

/// UIDs that went after `since`. Where those are forgotten, all that are not there (RFC 7162 section 5.3).
fn gone(c: &Connection, member: &MemberName, since: ModSeq) -> Result<Vec<Uid>, Error> {
    let (of, since) = (member.as_str(), i64::try_from(since.0).unwrap_or(i64::MAX));
    let first: Option<i64> = c
        .prepare_cached("SELECT min(mod_seq) FROM outbox_gone WHERE member = ?1")?
        .query_row([of], |r| r.get(0))?;
    if first.is_some_and(|first| since.saturating_add(1) < first) {
        let listing = listing(c, member)?;
        let mut there = listing.letters.iter().map(|letter| letter.uid).peekable();
        let all = (1..listing.uid_next.0).map(Uid);
        return Ok(all.filter(|uid| there.next_if_eq(uid).is_none()).collect());
    }
    let mut statement = c.prepare_cached(
        "SELECT uid FROM outbox_gone WHERE member = ?1 AND mod_seq > ?2 ORDER BY uid",
    )?;
    let rows = statement.query_map((of, since), |r| r.get(0).map(Uid))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The words about these letters are the same in this state and on this day.
fn still(
    c: &Connection,
    member: &MemberName,
    letters: &[(u32, String)],
    day: i64,
) -> Result<(), Error> {
    let mut row = c.prepare_cached(
        "UPDATE outbox_letters SET state = ?3, day = ?4 WHERE member = ?1 AND uid = ?2",
    )?;
    for (uid, state) in letters {
        row.execute(params![member.as_str(), uid, state, day])?;
    }
    Ok(())
}

fn message_and_title(row: &rusqlite::Row<'_>) -> rusqlite::Result<(i64, Option<String>)> {
    Ok((row.get(0)?, row.get(1)?))
}

/// The letter that a UID means or meant, which is in the Outbox no more; `None` where it was taken out before, or is not meant.
fn take_out(
    c: &Connection,
    member: &MemberName,
    uid: Uid,
    which: Which,
) -> Result<Option<(i64, Option<String>)>, Error> {
    let of = member.as_str();
    let find = "SELECT message, title FROM outbox_letters WHERE member = ?1 AND uid = ?2
         UNION ALL SELECT message, title FROM outbox_gone WHERE member = ?1 AND uid = ?2 AND message IS NOT NULL";
    let found = c
        .prepare_cached(find)?
        .query_row((of, uid.0), message_and_title)
        .optional()?;
    let Some((message, title)) = found else {
        return Ok(None);
    };
    let now: Option<(u32, i64)> = c
        .prepare_cached("SELECT uid, flags FROM outbox_letters WHERE member = ?1 AND message = ?2")?
        .query_row((of, message), |r| Ok((r.get(0)?, r.get(1)?)))
        .optional()?;
    if let Some((now, flags)) = now {
        if which == Which::Marked && flags & DELETED == 0 {
            return Ok(None);
        }
        change(c, member, &[now], &[])?;
    }
    c.execute(
        "UPDATE outbox_gone SET message = NULL, title = NULL WHERE member = ?1 AND message = ?2",
        (of, message),
    )?;
    Ok(Some((message, title)))
}

/// After a restored database every Outbox begins anew: its UIDs may have been given since.
///
/// # Errors
/// Those of the database.
pub fn renew(c: &Connection) -> Result<(), database::Error> {
    c.execute("DELETE FROM outboxes", [])?;
    Ok(())
}

const LETTER: &str = "uid, flags, mod_seq, size, arrived";

fn letter(row: &rusqlite::Row<'_>) -> rusqlite::Result<Letter> {
    let flags: i64 = row.get(1)?;
    let mark = |bit, mark| match flags & bit {
        0 => Marks::NONE,
        _ => mark,
    };
    Ok(Letter {
        uid: Uid(row.get(0)?),
        marks: mark(SEEN, Marks::SEEN).with(mark(DELETED, Marks::DELETED)),
        mod_seq: ModSeq(row.get::<_, i64>(2)?.unsigned_abs()),
        size: row.get::<_, i64>(3)?.unsigned_abs(),
        arrived: row.get(4)?,
    })
}

fn listing(c: &Connection, member: &MemberName) -> Result<Listing, Error> {
    let mut letters = c.prepare_cached(&format!(
        "SELECT {LETTER} FROM outbox_letters WHERE member = ?1 ORDER BY uid"
    ))?;
    let letters = letters.query_map([member.as_str()], letter)?;
    let letters = letters.collect::<Result<Vec<_>, _>>()?;
    let mut outbox = c.prepare_cached(
        "SELECT uid_validity, uid_next, mod_seq, object_id FROM outboxes WHERE member = ?1",
    )?;
    Ok(outbox.query_row([member.as_str()], |r| {
        Ok(Listing {
            uid_validity: UidValidity(r.get(0)?),
            uid_next: Uid(r.get(1)?),
            mod_seq: ModSeq(r.get::<_, i64>(2)?.unsigned_abs()),
            object_id: r.get(3)?,
            letters,
        })
    })?)
}

/// Letters as they are after a change of flags, and UIDs of those that had changed after `since`.
fn mark(
    c: &Connection,
    member: &MemberName,
    uids: &[Uid],
    flags_after: impl Fn(i64) -> i64,
    since: Option<ModSeq>,
) -> Result<(Vec<Letter>, Vec<Uid>), Error> {
    let member = member.as_str();
    let find = format!("SELECT {LETTER} FROM outbox_letters WHERE member = ?1 AND uid = ?2");
    let (mut letters, mut modified) = (Vec::new(), Vec::new());
    let mut mod_seq: Option<i64> = None;
    for uid in uids {
        let mut statement = c.prepare_cached(&find)?;
        let find = |r: &rusqlite::Row<'_>| Ok((letter(r)?, r.get::<_, i64>(1)?));
        let found = statement.query_row((member, uid.0), find).optional()?;
        let Some((before, flags)) = found else {
            continue;
        };
        if since.is_some_and(|since| before.mod_seq > since) {
            modified.push(*uid);
            continue;
        }
        let after = flags_after(flags);
        if after != flags {
            let mod_seq = match mod_seq {
                Some(mod_seq) => mod_seq,
                None => *mod_seq.insert(c.query_row(
                    "UPDATE outboxes SET mod_seq = mod_seq + 1 WHERE member = ?1 RETURNING mod_seq",
                    [member],
                    |r| r.get(0),
                )?),
            };
            c.prepare_cached(
                "UPDATE outbox_letters SET flags = ?3, mod_seq = ?4 WHERE member = ?1 AND uid = ?2",
            )?
            .execute((member, uid.0, after, mod_seq))?;
        }
        letters.push(statement.query_row((member, uid.0), letter)?);
    }
    Ok((letters, modified))
}

impl Outgoing for Outbox {
    fn look(&self, member: &MemberName) -> Result<Listing, Trouble> {
        told(self.refreshed(member))?;
        self.listing(member)
    }

    fn listing(&self, member: &MemberName) -> Result<Listing, Trouble> {
        told(self.database.read(|c| listing(c, member)))
    }

    fn gone(&self, member: &MemberName, since: ModSeq) -> Result<Vec<Uid>, Trouble> {
        told(self.database.read(|c| gone(c, member, since)))
    }

    fn content(&self, member: &MemberName, uid: Uid) -> Result<Option<Headed>, Trouble> {
        let found = told(self.database.read(|c| {
            let row = "SELECT message, field FROM outbox_letters WHERE member = ?1 AND uid = ?2";
            let mut statement = c.prepare_cached(row)?;
            let found = statement.query_row((member.as_str(), uid.0), |r| {
                Ok((r.get(0)?, r.get::<_, String>(1)?))
            });
            Ok::<_, Error>(found.optional()?)
        }))?;
        let Some((message, field)) = found else {
            return Ok(None);
        };
        match self.post.queue.open_message(QueueId::from_number(message)) {
            Ok(letter) => Ok(Some((field.into_bytes(), Box::new(letter)))),
            // It has left; the next look will say so.
            Err(queue::Error::Unknown | queue::Error::Lost(_)) => Ok(None),
            Err(e) => Err(trouble(&e.into())),
        }
    }

    fn mark(
        &self,
        member: &MemberName,
        uids: &[Uid],
        how: Change,
        marks: Marks,
        unchanged_since: Option<ModSeq>,
    ) -> Result<(Vec<Letter>, Vec<Uid>), Trouble> {
        let bit = |bit, mark| if marks.has(mark) { bit } else { 0 };
        let bits = bit(SEEN, Marks::SEEN) | bit(DELETED, Marks::DELETED);
        let after = move |before: i64| match how {
            Change::Set => bits,
            Change::Add => before | bits,
            Change::Remove => before & !bits,
        };
        let (owner, uids) = (member.clone(), uids.to_vec());
        let marked = told(
            self.database
                .write(move |c| mark(c, &owner, &uids, after, unchanged_since)),
        )?;
        self.post.store.ring_for(member);
        Ok(marked)
    }

    fn take_back(&self, member: &MemberName, uids: &[Uid]) -> Result<(), Trouble> {
        self.take_back_each(member, uids, Which::All)
    }

    fn expunge(&self, member: &MemberName, uids: &[Uid]) -> Result<(), Trouble> {
        self.take_back_each(member, uids, Which::Marked)
    }

    fn is_subscribed(&self, member: &MemberName) -> Result<bool, Trouble> {
        told(self.database.read(|c| {
            let mut statement =
                c.prepare_cached("SELECT subscribed FROM outboxes WHERE member = ?1")?;
            let found = statement.query_row([member.as_str()], |r| r.get(0));
            Ok::<_, Error>(found.optional()?.unwrap_or(true))
        }))
    }

    fn subscribe(&self, member: &MemberName) -> Result<(), Trouble> {
        self.set_subscribed(member, true)
    }

    fn unsubscribe(&self, member: &MemberName) -> Result<(), Trouble> {
        self.set_subscribed(member, false)
    }

    fn watch(&self, member: &MemberName) -> Arc<()> {
        let mut watched = lock(&self.watched);
        let known = watched.get(member).and_then(Weak::upgrade);
        known.unwrap_or_else(|| {
            let new = Arc::new(());
            watched.insert(member.clone(), Arc::downgrade(&new));
            new
        })
    }
}
