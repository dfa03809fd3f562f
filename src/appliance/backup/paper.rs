//! The identity alone, on paper: an armored age file that fits into a QR code, and words to check.
//!
//! It holds nospam and secret key, which is all that makes the Tox address; libtoxcore's own file has friends and nodes as well,
//! and does not fit.

use std::path::Path;

use data_encoding::{BASE64, HEXLOWER, HEXLOWER_PERMISSIVE};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::super::age;
use super::{Error, contents, passphrase};
use crate::contacts;
use crate::mail::address::ToxId;
use crate::tox::savedata::{self, Keys};

const BEGIN: &str = "-----BEGIN AGE ENCRYPTED FILE-----";
const END: &str = "-----END AGE ENCRYPTED FILE-----";
const KIND: &str = "toxmail identity 1 ";
/// Words to check: a mistake in typing makes others but once in 2^44.
const WORDS: usize = 4;

/// An identity as it stands on paper.
pub struct Paper {
    /// The armored text; the QR code has the same.
    pub text: String,
    /// Made of the Tox ID.
    pub words: String,
    /// Its Tox ID.
    pub id: ToxId,
    /// A `tox.save` with it.
    pub save: Zeroizing<Vec<u8>>,
}

impl std::fmt::Debug for Paper {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Paper({})", self.id)
    }
}

impl Paper {
    /// The identity of the home in `dir`, sealed.
    ///
    /// # Errors
    /// [`Error::Weak`], [`Error::NoIdentity`]; the file cannot be read.
    pub fn of(dir: &Path, passphrase: &str) -> Result<Self, Error> {
        passphrase::check(passphrase).map_err(Error::Weak)?;
        let keys = savedata::keys(&dir.join(contents::IDENTITY))
            .map_err(|e| Error::Io(std::io::Error::other(e)))?
            .ok_or(Error::NoIdentity)?;
        let plain = Zeroizing::new(format!("{KIND}{}\n", HEXLOWER.encode(&*keys)));
        let sealed = BASE64.encode(&age::seal(passphrase, plain.as_bytes())?);
        // The format's armor: lines of 64, as PEM has them. It is ASCII.
        let mut text = format!("{BEGIN}\n");
        let mut rest = sealed.as_str();
        while !rest.is_empty() {
            let (line, more) = rest.split_at(rest.len().min(64));
            text += &format!("{line}\n");
            rest = more;
        }
        text += &format!("{END}\n");
        Self::with(&keys, text)
    }

    /// Opens the text of a paper; spaces and line ends do not matter.
    ///
    /// # Errors
    /// [`Error::WrongPassphrase`]; it is not such a text, or has a mistake in it.
    pub fn read(text: &str, passphrase: &str) -> Result<Self, Error> {
        let no_paper = || Error::damaged("it is not the text of a paper, from BEGIN to END");
        let (_, rest) = text.split_once(BEGIN).ok_or_else(no_paper)?;
        let (armored, _) = rest.split_once(END).ok_or_else(no_paper)?;
        let armored: String = armored.split_whitespace().collect();
        let sealed = BASE64
            .decode(armored.as_bytes())
            .map_err(|_| Error::damaged("a letter of it is wrong or missing"))?;
        let plain = age::unseal(passphrase, &sealed).map_err(|e| match e {
            age::Error::NoMatch => Error::WrongPassphrase,
            e => e.into(),
        })?;
        let digits = std::str::from_utf8(&plain).ok();
        let digits = digits.and_then(|plain| plain.trim_end().strip_prefix(KIND));
        let bytes = digits.and_then(|digits| HEXLOWER_PERMISSIVE.decode(digits.as_bytes()).ok());
        let bytes = Zeroizing::new(bytes.ok_or_else(no_paper)?);
        let mut keys: Keys = Zeroizing::new([0; 36]);
        if bytes.len() != keys.len() {
            return Err(no_paper());
        }
        keys.copy_from_slice(&bytes);
        Self::with(&keys, text.to_owned())
    }

    fn with(keys: &Keys, text: String) -> Result<Self, Error> {
        let save = savedata::from_keys(keys);
        let id = savedata::id_of(&save).map_err(Error::damaged)?;
        let digest = Sha256::digest(id.as_bytes());
        let number = digest
            .iter()
            .take(16)
            .fold(0u128, |n, byte| n << 8 | u128::from(*byte));
        Ok(Self {
            text,
            words: contacts::spelled(number, WORDS),
            id,
            save,
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use super::*;

    const PASSPHRASE: &str = "correct horse battery";

    #[test]
    fn an_identity_comes_back_from_paper_however_it_was_typed() {
        let dir = tempfile::tempdir().unwrap();
        assert!(matches!(
            Paper::of(dir.path(), PASSPHRASE),
            Err(Error::NoIdentity)
        ));
        let mut keys: Keys = Zeroizing::new([9; 36]);
        keys[4..].fill(3);
        std::fs::write(dir.path().join("tox.save"), &*savedata::from_keys(&keys)).unwrap();
        let paper = Paper::of(dir.path(), PASSPHRASE).unwrap();
        // A QR code of 89 modules has room for 718 bytes.
        assert!(paper.text.len() < 700, "{}", paper.text.len());
        let typed = format!("Our home\r\n{}\r\n", paper.text.replace('\n', " \r\n  "));
        let back = Paper::read(&typed, PASSPHRASE).unwrap();
        assert_eq!((&back.words, back.id), (&paper.words, paper.id));
        assert_eq!(back.words.split(' ').count(), WORDS);
        assert_eq!(*back.save, *paper.save);
        assert!(matches!(
            Paper::read(&typed, "another passphrase"),
            Err(Error::WrongPassphrase)
        ));
        let at = paper.text.len() / 2;
        for wrong in [&paper.text[..at], "", "-----BEGIN AGE ENCRYPTED FILE-----"] {
            assert!(matches!(
                Paper::read(wrong, PASSPHRASE),
                Err(Error::Damaged(_))
            ));
        }
    }
}
