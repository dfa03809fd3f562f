//! What strangers, the operator and the disk say to a home.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use toxmail::config::{self, Config, Ports};
use toxmail::contacts::{Contacts, Knock, Link};
use toxmail::control::protocol::{Request, Response};
use toxmail::database::Database;
use toxmail::mail::address::PeerKey;
use toxmail::tox;

/// Where a target of this process may write: in memory where that is possible, for it writes thousands of times a second.
fn folder(target: &str) -> PathBuf {
    let memory = Path::new("/dev/shm");
    let root = if memory.is_dir() {
        memory.to_owned()
    } else {
        std::env::temp_dir()
    };
    root.join(format!("toxmail-fuzz-{}-{target}", std::process::id()))
}

/// The same, made.
fn made_folder(target: &str) -> PathBuf {
    let folder = folder(target);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// Removes what a target has written. (After a finding it stays.)
pub fn clean_up(target: &str) {
    let _ = std::fs::remove_dir_all(folder(target));
}

/// A name or a text of a stranger as it is shown: on one line, nothing invisible, nothing that turns the text around.
fn assert_is_plain(shown: &str, most: usize) {
    assert!(shown.chars().count() <= most, "{shown:?}");
    let forbidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    assert!(!shown.contains(forbidden), "{shown:?}");
    assert_eq!(shown.trim(), shown);
}

/// Links of invitations.
pub fn invitations(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let Ok(link) = text.parse::<Link>() else {
        return;
    };
    assert_is_plain(&link.name, 64);
    assert!(
        !link.name.contains(['<', '>', '@', '"', '\\']),
        "{:?}",
        link.name
    );
    // A mail program may have broken the line around it, a telephone may have made it upper case.
    for other in [
        format!(" \t{text}\r\n"),
        format!("TOX:{}", text.trim()[4..].trim_start_matches('/')),
    ] {
        assert!(other.parse::<Link>().is_ok_and(|l| l == link), "{other:?}");
    }
}

/// Texts of friend requests: no text lets a stranger in, and what is shown of it deceives nobody.
pub fn requests(data: &[u8]) {
    static CONTACTS: OnceLock<Contacts> = OnceLock::new();
    let contacts = CONTACTS.get_or_init(|| {
        let database = Database::open(&made_folder("requests").join("requests.db")).unwrap();
        Contacts::open(
            database,
            PeerKey::from_bytes([7; 32]),
            "toxmail.local".into(),
        )
        .named("Garden Street 5")
    });
    let key = PeerKey::from_bytes([data.first().copied().unwrap_or(0) | 8; 32]);
    for round in 0..2 {
        assert_eq!(
            contacts.knock(&key, data).unwrap(),
            Knock::Asks,
            "round {round}"
        );
    }
    let waiting = contacts.requests().unwrap();
    assert_eq!(waiting.len(), 1);
    assert_eq!(waiting[0].key, key);
    assert_is_plain(&waiting[0].message, 200);
    assert!(
        contacts.peers().unwrap().is_empty(),
        "a stranger was let in"
    );
    assert_eq!(contacts.refuse(&key.to_string()).unwrap(), key);
    assert!(contacts.requests().unwrap().is_empty());
}

/// toxmail.toml.
pub fn settings(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let path = Path::new("/home/toxmail.toml");
    match Config::parse(text, path, Ports::Standard) {
        Err(error) => {
            assert!(
                error
                    .line
                    .is_none_or(|line| (1..=text.lines().count() + 1).contains(&line)),
                "{error}"
            );
            assert!(!error.problem.is_empty());
        }
        Ok(config) => {
            assert_eq!(config.changes(&config), []);
            assert!(
                !config.home.name.chars().any(char::is_control),
                "{:?}",
                config.home.name
            );
            assert!(
                !config.home.hostname.is_empty()
                    && !config
                        .home
                        .hostname
                        .contains(|c: char| c.is_control() || c == ' ')
            );
            assert!(
                config.listen.metrics.is_none_or(|m| m.ip().is_loopback()),
                "numbers for everybody"
            );
            assert!(config.limits.max_recipients > 0 && config.limits.max_message_bytes > 0);
            assert!(config.tox.socks5.is_none() || !config.tox.udp && !config.tox.local_discovery);
            for node in config.tox.bootstrap.iter().flatten() {
                assert!(node.port != 0 && !node.host.contains('\0'), "{node:?}");
            }
        }
    }
    let _ = toxmail::config::duration(text);
}

/// Lists of bootstrap nodes, as a file and as the operator imports them.
pub fn nodes(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    match config::nodes::read(text) {
        Err(e) => assert!(!e.problem.is_empty() && !e.advice.is_empty()),
        Ok(nodes) => {
            assert!((1..=500).contains(&nodes.len()));
            for node in &nodes {
                // toxcore takes the host as a C string.
                assert!(
                    !node.host.is_empty()
                        && !node
                            .host
                            .chars()
                            .any(|c| c.is_control() || c.is_whitespace()),
                    "{node:?}"
                );
                assert!(node.port != 0 && !node.tcp_ports.contains(&0), "{node:?}");
            }
            let written = config::nodes::write(&nodes).unwrap();
            assert_eq!(config::nodes::read(&written).as_ref(), Ok(&nodes));
        }
    }
}

/// tox.save: what is read as an identity stands in the file.
pub fn savedata(data: &[u8]) {
    static PATH: OnceLock<PathBuf> = OnceLock::new();
    let path = PATH.get_or_init(|| made_folder("savedata").join("tox.save"));
    std::fs::write(path, data).unwrap();
    if let Ok(id) = tox::savedata::tox_id(path) {
        let id = id.expect("there is a file");
        let (key, nospam) = (&id.as_bytes()[..32], &id.as_bytes()[32..36]);
        assert!(
            data.windows(36)
                .any(|bytes| bytes[..4] == *nospam && bytes[4..] == *key)
        );
    }
}

/// What comes over the operator's socket.
pub fn requests_of_the_operator(data: &[u8]) {
    if let Ok(request) = serde_json::from_slice::<Request>(data) {
        assert!(!request.name().is_empty());
        let _ = (request.place(), request.only_looks());
        let value = serde_json::to_value(&request).unwrap();
        let again: Request = serde_json::from_value(value.clone()).unwrap();
        assert_eq!(serde_json::to_value(&again).unwrap(), value);
        assert_eq!(value["command"], request.name());
        if let Request::MemberAdd { .. } | Request::MemberPassword { .. } = &request {
            // It cannot come into a log, whatever it is: what is shown is the same with another one.
            let mut value = value;
            value["password"] = "another, of another length".into();
            let other: Request = serde_json::from_value(value).unwrap();
            assert_eq!(format!("{request:?}"), format!("{other:?}"));
        }
    }
    if let Ok(response) = serde_json::from_slice::<Response>(data) {
        let text = serde_json::to_string(&response).unwrap();
        assert!(!text.contains('\n'), "an answer of more than one line");
    }
}
