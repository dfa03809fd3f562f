//! What existing scanners see: testssl.sh looks at every TLS port, Schemathesis at every address of the page. No complaint but what
//! is meant, with its reason.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

#[path = "support/home.rs"]
mod home;
#[path = "support/netns.rs"]
mod netns;

use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use home::{Home, Plan, wait_for};
use serde_json::Value;

/// Services of a home, each with its way to TLS.
const PORTS: [(&str, Option<&str>); 8] = [
    ("submissions", None),
    ("submission", Some("smtp")),
    ("imaps", None),
    ("imap", Some("imap")),
    ("pop3s", None),
    ("pop3", Some("pop3")),
    ("carddav", None),
    ("https", None),
];

/// testssl.sh's words for what must not be.
const SERIOUS: [&str; 5] = ["LOW", "MEDIUM", "HIGH", "CRITICAL", "FATAL"];

/// What it finds and is meant, everywhere or at one service.
const MEANT: [(&str, &str); 5] = [
    (
        "cipher_order",
        "all that is offered is good, so the client's order counts: a telephone without AES in hardware prefers ChaCha20",
    ),
    (
        "cert_revocation",
        "the authority of one home signs for one home; where its key is lost a new authority is made, and nobody outside \
         keeps lists for it",
    ),
    (
        "DNS_CAArecord",
        "toxmail.local is no name of the internet's: it has no record that could say who may sign for it",
    ),
    (
        "carddav security_headers",
        "its answers are data for programs, behind a password",
    ),
    (
        "HSTS",
        "a browser would then refuse the page for good where the home's authority is not installed",
    ),
];

/// Versions of TLS: some seconds.
const VERSIONS: &[&str] = &["--protocols"];
/// Also kinds of ciphers, the certificate, fields of HTTP.
const SHORT: &[&str] = &["--protocols", "--std", "--server-defaults", "--headers"];
/// Everything, each known attack too: minutes.
const LONG: &[&str] = &[];

/// What testssl.sh finds, `[(id, severity, finding)]`.
#[track_caller]
fn scan(
    folder: &Path,
    address: SocketAddr,
    starttls: Option<&str>,
    checks: &[&str],
) -> Vec<[String; 3]> {
    let file = folder.join(format!("scan-{}.json", address.port()));
    let _ = std::fs::remove_file(&file);
    let mut command = Command::new("testssl");
    command
        .args([
            "--quiet",
            "--color",
            "0",
            "--warnings",
            "batch",
            "--jsonfile",
        ])
        .arg(&file)
        .arg("--add-ca")
        .arg(folder.join("ca.pem"))
        .args(checks);
    if let Some(protocol) = starttls {
        command.args(["--starttls", protocol]);
    }
    let output = command
        .arg(address.to_string())
        .current_dir(folder)
        .stdin(Stdio::null())
        .output()
        .expect("testssl: .ci/install test");
    let said = String::from_utf8_lossy(&output.stdout);
    let found: Value = serde_json::from_slice(&std::fs::read(&file).expect(&said)).expect(&said);
    let text = |entry: &Value, key: &str| entry[key].as_str().unwrap_or_default().to_owned();
    let found: Vec<[String; 3]> = found
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| ["id", "severity", "finding"].map(|key| text(entry, key)))
        .collect();
    assert!(
        found.iter().any(|[id, ..]| id == "scanTime"),
        "the scan came to no end: {said}"
    );
    found
}

/// What of it must not be.
fn wrong<'a>(service: &str, found: &'a [[String; 3]]) -> Vec<&'a [String; 3]> {
    // One server's certificate may be one of several: testssl.sh then numbers what it says of it.
    let plain = |id: &str| id.split(' ').next().unwrap_or_default().to_owned();
    let is_meant = |id: &str| {
        let here = format!("{service} {}", plain(id));
        MEANT
            .iter()
            .any(|(meant, _)| *meant == plain(id) || *meant == here)
    };
    found
        .iter()
        .filter(|[_, severity, _]| SERIOUS.contains(&severity.as_str()))
        .filter(|[id, ..]| !is_meant(id))
        .collect()
}

fn home() -> Home {
    home_of(vec!["anna", "ben"])
}

fn home_of(members: Vec<&'static str>) -> Home {
    netns::enter_loopback_namespace();
    let plan = Plan {
        settings: vec![
            ("tox", "bootstrap = []".into()),
            ("listen", "https = \"127.0.0.1:0\"".into()),
            ("listen", "imaps = \"127.0.0.1:0\"".into()),
            ("listen", "imap = \"127.0.0.1:0\"".into()),
        ],
        members,
        ..Plan::default()
    };
    let mut home = Home::new("garden", plan);
    home.start();
    home
}

/// All ports have one configuration ([`toxmail::net::tls`]), so only one has to be looked at closely: https.
fn every_port(checks: &[&str], of_https: &[&str]) {
    let home = home();
    let folder = tempfile::tempdir().unwrap();
    std::fs::copy(home.path().join("tls/ca.pem"), folder.path().join("ca.pem")).unwrap();
    let mut complaints = Vec::new();
    for (service, starttls) in PORTS {
        let is_https = service == "https";
        let checks = if is_https { of_https } else { checks };
        let found = scan(folder.path(), home.address(service), starttls, checks);
        // It has really spoken with the home.
        let is = |id: &str, severity: &str| found.iter().any(|[i, s, _]| i == id && s == severity);
        assert!(
            is("TLS1_3", "OK") && is("TLS1_2", "OK"),
            "{service}: {found:#?}"
        );
        assert!(
            !is_https || is("cert_chain_of_trust", "OK"),
            "{service}: {found:#?}"
        );
        for [id, severity, finding] in wrong(service, &found) {
            complaints.push(format!("{service}: {severity} {id}: {finding}"));
        }
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

#[test]
fn no_tls_port_offers_what_is_old_or_weak() {
    every_port(VERSIONS, SHORT);
}

#[test]
#[ignore = "minutes: every check of testssl.sh on every port"]
fn long_no_tls_port_has_a_known_weakness() {
    every_port(LONG, LONG);
}

#[test]
fn the_scan_sees_a_weak_server() {
    netns::enter_loopback_namespace();
    let folder = tempfile::tempdir().unwrap();
    let made = Command::new("openssl")
        .args([
            "req", "-x509", "-newkey", "rsa:1024", "-nodes", "-subj", "/CN=weak",
        ])
        .args(["-keyout", "key.pem", "-out", "ca.pem", "-days", "9000"])
        .current_dir(folder.path())
        .output()
        .expect("openssl: .ci/install test");
    assert!(made.status.success(), "{made:?}");
    let address: SocketAddr = "127.0.0.1:33443".parse().unwrap();
    let mut server = Command::new("openssl")
        .args([
            "s_server",
            "-quiet",
            "-www",
            "-accept",
            &address.to_string(),
        ])
        .args(["-cert", "ca.pem", "-key", "key.pem"])
        .args(["-min_protocol", "TLSv1", "-cipher", "ALL:NULL:@SECLEVEL=0"])
        .current_dir(folder.path())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    wait_for("the weak server", Duration::from_secs(20), || {
        std::net::TcpStream::connect(address).ok()
    });
    let found = scan(folder.path(), address, None, SHORT);
    server.kill().unwrap();
    server.wait().unwrap();
    let ids: Vec<&str> = wrong("", &found)
        .iter()
        .map(|[id, ..]| id.as_str())
        .collect();
    for id in [
        "TLS1",
        "cipherlist_NULL",
        "cert_keySize",
        "cert_validityPeriod",
    ] {
        assert!(ids.contains(&id), "{id} in {found:#?}");
    }
}

/// What Schemathesis has asked the page, and what was wrong with the answers. The page has no interface in JSON: addresses and the
/// fields of its forms are told to it as OpenAPI (tests/support/surface.py).
#[track_caller]
fn ask_everything(home: &Home, name: &str) -> Value {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let password = format!("secret-{name}");
    let output = Command::new(root.join("target/scan/bin/python"))
        .arg(root.join("tests/support/surface.py"))
        .arg(root)
        .arg(home.path().join("tls/ca.pem"))
        .arg(format!("https://{}", home.address("https")))
        .args([name, &password, "40"])
        .output()
        .expect("target/scan: .ci/install scan");
    let said = String::from_utf8_lossy(&output.stdout);
    let more = String::from_utf8_lossy(&output.stderr);
    serde_json::from_str(&said).unwrap_or_else(|_| panic!("{said} {more}"))
}

#[test]
#[ignore = "minutes: ten thousand requests that nobody would make"]
fn long_whatever_is_asked_of_the_page_gets_an_answer_that_was_meant() {
    let mut home = home();
    for name in ["far", "<i>made up</i>"] {
        let add = [
            "contact",
            "add",
            name,
            "--email",
            &format!("{}@x.example", name.len()),
        ];
        home.say(&add).unwrap();
    }
    let found = ask_everything(&home, "anna");
    assert_eq!(found["faults"], serde_json::json!([]), "{found:#}");
    // It has got through to what the pages do: answers, mistakes beside their fields, deeds done.
    for status in ["200", "303", "403", "404", "422"] {
        assert!(found["statuses"][status].as_u64() > Some(100), "{found:#}");
    }
    home.stop();

    // Whoever finds a home where nobody lives has not moved in by any of it.
    let home = home_of(Vec::new());
    let found = ask_everything(&home, "");
    assert_eq!(found["faults"], serde_json::json!([]), "{found:#}");
    assert!(found["asked"].as_u64() > Some(2000), "{found:#}");
    let members = home.say(&["member", "list"]).unwrap();
    assert_eq!(members, serde_json::json!([]), "{members:#}");
}
