//! A Wi-Fi network to join, as the setup file and the page are told it.
//!
//! A network's name (SSID) is any 1 to 32 bytes (IEEE 802.11-2020, 9.4.2.2): no text, and nothing that could stand in a file as it is.
//! So it goes about in hexadecimal digits. Of a password only the key that is made from it goes anywhere (WPA2; IEEE 802.11-2020, J.4.1).
//! WPA3 alone would want the password itself, so a network that knows nothing else cannot be joined.

use std::borrow::Cow;
use std::fmt;
use std::num::NonZeroU32;

use data_encoding::HEXLOWER_PERMISSIVE;
use ring::pbkdf2;
use zeroize::Zeroizing;

/// Longest name, in bytes.
pub const MAX_SSID: usize = 32;
/// How often a password is hashed (IEEE 802.11-2020, J.4.1).
const ROUNDS: NonZeroU32 = NonZeroU32::MIN.saturating_add(4095);

/// A network's name.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Ssid(Vec<u8>);

impl Ssid {
    /// `None` where these bytes are no name; a network that hides its own says zeros instead.
    pub fn new(bytes: Vec<u8>) -> Option<Self> {
        let is_name = (1..=MAX_SSID).contains(&bytes.len()) && bytes.iter().any(|b| *b != 0);
        is_name.then_some(Self(bytes))
    }

    /// As somebody typed it; `None` where it is too long, or nothing that can be typed.
    pub fn typed(text: &str) -> Option<Self> {
        if text.chars().any(char::is_control) {
            return None;
        }
        Self::new(text.as_bytes().to_vec())
    }

    /// Two hexadecimal digits a byte.
    pub fn hex(&self) -> String {
        HEXLOWER_PERMISSIVE.encode(&self.0)
    }

    /// The other way round.
    pub fn of_hex(digits: &str) -> Option<Self> {
        Self::new(HEXLOWER_PERMISSIVE.decode(digits.as_bytes()).ok()?)
    }

    /// For people, who take most names for UTF-8. It may hold any character.
    pub fn words(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.0)
    }
}

/// What opens a network.
#[derive(Clone, PartialEq, Eq)]
pub enum Key {
    /// Nothing: whoever is near is in it, and can listen.
    Open,
    /// The key that is made from its password.
    Psk(Zeroizing<[u8; 32]>),
}

/// It is no password of a Wi-Fi network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoPassword;

impl Key {
    /// From a password of 8 to 63 bytes, or the 64 hexadecimal digits of the key itself. Takes some milliseconds.
    ///
    /// # Errors
    /// It is neither.
    pub fn of(ssid: &Ssid, password: &str) -> Result<Self, NoPassword> {
        let mut key = Zeroizing::new([0; 32]);
        match password.len() {
            64 => {
                let digits = password.as_bytes();
                HEXLOWER_PERMISSIVE
                    .decode_mut(digits, &mut key[..])
                    .map_err(|_| NoPassword)?;
            }
            8..=63 if !password.chars().any(char::is_control) => {
                let sha1 = pbkdf2::PBKDF2_HMAC_SHA1;
                pbkdf2::derive(sha1, ROUNDS, &ssid.0, password.as_bytes(), &mut key[..]);
            }
            _ => return Err(NoPassword),
        }
        Ok(Self::Psk(key))
    }

    /// The key in hexadecimal digits; `open` where there is none.
    pub fn written(&self) -> Zeroizing<String> {
        Zeroizing::new(match self {
            Self::Open => "open".to_owned(),
            Self::Psk(key) => HEXLOWER_PERMISSIVE.encode(&key[..]),
        })
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Open => "Open",
            Self::Psk(_) => "Psk(…)",
        })
    }
}

/// Whose rules the radio keeps (ISO 3166-1, two letters): without them there are fewer channels, and none of 5 GHz.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Country([u8; 2]);

impl Country {
    /// `None` for what is not two letters.
    pub fn new(text: &str) -> Option<Self> {
        let letters: [u8; 2] = text.trim().as_bytes().try_into().ok()?;
        let all = letters.iter().all(u8::is_ascii_alphabetic);
        all.then(|| Self(letters.map(|letter| letter.to_ascii_uppercase())))
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&String::from_utf8_lossy(&self.0))
    }
}

/// A network, and what it takes to join it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wifi {
    /// Its name.
    pub ssid: Ssid,
    /// What opens it.
    pub key: Key,
    /// Where the box is.
    pub country: Country,
    /// It was not seen and may hide its name, so that the box has to ask for it.
    pub hidden: bool,
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_password_becomes_the_key_of_the_standard() {
        // IEEE 802.11-2020, J.4.2: test vectors.
        for (ssid, password, key) in [
            (
                "IEEE",
                "password",
                "f42c6fc52df0ebef9ebb4b90b38a5f902e83fe1b135a70e23aed762e9710a12e",
            ),
            (
                "ThisIsASSID",
                "ThisIsAPassword",
                "0dc0d6eb90555ed6419756b9a15ec3e3209b63df707dd508d14581f8982721af",
            ),
        ] {
            let ssid = Ssid::typed(ssid).unwrap();
            assert_eq!(*Key::of(&ssid, password).unwrap().written(), key);
            // The key itself is as good, and is not hashed again.
            let itself = Key::of(&ssid, &key.to_uppercase()).unwrap();
            assert_eq!(*itself.written(), key);
            assert!(!format!("{itself:?}").contains(&key[..8]));
        }
        assert_eq!(*Key::Open.written(), "open");
    }

    #[test]
    fn what_is_no_password_is_refused() {
        let ssid = Ssid::typed("home").unwrap();
        let long = "x".repeat(63);
        for good in ["8 bytes!", "Gärten 5", long.as_str()] {
            assert!(Key::of(&ssid, good).is_ok(), "{good}");
        }
        let (longer, no_digits) = ("x".repeat(65), "x".repeat(64));
        for bad in ["", "7 bytes", "two\nlines", &longer, &no_digits] {
            assert_eq!(Key::of(&ssid, bad), Err(NoPassword), "{bad:?}");
        }
    }

    #[test]
    fn a_name_is_any_bytes_and_goes_about_in_digits() {
        let wild = b"\"\n\xff\0 }psk=\\".to_vec();
        let ssid = Ssid::new(wild.clone()).unwrap();
        assert!(ssid.hex().bytes().all(|b| b.is_ascii_hexdigit()));
        assert_eq!(Ssid::of_hex(&ssid.hex()), Ssid::new(wild));
        assert_eq!(Ssid::of_hex(&ssid.hex().to_uppercase()), Some(ssid));
        for none in [vec![], vec![0; 12], vec![b'x'; 33]] {
            assert_eq!(Ssid::new(none), None);
        }
        for none in ["", "a\nb", &"ä".repeat(17)] {
            assert_eq!(Ssid::typed(none), None, "{none:?}");
        }
        for none in ["", "4", "4x", "zz"] {
            assert_eq!(Ssid::of_hex(none), None, "{none}");
        }
    }

    #[test]
    fn a_country_has_two_letters() {
        for (text, country) in [
            ("FR", Some("FR")),
            (" de ", Some("DE")),
            ("", None),
            ("F", None),
            ("FRA", None),
            ("00", None),
            ("é", None),
        ] {
            let read = Country::new(text).map(|country| country.to_string());
            assert_eq!(read.as_deref(), country, "{text}");
        }
    }
}
