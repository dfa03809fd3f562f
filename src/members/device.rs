//! Device passwords: one a mail program, made here, shown once.
//!
//! 25 characters of the base32 alphabet in five groups, `kx3fz-…`: 125 random bits, no 0, 1, 8 or 9 to mistake. Nobody can
//! guess that, so a plain SHA-256 is enough to keep, and costs nothing to check at every poll. Case, dashes and spaces do not
//! matter when it is typed.

use std::fmt;

use rusqlite::{Connection, OptionalExtension};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::Error;

const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
const LENGTH: usize = 25;
const GROUP: usize = 5;

/// A new device password.
pub struct DevicePassword {
    /// The number to revoke it by.
    pub id: i64,
    /// What is typed into the mail program. Kept nowhere.
    pub secret: Zeroizing<String>,
}

impl fmt::Debug for DevicePassword {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DevicePassword({}, …)", self.id)
    }
}

/// A device that has a password.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Device {
    /// The number to revoke it by.
    pub id: i64,
    /// What the person called it.
    pub label: String,
    /// Seconds since 1970.
    pub created: i64,
    /// Seconds since 1970, right to the day.
    pub last_used: Option<i64>,
}

pub(super) fn generate() -> Result<Zeroizing<String>, Error> {
    let mut random = Zeroizing::new([0u8; LENGTH]);
    getrandom::fill(&mut *random).map_err(|_| Error::System("randomness"))?;
    let mut secret = Zeroizing::new(String::with_capacity(LENGTH + LENGTH / GROUP));
    for (n, byte) in random.iter().enumerate() {
        if n > 0 && n % GROUP == 0 {
            secret.push('-');
        }
        secret.push(char::from(ALPHABET[usize::from(byte % 32)])); // 256 is a multiple of 32: no bias
    }
    Ok(secret)
}

/// The hash of what may be a device password by its form.
pub(super) fn hash(typed: &str) -> Option<[u8; 32]> {
    let mut plain = Zeroizing::new(String::with_capacity(LENGTH));
    for c in typed.chars() {
        match c.to_ascii_lowercase() {
            '-' | ' ' => {}
            c if c.is_ascii() && ALPHABET.contains(&(c as u8)) && plain.len() < LENGTH => {
                plain.push(c);
            }
            _ => return None,
        }
    }
    (plain.len() == LENGTH).then(|| Sha256::digest(plain.as_bytes()).into())
}

pub(super) struct Found {
    pub id: i64,
    pub last_used: Option<i64>,
}

pub(super) fn find(c: &Connection, member: i64, hash: &[u8; 32]) -> Result<Option<Found>, Error> {
    Ok(
        c.prepare_cached("SELECT id, last_used FROM devices WHERE hash = ?1 AND member = ?2")?
            .query_row((hash, member), |r| {
                Ok(Found {
                    id: r.get(0)?,
                    last_used: r.get(1)?,
                })
            })
            .optional()?,
    )
}

pub(super) fn list(c: &Connection, member: i64) -> Result<Vec<Device>, Error> {
    let mut statement = c.prepare_cached(
        "SELECT id, label, created, last_used FROM devices WHERE member = ?1 ORDER BY id",
    )?;
    let rows = statement.query_map([member], |r| {
        Ok(Device {
            id: r.get(0)?,
            label: r.get(1)?,
            created: r.get(2)?,
            last_used: r.get(3)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use super::*;

    #[test]
    fn it_is_readable_random_and_forgiving() {
        let (one, two) = (generate().unwrap(), generate().unwrap());
        assert_ne!(one, two);
        assert_eq!(one.split('-').map(str::len).collect::<Vec<_>>(), [5; 5]);
        let shouted = one.to_uppercase().replace('-', " ");
        assert_eq!(hash(&one).unwrap(), hash(&shouted).unwrap());
        assert_ne!(hash(&one), hash(&two));
        for no in [
            "",
            "secret",
            "abcde-fghij-klmno-pqrst-uvwx1",
            "abcdefghijklmnopqrstuvwxyz",
        ] {
            assert_eq!(hash(no), None);
        }
        let debug = format!(
            "{:?}",
            DevicePassword {
                id: 1,
                secret: one.clone()
            }
        );
        assert!(!debug.contains(one.as_str()));
    }
}
