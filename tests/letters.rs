//! A letter arrives as it was written: its body byte for byte from SMTP through Tox to the file in the Maildir and to POP3,
//! its header changed only where an address, a home's network or a program's name would leave the home.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

#[path = "support/client.rs"]
mod client;
#[path = "support/home.rs"]
mod home;
#[path = "support/netns.rs"]
mod netns;

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use client::Line;
use home::{Home, Node, Plan, pair, wait_for};

/// Anna and Ben live in one home, Bob and Carl in the other; its main mailbox is Bob's.
struct Street {
    garden: Home,
    mill: Home,
    _node: Node,
}

fn street() -> Street {
    let node = Node::start("127.0.0.1", 33400);
    let home = |name: &str, members: [&'static str; 2]| {
        let mut home = Home::new(
            name,
            Plan {
                settings: vec![
                    ("tox", format!("bootstrap = [ {} ]", node.entry)),
                    ("home", format!("main_mailbox = \"{}\"", members[0])),
                ],
                members: members.to_vec(),
                ..Plan::default()
            },
        );
        home.start();
        home
    };
    let (garden, mill) = (
        home("garden", ["anna", "ben"]),
        home("mill", ["bob", "carl"]),
    );
    pair(&garden, &mill);
    // Each home has told the other of its people.
    for (home, name) in [(&garden, "carl"), (&mill, "ben")] {
        wait_for("the other home's people", Duration::from_secs(30), || {
            let list = home.say(&["contact", "list"]).unwrap();
            list.to_string()
                .contains(&format!("\"{name}\""))
                .then_some(())
        });
    }
    Street {
        garden,
        mill,
        _node: node,
    }
}

impl Street {
    fn anna(&self) -> Line {
        client::submission(self.garden.address("submissions"), "anna", "secret-anna").unwrap()
    }

    fn bob(&self) -> Line {
        client::submission(self.mill.address("submissions"), "bob", "secret-bob").unwrap()
    }
}

const ANNA: &str = "anna@toxmail.local";

/// Sends and expects 250.
#[track_caller]
fn send(line: &mut Line, from: &str, to: &[&str], letter: &[u8]) {
    let reply = client::send(line, from, to, letter).unwrap();
    assert!(reply.starts_with("250"), "{reply}");
}

/// Sends in chunks of these sizes, the last one taking the rest.
fn send_chunks(line: &mut Line, to: &str, letter: &[u8], sizes: &[usize]) -> String {
    let from = line
        .say(&format!("MAIL FROM:<{ANNA}> BODY=8BITMIME SMTPUTF8"))
        .unwrap();
    assert!(from.starts_with("250"), "{from}");
    let known = line.say(&format!("RCPT TO:<{to}>")).unwrap();
    assert!(known.starts_with("250"), "{known}");
    let mut rest = letter;
    for size in sizes {
        let (chunk, after) = rest.split_at((*size).min(rest.len()));
        let bdat = format!("BDAT {}\r\n", chunk.len());
        line.send(&[bdat.as_bytes(), chunk].concat()).unwrap();
        let reply = line.reply().unwrap();
        assert!(reply.starts_with("250"), "{reply}");
        rest = after;
    }
    let bdat = format!("BDAT {} LAST\r\n", rest.len());
    line.send(&[bdat.as_bytes(), rest].concat()).unwrap();
    line.reply().unwrap()
}

/// Header section with its last CRLF, and body.
fn split(letter: &[u8]) -> (&[u8], &[u8]) {
    let at = letter.windows(4).position(|w| w == b"\r\n\r\n").unwrap();
    (&letter[..at + 2], &letter[at + 4..])
}

/// The letter with that Message-ID in a member's mailbox, when it is there; there may be only one.
fn arrived(home: &Home, member: &str, id: &str) -> Option<Vec<u8>> {
    let mark = format!("\r\nMessage-ID: <{id}>\r\n").into_bytes();
    let mut found = home.letters(member).into_iter().filter(|letter| {
        let (head, _) = split(letter);
        head.windows(mark.len()).any(|w| w == mark)
    });
    let letter = found.next()?;
    assert!(found.next().is_none(), "{id} is there twice");
    Some(letter)
}

#[track_caller]
fn wait_for_letter(home: &Home, member: &str, id: &str) -> Vec<u8> {
    wait_for(
        &format!("{id} for {member}"),
        Duration::from_secs(60),
        || arrived(home, member, id),
    )
}

fn empty(home: &Home, member: &str) {
    for file in home.letter_files(member) {
        std::fs::remove_file(file).unwrap();
    }
}

#[test]
fn letters_arrive_as_they_were_written() {
    netns::enter_loopback_namespace();
    let street = street();
    let times = [
        ("everybody", everybody_writes_to_everybody as fn(&Street)),
        ("bodies", bodies_arrive_byte_for_byte),
        ("chunks", chunks_may_be_cut_anywhere),
        ("headers", headers_change_where_they_must_and_nowhere_else),
        ("addresses", every_form_of_an_address_finds_its_mailbox),
        ("recipients", one_letter_reaches_each_mailbox_once),
        ("replies", answers_to_a_letter_find_their_way),
        ("fifty megabytes", fifty_megabytes_arrive),
    ]
    .map(|(what, check)| {
        let start = Instant::now();
        check(&street);
        format!("{what} {:.1} s", start.elapsed().as_secs_f64())
    });
    eprintln!("{}", times.join(", "));
}

/// Each member of one home writes to each of the other, by both kinds of address; nobody gets a letter that is not theirs.
fn everybody_writes_to_everybody(street: &Street) {
    let (garden, mill) = (&street.garden, &street.mill);
    let sides = [
        (garden, ["anna", "ben"], mill, ["bob", "carl"]),
        (mill, ["bob", "carl"], garden, ["anna", "ben"]),
    ];
    for (home, writers, other, readers) in sides {
        for writer in writers {
            let submissions = home.address("submissions");
            let mut line =
                client::submission(submissions, writer, &format!("secret-{writer}")).unwrap();
            let from = format!("{writer}@toxmail.local");
            for reader in readers {
                for (kind, to) in [
                    ("canonical", other.canonical(reader)),
                    ("nickname", format!("{reader}@tox")),
                ] {
                    let letter = format!(
                        "From: {from}\r\nTo: {to}\r\nMessage-ID: <{writer}-{reader}@{kind}>\r\n\r\n{writer} to {reader}\r\n"
                    );
                    send(&mut line, &from, &[&to], letter.as_bytes());
                }
            }
        }
    }
    for (_, writers, other, readers) in sides {
        for reader in readers {
            for writer in writers {
                for kind in ["canonical", "nickname"] {
                    let id = format!("{writer}-{reader}@{kind}");
                    let letter = wait_for_letter(other, reader, &id);
                    assert_eq!(
                        addresses(&letter, "From"),
                        [format!("{writer}@tox")],
                        "{id}"
                    );
                    let to = format!("{reader}@toxmail.local");
                    assert_eq!(addresses(&letter, "To"), [to], "{id}");
                    let body = format!("{writer} to {reader}\r\n");
                    assert_eq!(split(&letter).1, body.as_bytes(), "{id}");
                    let head = String::from_utf8_lossy(split(&letter).0).into_owned();
                    assert!(head.contains("\r\nX-Toxmail-Path: direct\r\n"), "{head}");
                }
            }
        }
    }
    for home in [garden, mill] {
        wait_for("the queue to be empty", Duration::from_secs(60), || {
            home.queue_is_empty().then_some(())
        });
    }
    for (_, _, other, readers) in sides {
        for reader in readers {
            assert_eq!(other.letters(reader).len(), 4, "{reader}");
            empty(other, reader);
        }
    }
}

/// Bytes that do not compress, the same every time.
fn noise(bytes: usize) -> Vec<u8> {
    let mut state = 1_u64;
    (0..bytes)
        .map(|_| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (state >> 33) as u8
        })
        .collect()
}

fn base64_lines(bytes: &[u8]) -> Vec<u8> {
    let text = data_encoding::BASE64.encode(bytes);
    let mut out = Vec::with_capacity(text.len() * 78 / 76 + 2);
    for line in text.as_bytes().chunks(76) {
        out.extend_from_slice(line);
        out.extend_from_slice(b"\r\n");
    }
    out
}

const SIGNED: &str = "--=s\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\n\
    This is signed: not a blank at a line's end may go. \r\n- -- \r\nAnna\t\r\n\r\n--=s\r\n\
    Content-Type: application/pgp-signature; name=signature.asc\r\n\r\n-----BEGIN PGP SIGNATURE-----\r\n\r\n\
    iHUEARYKAB0WIQTzQpgmwqyUQGcYDwAAAAAAAAAACgkQAAAAAAAAAAAAAAD/\r\n=AbCd\r\n-----END PGP SIGNATURE-----\r\n\r\n--=s--\r\n";

/// What goes into the corpus: a name, more header fields, a body that ends with CRLF.
fn corpus() -> Vec<(&'static str, String, Vec<u8>)> {
    let utf8 = "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n";
    let plain = |body: &str| body.as_bytes().to_vec();
    let every_octet: Vec<u8> = (1..=255_u8)
        .filter(|b| !matches!(b, b'\r' | b'\n'))
        .chain(*b"\r\n")
        .collect();
    let multipart = format!(
        "This is for old programs.\r\n\r\n--=1\r\n{utf8}\r\nGrüße\r\n.\r\n\r\n--=1\r\nContent-Type: multipart/alternative; \
         boundary=\"=2\"\r\n\r\n--=2\r\n\r\na\r\n--=2\r\nContent-Type: text/html\r\n\r\n<p>a</p>\r\n--=2--\r\n\r\n--=1\r\n\
         Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\n{}--=1--\r\nafter the end\r\n",
        String::from_utf8(base64_lines(&noise(3000))).unwrap()
    );
    vec![
        ("plain", String::new(), plain("Hello Bob,\r\n\r\nhere I am.\r\n")),
        ("eight-bit", utf8.into(), plain("Grüße aus 東京 \u{1f33b}\r\n")),
        (
            "latin-1",
            "Content-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: 8bit\r\n".into(),
            b"Gr\xfc\xdfe, \xa0\xff\r\n".to_vec(),
        ),
        ("every-octet-but-three", String::new(), every_octet),
        (
            "controls",
            String::new(),
            plain("\u{1b}[31mred\u{1b}[0m \u{7}\u{8}\u{b}\u{c}\u{1a}\u{7f}\u{4}\r\n\u{feff}\u{85}\u{2028}\r\n"),
        ),
        ("998", String::new(), plain(&format!("{}\r\n", "x".repeat(998)))),
        ("60000", String::new(), plain(&format!("{}\r\nshort\r\n", "y".repeat(60_000)))),
        ("dots", String::new(), plain(".\r\n..\r\n...\r\n.a\r\n \r\n. \r\n.\r\n.\r\n")),
        ("only-a-dot", String::new(), plain(".\r\n")),
        ("empty-lines", String::new(), plain("\r\n\r\n\r\n")),
        ("blanks", String::new(), plain(" \r\n\t\r\nx \t \r\n")),
        ("from-lines", String::new(), plain("From me to you\r\n>From quoted\r\n\r\nFrom \r\n")),
        ("empty", String::new(), Vec::new()),
        ("header-like", String::new(), plain("To: nobody@toxmail.local\r\nBcc: bob@tox\r\n\r\nx\r\n")),
        (
            "attachment",
            "MIME-Version: 1.0\r\nContent-Type: application/octet-stream; name=\"a b.bin\"\r\nContent-Transfer-Encoding: base64\r\n"
                .into(),
            base64_lines(&noise(200_000)),
        ),
        (
            "multipart",
            "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"=1\"\r\n".into(),
            multipart.into_bytes(),
        ),
        (
            "signed",
            "MIME-Version: 1.0\r\nContent-Type: multipart/signed; micalg=pgp-sha512;\r\n protocol=\"application/pgp-signature\"; boundary=\"=s\"\r\n"
                .into(),
            plain(SIGNED),
        ),
        ("compressible", String::new(), plain(&"the same line again\r\n".repeat(20_000))),
    ]
}

fn bodies_arrive_byte_for_byte(street: &Street) {
    let bob = street.mill.canonical("bob");
    let mut line = street.anna();
    let corpus = corpus();
    for (name, fields, body) in &corpus {
        let head = format!(
            "From: <{ANNA}>\r\nTo: <{bob}>, ben@toxmail.local\r\nSubject: {name}\r\nMessage-ID: <{name}@corpus>\r\n{fields}\r\n"
        );
        let letter = [head.as_bytes(), body].concat();
        send(&mut line, ANNA, &[&bob, "ben@toxmail.local"], &letter);
    }
    for (home, member) in [(&street.mill, "bob"), (&street.garden, "ben")] {
        for (name, fields, body) in &corpus {
            let letter = wait_for_letter(home, member, &format!("{name}@corpus"));
            let (head, arrived) = split(&letter);
            assert!(arrived == body, "{name} for {member}");
            let head = String::from_utf8_lossy(head);
            assert!(head.contains(&format!("\r\n{fields}")), "{name}: {head}");
        }
        let password = format!("secret-{member}");
        let files = home.letters(member);
        let fetched = client::pop3_all(home.address("pop3s"), member, &password).unwrap();
        assert_eq!(fetched.len(), corpus.len());
        for letter in &fetched {
            assert!(
                files.contains(letter),
                "{member}: POP3 gives what the file has"
            );
        }
        empty(home, member);
    }
}

/// BDAT has no dots and no line ends of its own, and the last line may be open.
fn chunks_may_be_cut_anywhere(street: &Street) {
    let bob = street.mill.canonical("bob");
    let mut line = street.anna();
    let head = |id: &str| {
        format!("From: <{ANNA}>\r\nTo: <{bob}>\r\nSubject: Grüße {id}\r\nMessage-ID: <{id}@chunks>\r\n\r\n").into_bytes()
    };
    let body = b".\r\n..\r\n\xc3\xbc\r\n.\r\nQUIT\r\nBDAT 5 LAST\r\nthe end is open".to_vec();
    let whole = [head("x"), body.clone()].concat();
    let ends = |needle: &[u8]| {
        whole
            .windows(needle.len())
            .position(|w| w == needle)
            .unwrap()
    };
    let cuts: Vec<Vec<usize>> = vec![
        vec![],
        vec![1; whole.len() - 1],                 // octet by octet
        vec![whole.len()],                        // BDAT 0 LAST
        vec![ends(b"\r\n\r\n") + 1, 2],           // between CR and LF, around the empty line
        vec![ends(b"\xc3\xbc\r\n") + 1, 1, 1, 1], // inside of a character
        vec![0, 7, 0, 900, 3],                    // nothing is a chunk as well
    ];
    for (number, sizes) in cuts.iter().enumerate() {
        let letter = [head(&number.to_string()), body.clone()].concat();
        let reply = send_chunks(&mut line, &bob, &letter, sizes);
        assert!(reply.starts_with("250"), "{number}: {reply}");
    }
    for number in 0..cuts.len() {
        let letter = wait_for_letter(&street.mill, "bob", &format!("{number}@chunks"));
        let (head, arrived) = split(&letter);
        assert_eq!(arrived, body, "{number}");
        let subject = format!("\r\nSubject: Grüße {number}\r\n");
        assert!(String::from_utf8_lossy(head).contains(&subject), "{number}");
    }
    // POP3 cannot but end the open line.
    let fetched = client::pop3_all(street.mill.address("pop3s"), "bob", "secret-bob").unwrap();
    assert_eq!(fetched.len(), cuts.len());
    for letter in &fetched {
        assert_eq!(split(letter).1, [&body[..], b"\r\n"].concat());
    }
    // A letter of a header alone has no empty line; it gets one.
    let bare = format!("From: {ANNA}\r\nMessage-ID: <bare@chunks>\r\n");
    let reply = send_chunks(&mut line, &bob, bare.as_bytes(), &[10]);
    assert!(reply.starts_with("250"), "{reply}");
    let letter = wait_for_letter(&street.mill, "bob", "bare@chunks");
    assert_eq!(split(&letter).1, b"");
    empty(&street.mill, "bob");
}

fn headers_change_where_they_must_and_nowhere_else(street: &Street) {
    let suffix = |home: &Home| {
        let suffix = home.status("address_suffix");
        suffix.as_str().unwrap().trim_start_matches('@').to_owned()
    };
    let (garden, mill) = (suffix(&street.garden), suffix(&street.mill));
    let tox_id = street.mill.status("tox_id").as_str().unwrap().to_owned();
    // What is written, and what Bob reads; nothing where the field must go.
    let fields: Vec<(String, Option<String>)> = [
        ("Received: from laptop (laptop [192.168.1.7])\r\n\tby localhost; Thu, 5 Nov 2026 10:00:00 +0100", None),
        ("X-Odd:   blanks  \tkept ", Some("X-Odd:   blanks  \tkept ")),
        ("User-Agent: Mutt/2.2", None),
        ("x-mailer: The Bat!", None),
        ("X-Originating-IP: [192.168.1.7]", None),
        ("From:\"Anna M.\" (at home) <anna@toxmail.local>", Some("From: Anna <anna@tox>")),
        ("Sender: anna@toxmail.local", Some("Sender: Anna <anna@tox>")),
        ("Reply-To: <anna+answers@toxmail.local>", Some("Reply-To: Anna <anna+answers@GARDEN>")),
        (
            "To: =?utf-8?Q?B=C3=B6b?=\r\n <bob@tox>,\r\n\t\"Carl, the other\" <carl@MILL> (neighbour), x@y.example",
            Some("To: =?utf-8?Q?B=C3=B6b?=\r\n <bob@toxmail.local>,\r\n\t\"Carl, the other\" <carl@toxmail.local> (neighbour), x@y.example"),
        ),
        (
            "CC: Family: ben@toxmail.local, TOXID@tox;, Ben <BEN@ToxMail.Local>",
            Some("CC: Family: ben@tox, home@toxmail.local;, Ben <ben@tox>"),
        ),
        ("Bcc: secret@toxmail.local", None),
        ("Subject: Re: anna@toxmail.local,\r\n  bob@tox und Gr\u{fc}\u{df}e", Some("Subject: Re: anna@toxmail.local,\r\n  bob@tox und Gr\u{fc}\u{df}e")),
        ("Date: Thu,  5 Nov 2026 10:00:00 +0100 (CET)", Some("Date: Thu,  5 Nov 2026 10:00:00 +0100 (CET)")),
        ("Message-ID: <header@test>", Some("Message-ID: <header@test>")),
        ("In-Reply-To: <a@toxmail.local>", Some("In-Reply-To: <a@toxmail.local>")),
        ("References: <a@b>\r\n <c@d>", Some("References: <a@b>\r\n <c@d>")),
        ("Resent-From: Anna <anna@toxmail.local>", Some("Resent-From: Anna <anna@tox>")),
        ("Resent-To: carl@tox", Some("Resent-To: carl@toxmail.local")),
        ("Resent-Cc: ben@toxmail.local", Some("Resent-Cc: ben@tox")),
        ("Resent-Bcc: secret@toxmail.local", None),
        ("Resent-Date: Thu, 5 Nov 2026 11:00:00 +0100", Some("Resent-Date: Thu, 5 Nov 2026 11:00:00 +0100")),
        ("Authentication-Results: toxmail.local; dkim=pass", None),
        ("X-Toxmail-Path: forged", None),
        ("Return-Path: <forged@example.org>", None),
        ("Received: by outer.example with ESMTP id 7", None),
        ("DKIM-Signature: v=1; a=rsa-sha256; d=example.org;\r\n\tb=AAAA", Some("DKIM-Signature: v=1; a=rsa-sha256; d=example.org;\r\n\tb=AAAA")),
        ("List-Post: <mailto:list@example.org>", Some("List-Post: <mailto:list@example.org>")),
        ("Content-Type: text/plain;\r\n charset=utf-8", Some("Content-Type: text/plain;\r\n charset=utf-8")),
        ("X-Empty:", Some("X-Empty:")),
        ("X-Empty-Too: ", Some("X-Empty-Too: ")),
    ]
    .into_iter()
    .map(|(written, read)| {
        let fill = |text: &str| {
            text.replace("GARDEN", &garden)
                .replace("MILL", &mill)
                .replace("TOXID", &tox_id)
        };
        (fill(written), read.map(fill))
    })
    .collect();
    let mut written = String::new();
    let mut read = format!(
        "Return-Path: <anna@{garden}>\r\nAuthentication-Results: toxmail.local; x-tox=pass policy.home={garden}\r\n\
         X-Toxmail-Path: direct\r\nX-Toxmail-Hops: 3\r\n"
    );
    let mut at_home =
        format!("Return-Path: <{ANNA}>\r\nX-Toxmail-Path: local\r\nX-Toxmail-Hops: 1\r\n");
    for (before, after) in &fields {
        let _ = write!(written, "{before}\r\n");
        if let Some(after) = after {
            let _ = write!(read, "{after}\r\n");
        }
        let name = before.split(':').next().unwrap();
        if ![
            "Bcc",
            "Resent-Bcc",
            "Authentication-Results",
            "X-Toxmail-Path",
            "Return-Path",
        ]
        .contains(&name)
        {
            let _ = write!(at_home, "{before}\r\n");
        }
    }
    let letter = format!("{written}\r\nbody\r\n");
    let mut line = street.anna();
    let to = [format!("bob@{mill}"), "ben@toxmail.local".to_owned()];
    send(&mut line, ANNA, &[&to[0], &to[1]], letter.as_bytes());
    for (home, member, expected) in [
        (&street.mill, "bob", read),
        (&street.garden, "ben", at_home),
    ] {
        let letter = wait_for_letter(home, member, "header@test");
        let head = String::from_utf8(split(&letter).0.to_vec()).unwrap();
        let pairs = head.split("\r\n").zip(expected.split("\r\n"));
        for (found, wanted) in pairs {
            assert_eq!(found, wanted, "for {member}:\n{head}");
        }
        assert_eq!(head, expected);
        // What was left out is nowhere else either.
        let text = String::from_utf8_lossy(&letter);
        assert!(!text.contains("secret@"), "{text}");
        if member == "bob" {
            for secret in ["192.168.1.7", "Mutt", "The Bat", &tox_id, "forged"] {
                assert!(!text.contains(secret), "{secret}: {text}");
            }
        }
    }

    // What is missing is added.
    let letter = format!("From: {ANNA}\r\nSubject: bare\r\n\r\n");
    send(&mut line, ANNA, &[&to[0], &to[1]], letter.as_bytes());
    let ids = [(&street.mill, "bob"), (&street.garden, "ben")].map(|(home, member)| {
        let head = wait_for("the bare letter", Duration::from_secs(30), || {
            let letters = home.letters(member).into_iter();
            let mut heads = letters.map(|l| String::from_utf8(split(&l).0.to_vec()).unwrap());
            heads.find(|head| head.contains("\r\nSubject: bare\r\n"))
        });
        let field = |name: &str| {
            let mut lines = head.lines().filter_map(|l| l.strip_prefix(name));
            let value = lines.next().unwrap_or_else(|| panic!("{name} in {head}"));
            assert!(lines.next().is_none(), "{head}");
            value.to_owned()
        };
        assert!(field("Date: ").contains(" +0000"), "{head}");
        let id = field("Message-ID: ");
        assert!(
            id.starts_with('<') && id.ends_with(&format!("@{garden}>")),
            "{id}"
        );
        id
    });
    assert_eq!(ids[0], ids[1], "one letter, one Message-ID");
    for (home, member) in [(&street.mill, "bob"), (&street.garden, "ben")] {
        empty(home, member);
    }
}

fn every_form_of_an_address_finds_its_mailbox(street: &Street) {
    let known = [
        "contact",
        "add",
        "Uncle Carl",
        "--email",
        "Carl@Example.org",
        "--tox",
    ];
    let carl = street.mill.canonical("carl");
    street
        .garden
        .say(&[&known[..], &[carl.as_str()]].concat())
        .unwrap();
    let text = |home: &Home, key: &str| home.status(key).as_str().unwrap().to_owned();
    let (tox_id, key) = (text(&street.mill, "tox_id"), text(&street.mill, "key"));
    let label = data_encoding::BASE32_NOPAD
        .encode(
            &data_encoding::HEXUPPER_PERMISSIVE
                .decode(tox_id.as_bytes())
                .unwrap(),
        )
        .to_lowercase();
    assert_eq!((tox_id.len(), key.len(), label.len()), (76, 64, 61));
    let suffix = text(&street.mill, "address_suffix");
    let own = text(&street.garden, "address_suffix");
    let forms: Vec<(&Home, &str, String)> = vec![
        (&street.mill, "bob", format!("{tox_id}@tox")),
        (
            &street.mill,
            "bob",
            format!("{}@TOX", tox_id.to_lowercase()),
        ),
        (&street.mill, "bob", format!("{key}@tox")),
        (&street.mill, "bob", format!("{}@tox", key.to_lowercase())),
        (&street.mill, "bob", format!("home{suffix}")),
        (&street.mill, "bob", format!("postmaster{suffix}")),
        (&street.mill, "carl", format!("carl{suffix}")),
        (
            &street.mill,
            "carl",
            format!("CARL{}", suffix.to_uppercase()),
        ),
        (&street.mill, "carl", format!("carl+shop{suffix}")),
        (&street.mill, "carl", format!("carl@{label}.tox")),
        (&street.mill, "bob", format!("home@{label}.tox")),
        (
            &street.mill,
            "carl",
            format!("carl+a.b@{}.TOX", label.to_uppercase()),
        ),
        // What he was called before he got a name here.
        (&street.mill, "carl", "carl@tox".into()),
        (&street.mill, "carl", "uncle.carl+shop@tox".into()),
        (&street.mill, "carl", "uncle.carl@tox".into()),
        (&street.mill, "bob", "mill@tox".into()),
        (&street.mill, "carl", "carl@example.org".into()),
        (&street.mill, "carl", "Carl@EXAMPLE.org".into()),
        (&street.garden, "ben", "ben@toxmail.local".into()),
        (&street.garden, "ben", "Ben+tag@ToxMail.LOCAL".into()),
        (&street.garden, "ben", format!("ben{own}")),
        (&street.garden, "anna", "home@toxmail.local".into()),
        (&street.garden, "anna", "postmaster@toxmail.local".into()),
        (&street.garden, "anna", "Postmaster".into()),
        (&street.garden, "anna", format!("home{own}")),
    ];
    let mut line = street.anna();
    for (number, (_, _, form)) in forms.iter().enumerate() {
        let letter =
            format!("From: {ANNA}\r\nTo: {form}\r\nMessage-ID: <{number}@forms>\r\n\r\n{form}\r\n");
        send(&mut line, ANNA, &[form], letter.as_bytes());
    }
    for (number, (home, member, form)) in forms.iter().enumerate() {
        let letter = wait_for_letter(home, member, &format!("{number}@forms"));
        assert_eq!(split(&letter).1, format!("{form}\r\n").as_bytes());
        let head = String::from_utf8(split(&letter).0.to_vec()).unwrap();
        assert!(!head.contains(&tox_id) && !head.contains(&label), "{head}");
    }
    // And what no form is, is told at once.
    for (address, words) in [
        (format!("{}0@tox", &tox_id[..75]), "checksum"),
        (
            format!("carl@{}.tox", "a".repeat(52)),
            "ask for their full Tox ID or an invitation",
        ),
        (
            format!("{}@tox", "00".repeat(32)),
            "ask for their full Tox ID or an invitation",
        ),
        ("nobody@tox".to_owned(), "nobody"),
        ("nobody@toxmail.local".to_owned(), "check the spelling"),
        ("carl@elsewhere.example".to_owned(), "set up your provider"),
    ] {
        if address.starts_with(&tox_id) {
            continue; // its last digit happens to be 0
        }
        line.say(&format!("MAIL FROM:<{ANNA}>")).unwrap();
        let reply = line.say(&format!("RCPT TO:<{address}>")).unwrap();
        assert!(reply.starts_with("550 5.1."), "{address}: {reply}");
        assert!(reply.contains(words), "{address}: {reply}");
        line.say("RSET").unwrap();
    }
    for (home, members) in [
        (&street.garden, ["anna", "ben"]),
        (&street.mill, ["bob", "carl"]),
    ] {
        for member in members {
            empty(home, member);
        }
    }
}

fn one_letter_reaches_each_mailbox_once(street: &Street) {
    let (bob, carl) = (street.mill.canonical("bob"), street.mill.canonical("carl"));
    let key = street.mill.status("key").as_str().unwrap().to_owned();
    let mut line = street.anna();
    let everybody = [
        ANNA,
        "ben@toxmail.local",
        "ben+again@toxmail.local",
        &bob,
        &carl,
        "uncle.carl@tox",
        "Carl@example.org",
        &format!("{key}@tox"),
        "home@toxmail.local",
    ];
    let letter = format!(
        "From: {ANNA}\r\nTo: undisclosed-recipients:;\r\nMessage-ID: <all@recipients>\r\n\r\nto all\r\n"
    );
    send(&mut line, ANNA, &everybody, letter.as_bytes());
    let all = [
        (&street.garden, "anna"),
        (&street.garden, "ben"),
        (&street.mill, "bob"),
        (&street.mill, "carl"),
    ];
    wait_for("the queue to be empty", Duration::from_secs(30), || {
        street.garden.queue_is_empty().then_some(())
    });
    for (home, member) in all {
        let letter = wait_for_letter(home, member, "all@recipients");
        assert_eq!(split(&letter).1, b"to all\r\n");
        assert_eq!(home.letters(member).len(), 1, "{member}");
        empty(home, member);
    }
}

/// Addresses of a field, as a mail program reads them.
fn addresses(letter: &[u8], field: &str) -> Vec<String> {
    let message = mail_parser::MessageParser::new().parse(letter).unwrap();
    let mut found = Vec::new();
    for value in message.header_values(field) {
        if let mail_parser::HeaderValue::Address(list) = value {
            found.extend(list.iter().filter_map(|a| a.address().map(str::to_owned)));
        }
    }
    found
}

fn answers_to_a_letter_find_their_way(street: &Street) {
    let (bob, carl) = (street.mill.canonical("bob"), street.mill.canonical("carl"));
    let letter = format!(
        "From: Anna <{ANNA}>\r\nReply-To: anna+garden@toxmail.local\r\nTo: Bob <{bob}>\r\n\
         Cc: Ben <ben@toxmail.local>, uncle.carl@tox\r\nMessage-ID: <1@talk>\r\n\r\nhow are you?\r\n"
    );
    let mut line = street.anna();
    send(
        &mut line,
        ANNA,
        &[&bob, "ben@toxmail.local", &carl],
        letter.as_bytes(),
    );
    let first = wait_for_letter(&street.mill, "bob", "1@talk");
    let from = addresses(&first, "From");
    assert_eq!(from, ["anna@tox"]);

    // "Reply to all", as a program does it; and once to From alone, for one that ignores Reply-To.
    let answer = |original: &[u8], me: &str, id: &str| {
        let to = addresses(original, "Reply-To");
        let to = if to.is_empty() {
            addresses(original, "From")
        } else {
            to
        };
        let mut cc = addresses(original, "To");
        cc.extend(addresses(original, "Cc"));
        cc.retain(|a| a != me && !to.contains(a));
        let letter = format!(
            "From: {me}\r\nTo: {}\r\nCc: {}\r\nMessage-ID: <{id}>\r\n\r\nfine\r\n",
            to.join(", "),
            cc.join(", ")
        );
        (letter, [to, cc].concat())
    };
    let me = "bob@toxmail.local";
    let (letter, to) = answer(&first, me, "2@talk");
    let mut bobs = street.bob();
    let to: Vec<&str> = to.iter().map(String::as_str).collect();
    assert_eq!(to.len(), 3, "{to:?}");
    send(&mut bobs, me, &to, letter.as_bytes());
    let letter = format!(
        "From: {me}\r\nTo: {}\r\nMessage-ID: <3@talk>\r\n\r\nhi\r\n",
        from[0]
    );
    send(&mut bobs, me, &[&from[0]], letter.as_bytes());
    wait_for_letter(&street.garden, "anna", "3@talk");
    let back = wait_for_letter(&street.garden, "anna", "2@talk");
    for (home, member) in [(&street.garden, "ben"), (&street.mill, "carl")] {
        wait_for_letter(home, member, "2@talk");
    }

    // And once more around: Anna answers what came from there.
    let (letter, to) = answer(&back, ANNA, "4@talk");
    let to: Vec<&str> = to
        .iter()
        .map(String::as_str)
        .filter(|to| !to.starts_with("anna+"))
        .collect();
    assert!(to.contains(&"bob@tox"), "{to:?}");
    send(&mut line, ANNA, &to, letter.as_bytes());
    for (home, member) in [
        (&street.mill, "bob"),
        (&street.mill, "carl"),
        (&street.garden, "ben"),
    ] {
        wait_for_letter(home, member, "4@talk");
    }
    // Return-Path is an address that takes letters, too.
    let path = addresses(&back, "Return-Path");
    let path = if path.is_empty() {
        let text = String::from_utf8_lossy(&back).into_owned();
        vec![text.split(['<', '>']).nth(1).unwrap().to_owned()]
    } else {
        path
    };
    let letter = format!(
        "From: {ANNA}\r\nTo: {}\r\nMessage-ID: <5@talk>\r\n\r\nx\r\n",
        path[0]
    );
    send(&mut line, ANNA, &[&path[0]], letter.as_bytes());
    wait_for_letter(&street.mill, "bob", "5@talk");
    for (home, members) in [
        (&street.garden, ["anna", "ben"]),
        (&street.mill, ["bob", "carl"]),
    ] {
        for member in members {
            empty(home, member);
        }
    }
}

fn fifty_megabytes_arrive(street: &Street) {
    let bob = street.mill.canonical("bob");
    let head = format!(
        "From: {ANNA}\r\nTo: {bob}\r\nMessage-ID: <50@megabytes>\r\nMIME-Version: 1.0\r\n\
         Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    );
    let body = base64_lines(&noise(37_000_000));
    assert!(body.len() > 50_000_000);
    let mut line = street.anna();
    let letter = [head.as_bytes(), &body].concat();
    send(&mut line, ANNA, &[&bob, "ben@toxmail.local"], &letter);
    for (home, member) in [(&street.mill, "bob"), (&street.garden, "ben")] {
        let file = wait_for("fifty megabytes", Duration::from_secs(180), || {
            home.letter_files(member).into_iter().next()
        });
        let letter = std::fs::read(file).unwrap();
        assert!(split(&letter).1 == body, "{member}");
        let password = format!("secret-{member}");
        let fetched = client::pop3_all(home.address("pop3s"), member, &password).unwrap();
        assert!(
            fetched.len() == 1 && fetched[0] == letter,
            "{member} by POP3"
        );
    }
}
