use super::*;
use proptest::prelude::*;

fn read(text: &str) -> (Structure, Vec<u8>) {
    let bytes = text.replace('\n', "\r\n").into_bytes();
    (Structure::read(&mut &bytes[..]).unwrap(), bytes)
}

fn shown(text: &str, extended: bool) -> String {
    let mut out = Vec::new();
    read(text).0.write(&mut out, extended);
    String::from_utf8(out).unwrap()
}

const NESTED: &str = "Subject: outer\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"o\"\n\npreamble\n\
--o\nContent-Type: text/plain; charset=utf-8\n\none\ntwo\n--o\nContent-Type: message/rfc822\n\nSubject: inner\nFrom: a@b\n\
Content-Type: multipart/alternative; boundary=i\n\n--i\n\nplain\n--i\nContent-Type: text/html\n\n<p>\n--i--\n\
--o\nContent-Type: image/png\nContent-Transfer-Encoding: base64\nContent-Disposition: attachment; filename=x.png\n\nAAAA\n--o--\nepilogue\n";

/// RFC 3501 section 6.4.5: the numbers of parts.
#[test]
fn parts_are_numbered_and_their_bytes_are_theirs() {
    let (structure, bytes) = read(NESTED);
    let body = |numbers: &[u32]| {
        let part = structure.find(numbers).unwrap();
        std::str::from_utf8(
            &bytes[usize::try_from(part.starts).unwrap()..usize::try_from(part.ends).unwrap()],
        )
        .unwrap()
    };
    assert_eq!(body(&[1]), "one\r\ntwo");
    assert!(body(&[2]).starts_with("Subject: inner\r\n") && body(&[2]).ends_with("--i--"));
    assert_eq!(body(&[2, 1]), "plain");
    assert_eq!(body(&[2, 2]), "<p>");
    assert_eq!(body(&[3]), "AAAA");
    for absent in [&[4][..], &[1, 1], &[2, 3], &[3, 1], &[2, 1, 1]] {
        assert_eq!(structure.find(absent), None, "{absent:?}");
    }
    let inner = structure.message_in(&[2]).unwrap();
    assert_eq!(envelope::field(&inner.header, "subject").unwrap(), b"inner");
    assert_eq!(structure.message_in(&[1]), None);
    let (plain, _) = read("Subject: x\n\nbody\n");
    assert_eq!(plain.find(&[1]), plain.find(&[]));
    assert_eq!(plain.find(&[2]), None);
}

/// RFC 3501 section 7.4.2: BODY and BODYSTRUCTURE.
#[test]
fn the_structure_is_told_with_and_without_extension_data() {
    assert_eq!(
        shown(
            "Content-Type: text/plain; charset=utf-8\nContent-ID: <x>\n\na\nb\n",
            true
        ),
        "(\"text\" \"plain\" (\"charset\" \"utf-8\") \"<x>\" NIL \"7bit\" 6 2 NIL NIL NIL NIL)"
    );
    let body = shown(NESTED, false);
    assert_eq!(
        body,
        "((\"text\" \"plain\" (\"charset\" \"utf-8\") NIL NIL \"7bit\" 8 1)\
         (\"message\" \"rfc822\" NIL NIL NIL \"7bit\" 134 (NIL \"inner\" ((NIL NIL \"a\" \"b\")) ((NIL NIL \"a\" \"b\")) \
         ((NIL NIL \"a\" \"b\")) NIL NIL NIL NIL NIL) ((\"text\" \"plain\" (\"charset\" \"us-ascii\") NIL NIL \"7bit\" 5 0)\
         (\"text\" \"html\" NIL NIL NIL \"7bit\" 3 0) \"alternative\") 11)\
         (\"image\" \"png\" NIL NIL NIL \"base64\" 4) \"mixed\")"
    );
    let extended = shown(NESTED, true);
    assert!(extended.ends_with(
        "(\"image\" \"png\" NIL NIL NIL \"base64\" 4 NIL (\"attachment\" (\"filename\" \"x.png\")) NIL NIL) \
         \"mixed\" (\"boundary\" \"o\") NIL NIL NIL)"
    ), "{extended}");
    assert_eq!(
        shown("", false),
        "(\"text\" \"plain\" (\"charset\" \"us-ascii\") NIL NIL \"7bit\" 0 0)"
    );
}

/// RFC 9051 section 7.5.2: whatever calls itself a message has envelope, body and lines, also where nobody looked into it.
#[test]
fn a_message_that_is_not_looked_into_has_all_that_a_message_has() {
    let text =
        "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\nU3ViamVjdDogeAo=\n";
    assert_eq!(
        shown(text, false),
        "(\"message\" \"rfc822\" NIL NIL NIL \"base64\" 18 (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL) \
         (\"text\" \"plain\" NIL NIL NIL \"7bit\" 0 0) 1)"
    );
    assert_eq!(
        shown(text, true),
        "(\"message\" \"rfc822\" NIL NIL NIL \"base64\" 18 (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL) \
         (\"text\" \"plain\" NIL NIL NIL \"7bit\" 0 0 NIL NIL NIL NIL) 1 NIL NIL NIL NIL)"
    );
    // The deepest one, and one that ends before its body begins.
    let deep = format!(
        "{}\n",
        "Content-Type: message/rfc822\n\n".repeat(MAX_DEPTH + 5)
    );
    let cut =
        "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: message/global\n--b--\n";
    for text in [&deep, cut] {
        let shown = shown(text, false);
        let messages = shown.matches("(\"message\" ").count();
        let envelopes = shown
            .matches("(NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL)")
            .count();
        assert!(messages > 0 && messages == envelopes, "{shown}");
    }
}

/// RFC 2046 section 5.1.5.
#[test]
fn what_a_digest_holds_is_a_message_where_nothing_else_is_said() {
    let text = "Content-Type: multipart/digest; boundary=d\n\n--d\n\nSubject: one\n\nbody\n\n--d\nX-Mime: x\n\nSubject: two\n\n\
        --d\nContent-Type: text/plain\n\nthree\n--d--\n";
    let (structure, _) = read(text);
    for (number, subject) in [(1, "one"), (2, "two")] {
        let inner = structure.message_in(&[number]).unwrap();
        let found = envelope::field(&inner.header, "Subject").unwrap();
        assert_eq!(found, subject.as_bytes());
    }
    assert_eq!(structure.message_in(&[3]), None);
    assert!(
        shown(text, false)
            .starts_with("((\"message\" \"rfc822\" NIL NIL NIL \"7bit\" 22 (NIL \"one\" ")
    );
}

/// RFC 3501 section 7.4.2: the line end before a boundary is not the part's.
#[test]
fn lines_are_counted_by_their_ends() {
    let lines = |body: &str| {
        let text = format!("Content-Type: multipart/mixed; boundary=b\n\n--b\n\n{body}\n--b--\n");
        read(&text).0.parts[1].lines
    };
    assert_eq!(
        [lines("hello\n"), lines("hello"), lines("a\nb"), lines("")],
        [1, 0, 1, 0]
    );
}

#[test]
fn a_message_without_an_end_or_with_a_bomb_in_it_has_a_structure() {
    shown("Content-Type: multipart/mixed; boundary=o\n\n", true);
    shown("Content-Type: multipart/mixed; boundary=o\n\n--o", true);
    // The message in it has an empty line before the boundary, which belongs to both.
    let empty = "Content-Type: multipart/mixed; boundary=a\n\n--a\nContent-Type: message/rfc822\n\nx: y\n\n--a\n";
    let (empty, _) = read(empty);
    assert_eq!(empty.parts[1].ends, empty.parts[2].ends);
    assert_eq!(empty.parts[2].starts, empty.parts[2].ends);
    let bomb: String = (0..500)
        .map(|n| format!("Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n"))
        .collect();
    // The message in it has a header section without an end, and ends where the boundary begins.
    let (open, _) = read(
        "Content-Type: multipart/digest; boundary=b\n\n--b\nContent-Type: message/rfc822\n\nx\n--b\n",
    );
    assert_eq!(open.parts[1].ends, open.parts[2].ends);
    let (structure, _) = read(&bomb);
    assert!(structure.parts.len() <= MAX_DEPTH + 2);
    let many = format!(
        "Content-Type: multipart/mixed; boundary=o\n\n{}",
        "--o\n\nx\n".repeat(5000)
    );
    assert_eq!(read(&many).0.parts.len(), MAX_PARTS);
}

proptest! {
    #[test]
    fn every_part_lies_in_what_it_is_part_of(bytes in proptest::collection::vec(
        proptest::sample::select(vec![
            "--a\r\n", "--b\r\n", "--a--\r\n", "--b--\r\n", "\r\n", "\n", "x\r\n", "yy", "Content-Type: text/plain\r\n",
            "Content-Type: multipart/mixed; boundary=a\r\n", "Content-Type: multipart/digest; boundary=b\r\n",
            "Content-Type: message/rfc822\r\n", "Subject: z\r\n", " folded\r\n",
        ]), 0..60)) {
        let bytes = bytes.concat().into_bytes();
        let structure = Structure::read(&mut &bytes[..]).unwrap();
        for part in &structure.parts {
            prop_assert!(part.header_starts <= part.starts && part.starts <= part.ends);
            prop_assert!(part.ends <= bytes.len() as u64);
            for child in &part.children {
                let child = &structure.parts[*child];
                prop_assert!(part.starts <= child.header_starts && child.ends <= part.ends);
            }
        }
        let mut out = Vec::new();
        structure.write(&mut out, true);
        let mut depth = 0_i32;
        // Every string here is quoted and has no bracket in it.
        for b in out {
            depth += i32::from(b == b'(') - i32::from(b == b')');
            prop_assert!(depth >= 0);
        }
        prop_assert_eq!(depth, 0);
    }
}
