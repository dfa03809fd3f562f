//! A home beside a mail server that the family has already: Debian's Postfix set up as Zimbra's MTA is, and Dovecot's LMTP.
//! Letters go both ways between its people and another home, also while one side is down; every wish for a notice is kept;
//! nobody else gets in, and nobody is relayed.

#![cfg(feature = "faults")]
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

#[path = "support/client.rs"]
mod client;
#[path = "support/home.rs"]
mod home;
#[path = "support/lan.rs"]
mod lan;
#[path = "support/netns.rs"]
mod netns;

use std::fs::OpenOptions;
use std::io::Write as _;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use client::Line;
use home::{Home, Node, Plan, is_connected, pair, wait_for};
use lan::{GATEWAY, LMTP, LOGIN, MailServer};

/// Anna and Bruno have their mailboxes at the mail server, Ben in the home beside it. Paul and Carl live in the other home.
struct Street {
    garden: Home,
    mill: Home,
    lan: MailServer,
    _node: Node,
}

/// The file by which the garden is armed.
const KILL: &str = "fault-kill";
/// The third attempt at a server that is down comes within a minute.
const SOON: Duration = Duration::from_secs(120);

fn street() -> Street {
    let node = Node::start("127.0.0.1", 33400);
    let make = |name: &str, members: &[&'static str]| {
        let tox = ("tox", format!("bootstrap = [ {} ]", node.entry));
        let listen = ("listen", format!("gateway = \"[::]:{GATEWAY}\""));
        let mut settings = vec![tox, ("home", "language = \"en\"".to_owned())];
        if name == "garden" {
            settings.push(listen);
        }
        Plan {
            settings,
            members: members.to_vec(),
            ..Plan::default()
        }
    };
    // Home::new asks the operator's command, which reads the file: the gateway's table has to be there by then.
    let garden = Plan {
        members: Vec::new(),
        ..make("garden", &[])
    };
    let mut garden = Home::new("garden", garden);
    let mut file = OpenOptions::new()
        .append(true)
        .open(garden.path().join("toxmail.toml"))
        .unwrap();
    write!(
        file,
        "[gateway]\ndomain = \"example.org\"\naccept_from = [\"127.0.0.1\"]\nusername = \"{}\"\n\
         password_file = \"gateway.password\"\ndeliver_to = \"lmtp://127.0.0.1:{LMTP}\"\nannounce = [\"anna\"]\n",
        LOGIN.0
    )
    .unwrap();
    let secret = garden.path().join("gateway.password");
    std::fs::write(&secret, format!("{}\n", LOGIN.1)).unwrap();
    let kill = format!("@{}", garden.path().join(KILL).display());
    garden.plan.environment = vec![("TOXMAIL_FAULT_KILL".to_owned(), kill)];
    garden
        .say_with(&["member", "add", "ben"], Some("secret-ben\n"))
        .unwrap();
    garden.start();
    let mut mill = Home::new("mill", make("mill", &["paul", "carl"]));
    mill.start();
    let lan = MailServer::start(&["anna", "bruno"], &["elsewhere.example"]);
    pair(&garden, &mill);
    // Paul's ordinary address is known in the garden.
    let paul = mill.address_of("paul");
    garden
        .say(&[
            "contact",
            "add",
            "Paul",
            "--tox",
            &paul,
            "--email",
            "paul@elsewhere.example",
        ])
        .unwrap();
    Street {
        garden,
        mill,
        lan,
        _node: node,
    }
}

fn head_and_body(letter: &[u8]) -> (String, Vec<u8>) {
    // Dovecot files with LF.
    let end = b"\n\n";
    let crlf = letter.windows(4).position(|w| w == b"\r\n\r\n");
    let (at, length) = match crlf {
        Some(at) => (at, 4),
        None => (letter.windows(2).position(|w| w == end).unwrap(), 2),
    };
    let head = String::from_utf8_lossy(&letter[..at]).replace("\r\n", "\n");
    (format!("{head}\n"), letter[at + length..].to_vec())
}

fn with_crlf(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    for &byte in body {
        if byte == b'\n' && out.last() != Some(&b'\r') {
            out.push(b'\r');
        }
        out.push(byte);
    }
    out
}

/// The one letter that has this in it.
fn only(letters: Vec<Vec<u8>>, mark: &str) -> Option<Vec<u8>> {
    let has = |letter: &Vec<u8>| letter.windows(mark.len()).any(|w| w == mark.as_bytes());
    let mut found = letters.into_iter().filter(has);
    let letter = found.next()?;
    assert!(found.next().is_none(), "{mark} is there twice");
    Some(letter)
}

impl Street {
    /// A letter comes to somebody of the mail server.
    #[track_caller]
    fn at_server(&self, name: &str, mark: &str) -> (String, Vec<u8>) {
        let what = format!("{mark} at the mail server for {name}");
        head_and_body(&wait_for(&what, SOON, || {
            only(self.lan.letters(name), mark)
        }))
    }

    /// A letter comes to a member of a home.
    #[track_caller]
    fn at_home(&self, home: &Home, name: &str, mark: &str) -> (String, Vec<u8>) {
        let what = format!("{mark} for {name}");
        head_and_body(&wait_for(&what, SOON, || only(home.letters(name), mark)))
    }

    /// Somebody of the mail server writes, as their web page does: by Postfix.
    #[track_caller]
    fn anna_writes(&self, from: &str, to: &[(&str, &str)], letter: &[u8]) {
        let mut line = Line::plain(self.lan.smtp()).unwrap();
        line.reply().unwrap();
        let mut ok = |command: &str| {
            let reply = line.say(command).unwrap();
            assert!(reply.starts_with(['2', '3']), "{command}: {reply}");
        };
        ok("EHLO web.example.org");
        ok(&format!("MAIL FROM:{from} BODY=8BITMIME"));
        for (to, wishes) in to {
            ok(&format!("RCPT TO:<{to}>{wishes}"));
        }
        ok("DATA");
        line.send(letter).unwrap();
        let reply = line.say(".").unwrap();
        assert!(reply.starts_with("250"), "{reply}");
    }

    fn member(&self, home: &Home, name: &str) -> Line {
        let password = format!("secret-{name}");
        client::submission(home.address("submissions"), name, &password).unwrap()
    }

    #[track_caller]
    fn member_writes(&self, home: &Home, name: &str, to: &[&str], letter: &[u8]) {
        let from = format!("{name}@toxmail.local");
        let reply = client::send(&mut self.member(home, name), &from, to, letter).unwrap();
        assert!(reply.starts_with("250"), "{reply}");
    }
}

#[test]
fn a_family_keeps_its_mail_server() {
    netns::enter_loopback_namespace();
    let mut street = street();
    let times = [
        ("doctor", nothing_is_wrong as fn(&mut Street)),
        ("door", nobody_else_gets_in),
        ("out", letters_leave_by_postfix),
        ("in", letters_come_by_lmtp),
        ("within", members_and_the_servers_people_write_to_each_other),
        ("refused", whom_the_server_refuses_is_told_to_the_writer),
        ("reports", reports_have_no_sender_and_are_not_answered),
        ("server down", letters_wait_while_the_server_is_down),
        ("home down", letters_wait_while_the_home_is_down),
        ("notices", wishes_for_notices_are_kept),
        ("crash", a_home_that_dies_hands_over_once),
        ("settings", other_settings_count_at_once),
    ]
    .map(|(what, check)| {
        let start = Instant::now();
        check(&mut street);
        format!("{what} {:.1} s", start.elapsed().as_secs_f64())
    });
    eprintln!("{}", times.join(", "));
}

fn nothing_is_wrong(street: &mut Street) {
    let secret = street.garden.path().join("gateway.password");
    let mode = |mode| {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(&secret, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    let found = || {
        let said = street.garden.say(&["doctor"]).unwrap_or_else(|e| e.into());
        said.to_string()
    };
    mode(0o644);
    assert!(found().contains("gateway.password is open to other users"));
    mode(0o600);
    let said = found();
    for word in ["gateway", "mail server"] {
        assert!(!said.contains(word), "{said}");
    }
    // Whom the settings name is announced, and nobody else.
    wait_for("the announcement", SOON, || {
        let list = street.mill.say(&["contact", "list"]).unwrap().to_string();
        assert!(!list.contains("bruno"), "{list}");
        list.contains(&street.garden.address_of("anna"))
            .then_some(())
    });
}

/// A conversation at the gateway's door, over TLS, logged in or not.
fn at_the_door(logged_in: bool) -> Line {
    let mut line = Line::plain(SocketAddr::from(([127, 0, 0, 1], GATEWAY))).unwrap();
    assert!(line.reply().unwrap().starts_with("220"));
    let offers = line.say("EHLO mail.example.org").unwrap();
    assert!(
        offers.contains("STARTTLS") && !offers.contains("AUTH"),
        "{offers}"
    );
    assert!(line.say("AUTH PLAIN AGEAYg==").unwrap().starts_with("538"));
    assert!(
        line.say("MAIL FROM:<anna@example.org>")
            .unwrap()
            .starts_with("530")
    );
    assert!(line.say("STARTTLS").unwrap().starts_with("220"));
    let mut line = line.upgrade().unwrap();
    let offers = line.say("EHLO mail.example.org").unwrap();
    for offer in ["AUTH PLAIN LOGIN", "DSN", "8BITMIME", "SMTPUTF8", "SIZE"] {
        assert!(offers.contains(offer), "{offer}: {offers}");
    }
    if logged_in {
        assert!(login(&mut line, LOGIN.0, LOGIN.1).starts_with("235"));
    }
    line
}

fn login(line: &mut Line, name: &str, password: &str) -> String {
    let token = data_encoding::BASE64.encode(format!("\0{name}\0{password}").as_bytes());
    line.say(&format!("AUTH PLAIN {token}")).unwrap()
}

fn nobody_else_gets_in(street: &mut Street) {
    let foreign: SocketAddr = format!("[::1]:{GATEWAY}").parse().unwrap();
    let mut foreign = Line::plain(foreign).unwrap();
    let greeting = foreign.reply().unwrap();
    assert!(greeting.starts_with("554 5.7.1 "), "{greeting}");

    let mut line = at_the_door(false);
    assert!(login(&mut line, "zimbra", "wrong").starts_with("535 5.7.8"));
    // A member's name and password open the members' door only.
    assert!(login(&mut line, "ben", "secret-ben").starts_with("535 5.7.8"));
    let reply = line.say("MAIL FROM:<anna@example.org>").unwrap();
    assert!(reply.starts_with("530 5.7.0"), "{reply}");
    let (name, password) = LOGIN;
    let mut members = Line::tls(street.garden.address("submissions")).unwrap();
    members.reply().unwrap();
    members.say("EHLO x").unwrap();
    assert!(login(&mut members, name, password).starts_with("535"));

    let mut line = at_the_door(true);
    let paul = street.mill.address_of("paul");
    for (command, expected) in [
        ("MAIL FROM:<anna@elsewhere.example>".to_owned(), "550 5.7.1"),
        ("MAIL FROM:<anna@mail.example.org>".to_owned(), "550 5.7.1"),
        ("MAIL FROM:<o'neil@example.org>".to_owned(), "550 5.1.7"),
        ("MAIL FROM:<Anna@Example.org>".to_owned(), "250"),
        // No relay: neither to strangers nor back to the server itself.
        (
            "RCPT TO:<stranger@elsewhere.example>".to_owned(),
            "550 5.7.1",
        ),
        ("RCPT TO:<bruno@example.org>".to_owned(), "550 5.7.1"),
        (
            format!("RCPT TO:<{}>", street.garden.address_of("bruno")),
            "550 5.7.1",
        ),
        ("RCPT TO:<nobody@tox>".to_owned(), "550 5.1.1"),
        (format!("RCPT TO:<{paul}>"), "250"),
        ("RCPT TO:<paul@elsewhere.example>".to_owned(), "250"),
        ("RCPT TO:<paul@tox>".to_owned(), "250"),
        ("RCPT TO:<ben@toxmail.local>".to_owned(), "250"),
        // Ben has a mailbox here: one name, one person.
        ("RCPT TO:<ben@example.org>".to_owned(), "250"),
        ("DATA".to_owned(), "354"),
        (
            "From: Bank <info@bank.example>\r\n\r\n.".to_owned(),
            "550 5.7.1",
        ),
    ] {
        let reply = line.say(&command).unwrap();
        assert!(reply.starts_with(expected), "{command}: {reply}");
    }
    // A report has no sender, but it is the server's own.
    for (from, expected) in [
        ("mailer-daemon@bank.example", "550 5.7.1"),
        ("mailer-daemon@badexample.org", "550 5.7.1"),
        ("mailer-daemon@mail.example.org", "250"),
    ] {
        let letter = format!("From: {from}\r\nSubject: report of {from}\r\n\r\nx\r\n.");
        for (command, expected) in [
            ("RSET", "250"),
            ("MAIL FROM:<>", "250"),
            (&format!("RCPT TO:<{paul}>"), "250"),
            ("DATA", "354"),
            (&letter, expected),
        ] {
            let reply = line.say(command).unwrap();
            assert!(reply.starts_with(expected), "{command}: {reply}");
        }
    }
}

fn letters_leave_by_postfix(street: &mut Street) {
    let paul = street.mill.address_of("paul");
    let body = b"Gr\xc3\xbc\xc3\x9fe, caf\xe9\r\n.dot\r\n\r\nlast line\r\n";
    for (mark, to) in [
        ("out-canonical", paul.as_str()),
        ("out-nickname", "paul@tox"),
        ("out-ordinary", "paul@elsewhere.example"),
    ] {
        let head = format!(
            "From: Anna <anna@example.org>\r\nTo: {to}, Bruno <bruno@example.org>\r\nSubject: {mark}\r\n\
             Message-ID: <{mark}@example.org>\r\n\r\n"
        );
        // A dot that begins a line is doubled on the wire.
        let wire = [
            head.as_bytes(),
            b"Gr\xc3\xbc\xc3\x9fe, caf\xe9\r\n..dot\r\n\r\nlast line\r\n",
        ]
        .concat();
        street.anna_writes("<anna@example.org>", &[(to, "")], &wire);
        let (head, arrived) = street.at_home(&street.mill, "paul", mark);
        assert_eq!(arrived, body, "{mark}");
        let anna = street.garden.address_of("anna");
        assert!(
            head.starts_with(&format!("Return-Path: <{anna}>\n")),
            "{head}"
        );
        // The name that this home has for her, and an address that answers reach.
        assert!(head.contains("\nFrom: Anna <anna@tox>\n"), "{head}");
        assert!(head.contains(&street.garden.address_of("bruno")), "{head}");
        assert!(
            !head.contains("Received: ") && !head.contains("127.0.0.1"),
            "{head}"
        );
        assert!(!head.contains("X-Toxmail-Claimed"), "{head}");
    }
    wait_for("Postfix to be done", SOON, || {
        (street.lan.waiting() == 0).then_some(())
    });
}

fn letters_come_by_lmtp(street: &mut Street) {
    let (anna, bruno) = (
        street.garden.address_of("anna"),
        street.garden.address_of("bruno"),
    );
    let body = b"caf\xe9 Gr\xc3\xbc\xc3\x9fe\r\n.\r\n..\r\nFrom here\r\n";
    let letter = [
        format!(
            "From: Paul <paul@toxmail.local>\r\nTo: {anna}, {bruno}\r\nCc: ben@{}, carl@toxmail.local\r\nSubject: in-both\r\n\
             Message-ID: <in-both@mill>\r\nX-Toxmail-Path: forged\r\n\r\n",
            anna.split_once('@').unwrap().1
        )
        .as_bytes(),
        body,
    ]
    .concat();
    let ben = street.garden.address_of("ben");
    street.member_writes(&street.mill, "paul", &[&anna, &bruno, &ben], &letter);
    for name in ["anna", "bruno"] {
        let (head, arrived) = street.at_server(name, "in-both");
        assert_eq!(with_crlf(&arrived), body);
        assert!(head.contains("\nX-Toxmail-Path: gateway\n"), "{head}");
        assert_eq!(head.matches("X-Toxmail-Path").count(), 1, "{head}");
        let paul = street.mill.address_of("paul");
        assert!(
            head.starts_with(&format!("Return-Path: <{paul}>\n")),
            "{head}"
        );
        assert_eq!(head.matches("Return-Path:").count(), 1, "{head}");
        assert!(
            head.contains("\nFrom: Paul <paul@elsewhere.example>\n"),
            "{head}"
        );
        assert!(
            head.contains("\nTo: anna@example.org, bruno@example.org\n"),
            "{head}"
        );
        // Who has a mailbox in the home is answered there.
        assert!(head.contains(&format!("\nCc: {ben}, carl@tox\n")), "{head}");
    }
    let (head, arrived) = street.at_home(&street.garden, "ben", "in-both");
    assert_eq!(arrived, body);
    assert!(!head.contains("X-Toxmail-Path: gateway"), "{head}");
    // A tag is the server's to understand.
    let tagged = format!("anna+shop@{}", anna.split_once('@').unwrap().1);
    let letter = b"From: paul@toxmail.local\r\nSubject: in-tagged\r\n\r\nx\r\n";
    street.member_writes(&street.mill, "paul", &[&tagged], letter);
    let (head, _) = street.at_server("anna", "in-tagged");
    assert!(head.contains("anna+shop@example.org"), "{head}");
}

fn members_and_the_servers_people_write_to_each_other(street: &mut Street) {
    let letter =
        b"From: Ben <ben@toxmail.local>\r\nTo: anna@example.org, bruno@toxmail.local, paul@tox\r\n\
        Bcc: bruno@example.org\r\nSubject: within-out\r\nUser-Agent: secret\r\n\r\nHello\r\n";
    let to = ["anna@example.org", "bruno@toxmail.local"];
    street.member_writes(&street.garden, "ben", &to, letter);
    let ben = street.garden.address_of("ben");
    for name in ["anna", "bruno"] {
        let (head, body) = street.at_server(name, "within-out");
        assert_eq!(with_crlf(&body), b"Hello\r\n");
        assert!(head.contains(&format!("\nFrom: Ben <{ben}>\n")), "{head}");
        assert!(head.contains(&format!("Return-Path: <{ben}>")), "{head}");
        let paul = street.mill.address_of("paul");
        let to = format!("\nTo: anna@example.org, bruno@example.org, {paul}\n");
        assert!(head.contains(&to), "{head}");
        assert!(head.contains("\nX-Toxmail-Path: gateway\n"), "{head}");
        assert!(
            !head.contains("\nBcc:") && !head.contains("secret"),
            "{head}"
        );
    }
    let letter =
        format!("From: anna@example.org\r\nTo: {ben}\r\nSubject: within-in\r\n\r\nHello Ben\r\n");
    street.anna_writes("<anna@example.org>", &[(&ben, "")], letter.as_bytes());
    let (head, _) = street.at_home(&street.garden, "ben", "within-in");
    assert!(head.contains("\nFrom: anna@example.org\n"), "{head}");
    // Ben may write as what is his name at the mail server, too.
    let reply = client::send(
        &mut street.member(&street.garden, "ben"),
        "ben@example.org",
        &["anna@example.org"],
        b"From: ben@example.org\r\nSubject: within-as\r\n\r\nx\r\n",
    );
    assert!(reply.unwrap().starts_with("250"));
    let (head, _) = street.at_server("anna", "within-as");
    assert!(head.contains(&format!("\nFrom: {ben}\n")), "{head}");
    let mut line = street.member(&street.garden, "ben");
    let reply = line.say("MAIL FROM:<anna@example.org>").unwrap();
    assert!(reply.starts_with("550 5.7.1"), "{reply}");
}

fn whom_the_server_refuses_is_told_to_the_writer(street: &mut Street) {
    let domain = street
        .garden
        .address_of("x")
        .split_once('@')
        .unwrap()
        .1
        .to_owned();
    let (anna, nobody) = (format!("anna@{domain}"), format!("dora@{domain}"));
    let letter = b"From: paul@toxmail.local\r\nSubject: refused-in\r\nMessage-ID: <refused-in@mill>\r\n\r\nx\r\n";
    street.member_writes(&street.mill, "paul", &[&anna, &nobody], letter);
    street.at_server("anna", "refused-in");
    // It was on the disk of the garden already: the word comes from there, over Tox.
    let mark = "In-Reply-To: <refused-in@mill>";
    let (head, body) = street.at_home(&street.mill, "paul", mark);
    let body = String::from_utf8_lossy(&body).replace("=\r\n", "");
    assert!(head.contains("Return-Path: <>"), "{head}");
    assert!(head.contains(&format!("<postmaster@{domain}>")), "{head}");
    assert!(head.contains("multipart/report"), "{head}");
    for expected in [
        "the post office in the home \"garden\"",
        &format!("{nobody} did NOT get it."),
        &format!("Final-Recipient: rfc822; {nobody}"),
        "Action: failed",
        "Status: 5.1.1",
        "their mail server says:",
        "refused-in@mill",
    ] {
        assert!(body.contains(expected), "{expected}: {body}");
    }
    assert!(!body.contains(&format!("{anna} did NOT")), "{body}");
    // A member who writes to a name that the server does not know hears it, too.
    let letter = b"From: ben@toxmail.local\r\nSubject: refused-ben\r\nMessage-ID: <refused-ben@garden>\r\n\r\nx\r\n";
    street.member_writes(&street.garden, "ben", &["dora@example.org"], letter);
    street.at_home(&street.garden, "ben", "In-Reply-To: <refused-ben@garden>");
    // And somebody of the server who writes to nobody in the other home.
    let nobody = street.mill.address_of("nobody");
    let letter = format!(
        "From: anna@example.org\r\nTo: {nobody}\r\nMessage-ID: <refused-out@example.org>\r\n\r\nx\r\n"
    );
    street.anna_writes("<anna@example.org>", &[(&nobody, "")], letter.as_bytes());
    let (head, body) = street.at_server("anna", "In-Reply-To: <refused-out@example.org>");
    assert!(
        head.contains(&format!("From: Toxmail <postmaster@{domain}>")),
        "{head}"
    );
    assert!(head.contains("\nTo: <anna@example.org>\n"), "{head}");
    assert!(head.contains("Return-Path: <>"), "{head}");
    assert!(String::from_utf8_lossy(&body).contains("did NOT get it"));
}

fn reports_have_no_sender_and_are_not_answered(street: &mut Street) {
    let paul = street.mill.address_of("paul");
    let report = "From: MAILER-DAEMON@mail.example.org (Mail Delivery System)\r\nTo: Paul\r\nSubject: report-out\r\n\
         Auto-Submitted: auto-replied\r\n\r\nYour letter could not be read.\r\n";
    street.anna_writes("<>", &[(&paul, "")], report.as_bytes());
    let (head, _) = street.at_home(&street.mill, "paul", "report-out");
    assert!(head.starts_with("Return-Path: <>\n"), "{head}");
    // The other way round, for somebody whom the server does not know: nobody is told, nothing stays.
    let mut line = street.member(&street.mill, "paul");
    let dora = street.garden.address_of("dora");
    let letter = b"From: paul@toxmail.local\r\nSubject: report-in\r\nMessage-ID: <report-in@mill>\r\n\r\nx\r\n";
    let reply = client::send(&mut line, "", &[&dora], letter).unwrap();
    assert!(reply.starts_with("250"), "{reply}");
    for home in [&street.mill, &street.garden] {
        wait_for("an empty queue", SOON, || {
            home.queue_is_empty().then_some(())
        });
    }
    assert!(only(street.mill.letters("paul"), "In-Reply-To: <report-in@mill>").is_none());
    assert!(street.garden.log().contains("dora"), "it was tried");
}

fn letters_wait_while_the_server_is_down(street: &mut Street) {
    street.lan.stop_dovecot();
    let anna = street.garden.address_of("anna");
    let letter =
        b"From: paul@toxmail.local\r\nSubject: wait-in\r\nMessage-ID: <wait-in@mill>\r\n\r\nx\r\n";
    street.member_writes(&street.mill, "paul", &[&anna], letter);
    // Acknowledged as soon as it is on the disk beside the mail server.
    wait_for("the receipt", SOON, || {
        street.mill.queue_is_empty().then_some(())
    });
    let list = wait_for("the first attempt", SOON, || {
        let list = street.garden.say(&["queue", "list"]).unwrap().to_string();
        list.contains("takes no connections").then_some(list)
    });
    assert!(list.contains("\"route\":\"gateway\""), "{list}");
    let doctor = street.garden.say(&["doctor"]).unwrap_or_else(|e| e.into());
    assert!(doctor.to_string().contains("takes no letters"), "{doctor}");
    // The home forgets nothing meanwhile.
    street.garden.stop();
    street.garden.start();
    assert_eq!(street.garden.queue_size(), 1);
    street.lan.dovecot();
    street.at_server("anna", "wait-in");
    wait_for("an empty queue", SOON, || {
        street.garden.queue_is_empty().then_some(())
    });
    wait_for("the homes to meet", SOON, || {
        is_connected(&street.mill, &street.garden).then_some(())
    });
}

fn letters_wait_while_the_home_is_down(street: &mut Street) {
    street.garden.stop();
    let paul = street.mill.address_of("paul");
    let letter = "From: anna@example.org\r\nSubject: wait-out\r\n\r\nx\r\n";
    street.anna_writes("<anna@example.org>", &[(&paul, "")], letter.as_bytes());
    wait_for("Postfix to wait", SOON, || {
        (street.lan.waiting() == 1).then_some(())
    });
    street.garden.start();
    street.lan.flush();
    street.at_home(&street.mill, "paul", "wait-out");
    wait_for("Postfix to be done", SOON, || {
        (street.lan.waiting() == 0).then_some(())
    });
}

fn wishes_for_notices_are_kept(street: &mut Street) {
    let paul = street.mill.address_of("paul");
    let letter = "From: anna@example.org\r\nSubject: wish-out\r\nMessage-ID: <wish-out@example.org>\r\n\r\nx\r\n";
    let wishes = " NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;old+2Bpaul@elsewhere.example";
    let mut line = Line::plain(street.lan.smtp()).unwrap();
    line.reply().unwrap();
    for command in [
        "EHLO web.example.org",
        "MAIL FROM:<anna@example.org> RET=HDRS ENVID=QQ+2B314",
        &format!("RCPT TO:<{paul}>{wishes}"),
        "DATA",
        &format!("{letter}."),
    ] {
        let reply = line.say(command).unwrap();
        assert!(reply.starts_with(['2', '3']), "{command}: {reply}");
    }
    street.at_home(&street.mill, "paul", "wish-out");
    let (head, body) = street.at_server("anna", "In-Reply-To: <wish-out@example.org>");
    let body = String::from_utf8_lossy(&body);
    for expected in [
        "Original-Envelope-Id: QQ+314",
        "Original-Recipient: rfc822; old+paul@elsewhere.example",
        &format!("Final-Recipient: rfc822; {paul}"),
        "Action: delivered",
        "text/rfc822-headers",
    ] {
        assert!(body.contains(expected), "{expected}: {head}\n{body}");
    }
    // From the other side the good news is told by the writer's own home, once.
    let anna = street.garden.address_of("anna");
    let mut line = street.member(&street.mill, "paul");
    for command in [
        "MAIL FROM:<paul@toxmail.local> ENVID=in".to_owned(),
        format!("RCPT TO:<{anna}> NOTIFY=SUCCESS"),
        "DATA".to_owned(),
        "From: paul@toxmail.local\r\nSubject: wish-in\r\nMessage-ID: <wish-in@mill>\r\n\r\nx\r\n."
            .to_owned(),
    ] {
        let reply = line.say(&command).unwrap();
        assert!(reply.starts_with(['2', '3']), "{command}: {reply}");
    }
    street.at_server("anna", "wish-in");
    let (_, body) = street.at_home(&street.mill, "paul", "In-Reply-To: <wish-in@mill>");
    assert!(String::from_utf8_lossy(&body).contains("Action: delivered"));
    for home in [&street.mill, &street.garden] {
        wait_for("an empty queue", SOON, || {
            home.queue_is_empty().then_some(())
        });
    }
    assert!(only(street.mill.letters("paul"), "In-Reply-To: <wish-in@mill>").is_some());
}

fn a_home_that_dies_hands_over_once(street: &mut Street) {
    let (anna, bruno) = (
        street.garden.address_of("anna"),
        street.garden.address_of("bruno"),
    );
    for point in [
        "inbound.complete", // before anything of it is on the disk
        "queue.recorded",   // taken, and nobody told
        "inbound.filed",
        "outbound.settled", // handed over, and written down
    ] {
        // Another thread may have it taken by the server in just that moment: then nobody knows whether it was, and it goes once more.
        let may_be_taken = point == "inbound.filed";
        if may_be_taken {
            street.lan.stop_dovecot();
        }
        let kill = street.garden.path().join(KILL);
        std::fs::write(&kill, point).unwrap();
        let letter = format!("From: paul@toxmail.local\r\nSubject: crash-{point}\r\n\r\nx\r\n");
        let to = [anna.as_str(), bruno.as_str()];
        street.member_writes(&street.mill, "paul", &to, letter.as_bytes());
        wait_for(point, SOON, || street.garden.has_ended().then_some(()));
        std::fs::remove_file(&kill).unwrap();
        if may_be_taken {
            street.lan.dovecot();
        }
        street.garden.start();
        for home in [&street.mill, &street.garden] {
            wait_for("an empty queue", SOON, || {
                home.queue_is_empty().then_some(())
            });
        }
        for name in ["anna", "bruno"] {
            street.at_server(name, &format!("crash-{point}"));
        }
    }
}

fn other_settings_count_at_once(street: &mut Street) {
    let path = street.garden.path().join("toxmail.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    let lmtp = format!("lmtp://127.0.0.1:{LMTP}");
    assert!(text.contains(&lmtp));
    let smtp = format!("smtp://{}", street.lan.smtp());
    std::fs::write(
        &path,
        text.replace(&lmtp, &smtp) + "allow_unauthenticated = true\n",
    )
    .unwrap();
    let pid = rustix::process::Pid::from_raw(street.garden.pid() as i32).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::HUP).unwrap();
    wait_for("the settings", SOON, || {
        let doctor = street.garden.say(&["doctor"]).unwrap_or_else(|e| e.into());
        doctor
            .to_string()
            .contains("without a password")
            .then_some(())
    });

    // The address alone will do now, in the clear as well; another one will not.
    let mut line = Line::plain(SocketAddr::from(([127, 0, 0, 1], GATEWAY))).unwrap();
    line.reply().unwrap();
    let paul = street.mill.address_of("paul");
    for (command, expected) in [
        ("EHLO mail.example.org".to_owned(), "250"),
        ("MAIL FROM:<anna@bank.example>".to_owned(), "550 5.7.1"),
        ("MAIL FROM:<anna@example.org>".to_owned(), "250"),
        (
            "RCPT TO:<stranger@elsewhere.example>".to_owned(),
            "550 5.7.1",
        ),
        (format!("RCPT TO:<{paul}>"), "250"),
        ("DATA".to_owned(), "354"),
        (
            "From: anna@example.org\r\nSubject: open-out\r\n\r\nx\r\n.".to_owned(),
            "250",
        ),
    ] {
        let reply = line.say(&command).unwrap();
        assert!(reply.starts_with(expected), "{command}: {reply}");
    }
    street.at_home(&street.mill, "paul", "open-out");
    let foreign: SocketAddr = format!("[::1]:{GATEWAY}").parse().unwrap();
    let greeting = Line::plain(foreign).unwrap().reply().unwrap();
    assert!(greeting.starts_with("554 5.7.1 "), "{greeting}");

    // By SMTP: what Postfix cannot deliver it reports itself, back over Tox, to the address that was used.
    let (anna, dora) = (
        street.garden.address_of("anna"),
        street.garden.address_of("dora"),
    );
    let letter = b"From: paul@toxmail.local\r\nSubject: smtp-in\r\n\r\ncaf\xe9\r\n";
    street.member_writes(&street.mill, "paul", &[&anna, &dora], letter);
    let (head, body) = street.at_server("anna", "smtp-in");
    assert_eq!(with_crlf(&body), b"caf\xe9\r\n");
    assert!(head.contains("Received: from toxmail.local"), "{head}");
    let (head, body) = street.at_home(&street.mill, "paul", "Undelivered Mail Returned to Sender");
    let body = String::from_utf8_lossy(&body);
    assert!(head.starts_with("Return-Path: <>\n"), "{head}");
    for expected in ["Final-Recipient: rfc822; dora@example.org", "smtp-in"] {
        assert!(body.contains(expected), "{expected}: {body}");
    }
    assert!(
        body.contains(&format!("Original-Recipient: rfc822;{dora}")),
        "{body}"
    );
}
