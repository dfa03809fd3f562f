//! QR codes on a terminal: two modules a character, so that they come out square.

use fast_qr::{ECL, QRBuilder};

use crate::devices::qr::compact;

/// Light modules around the code. The standard asks for 4; 2 read well and fit a small terminal.
const MARGIN: usize = 2;

/// How the terminal shows light and dark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ink {
    /// Dark on light, whatever its theme: with ANSI colours.
    Coloured,
    /// Plain characters, light is full: right on a dark background.
    Plain,
}

/// Draws `text`; `None` if it is too long for a code.
pub fn draw(text: &str, ink: Ink) -> Option<String> {
    // The lowest correction: a screen is not scratched, and every module is bigger.
    let code = QRBuilder::new(compact(text)).ecl(ECL::L).build().ok()?;
    let dark = |row: usize, column: usize| {
        let (row, column) = (row.wrapping_sub(MARGIN), column.wrapping_sub(MARGIN));
        row < code.size && column < code.size && code[row][column].value()
    };
    let size = code.size + 2 * MARGIN;
    let mut out = String::new();
    for row in (0..size).step_by(2) {
        if ink == Ink::Coloured {
            out.push_str("\x1b[30;107m");
        }
        for column in 0..size {
            let (top, bottom) = (dark(row, column), dark(row + 1, column));
            // The last row's lower half is outside: light, as the margin is.
            out.push(
                match (top ^ (ink == Ink::Plain), bottom ^ (ink == Ink::Plain)) {
                    (true, true) => '█',
                    (true, false) => '▀',
                    (false, true) => '▄',
                    (false, false) => ' ',
                },
            );
        }
        out.push_str(if ink == Ink::Coloured {
            "\x1b[0m\n"
        } else {
            "\n"
        });
    }
    Some(out)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use super::*;

    #[test]
    fn an_invitation_fits_a_terminal_and_a_bare_address_takes_less() {
        let id = "ab".repeat(38);
        let link = format!(
            "tox:{id}?toxmail=1&name=Garden%20Street%205&token={}",
            "x".repeat(26)
        );
        let drawn = draw(&link, Ink::Plain).unwrap();
        assert!(drawn.lines().count() <= 30, "{drawn}");
        assert!(drawn.lines().all(|l| l.chars().count() <= 60));
        let widths = [&format!("tox:{id}"), &format!("tox:{id}?")].map(|t| {
            draw(t, Ink::Coloured)
                .unwrap()
                .lines()
                .next()
                .unwrap()
                .chars()
                .count()
        });
        assert!(widths[0] < widths[1], "{widths:?}");
        assert_eq!(draw(&"x".repeat(5000), Ink::Plain), None);
    }
}
