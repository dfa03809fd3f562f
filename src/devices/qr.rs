//! A text as a QR code that a browser draws: SVG, with nothing in it that a strict Content-Security-Policy forbids (no style,
//! no script), and with a title for those who hear it.

use std::fmt::Write as _;

use fast_qr::{ECL, QRBuilder};

use super::Error;
use crate::carddav::xml::escaped;

/// Light modules around the code (ISO/IEC 18004 section 9.1 asks for four): a camera needs them, also on a dark page.
const QUIET: usize = 4;

/// The code; one module is one unit, so it is drawn at any size. `title` says what it is, in the reader's language.
///
/// # Errors
/// [`Error::TooLong`]: over about 2,300 bytes.
pub fn svg(text: &str, title: &str) -> Result<String, Error> {
    // The middle correction: it is printed as well, and folded.
    let code = QRBuilder::new(compact(text))
        .ecl(ECL::M)
        .build()
        .map_err(|_| Error::TooLong(text.len()))?;
    let side = code.size + 2 * QUIET;
    let mut path = String::new();
    for row in 0..code.size {
        let mut column = 0;
        while column < code.size {
            let dark = |column: &usize| code[row][*column].value();
            let run = (column..code.size).take_while(dark).count();
            if run > 0 {
                let (x, y) = (column + QUIET, row + QUIET);
                let _ = write!(path, "M{x} {y}h{run}v1h-{run}z");
            }
            column += run.max(1);
        }
    }
    Ok(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" role=\"img\" shape-rendering=\"crispEdges\">\
         <title>{}</title><path fill=\"#fff\" d=\"M0 0h{side}v{side}h-{side}z\"/><path fill=\"#000\" d=\"{path}\"/></svg>",
        escaped(title)
    ))
}

/// A Tox address without anything after it means the same in upper case, which takes a third fewer modules (the
/// alphanumeric mode). An invitation stays as it is: the rest of its link needs the other mode anyway.
pub(crate) fn compact(text: &str) -> String {
    match text.strip_prefix("tox:") {
        Some(address) if address.bytes().all(|b| b.is_ascii_hexdigit()) => {
            text.to_ascii_uppercase()
        }
        _ => text.to_owned(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::carddav::xml;

    const SVG: &str = "http://www.w3.org/2000/svg";

    /// Draws it as a browser does, four dots a module, and reads it as a camera does.
    fn scanned(svg: &str) -> (usize, String) {
        let tree = xml::read(svg.as_bytes()).unwrap();
        let view: Vec<usize> = tree
            .attribute("viewBox")
            .unwrap()
            .split(' ')
            .map(|n| n.parse().unwrap())
            .collect();
        let side = view[2];
        let mut dots = vec![false; side * side];
        // The first path is the light ground, the second the dark modules.
        let paths: Vec<_> = tree.all(SVG, "path").collect();
        for run in paths[1].attribute("d").unwrap().split_terminator('z') {
            let numbers = run.replace(['M', 'h', 'v'], " ").replace('-', " ");
            let n: Vec<usize> = numbers
                .split_whitespace()
                .map(|n| n.parse().unwrap())
                .collect();
            let [x, y, width, 1, back] = n[..] else {
                panic!("{run}")
            };
            assert_eq!(width, back);
            dots[y * side + x..y * side + x + width].fill(true);
        }
        let quiet = |n: usize| n < QUIET || n >= side - QUIET;
        for (n, dark) in dots.iter().enumerate() {
            assert!(
                !dark || !(quiet(n / side) || quiet(n % side)),
                "dark in the margin"
            );
        }
        let size = side * 4;
        let mut image = rqrr::PreparedImage::prepare_from_greyscale(size, size, |x, y| {
            if dots[y / 4 * side + x / 4] { 0 } else { 255 }
        });
        let codes = image.detect_grids();
        assert_eq!(codes.len(), 1);
        (side, codes[0].decode().unwrap().1)
    }

    #[test]
    fn a_camera_reads_what_was_written() {
        for text in [
            "dclogin://anna@toxmail.local/?p=kx3fz-aaaaa&v=1",
            "[1,[1,1],[0,\"toxmail.local\",993,3,1,\"anna\",\"\\u00e9\",\"x\"]]",
            "x",
            &"long ".repeat(200),
        ] {
            assert_eq!(scanned(&svg(text, "A code").unwrap()).1, text);
        }
    }

    #[test]
    fn a_tox_address_makes_a_small_code() {
        let id = "0123456789ABCDEF".repeat(5)[..76].to_owned();
        let (small, text) = scanned(&svg(&format!("tox:{id}"), "").unwrap());
        assert_eq!(text, format!("TOX:{id}"));
        assert!(small < scanned(&svg(&format!("tox:{id}?"), "").unwrap()).0);
    }

    #[test]
    fn it_says_what_it_is_and_has_no_style_of_its_own() {
        let title = "<script>alert(\"&\")</script>\n👩‍👩‍👧\u{202e}";
        let code = svg("x", title).unwrap();
        let tree = xml::read(code.as_bytes()).unwrap();
        assert_eq!(tree.child(SVG, "title").unwrap().text, title);
        assert_eq!(tree.attribute("role"), Some("img"));
        assert_eq!(tree.attribute("style"), None);
        assert!(!code.contains("<style") && !code.contains("<script"));
        let told = svg(&"x".repeat(3000), "").unwrap_err().to_string();
        assert!(told.contains("3000"), "{told}");
    }
}
