//! Whether a passphrase keeps an archive shut that was stolen: there it can be guessed as fast as somebody likes.

/// Fewest characters: with the work that each guess costs, ten that were chosen at random last. A few words do, too.
const SHORTEST: usize = 10;
/// Fewest different ones.
const FEWEST: usize = 5;
/// Longest, in bytes, as for passwords.
const LONGEST: usize = 1024;

/// # Errors
/// A sentence for the person.
pub fn check(passphrase: &str) -> Result<(), &'static str> {
    let mut seen: Vec<char> = passphrase.to_lowercase().chars().collect();
    let length = seen.len();
    seen.sort_unstable();
    seen.dedup();
    if length < SHORTEST {
        return Err("the passphrase is too short: take ten characters at least, or four words");
    }
    if passphrase.len() > LONGEST {
        return Err("a passphrase has at most 1024 bytes");
    }
    // In a row, up or down, on the keyboard's or the alphabet's side: the first that is tried.
    let codes: Vec<u32> = passphrase.chars().map(u32::from).collect();
    let steps = codes
        .windows(2)
        .filter(|w| w[0].abs_diff(w[1]) <= 1)
        .count();
    if seen.len() < FEWEST || steps * 3 > length * 2 {
        return Err(
            "the passphrase is easy to guess: take four words that have nothing to do with each other",
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn short_and_simple_passphrases_are_refused_and_four_words_taken() {
        for weak in [
            "",
            "short",
            "123456789",
            "aaaaaaaaaaaa",
            "1234567890",
            "abcdefghijkl",
            "ababababab",
            "0000011111",
        ] {
            assert!(check(weak).is_err(), "{weak}");
        }
        for good in [
            "correct horse battery",
            "kV7-pq2Lx9",
            "grün blau rot gelb",
            "été à la plage",
        ] {
            assert!(check(good).is_ok(), "{good}");
        }
        assert!(check(&"ab1cd".repeat(300)).is_err());
    }
}
