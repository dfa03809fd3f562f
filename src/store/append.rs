//! Append: a member's own program files messages.
//!
//! The bytes come in as a file in the `tmp/` of the inbox ([`maildir::draft_folder`]), with no lock held ([`Incoming`];
//! `store.append.coming`). Then the order is that of a delivery: synced (`store.append.written`), renamed one after the other
//! (`store.append.named`) and the folder synced (`store.append.renamed`), given UIDs in one transaction
//! (`store.append.recorded`). Several messages are filed all or not at all (RFC 3502), also when a kill comes between
//! (`unfinished.rs`).

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use super::flags::Flags;
use super::keywords::{self, Keyword, KeywordSet};
use super::mailbox::Mailbox;
use super::maildir::{self, EmailId, MailboxName, Place, Spot, UniqueName};
use super::message::Measure;
use super::opened::Opened;
use super::quota::Reserved;
use super::uid::{self, Found, Uid, UidValidity};
use super::unfinished::Unfinished;
use super::{Error, Store, copy};
use crate::clock;
use crate::durable::{self, Draft, fault};
use crate::mail::address::MemberName;

use std::io::Write;

/// The bytes of a message that is coming in. Dropped: gone.
pub struct Incoming {
    store: Store,
    member: MemberName,
    draft: Draft,
    measure: Measure,
    room: Reserved,
}

impl Incoming {
    /// Adds what has come, CRLF or not.
    ///
    /// # Errors
    /// [`Error::OverQuota`], [`Error::Full`]; those of the disk. After one it can only be dropped.
    pub fn add(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.measure.add(bytes);
        let (size, unwritten) = (self.measure.size(), bytes.len() as u64);
        self.room.reach(size)?;
        let limits = &self.store.inner.limits;
        let folder = durable::folder_of(self.draft.path());
        limits.allow(&self.member, 0, size, unwritten, folder)?;
        self.draft.write_all(bytes)?;
        fault::point("store.append.coming");
        Ok(())
    }

    /// Its octets so far, with CRLF.
    pub fn size(&self) -> u64 {
        self.measure.size()
    }
}

/// A message to be appended.
pub struct Appended {
    /// Its bytes.
    pub content: Incoming,
    /// Its flags.
    pub flags: Flags,
    /// Its keywords.
    pub keywords: Vec<Keyword>,
    /// When it arrived (INTERNALDATE), seconds since 1970; `None`: now.
    pub arrived: Option<i64>,
}

impl Mailbox {
    /// Begins a message of so many octets for [`append`](Self::append); it may have more. What comes at the same time counts
    /// for the quota as well.
    ///
    /// # Errors
    /// No such mailbox; [`Error::OverQuota`]; those of disk and database.
    pub fn incoming(&self, octets: u64) -> Result<Incoming, Error> {
        let opened = self.opened()?;
        let mut room = Reserved::of(&self.store.inner, &opened.member);
        room.reach(octets)?;
        let inbox = self.store.folder(&opened.member, &MailboxName::inbox());
        let folder = maildir::draft_folder(&inbox, opened.folder.clone());
        let name = UniqueName::of(&[&copy::random()?]);
        Ok(Incoming {
            store: self.store.clone(),
            member: opened.member.clone(),
            draft: Draft::create(maildir::draft_path(&folder, &name))?,
            measure: Measure::default(),
            room,
        })
    }

    /// Files messages, all or none; their UIDs, in the same order.
    ///
    /// # Errors
    /// No such mailbox; [`Error::OverQuota`], [`Error::Full`], [`Error::TooManyKeywords`]; those of disk and database.
    pub fn append(&self, messages: Vec<Appended>) -> Result<(UidValidity, Vec<Uid>), Error> {
        let now = clock::wall_seconds();
        let mut written = vec![];
        for Appended {
            mut content,
            flags,
            keywords,
            arrived,
        } in messages
        {
            let arrived = arrived.unwrap_or(now);
            content.draft.set_modified(time_of(arrived))?;
            content.draft.sync()?;
            let (email, number) = (copy::random()?, copy::random()?);
            let email = EmailId::from_bytes(*UniqueName::of(&[&email, &number]).as_bytes());
            let measure = content.measure;
            written.push(Written {
                found: Found {
                    base: maildir::copy_name(now, email, number, measure.on_disk, measure.size()),
                    spot: Spot {
                        // What has flags was seen by some program.
                        place: match flags.is_empty() {
                            true => Place::New,
                            false => Place::Cur,
                        },
                        flags,
                    },
                    keywords: KeywordSet::NONE,
                    size: measure.size(),
                    lines: measure.lines(),
                    arrived,
                    unique: None,
                },
                keywords,
                draft: Some(content.draft),
                room: Some(content.room),
            });
        }
        fault::point("store.append.written");
        self.with(|opened| {
            self.store.ensure_seen(opened)?;
            self.store.append(opened, &mut written)
        })
    }
}

struct Written {
    found: Found,
    keywords: Vec<Keyword>,
    draft: Option<Draft>,
    room: Option<Reserved>,
}

impl Store {
    fn append(
        &self,
        opened: &Opened,
        messages: &mut [Written],
    ) -> Result<(UidValidity, Vec<Uid>), Error> {
        let mut sight = opened.alone()?;
        let before = sight.before(opened);
        let db = &self.inner.db;
        let targets: Vec<PathBuf> = messages
            .iter()
            .map(|m| maildir::path(&opened.folder, &m.found.base, m.found.spot))
            .collect();
        let unfinished = Unfinished::begin(&self.inner.root, db, &targets)?;
        if let Err(e) = name_all(opened, messages, &targets) {
            unfinished.give_up(db, opened, &targets);
            return Err(e.into());
        }
        fault::point("store.append.renamed");

        let (rows, keywords): (Vec<Found>, Vec<Vec<Keyword>>) = messages
            .iter()
            .map(|m| (m.found.clone(), m.keywords.clone()))
            .unzip();
        let (id, member, recent) = (opened.id, opened.member.clone(), opened.recent());
        let note = unfinished.clone();
        let rooms: Vec<_> = messages.iter_mut().map(|m| m.room.take()).collect();
        let kept = self.inner.limits.kept();
        let written = db.write(move |c| {
            let sets = keywords::intern_all(c, id, &keywords)?;
            let found: Vec<Found> = rows
                .into_iter()
                .zip(sets)
                .map(|(row, keywords)| Found { keywords, ..row })
                .collect();
            let first = uid::assign(c, &member, id, &found, recent)?;
            note.end(c)?;
            // What is in the rows is not coming any more.
            drop(rooms);
            kept(c, &member)?;
            let validity = uid::figures(c, id)?.uid_validity;
            Ok::<_, Error>((validity, first.unwrap_or(Uid::FIRST)))
        });
        match written {
            Ok((validity, first)) => {
                fault::point("store.append.recorded");
                sight.after(before, opened);
                drop(sight);
                self.ring(opened);
                let uids = (first.0..).map(Uid).take(targets.len());
                Ok((validity, uids.collect()))
            }
            Err(e) => {
                // The program hears no, and keeps its messages: that the transaction was kept all the same is as good as an
                // expunge.
                unfinished.give_up(db, opened, &targets);
                Err(e)
            }
        }
    }
}

fn name_all(opened: &Opened, messages: &mut [Written], targets: &[PathBuf]) -> std::io::Result<()> {
    let (mut to_new, mut to_cur) = (false, false);
    for (message, target) in messages.iter_mut().zip(targets) {
        let Some(draft) = message.draft.take() else {
            continue;
        };
        let path = draft.path().to_owned();
        fault::disk("rename", target)?;
        fs::rename(&path, target)?;
        draft.keep();
        fault::point("store.append.named");
        to_new |= message.found.spot.place == Place::New;
        to_cur |= message.found.spot.place == Place::Cur;
    }
    if to_new {
        opened.new.sync(opened.new.made())?;
    }
    if to_cur {
        durable::sync_folder(&opened.folder.join("cur"))?;
    }
    Ok(())
}

fn time_of(seconds: i64) -> SystemTime {
    let distance = Duration::from_secs(seconds.unsigned_abs());
    let time = match seconds < 0 {
        true => SystemTime::UNIX_EPOCH.checked_sub(distance),
        false => SystemTime::UNIX_EPOCH.checked_add(distance),
    };
    time.unwrap_or(SystemTime::UNIX_EPOCH)
}
