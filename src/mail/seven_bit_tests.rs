//! A message before and after: the same contents, and 7 bits.

use std::io::{BufReader, Cursor, Read};

use mail_parser::MessageParser;
use proptest::prelude::*;

use super::header::HeaderSection;
use super::parts::{Decoder, leaves};
use super::seven_bit::{Unfit, make_over};

/// The message anew.
fn over(message: &[u8]) -> Result<Vec<u8>, Unfit> {
    let mut reader = message;
    let header = HeaderSection::read(&mut reader).unwrap().unwrap();
    let starts = (message.len() - reader.len()) as u64;
    let mut source = Cursor::new(message);
    let made = make_over(&header, &mut source, starts).unwrap()?;
    let mut whole = [&made.header[..], b"\r\n"].concat();
    let before = whole.len() as u64;
    made.body(&mut source).read_to_end(&mut whole).unwrap();
    assert_eq!(whole.len() as u64 - before, made.body_size());
    Ok(whole)
}

fn lines(text: &str) -> Vec<u8> {
    text.replace('\n', "\r\n").into_bytes()
}

#[track_caller]
fn becomes(before: &str, after: &str) {
    let found = over(&lines(before)).unwrap();
    assert_eq!(String::from_utf8_lossy(&found).replace("\r\n", "\n"), after);
    assert_eq!(over(&found).unwrap(), found, "twice");
}

/// The decoded bodies of all parts, forwarded messages among them.
fn contents(message: &[u8]) -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    for leaf in leaves(&mut Cursor::new(message)).unwrap() {
        let body = &message[leaf.starts as usize..leaf.ends as usize];
        if leaf.kind == "message/rfc822" {
            all.extend(contents(body));
            continue;
        }
        let mut decoded = Vec::new();
        let reader = BufReader::new(Cursor::new(body));
        Decoder::new(reader, leaf.encoding)
            .read_to_end(&mut decoded)
            .unwrap();
        all.push(decoded);
    }
    all
}

#[test]
fn a_text_becomes_quoted_printable_and_says_so() {
    becomes(
        "From: a@b.example\nSubject: x\n\nGrüße = gut \nund\ttschüß\n",
        "From: a@b.example\nSubject: x\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\
         Content-Transfer-Encoding: quoted-printable\n\nGr=C3=BC=C3=9Fe =3D gut=20\nund\ttsch=C3=BC=C3=9F\n",
    );
    becomes(
        "MIME-Version: 1.0\nContent-Type: text/plain; charset=koi8-r\ncontent-transfer-encoding: 8BIT\n\nпривет\n",
        "MIME-Version: 1.0\nContent-Type: text/plain; charset=koi8-r\nContent-Transfer-Encoding: base64\n\n0L/RgNC40LLQtdGCDQo=\n",
    );
    // A character set that nobody has named.
    let found = over(b"To: a@b.example\r\n\r\nGr\xfc\xdfe aus dem Garten\r\n").unwrap();
    let found = String::from_utf8(found).unwrap();
    assert!(found.contains("charset=unknown-8bit\r\n"), "{found}");
    assert!(found.contains("\r\n\r\nGr=FC=DFe aus"), "{found}");
}

#[test]
fn only_what_needs_it_is_written_anew() {
    becomes(
        "MIME-Version: 1.0\nContent-Transfer-Encoding: 8bit\nContent-Type: multipart/mixed; boundary=b\n\npreamble\n--b\n\n\
         plain -- text\n--b\nContent-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n<p>Grüße an alle</p>\n--b\n\
         Content-Type: application/octet-stream; name=\"Grüße.bin\"\nContent-Transfer-Encoding: binary\n\nüüüüüüüü\n--b\n\
         Content-Type: image/png\nContent-Transfer-Encoding: base64\nContent-Description: Käthe\n\nAAAA\n--b--\n",
        "MIME-Version: 1.0\nContent-Transfer-Encoding: 7bit\nContent-Type: multipart/mixed; boundary=b\n\npreamble\n--b\n\n\
         plain -- text\n--b\nContent-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n\
         <p>Gr=C3=BC=C3=9Fe an alle</p>\n--b\nContent-Type: application/octet-stream;\n name*=utf-8''Gr%C3%BC%C3%9Fe.bin\n\
         Content-Transfer-Encoding: base64\n\nw7zDvMO8w7zDvMO8w7zDvA==\n--b\n\
         Content-Type: image/png\nContent-Transfer-Encoding: base64\nContent-Description: =?UTF-8?B?S8OkdGhl?=\n\nAAAA\n--b--\n",
    );
    let seven = "From: a@b.example\nX-Y: z\n\n--b\nnothing to do\n";
    becomes(seven, seven);
    // A line too long for any server.
    let long = format!("From: a@b.example\n\n{}\n", "x".repeat(2000));
    let found = over(&lines(&long)).unwrap();
    assert_eq!(contents(&found), contents(&lines(&long)));
    assert!(found.split(|b| *b == b'\n').all(|line| line.len() < 100));
}

#[test]
fn a_forwarded_message_is_written_anew_inside() {
    becomes(
        "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: message/rfc822\n\
         Content-Transfer-Encoding: 8bit\n\nSubject: Grüße\nFrom: Käthe <k@x.example>\n\nbis später\n--b--\n",
        "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: message/rfc822\n\
         Content-Transfer-Encoding: 7bit\n\nSubject: =?UTF-8?B?R3LDvMOfZQ==?=\nFrom: =?UTF-8?B?S8OkdGhl?= <k@x.example>\n\
         MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n\
         bis sp=C3=A4ter\n--b--\n",
    );
}

#[test]
fn what_would_lose_something_is_left_alone() {
    let sealed = "Content-Type: multipart/KIND; boundary=b\n\n--b\nContent-Type: multipart/mixed; boundary=c\n\n--c\n\nGrüße\n--c--\n--b\n\nx\n--b--\n";
    for kind in ["signed", "encrypted"] {
        let message = sealed.replace("KIND", kind);
        assert_eq!(over(&lines(&message)), Err(Unfit::Sealed));
    }
    // What is 7-bit in it is nobody's trouble, and neither is the subject outside.
    becomes(
        "Subject: Grüße\nContent-Type: multipart/signed; boundary=b\n\n--b\nContent-Transfer-Encoding: 8bit\n\nhi\n--b--\n",
        "Subject: =?UTF-8?B?R3LDvMOfZQ==?=\nContent-Type: multipart/signed; boundary=b\n\n--b\nContent-Transfer-Encoding: 8bit\n\nhi\n--b--\n",
    );
    for (message, unfit) in [
        ("To: käthe@x.example\n\nhi\n", Unfit::Address),
        ("To: Oma <oma@bücher.example>\n\nhi\n", Unfit::Address),
        ("To: \"Käthe <k@x.example\n\nhi\n", Unfit::Build),
        ("Message-ID: <ü@x.example>\n\nhi\n", Unfit::Build),
        ("Content-Transfer-Encoding: base64\n\nü\n", Unfit::Build),
        ("Content-Transfer-Encoding: x-uuencode\n\nü\n", Unfit::Build),
        ("Content-Type: multipart/mixed\n\nü\n", Unfit::Build),
        ("Content-Type: message/delivery-status\n\nü\n", Unfit::Build),
        (
            "Content-Type: multipart/mixed; boundary=b\n\nü\n--b\n\nx\n--b--\n",
            Unfit::Build,
        ),
        (
            "Content-Type: multipart/mixed; boundary=\"ü\"\n\n--ü\n\nx\n--ü--\n",
            Unfit::Build,
        ),
        (
            "Content-Type: multipart/signed; boundary=b\n\n--b\nContent-Description: ü\n\nx\n--b--\n",
            Unfit::Sealed,
        ),
    ] {
        assert_eq!(over(&lines(message)), Err(unfit), "{message}");
    }
}

/// The name in front of the first address, as another reader sees it.
fn shown(message: &[u8]) -> String {
    let parsed = MessageParser::new().parse_headers(message).unwrap();
    let first = parsed.to().unwrap().first().unwrap();
    first.name().unwrap_or_default().to_owned()
}

#[test]
fn names_and_subjects_say_what_they_said() {
    for (before, after) in [
        (
            "Subject: viele liebe Grüße",
            "Subject: viele liebe =?UTF-8?B?R3LDvMOfZQ==?=",
        ),
        ("Subject: ä ö", "Subject: =?UTF-8?B?w6Qgw7Y=?="),
        (
            "Subject: ä a ö",
            "Subject: =?UTF-8?B?w6Q=?= a =?UTF-8?B?w7Y=?=",
        ),
        (
            "Subject: =?utf-8?Q?a?= ö",
            "Subject: =?utf-8?Q?a?= =?UTF-8?B?IMO2?=",
        ),
        (
            "Subject: ö =?utf-8?Q?a?=",
            "Subject: =?UTF-8?B?w7Yg?= =?utf-8?Q?a?=",
        ),
        ("X-Note: x\n\tö", "X-Note: x\n\t=?UTF-8?B?w7Y=?="),
        (
            "To: Käthe<k@x.example>",
            "To: =?UTF-8?B?S8OkdGhl?= <k@x.example>",
        ),
        (
            "To: \"Käthe \\\"die\\\" G.\" <k@x.example>",
            "To: =?UTF-8?B?S8OkdGhlICJkaWUiIEcu?= <k@x.example>",
        ),
        (
            "To: \"O, A\" Kä <k@x.example> (für (dich))",
            "To: \"O, A\" =?UTF-8?B?S8Ok?= <k@x.example> (=?UTF-8?B?ZsO8cg==?= (dich))",
        ),
        (
            "Cc: Bücher: a@x.example, \"ü\" <b@x.example>;",
            "Cc: =?UTF-8?B?QsO8Y2hlcg==?= : a@x.example, =?UTF-8?B?w7w=?= <b@x.example>;",
        ),
        (
            "Content-Disposition: attachment; filename=\"ü;x.txt\"; size=3",
            "Content-Disposition: attachment;\n filename*=utf-8''%C3%BC%3Bx.txt; size=3",
        ),
    ] {
        becomes(&format!("{before}\n\nhi\n"), &format!("{after}\n\nhi\n"));
    }
    let long = "Ä".repeat(100);
    let found = over(&lines(&format!("Subject: {long}\n\nhi\n"))).unwrap();
    assert!(found.split(|b| *b == b'\n').all(|line| line.len() <= 80));
    let parsed = MessageParser::new().parse(&found).unwrap();
    assert_eq!(parsed.subject(), Some(&long[..]));
    let name = "ä".repeat(50) + ".txt";
    let message = format!("Content-Type: text/plain; name=\"{name}\"\n\nhi\n");
    let found = over(&lines(&message)).unwrap();
    assert_eq!(
        leaves(&mut Cursor::new(&found)).unwrap()[0].name.as_deref(),
        Some(&name[..])
    );
}

#[test]
fn a_long_letter_goes_through_block_by_block() {
    /// Line after line, made when it is read.
    struct Endless {
        at: u64,
        size: u64,
        largest: usize,
    }
    const LINE: &[u8] = "Grüße aus dem Garten, in dem die Äpfel reif sind.\r\n".as_bytes();
    impl Read for Endless {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            self.largest = self.largest.max(buffer.len());
            let left = usize::try_from(self.size - self.at).unwrap();
            let length = buffer.len().min(left);
            for byte in &mut buffer[..length] {
                *byte = LINE[(self.at % LINE.len() as u64) as usize];
                self.at += 1;
            }
            Ok(length)
        }
    }
    impl std::io::Seek for Endless {
        fn seek(&mut self, to: std::io::SeekFrom) -> std::io::Result<u64> {
            self.at = match to {
                std::io::SeekFrom::Start(at) => at,
                std::io::SeekFrom::End(by) => self.size.checked_add_signed(by).unwrap(),
                std::io::SeekFrom::Current(by) => self.at.checked_add_signed(by).unwrap(),
            };
            Ok(self.at)
        }
    }
    let lines = 20_000u64;
    let mut source = Endless {
        at: 0,
        size: lines * LINE.len() as u64,
        largest: 0,
    };
    let header = HeaderSection::parse(b"Subject: long\r\n").unwrap();
    let made = make_over(&header, &mut source, 0).unwrap().unwrap();
    let mut whole = Vec::new();
    made.body(&mut source).read_to_end(&mut whole).unwrap();
    assert!(whole.is_ascii());
    assert_eq!(whole.iter().filter(|b| **b == b'\n').count() as u64, lines);
    assert!(
        source.largest <= 64 << 10,
        "{} bytes at once",
        source.largest
    );
}

fn text() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        3 => "[ -~]{0,30}".prop_map(String::into_bytes),
        2 => "[äöüßéа-я ]{1,20}".prop_map(String::into_bytes),
        2 => Just(b"\r\n".to_vec()),
        1 => Just(b" \r\n".to_vec()),
        1 => Just(b"--b\xc3".to_vec()),
        1 => prop::collection::vec(0x80u8..=0xff, 1..8),
        1 => (1usize..1200).prop_map(|n| vec![b'-'; n]),
        1 => (1usize..1200).prop_map(|n| vec![b' '; n]),
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

fn part(depth: usize) -> BoxedStrategy<Vec<u8>> {
    let kinds = vec![
        "text/plain",
        "text/plain; charset=utf-8",
        "text/html; name=\"ä.html\"",
        "application/octet-stream",
        "image/png; name=x.png",
    ];
    let labels = vec![
        "",
        "Content-Transfer-Encoding: 8bit\r\n",
        "Content-Transfer-Encoding: binary (x)\r\n",
    ];
    let leaf = (
        prop::sample::select(kinds),
        prop::sample::select(labels),
        text(),
    )
        .prop_map(|(kind, label, body)| {
            let head = format!("Content-Type: {kind}\r\n{label}\r\n");
            [head.as_bytes(), &body].concat()
        });
    if depth == 0 {
        return leaf.boxed();
    }
    let inner = prop::collection::vec(part(depth - 1), 1..4).prop_map(move |parts| {
        let mut all =
            format!("Content-Type: multipart/mixed; boundary=in{depth}\r\n\r\n").into_bytes();
        for part in parts {
            all.extend_from_slice(format!("--in{depth}\r\n").as_bytes());
            all.extend_from_slice(&part);
            all.extend_from_slice(b"\r\n");
        }
        all.extend_from_slice(format!("--in{depth}--\r\n").as_bytes());
        all
    });
    let forwarded = (part(depth - 1), "[a-zäö ]{0,12}").prop_map(|(part, subject)| {
        let head = format!("Content-Type: message/rfc822\r\n\r\nSubject: {subject}\r\n");
        [head.as_bytes(), &part].concat()
    });
    prop_oneof![3 => leaf, 2 => inner, 1 => forwarded].boxed()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]
    #[test]
    fn the_contents_stay_the_lines_are_short_and_twice_is_once(part in part(3), name in "[a-zäöü., ]{0,30}") {
        let quoted = format!("To: \"{name}\" <a@b.example>\r\n");
        let message = [quoted.as_bytes(), &part, b"\r\n"].concat();
        let found = over(&message).map_err(|e| TestCaseError::fail(e.to_string()))?;
        prop_assert!(found.is_ascii());
        prop_assert!(found.split(|b| *b == b'\n').all(|line| line.len() <= 999));
        prop_assert_eq!(contents(&found), contents(&message));
        prop_assert_eq!(shown(&found), shown(&message));
        prop_assert_eq!(over(&found).unwrap(), found);
    }

    #[test]
    fn whatever_comes_is_made_over_without_loss_or_not_at_all(
        message in "(--a|--a--|\r\n|x|ü|Content-Type: multipart/mixed; boundary=a|Content-Type: message/rfc822|Content-Transfer-Encoding: 8bit|: ){0,40}"
    ) {
        let message = format!("Subject: x\r\n{message}");
        let mut reader = message.as_bytes();
        prop_assume!(HeaderSection::read(&mut reader).unwrap().is_ok());
        if let Ok(found) = over(message.as_bytes()) {
            prop_assert!(found.is_ascii());
            prop_assert_eq!(over(&found), Ok(found.clone()));
        }
    }
}
