//! Big letters while they come in: partial files under `incoming/`, the thread that writes each, and which of them stay for a
//! resumption.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, SystemTime};

use bytes::Bytes;

use super::{Accepted, Inbound, Name, UnderWay, too_many};
use crate::delivery::courier::Errand;
use crate::delivery::{letter, lock};
use crate::durable::{self, Draft, fault};
use crate::journal;
use crate::mail::address::PeerKey;
use crate::mail::verdict::Reason;
use crate::transfer::{RecipientStatus, TransferId};

/// How long the bytes of an unfinished transfer are kept after the last of them came: a month after the sender's own
/// `expire_after` has most probably passed.
const KEEP_PARTIAL_FOR: Duration = Duration::from_secs(60 * 24 * 3600);
/// Partial files of one peer: as many as its transfers that run at once (`transfer::Limits::max_transfers`).
const MAX_KEPT: usize = 16;
/// Longest wait for a thread that writes the bytes of an earlier connection.
const OLD_WRITER_WITHIN: Duration = Duration::from_secs(30);

pub(super) enum Part {
    Data {
        offset: u64,
        bytes: Bytes,
    },
    Complete,
    /// Stop, for somebody else's letter.
    GiveWay,
}

impl Inbound {
    /// The partial file of an earlier try where it belongs to the same bytes, else a new one.
    pub(super) fn partial(&self, accepted: &Accepted) -> io::Result<Draft> {
        let offer = &accepted.offer;
        let path = self.folder.join(format!(
            "{}{}-{}.part",
            file_prefix(&accepted.peer, &accepted.id),
            hex(&offer.digest[..8]),
            offer.encoded_size
        ));
        for other in self.partial_files(accepted.peer, accepted.id) {
            if other != path {
                fs::remove_file(other)?;
            }
        }
        if !path.exists() {
            let of_peer = peer_prefix(&accepted.peer);
            self.give_up_kept(&of_peer, |kept, open| kept.len() + open <= MAX_KEPT)?;
        }
        match Draft::resume(&path) {
            // A whole one is complete at once, and is checked like any other.
            Ok(draft) if draft.len() <= offer.encoded_size => Ok(draft),
            Ok(draft) => {
                drop(draft);
                Draft::create(path)
            }
            Err(e) if e.kind() == io::ErrorKind::NotFound => Draft::create(path),
            Err(e) => Err(e),
        }
    }

    /// Room on the disk; where that is less than `needed`, after as many partial files as necessary have gone.
    pub(super) fn room_of(&self, needed: u64) -> io::Result<u64> {
        let room = || durable::room(&self.folder);
        if room()? < needed {
            self.give_up_kept("", |_, _| room().is_ok_and(|room| room >= needed))?;
        }
        room()
    }

    /// Removes partial files that nobody writes, the oldest first, until `enough`: told those that are left, by age with the
    /// oldest last, and how many more are being written.
    pub(super) fn give_up_kept(
        &self,
        prefix: &str,
        mut enough: impl FnMut(&[(SystemTime, PathBuf)], usize) -> bool,
    ) -> io::Result<()> {
        // Held to the end: nobody goes on with a file that is being removed.
        let writing = lock(&self.writing);
        let open: Vec<String> = writing.iter().map(|(p, id)| file_prefix(p, id)).collect();
        let written = open.iter().filter(|o| o.starts_with(prefix)).count();
        let mut kept = Vec::new();
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            // What is fetched from providers lies here, too.
            let is_ours = name.starts_with(prefix) && name.ends_with(".part");
            if is_ours && !open.iter().any(|open| name.starts_with(open)) {
                let age = entry.metadata().and_then(|m| m.modified());
                kept.push((age.unwrap_or(SystemTime::UNIX_EPOCH), entry.path()));
            }
        }
        kept.sort_unstable_by(|a, b| b.cmp(a));
        while !enough(&kept, written) {
            let Some((_, oldest)) = kept.pop() else { break };
            journal::unfinished_given_up(&oldest);
            fs::remove_file(oldest)?;
        }
        Ok(())
    }

    /// Sweeps partial files that nobody will finish any more.
    ///
    /// # Errors
    /// Those of the file system.
    pub fn sweep(&self) -> io::Result<()> {
        let now = SystemTime::now();
        self.give_up_kept("", |kept, _| {
            kept.last().is_none_or(|(modified, _)| {
                // What seems to come from the future is not old.
                now.duration_since(*modified)
                    .map_or(true, |age| age <= KEEP_PARTIAL_FOR)
            })
        })
    }

    fn partial_files(&self, peer: PeerKey, id: TransferId) -> Vec<PathBuf> {
        let prefix = file_prefix(&peer, &id);
        let Ok(entries) = fs::read_dir(&self.folder) else {
            return Vec::new();
        };
        entries
            .flatten()
            .filter(|e| e.file_name().to_string_lossy().starts_with(&prefix))
            .map(|e| e.path())
            .collect()
    }

    pub(super) fn remove_partial_files(&self, peer: PeerKey, id: TransferId) {
        for path in self.partial_files(peer, id) {
            // It stays then, and is swept one day.
            let _ = fs::remove_file(path);
        }
    }

    /// Waits for the thread of an earlier connection to let go of the partial file; `None` when it does not, or when nobody needs it
    /// any more.
    pub(super) fn take_writing(
        self: &Arc<Self>,
        name: Name,
        needed: impl Fn() -> bool,
    ) -> Option<Writing> {
        let (mut writing, _) = self
            .written
            .wait_timeout_while(lock(&self.writing), OLD_WRITER_WITHIN, |w| {
                w.contains(&name) && needed()
            })
            .unwrap_or_else(PoisonError::into_inner);
        let free = writing.insert(name);
        let inbound = Arc::clone(self);
        free.then(|| Writing { inbound, name })
    }
}

/// What the thread of one big transfer holds.
pub(super) struct Writer {
    pub(super) inbound: Arc<Inbound>,
    pub(super) accepted: Accepted,
    /// Bytes of an earlier try lay here.
    pub(super) resumed: bool,
    pub(super) draft: Option<Draft>,
    pub(super) _writing: Writing,
}

impl Writer {
    /// The next part; `None`: the link is gone, and no more will come.
    pub(super) fn take(&mut self, part: Option<Part>) -> ControlFlow<()> {
        let (peer, id) = (self.accepted.peer, self.accepted.id);
        let Some(draft) = &mut self.draft else {
            return ControlFlow::Break(());
        };
        let told = match part {
            Some(Part::Data { offset, bytes }) => match write(draft, offset, &bytes) {
                Ok(upto) => {
                    self.inbound.errands.send(Errand::Wrote { peer, id, upto });
                    return ControlFlow::Continue(());
                }
                Err(why) => self.accepted.all_early(&RecipientStatus::Later { why }),
            },
            Some(Part::Complete) => {
                fault::point("inbound.complete");
                let path = draft.path();
                let mut travelling =
                    || -> io::Result<Box<dyn Read>> { Ok(Box::new(File::open(path)?)) };
                let told = self
                    .inbound
                    .file(&self.accepted, &mut travelling, self.resumed);
                fault::point("inbound.filed");
                told
            }
            Some(Part::GiveWay) => {
                journal::transfer_gave_way(&peer, draft.len());
                self.keep();
                self.accepted.all_early(&too_many())
            }
            None => {
                self.keep();
                return ControlFlow::Break(());
            }
        };
        {
            let mut under_way = lock(&self.inbound.under_way);
            // Where it was offered anew meanwhile, that offer waits for this thread to end.
            if let Some(UnderWay::Big { .. }) = under_way.get(&(peer, id)) {
                under_way.remove(&(peer, id));
            }
        }
        self.draft = None;
        self.inbound
            .errands
            .send(Errand::Receipt { peer, id, told });
        fault::point("inbound.receipted");
        ControlFlow::Break(())
    }

    /// What is here stays for the next try. Nothing is no help, and would take the place of something.
    fn keep(&mut self) {
        if let Some(draft) = self.draft.take_if(|draft| !draft.is_empty()) {
            draft.keep();
        }
    }
}

/// Writes what came, which belongs at `offset`; how much there is now.
fn write(draft: &mut Draft, offset: u64, bytes: &[u8]) -> Result<u64, Reason> {
    if offset != draft.len() {
        // The exchange tells them without a gap.
        return Err(letter::out_of_order());
    }
    draft.write_all(bytes).map_err(|e| {
        journal::disk_trouble("writing a letter that comes in", &e);
        letter::disk_reason(&e)
    })?;
    fault::point("inbound.data");
    Ok(draft.len())
}

/// The right to a partial file, given back also by a thread that panics.
pub(super) struct Writing {
    inbound: Arc<Inbound>,
    pub(super) name: Name,
}

impl Drop for Writing {
    fn drop(&mut self) {
        lock(&self.inbound.writing).remove(&self.name);
        self.inbound.written.notify_all();
    }
}

fn file_prefix(peer: &PeerKey, id: &TransferId) -> String {
    format!("{}{}-", peer_prefix(peer), hex(id))
}

pub(super) fn peer_prefix(peer: &PeerKey) -> String {
    format!("{}-", hex(&peer.as_bytes()[..8]))
}

fn hex(bytes: &[u8]) -> String {
    data_encoding::HEXLOWER.encode(bytes)
}
