//! How much may still be filed: a member's quota, and a reserve of free disk that mail never touches.

use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use rusqlite::Connection;

use super::{Error, Inner, lock, uid};
use crate::durable;
use crate::mail::address::MemberName;

/// The limits of a home.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// Bytes that one member's mailboxes may hold; 0 = as much as fits.
    pub bytes: u64,
    /// Bytes of free disk that mail leaves alone, so that the home itself can go on writing.
    pub reserve_bytes: u64,
}

/// What a member has, and may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Usage {
    /// Octets (with CRLF) in all their mailboxes.
    pub bytes: u64,
    /// As much as they may have; `None`: as much as fits.
    pub limit: Option<u64>,
}

impl Default for Quota {
    /// No quota; 64 MiB kept free. (A home keeps free what its own settings say.)
    fn default() -> Self {
        Self {
            bytes: 0,
            reserve_bytes: 64 << 20,
        }
    }
}

/// The limits as they are now; they can change while the home runs.
#[derive(Debug)]
pub(super) struct Limits {
    bytes: AtomicU64,
    reserve_bytes: AtomicU64,
    /// Octets that members' programs have announced, and that are in no mailbox yet.
    pub(super) coming: Mutex<HashMap<MemberName, u64>>,
}

impl Limits {
    pub(super) fn new(quota: Quota) -> Self {
        Self {
            bytes: AtomicU64::new(quota.bytes),
            reserve_bytes: AtomicU64::new(quota.reserve_bytes),
            coming: Mutex::default(),
        }
    }

    pub(super) fn set(&self, quota: Quota) {
        self.bytes.store(quota.bytes, Ordering::Relaxed);
        self.reserve_bytes
            .store(quota.reserve_bytes, Ordering::Relaxed);
    }

    /// What a member may have.
    pub(super) fn of_member(&self) -> Option<u64> {
        match self.bytes.load(Ordering::Relaxed) {
            0 => None,
            bytes => Some(bytes),
        }
    }

    /// What a job asks of the database after it has filed something, so that what comes at the same time counts, too; with an
    /// error the job is undone.
    pub(super) fn kept(
        &self,
    ) -> impl FnOnce(&Connection, &MemberName) -> Result<(), Error> + use<> {
        let most = self.of_member();
        move |c, member| match most {
            Some(most) if uid::used(c, member)? > most => Err(Error::OverQuota(member.clone())),
            _ => Ok(()),
        }
    }

    /// Whether `more` bytes may be filed for a member who has `used`; `not_yet_on_disk` of them are still to be written.
    pub(super) fn allow(
        &self,
        member: &MemberName,
        used: u64,
        more: u64,
        not_yet_on_disk: u64,
        folder: &Path,
    ) -> Result<(), Error> {
        let bytes = self.bytes.load(Ordering::Relaxed);
        if bytes != 0 && used.saturating_add(more) > bytes {
            return Err(Error::OverQuota(member.clone()));
        }
        let reserve = self.reserve_bytes.load(Ordering::Relaxed);
        if durable::room(folder)? < reserve.saturating_add(not_yet_on_disk) {
            return Err(Error::Full);
        }
        Ok(())
    }
}

/// Room for a message of a member's that is coming in, taken from those that come at the same time. Dropped: free.
pub(super) struct Reserved {
    inner: Arc<Inner>,
    member: MemberName,
    octets: u64,
}

impl Reserved {
    /// None yet.
    pub(super) fn of(inner: &Arc<Inner>, member: &MemberName) -> Self {
        Self {
            inner: Arc::clone(inner),
            member: member.clone(),
            octets: 0,
        }
    }

    /// So many octets in all, if it has less.
    pub(super) fn reach(&mut self, octets: u64) -> Result<(), Error> {
        let more = octets.saturating_sub(self.octets);
        if more == 0 {
            return Ok(());
        }
        let limits = &self.inner.limits;
        let most = limits.of_member();
        // Anew each time: something else may have been filed since the message was announced.
        let used = match most {
            Some(_) => self
                .inner
                .db
                .read(|c| Ok::<_, Error>(uid::used(c, &self.member)?))?,
            None => 0,
        };
        let mut coming = lock(&limits.coming);
        let before = coming.get(&self.member).copied().unwrap_or(0);
        let all = before.saturating_add(more);
        if most.is_some_and(|most| used.saturating_add(all) > most) {
            return Err(Error::OverQuota(self.member.clone()));
        }
        coming.insert(self.member.clone(), all);
        self.octets += more;
        Ok(())
    }
}

impl Drop for Reserved {
    fn drop(&mut self) {
        let mut coming = lock(&self.inner.limits.coming);
        if let Some(all) = coming.get_mut(&self.member) {
            *all = all.saturating_sub(self.octets);
            if *all == 0 {
                coming.remove(&self.member);
            }
        }
    }
}
