//! The name of a member.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::key::AddressError;

/// The name of a member's mailbox: `[a-z0-9][a-z0-9._-]{0,31}`, folded to lower case, not a reserved word,
/// no dot at the end and no two in a row.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct MemberName(String);

impl MemberName {
    /// Names that no member may have.
    pub const RESERVED: [&'static str; 6] = [
        "postmaster",
        "abuse",
        "mailer-daemon",
        "home",
        "tox",
        "root",
    ];

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for MemberName {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let name = text.to_ascii_lowercase();
        let legal = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"._-".contains(&b);
        let starts = name
            .bytes()
            .next()
            .is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        // An address cannot hold these dots without quotes (RFC 5321 section 4.1.2), and no mail program asks for quotes.
        let dots = name.ends_with('.') || name.contains("..");
        if !starts || dots || name.len() > 32 || !name.bytes().all(legal) {
            return Err(AddressError(
                "a member's name has 1 to 32 letters a-z, digits, single dots, dashes or underscores; it starts with a letter or digit and does not end with a dot".into(),
            ));
        }
        if Self::RESERVED.contains(&name.as_str()) {
            return Err(AddressError(format!(
                "the name '{name}' is reserved; choose another"
            )));
        }
        Ok(Self(name))
    }
}

impl TryFrom<String> for MemberName {
    type Error = AddressError;
    fn try_from(text: String) -> Result<Self, AddressError> {
        text.parse()
    }
}

impl From<MemberName> for String {
    fn from(name: MemberName) -> String {
        name.0
    }
}

impl fmt::Display for MemberName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for MemberName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MemberName({})", self.0)
    }
}
