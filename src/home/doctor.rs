//! What is wrong with a home, and what to do: one line each.
//!
//! The doctor looks and changes nothing. What it cannot look at is a finding, too. Each check is a function of plain facts;
//! [`examine`] and [`examine_stopped`] gather them.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde_json::Value;

use super::operator::Running;
use super::remains;
use super::stopped::DATABASE;
use crate::appliance::hardware;
use crate::config::{self, Config, Ports};
use crate::contacts::{Contacts, Kind};
use crate::control::Failure;
use crate::control::answer::Problem;
use crate::control::finding::{Finding, Severity};
use crate::database::Database;
use crate::durable;
use crate::mail::address::{MemberName, PeerKey, canonical};
use crate::members::Members;
use crate::providers::Listed;
use crate::queue::{Destination, Late};
use crate::tox::{self, Warning};

/// Free disk below which somebody should know.
const LITTLE_ROOM: u64 = 200 << 20;
/// Free disk below which letters are refused.
pub(super) const NO_ROOM: u64 = durable::RESERVE;
/// Rounds of bootstrapping that may go without an answer: the fourth comes after half a minute.
const PATIENCE: u32 = 3;
/// How long a friend request may go unanswered.
const UNANSWERED: i64 = 7 * 86_400;
/// A certificate that ends so soon should have been made again long ago.
const ENDS_SOON: Duration = Duration::from_secs(30 * 86_400);
/// No connection for so long is no hiccup of the provider any more.
const LONG_OFFLINE: Duration = Duration::from_secs(3600);
/// After a start relays answer first, and UDP follows within a minute or two.
const LONG_RELAYED: Duration = Duration::from_secs(600);

/// What is wrong with a running home: all that is more than a note.
pub(super) fn wrong(home: &Running) -> Vec<Problem> {
    let mut found = examine(home, Depth::Thorough);
    found.retain(|problem| problem.severity != Severity::Note.word());
    found
}

/// How closely a home is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Depth {
    /// What takes a few milliseconds: for a page that is looked at often.
    Glance,
    /// Other machines are asked, too: that takes seconds where they do not answer.
    Thorough,
}

/// Looks at a running home.
pub fn examine(home: &Running, depth: Depth) -> Vec<Problem> {
    let mut found = Findings::default();
    let (config, post) = (home.config(), &home.post);
    let names = match names(&post.contacts) {
        Ok(names) => names,
        Err(failure) => {
            found.failure(failure);
            Names::default()
        }
    };
    tox(
        &Tox {
            running: home.node.is_running(),
            status: home.node.status(),
            warnings: home.node.warnings(),
            nodes_from_file: config.tox.bootstrap.is_some(),
            udp_port: home.node.udp_port(),
        },
        &names,
        &mut found,
    );
    if let Err(e) = Config::load(&home.dir, Ports::default()) {
        // The home goes on with what it has read before, and would not start again.
        found.settings(e);
    }
    people(&post.members, &config, &mut found);
    super::doctor_gateway::look(&config, depth, &mut found);
    super::doctor_gateway::waiting(&post.queue, &mut found);
    disk(&home.dir, &mut found);
    machine(&home.dir, &mut found);
    if !post.clock.trusted() {
        found.add(
            Finding::ClockNotSet,
            [],
            "this machine's clock is not set, so letters that wait too long are not noticed in time",
            "connect it to the Internet, and switch on time synchronisation (NTP)",
        );
    }
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
                Finding::LetterLost,
                [("id", id.number().into())],
                format!("the file of message {id} is gone from the folder queue"),
                format!("restore it from a backup, or end it with `toxmaild queue cancel {id}`"),
            );
        }
    }
    for key in home.pairing.incompatible_homes() {
        found.add(
            Finding::Incompatible,
            [("name", names.of(&key).into())],
            format!(
                "{} speaks another version of Toxmail, so no mail crosses",
                names.of(&key)
            ),
            "update both homes to the newest Toxmail",
        );
    }
    if home.node.udp_port().is_none() && post.direct.is_used() {
        found.add(
            Finding::DirectOnlyWithoutUdp,
            [],
            "some contacts are set to direct only, and this home has no direct connections at all: letters to them wait",
            "set udp = true in [tox], without a proxy; or allow relays with `toxmaild contact direct NAME off`",
        );
    }
    if let Some(count) = home.pairing.flood() {
        found.add(
            Finding::RequestFlood,
            [("count", count.into())],
            format!("{count} strangers have asked within an hour to become contacts"),
            "somebody has spread this home's Tox ID: `toxmaild tox-id renew` gives it another one; contacts stay, and their \
             homes learn it by themselves",
        );
    }
    let (doubles, seen_double) = home.pairing.double_homes();
    for key in doubles {
        found.add(
            Finding::PeerDouble,
            [("name", names.of(&key).into())],
            format!("{} runs on two boxes at once", names.of(&key)),
            "tell the people there: letters go now to the one and now to the other, until they stop one of the two",
        );
    }
    for key in seen_double {
        found.add(
            Finding::SeenDouble,
            [("name", names.of(&key).into())],
            format!(
                "{} sees this home on two boxes at once: letters go now to the one and now to the other",
                names.of(&key)
            ),
            "stop the other box, and do not start it again with the same folder; if there is none that you know of, somebody has a \
             copy of this home's folder or of a backup: set up a new home, and pair it anew",
        );
    }
    let now = post.clock.now().wall;
    unanswered(&home.database, &names, now, &mut found);
    super::health::look(home, &names, now, &mut found);
    private(&home.dir, &mut found);
    certificate(&home.dir.join("tls"), SystemTime::now(), &mut found);
    found.0
}

/// Looks at the folder of a home that does not run.
pub fn examine_stopped(dir: &Path) -> Vec<Problem> {
    let mut found = Findings::default();
    found.add(
        Finding::NotRunning,
        [("folder", dir.display().to_string().into())],
        "the home is not running: no mail goes out or comes in",
        format!("start it with `toxmaild run --data {}`", dir.display()),
    );
    old_toxcore(tox::version(), &mut found);
    let config = match Config::load(dir, Ports::default()) {
        Ok(config) => Some(config),
        Err(e) => {
            found.settings(e);
            None
        }
    };
    if let Err(e) = tox::savedata::tox_id(&dir.join("tox.save")) {
        found.failure(e.into());
    }
    disk(dir, &mut found);
    machine(dir, &mut found);
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
            Finding::NeverStarted,
            [],
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
    pub(super) fn add<const N: usize>(
        &mut self,
        finding: Finding,
        args: [(&str, Value); N],
        problem: impl Into<String>,
        advice: impl Into<String>,
    ) {
        debug_assert!(
            args.iter()
                .map(|(name, _)| *name)
                .eq(finding.args().iter().copied()),
            "{finding:?}: {args:?}"
        );
        let args = args.into_iter();
        let problem = Problem {
            code: finding.word().to_owned(),
            severity: finding.severity().word().to_owned(),
            args: args.map(|(name, value)| (name.to_owned(), value)).collect(),
            problem: problem.into(),
            advice: advice.into(),
        };
        // A full disk is met by many checks and told once.
        if !self.0.contains(&problem) {
            self.0.push(problem);
        }
    }

    /// A room says what is wrong with it.
    pub(super) fn failure(&mut self, failure: Failure) {
        self.because(Finding::OutOfOrder, failure);
    }

    fn settings(&mut self, error: config::Error) {
        self.because(Finding::SettingsMistake, error.into());
    }

    fn because(&mut self, finding: Finding, failure: Failure) {
        let advice = match failure.advice.as_str() {
            "" => "look into the home's log".to_owned(),
            _ => failure.advice,
        };
        let error = [("error", failure.error.clone().into())];
        self.add(finding, error, failure.error, advice);
    }
}

/// What is known of the Tox network.
pub(super) struct Tox {
    pub(super) running: bool,
    pub(super) status: tox::Status,
    pub(super) warnings: Vec<Warning>,
    /// `[tox] bootstrap` is in toxmail.toml.
    pub(super) nodes_from_file: bool,
    /// Where UDP should come through.
    pub(super) udp_port: Option<u16>,
}

/// Whether it takes too long until a bootstrap node answers.
pub(super) fn nobody_answers(status: &tox::Status) -> bool {
    !status.connection.is_online() && status.bootstrap_rounds > PATIENCE
}

pub(super) fn tox(tox: &Tox, names: &Names, found: &mut Findings) {
    old_toxcore(tox.status.version, found);
    if !tox.running {
        found.add(
            Finding::ToxEnded,
            [],
            "the Tox thread has ended: no mail crosses",
            "look into the home's log, and start the home again",
        );
        return;
    }
    let offline = !tox.status.connection.is_online();
    let rounds = tox.status.bootstrap_rounds;
    let lasts = tox.status.lasts.as_secs();
    let no_nodes = tox.warnings.contains(&Warning::NoBootstrapNodes);
    if nobody_answers(&tox.status) {
        let advice = if tox.nodes_from_file {
            "look whether this machine reaches the Internet; if it does, name other nodes in [tox] bootstrap of toxmail.toml"
        } else {
            "look whether this machine reaches the Internet; if it does, get https://nodes.tox.chat/json and \
             `toxmaild bootstrap import FILE`"
        };
        found.add(
            Finding::ToxNobodyAnswers,
            [("rounds", rounds.into())],
            format!("Tox is offline, and no bootstrap node has answered in {rounds} rounds"),
            advice,
        );
    } else if offline && !no_nodes {
        let (finding, problem) = match tox.status.lasts < LONG_OFFLINE {
            true => (Finding::ToxOffline, "Tox is offline".to_owned()),
            false => (
                Finding::ToxOfflineLong,
                format!("Tox has been offline for {}", span(lasts)),
            ),
        };
        found.add(
            finding,
            [("seconds", lasts.into())],
            problem,
            "wait a minute after a start; if it stays, look whether this machine reaches the Internet",
        );
    }
    if let (Some(port), tox::Connection::Tcp) = (tox.udp_port, tox.status.connection)
        && tox.status.lasts >= LONG_RELAYED
    {
        found.add(
            Finding::ToxRelayed,
            [("port", port.into()), ("seconds", lasts.into())],
            format!("no UDP has come through for {}: mail goes through relays, which is slower", span(lasts)),
            format!(
                "open UDP port {port} to this machine in the router (\"port forwarding\"), or allow UDP in its firewall"
            ),
        );
    }
    for warning in &tox.warnings {
        match warning {
            // Told above, from the version itself.
            Warning::OldLibrary(_) => {}
            Warning::NoBootstrapNodes => {
                // Wanted, where homes find each other without.
                if offline {
                    let advice =
                        "name nodes in [tox] bootstrap, or remove that line for the built-in ones";
                    found.add(Finding::NoBootstrapNodes, [], warning.to_string(), advice);
                }
            }
            Warning::NamesBehindProxy(count) => found.add(
                Finding::NamesBehindProxy,
                [("count", (*count).into())],
                warning.to_string(),
                "write IP addresses into [tox] bootstrap",
            ),
            Warning::NotAFriend(key, why) => found.add(
                Finding::NotAFriend,
                [("name", names.of(key).into()), ("why", why.clone().into())],
                warning.to_string(),
                "remove the contact, and add it again by the address that they give you now",
            ),
            Warning::NotSaved(why) => found.add(
                Finding::IdentityNotSaved,
                [("why", why.clone().into())],
                warning.to_string(),
                "make room on the disk, and look whether it is failing",
            ),
            Warning::Blind => found.add(
                Finding::ToxBlind,
                [],
                warning.to_string(),
                "tell the makers of Toxmail, with the version of toxcore",
            ),
        }
    }
}

pub(super) fn old_toxcore(version: (u32, u32, u32), found: &mut Findings) {
    let oldest = tox::OLDEST_SAFE_VERSION;
    if version < oldest {
        let text = |(major, minor, patch)| format!("{major}.{minor}.{patch}");
        found.add(
            Finding::OldToxcore,
            [
                ("version", text(version).into()),
                ("oldest", text(oldest).into()),
            ],
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

pub(super) fn people(members: &Members, config: &Config, found: &mut Findings) {
    let names: Vec<MemberName> = match members.list() {
        Ok(list) => list.into_iter().map(|member| member.name).collect(),
        Err(e) => return found.failure(e.into()),
    };
    // The mail server that the family has already knows its people itself.
    let gateway = config.gateway.as_ref();
    let elsewhere = gateway.is_some_and(|gateway| gateway.deliver_to.is_some());
    if names.is_empty() && !elsewhere {
        found.add(
            Finding::NoMembers,
            [],
            "nobody has a mailbox",
            "toxmaild member add NAME",
        );
    }
    if let Some(main) = &config.home.main_mailbox
        && !names.contains(main)
        && !elsewhere
    {
        found.add(
            Finding::NoMainMailbox,
            [("name", main.to_string().into())],
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
                Finding::NoPairingMember,
                [("name", name.to_string().into())],
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
    let args = [("bytes", bytes.into()), ("folder", dir.to_string().into())];
    if bytes < NO_ROOM {
        found.add(
            Finding::DiskFull,
            args,
            format!("the disk is full ({megabytes} MB free for {dir}): no letter is taken"),
            "make room now: delete old mail, or give the home a larger disk",
        );
    } else if bytes < LITTLE_ROOM {
        found.add(
            Finding::DiskLow,
            args,
            format!("the disk is nearly full ({megabytes} MB free for {dir})"),
            "make room: delete old mail, or give the home a larger disk",
        );
    }
}

fn machine(dir: &Path, found: &mut Findings) {
    let doors = hardware::doors(Path::new(hardware::DOORS));
    let mut troubles =
        hardware::kernel_said(Path::new(hardware::POWER), Path::new(hardware::READS));
    // Now, and before: that is one trouble.
    for trouble in hardware::look(Path::new("/sys"), dir) {
        if !troubles.contains(&trouble) {
            troubles.push(trouble);
        }
    }
    for trouble in troubles.into_iter().chain(doors) {
        ails(trouble, found);
    }
}

pub(super) fn ails(trouble: hardware::Trouble, found: &mut Findings) {
    use hardware::Trouble;
    const NEW_CARD: &str =
        "make a backup now (`toxmaild backup create FILE`), and restore it on a new card";
    match trouble {
        Trouble::UnderVoltage => found.add(
            Finding::UnderVoltage,
            [],
            "this machine gets too little power",
            "use the power supply that was made for it: too little power can spoil the card",
        ),
        Trouble::Doors(plain) => found.add(
            Finding::Doors,
            [("plain", plain.into())],
            match plain {
                true => "the packet filter could not be set up, and a simpler one stands in for it",
                false => "there is no packet filter: only the home itself keeps strangers out",
            },
            "switch the box off and on; if it stays, put the last version back, or another one on the card",
        ),
        Trouble::Overheating(degrees) => found.add(
            Finding::Overheating,
            [("degrees", degrees.into())],
            format!("this machine is too hot ({degrees} degrees Celsius)"),
            "give it air",
        ),
        Trouble::CardWorn(percent) => found.add(
            Finding::CardWorn,
            [("percent", percent.into())],
            format!("the memory card is near the end of its life ({percent} % of it are used)"),
            NEW_CARD,
        ),
        Trouble::CardErrors(count) => found.add(
            Finding::CardErrors,
            [("count", count.into())],
            format!("the file system of this home has met {count} errors"),
            NEW_CARD,
        ),
        Trouble::CardUnreadable => found.add(
            Finding::CardUnreadable,
            [],
            "the card or disk could not be read or written in some place",
            NEW_CARD,
        ),
    }
}

/// What people here call another home.
#[derive(Default)]
pub(super) struct Names(HashMap<PeerKey, String>);

impl Names {
    pub(super) fn of(&self, key: &PeerKey) -> String {
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

fn late_letters(home: &Running, names: &Names, found: &mut Findings) {
    let limit = home.post.settings().delay_notice_after;
    let late = match home.post.queue.late(limit) {
        Ok(late) => late,
        Err(e) => return found.failure(e.into()),
    };
    for Late {
        destination,
        letters,
        seconds,
        oldest,
        why,
    } in late
    {
        let whom = match &destination {
            Destination::Local | Destination::Answer => "people in this home".to_owned(),
            Destination::Tox(key) | Destination::Chat(key) => names.of(key),
            Destination::Relay(_) => "people with ordinary addresses".to_owned(),
            Destination::Gateway => "people of the mail server in [gateway]".to_owned(),
        };
        let (count, wait) = match letters {
            1 => ("1 letter".to_owned(), "has waited"),
            count => (format!("{count} letters"), "have waited"),
        };
        let because = why
            .as_ref()
            .map_or(String::new(), |why| format!(" ({why})"));
        let problem = format!("{count} for {whom} {wait} for {}{because}", span(seconds));
        let (mut name, mut last_seen) = (Value::Null, Value::Null);
        let advice = match destination.peer() {
            Some(key) if !home.outbound.is_ready(&key) => {
                let peer = home.post.contacts.peer(&key).ok().flatten();
                let what = match peer.as_ref().map(|p| p.kind) {
                    Some(Kind::Chat) => "chat program",
                    _ => "home",
                };
                let seen = peer.and_then(|p| p.last_seen);
                last_seen = seen.into();
                absent(what, seen, home.post.clock.now().wall)
            }
            _ => format!(
                "`toxmaild queue show {oldest}` tells more; the home's log says what keeps it"
            ),
        };
        if let Some(key) = destination.peer() {
            name = names.of(&key).into();
        }
        found.add(
            Finding::LettersLate,
            [
                ("letters", letters.into()),
                ("seconds", seconds.into()),
                ("route", destination.kind().into()),
                ("name", name),
                ("last_seen", last_seen),
                ("why", why.into()),
                ("id", oldest.number().into()),
            ],
            problem,
            advice,
        );
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
        let Some((why, since)) = &account.trouble else {
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
            Finding::ProviderFails,
            [
                ("member", account.member.as_ref().map(ToString::to_string).into()),
                ("why", why.clone().into()),
                ("since", (*since).into()),
            ],
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
                    Finding::Unanswered,
                    [("name", names.of(&key).into())],
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
                Finding::OpenToOthers,
                [
                    ("path", path.display().to_string().into()),
                    ("mode", format!("{mode:03o}").into()),
                ],
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
        match left.as_secs() {
            0 => found.add(Finding::CertificateExpired, [], problem, advice),
            seconds => found.add(
                Finding::CertificateEnds,
                [("seconds", seconds.into())],
                problem,
                advice,
            ),
        }
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
    found.add(
        Finding::CertificateUnreadable,
        [
            ("path", path.display().to_string().into()),
            ("why", why.into()),
        ],
        format!("{} cannot be read: {why}", path.display()),
        advice,
    );
}

fn integrity(database: &Database, found: &mut Findings) {
    let verdict = database.read(|c| -> Result<String, crate::database::Error> {
        Ok(c.query_row("PRAGMA quick_check(1)", [], |r| r.get(0))?)
    });
    match verdict {
        Ok(verdict) if verdict == "ok" => {}
        Ok(verdict) => {
            let why = verdict.lines().next().unwrap_or_default();
            found.add(
                Finding::DatabaseDamaged,
                [("why", why.into())],
                format!("{DATABASE} is damaged: {why}"),
                "restore a backup before the home is started again",
            );
        }
        Err(e) => found.failure(e.into()),
    }
}

/// A time in words.
pub(super) fn span(seconds: u64) -> String {
    let (count, unit) = match seconds {
        0..120 => (seconds, "second"),
        120..7200 => (seconds / 60, "minute"),
        7200..172_800 => (seconds / 3600, "hour"),
        _ => (seconds / 86_400, "day"),
    };
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {unit}{plural}")
}
