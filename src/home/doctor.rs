//! What is wrong with a home, and what to do: one line each.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::operator::Running;
use super::stopped::Opened;
use crate::config::Config;
use crate::contacts::{Contacts, State};
use crate::control::answer::Problem;
use crate::durable;
use crate::members::Members;
use crate::tox::{self, Connection, OLDEST_SAFE_VERSION};

/// Less than this is worth a word.
const DISK_LOW: u64 = 200 << 20;
/// Rounds of bootstrapping without an answer after which something is wrong: about a minute.
const ROUNDS: u32 = 4;
/// A contact that has not answered our request for so long, in seconds, has most probably not seen it.
const UNANSWERED: i64 = 7 * 86_400;
/// Services that this version knows to serve.
const SERVED: [&str; 5] = ["submission", "submissions", "pop3", "pop3s", "metrics"];

/// Everything that is wrong with a running home; empty when all is well.
pub(super) fn examine(home: &Running) -> Vec<Problem> {
    let config = home.config();
    let mut found = Found::default();
    found.library();
    found.tox(home);
    found.folder(&home.dir);
    found.people(&home.post.members, &config);
    if !home.post.clock.trusted() {
        found.tell(
            "the clock of this machine was not set",
            "connect it to the internet, or set the time; mail goes on meanwhile, and nothing expires",
        );
    }
    for (service, address) in config.listen.services() {
        if SERVED.contains(&service) && !home.ports.contains_key(service) {
            let advice = "look into the log, then start the home again";
            found.tell(format!("{service} does not listen on {address}"), advice);
        }
    }
    for key in home.pairing.incompatible_homes() {
        let name = home.post.contacts.name_of(&key, None);
        found.tell(
            format!(
                "the home of '{}' speaks another version of Toxmail's protocol",
                name.unwrap_or_else(|_| key.to_string())
            ),
            "update the older of the two; letters wait meanwhile",
        );
    }
    found.unanswered(&home.post.contacts, home.post.clock.now().wall);
    found.waiting(home);
    found.0
}

/// The same for the folder of a stopped home.
pub(super) fn examine_stopped(dir: &Path, home: &Opened) -> Vec<Problem> {
    let mut found = Found::default();
    found.library();
    found.folder(dir);
    found.people(&home.members, &home.config);
    let checked: Result<String, crate::database::Error> = home
        .database
        .read(|c| Ok(c.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?));
    match checked {
        Ok(word) if word == "ok" => {}
        Ok(word) => found.tell(
            format!("toxmail.db is damaged: {word}"),
            "restore a backup, and look whether the disk is failing",
        ),
        Err(e) => found.tell(e.to_string(), "restore a backup"),
    }
    found.0
}

#[derive(Default)]
struct Found(Vec<Problem>);

impl Found {
    fn tell(&mut self, problem: impl Into<String>, advice: impl Into<String>) {
        self.0.push(Problem {
            problem: problem.into(),
            advice: advice.into(),
        });
    }

    fn library(&mut self) {
        let version = tox::version();
        if version < OLDEST_SAFE_VERSION {
            let (major, minor, patch) = version;
            self.tell(
                format!("toxcore {major}.{minor}.{patch} has a critical bug (GHSA-42vg-9mg3-399f)"),
                "update libtoxcore to 0.2.23 or later",
            );
        }
    }

    fn tox(&mut self, home: &Running) {
        let status = home.node.status();
        if status.connection == Connection::Offline {
            if status.bootstrap_rounds >= ROUNDS {
                self.tell(
                    "no bootstrap node of the Tox network answers",
                    "check the connection to the internet; `toxmaild bootstrap import FILE` takes a fresh list of nodes",
                );
            } else {
                let advice = "wait a minute; letters to other homes wait as well";
                self.tell("not yet connected to the Tox network", advice);
            }
        }
        for warning in home.node.warnings() {
            // Told above, with its own advice.
            if !matches!(warning, tox::Warning::OldLibrary(_)) {
                self.tell(warning.to_string(), "look into [tox] in toxmail.toml");
            }
        }
    }

    fn folder(&mut self, dir: &Path) {
        match durable::room(dir) {
            Ok(room) if room < super::RESERVE => self.tell(
                "the disk is full: no letter is taken",
                "delete letters, or give the home a larger disk",
            ),
            Ok(room) if room < DISK_LOW => self.tell(
                format!("the disk has only {} MB left", room >> 20),
                "delete letters, or give the home a larger disk",
            ),
            Ok(_) => {}
            Err(e) => self.tell(e.to_string(), "look whether the disk is failing"),
        }
        let private = ["toxmail.db", "tox.save", "secret.key", "control.sock"];
        for path in private.map(|name| dir.join(name)) {
            let Ok(facts) = std::fs::metadata(&path) else {
                continue;
            };
            if facts.permissions().mode() & 0o077 != 0 {
                self.tell(
                    format!("others can read {}", path.display()),
                    format!("chmod 600 {}", path.display()),
                );
            }
        }
    }

    fn people(&mut self, members: &Members, config: &Config) {
        match members.list() {
            Ok(list) if list.is_empty() => self.tell(
                "nobody lives here yet",
                "`toxmaild member add NAME` adds a person",
            ),
            Ok(list) => {
                if let Some(main) = &config.home.main_mailbox
                    && !list.iter().any(|member| member.name == *main)
                {
                    self.tell(
                        format!("[home] main_mailbox is '{main}', and nobody has that name"),
                        "add that member, or name another in toxmail.toml",
                    );
                }
            }
            Err(e) => self.tell(e.to_string(), "look into the log of the home"),
        }
    }

    fn unanswered(&mut self, contacts: &Contacts, now: i64) {
        let Ok(peers) = contacts.peers() else { return };
        for peer in peers {
            let asked = peer.state == State::Asked && !peer.blocked;
            if asked && peer.last_seen.is_none_or(|seen| now - seen > UNANSWERED) {
                let name = contacts.name_of(&peer.key, None);
                self.tell(
                    format!(
                        "'{}' has not answered the contact request",
                        name.unwrap_or_else(|_| peer.key.to_string())
                    ),
                    "ask them to accept it, or for an invitation; until then letters wait",
                );
            }
        }
    }

    fn waiting(&mut self, home: &Running) {
        let after = home.post.settings().delay_notice_after.as_secs();
        let Ok(page) = home.post.queue.list(None, 1) else {
            return;
        };
        if let Some(oldest) = page.first().filter(|entry| entry.age_seconds > after) {
            self.tell(
                format!("a letter waits for {} hours", oldest.age_seconds / 3600),
                "`toxmaild queue list` shows for whom",
            );
        }
    }
}
