//! Filing: a message comes in, exactly once. The order of its steps is told in the room's page.

use std::fs;
use std::io::{self, Read, Write};
use std::path::Path;
use std::sync::PoisonError;
use std::sync::atomic::Ordering;

use super::flags::Flags;
use super::keywords::KeywordSet;
use super::maildir::{self, MailboxName, Place, Spot, UniqueName};
use super::message::Measure;
use super::opened::Opened;
use super::uid::{self, Found, Uid};
use super::{Error, Inner, Store, lock};
use crate::clock;
use crate::days::{self, Direction, Way};
use crate::durable::{Draft, fault};
use crate::mail::address::MemberName;

/// How a delivery ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filed {
    /// The message is on the disk under this number.
    New(Uid),
    /// It was filed before; it may have been moved or deleted since.
    Already,
}

/// How much is read and written at a time.
const CHUNK: usize = 64 << 10;

impl Store {
    /// The same as [`deliver_by`](Self::deliver_by), counted by nobody.
    #[cfg(test)]
    pub(crate) fn deliver(
        &self,
        member: &MemberName,
        mailbox: &str,
        unique: &UniqueName,
        head: &[u8],
        body: &mut dyn Read,
    ) -> Result<Filed, Error> {
        self.deliver_by(None, member, mailbox, unique, head, body)
    }

    /// Files a message: `head` and `body` one after the other, as they are. When this returns `Ok`, the message is on the
    /// disk for good. The same `unique` gives one copy for this member, whatever crashed or was deleted between. The `way`
    /// that it came is counted ([`crate::days`]).
    ///
    /// # Errors
    /// [`Error::OverQuota`] and [`Error::Full`], also in the middle; [`Error::NoSuchMember`], [`Error::NoSuchMailbox`];
    /// [`Error::Source`] when `body` fails; those of disk and database. After an error nothing is kept, unless the database
    /// could not say whether it committed: then the next delivery of the same `unique` finds out.
    pub fn deliver_by(
        &self,
        way: Option<Way>,
        member: &MemberName,
        mailbox: &str,
        unique: &UniqueName,
        head: &[u8],
        body: &mut dyn Read,
    ) -> Result<Filed, Error> {
        let mailbox = self.opened(member, mailbox)?;
        let _alone = Running::enter(&self.inner, member, unique);
        self.ensure_seen(&mailbox)?;
        let (before, used) = self.inner.db.read(|c| {
            Ok::<_, Error>((uid::was_filed(c, member, unique)?, uid::used(c, member)?))
        })?;
        if before {
            return Ok(Filed::Already);
        }
        let (mut draft, measure) = self.write(&mailbox, used, unique, head, body)?;
        draft.sync()?;
        fault::point("store.written");

        let now = clock::wall_seconds();
        let base = maildir::base_name(now, unique, measure.on_disk, measure.size());
        let spot = Spot {
            place: Place::New,
            flags: Flags::NONE,
        };
        let target = maildir::path(&mailbox.folder, &base, spot);
        let door = mailbox.together()?;
        rename(draft, &target)?;
        if let Err(e) = mailbox.new.sync(mailbox.new.made()) {
            take_back(&mailbox, &target);
            return Err(e.into());
        }
        fault::point("store.renamed");

        let found = Found {
            base,
            spot,
            keywords: KeywordSet::NONE,
            size: measure.size(),
            lines: measure.lines(),
            arrived: now,
            unique: Some(*unique),
        };
        let (owner, id, size) = (member.clone(), mailbox.id, measure.size());
        let (day, recent) = (days::day_of(now), mailbox.recent());
        let kept = self.inner.limits.kept();
        let recorded = self.inner.db.write(move |c| {
            let uid = uid::assign(c, &owner, id, &[found], recent)?;
            kept(c, &owner)?;
            if let Some(way) = way {
                let counted = (Direction::Received, way);
                days::count(c, day, owner.as_str(), counted, size)?;
            }
            Ok::<_, Error>(uid)
        });
        match recorded {
            Ok(uid) => {
                fault::point("store.recorded");
                drop(door);
                self.ring(&mailbox);
                Ok(Filed::New(uid.unwrap_or(Uid::FIRST)))
            }
            Err(e @ (Error::Full | Error::OverQuota(_))) => {
                // It was undone for certain, so nothing points to the file.
                take_back(&mailbox, &target);
                Err(e)
            }
            Err(e) => {
                // It may have been committed all the same; removing the file now could lose the message.
                mailbox.doubtful.store(true, Ordering::SeqCst);
                Err(e)
            }
        }
    }

    fn write(
        &self,
        mailbox: &Opened,
        used: u64,
        unique: &UniqueName,
        head: &[u8],
        body: &mut dyn Read,
    ) -> Result<(Draft, Measure), Error> {
        let limits = &self.inner.limits;
        let inbox = self.folder(&mailbox.member, &MailboxName::inbox());
        let folder = maildir::draft_folder(&inbox, mailbox.folder.clone());
        let path = maildir::draft_path(&folder, unique);
        let mut draft = match Draft::create(&path) {
            // Left by an earlier try that could not even remove it; nobody else writes under this name.
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {
                fs::remove_file(&path)?;
                Draft::create(&path)?
            }
            other => other?,
        };
        let mut measure = Measure::default();
        measure.add(head);
        let mut buffer = Vec::with_capacity(head.len() + CHUNK);
        buffer.extend_from_slice(head);
        loop {
            let start = buffer.len();
            // A short read is no end: fill the chunk, so that a small message is one write.
            let got = Read::take(&mut *body, CHUNK as u64)
                .read_to_end(&mut buffer)
                .map_err(Error::Source)?;
            measure.add(&buffer[start..]);
            let (size, unwritten) = (measure.size(), buffer.len() as u64);
            limits.allow(&mailbox.member, used, size, unwritten, &mailbox.folder)?;
            draft.write_all(&buffer)?;
            buffer.clear();
            if got < CHUNK {
                break;
            }
        }
        Ok((draft, measure))
    }
}

/// The second half of [`Draft::commit`], without its fsync of the folder, which deliveries share.
fn rename(draft: Draft, target: &Path) -> Result<(), Error> {
    let path = draft.path().to_owned();
    fault::disk("rename", target)?;
    draft.keep();
    fs::rename(&path, target).map_err(|e| {
        let _ = fs::remove_file(&path);
        io::Error::new(e.kind(), format!("rename to {}: {e}", target.display()))
    })?;
    Ok(())
}

/// Removes a file that nobody was promised. If that fails the next scan takes it as filed.
fn take_back(mailbox: &Opened, target: &Path) {
    let _ = fs::remove_file(target);
    mailbox.doubtful.store(true, Ordering::SeqCst);
}

/// One delivery of one unique name to one member at a time.
struct Running<'a> {
    inner: &'a Inner,
    key: (MemberName, UniqueName),
}

impl<'a> Running<'a> {
    fn enter(inner: &'a Inner, member: &MemberName, unique: &UniqueName) -> Self {
        let key = (member.clone(), *unique);
        let mut running = lock(&inner.running);
        while !running.insert(key.clone()) {
            running = inner
                .finished
                .wait(running)
                .unwrap_or_else(PoisonError::into_inner);
        }
        Self { inner, key }
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        lock(&self.inner.running).remove(&self.key);
        self.inner.finished.notify_all();
    }
}
