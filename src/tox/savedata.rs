//! `tox.save`: the home's identity on the disk.
//!
//! libtoxcore's own check of what it loads is lenient: a file whose key section is damaged gives a *new* identity without
//! an error. So the file is looked through before it is loaded, and the identity compared after.
//!
//! What nobody may lose (keys, friends, name) is written at once when it changes; what is only handy (the nodes and
//! relays seen last) ten minutes after the network was reached, then every hour, and at the stop: an SD card has few
//! writes in it.

use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::core::Core;
use super::error::Error;
use crate::durable;
use crate::mail::address::ToxId;

/// Largest file that is read: a thousand friends make some 2.2 MB.
const LARGEST: u64 = 64 << 20;

const GLOBAL_COOKIE: u32 = 0x15ED_1B1F;
const SECTION_COOKIE: u16 = 0x01CE;
const SECTION_KEYS: u16 = 1;
const SECTION_END: u16 = 255;
/// nospam, public key, secret key
const KEYS_LENGTH: usize = 4 + 32 + 32;

/// Reads the file; `None` when there is none, which is a first start.
pub(super) fn read(path: &Path) -> Result<Option<Zeroizing<Vec<u8>>>, Error> {
    let unreadable = |source| Error::Unreadable {
        path: path.to_owned(),
        source,
    };
    let file = match std::fs::File::open(path) {
        Ok(file) => file,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(unreadable(e)),
    };
    let mut save = Zeroizing::new(Vec::new());
    file.take(LARGEST + 1)
        .read_to_end(&mut save)
        .map_err(unreadable)?;
    identity(&save).map_err(|why| Error::Damaged {
        path: path.to_owned(),
        why,
    })?;
    Ok(Some(save))
}

/// The Tox ID in a `tox.save`, for a home that is stopped; `None` when there is no file yet.
///
/// # Errors
/// The file is there, but cannot be read, or is damaged.
pub fn tox_id(path: &Path) -> Result<Option<ToxId>, Error> {
    let Some(save) = read(path)? else {
        return Ok(None);
    };
    id_of(&save).map(Some).map_err(|why| Error::Damaged {
        path: path.to_owned(),
        why,
    })
}

/// The Tox ID in a savedata.
///
/// # Errors
/// What is wrong with it.
pub fn id_of(save: &[u8]) -> Result<ToxId, &'static str> {
    let (nospam, key) = identity(save)?;
    let mut id = [0; 38];
    id[..32].copy_from_slice(&key);
    id[32..36].copy_from_slice(&nospam);
    for at in 0..36 {
        id[36 + at % 2] ^= id[at];
    }
    ToxId::from_bytes(id).map_err(|_| "its address has a wrong checksum")
}

/// What the identity is made of, without friends and name: nospam, then the secret key.
pub type Keys = Zeroizing<[u8; 36]>;

/// The keys in a `tox.save`, for somebody who writes them down; `None` when there is no file yet.
///
/// # Errors
/// The file is there, but cannot be read, or is damaged.
pub fn keys(path: &Path) -> Result<Option<Keys>, Error> {
    let Some(save) = read(path)? else {
        return Ok(None);
    };
    let content = key_section(&save).map_err(|why| Error::Damaged {
        path: path.to_owned(),
        why,
    })?;
    let mut keys = Zeroizing::new([0; 36]);
    keys[..4].copy_from_slice(&content[..4]);
    keys[4..].copy_from_slice(&content[36..]);
    Ok(Some(keys))
}

/// A savedata with nothing but these keys, as libtoxcore reads it.
pub fn from_keys(keys: &Keys) -> Zeroizing<Vec<u8>> {
    let mut secret = Zeroizing::new([0; 32]);
    secret.copy_from_slice(&keys[4..]);
    let public = x25519_dalek::x25519(*secret, x25519_dalek::X25519_BASEPOINT_BYTES);
    let head = |length: usize, kind: u16| {
        let kind = u32::from(SECTION_COOKIE) << 16 | u32::from(kind);
        [(length as u32).to_le_bytes(), kind.to_le_bytes()].concat()
    };
    Zeroizing::new(
        [
            &[0; 4],
            &GLOBAL_COOKIE.to_le_bytes()[..],
            &head(KEYS_LENGTH, SECTION_KEYS),
            &keys[..4],
            &public,
            &*secret,
            &head(0, SECTION_END),
        ]
        .concat(),
    )
}

/// nospam and public key of a savedata that is whole as far as we can see.
pub(super) fn identity(save: &[u8]) -> Result<([u8; 4], [u8; 32]), &'static str> {
    let content = key_section(save)?;
    let mut nospam = [0; 4];
    let mut key = [0; 32];
    nospam.copy_from_slice(&content[..4]);
    key.copy_from_slice(&content[4..36]);
    Ok((nospam, key))
}

/// The section with nospam, public and secret key of a savedata that is whole as far as we can see.
fn key_section(save: &[u8]) -> Result<&[u8], &'static str> {
    if save.is_empty() {
        return Err("it is empty");
    }
    let word = |at: usize| -> Option<u32> {
        Some(u32::from_le_bytes(save.get(at..at + 4)?.try_into().ok()?))
    };
    if word(0) != Some(0) || word(4) != Some(GLOBAL_COOKIE) {
        return Err("it is not a Tox profile");
    }
    let mut at = 8;
    let mut found = None;
    loop {
        let (Some(length), Some(head)) = (word(at), word(at + 4)) else {
            return Err("it ends too early");
        };
        let (kind, cookie) = (head as u16, (head >> 16) as u16);
        if cookie != SECTION_COOKIE {
            return Err("a part of it is not what it should be");
        }
        at += 8;
        let content = usize::try_from(length)
            .ok()
            .and_then(|length| save.get(at..at.checked_add(length)?))
            .ok_or("it ends too early")?;
        at += content.len();
        if kind == SECTION_KEYS && content.len() == KEYS_LENGTH {
            found = Some(content);
        }
        if kind == SECTION_END {
            return found.ok_or("its keys are missing");
        }
    }
}

/// Writes the file when it is time.
pub(super) struct Saver {
    path: PathBuf,
    /// Hash of what is on the disk.
    written: Option<[u8; 32]>,
    next: Option<Instant>,
}

impl Saver {
    const FIRST: Duration = Duration::from_secs(10 * 60);
    const LATER: Duration = Duration::from_secs(60 * 60);
    /// After a failed write: the disk may be full for a while.
    const AGAIN: Duration = Duration::from_secs(30);

    pub(super) fn new(path: PathBuf, loaded: Option<&[u8]>) -> Self {
        Self {
            path,
            written: loaded.map(|save| Sha256::digest(save).into()),
            next: None,
        }
    }

    /// The network was reached: what libtoxcore learns from now on is worth keeping.
    pub(super) fn reached(&mut self, now: Instant) {
        self.next.get_or_insert(now + Self::FIRST);
    }

    /// Whether a write is due.
    pub(super) fn is_due(&self, now: Instant) -> bool {
        self.next.is_some_and(|at| now >= at)
    }

    /// Writes what differs from the disk.
    pub(super) fn save(&mut self, now: Instant, core: &Core) -> io::Result<()> {
        let save = core.savedata();
        let digest: [u8; 32] = Sha256::digest(&*save).into();
        let outcome = if self.written == Some(digest) {
            Ok(())
        } else {
            durable::write(&self.path, &save)
        };
        match outcome {
            Ok(()) => {
                self.written = Some(digest);
                self.next = self.next.map(|_| now + Self::LATER);
            }
            Err(_) => self.next = Some(now + Self::AGAIN),
        }
        outcome
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    fn section(kind: u16, content: &[u8]) -> Vec<u8> {
        let mut bytes = (content.len() as u32).to_le_bytes().to_vec();
        bytes.extend(kind.to_le_bytes());
        bytes.extend(SECTION_COOKIE.to_le_bytes());
        bytes.extend(content);
        bytes
    }

    fn whole() -> Vec<u8> {
        let mut save = vec![0; 4];
        save.extend(GLOBAL_COOKIE.to_le_bytes());
        let mut keys = vec![9; 4];
        keys.extend([5; 32]);
        keys.extend([6; 32]);
        save.extend(section(SECTION_KEYS, &keys));
        save.extend(section(4, b"Garden Street 5"));
        save.extend(section(SECTION_END, b""));
        save
    }

    #[test]
    fn the_identity_is_read_and_every_truncation_refused() {
        let save = whole();
        assert_eq!(identity(&save), Ok(([9; 4], [5; 32])));
        for length in 0..save.len() {
            assert!(identity(&save[..length]).is_err(), "{length}");
        }
        let mut other = save.clone();
        other[4] ^= 1;
        assert_eq!(identity(&other), Err("it is not a Tox profile"));
        let mut other = save;
        other[8..12].fill(0xFF);
        assert_eq!(identity(&other), Err("it ends too early"));
    }

    #[test]
    fn a_stopped_home_tells_its_id() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("tox.save");
        assert!(tox_id(&path).unwrap().is_none());
        std::fs::write(&path, whole()).unwrap();
        let id = tox_id(&path).unwrap().unwrap();
        assert_eq!(id.key().as_bytes(), &[5; 32]);
        std::fs::write(&path, b"").unwrap();
        let error = tox_id(&path).unwrap_err().to_string();
        assert!(error.contains("is damaged (it is empty)"), "{error}");
    }
}
