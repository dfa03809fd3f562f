//! Passwords that the home must be able to say again: sealed with a key that lies in a file of its own.
//!
//! `DIR/secret.key` (32 random bytes, mode 0600, made at the first need) keeps them from whoever gets only the database: a
//! copy sent to somebody who helps, a backup on a stick. What is sealed is bound to its place: a sealed password that is
//! put into another row opens nothing.

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use zeroize::{Zeroize, Zeroizing};

use crate::durable;

/// The key's name in the home's folder.
pub const FILE: &str = "secret.key";
const KEY_BYTES: usize = 32;

/// Why a password cannot be sealed or opened.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The disk refuses.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// The key is gone, or it is not the one that the password was sealed with.
    #[error("the stored password cannot be read: {FILE} is missing, or it is another one")]
    Closed,
    /// The file is no key.
    #[error("{0} is not a key; restore it from a backup, or remove it and set the passwords again")]
    Broken(PathBuf),
    /// No randomness from the system.
    #[error("the system gave no random numbers")]
    Random,
}

/// What seals and opens.
#[derive(Debug)]
pub struct Safe {
    path: PathBuf,
    /// One makes the key.
    making: Mutex<()>,
}

impl Safe {
    /// The safe of the home in `dir`. Nothing is read or made before the first need.
    pub fn at(dir: &Path) -> Self {
        Self {
            path: dir.join(FILE),
            making: Mutex::default(),
        }
    }

    /// `secret`, sealed for `place`.
    ///
    /// # Errors
    /// [`Error`], never [`Error::Closed`].
    pub fn seal(&self, place: &str, secret: &str) -> Result<Vec<u8>, Error> {
        let key = match self.key()? {
            Some(key) => key,
            None => self.make()?,
        };
        let mut nonce = [0; NONCE_LEN];
        getrandom::fill(&mut nonce).map_err(|_| Error::Random)?;
        let mut text = Zeroizing::new(secret.as_bytes().to_vec());
        let tag = key
            .seal_in_place_separate_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(place),
                &mut text,
            )
            .map_err(|_| Error::Random)?;
        Ok([&nonce[..], &text[..], tag.as_ref()].concat())
    }

    /// What was sealed for `place`.
    ///
    /// # Errors
    /// [`Error`].
    pub fn open(&self, place: &str, sealed: &[u8]) -> Result<Zeroizing<String>, Error> {
        let key = self.key()?.ok_or(Error::Closed)?;
        let (nonce, text) = sealed.split_at_checked(NONCE_LEN).ok_or(Error::Closed)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| Error::Closed)?;
        let mut text = Zeroizing::new(text.to_vec());
        let opened = key.open_in_place(nonce, Aad::from(place), &mut text);
        let opened = opened.map_err(|_| Error::Closed)?;
        let secret = std::str::from_utf8(opened).map_err(|_| Error::Closed)?;
        Ok(Zeroizing::new(secret.to_owned()))
    }

    fn key(&self) -> Result<Option<LessSafeKey>, Error> {
        match fs::read(&self.path) {
            Ok(bytes) => self.of(Zeroizing::new(bytes)).map(Some),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(e.into()),
        }
    }

    fn make(&self) -> Result<LessSafeKey, Error> {
        let _one = self.making.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(key) = self.key()? {
            return Ok(key); // made meanwhile
        }
        let mut bytes = [0; KEY_BYTES];
        getrandom::fill(&mut bytes).map_err(|_| Error::Random)?;
        let written = durable::write(&self.path, &bytes);
        bytes.zeroize();
        written?;
        // A draft is born with this mode; said once more for whoever reads this.
        fs::set_permissions(&self.path, fs::Permissions::from_mode(0o600))?;
        self.key()?.ok_or(Error::Closed)
    }

    fn of(&self, bytes: Zeroizing<Vec<u8>>) -> Result<LessSafeKey, Error> {
        let key = UnboundKey::new(&CHACHA20_POLY1305, &bytes)
            .map_err(|_| Error::Broken(self.path.clone()))?;
        Ok(LessSafeKey::new(key))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_in_its_place_only_and_with_its_key_only() {
        let dir = tempfile::tempdir().unwrap();
        let safe = Safe::at(dir.path());
        let path = dir.path().join(FILE);
        assert!(matches!(safe.open("a", &[0; 40]), Err(Error::Closed)));
        assert!(!path.exists(), "looking makes no key");
        let sealed = safe.seal("a", "geheim ä").unwrap();
        assert!(!sealed.windows(6).any(|w| w == b"geheim"));
        assert_ne!(sealed, safe.seal("a", "geheim ä").unwrap());
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(*safe.open("a", &sealed).unwrap(), "geheim ä");
        assert_eq!(
            *Safe::at(dir.path()).open("a", &sealed).unwrap(),
            "geheim ä"
        );
        assert!(matches!(safe.open("b", &sealed), Err(Error::Closed)));
        for broken in [&sealed[..5], &sealed[..sealed.len() - 1], &[]] {
            assert!(matches!(safe.open("a", broken), Err(Error::Closed)));
        }
        fs::write(&path, [7; 32]).unwrap();
        assert!(matches!(safe.open("a", &sealed), Err(Error::Closed)));
        fs::write(&path, "short").unwrap();
        assert!(matches!(safe.open("a", &sealed), Err(Error::Broken(_))));
        assert!(matches!(safe.seal("a", "x"), Err(Error::Broken(_))));
        fs::remove_file(&path).unwrap();
        assert!(matches!(safe.open("a", &sealed), Err(Error::Closed)));
    }
}
