//! What devices are told, read by others: Python's parsers by the published formats, and Thunderbird, which sets itself up.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

#[path = "support/client.rs"]
mod client;
#[path = "support/home.rs"]
mod home;
#[path = "support/netns.rs"]
mod netns;

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use rustls::pki_types::{CertificateDer, pem::PemObject};
use rustls::{ServerConnection, StreamOwned};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use home::{Home, Plan, wait_for};
use toxmail::devices::{
    self, Account, Person, Ports, Protocol, android, apple, autoconfig, card, delta,
};
use toxmail::members::DevicePassword;
use toxmail::net::tls::Tls;

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
        let account = Account::new(&home, &person, &password).unwrap();
        let account = if n % 2 == 0 {
            account
        } else {
            account.read_by(Protocol::Pop3).unwrap()
        };
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
    let pop3 = imap.read_by(Protocol::Pop3).unwrap();
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

/// Where the home answers what programs look for on ports 80 and 443.
struct Page {
    http: u16,
    https: u16,
    /// What was asked for.
    asked: Arc<Mutex<Vec<String>>>,
}

/// What is on port 443.
#[derive(Clone, Copy, PartialEq)]
enum Over443 {
    /// The page, as on port 80.
    Page,
    /// The address books.
    AddressBooks,
}

/// The home's own page serves these paths; here a server of the test does, with the home's settings and certificate.
/// **When `http` and `https` of `[listen]` are served, their ports (`home.address("http").port()`, …) take the place of these**,
/// and both the autoconfig over HTTPS and the address books are on the latter.
fn page(home: &Home, over_443: Over443) -> Page {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let tls = Tls::open(
        &home.path().join("tls"),
        "toxmail.local",
        &[],
        SystemTime::now(),
    )
    .unwrap();
    let config = tls.server_config(&[]).unwrap();
    let of_home = Arc::new(told(home));
    let serve = |encrypted: bool| {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (asked, config, of_home) = (asked.clone(), config.clone(), of_home.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (asked, config, of_home) = (asked.clone(), config.clone(), of_home.clone());
                std::thread::spawn(move || {
                    if encrypted {
                        let session = ServerConnection::new(config).unwrap();
                        answer(StreamOwned::new(session, stream), "https", &of_home, &asked);
                    } else {
                        answer(stream, "http", &of_home, &asked);
                    }
                });
            }
        });
        port
    };
    Page {
        http: serve(false),
        https: match over_443 {
            Over443::Page => serve(true),
            Over443::AddressBooks => home.address("carddav").port(),
        },
        asked,
    }
}

/// One request, one answer.
fn answer(
    stream: impl Read + Write,
    scheme: &str,
    home: &devices::Home,
    asked: &Mutex<Vec<String>>,
) {
    let mut stream = BufReader::new(stream);
    let mut line = String::new();
    // Whoever does not like the certificate says nothing.
    if stream.read_line(&mut line).is_err() {
        return;
    }
    let mut body = 0;
    loop {
        let mut header = String::new();
        if stream.read_line(&mut header).is_err() || header.len() <= 2 {
            break;
        }
        if let Some(length) = header.to_lowercase().strip_prefix("content-length:") {
            body = length.trim().parse().unwrap();
        }
    }
    // Read whole, or the answer is lost with the connection.
    let _ = std::io::copy(&mut stream.by_ref().take(body), &mut std::io::sink());
    let target = line.split(' ').nth(1).unwrap_or_default();
    asked.lock().unwrap().push(format!("{scheme} {target}"));
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let address = query
        .strip_prefix("emailaddress=")
        .map(|a| a.replace("%40", "@"));
    let reply = if autoconfig::PATHS.contains(&path) {
        let text = autoconfig::answer(home, address.as_deref()).unwrap();
        let (kind, length) = (autoconfig::CONTENT_TYPE, text.len());
        format!(
            "200 OK\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{text}"
        )
    } else {
        "404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".to_owned()
    };
    let _ = write!(stream.get_mut(), "HTTP/1.1 {reply}");
    let _ = stream.get_mut().flush();
}

/// What a running home tells of itself.
fn told(home: &Home) -> devices::Home {
    let status = home.say(&["status"]).unwrap();
    let ports: BTreeMap<String, Value> = serde_json::from_value(status["ports"].clone()).unwrap();
    let ca = fs::read(home.path().join("tls/ca.pem")).unwrap();
    devices::Home {
        name: status["home"].as_str().unwrap().to_owned(),
        hostname: "toxmail.local".into(),
        tox: status["tox_id"].as_str().unwrap().parse().unwrap(),
        addresses: vec!["127.0.0.1".parse().unwrap()],
        ports: Ports::bound(&ports),
        ca_der: CertificateDer::from_pem_slice(&ca).unwrap().to_vec(),
        ca_fingerprint: String::new(),
    }
}

/// Anna types her name, her address and a device password into Thunderbird. What it found, and what the page was asked for.
fn thunderbird_sets_itself_up(over_443: Over443) -> (Home, Value, Vec<String>) {
    netns::enter_loopback_namespace();
    let plan = Plan {
        settings: vec![("tox", "bootstrap = []".into())],
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
    let page = page(&home, over_443);
    let output = Command::new("python3")
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/thunderbird.py"))
        .arg("account")
        .arg(home.path().join("tls/ca.pem"))
        .args([page.http.to_string(), page.https.to_string()])
        .args([
            "Anna Martin",
            "anna@toxmail.local",
            device["password"].as_str().unwrap(),
        ])
        .args(["pop3", "ben@toxmail.local"])
        .output()
        .expect("python3");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let more = String::from_utf8_lossy(&output.stderr);
    let asked = page.asked.lock().unwrap().clone();
    let seen: Value = serde_json::from_str(&text).unwrap_or_else(|_| panic!("{text} {more}"));
    assert_eq!(seen["error"], Value::Null, "{seen:#}\nasked for {asked:#?}");
    (home, seen, asked)
}

#[track_caller]
fn it_reads_and_writes(home: &Home, seen: &Value) {
    let port = |service: &str| home.address(service).port();
    let expected = |kind: &str, service: &str| json!({"type": kind, "hostname": "toxmail.local", "port": port(service), "socketType": 3, "username": "anna"});
    assert_eq!(seen["display"], "Garden Street 5");
    // IMAP, once it is on, comes before it.
    assert_eq!(seen["offered"], json!(["pop3"]), "{seen:#}");
    assert_eq!(seen["incoming"], expected("pop3", "pop3s"));
    assert_eq!(seen["outgoing"], expected("smtp", "submissions"));
    assert_eq!(
        (&seen["leaves"], &seen["days"]),
        (&json!(true), &json!(3650))
    );
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
    let (home, seen, asked) = thunderbird_sets_itself_up(Over443::AddressBooks);
    it_reads_and_writes(&home, &seen);
    assert_eq!(seen["source"], "xml-from-isp-http", "{asked:#?}");
    for path in autoconfig::PATHS {
        let wanted = format!("http {path}?emailaddress=anna%40toxmail.local");
        assert!(asked.contains(&wanted), "{asked:#?}");
    }
    // It looks for address books at the domain of the address, on port 443. (A redirection from there to another port does not
    // help it: it takes that for another site, whose answer it must not read.)
    assert_eq!(seen["books"], json!(["Toxmail"]), "{asked:#?}");
}

#[test]
fn thunderbird_prefers_https() {
    let (home, seen, asked) = thunderbird_sets_itself_up(Over443::Page);
    it_reads_and_writes(&home, &seen);
    assert_eq!(seen["source"], "xml-from-isp-https", "{asked:#?}");
}
