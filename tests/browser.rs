//! The home's page as people see it: in Debian's Chromium, by mouse and by keyboard, with JavaScript and without, on a
//! telephone, a tablet and a desk, in light and in dark.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

#[path = "support/browser.rs"]
mod browser;
#[path = "support/home.rs"]
mod home;
#[path = "support/netns.rs"]
mod netns;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::json;

use browser::{Browser, HOST, Scene};
use home::{Home, Plan};

#[test]
fn a_visitor_notices_what_is_wrong_with_a_page() {
    netns::enter_loopback_namespace();
    Scene::nowhere("faults").play_with(&Browser::new(), |what| {
        let number = what["double"].as_u64().ok_or("no number")?;
        Ok(json!(number * 2))
    });
}

/// A home with its page, where Anna (who looks after it) and Ben live.
fn home() -> Home {
    home_called("garden")
}

fn home_called(name: &str) -> Home {
    netns::enter_loopback_namespace();
    let plan = Plan {
        settings: vec![
            ("home", format!("name = {name:?}")),
            ("tox", "bootstrap = []".into()),
            ("listen", "http = \"127.0.0.1:0\"".into()),
            ("listen", "https = \"127.0.0.1:0\"".into()),
        ],
        members: vec!["anna", "ben"],
        ..Plan::default()
    };
    let mut home = Home::new("garden", plan);
    home.start();
    home
}

/// Who logs in.
fn anna() -> serde_json::Value {
    json!({ "name": "anna", "password": "secret-anna" })
}

#[test]
fn a_member_logs_in_and_out_and_nobody_else_does() {
    let home = home();
    let scene = Scene::at(&home, "login").told(anna());
    let notes = scene.play(&Browser::of(&home));
    println!("the first page weighs {} bytes", notes["bytes"]);
}

#[test]
fn the_page_speaks_four_languages() {
    let home = home();
    let scene = Scene::at(&home, "languages").told(anna());
    scene.play(&Browser::of(&home));
}

#[test]
fn what_is_not_served_is_said_in_words() {
    let home = home();
    let scene = Scene::at(&home, "errors").told(anna());
    scene.play(&Browser::of(&home));
}

#[test]
fn without_tls_the_page_shows_the_way_and_asks_for_nothing() {
    let home = home();
    let secure = Scene::at(&home, "plain");
    let told = json!({ "secure": secure.origin });
    let scene = secure.told(told).over_http(&home);
    scene.play(&Browser::of(&home));
}

#[test]
fn other_websites_in_the_same_browser_can_do_nothing() {
    let home = home();
    let read = |name: &str| fs::read_to_string(home.path().join("tls").join(name)).unwrap();
    let (certificate, key) = (read("server.pem"), read("server.key"));
    let plain = format!("http://{HOST}:{}", home.address("http").port());
    let stranger = "stranger.example";
    let scene = Scene {
        names: vec![HOST, stranger],
        ..Scene::at(&home, "elsewhere")
    };
    let told = json!({
        "name": "anna", "password": "secret-anna",
        "certificate": certificate, "key": key, "plain": plain, "stranger": stranger,
    });
    scene.told(told).play(&Browser::of(&home));
}

#[test]
fn a_password_is_changed_and_logins_elsewhere_end() {
    let home = home();
    let told = json!({
        "name": "anna", "password": "secret-anna",
        "other": { "name": "ben", "password": "secret-ben" },
    });
    let scene = Scene::at(&home, "security").told(told);
    scene.play(&Browser::of(&home));
}

#[test]
fn every_page_that_a_link_leads_to_is_whole_in_every_language() {
    everywhere(&["off"]);
}

#[test]
fn every_page_that_a_link_leads_to_is_whole_with_javascript() {
    everywhere(&["on"]);
}

/// In a home where everybody has chosen the worst names.
fn everywhere(java_script: &[&str]) {
    let home = home_called("<i>garden</i><img src=x onerror=alert(1)>");
    // What a script would like to be, what has no space to break at, what turns the line about.
    let names = [
        "<script>alert(1)</script>",
        "'\"><img src=x onerror=alert(1)>",
        "WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW",
        "\u{202e}left to right\u{2066}",
    ];
    for (i, name) in names.iter().enumerate() {
        let email = format!("a{i}@x.example");
        home.say(&["contact", "add", name, "--email", &email])
            .unwrap();
    }
    let people = json!({ "anna": "secret-anna", "ben": "secret-ben" });
    let scene = Scene::at(&home, "everywhere").told(json!({ "people": people }));
    scene.java_script(java_script).play(&Browser::of(&home));
}

/// Makes certificates with openssl, as a thief of an authority's key would.
struct Forge {
    dir: tempfile::TempDir,
}

impl Forge {
    fn new() -> Self {
        Self {
            dir: tempfile::tempdir().unwrap(),
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    #[track_caller]
    fn openssl(&self, words: &[&str]) -> bool {
        let output = Command::new("openssl")
            .args(words)
            .current_dir(self.dir.path())
            .output()
            .expect("openssl: .ci/install test");
        output.status.success()
    }

    /// `name.pem` and `name.key`, signed by `authority` (certificate and key); `extensions` as openssl writes them.
    fn sign(&self, name: &str, authority: (&Path, &Path), extensions: &str) {
        fs::write(self.path("extensions"), extensions).unwrap();
        let (pem, key) = (format!("{name}.pem"), format!("{name}.key"));
        // Not like a host name: OpenSSL would hold it to the bounds for names.
        let request = [
            "req",
            "-new",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-keyout",
            &key,
            "-subj",
            "/CN=a server",
            "-out",
            "request",
        ];
        assert!(self.openssl(&request), "{name}");
        let (ca, ca_key) = (authority.0.to_str().unwrap(), authority.1.to_str().unwrap());
        let signed = [
            "x509",
            "-req",
            "-in",
            "request",
            "-CA",
            ca,
            "-CAkey",
            ca_key,
            "-CAcreateserial",
            "-CAserial",
            "serial",
            "-days",
            "90",
            "-extfile",
            "extensions",
            "-out",
            &pem,
        ];
        assert!(self.openssl(&signed), "{name}");
    }

    /// A server's certificate.
    fn leaf(&self, name: &str, authority: (&Path, &Path)) {
        let kind = if name.parse::<std::net::IpAddr>().is_ok() {
            "IP"
        } else {
            "DNS"
        };
        let extensions = format!(
            "basicConstraints=CA:FALSE\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=serverAuth\n\
             subjectAltName={kind}:{name}\n"
        );
        self.sign(name, authority, &extensions);
    }
}

#[test]
fn chromium_and_openssl_refuse_a_certificate_of_the_homes_authority_for_anybody_else() {
    let home = home();
    let theft = (
        &*home.path().join("tls/ca.pem"),
        &*home.path().join("tls/ca.key"),
    );
    let forge = Forge::new();
    // An authority as everybody else's: without bounds. What it signs is trusted, so the same from ours is refused for them.
    let key = forge.path("free.key");
    let free = (&*forge.path("free.pem"), &*key);
    assert!(forge.openssl(&[
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-keyout",
        "free.key",
        "-out",
        "free.pem",
        "-days",
        "90",
        "-subj",
        "/CN=free",
        "-addext",
        "keyUsage=critical,keyCertSign",
    ]));
    let mut leaves = Vec::new();
    let mut leaf = |name: &'static str, authority, trusted: bool| {
        forge.leaf(name, authority);
        let pem = format!("{name}.pem");
        let ca = authority.0.to_str().unwrap();
        let verified = forge.openssl(&["verify", "-CAfile", ca, "-purpose", "sslserver", &pem]);
        assert_eq!(verified, trusted, "openssl, {name}");
        leaves.push(json!({
            "name": name,
            "trusted": trusted,
            "chain": fs::read_to_string(forge.path(&pem)).unwrap(),
            "key": fs::read_to_string(forge.path(&format!("{name}.key"))).unwrap(),
        }));
    };
    leaf("shop.example", free, true);
    leaf(HOST, theft, true);
    leaf("autoconfig.toxmail.local", theft, true);
    leaf("127.0.0.1", theft, true);
    leaf("bank.example", theft, false);
    leaf("toxmail.local.bank.example", theft, false);
    leaf("203.0.113.7", theft, false);
    // Nor through an authority of the thief's own.
    forge.sign(
        "second",
        theft,
        "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign\n",
    );
    forge.leaf(
        "post.bank.example",
        (&forge.path("second.pem"), &forge.path("second.key")),
    );
    let read = |name: &str| fs::read_to_string(forge.path(name)).unwrap();
    let ca = theft.0.to_str().unwrap();
    assert!(!forge.openssl(&[
        "verify",
        "-CAfile",
        ca,
        "-untrusted",
        "second.pem",
        "post.bank.example.pem"
    ]));
    leaves.push(json!({
        "name": "post.bank.example",
        "trusted": false,
        "chain": read("post.bank.example.pem") + &read("second.pem"),
        "key": read("post.bank.example.key"),
    }));

    let names: Vec<String> = leaves
        .iter()
        .map(|leaf| leaf["name"].as_str().unwrap().to_owned())
        .collect();
    let scene = Scene {
        names: names.iter().map(String::as_str).collect(),
        ..Scene::nowhere("certificates").java_script(&["off"])
    };
    let browser = Browser::of(&home);
    browser.trust("free", free.0);
    scene.told(json!({ "leaves": leaves })).play(&browser);
}
