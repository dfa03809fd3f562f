//! Flags: the letters after `:2,` of a Maildir name, as bits.

use std::fmt;

/// The flags of one message. Every ASCII letter is kept, also those that only another program understands: Dovecot
/// writes keywords as `a` to `z`.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Flags(u64);

impl Flags {
    /// None set.
    pub const NONE: Self = Self(0);
    /// `P`: passed on.
    pub const PASSED: Self = Self::letter(b'P');
    /// `R`: answered.
    pub const REPLIED: Self = Self::letter(b'R');
    /// `S`: read.
    pub const SEEN: Self = Self::letter(b'S');
    /// `T`: marked for deletion.
    pub const TRASHED: Self = Self::letter(b'T');
    /// `D`: a draft.
    pub const DRAFT: Self = Self::letter(b'D');
    /// `F`: flagged.
    pub const FLAGGED: Self = Self::letter(b'F');

    /// The flag of one ASCII letter; `NONE` for anything else.
    pub const fn letter(letter: u8) -> Self {
        if letter.is_ascii_alphabetic() {
            Self(1 << (letter - b'A'))
        } else {
            Self::NONE
        }
    }

    /// From the letters after `:2,`; reading stops at a comma, where some programs keep more.
    pub fn parse(letters: &[u8]) -> Self {
        letters
            .iter()
            .take_while(|&&b| b != b',')
            .fold(Self::NONE, |flags, &b| flags.with(Self::letter(b)))
    }

    /// Both sets together.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// This set without the other.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether every flag of `other` is set.
    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether none is set.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The letters `a` to `z`: what each means is known in its own mailbox only (Dovecot's `dovecot-keywords`).
    pub(super) const FOREIGN_KEYWORDS: Self = Self(((1 << 26) - 1) << (b'a' - b'A'));

    /// The bits, for the row; they stay below 2^58.
    pub(super) const fn bits(self) -> i64 {
        self.0.cast_signed()
    }

    /// From the bits of a row.
    pub(super) const fn from_bits(bits: i64) -> Self {
        Self(bits.cast_unsigned())
    }
}

impl fmt::Display for Flags {
    /// The letters in ASCII order, as the Maildir page demands.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (b'A'..=b'z')
            .filter(|b| b.is_ascii_alphabetic() && self.has(Self::letter(*b)))
            .try_for_each(|b| write!(f, "{}", b as char))
    }
}

impl fmt::Debug for Flags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Flags({self})")
    }
}

/// How the flags of some messages are to change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// These and no others (letters of other programs stay).
    Set(Flags),
    /// These too.
    Add(Flags),
    /// Not these.
    Remove(Flags),
}

impl Change {
    /// The six flags that Maildir defines; the others belong to other programs.
    const KNOWN: Flags = Flags::PASSED
        .with(Flags::REPLIED)
        .with(Flags::SEEN)
        .with(Flags::TRASHED)
        .with(Flags::DRAFT)
        .with(Flags::FLAGGED);

    /// What becomes of `flags`.
    pub fn applied(self, flags: Flags) -> Flags {
        match self {
            Change::Set(these) => flags.without(Self::KNOWN).with(these),
            Change::Add(these) => flags.with(these),
            Change::Remove(these) => flags.without(these),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_come_back_in_ascii_order_and_foreign_ones_are_kept() {
        let flags = Flags::parse(b"SaRZ,S=12");
        assert_eq!(flags.to_string(), "RSZa");
        assert_eq!(Flags::from_bits(flags.bits()), flags);
        assert_eq!(
            Change::Set(Flags::FLAGGED).applied(flags).to_string(),
            "FZa"
        );
        assert_eq!(Change::Add(Flags::SEEN).applied(flags), flags);
        assert_eq!(
            Change::Remove(Flags::SEEN).applied(flags).to_string(),
            "RZa"
        );
        assert_eq!(Flags::parse(b"\xff1:"), Flags::NONE);
    }
}
