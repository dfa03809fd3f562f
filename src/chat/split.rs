//! A letter's text in pieces that a chat program takes.

/// Most bytes of one chat text (`TOX_MAX_MESSAGE_LENGTH`).
pub const MAX_TEXT_BYTES: usize = 1372;
/// A piece ends at a space or a line's end where one is found in so many of its last bytes.
const LOOK_BACK: usize = 400;

/// The text as chat programs show it: line ends of their kind, no other control characters, no spaces at its end.
pub fn tidy(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut tidy: String = text
        .chars()
        .filter(|c| !c.is_control() || matches!(c, '\n' | '\t'))
        .collect();
    tidy.truncate(tidy.trim_end().len());
    tidy
}

/// `text` in pieces of at most [`MAX_TEXT_BYTES`], which are the whole text one after the other. No character is torn, no
/// emoji that is made of several, and no word where it can be helped.
pub fn split(text: &str) -> Vec<String> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while rest.len() > MAX_TEXT_BYTES {
        let (piece, after) = rest.split_at(end_of_piece(rest));
        pieces.push(piece.to_owned());
        rest = after;
    }
    if !rest.is_empty() {
        pieces.push(rest.to_owned());
    }
    pieces
}

fn end_of_piece(text: &str) -> usize {
    let mut most = MAX_TEXT_BYTES;
    while !text.is_char_boundary(most) {
        most -= 1;
    }
    let start = most - LOOK_BACK;
    let gap = |c: char| c == '\n' || c == ' ';
    let found = text.as_bytes()[start..most]
        .iter()
        .rposition(|b| gap(char::from(*b)));
    if let Some(at) = found {
        return start + at + 1;
    }
    // Without a gap: not inside of what is one sign to the eye.
    let mut end = most;
    while end > most - LOOK_BACK / 2 {
        let before = text[..end].chars().next_back();
        let after = text[end..].chars().next();
        if before != Some(JOINER) && !after.is_some_and(goes_with_the_one_before) {
            return end;
        }
        end -= before.map_or(1, char::len_utf8);
    }
    most
}

/// Joins two emoji into one.
const JOINER: char = '\u{200D}';

/// What changes the sign before it: joiners, accents, forms and colours of emoji, the second half of a flag.
fn goes_with_the_one_before(c: char) -> bool {
    matches!(c,
        JOINER
        | '\u{0300}'..='\u{036F}'
        | '\u{20D0}'..='\u{20FF}'
        | '\u{FE00}'..='\u{FE0F}'
        | '\u{1F1E6}'..='\u{1F1FF}'
        | '\u{1F3FB}'..='\u{1F3FF}'
        | '\u{E0020}'..='\u{E007F}')
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_short_text_is_one_piece_and_nothing_is_none() {
        assert_eq!(split("hello"), ["hello"]);
        assert_eq!(split(&"x".repeat(MAX_TEXT_BYTES)).len(), 1);
        assert!(split("").is_empty());
    }

    #[test]
    fn words_stay_whole() {
        let text = "twelve bytes ".repeat(300);
        let pieces = split(&text);
        assert!(pieces.iter().all(|p| p.ends_with(' ')), "{pieces:?}");
        assert_eq!(pieces.concat(), text);
    }

    #[test]
    fn a_family_is_not_torn_apart() {
        // Man, woman, girl, boy, joined: 25 bytes, so that pieces would end within one of them.
        let family = "\u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F467}\u{200D}\u{1F466}";
        for offset in 0..family.len() {
            let text = "x".repeat(offset) + &family.repeat(200);
            let pieces = split(&text);
            assert_eq!(pieces.concat(), text);
            for piece in &pieces[1..] {
                assert!(piece.starts_with(family), "{offset}");
            }
        }
        // What never ends is torn all the same.
        let endless = "\u{1F468}".to_owned() + &"\u{0301}".repeat(5000);
        assert_eq!(split(&endless).concat(), endless);
    }

    #[test]
    fn lines_and_controls_are_those_of_a_chat_program() {
        assert_eq!(
            tidy("a\r\nb\rc\u{0}\u{1b}[31m\td \r\n\r\n"),
            "a\nb\nc[31m\td"
        );
    }

    proptest! {
        #[test]
        fn pieces_are_the_text_and_each_fits(text in "(a| |\n|é|€|\u{1F600}|\u{1F468}\u{200D}\u{1F469}){0,4000}") {
            let pieces = split(&text);
            prop_assert_eq!(pieces.concat(), text);
            prop_assert!(pieces.iter().all(|p| !p.is_empty() && p.len() <= MAX_TEXT_BYTES));
        }
    }
}
