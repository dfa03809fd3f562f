//! What is wrong with a home, and what to do: one line each.
//!
//! The doctor looks and changes nothing. What it cannot look at is a finding, too. Each check is a function of plain facts;
//! [`examine`] and [`examine_stopped`] gather them.
//!
//! Known limits: the address a listener is bound to is not compared with the settings, only that it is bound.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde_json::Value;

use super::letters;
use super::operator::Running;
use super::remains;
use super::stopped::DATABASE;
use crate::config::{self, Config, Ports};
use crate::contacts::{Contacts, Kind};
use crate::control::Failure;
use crate::control::answer::Problem;
use crate::database::Database;
use crate::durable;
use crate::mail::address::{MemberName, PeerKey, canonical};
use crate::members::Members;
use crate::providers::Listed;
use crate::queue::Destination;
use crate::tox::{self, Warning};

/// What this version serves; rooms to come add theirs.
const SERVED: [&str; 7] = [
    "submission",
    "submissions",
    "gateway",
    "pop3",
    "pop3s",
    "carddav",
    "metrics",
];
/// Free disk below which somebody should know.
const LITTLE_ROOM: u64 = 200 << 20;
/// Free disk below which letters are refused.
const NO_ROOM: u64 = 32 << 20;
/// Rounds of bootstrapping that may go without an answer: the fourth comes after half a minute.
const PATIENCE: u32 = 3;
/// How long a friend request may go unanswered.
const UNANSWERED: i64 = 7 * 86_400;
/// A certificate that ends so soon should have been made again long ago.
const ENDS_SOON: Duration = Duration::from_secs(30 * 86_400);

/// Looks at a running home.
pub fn examine(home: &Running) -> Vec<Problem> {
    let mut found = Findings::default();
    let (config, post) = (home.config(), &home.post);
    tox(
        &Tox {
            running: home.node.is_running(),
            status: home.node.status(),
            warnings: home.node.warnings(),
            nodes_from_file: config.tox.bootstrap.is_some(),
        },
        &mut found,
    );
    listeners(&config, &home.ports, &mut found);
    if let Err(e) = Config::load(&home.dir, Ports::default()) {
        // The home goes on with what it has read before, and would not start again.
        found.failure(e.into());
    }
    people(&post.members, &config, &mut found);
    super::doctor_gateway::look(&config, &mut found);
    disk(&home.dir, &mut found);
    if !post.clock.trusted() {
        found.add(
            "this machine's clock is not set, so letters that wait too long are not noticed in time",
            "connect it to the Internet, and switch on time synchronisation (NTP)",
        );
    }
    let names = match names(&post.contacts) {
        Ok(names) => names,
        Err(failure) => {
            found.failure(failure);
            Names::default()
        }
    };
    late_letters(home, &names, &mut found);
    match post.providers.list() {
        Ok(accounts) => providers(&accounts, &mut found),
        Err(e) => found.failure(e.into()),
    }
    match post.providers.fetches() {
        Ok(fetches) => super::fetching::look(&fetches, post.clock.now().wall, &mut found),
        Err(e) => found.failure(e.into()),
    }
    for id in &post.queue.opened().lost {
        if post.queue.show(*id).is_ok() {
            found.add(
                format!("the file of message {id} is gone from the folder queue"),
                format!("restore it from a backup, or end it with `toxmaild queue cancel {id}`"),
            );
        }
    }
    for key in home.pairing.incompatible_homes() {
        found.add(
            format!(
                "{} speaks another version of Toxmail, so no mail crosses",
                names.of(&key)
            ),
            "update both homes to the newest Toxmail",
        );
    }
    if let Some(count) = home.pairing.flood() {
        found.add(
            format!("{count} strangers have asked within an hour to become contacts"),
            "somebody has spread this home's Tox ID: `toxmaild tox-id renew` gives it another one; contacts stay, and their \
             homes learn it by themselves",
        );
    }
    let (doubles, seen_double) = home.pairing.double_homes();
    for key in doubles {
        found.add(
            format!("{} runs on two boxes at once", names.of(&key)),
            "tell the people there: letters go now to the one and now to the other, until they stop one of the two",
        );
    }
    for key in seen_double {
        found.add(
            format!(
                "{} sees this home on two boxes at once: letters go now to the one and now to the other",
                names.of(&key)
            ),
            "stop the other box, and do not start it again with the same folder; if there is none that you know of, somebody has a \
             copy of this home's folder or of a backup: set up a new home, and pair it anew",
        );
    }
    unanswered(&home.database, &names, post.clock.now().wall, &mut found);
    private(&home.dir, &mut found);
    certificate(&home.dir.join("tls"), SystemTime::now(), &mut found);
    found.0
}

/// Looks at the folder of a home that does not run.
pub fn examine_stopped(dir: &Path) -> Vec<Problem> {
    let mut found = Findings::default();
    found.add(
        "the home is not running: no mail goes out or comes in",
        format!("start it with `toxmaild run --data {}`", dir.display()),
    );
    old_toxcore(tox::version(), &mut found);
    let config = match Config::load(dir, Ports::default()) {
        Ok(config) => Some(config),
        Err(e) => {
            found.failure(e.into());
            None
        }
    };
    if let Err(e) = tox::savedata::tox_id(&dir.join("tox.save")) {
        found.failure(e.into());
    }
    disk(dir, &mut found);
    private(dir, &mut found);
    if dir.join("tls").exists() {
        certificate(&dir.join("tls"), SystemTime::now(), &mut found);
    }
    if let Err(failure) = remains::refuse_without_database(dir) {
        found.failure(failure);
        return found.0;
    }
    let path = dir.join(DATABASE);
    if !path.exists() {
        found.add(
            "the home was never started, and nobody has a mailbox",
            "toxmaild member add NAME",
        );
        return found.0;
    }
    match Database::open(&path) {
        Ok(database) => {
            integrity(&database, &mut found);
            if let Err(failure) = remains::refuse_other_identity(dir, &database) {
                found.failure(failure);
            }
            match (Members::open(database.clone()), config) {
                (Ok(members), Some(config)) => people(&members, &config, &mut found),
                (Ok(_), None) => {}
                (Err(e), _) => found.failure(e.into()),
            }
            database.close();
        }
        Err(e) => found.failure(e.into()),
    }
    found.0
}

#[derive(Default)]
pub(super) struct Findings(pub(super) Vec<Problem>);

impl Findings {
    pub(super) fn add(&mut self, problem: impl Into<String>, advice: impl Into<String>) {
        let problem = Problem {
            problem: problem.into(),
            advice: advice.into(),
        };
        // A full disk is met by many checks and told once.
        if !self.0.contains(&problem) {
            self.0.push(problem);
        }
    }

    fn failure(&mut self, failure: Failure) {
        let advice = match failure.advice.as_str() {
            "" => "look into the home's log".to_owned(),
            _ => failure.advice,
        };
        self.add(failure.error, advice);
    }
}

/// What is known of the Tox network.
pub(super) struct Tox {
    pub(super) running: bool,
    pub(super) status: tox::Status,
    pub(super) warnings: Vec<Warning>,
    /// `[tox] bootstrap` is in toxmail.toml.
    pub(super) nodes_from_file: bool,
}

/// Whether it takes too long until a bootstrap node answers.
pub(super) fn nobody_answers(status: &tox::Status) -> bool {
    !status.connection.is_online() && status.bootstrap_rounds > PATIENCE
}

pub(super) fn tox(tox: &Tox, found: &mut Findings) {
    old_toxcore(tox.status.version, found);
    if !tox.running {
        found.add(
            "the Tox thread has ended: no mail crosses",
            "look into the home's log, and start the home again",
        );
        return;
    }
    let offline = !tox.status.connection.is_online();
    let rounds = tox.status.bootstrap_rounds;
    let no_nodes = tox.warnings.contains(&Warning::NoBootstrapNodes);
    if nobody_answers(&tox.status) {
        let advice = if tox.nodes_from_file {
            "look whether this machine reaches the Internet; if it does, name other nodes in [tox] bootstrap of toxmail.toml"
        } else {
            "look whether this machine reaches the Internet; if it does, get https://nodes.tox.chat/json and \
             `toxmaild bootstrap import FILE`"
        };
        found.add(
            format!("Tox is offline, and no bootstrap node has answered in {rounds} rounds"),
            advice,
        );
    } else if offline && !no_nodes {
        found.add(
            "Tox is offline",
            "wait a minute after a start; if it stays, look whether this machine reaches the Internet",
        );
    }
    for warning in &tox.warnings {
        let advice = match warning {
            // Told above, from the version itself.
            Warning::OldLibrary(_) => continue,
            // Wanted, where homes find each other without.
            Warning::NoBootstrapNodes if !offline => continue,
            Warning::NoBootstrapNodes => {
                "name nodes in [tox] bootstrap, or remove that line for the built-in ones"
            }
            Warning::NamesBehindProxy(_) => "write IP addresses into [tox] bootstrap",
            Warning::NotAFriend(..) => {
                "remove the contact, and add it again by the address that they give you now"
            }
            Warning::NotSaved(_) => "make room on the disk, and look whether it is failing",
            Warning::Blind => "tell the makers of Toxmail, with the version of toxcore",
        };
        found.add(warning.to_string(), advice);
    }
}

pub(super) fn old_toxcore(version: (u32, u32, u32), found: &mut Findings) {
    let oldest = tox::OLDEST_SAFE_VERSION;
    if version < oldest {
        let text = |(major, minor, patch)| format!("{major}.{minor}.{patch}");
        found.add(
            format!(
                "toxcore {} has a critical bug (GHSA-42vg-9mg3-399f)",
                text(version)
            ),
            format!(
                "install toxcore {} or later, and start the home again",
                text(oldest)
            ),
        );
    }
}

pub(super) fn listeners(config: &Config, ports: &BTreeMap<String, Value>, found: &mut Findings) {
    for (service, address) in config.listen.services() {
        if ports.contains_key(service) {
            continue;
        }
        if SERVED.contains(&service) {
            found.add(
                format!("{service} is not served on {address}"),
                "start the home again, and look into its log if it stays",
            );
        } else if config.is_written(&format!("listen.{service}")) {
            found.add(
                format!(
                    "[listen] {service} is on in toxmail.toml, but this version has no such service"
                ),
                format!("write {service} = \"\" there, or update Toxmail"),
            );
        }
    }
}

pub(super) fn people(members: &Members, config: &Config, found: &mut Findings) {
    let names: Vec<MemberName> = match members.list() {
        Ok(list) => list.into_iter().map(|member| member.name).collect(),
        Err(e) => return found.failure(e.into()),
    };
    // The mail server that the family has already knows its people itself.
    let gateway = config.gateway.as_ref();
    let elsewhere = gateway.is_some_and(|gateway| gateway.deliver_to.is_some());
    if names.is_empty() && !elsewhere {
        found.add("nobody has a mailbox", "toxmaild member add NAME");
    }
    if let Some(main) = &config.home.main_mailbox
        && !names.contains(main)
        && !elsewhere
    {
        found.add(
            format!(
                "main_mailbox in {} names {main}, who is no member",
                config::FILE
            ),
            format!("`toxmaild member add {main}`, or write another name there"),
        );
    }
    for name in config.home.pairing.iter().flatten() {
        if !names.contains(name) {
            found.add(
                format!("pairing in {} names {name}, who is no member", config::FILE),
                format!("`toxmaild member add {name}`, or write another name there"),
            );
        }
    }
}

fn disk(dir: &Path, found: &mut Findings) {
    match durable::room(dir) {
        Ok(bytes) => room(dir, bytes, found),
        Err(e) => found.failure(e.into()),
    }
}

pub(super) fn room(dir: &Path, bytes: u64, found: &mut Findings) {
    let (dir, megabytes) = (dir.display(), bytes >> 20);
    if bytes < NO_ROOM {
        found.add(
            format!("the disk is full ({megabytes} MB free for {dir}): no letter is taken"),
            "make room now: delete old mail, or give the home a larger disk",
        );
    } else if bytes < LITTLE_ROOM {
        found.add(
            format!("the disk is nearly full ({megabytes} MB free for {dir})"),
            "make room: delete old mail, or give the home a larger disk",
        );
    }
}

/// What people here call another home.
#[derive(Default)]
pub(super) struct Names(HashMap<PeerKey, String>);

impl Names {
    fn of(&self, key: &PeerKey) -> String {
        let name = self.0.get(key).cloned();
        name.unwrap_or_else(|| format!("the home {}…", &key.to_string()[..8]))
    }
}

pub(super) fn names(contacts: &Contacts) -> Result<Names, Failure> {
    let mut names = HashMap::new();
    for row in contacts.list()? {
        let Some(key) = row.key else { continue };
        let is_home = row.address == Some(canonical(None, &key));
        // The home itself, else whoever of its people comes first.
        if is_home || !names.contains_key(&key) {
            names.insert(key, row.name);
        }
    }
    Ok(Names(names))
}

/// Letters for one destination that wait too long.
struct Late {
    letters: u64,
    seconds: u64,
    oldest: i64,
    why: Option<String>,
}

fn late_letters(home: &Running, names: &Names, found: &mut Findings) {
    let limit = home.post.settings().delay_notice_after.as_secs();
    let mut late: BTreeMap<Destination, Late> = BTreeMap::new();
    let looked = letters::each(&home.post.queue, |entry| {
        if entry.age_seconds < limit {
            return Ok(());
        }
        let mut seen = Vec::new();
        for recipient in entry.recipients.iter().filter(|r| r.state == "waiting") {
            let destination = recipient.destination;
            if seen.contains(&destination) {
                continue;
            }
            seen.push(destination);
            // Oldest first: the first one found has waited longest.
            let group = late.entry(destination).or_insert_with(|| Late {
                letters: 0,
                seconds: entry.age_seconds,
                oldest: entry.id.number(),
                why: recipient.reason.clone(),
            });
            group.letters += 1;
        }
        Ok(())
    });
    if let Err(failure) = looked {
        found.failure(failure);
    }
    for (destination, late) in late {
        let whom = match &destination {
            Destination::Local | Destination::Answer => "people in this home".to_owned(),
            Destination::Peer(key) | Destination::Chat(key) => names.of(key),
            Destination::Relay(_) => "people with ordinary addresses".to_owned(),
            Destination::Gateway => "people of the mail server in [gateway]".to_owned(),
        };
        let (letters, wait) = match late.letters {
            1 => ("1 letter".to_owned(), "has waited"),
            count => (format!("{count} letters"), "have waited"),
        };
        let why = late.why.map_or(String::new(), |why| format!(" ({why})"));
        let problem = format!(
            "{letters} for {whom} {wait} for {}{why}",
            span(late.seconds)
        );
        let show = format!("`toxmaild queue show {}`", late.oldest);
        let advice = match destination {
            Destination::Peer(key) | Destination::Chat(key) if !home.outbound.is_ready(&key) => {
                let peer = home.post.contacts.peer(&key).ok().flatten();
                let what = match peer.as_ref().map(|p| p.kind) {
                    Some(Kind::Chat) => "chat program",
                    _ => "home",
                };
                let seen = peer.and_then(|p| p.last_seen);
                absent(what, seen, home.post.clock.now().wall)
            }
            _ => format!("{show} tells more; the home's log says what keeps it"),
        };
        found.add(problem, advice);
    }
}

fn absent(what: &str, last_seen: Option<i64>, now: i64) -> String {
    let seen = match last_seen {
        Some(then) => {
            let ago = u64::try_from(now.saturating_sub(then)).unwrap_or(0);
            format!("their {what} was last seen {} ago", span(ago))
        }
        None => format!("their {what} was never seen"),
    };
    format!("{seen}: ask them whether it is switched on and reaches the Internet")
}

/// Accounts at mail providers that did not work the last time.
pub(super) fn providers(accounts: &[Listed], found: &mut Findings) {
    for account in accounts {
        let Some((why, _)) = &account.trouble else {
            continue;
        };
        let (whose, option) = match &account.member {
            None => ("the home".to_owned(), String::new()),
            Some(member) => (member.to_string(), format!(" --member {member}")),
        };
        let set = match account.from_file {
            true => "correct [relay] in toxmail.toml".to_owned(),
            false => format!("set it again with `toxmaild provider set{option}`"),
        };
        found.add(
            format!("letters to ordinary addresses wait: the provider of {whose} did not take any ({why})"),
            format!("try it with `toxmaild provider test{option}`; if it stays, {set}"),
        );
    }
}

pub(super) fn unanswered(database: &Database, names: &Names, now: i64, found: &mut Findings) {
    let asked = database.read(|c| -> Result<Vec<[u8; 32]>, crate::database::Error> {
        let mut statement = c.prepare_cached(
            "SELECT key FROM peers WHERE state = 'asked' AND blocked = 0 AND added < ?1 ORDER BY added",
        )?;
        let rows = statement.query_map([now - UNANSWERED], |r| r.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    });
    match asked {
        Ok(asked) => {
            for key in asked.into_iter().map(PeerKey::from_bytes) {
                found.add(
                    format!("{} has not answered our request for a week", names.of(&key)),
                    "ask them to accept it, or for their Tox address or an invitation once more; or remove the contact",
                );
            }
        }
        Err(e) => found.failure(e.into()),
    }
}

/// What holds secrets is for the home alone.
pub(super) fn private(dir: &Path, found: &mut Findings) {
    let names = [
        "",
        "tox.save",
        "secret.key",
        DATABASE,
        "tls/ca.key",
        "tls/server.key",
    ];
    for name in names {
        let path = if name.is_empty() {
            dir.to_owned()
        } else {
            dir.join(name)
        };
        let facts = match fs::metadata(&path) {
            Ok(facts) => facts,
            Err(e) if e.kind() == io::ErrorKind::NotFound => continue,
            Err(e) => {
                found.failure(e.into());
                continue;
            }
        };
        let mode = facts.permissions().mode() & 0o777;
        if mode & 0o077 != 0 {
            let right = if facts.is_dir() { "700" } else { "600" };
            found.add(
                format!(
                    "{} is open to other users (mode {mode:03o})",
                    path.display()
                ),
                format!("chmod {right} {}", path.display()),
            );
        }
    }
}

pub(super) fn certificate(tls: &Path, now: SystemTime, found: &mut Findings) {
    for (name, is_key) in [("ca.pem", false), ("ca.key", true), ("server.key", true)] {
        let path = tls.join(name);
        let read = if is_key {
            PrivateKeyDer::from_pem_file(&path).map(drop)
        } else {
            CertificateDer::from_pem_file(&path).map(drop)
        };
        if let Err(e) = read {
            unreadable(&path, &pem_trouble(&e), found);
        }
    }
    let path = tls.join("server.pem");
    let certificate = match CertificateDer::from_pem_file(&path) {
        Ok(certificate) => certificate,
        Err(e) => return unreadable(&path, &pem_trouble(&e), found),
    };
    let Ok((_, certificate)) = x509_parser::parse_x509_certificate(&certificate) else {
        return unreadable(&path, "it is no certificate", found);
    };
    let ends = u64::try_from(certificate.validity().not_after.timestamp()).unwrap_or(0);
    let now = now.duration_since(UNIX_EPOCH).unwrap_or_default();
    let left = Duration::from_secs(ends).saturating_sub(now);
    if left < ENDS_SOON {
        let problem = match left.as_secs() {
            0 => "the certificate that mail programs see has expired".to_owned(),
            seconds => format!(
                "the certificate that mail programs see expires in {}",
                span(seconds)
            ),
        };
        let advice = "start the home again: it makes a new one; if it stays, look into its log and at the clock";
        found.add(problem, advice);
    }
}

fn pem_trouble(error: &rustls::pki_types::pem::Error) -> String {
    use rustls::pki_types::pem::Error;
    match error {
        Error::Io(e) => e.to_string(),
        _ => "it is not what it should be".to_owned(),
    }
}

fn unreadable(path: &Path, why: &str, found: &mut Findings) {
    let advice = match path.file_name().and_then(|name| name.to_str()) {
        Some("ca.pem" | "ca.key") => {
            "restore the folder tls from a backup; without one remove it and start the home again, and every device has to \
             trust it again"
        }
        _ => "start the home again: it makes a new one",
    };
    found.add(format!("{} cannot be read: {why}", path.display()), advice);
}

fn integrity(database: &Database, found: &mut Findings) {
    let verdict = database.read(|c| -> Result<String, crate::database::Error> {
        Ok(c.query_row("PRAGMA quick_check(1)", [], |r| r.get(0))?)
    });
    match verdict {
        Ok(verdict) if verdict == "ok" => {}
        Ok(verdict) => found.add(
            format!(
                "{DATABASE} is damaged: {}",
                verdict.lines().next().unwrap_or_default()
            ),
            "restore a backup before the home is started again",
        ),
        Err(e) => found.failure(e.into()),
    }
}

/// A time in words.
fn span(seconds: u64) -> String {
    let (count, unit) = match seconds {
        0..120 => (seconds, "second"),
        120..7200 => (seconds / 60, "minute"),
        7200..172_800 => (seconds / 3600, "hour"),
        _ => (seconds / 86_400, "day"),
    };
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {unit}{plural}")
}
