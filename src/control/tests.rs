//! The command against a home over a real socket, and the help of every command.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};
use tokio::sync::oneshot;

use super::client::{Client, Error};
use super::view::{Ink, text};
use super::*;

/// A home that remembers what it was asked.
#[derive(Default)]
struct Fake {
    asked: Mutex<Vec<Request>>,
}

impl Operator for Fake {
    fn handle(&self, request: Request) -> Result<Value, Failure> {
        let answer = match &request {
            Request::Status => Ok(json!({"home": "x"})),
            Request::Doctor => panic!("a command of this home is broken"),
            Request::MemberRemove { .. } => {
                Err(Failure::new("there is no anna", "toxmaild member list"))
            }
            _ => Ok(Value::Null),
        };
        self.asked.lock().unwrap().push(request);
        answer
    }
}

/// Runs `visit` in a thread while a fake home serves in `dir`.
fn with_home<T: Send + 'static>(dir: &Path, visit: impl FnOnce() -> T + Send + 'static) -> T {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let bound = serve::bind(dir).unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let serving = tokio::spawn(bound.run(Arc::new(Fake::default()), async {
            let _ = stopped.await;
        }));
        let result = tokio::task::spawn_blocking(visit).await.unwrap();
        stop.send(()).unwrap();
        serving.await.unwrap();
        result
    })
}

#[test]
fn a_conversation_over_the_socket() {
    let outer = tempfile::tempdir().unwrap();
    // Longer than the 107 bytes that a socket's path may have.
    let dir = outer.path().join("x".repeat(120));
    std::fs::create_dir(&dir).unwrap();
    // What a crash left.
    drop(std::os::unix::net::UnixListener::bind(outer.path().join("s")).unwrap());
    std::fs::rename(outer.path().join("s"), dir.join(SOCKET)).unwrap();
    assert!(matches!(Client::connect(&dir), Err(Error::NotRunning)));

    let place = dir.clone();
    with_home(&dir, move || {
        let mode = std::fs::metadata(place.join(SOCKET)).unwrap().permissions();
        assert_eq!(
            mode.mode() & 0o777,
            Permissions::from_mode(0o600).mode() & 0o777
        );
        let mut client = Client::connect(&place).unwrap();
        assert_eq!(client.ask(&Request::Status).unwrap(), json!({"home": "x"}));
        let name = "anna".parse().unwrap();
        let refused = client.ask(&Request::MemberRemove { name }).unwrap_err();
        assert!(matches!(refused, Error::Refused(f) if f.advice == "toxmaild member list"));
        // A command that panics takes nothing with it.
        assert!(matches!(
            client.ask(&Request::Doctor),
            Err(Error::Refused(_))
        ));
        assert!(client.ask(&Request::QueueRetry { id: None }).is_ok());
    });
    assert!(!dir.join(SOCKET).exists());
    assert!(matches!(Client::connect(&dir), Err(Error::NotRunning)));
}

#[test]
fn garbage_gets_an_error_and_a_second_home_is_refused() {
    use std::io::{BufRead, BufReader, Write};
    let dir = tempfile::tempdir().unwrap();
    let place = dir.path().to_owned();
    let answers = with_home(dir.path(), move || {
        let say = |bytes: &[u8]| {
            let mut stream = std::os::unix::net::UnixStream::connect(place.join(SOCKET)).unwrap();
            let _ = stream.write_all(bytes);
            let mut answer = String::new();
            let _ = BufReader::new(stream).read_line(&mut answer);
            answer
        };
        let mut long = vec![b'x'; protocol::MAX_REQUEST as usize];
        long.push(b'\n');
        let command = br#"{"command": "member add", "name": "anna", "password": "s3cret", "x": 1}"#;
        let second = serve::bind(&place).err().map(|e| e.kind());
        assert_eq!(second, Some(std::io::ErrorKind::AddrInUse));
        [
            say(b"hello\n"),
            say(&[command.as_slice(), b"\n"].concat()),
            say(&long),
        ]
    });
    assert!(answers[0].contains("not understood"), "{answers:?}");
    assert!(
        !answers[1].contains("s3cret") && answers[1].contains("failed"),
        "{answers:?}"
    );
    // The rest of an endless line is unread, so the answer may be lost with the connection.
    assert!(
        answers[2].is_empty() || answers[2].contains("too long"),
        "{answers:?}"
    );
}

#[test]
fn every_command_has_help_with_an_example() {
    fn walk(command: &clap::Command, path: &str) {
        let path = format!("{path} {}", command.get_name());
        assert!(command.get_about().is_some(), "{path} says nothing");
        let more = command
            .get_after_help()
            .map(ToString::to_string)
            .unwrap_or_default();
        let example = format!("toxmaild{}", path.trim_start_matches(" toxmaild"));
        assert!(
            more.contains("Examples:") && more.contains(example.trim()),
            "{path}: {more}"
        );
        command.get_subcommands().for_each(|c| walk(c, &path));
    }
    grammar::tree().debug_assert();
    walk(&grammar::tree(), "");
}

#[test]
fn the_name_of_a_request_is_what_the_wire_says_and_no_password_is_shown() {
    let name: crate::mail::address::MemberName = "anna".parse().unwrap();
    let key = crate::mail::address::PeerKey::from_bytes([7; 32]);
    let password = Secret::new("s3cret".into());
    let all = [
        Request::Status,
        Request::MemberAdd {
            name: name.clone(),
            display: None,
            password: password.clone(),
        },
        Request::MemberList,
        Request::MemberRemove { name: name.clone() },
        Request::MemberPassword {
            name: name.clone(),
            password,
        },
        Request::DeviceAdd {
            name: name.clone(),
            label: "x".into(),
        },
        Request::DeviceList { name: name.clone() },
        Request::DeviceRevoke {
            name: name.clone(),
            id: 1,
        },
        Request::ContactAdd {
            name: "b".into(),
            tox: None,
            emails: vec![],
            owner: Some(name.clone()),
            chat: false,
            fallback_seconds: None,
        },
        Request::MemberDisplay {
            name: name.clone(),
            display: "Anna".into(),
        },
        Request::MemberAppoint {
            name: name.clone(),
            office: protocol::Office::MainMailbox,
        },
        Request::MemberSettings {
            name,
            mixed: Some(crate::members::Mixed::Ask),
            language: None,
            reencode: Some(crate::control::protocol::Switch::On),
        },
        Request::ContactConfirm {
            name: "b".into(),
            email: "b@example.org".into(),
        },
        Request::ContactChat { name: "b".into() },
        Request::ContactList,
        Request::ContactRemove { name: "b".into() },
        Request::ContactBlock { name: "b".into() },
        Request::ContactDirect {
            name: "bob".into(),
            only: crate::control::protocol::Switch::On,
        },
        Request::ContactShare {
            name: "b".into(),
            share: protocol::Shared::Nothing,
        },
        Request::ToxIdRenew,
        Request::MoveAnnounce {
            tox_id: String::new(),
        },
        Request::MoveWithdraw,
        Request::MoveList,
        Request::MoveConfirm { name: "b".into() },
        Request::MoveRefuse { name: "b".into() },
        Request::ContactRequests,
        Request::ContactAccept { key },
        Request::ContactRefuse { key },
        Request::Invite { expires_seconds: 1 },
        Request::InviteAccept {
            link: Secret::new("tox:".into()),
        },
        Request::InviteList,
        Request::InviteWithdraw { id: 1 },
        Request::QueueList(Default::default()),
        Request::QueueShow { id: 1 },
        Request::QueueRetry { id: None },
        Request::QueueCancel {
            id: 1,
            member: None,
        },
        Request::QueueAnswer {
            id: 1,
            member: "anna".parse().unwrap(),
            word: crate::control::protocol::HeldWord::Stop,
        },
        Request::MemberAddressAdd {
            name: "anna".parse().unwrap(),
            address: "anna@example.org".into(),
        },
        Request::MemberAddressRemove {
            name: "anna".parse().unwrap(),
            address: "anna@example.org".into(),
        },
        Request::ProviderSet(crate::control::protocol::NewProvider {
            member: Some("anna".parse().unwrap()),
            host: "smtp.example.org".into(),
            port: 587,
            tls: crate::config::RelayTls::StartTls,
            username: "anna".into(),
            password: Secret::new("s3cret".into()),
            address: None,
            untested: false,
        }),
        Request::ProviderShow { member: None },
        Request::ProviderTest { member: None },
        Request::ProviderRemove { member: None },
        Request::ContactFallback {
            name: "bob".into(),
            seconds: Some(60),
        },
        Request::Doctor,
        Request::Storage,
        Request::BootstrapImport { nodes: vec![] },
        Request::BootstrapList,
    ];
    for request in all {
        let wire = serde_json::to_value(&request).unwrap();
        assert_eq!(wire["command"], request.name());
        assert!(!format!("{request:?}").contains("s3cret"));
        let back: Request = serde_json::from_value(wire).unwrap();
        assert_eq!(back.name(), request.name());
        // Whatever a home answers, something readable comes out.
        for answer in [Value::Null, json!([]), json!({}), json!([{}])] {
            assert!(!text(&back, &answer, 0, Ink::Plain).is_empty());
        }
    }
}

#[test]
fn answers_are_laid_out_and_harmless() {
    let now = 1_000_000;
    let contacts = json!([
        {"name": "bob", "display": "Uncle Bob", "state": "connected", "address": "home@x.tox", "emails": ["bob@example.org"], "claimed": ["b@example.org"], "last_seen": now - 7200, "key": "00", "fallback_seconds": 172_800},
        {"name": "eve\u{1b}[2J\nroot", "state": "offline", "key": "11"},
    ]);
    let shown = text(&Request::ContactList, &contacts, now, Ink::Coloured);
    let lines: Vec<&str> = shown.lines().collect();
    assert_eq!(
        lines[0],
        "NAME          PERSON     STATE      SEEN     WHOSE      ORDINARY MAIL  ADDRESSES"
    );
    assert_eq!(
        lines[1],
        "bob           Uncle Bob  connected  2 h ago  everybody  after 2 days   home@x.tox, bob@example.org, b@example.org (claimed)"
    );
    assert_eq!(
        lines[2],
        "eve?[2J root             offline    never    everybody  never"
    );
    let queued = json!({"id": 3, "sender": "", "bytes": 123_456, "accepted": now - 90, "recipients": [
        {"address": "b@x.tox", "route": "tox", "state": "waiting", "attempts": 2, "why": "offline"}]});
    let shown = text(&Request::QueueShow { id: 3 }, &queued, now, Ink::Plain);
    assert!(
        shown.contains("123 kB") && shown.contains("(notice)"),
        "{shown}"
    );
    assert!(shown.contains("when they are online"), "{shown}");
    let held = json!({"id": 3, "sender": "a@b", "recipients": [{"address": "b@x.tox", "route": "tox", "state": "held"}]});
    let shown = text(&Request::QueueShow { id: 3 }, &held, now, Ink::Plain);
    assert!(shown.contains("when its writer says so"), "{shown}");
    let name: crate::mail::address::MemberName = "anna".parse().unwrap();
    let settings = Request::MemberSettings {
        name,
        mixed: None,
        language: None,
        reencode: None,
    };
    let shown = text(
        &settings,
        &json!({"name": "anna", "mixed": "ask"}),
        now,
        Ink::Plain,
    );
    assert!(
        shown.contains("ask: ask before")
            && shown.contains("the home's")
            && shown.contains("given back"),
        "{shown}"
    );
    assert_eq!(
        text(&Request::Doctor, &json!([]), now, Ink::Plain),
        "All is well.\n"
    );
    let problem = json!([{"problem": "Tox is offline", "advice": "check the router"}]);
    let shown = text(&Request::Doctor, &problem, now, Ink::Plain);
    assert_eq!(shown, "Tox is offline -> check the router\n");

    let add = Request::ContactAdd {
        name: "Oma Käthe".into(),
        tox: None,
        emails: Vec::new(),
        owner: None,
        chat: false,
        fallback_seconds: None,
    };
    for (state, words) in [
        (
            "connected",
            "Oma Käthe is a contact: oma.kathe@tox reaches them.\n",
        ),
        ("asked", "Once they accept, oma.kathe@tox reaches them"),
        ("ordinary", "only once their Tox address is known"),
    ] {
        let added = json!({"name": "oma.kathe", "state": state});
        let shown = text(&add, &added, now, Ink::Plain);
        assert!(shown.contains(words), "{shown}");
    }
    let remove = Request::ContactRemove {
        name: "mill".into(),
    };
    let removed = json!({"names": ["Mill", "Bob", "Carl"]});
    let shown = text(&remove, &removed, now, Ink::Plain);
    assert_eq!(shown, "Mill is removed, and with them Bob, Carl.\n");
    for (seconds, words) in [
        (59, "in 59 s"),
        (3599, "in 1 h"),
        (3600, "in 1 h"),
        (5400, "in 2 h"),
        (7 * 86_400 - 3, "in 7 days"),
        (47 * 3600, "in 47 h"),
        (0, "now"),
    ] {
        let list = json!([{"id": 1, "created": now, "expires": now + seconds, "state": "open"}]);
        let shown = text(&Request::InviteList, &list, now, Ink::Plain);
        assert!(shown.trim_end().ends_with(words), "{seconds}: {shown}");
    }
}

#[test]
fn no_debug_output_opens_a_door() {
    let secret = "s3cret";
    let request: Request =
        serde_json::from_value(json!({"command": "invite accept", "link": secret})).unwrap();
    let device: answer::NewDevice = serde_json::from_value(json!({"password": secret})).unwrap();
    let invitation: answer::NewInvitation =
        serde_json::from_value(json!({"link": secret})).unwrap();
    let shown = format!("{request:?} {device:?} {invitation:?}");
    assert!(!shown.contains(secret), "{shown}");
    // They are told to whom they are for.
    for answer in [json!(device), json!(invitation), json!(request)] {
        assert!(answer.to_string().contains(secret), "{answer}");
    }
}

#[test]
fn a_deed_is_told_as_it_was_done() {
    let told = |request: &Request, answer: Value| text(request, &answer, 0, Ink::Plain);
    let add = Request::ContactAdd {
        name: "Oma K\u{e4}the".into(),
        tox: None,
        emails: vec![],
        owner: None,
        chat: false,
        fallback_seconds: None,
    };
    // The name that an address can carry, not the one that was typed; and no promise that an e-mail address alone breaks.
    assert_eq!(
        told(&add, json!({"name": "oma.kathe", "key": "00"})),
        "Oma K\u{e4}the is a contact: oma.kathe@tox reaches them.\n"
    );
    assert_eq!(
        told(
            &add,
            json!({"name": "oma.kathe", "key": null, "state": "ordinary"})
        ),
        "Oma K\u{e4}the is a contact, oma.kathe@tox. Letters reach them only once their Tox address is known.\n"
    );
    let remove = Request::MemberRemove {
        name: "ben".parse().unwrap(),
    };
    assert_eq!(
        told(
            &remove,
            json!({"name": "ben", "advice": "Their mail is kept\u{1b}."})
        ),
        "ben is removed. Their mail is kept?.\n"
    );
    let remove = Request::ContactRemove { name: "oma".into() };
    assert_eq!(
        told(&remove, json!({"names": ["Oma", "Zoe"]})),
        "Oma is removed, and with them Zoe.\n"
    );
    let retry = Request::QueueRetry { id: None };
    let tried = told(&retry, json!({"deliveries": 2}));
    assert!(
        tried.contains("as far as the other homes are there"),
        "{tried}"
    );
}

#[test]
fn wrong_use_is_told_whole_in_json() {
    for (line, words) in [
        ("toxmaild contact add bob --json", "--tox <ADDRESS>"),
        ("toxmaild member add --json", "<NAME>"),
        ("toxmaild member add A! --json", "a member's name has"),
        ("toxmaild queue show x --json", "invalid"),
        ("toxmaild nonsense --json", "nonsense"),
    ] {
        let failure = command::wrong_use(line);
        assert!(failure.error.contains(words), "{line}: {failure}");
        assert!(
            !failure.error.contains('\n') && !failure.error.contains("Usage"),
            "{failure}"
        );
        assert!(failure.advice.contains("--help"), "{failure}");
    }
}

#[tokio::test]
async fn nobody_else_can_connect_at_any_time() {
    // However the home was started, there is no moment before the socket has its mode.
    let before = rustix::process::umask(rustix::fs::Mode::empty());
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("born");
    let born = serve::born_private(&path);
    let after = rustix::process::umask(before);
    assert_eq!(after, rustix::fs::Mode::empty(), "left as it was");
    assert!(born.is_ok());
    let mode = std::fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o077, 0, "{mode:o}");
}

#[tokio::test]
async fn metrics_are_served_on_loopback_only() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let refused = metrics::bind("0.0.0.0:0".parse().unwrap())
        .await
        .err()
        .unwrap();
    assert_eq!(refused.kind(), std::io::ErrorKind::PermissionDenied);

    let recorder = metrics_exporter_prometheus::PrometheusBuilder::new().build_recorder();
    ::metrics::with_local_recorder(&recorder, || crate::journal::accepted(&1, "anna", 1, 10));
    let bound = metrics::bind("127.0.0.1:0".parse().unwrap()).await.unwrap();
    let address = bound.local_addr();
    let serving = tokio::spawn(bound.run(recorder.handle(), std::future::pending()));
    // A page in this machine's browser asks by a name that it has lead here.
    for (host, here) in [
        ("127.0.0.1", true),
        ("127.0.0.1:9090", true),
        ("[::1]:9090", true),
        ("localhost:9090", true),
        ("elsewhere.example:9090", false),
        ("127.0.0.1.elsewhere.example", false),
        ("a b", false),
    ] {
        let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
        let request = format!("GET /metrics HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut page = String::new();
        stream.read_to_string(&mut page).await.unwrap();
        let told = page.starts_with("HTTP/1.1 200") && page.contains("toxmail_accepted_total 1");
        assert_eq!(told, here, "{host}: {page}");
        assert_eq!(page.contains("toxmail_"), here, "{host}: {page}");
    }
    serving.abort();
}
