//! What devices are told, read by others: Python's parsers by the published formats, and Thunderbird, which sets itself up.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

#[path = "support/client.rs"]
mod client;
#[path = "support/home.rs"]
mod home;
#[path = "support/netns.rs"]
mod netns;

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use home::{Home, Plan, wait_for};
use toxmail::devices::{self, Account, Person, Ports, android, apple, autoconfig, card, delta};
use toxmail::members::DevicePassword;

const ALL_ON: Ports = Ports {
    imap: Some(143),
    imaps: Some(993),
    pop3: Some(110),
    pop3s: Some(995),
    submission: Some(587),
    submissions: Some(465),
    carddav: Some(8443),
};

fn garden() -> devices::Home {
    devices::Home {
        name: "Garden Street 5".into(),
        hostname: "toxmail.local".into(),
        tox: ("5A".repeat(36) + "0000").parse().unwrap(),
        addresses: vec!["192.168.1.5".parse().unwrap()],
        ports: ALL_ON,
        ca_der: (0..=255).collect(),
        ca_fingerprint: ["AB"; 32].join(":"),
    }
}

/// The same without IMAP.
fn read_by_pop3(home: &devices::Home) -> devices::Home {
    let mut home = home.clone();
    (home.ports.imap, home.ports.imaps) = (None, None);
    home
}

/// What Python reads of them.
fn read_by_others(texts: &[(&str, String)]) -> Vec<Value> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/readers.py");
    let mut child = Command::new("/usr/bin/python3") // whose vobject is Debian's
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin
        .write_all(json!(texts).to_string().as_bytes())
        .unwrap();
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Names that hurt, and many that nobody thought of.
fn hostile() -> Vec<String> {
    let mut all: Vec<String> = [
        "\"quoted\" 'and' \\ {{template}} %s %EMAILADDRESS%",
        "</string></dict></plist><!-- ]]> -->",
        "<script>alert(1)</script>&amp;&#0;&lt;",
        "two\r\nlines\nand\ttabs\u{b}\u{c}\u{85}\u{2028}\u{2029}x",
        "\0\u{1}\u{7f}\u{fffe}\u{ffff}\u{fffd}\u{feff}",
        "👩‍👩‍👧🏳️‍🌈 é e\u{301} 祖母 Бабушка",
        "\u{202e}txet denrut\u{202c} \u{200f}אנה\u{200e} \u{2067}x",
        "",
        "   ",
        "&?=#/%2F+@:;,",
    ]
    .map(str::to_owned)
    .to_vec();
    all.push("W".repeat(100));
    all.push("👋".repeat(100));
    all.push("\"".repeat(100));
    let mut runner = TestRunner::deterministic();
    let anything = prop::collection::vec(any::<char>(), 0..100);
    for _ in 0..150 {
        let chars = anything.new_tree(&mut runner).unwrap().current();
        all.push(chars.into_iter().collect());
    }
    all
}

/// A name without anything that is made a space.
fn is_plain(name: &str) -> bool {
    let breaks = ['\u{2028}', '\u{2029}', '\u{fffe}', '\u{ffff}'];
    !name.trim().is_empty() && !name.chars().any(|c| c.is_control() || breaks.contains(&c))
}

#[test]
fn whatever_people_are_called_their_devices_are_told_just_that() {
    let mut texts = Vec::new();
    let mut expected = Vec::new();
    for (n, name) in hostile().into_iter().enumerate() {
        let mut home = garden();
        home.name.clone_from(&name);
        let addresses = [
            "anna@toxmail.local",
            "o'brien+x@example.org",
            "\"a&b=c<%?>#\"@example.org",
        ];
        let person = Person {
            name: "anna.b-c_9".parse().unwrap(),
            display: name.clone(),
            address: addresses[n % 3].into(),
        };
        // No device password looks like this; the formats must not depend on it.
        let secret = if is_plain(&name) {
            name.clone()
        } else {
            "kx3fz-aaaaa".into()
        };
        let password = DevicePassword {
            id: 7,
            secret: Zeroizing::new(secret),
        };
        let by_pop3 = read_by_pop3(&home);
        let account = Account::new(
            if n % 2 == 0 { &home } else { &by_pop3 },
            &person,
            &password,
        )
        .unwrap();
        if is_plain(&name) {
            // What went in is what comes out, but for blanks around it.
            assert_eq!(person.title(), name.trim());
        }
        texts.push((
            "autoconfig",
            autoconfig::answer(&home, Some(&name)).unwrap(),
        ));
        texts.push(("profile", apple::profile(&account, &name).to_string()));
        texts.push((
            "android",
            android::codes(&[account]).unwrap()[0].to_string(),
        ));
        let imap = Account::new(&home, &person, &password).unwrap();
        let uri = delta::uri(&imap, delta::Checks::Nobody).unwrap();
        texts.push(("dclogin", uri.to_string()));
        texts.push(("vcard", card::vcard(&home, &person, 1_800_000_000)));
        expected.push((home.title(), person, password));
    }
    let read = read_by_others(&texts);
    for (n, (read, (home, person, password))) in read.chunks(5).zip(expected).enumerate() {
        let [autoconfig, profile, android, dclogin, vcard] = read else {
            panic!("{read:?}")
        };
        let (name, secret) = (person.title(), password.secret.as_str());
        assert_eq!(autoconfig["displayName"], *home, "{n}: {autoconfig}");
        assert_eq!(autoconfig["username"], "%EMAILLOCALPART%");

        let mail = &profile["com.apple.mail.managed"];
        assert_eq!(mail["EmailAccountName"], *name, "{n}: {profile}");
        assert_eq!(mail["EmailAddress"], *person.address);
        assert_eq!(mail["EmailAccountDescription"], *home);
        assert_eq!(mail["IncomingPassword"], secret);
        assert_eq!(mail["OutgoingPassword"], secret);
        assert_eq!(
            profile["com.apple.carddav.account"]["CardDAVPassword"],
            secret
        );
        assert_eq!(profile[""]["PayloadDisplayName"], format!("{home}: {name}"));

        let account = &android[0];
        assert_eq!(account["incoming"]["name"], *home, "{n}: {android}");
        assert_eq!(account["incoming"]["password"], secret);
        assert_eq!(account["groups"][0][0]["password"], secret);
        assert_eq!(account["groups"][0][1], json!([person.address, name]));

        assert_eq!(dclogin["p"], secret, "{n}: {dclogin}");
        assert_eq!(dclogin["address"], *person.address);

        assert_eq!(vcard["fn"], json!([name]), "{n}: {vcard}");
        let tox = format!("tox:{}", "5A".repeat(36) + "0000");
        assert_eq!(vcard["impp"], json!([tox]));
        assert_eq!(vcard["rev"], json!(["20270115T080000Z"]));
        // What is understood at home alone does not stand on it.
        let emails = vcard["email"].as_array().unwrap();
        assert_eq!(
            emails.len(),
            if person.address.ends_with(".local") {
                1
            } else {
                2
            }
        );
    }
}

#[test]
fn each_format_says_where_the_mailbox_is() {
    let (mut home, password) = (
        garden(),
        DevicePassword {
            id: 7,
            secret: Zeroizing::new("kx3fz-aaaaa".into()),
        },
    );
    let anna = Person {
        name: "anna".parse().unwrap(),
        display: "Anna".into(),
        address: "anna@toxmail.local".into(),
    };
    let imap = Account::new(&home, &anna, &password).unwrap();
    let by_pop3 = read_by_pop3(&home);
    let pop3 = Account::new(&by_pop3, &anna, &password).unwrap();
    let mut texts = vec![
        ("profile", apple::profile(&imap, "For you").to_string()),
        ("profile", apple::profile(&pop3, "").to_string()),
        (
            "android",
            android::codes(&[imap, pop3]).unwrap()[0].to_string(),
        ),
        (
            "dclogin",
            delta::uri(&imap, delta::Checks::Strict)
                .unwrap()
                .to_string(),
        ),
    ];
    home.ports = Ports {
        imaps: None,
        submissions: None,
        carddav: None,
        ..ALL_ON
    };
    let late = Account::new(&home, &anna, &password).unwrap();
    texts.push(("profile", apple::profile(&late, "").to_string()));
    texts.push(("android", android::codes(&[late]).unwrap()[0].to_string()));
    texts.push((
        "dclogin",
        delta::uri(&late, delta::Checks::Nobody)
            .unwrap()
            .to_string(),
    ));
    texts.push(("autoconfig", autoconfig::answer(&home, None).unwrap()));
    let read = read_by_others(&texts);

    let mail = |profile: &Value| {
        let mail = &profile["com.apple.mail.managed"];
        let keys = [
            "EmailAccountType",
            "IncomingMailServerPortNumber",
            "OutgoingMailServerPortNumber",
            "IncomingMailServerUsername",
        ];
        json!(keys.map(|key| mail[key].clone()))
    };
    assert_eq!(
        mail(&read[0]),
        json!(["EmailTypeIMAP", 993, 465, "anna"]),
        "{}",
        read[0]
    );
    assert_eq!(mail(&read[1]), json!(["EmailTypePOP", 995, 465, "anna"]));
    assert_eq!(mail(&read[4]), json!(["EmailTypeIMAP", 143, 587, "anna"]));
    assert_eq!(read[0][""]["PayloadDescription"], "For you");
    let book = &read[0]["com.apple.carddav.account"];
    assert_eq!(
        (&book["CardDAVHostName"], &book["CardDAVPort"]),
        (&json!("toxmail.local"), &json!(8443))
    );
    assert_eq!(book["CardDAVPrincipalURL"], "/carddav/anna/");
    assert_eq!(read[4]["com.apple.carddav.account"], Value::Null);
    let certificate = data_encoding::BASE64.encode(&home.ca_der);
    assert_eq!(
        read[0]["com.apple.security.root"]["PayloadContent"],
        certificate
    );

    let servers = |code: &Value, n: usize| {
        let of = |server: &Value| {
            [
                "protocol",
                "host",
                "port",
                "security",
                "authentication",
                "login",
            ]
            .map(|key| server[key].clone())
        };
        json!([of(&code[n]["incoming"]), of(&code[n]["groups"][0][0])])
    };
    let host = "toxmail.local";
    assert_eq!(
        servers(&read[2], 0),
        json!([[0, host, 993, 3, 1, "anna"], [0, host, 465, 3, 1, "anna"]]),
        "{}",
        read[2]
    );
    assert_eq!(
        servers(&read[2], 1),
        json!([[1, host, 995, 3, 1, "anna"], [0, host, 465, 3, 1, "anna"]])
    );
    assert_eq!(
        servers(&read[5], 0),
        json!([[0, host, 143, 2, 1, "anna"], [0, host, 587, 2, 1, "anna"]])
    );

    let login = |uri: &Value| {
        json!(
            ["ih", "ip", "iu", "is", "ic", "sh", "sp", "su", "ss", "sc"]
                .map(|key| uri[key].clone())
        )
    };
    assert_eq!(
        login(&read[3]),
        json!([
            host, "993", "anna", "ssl", "1", host, "465", "anna", "ssl", "1"
        ]),
        "{}",
        read[3]
    );
    assert_eq!(
        login(&read[6]),
        json!([
            host, "143", "anna", "starttls", "3", host, "587", "anna", "starttls", "3"
        ])
    );
    assert_eq!(read[7]["wrong"], Value::Null, "{}", read[7]);
}

#[test]
fn the_readers_of_these_tests_refuse_what_is_not_as_documented() {
    let (home, password) = (
        garden(),
        DevicePassword {
            id: 7,
            secret: Zeroizing::new("kx3fz-aaaaa".into()),
        },
    );
    let anna = Person {
        name: "anna".parse().unwrap(),
        display: "Anna".into(),
        address: "anna@example.org".into(),
    };
    let account = Account::new(&home, &anna, &password).unwrap();
    let whole = [
        ("autoconfig", autoconfig::answer(&home, None).unwrap()),
        ("profile", apple::profile(&account, "").to_string()),
        (
            "android",
            android::codes(&[account]).unwrap()[0].to_string(),
        ),
        (
            "dclogin",
            delta::uri(&account, delta::Checks::Strict)
                .unwrap()
                .to_string(),
        ),
        ("vcard", card::vcard(&home, &anna, 0)),
    ];
    for (read, (kind, text)) in read_by_others(&whole).iter().zip(&whole) {
        assert_eq!(read["wrong"], Value::Null, "{kind}: {read}\n{text}");
    }
    let mut broken = Vec::new();
    for (which, from, to) in [
        (0, "993", "0"),
        (0, "SSL", "TLS"),
        (0, "version=\"1.1\"", "version=\"2\""),
        (0, "outgoingServer", "outgoing"),
        (0, "displayShortName", "domain"),
        (0, "true<", "yes<"),
        (0, "Garden", "Garden & "),
        (1, "EmailTypeIMAP", "EmailTypeImap"),
        (1, "<integer>993</integer>", "<string>993</string>"),
        (
            1,
            "OutgoingMailServerUsername",
            "OutgoingMailServerUserName",
        ),
        (1, "<key>PayloadVersion</key>\n<integer>1</integer>", ""),
        (1, ".mail</string>", ".authority</string>"),
        (2, "[1,[1,1]", "[2,[1,1]"),
        (2, "\"Garden Street 5\"", "null"),
        (2, "toxmail.local", "192.168.1.5"),
        (2, "\"Anna\"", "\"An\\nna\""),
        (2, "anna@example.org", "änna@example.org"),
        (3, "&sc=1", "&sc=3"),
        (3, "v=1", "v=2"),
        (3, "is=ssl", "is=tls"),
        (3, "&ih=", "&imap_host="),
        (3, "anna@", ""),
        (4, "FN:Anna", "FN Anna"),
        (4, "VERSION:3.0", "VERSION:2.1"),
        (4, "END:VCARD\r\n", ""),
    ] {
        let (kind, text) = &whole[which];
        assert!(text.contains(from), "{from} in {text}");
        broken.push((*kind, text.replace(from, to)));
    }
    for (read, (kind, text)) in read_by_others(&broken).iter().zip(&broken) {
        assert_ne!(read["wrong"], Value::Null, "{kind}: {read}\n{text}");
    }
}

/// Anna types her name, her address and a device password into Thunderbird, for which port 80 is the home's page, and port 443
/// that service of it, and takes that protocol of those that it offers her. What it found.
fn thunderbird_sets_itself_up(on_443: &str, protocol: &str) -> (Home, Value) {
    netns::enter_loopback_namespace();
    let plan = Plan {
        settings: vec![
            ("tox", "bootstrap = []".into()),
            ("listen", "http = \"127.0.0.1:0\"".into()),
            ("listen", "https = \"127.0.0.1:0\"".into()),
            ("listen", "imaps = \"127.0.0.1:0\"".into()),
        ],
        members: vec!["anna", "ben"],
        ..Plan::default()
    };
    let mut home = Home::new("Garden Street 5", plan);
    home.start();
    let to = ["anna@toxmail.local"];
    let letter = "From: Ben <ben@toxmail.local>\r\nTo: anna@toxmail.local\r\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?= from Ben\r\n\
        Date: Wed, 25 Nov 2026 20:00:00 +0100\r\nMessage-ID: <1@ben.example>\r\nMIME-Version: 1.0\r\n\
        Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\nÇa va ?\r\n";
    let mut ben = client::submission(home.address("submissions"), "ben", "secret-ben").unwrap();
    let reply = client::send(&mut ben, "ben@toxmail.local", &to, letter.as_bytes()).unwrap();
    assert!(reply.starts_with("250"), "{reply}");
    wait_for("Ben's letter", Duration::from_secs(30), || {
        (home.letters("anna").len() == 1).then_some(())
    });
    let device = home
        .say(&["member", "device", "add", "anna", "laptop"])
        .unwrap();
    let port = |service: &str| home.address(service).port().to_string();
    let output = Command::new("python3")
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/thunderbird.py"))
        .arg("account")
        .arg(home.path().join("tls/ca.pem"))
        .args([port("http"), port(on_443)])
        .args([
            "Anna Martin",
            "anna@toxmail.local",
            device["password"].as_str().unwrap(),
        ])
        .args([protocol, "ben@toxmail.local"])
        .output()
        .expect("python3");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let more = String::from_utf8_lossy(&output.stderr);
    let seen: Value = serde_json::from_str(&text).unwrap_or_else(|_| panic!("{text} {more}"));
    assert_eq!(seen["error"], Value::Null, "{seen:#}");
    (home, seen)
}

#[track_caller]
fn it_reads_and_writes(home: &Home, seen: &Value, protocol: &str) {
    let port = |service: &str| home.address(service).port();
    let expected = |kind: &str, service: &str| json!({"type": kind, "hostname": "toxmail.local", "port": port(service), "socketType": 3, "username": "anna"});
    assert_eq!(seen["display"], "Garden Street 5");
    assert_eq!(seen["offered"], json!(["imap", "pop3"]), "{seen:#}");
    assert_eq!(seen["outgoing"], expected("smtp", "submissions"));
    if protocol == "imap" {
        assert_eq!(seen["incoming"], expected("imap", "imaps"));
    } else {
        assert_eq!(seen["incoming"], expected("pop3", "pop3s"));
        assert_eq!(
            (&seen["leaves"], &seen["days"]),
            (&json!(true), &json!(3650))
        );
    }
    let letters = seen["letters"].as_array().unwrap();
    assert_eq!(letters.len(), 1, "{seen:#}");
    assert_eq!(letters[0]["subject"], "Grüße from Ben");
    assert!(
        letters[0]["text"].as_str().unwrap().contains("Ça va ?"),
        "{seen:#}"
    );
    // It stays for Anna's other devices.
    assert_eq!(home.letters("anna").len(), 1);
    let letter = wait_for("Anna's letter", Duration::from_secs(60), || {
        home.letters("ben").pop()
    });
    let letter = String::from_utf8(letter).unwrap();
    assert!(
        letter.contains("From: Anna Martin <anna@toxmail.local>\r\n"),
        "{letter}"
    );
    assert!(letter.contains("It set itself up."), "{letter}");
}

#[test]
fn thunderbird_sets_itself_up_over_http_and_reads_and_writes() {
    // Where only the address books are on port 443, their answer to everything else is no.
    let (home, seen) = thunderbird_sets_itself_up("carddav", "imap");
    it_reads_and_writes(&home, &seen, "imap");
    assert_eq!(seen["source"], "xml-from-isp-http", "{seen:#}");
    assert_eq!(seen["books"], json!(["Toxmail"]), "{seen:#}");
}

#[test]
fn thunderbird_prefers_https_where_it_finds_the_address_books_as_well() {
    let (home, seen) = thunderbird_sets_itself_up("https", "imap");
    it_reads_and_writes(&home, &seen, "imap");
    assert_eq!(seen["source"], "xml-from-isp-https", "{seen:#}");
    // It looks for them at the domain of the address, on the page's own port. (A redirection from there to another port does not
    // help it: it takes that for another site, whose answer it must not read.)
    assert_eq!(seen["books"], json!(["Toxmail"]), "{seen:#}");
}

#[test]
fn who_takes_pop3_in_thunderbird_reads_and_writes_as_well() {
    let (home, seen) = thunderbird_sets_itself_up("https", "pop3");
    it_reads_and_writes(&home, &seen, "pop3");
}
