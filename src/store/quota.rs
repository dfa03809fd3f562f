//! How much may still be filed: a member's quota, and a reserve of free disk that mail never touches.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use super::Error;
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
}

impl Limits {
    pub(super) fn new(quota: Quota) -> Self {
        Self {
            bytes: AtomicU64::new(quota.bytes),
            reserve_bytes: AtomicU64::new(quota.reserve_bytes),
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
