//! What becomes of each letter that the server lists. Pure: one table.
//!
//! | what is known of it | it was listed | what happens |
//! | --- | --- | --- |
//! | nothing | its mark is that of a letter that was to stay | it stays, for good |
//! | nothing | larger than this home takes | it is left there, and that is told once |
//! | nothing | otherwise | it is read and filed |
//! | it was there before, and was to stay; or it lies here and stays there too | | nothing |
//! | it was too large | it is not any more | it is read and filed |
//! | it lies here and shall go there | with the size that it had, under a name of its own | it is deleted |
//! | it lies here and shall go there | otherwise: its name may be another letter's by now | it is read first |
//!
//! A letter without a name is read every time, so it must be deleted then: see [`names_needed`].

use super::{Listed, Listing};

/// What becomes of a letter at the provider once it lies safely here.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize, clap::ValueEnum,
)]
#[serde(rename_all = "lowercase")]
pub enum After {
    /// It stays there
    Keep,
    /// It is deleted there
    Delete,
}

impl After {
    /// `keep` or `delete`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Keep => "keep",
            Self::Delete => "delete",
        }
    }
}

/// Which letters are fetched.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize, clap::ValueEnum,
)]
#[serde(rename_all = "lowercase")]
pub enum Since {
    /// Those that come from now on; what is there already stays there
    New,
    /// All that are there
    Everything,
}

impl Since {
    /// `new` or `everything`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Everything => "everything",
        }
    }
}

/// What is known of a letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It was there before, and was not to be fetched.
    Old,
    /// It lies here, and stays there too.
    Kept,
    /// It lies here, and shall go there.
    Taken,
    /// It is too large for this home.
    Left,
}

/// A letter that is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    /// What became of it.
    pub state: State,
    /// Octets, as the server listed it then.
    pub size: u64,
}

/// How a letter is listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sight {
    /// Another one has the same name.
    pub doubled: bool,
    /// Its mark is that of a letter that was to stay.
    pub old: bool,
}

/// What happens with a letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Nothing.
    Nothing,
    /// It is noted that it stays.
    Stay,
    /// It is left there, which is noted and told.
    Leave,
    /// It is read, filed and noted.
    Read,
    /// It is deleted.
    Delete,
}

/// The table. `max` is the largest letter that this home takes, in bytes.
pub fn act(listed: &Listed, known: Option<Known>, sight: Sight, after: After, max: u64) -> Act {
    let fits = listed.size <= max;
    match known.map(|known| (known.state, known.size == listed.size)) {
        None if sight.old => Act::Stay,
        None if fits => Act::Read,
        None => Act::Leave,
        Some((State::Old | State::Kept, _)) => Act::Nothing,
        // Its server may say that it is smaller than it is.
        Some((State::Left, _)) if fits && known.is_some_and(|k| k.size <= max) => Act::Read,
        Some((State::Left, _)) => Act::Nothing,
        Some((State::Taken, _)) if after == After::Keep => Act::Nothing,
        Some((State::Taken, true)) if !sight.doubled => Act::Delete,
        Some((State::Taken, _)) if fits => Act::Read,
        Some((State::Taken, _)) => Act::Nothing,
    }
}

/// Whether letters must have names that last, and some have none.
pub fn names_needed(listing: &Listing, after: After, since: Since) -> bool {
    (after, since) != (After::Delete, Since::Everything)
        && listing.letters.iter().any(|letter| letter.name.is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_the_table() {
        let listed = |size| Listed {
            number: 1,
            name: Some("a".into()),
            size,
            mark: None,
        };
        let known = |state, size| Some(Known { state, size });
        let plain = Sight::default();
        let doubled = Sight {
            doubled: true,
            ..plain
        };
        let old = Sight { old: true, ..plain };
        use {Act::*, After::*, State::*};
        for (size, known, sight, after, expected) in [
            (10, None, old, After::Delete, Stay),
            (11, None, old, Keep, Stay),
            (10, None, plain, Keep, Read),
            (10, None, doubled, After::Delete, Read),
            (11, None, plain, Keep, Leave),
            (11, None, plain, After::Delete, Leave),
            (10, known(Old, 10), plain, After::Delete, Nothing),
            (10, known(Old, 9), old, After::Delete, Nothing),
            (10, known(Kept, 10), plain, After::Delete, Nothing),
            (10, known(Kept, 9), doubled, Keep, Nothing),
            (10, known(Left, 10), plain, Keep, Read),
            (11, known(Left, 11), plain, Keep, Nothing),
            (10, known(Left, 11), plain, Keep, Nothing),
            (10, known(Taken, 10), plain, After::Delete, Act::Delete),
            (10, known(Taken, 10), plain, Keep, Nothing),
            (10, known(Taken, 10), doubled, After::Delete, Read),
            (10, known(Taken, 9), plain, After::Delete, Read),
            (11, known(Taken, 9), plain, After::Delete, Nothing),
            (11, known(Taken, 11), plain, After::Delete, Act::Delete),
        ] {
            let got = act(&listed(size), known, sight, after, 10);
            assert_eq!(got, expected, "{size} {known:?} {sight:?} {after:?}");
        }
        let nameless = Listing {
            letters: vec![Listed {
                name: None,
                ..listed(1)
            }],
            ..Listing::default()
        };
        assert!(names_needed(&nameless, Keep, Since::Everything));
        assert!(names_needed(&nameless, After::Delete, Since::New));
        assert!(!names_needed(&nameless, After::Delete, Since::Everything));
        assert!(!names_needed(&Listing::default(), Keep, Since::New));
    }
}
