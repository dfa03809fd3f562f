//! A password that can be read aloud: `badoki-tumela-rosinu`.
//!
//! Nine syllables of a consonant and a vowel that English, French, German and Spanish write alike: 52 random bits. That is
//! far beyond guessing at a login that slows down, and a child can type it.

use zeroize::Zeroizing;

use super::Error;

const CONSONANTS: &[u8; 11] = b"bdfklmnprst";
const VOWELS: &[u8; 5] = b"aeiou";
const SYLLABLES: usize = CONSONANTS.len() * VOWELS.len();
const LENGTH: usize = 9;
const GROUP: usize = 3;

/// A new one.
///
/// # Errors
/// [`Error::System`] without randomness.
pub fn spoken_password() -> Result<Zeroizing<String>, Error> {
    let mut password = Zeroizing::new(String::with_capacity(2 * LENGTH + LENGTH / GROUP));
    let (mut spoken, mut random) = (0, Zeroizing::new([0u8; 64]));
    while spoken < LENGTH {
        getrandom::fill(&mut *random).map_err(|_| Error::System("randomness"))?;
        // What would make some syllables likelier is thrown again.
        let fair = random
            .iter()
            .filter(|byte| usize::from(**byte) < 256 - 256 % SYLLABLES);
        for byte in fair.take(LENGTH - spoken) {
            if spoken > 0 && spoken % GROUP == 0 {
                password.push('-');
            }
            let syllable = usize::from(*byte) % SYLLABLES;
            password.push(char::from(CONSONANTS[syllable / VOWELS.len()]));
            password.push(char::from(VOWELS[syllable % VOWELS.len()]));
            spoken += 1;
        }
    }
    Ok(password)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn it_has_fifty_bits_and_is_said_the_same_everywhere() {
        #[allow(clippy::cast_precision_loss)]
        let bits = (SYLLABLES as f64).log2() * LENGTH as f64;
        assert!(bits >= 50.0, "{bits}");
        let mut seen = std::collections::BTreeSet::new();
        let mut letters = std::collections::BTreeSet::new();
        for _ in 0..200 {
            let password = spoken_password().unwrap();
            assert_eq!(password.len(), 20, "{password:?}");
            for group in password.split('-') {
                assert_eq!(group.len(), 6);
                for (at, letter) in group.bytes().enumerate() {
                    let known: &[u8] = if at % 2 == 0 { CONSONANTS } else { VOWELS };
                    assert!(known.contains(&letter), "{password:?}");
                    letters.insert(letter);
                }
            }
            assert!(seen.insert(password.to_string()));
        }
        assert_eq!(letters.len(), CONSONANTS.len() + VOWELS.len());
    }
}
