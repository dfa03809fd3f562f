//! The page of a whole home, over real sockets: browsers (by curl, which checks the certificate) and attackers (by hand).

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

#[path = "support/client.rs"]
mod client;
#[path = "support/home.rs"]
mod home;
#[path = "support/netns.rs"]
mod netns;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::Command;
use std::time::{Duration, Instant};

use home::{Home, Plan, wait_for};

fn home_of(members: &[&'static str]) -> Home {
    netns::enter_loopback_namespace();
    let plan = Plan {
        settings: vec![
            ("tox", "bootstrap = []".into()),
            ("listen", "http = \"127.0.0.1:0\"".into()),
            ("listen", "https = \"127.0.0.1:0\"".into()),
        ],
        members: members.to_vec(),
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
    head: String,
    body: String,
}

impl Said {
    fn of(text: &str) -> Self {
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((text, ""));
        Said {
            status: head
                .split(' ')
                .nth(1)
                .and_then(|s| s.parse().ok())
                .unwrap_or(0),
            head: head.to_owned(),
            body: body.to_owned(),
        }
    }

    fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(':'));
        lines
            .find(|(field, _)| field.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim())
    }

    #[track_caller]
    fn is(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{self:?}");
        self
    }
}

/// A browser: one request by curl at a time, with a jar for its cookies.
struct Browser<'a> {
    home: &'a Home,
    jar: tempfile::NamedTempFile,
    token: String,
}

impl<'a> Browser<'a> {
    fn new(home: &'a Home) -> Self {
        Self {
            home,
            jar: tempfile::NamedTempFile::new().unwrap(),
            token: String::new(),
        }
    }

    fn origin(&self) -> String {
        format!(
            "https://toxmail.local:{}",
            self.home.address("https").port()
        )
    }

    fn say(&mut self, path: &str, more: &[&str]) -> Said {
        let port = self.home.address("https").port();
        let jar = self.jar.path().to_str().unwrap();
        let output = Command::new("curl")
            .args([
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
            .args([
                "--cookie",
                jar,
                "--cookie-jar",
                jar,
                "--header",
                "Accept-Language: en",
            ])
            .args(more)
            .arg(format!("{}{path}", self.origin()))
            .output()
            .expect("curl: apt-get install curl");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(
            !text.is_empty(),
            "{path}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        let said = Said::of(&text);
        if let Some((_, rest)) = said.body.split_once("name=\"csrf\" value=\"") {
            self.token = rest.split('"').next().unwrap().to_owned();
        }
        said
    }

    fn get(&mut self, path: &str) -> Said {
        self.say(path, &[])
    }

    fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Said {
        let mut more = vec!["--header".to_owned(), format!("Origin: {}", self.origin())];
        let token = self.token.clone();
        for (name, value) in [("csrf", token.as_str())].iter().chain(fields) {
            more.extend(["--data-urlencode".to_owned(), format!("{name}={value}")]);
        }
        let more: Vec<&str> = more.iter().map(String::as_str).collect();
        self.say(path, &more)
    }

    fn log_in(&mut self, name: &str, password: &str) -> Said {
        self.get("/login").is(200);
        self.post("/login", &[("name", name), ("password", password)])
    }
}

/// Some bytes to the plain port, and all that comes back until it is closed or silent.
fn bytes(home: &Home, request: &[u8]) -> Said {
    let mut stream = TcpStream::connect(home.address("http")).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    let _ = stream.write_all(request);
    let mut answer = Vec::new();
    let mut piece = [0; 4096];
    // One answer: its head, and the rest comes with it or after it.
    while let Ok(length) = stream.read(&mut piece) {
        answer.extend_from_slice(&piece[..length]);
        let text = String::from_utf8_lossy(&answer);
        let whole = text.split_once("\r\n\r\n").is_some_and(|(head, body)| {
            let said = Said::of(head);
            let wanted = said
                .header("content-length")
                .and_then(|l| l.parse::<usize>().ok());
            body.len() >= wanted.unwrap_or(0)
        });
        if length == 0 || whole {
            break;
        }
    }
    Said::of(&String::from_utf8_lossy(&answer))
}

#[test]
fn a_member_logs_in_with_the_homes_own_authority_and_out_again() {
    let home = home_of(&["anna", "ben"]);
    let mut anna = Browser::new(&home);
    let there = anna.get("/").is(303);
    assert_eq!(there.header("location"), Some("/login"));
    anna.log_in("anna", "wrong one").is(403);
    anna.log_in("anna", "secret-anna").is(303);
    let page = anna.get("/").is(200);
    assert!(
        page.body.contains(&home.address_of("anna")),
        "{}",
        page.body
    );
    // The wrong password of before.
    let security = anna.get("/admin/security").is(200);
    assert!(security.body.contains("web</td>"), "{}", security.body);
    let about = anna.get("/about").is(200);
    assert!(about.body.contains(env!("CARGO_PKG_VERSION")) && about.body.contains("rustls"));

    // A device's password opens mailboxes, not the page.
    let device = home
        .say(&["member", "device", "add", "ben", "phone"])
        .unwrap();
    let mut thief = Browser::new(&home);
    thief
        .log_in("ben", device["password"].as_str().unwrap())
        .is(403);
    let mut ben = Browser::new(&home);
    ben.log_in("ben", "secret-ben").is(303);
    ben.get("/admin/security").is(403);

    // The operator's command ends sessions with the password; a restart does not.
    let (jar_anna, jar_ben) = (anna.jar, ben.jar);
    let mut home = home;
    home.stop();
    home.start();
    let mut anna = Browser {
        jar: jar_anna,
        ..Browser::new(&home)
    };
    let mut ben = Browser {
        jar: jar_ben,
        ..Browser::new(&home)
    };
    anna.get("/").is(200);
    ben.get("/").is(200);
    home.say_with(&["member", "password", "ben"], Some("another secret\n"))
        .unwrap();
    ben.get("/").is(303);
    home.say(&["member", "remove", "ben"]).unwrap();
    ben.log_in("ben", "another secret").is(403);
    anna.get("/").is(200);
    anna.post("/logout", &[]).is(303);
    anna.get("/").is(303);
}

#[test]
fn a_home_that_gets_another_address_is_trusted_there_without_a_restart() {
    let home = home_of(&["anna"]);
    let address = "10.77.0.5";
    // Whoever trusts the home's authority opens the page by that address. The door is bound to another one, whatever the name.
    let trusts = || {
        let port = home.address("https").port();
        let output = Command::new("curl")
            .args(["--silent", "--output", "/dev/null", "--max-time", "60"])
            .args(["--cacert", &format!("{}/tls/ca.pem", home.path().display())])
            .args([
                "--connect-to",
                &format!("{address}:{port}:127.0.0.1:{port}"),
            ])
            .arg(format!("https://{address}:{port}/ca.pem"))
            .output()
            .expect("curl: apt-get install curl");
        match output.status.code() {
            Some(0) => true,
            // The certificate is not for that name.
            Some(60) => false,
            other => panic!("{other:?}: {}", String::from_utf8_lossy(&output.stderr)),
        }
    };
    assert!(!trusts());
    let added = Command::new("ip")
        .args(["address", "add", &format!("{address}/24"), "dev", "lo"])
        .status();
    assert!(added.unwrap().success());
    wait_for(
        "a certificate for the new address",
        Duration::from_secs(180),
        || trusts().then_some(()),
    );
}

#[test]
fn a_page_of_elsewhere_reaches_nothing_by_another_name_or_by_a_form() {
    let home = home_of(&["anna"]);
    let port = home.address("http").port();
    let get = |host: &str, path: &str| {
        bytes(
            &home,
            format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").as_bytes(),
        )
    };
    for host in [
        "evil.example".to_owned(),
        format!("evil.example:{port}"),
        format!("toxmail.local.evil.example:{port}"),
        "203.0.113.9".to_owned(),
    ] {
        for path in ["/", "/ca.pem", "/login"] {
            let said = get(&host, path).is(403);
            assert!(
                !said.body.contains("fingerprint")
                    && said
                        .header("set-cookie")
                        .is_none_or(|c| !c.starts_with("__Host-toxmail="))
            );
        }
    }
    let said = get(&format!("127.0.0.1:{port}"), "/").is(200);
    let https = home.address("https").port();
    assert!(
        said.body
            .contains(&format!("href=\"https://127.0.0.1:{https}/\"")),
        "{}",
        said.body
    );
    get(&format!("localhost:{port}"), "/ca.pem").is(200);

    let mut anna = Browser::new(&home);
    anna.log_in("anna", "secret-anna").is(303);
    anna.get("/").is(200);
    let token = format!("csrf={}", anna.token);
    for origin in [
        "Origin: https://evil.example",
        "Origin: null",
        "Sec-Fetch-Site: cross-site",
        "X-Nothing: x",
    ] {
        anna.say("/logout", &["--header", origin, "--data-urlencode", &token])
            .is(403);
    }
    let ours = format!("Origin: {}", anna.origin());
    anna.say(
        "/logout",
        &["--header", &ours, "--data-urlencode", "csrf=guess"],
    )
    .is(403);
    anna.say("/logout", &["--header", &ours, "--form", &token])
        .is(400);
    anna.get("/").is(200);
}

#[test]
fn nothing_leaves_the_house_by_a_crooked_path_and_broken_requests_get_a_plain_no() {
    let home = home_of(&["anna"]);
    let ask = |head: &str| bytes(&home, format!("{head}\r\n\r\n").as_bytes());
    for path in [
        "/static/../toxmail.db",
        "/static/%2e%2e/toxmail.db",
        "/static/..%2ftls/ca.key",
        "/../../../../etc/passwd",
        "//etc/passwd",
        "/static/\\..\\toxmail.db",
        "/static/%00",
        "/ca.pem/../ca.key",
        "/.well-known/../tox.save",
        "/.well-known/autoconfig/../../tls/ca.key",
    ] {
        let said = ask(&format!("GET {path} HTTP/1.1\r\nHost: localhost"));
        assert!([200, 400, 404].contains(&said.status), "{path}: {said:?}");
        for secret in ["SQLite format", "PRIVATE KEY", "root:"] {
            assert!(!said.body.contains(secret), "{path}");
        }
    }
    for (request, status) in [
        ("GET / HTTP/1.1", 400),
        ("GET / HTTP/1.0", 400),
        (
            "GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example",
            400,
        ),
        ("GET http://evil.example/ HTTP/1.1\r\nHost: localhost", 400),
        ("GET / HTTP/1.1\r\nHost: local host", 403),
        (
            "POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked",
            403,
        ),
        (
            "CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443",
            403,
        ),
        ("BREW / HTTP/1.1\r\nHost: localhost", 403),
    ] {
        let said = ask(request);
        assert_eq!(said.status, status, "{request}: {said:?}");
    }
    let long = "x".repeat(100_000);
    let said = ask(&format!("GET /{long} HTTP/1.1\r\nHost: localhost"));
    assert!([414, 431].contains(&said.status), "{said:?}");
    let said = ask(&format!(
        "GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: {long}"
    ));
    assert_eq!(said.status, 431, "{said:?}");
    let many: String = (0..500).map(|n| format!("\r\nX-{n}: y")).collect();
    let said = ask(&format!("GET / HTTP/1.1\r\nHost: localhost{many}"));
    assert_eq!(said.status, 431, "{said:?}");
    // TLS on the plain port, and none on the other.
    let hello = b"\x16\x03\x01\x00\xf4\x01\x00\x00\xf0\x03\x03";
    assert_eq!(bytes(&home, hello).status, 400);
    let mut stream = TcpStream::connect(home.address("https")).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    stream
        .write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
        .unwrap();
    let mut said = Vec::new();
    let _ = stream.read_to_end(&mut said);
    assert!(!String::from_utf8_lossy(&said).contains("HTTP/1.1"));

    let mut anna = Browser::new(&home);
    anna.get("/login").is(200);
    let much = format!("name={}", "x".repeat(3 << 20));
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), much).unwrap();
    let body = format!("@{}", file.path().display());
    let ours = format!("Origin: {}", anna.origin());
    anna.say(
        "/login",
        &[
            "--header",
            &ours,
            "--header",
            "Expect:",
            "--data-binary",
            &body,
        ],
    )
    .is(413);
    anna.log_in("anna", "secret-anna").is(303);
}

#[test]
fn slow_clients_cost_the_others_nothing_and_a_stop_waits_for_none() {
    let mut home = home_of(&["anna"]);
    let connect = || TcpStream::connect(home.address("http")).unwrap();
    let mut slow: Vec<TcpStream> = (0..14).map(|_| connect()).collect();
    for (n, stream) in slow.iter_mut().enumerate() {
        // Some say nothing, some half a head, some a head whose body does not come.
        let words: &[u8] = match n % 3 {
            0 => b"",
            1 => b"GET / HTTP/1.1\r\nHost: local",
            _ => b"POST /language HTTP/1.1\r\nHost: localhost\r\nOrigin: http://localhost\r\n\
                   Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 900\r\n\r\ncsrf=",
        };
        stream.write_all(words).unwrap();
    }
    let mut anna = Browser::new(&home);
    anna.log_in("anna", "secret-anna").is(303);
    for _ in 0..10 {
        anna.get("/").is(200);
    }
    // All of them are still waited for: nobody was thrown out for the others.
    for stream in &mut slow {
        stream.set_nonblocking(true).unwrap();
        let mut byte = [0];
        let silent = stream
            .read(&mut byte)
            .is_err_and(|e| e.kind() == std::io::ErrorKind::WouldBlock);
        assert!(silent, "a slow client was answered or thrown out");
    }
    drop(anna);
    let took = home.stop();
    assert!(took < Duration::from_secs(8), "{took:?}");
    drop(slow);
}

#[test]
#[ignore = "waits half a minute for a time-out"]
fn a_client_that_never_finishes_its_request_is_sent_away() {
    let home = home_of(&["anna"]);
    let mut stream = TcpStream::connect(home.address("http")).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_millis(100)))
        .unwrap();
    let start = Instant::now();
    wait_for(
        "the slow client to be sent away",
        Duration::from_secs(90),
        || {
            // A byte now and then does not help.
            let gone = stream.write_all(b"G").is_err();
            let mut piece = [0; 512];
            let closed = stream.read(&mut piece).is_ok_and(|length| length == 0);
            std::thread::sleep(Duration::from_millis(500));
            (gone || closed).then_some(())
        },
    );
    assert!(start.elapsed() > Duration::from_secs(20));
}

#[test]
fn a_home_where_nobody_lives_is_claimed_by_no_other_name() {
    let home = home_of(&[]);
    let get = |host: &str, path: &str| {
        bytes(
            &home,
            format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n").as_bytes(),
        )
    };
    let said = get("toxmail.local", "/").is(303);
    assert_eq!(said.header("location"), Some("/setup"));
    get("toxmail.local", "/setup").is(200);
    get("evil.example", "/setup").is(403);
    home.say_with(&["member", "add", "anna"], Some("secret-anna\n"))
        .unwrap();
    let mut anna = Browser::new(&home);
    assert_eq!(anna.get("/setup").is(303).header("location"), Some("/"));
    anna.log_in("anna", "secret-anna").is(303);
}

/// What a home without people prints behind that word at its start.
fn printed(home: &Home, word: &str) -> String {
    wait_for(word, Duration::from_secs(20), || {
        let log = home.log();
        let line = log
            .lines()
            .rev()
            .find(|line| line.trim_start().starts_with(word))?;
        Some(line.trim_start()[word.len()..].trim().to_owned())
    })
}

#[test]
fn whoever_reads_the_terminal_moves_in_and_what_they_choose_is_true_at_once() {
    netns::enter_loopback_namespace();
    let plan = Plan {
        settings: vec![
            ("tox", "bootstrap = []".into()),
            ("listen", "http = \"127.0.0.1:0\"".into()),
            ("listen", "https = \"127.0.0.1:0\"".into()),
        ],
        ..Plan::default()
    };
    let mut home = Home::new("x", plan);
    let file = home.path().join("toxmail.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace("name = \"x\"", "")).unwrap();
    home.start();
    let code = printed(&home, "setup code");
    assert_eq!(code.len(), 9, "{code}");
    let port = home.address("http").port();
    assert!(printed(&home, "page").contains(&format!("http://localhost:{port}/")));
    let fingerprint = printed(&home, "certificate");

    let mut anna = Browser::new(&home);
    let got = anna.get("/setup/home").is(200);
    assert!(got.body.contains("name=\"code\""));
    let fields = |code: &str| -> Vec<(&'static str, String)> {
        vec![
            ("code", code.to_owned()),
            ("home", "Garden Street 5".into()),
            ("display", "Anna Martin".into()),
            ("password", "four small words".into()),
            ("again", "four small words".into()),
        ]
    };
    let post = |anna: &mut Browser<'_>, code: &str| {
        let fields = fields(code);
        let fields: Vec<_> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
        anna.post("/setup/home", &fields)
    };
    post(&mut anna, "0000 000").is(403);
    anna.get("/setup/home").is(200);
    let got = post(&mut anna, &code).is(303);
    assert_eq!(got.header("location"), Some("/setup/people"));
    assert_eq!(home.say(&["status"]).unwrap()["home"], "Garden Street 5");
    let settings = home.say(&["setting", "list"]).unwrap();
    assert_eq!(settings[0]["key"], "home.name");
    assert_eq!(settings[0]["chosen"], true);
    assert_eq!(settings[1]["value"], "en");

    // A power cut: the same step, and no code any more.
    let before = home.log().len();
    home.kill();
    home.start();
    assert!(
        !home.log()[before..].contains("setup code"),
        "{}",
        home.log()
    );
    assert!(home.log()[before..].contains(&fingerprint));
    assert_eq!(home.say(&["status"]).unwrap()["home"], "Garden Street 5");
    let mut anna = Browser::new(&home);
    anna.get("/login").is(200);
    let got = anna.post(
        "/login",
        &[("name", "anna"), ("password", "four small words")],
    );
    assert_eq!(got.is(303).header("location"), Some("/setup"));
    let got = anna.get("/setup").is(303);
    assert_eq!(got.header("location"), Some("/setup/people"));

    // And mail programs come in by the same name and password.
    let mut line =
        client::submission(home.address("submissions"), "anna", "four small words").unwrap();
    let anna = "anna@toxmail.local";
    let letter = b"From: <anna@toxmail.local>\r\nSubject: first\r\n\r\nWe live here now.\r\n";
    let said = client::send(&mut line, anna, &[anna], letter).unwrap();
    assert!(said.starts_with("250"), "{said}");
    wait_for("the letter", Duration::from_secs(20), || {
        let letters = client::pop3_all(home.address("pop3s"), "anna", "four small words").unwrap();
        let is_it = |letter: &Vec<u8>| letter.ends_with(b"\r\n\r\nWe live here now.\r\n");
        letters.iter().any(is_it).then_some(())
    });

    // The operator chooses, too, and the file wins.
    home.say(&["setting", "set", "home.name", "Elm 7"]).unwrap();
    assert_eq!(home.say(&["status"]).unwrap()["home"], "Elm 7");
    wait_for("the name in Tox", Duration::from_secs(20), || {
        let identity = std::fs::read(home.path().join("tox.save")).unwrap();
        let named = identity.windows(5).any(|name| name == b"Elm 7");
        named.then_some(())
    });
    let no = home
        .say(&["setting", "set", "home.language", "tlh"])
        .unwrap_err();
    assert!(no.contains("tlh"), "{no}");
    let no = home
        .say(&["setting", "set", "home.hostname", "x"])
        .unwrap_err();
    assert!(no.contains("home.name"), "{no}");
    home.say(&["setting", "unset", "home.name"]).unwrap();
    assert_eq!(home.say(&["status"]).unwrap()["home"], "Toxmail");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace("[home]", "[home]\nname = \"Written\"")).unwrap();
    let pid = rustix::process::Pid::from_raw(i32::try_from(home.pid()).unwrap()).unwrap();
    rustix::process::kill_process(pid, rustix::process::Signal::HUP).unwrap();
    wait_for("the file's name", Duration::from_secs(20), || {
        (home.say(&["status"]).unwrap()["home"] == "Written").then_some(())
    });
    let no = home
        .say(&["setting", "set", "home.name", "Other"])
        .unwrap_err();
    assert!(no.contains("toxmail.toml"), "{no}");
}

#[test]
fn a_file_on_the_boot_partition_sets_a_home_up_and_is_gone_afterwards() {
    netns::enter_loopback_namespace();
    let boot = tempfile::tempdir().unwrap();
    let answers = boot.path().join("toxmail-setup.toml");
    std::fs::write(
        &answers,
        "[home]\nlanguage = \"de\"\n[[member]]\nname = \"anna\"\npassword = \"secret-anna\"\n",
    )
    .unwrap();
    std::fs::write(boot.path().join("setup-code.txt"), "1234 5678").unwrap();
    let plan = Plan {
        settings: vec![
            ("tox", "bootstrap = []".into()),
            ("listen", "https = \"127.0.0.1:0\"".into()),
        ],
        options: vec!["--boot", boot.path().to_str().unwrap().to_owned().leak()],
        ..Plan::default()
    };
    let mut home = Home::new("garden", plan);
    home.start();
    assert!(!answers.exists() && !boot.path().join("setup-code.txt").exists());
    assert!(!home.log().contains("setup code"));
    let settings = home.say(&["setting", "list"]).unwrap();
    assert_eq!(settings[1]["value"], "de");
    let mut anna = Browser::new(&home);
    anna.get("/login").is(200);
    let got = anna.post("/login", &[("name", "anna"), ("password", "secret-anna")]);
    assert_eq!(got.is(303).header("location"), Some("/setup"));
    let got = anna.get("/setup").is(303);
    assert_eq!(got.header("location"), Some("/setup/provider"));
}

#[test]
fn a_backup_brought_to_a_new_box_makes_it_the_home_that_it_was() {
    let old = home_of(&["anna"]);
    let key = old.say(&["status"]).unwrap()["key"].clone();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("home.tar");
    old.say_with(
        &["backup", "create", file.to_str().unwrap()],
        Some("a passphrase that is long\n"),
    )
    .unwrap();
    drop(old);
    let new = home_of(&[]);
    assert_ne!(new.say(&["status"]).unwrap()["key"], key);
    let code = printed(&new, "setup code");
    let mut anna = Browser::new(&new);
    anna.get("/setup/restore").is(200);
    let send = |anna: &mut Browser<'_>, passphrase: &str| {
        let fields = [
            format!("csrf={}", anna.token),
            format!("code={code}"),
            format!("passphrase={passphrase}"),
            format!("file=@{}", file.display()),
        ];
        let origin = format!("Origin: {}", anna.origin());
        let mut more = vec!["--header", &origin];
        for field in &fields {
            more.extend(["--form", field]);
        }
        anna.say("/setup/restore", &more)
    };
    let got = send(&mut anna, "another passphrase");
    assert_eq!(got.status, 422, "{got:?}");
    send(&mut anna, "a passphrase that is long").is(200);
    wait_for("the home that it was", Duration::from_secs(60), || {
        let status = new.say(&["status"]).ok()?;
        (status["running"] == true && status["key"] == key).then_some(())
    });
    let mut anna = Browser::new(&new);
    let got = anna.log_in("anna", "secret-anna").is(303);
    assert_eq!(got.header("location"), Some("/"));
}
