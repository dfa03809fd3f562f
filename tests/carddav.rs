//! Address books over CardDAV: dialogs with curl, and programs of others (vdirsyncer) that keep a folder the same as the home.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

#[path = "support/home.rs"]
mod home;
#[path = "support/netns.rs"]
mod netns;

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use home::{Home, Plan};

/// A Tox ID of nobody.
fn tox_id() -> String {
    let mut bytes = [0x5a_u8; 38];
    bytes[36] = 0;
    bytes[37] = 0;
    bytes.iter().map(|b| format!("{b:02X}")).collect()
}

fn home() -> Home {
    netns::enter_loopback_namespace();
    let plan = Plan {
        settings: vec![("tox", "bootstrap = []".into())],
        members: vec!["anna", "ben"],
        ..Plan::default()
    };
    let mut home = Home::new("garden", plan);
    home.start();
    home
}

/// What a server said.
#[derive(Debug)]
struct Said {
    status: u16,
    headers: String,
    body: String,
}

impl Said {
    fn header(&self, name: &str) -> Option<String> {
        let mut lines = self.headers.lines();
        let line = lines.find(|l| l.to_lowercase().starts_with(&format!("{name}:")))?;
        Some(line.split_once(':')?.1.trim().to_owned())
    }

    #[track_caller]
    fn is(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{self:?}");
        self
    }
}

/// One request by curl, which checks the certificate.
struct Client<'a> {
    home: &'a Home,
    login: String,
}

impl<'a> Client<'a> {
    fn new(home: &'a Home, login: &str) -> Self {
        Self {
            home,
            login: login.to_owned(),
        }
    }

    fn say(&self, method: &str, path: &str, more: &[&str], body: Option<&str>) -> Said {
        let port = self.home.address("carddav").port();
        let mut curl = Command::new("curl");
        curl.args([
            "--silent",
            "--show-error",
            "--include",
            "--path-as-is",
            "--max-time",
            "60",
        ])
        .args([
            "--cacert",
            &format!("{}/tls/ca.pem", self.home.path().display()),
        ])
        .args(["--resolve", &format!("toxmail.local:{port}:127.0.0.1")])
        .args(["--request", method])
        .args(more.iter().flat_map(|header| ["--header", *header]));
        if method == "HEAD" {
            curl.arg("--head");
        }
        if !self.login.is_empty() {
            curl.args(["--user", &self.login]);
        }
        if body.is_some() {
            curl.args(["--data-binary", "@-", "--header", "Expect:"]);
        }
        curl.arg(format!("https://toxmail.local:{port}{path}"));
        let mut child = curl
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("curl: apt-get install curl");
        let mut stdin = child.stdin.take().unwrap();
        // Refused before it is read: then curl does not take all of it.
        let _ = stdin.write_all(body.unwrap_or_default().as_bytes());
        drop(stdin);
        let output = child.wait_with_output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let (headers, body) = text.split_once("\r\n\r\n").unwrap_or_else(|| {
            panic!(
                "{method} {path}: {}",
                String::from_utf8_lossy(&output.stderr)
            )
        });
        Said {
            status: headers.split(' ').nth(1).unwrap().parse().unwrap(),
            headers: headers.to_owned(),
            body: body.to_owned(),
        }
    }

    fn get(&self, path: &str) -> Said {
        self.say("GET", path, &[], None)
    }

    fn put(&self, path: &str, more: &[&str], card: &str) -> Said {
        let headers = [&["Content-Type: text/vcard; charset=utf-8"], more].concat();
        self.say("PUT", path, &headers, Some(&card.replace('\n', "\r\n")))
    }

    fn propfind(&self, path: &str, depth: &str, props: &str) -> Said {
        let depth = format!("Depth: {depth}");
        let body = format!("<D:propfind {SPACES}><D:prop>{props}</D:prop></D:propfind>");
        self.say("PROPFIND", path, &[depth.as_str()], Some(&body))
    }

    fn report(&self, name: &str, inside: &str) -> Said {
        let body = format!("<{name} {SPACES}>{inside}</{name}>");
        self.say("REPORT", BOOK, &["Depth: 0"], Some(&body))
    }

    /// Names of the cards that a sync brings, those that are gone, and the token.
    fn sync(&self, token: &str, more: &str) -> (Vec<String>, Vec<String>, String) {
        let said = self
            .report(
                "D:sync-collection",
                &format!("<D:sync-token>{token}</D:sync-token><D:sync-level>1</D:sync-level>{more}<D:prop><D:getetag/></D:prop>"),
            )
            .is(207);
        let (mut there, mut gone) = (Vec::new(), Vec::new());
        for response in said.body.split("<D:response>").skip(1) {
            let href = between(response, "<D:href>", "</D:href>").unwrap();
            if response.contains("</D:href><D:status>HTTP/1.1 404") {
                gone.push(href);
            } else if response.contains("getetag") {
                there.push(href);
            }
        }
        let token = between(&said.body, "<D:sync-token>", "</D:sync-token>").unwrap();
        (there, gone, token)
    }
}

const SPACES: &str = "xmlns:D=\"DAV:\" xmlns:C=\"urn:ietf:params:xml:ns:carddav\" xmlns:CS=\"http://calendarserver.org/ns/\"";
const BOOK: &str = "/carddav/anna/toxmail/";

fn between(text: &str, begin: &str, end: &str) -> Option<String> {
    let from = text.find(begin)? + begin.len();
    let to = from + text[from..].find(end)?;
    Some(text[from..to].to_owned())
}

fn card(uid: &str, name: &str, more: &str) -> String {
    format!("BEGIN:VCARD\nVERSION:3.0\nUID:{uid}\nFN:{name}\nN:{name};;;;\n{more}END:VCARD\n")
}

#[test]
fn a_program_finds_its_way_from_the_host_to_the_cards() {
    let home = home();
    let nobody = Client::new(&home, "");
    let there = nobody
        .say("PROPFIND", "/.well-known/carddav", &["Depth: 0"], None)
        .is(301);
    let root = there.header("location").unwrap();
    // A device password, as a mail program has one.
    let device = home
        .say(&["member", "device", "add", "anna", "laptop"])
        .unwrap();
    let anna = Client::new(
        &home,
        &format!("anna:{}", device["password"].as_str().unwrap()),
    );
    let href = |said: &Said, of: &str| {
        let inside = between(&said.body, &format!("<{of}>"), &format!("</{of}>")).unwrap();
        between(&inside, "<D:href>", "</D:href>").unwrap()
    };
    let said = anna
        .propfind(&root, "0", "<D:current-user-principal/><D:unknown/>")
        .is(207);
    assert!(
        said.body.contains("HTTP/1.1 404") && said.body.contains("<D:unknown/>"),
        "{said:?}"
    );
    let principal = href(&said, "D:current-user-principal");
    let said = anna
        .propfind(&principal, "0", "<C:addressbook-home-set/>")
        .is(207);
    let books = href(&said, "C:addressbook-home-set");
    let said = anna
        .propfind(
            &books,
            "1",
            "<D:resourcetype/><D:displayname/><CS:getctag/>",
        )
        .is(207);
    let book = said
        .body
        .split("<D:response>")
        .find(|r| r.contains("<C:addressbook/>"))
        .unwrap();
    assert!(
        book.contains("<D:displayname>Toxmail</D:displayname>"),
        "{book}"
    );
    assert_eq!(between(book, "<D:href>", "</D:href>").unwrap(), BOOK);
    let options = anna.say("OPTIONS", BOOK, &[], None).is(200);
    assert!(
        options.header("dav").unwrap().contains("addressbook"),
        "{options:?}"
    );
    assert!(
        anna.say("PROPFIND", BOOK, &["Depth: 0"], None)
            .is(207)
            .body
            .contains("sync-token")
    );
    let names = "<D:propfind xmlns:D=\"DAV:\"><D:propname/></D:propfind>";
    assert!(
        anna.say("PROPFIND", BOOK, &["Depth: 0"], Some(names))
            .is(207)
            .body
            .contains("<D:resourcetype/>")
    );
    // Everything there is has an end.
    let infinite = anna.propfind(BOOK, "infinity", "<D:getetag/>").is(403);
    assert!(
        infinite.body.contains("propfind-finite-depth"),
        "{infinite:?}"
    );
}

#[test]
fn a_card_comes_changes_and_goes() {
    let home = home();
    let anna = Client::new(&home, "anna:secret-anna");
    let path = format!("{BOOK}elise.vcf");
    let elise = fs::read_to_string("tests/fixtures/card.vcf").unwrap();
    anna.put(&path, &["If-None-Match: *"], &elise).is(201);
    anna.put(&path, &["If-None-Match: *"], &elise).is(412);
    let said = anna.get(&path).is(200);
    let tag = said.header("etag").unwrap();
    let unfolded = |text: &str| text.replace("\r\n ", "").replace("\r\n", "\n");
    let (sent, got) = (unfolded(&elise.replace('\n', "\r\n")), unfolded(&said.body));
    // Line for line what was sent, in another order, and with what the home adds.
    for line in sent.lines() {
        assert!(got.contains(&format!("{line}\n")), "{line} in {got}");
    }
    let four = anna
        .say("GET", &path, &["Accept: text/vcard;version=4.0"], None)
        .is(200);
    assert!(
        four.body.contains("VERSION:4.0") && four.body.contains("PHOTO:data:image/png;base64,"),
        "{four:?}"
    );
    anna.say("GET", &path, &[&format!("If-None-Match: {tag}")], None)
        .is(304);
    assert_eq!(anna.say("HEAD", &path, &[], None).is(200).body, "");

    // It is Anna's own contact, and letters know it.
    let shown = home.say(&["contact", "show", "lili"]).unwrap();
    assert_eq!(shown["owner"], "anna");
    assert_eq!(
        shown["emails"],
        serde_json::json!(["e.martin@work.example", "elise@example.org"])
    );
    Client::new(&home, "ben:secret-ben")
        .get("/carddav/ben/toxmail/elise.vcf")
        .is(404);

    let changed = elise
        .replace("FN:Élise Martin", "FN:Élise Dupont")
        .replace("\nN:Martin", "\nN:Dupont");
    anna.put(&path, &[&format!("If-Match: {tag}")], &changed)
        .is(204);
    let stale = anna
        .put(&path, &[&format!("If-Match: {tag}")], &elise)
        .is(412);
    assert!(stale.body.contains("read it again"), "{stale:?}");
    anna.say("DELETE", &path, &[&format!("If-Match: {tag}")], None)
        .is(412);
    anna.put(&path, &["If-Match: nonsense"], &elise).is(400);
    assert_eq!(
        home.say(&["contact", "show", "lili"]).unwrap()["display"],
        "Élise Dupont"
    );
    let twin = anna.put(&format!("{BOOK}twin.vcf"), &[], &elise).is(409);
    assert!(
        twin.body.contains("no-uid-conflict") && twin.body.contains("elise.vcf"),
        "{twin:?}"
    );
    anna.say("DELETE", &path, &[], None).is(204);
    anna.say("DELETE", &path, &[], None).is(404);
    anna.get(&path).is(404);
    assert!(home.say(&["contact", "show", "lili"]).is_err());
}

#[test]
fn what_is_not_meant_to_be_done_is_refused_and_told() {
    let home = home();
    home.say(&["contact", "add", "Grandma", "--tox", &tox_id()])
        .unwrap();
    let anna = Client::new(&home, "anna:secret-anna");
    let path = format!("{BOOK}a.vcf");
    anna.put(&path, &[], &card("1", "A", "EMAIL:a@x.example\n"))
        .is(201);

    // Passwords.
    let login = Client::new(&home, "").get(&path).is(401);
    assert!(
        login
            .header("www-authenticate")
            .unwrap()
            .starts_with("Basic"),
        "{login:?}"
    );
    Client::new(&home, "")
        .say("OPTIONS", "/", &[], None)
        .is(401);
    Client::new(&home, "anna:wrong").get(&path).is(401);
    // The answer is seen, also behind a photo.
    let large = card("1", "A", &format!("NOTE:{}\n", "x".repeat(3_000_000)));
    Client::new(&home, "").put(&path, &[], &large).is(401);
    Client::new(&home, "")
        .say("GET", &path, &["Authorization: Bearer x"], None)
        .is(401);
    Client::new(&home, "")
        .say("GET", &path, &["Authorization: Basic !!"], None)
        .is(401);

    // Other people's, and paths that lead elsewhere.
    let ben = Client::new(&home, "ben:secret-ben");
    for theirs in [
        path.as_str(),
        BOOK,
        "/carddav/anna/",
        "/carddav/nobody/toxmail/a.vcf",
    ] {
        ben.get(theirs).is(403);
        ben.propfind(theirs, "0", "<D:getetag/>").is(403);
        ben.say("DELETE", theirs, &[], None).is(403);
    }
    ben.put(&path, &[], &card("1", "B", "")).is(403);
    for wild in [
        "/carddav/ben/../anna/toxmail/a.vcf",
        "/carddav/ben/toxmail/..%2f..%2fanna%2ftoxmail%2fa.vcf",
        "/carddav/ben/toxmail/%2e%2e/",
        "/carddav//anna/toxmail/a.vcf",
        "/etc/passwd",
    ] {
        ben.get(wild).is(404);
        ben.put(wild, &[], &card("1", "B", "")).is(404);
    }
    let multiget = format!(
        "<D:prop><C:address-data/></D:prop><D:href>{path}</D:href><D:href>/carddav/ben/toxmail/x</D:href>"
    );
    let body = format!("<C:addressbook-multiget {SPACES}>{multiget}</C:addressbook-multiget>");
    let said = ben
        .say("REPORT", "/carddav/ben/toxmail/", &[], Some(&body))
        .is(207);
    assert!(
        !said.body.contains("x.example") && said.body.matches("404 Not Found").count() == 2,
        "{said:?}"
    );

    // Cards that are none, and what is no card.
    let bad = anna
        .put(&path, &[], "BEGIN:VCARD\nVERSION:2.1\nFN:A\nEND:VCARD\n")
        .is(403);
    assert!(
        bad.body.contains("valid-address-data") && bad.body.contains("line 2"),
        "{bad:?}"
    );
    anna.say("PUT", &path, &["Content-Type: image/png"], Some("x"))
        .is(415);
    anna.put(
        &path,
        &[],
        &card("1", "A", &format!("NOTE:{}\n", "x".repeat(600_000))),
    )
    .is(413);
    let bomb = "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;&a;\">]><D:propfind xmlns:D=\"DAV:\"><D:prop>&b;</D:prop></D:propfind>";
    let said = anna
        .say("PROPFIND", BOOK, &["Depth: 0"], Some(bomb))
        .is(403);
    assert!(said.body.contains("no-external-entities"), "{said:?}");
    anna.say("PROPFIND", BOOK, &["Depth: 0"], Some(&"<a>".repeat(1000)))
        .is(400);
    anna.say(
        "PROPFIND",
        BOOK,
        &["Depth: 0"],
        Some(&format!("<a>{}</a>", "x".repeat(2 << 20))),
    )
    .is(413);
    anna.say(
        "REPORT",
        BOOK,
        &[],
        Some("<D:expand-property xmlns:D=\"DAV:\"/>"),
    )
    .is(403);
    anna.report(
        "D:sync-collection",
        "<D:sync-token>http://elsewhere/1</D:sync-token><D:prop/>",
    )
    .is(403);

    // What is not there to be made, or to be thrown away.
    anna.say("MKCOL", "/carddav/anna/more/", &[], None).is(404);
    anna.say("MKCOL", BOOK, &[], None).is(403);
    anna.say("DELETE", BOOK, &[], None).is(403);
    anna.say("PROPPATCH", BOOK, &[], Some("<x/>")).is(403);
    anna.say(
        "MOVE",
        &path,
        &["Destination: /carddav/ben/toxmail/a.vcf"],
        None,
    )
    .is(405);
    anna.put(BOOK, &[], &card("1", "A", "")).is(403);

    // A telephone that throws away Grandma does not part the home from hers.
    let list = anna.propfind(BOOK, "1", "<D:getetag/>").is(207);
    let (hrefs, _, token) = anna.sync("", "");
    assert_eq!(hrefs.len(), 2, "{list:?}");
    let grandma = hrefs.iter().find(|h| !h.ends_with("/a.vcf")).unwrap();
    let text = anna.get(grandma).is(200).body.replace("\r\n ", "");
    // Nor does it learn what lets strangers knock.
    assert!(
        text.contains("EMAIL:grandma@tox") && text.contains("IMPP:tox:home@"),
        "{text}"
    );
    assert!(!text.contains(&tox_id()), "{text}");
    anna.say("DELETE", grandma, &[], None).is(204);
    assert_eq!(anna.sync(&token, "").1, std::slice::from_ref(grandma));
    let shown = home.say(&["contact", "show", "grandma"]).unwrap();
    assert_eq!(
        (&shown["state"], &shown["hidden_from"]),
        (&"asked".into(), &serde_json::json!(["anna"]))
    );
    let bens = grandma.replace("anna", "ben");
    assert!(ben.get(&bens).is(200).body.contains("FN:Grandma"));

    // Guessing is slowed here as well.
    let guess = Client::new(&home, "ben:guess");
    let told = (0..30)
        .map(|_| guess.get(&bens))
        .find(|said| said.status == 429);
    assert!(
        told.expect("429 after many guesses")
            .header("retry-after")
            .is_some()
    );
}

#[test]
fn a_thousand_cards_are_synced_and_searched() {
    let home = home();
    let mut file = String::new();
    for n in 0..1_000 {
        file.push_str(&card(
            &format!("u{n}"),
            &format!("Person {n}"),
            &format!("EMAIL:p{n}@x.example\nTEL:{n}\n"),
        ));
    }
    let path = home.path().join("thousand.vcf");
    fs::write(&path, &file).unwrap();
    let imported = home
        .say(&["contact", "import", path.to_str().unwrap()])
        .unwrap();
    assert_eq!(imported.as_array().unwrap().len(), 1_000);
    assert!(
        imported
            .as_array()
            .unwrap()
            .iter()
            .all(|c| c["outcome"] == "new"),
        "{imported}"
    );

    let anna = Client::new(&home, "anna:secret-anna");
    let start = Instant::now();
    let (hrefs, gone, token) = anna.sync("", "");
    assert_eq!((hrefs.len(), gone.len()), (1_000, 0));
    let all = hrefs
        .iter()
        .map(|href| format!("<D:href>{href}</D:href>"))
        .collect::<String>();
    let said = anna
        .report(
            "C:addressbook-multiget",
            &format!("<D:prop><D:getetag/><C:address-data/></D:prop>{all}"),
        )
        .is(207);
    eprintln!("1,000 cards listed and fetched in {:?}", start.elapsed());
    assert_eq!(said.body.matches("BEGIN:VCARD").count(), 1_000);
    assert!(said.body.ends_with("</D:multistatus>\n"));

    // In parts: each goes on where the last one ended, and none is missed.
    let (mut parts, mut at) = (Vec::new(), String::new());
    while parts.len() < 1_000 {
        let (part, _, next) = anna.sync(&at, "<D:limit><D:nresults>300</D:nresults></D:limit>");
        assert!(!part.is_empty() && part.len() <= 300);
        parts.extend(part);
        at = next;
    }
    parts.sort();
    let mut sorted = hrefs.clone();
    sorted.sort();
    assert_eq!(parts, sorted);
    assert_eq!(at, token);

    let query = |condition: &str| {
        let body = format!(
            "<C:addressbook-query {SPACES}><D:prop><C:address-data><C:prop name=\"FN\"/></C:address-data></D:prop>\
             <C:filter><C:prop-filter name=\"FN\"><C:text-match match-type=\"starts-with\">person 99</C:text-match></C:prop-filter></C:filter>{condition}\
             </C:addressbook-query>"
        );
        anna.say("REPORT", BOOK, &["Depth: 1"], Some(&body)).is(207)
    };
    let found = query("");
    assert_eq!(found.body.matches("BEGIN:VCARD").count(), 11, "{found:?}");
    assert!(!found.body.contains("TEL:"));
    let some = query("<C:limit><C:nresults>5</C:nresults></C:limit>");
    assert_eq!(some.body.matches("BEGIN:VCARD").count(), 5);
    assert!(some.body.contains("507"), "{some:?}");

    // One changes: one is told.
    anna.put(&hrefs[7], &[], &card("u7", "Seven", "EMAIL:p7@x.example\n"))
        .is(204);
    let (changed, gone, _) = anna.sync(&token, "");
    assert_eq!((changed.as_slice(), gone.len()), (&hrefs[7..8], 0));
    home.say(&["contact", "remove", "Person 8"]).unwrap();
    assert_eq!(anna.sync(&token, "").1, [hrefs[8].clone()]);
}

/// Runs a program that must succeed, in `folder`.
#[track_caller]
fn run(folder: &Path, words: &[&str]) -> String {
    let output = Command::new(words[0])
        .args(&words[1..])
        .current_dir(folder)
        .env("HOME", folder)
        .env("VDIRSYNCER_CONFIG", folder.join("config"))
        .output()
        .unwrap_or_else(|e| panic!("{}: {e} (.ci/install test)", words[0]));
    let text = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(output.status.success(), "{words:?}: {text}");
    text
}

#[test]
fn vdirsyncer_keeps_a_folder_the_same_as_the_home() {
    let home = home();
    home.say(&["contact", "add", "Grandma", "--tox", &tox_id()])
        .unwrap();
    home.say(&["contact", "add", "Bob", "--email", "bob@x.example"])
        .unwrap();
    let device = home
        .say(&["member", "device", "add", "anna", "laptop"])
        .unwrap();
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let config = format!(
        "[general]\nstatus_path = \"{0}/status\"\n\n[pair book]\na = \"here\"\nb = \"there\"\ncollections = [\"from b\"]\n\
         conflict_resolution = \"b wins\"\n\n[storage here]\ntype = \"filesystem\"\npath = \"{0}/cards\"\nfileext = \".vcf\"\n\n\
         [storage there]\ntype = \"carddav\"\nurl = \"https://127.0.0.1:{1}/\"\nusername = \"anna\"\npassword = \"{2}\"\n\
         verify = \"{3}/tls/ca.pem\"\n",
        folder.display(),
        home.address("carddav").port(),
        device["password"].as_str().unwrap(),
        home.path().display()
    );
    fs::write(folder.join("config"), config).unwrap();
    let book = folder.join("cards/toxmail");
    fs::create_dir_all(&book).unwrap();
    run(folder, &["vdirsyncer", "discover", "book"]);
    run(folder, &["vdirsyncer", "sync"]);
    let cards = || -> Vec<(std::path::PathBuf, String)> {
        let mut cards: Vec<_> = fs::read_dir(&book)
            .unwrap()
            .map(|e| e.unwrap().path())
            .map(|path| {
                (
                    path.clone(),
                    fs::read_to_string(path).unwrap().replace("\r\n ", ""),
                )
            })
            .collect();
        cards.sort();
        cards
    };
    let of = |name: &str| {
        cards()
            .into_iter()
            .find(|(_, text)| text.contains(&format!("FN:{name}")))
            .unwrap()
    };
    assert_eq!(cards().len(), 2);
    assert!(of("Grandma").1.contains("EMAIL:grandma@tox"));

    // There and back: a new one here, a changed one here, a changed one there.
    fs::copy("tests/fixtures/card.vcf", book.join("elise.vcf")).unwrap();
    let (path, text) = of("Bob");
    fs::write(
        &path,
        text.replace("FN:Bob", "FN:Robert")
            .replace("N:;Bob", "N:;Robert"),
    )
    .unwrap();
    home.say(&["contact", "edit", "grandma", "--name", "Granny"])
        .unwrap();
    run(folder, &["vdirsyncer", "sync"]);
    let shown = |name: &str| home.say(&["contact", "show", name]).unwrap();
    assert_eq!(shown("bob")["display"], "Robert");
    assert_eq!(shown("lili")["owner"], "anna");
    assert!(of("Granny").1.contains("EMAIL:grandma@tox"));
    // The next sync reads what the home made of it; then nothing is left to be done.
    run(folder, &["vdirsyncer", "sync"]);
    let again = run(folder, &["vdirsyncer", "sync"]);
    assert!(!again.contains("Copying"), "{again}");
    assert!(
        of("Élise Martin")
            .1
            .contains("X-TELEPHONE-COLOUR;X-A=\"b:c\":blue")
    );

    // Thrown away here, and there.
    fs::remove_file(of("Granny").0).unwrap();
    fs::remove_file(of("Élise Martin").0).unwrap();
    run(folder, &["vdirsyncer", "sync"]);
    assert!(home.say(&["contact", "show", "lili"]).is_err());
    assert_eq!(shown("grandma")["hidden_from"], serde_json::json!(["anna"]));
    home.say(&["contact", "remove", "bob"]).unwrap();
    run(folder, &["vdirsyncer", "sync", "--force-delete"]);
    assert_eq!(cards().len(), 0);
}

#[test]
fn thunderbird_completes_a_name_from_the_address_book_and_changes_it() {
    let home = home();
    home.say(&["contact", "add", "Grandma", "--email", "grandma@x.example"])
        .unwrap();
    home.say(&["contact", "add", "Bob Miller", "--tox", &tox_id()])
        .unwrap();
    let device = home
        .say(&["member", "device", "add", "anna", "laptop"])
        .unwrap();
    let url = format!("https://toxmail.local:{}/", home.address("carddav").port());
    let ca = home.path().join("tls/ca.pem");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/thunderbird.py");
    let told = run(
        home.path(),
        &[
            "python3",
            script.to_str().unwrap(),
            "book",
            ca.to_str().unwrap(),
            &url,
            "anna",
            device["password"].as_str().unwrap(),
            "mill",
        ],
    );
    let told: serde_json::Value = serde_json::from_str(told.trim()).expect(&told);
    assert_eq!(
        told,
        serde_json::json!({
            "books": ["Toxmail"],
            // As letters of a contact without an ordinary address show them.
            "completed": ["Bob Miller <bob.miller@tox>"],
            "names": ["Bob Miller", "Grandma"],
        })
    );
    home::wait_for("the home to know", Duration::from_secs(60), || {
        let shown = home.say(&["contact", "show", "bob.miller"]).unwrap();
        (shown["display"] == "Renamed by Thunderbird").then_some(())
    });
}

#[test]
fn files_of_cards_go_in_and_out_by_the_operators_command() {
    let home = home();
    let import =
        |file: &str, more: &[&str]| home.say(&[&["contact", "import", file], more].concat());
    import("tests/fixtures/card.vcf", &[]).unwrap();
    import("tests/fixtures/card.vcf", &["--member", "anna"]).unwrap_err();
    assert!(
        import("tests/fixtures/card.vcf", &["--member", "zoe"])
            .unwrap_err()
            .contains("zoe")
    );
    let shown = home.say(&["contact", "show", "Élise Martin"]).unwrap();
    assert_eq!(
        (&shown["name"], &shown["owner"]),
        (&"lili".into(), &serde_json::Value::Null)
    );
    let exported = home.say(&["contact", "export"]).unwrap();
    assert_eq!(exported["cards"], 1);
    let text = exported["vcards"].as_str().unwrap();
    assert!(
        text.contains("VERSION:4.0\r\n") && text.contains("PHOTO:data:image/png;base64,"),
        "{text}"
    );
    assert_eq!(
        home.say(&["contact", "export", "--member", "anna"])
            .unwrap()["cards"],
        0
    );
    // By standard input, with a card in it that is none: the others are taken, the exit code is 1, the line is told.
    let file = format!(
        "{}BEGIN:VCARD\nVERSION:2.1\nFN:X\nEND:VCARD\n",
        card("9", "Nine", "EMAIL:nine@x.example\n")
    );
    let refused = home
        .say_with(&["contact", "import", "-"], Some(&file))
        .unwrap_err();
    assert!(
        refused.starts_with("Some(1)")
            && refused.contains("\"line\": 9")
            && refused.contains("2.1"),
        "{refused}"
    );
    home.say(&["contact", "show", "nine"]).unwrap();
    // The words of two homes, and a person's word that they are the same.
    home.say(&["contact", "add", "Grandma", "--tox", &tox_id()])
        .unwrap();
    let words = home.say(&["contact", "words", "grandma"]).unwrap();
    assert_eq!(words["words"].as_str().unwrap().split(' ').count(), 8);
    assert_eq!(words["verified"], false);
    let verified = home.say(&["contact", "verify", "grandma"]).unwrap();
    assert_eq!(verified["verified"], true);
    assert_eq!(
        home.say(&["contact", "words", "grandma"]).unwrap()["verified"],
        true
    );
    assert_eq!(
        home.say(&["contact", "verify", "grandma", "--undo"])
            .unwrap()["verified"],
        false
    );
    assert!(
        home.say(&["contact", "verify", "nine"])
            .unwrap_err()
            .contains("no Tox address")
    );
}

#[test]
fn an_address_book_that_stands_open_does_not_hold_up_the_stop() {
    let mut home = home();
    let mut open = std::net::TcpStream::connect(home.address("carddav")).unwrap();
    open.set_read_timeout(Some(Duration::from_secs(10)))
        .unwrap();
    let took = home.stop();
    assert!(took < Duration::from_secs(8), "{took:?}");
    let _ = std::io::Read::read(&mut open, &mut [0; 1]);
}
