//! Keys: another home's public key, and the full Tox address that makes first contact.

use std::fmt;
use std::str::FromStr;

use data_encoding::{BASE32_NOPAD, HEXLOWER_PERMISSIVE, HEXUPPER};
use serde::{Deserialize, Serialize};

/// Another home on the Tox network: its long-term public key, 32 bytes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PeerKey([u8; 32]);

impl PeerKey {
    /// The key from its bytes.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The key from its 52 base32 characters, any case.
    ///
    /// # Errors
    /// Another length, a character outside `a-z2-7`, or spare bits at the end that are not zero.
    pub fn from_base32(text: &str) -> Result<Self, AddressError> {
        base32(text).map(Self)
    }

    /// 52 characters of RFC 4648 base32, lower case, no padding: fits a DNS label.
    pub fn base32(&self) -> String {
        BASE32_NOPAD.encode(&self.0).to_ascii_lowercase()
    }
}

impl fmt::Display for PeerKey {
    /// 64 upper-case hex digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&HEXUPPER.encode(&self.0))
    }
}

impl fmt::Debug for PeerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PeerKey({}…)", &HEXUPPER.encode(&self.0)[..8])
    }
}

/// Why a text is not the address, key or name it should be. The text says what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct AddressError(pub String);

impl FromStr for PeerKey {
    type Err = AddressError;

    /// 64 hex digits, any case.
    fn from_str(text: &str) -> Result<Self, AddressError> {
        hex(text)
            .map(Self)
            .ok_or_else(|| AddressError("a key is 64 hex digits".into()))
    }
}

impl Serialize for PeerKey {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PeerKey {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

/// A full Tox address, 38 bytes: public key (32), nospam (4), checksum (2). Enough to make first contact.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ToxId([u8; 38]);

impl ToxId {
    /// The address from its bytes.
    ///
    /// # Errors
    /// A wrong checksum: mistyped. A key of zeros, which nobody can have: a letter to it would wait for ever.
    pub fn from_bytes(bytes: [u8; 38]) -> Result<Self, AddressError> {
        if bytes[..32] == [0; 32] {
            return Err(AddressError(
                "this is no home's Tox address (its key is zero); copy it again".into(),
            ));
        }
        let mut sum = [0u8; 2];
        for (i, byte) in bytes[..36].iter().enumerate() {
            sum[i % 2] ^= byte;
        }
        if bytes[36..] == sum {
            Ok(Self(bytes))
        } else {
            Err(AddressError(
                "this Tox address is mistyped (its checksum is wrong); copy it again".into(),
            ))
        }
    }

    /// The 38 bytes.
    pub const fn as_bytes(&self) -> &[u8; 38] {
        &self.0
    }

    /// The public key in it.
    pub fn key(&self) -> PeerKey {
        let mut key = [0; 32];
        key.copy_from_slice(&self.0[..32]);
        PeerKey(key)
    }

    /// The address from its 61 base32 characters, any case.
    ///
    /// # Errors
    /// As [`PeerKey::from_base32`], or a wrong checksum.
    pub fn from_base32(text: &str) -> Result<Self, AddressError> {
        base32(text).and_then(Self::from_bytes)
    }

    /// 61 characters of RFC 4648 base32, lower case, no padding.
    pub fn base32(&self) -> String {
        BASE32_NOPAD.encode(&self.0).to_ascii_lowercase()
    }
}

impl fmt::Display for ToxId {
    /// 76 upper-case hex digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&HEXUPPER.encode(&self.0))
    }
}

impl fmt::Debug for ToxId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The nospam is what lets strangers knock: not in a log.
        write!(f, "ToxId({}…)", &HEXUPPER.encode(&self.0)[..8])
    }
}

impl FromStr for ToxId {
    type Err = AddressError;

    /// 76 hex digits, any case.
    fn from_str(text: &str) -> Result<Self, AddressError> {
        let bytes =
            hex(text).ok_or_else(|| AddressError("a Tox address is 76 hex digits".into()))?;
        Self::from_bytes(bytes)
    }
}

fn hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    HEXLOWER_PERMISSIVE
        .decode(text.as_bytes())
        .ok()?
        .try_into()
        .ok()
}

/// Strict base32: the decoder itself refuses spare bits that are not zero, so that every key has one spelling only.
fn base32<const N: usize>(text: &str) -> Result<[u8; N], AddressError> {
    BASE32_NOPAD
        .decode(text.to_ascii_uppercase().as_bytes())
        .ok()
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or_else(|| {
            AddressError("the part before .tox is mistyped; copy the whole address again".into())
        })
}
