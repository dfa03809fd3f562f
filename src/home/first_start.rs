//! The first start: how the home can be claimed, and what was answered beforehand on the boot partition.
//!
//! # Rules
//! - Without a boot folder the code is made here, kept until it was used, and printed in the terminal.
//! - A file in the boot folder is used while nobody lives here or the setup is not finished; doing it twice is no matter. What is
//!   secret in it is overwritten and removed once it was used.
//! - A file is found as well with the second ending that Windows' editor gives it and then hides (`setup-code.txt.txt`).
//! - A mistake in such a file keeps no home from starting: the log and the setup page tell it.

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};
use tokio::sync::watch;

use super::remains;
use crate::appliance::backup::{self, Paper};
use crate::appliance::network;
use crate::clock;
use crate::config::answers::{ANSWERS, Answers, Server};
use crate::config::wifi::Wifi;
use crate::config::{Config, Home, Ports};
use crate::control::protocol::{Failure, NewProvider, Operator, Request, Secret};
use crate::database::{self, Database};
use crate::durable;
use crate::journal;
use crate::mail::address::MemberName;
use crate::members;
use crate::providers::known;
use crate::web::claim::{self, Claims, Code, Record, Settings, Step, Way};

/// The file with the setup code in the boot folder.
const CODE_FILE: &str = "setup-code.txt";
/// Where a code of our own is kept.
const CODE: &str = "setup.code";
/// The digest of the Wi-Fi that an unfinished setup file has asked for, and that the box has tried, so that it does not ask for it at each start.
const WIFI: &str = "setup.wifi";

/// What the first start found.
pub(super) struct FirstStart {
    boot: Option<PathBuf>,
    answers: Option<Answers>,
    mistakes: Vec<String>,
    /// A code of our own, for the terminal.
    printed: Option<String>,
    way: Way,
}

impl FirstStart {
    /// Looks into the boot folder, and lets count what is answered there of the settings.
    ///
    /// # Errors
    /// The database.
    pub(super) fn look(
        boot: Option<&Path>,
        config: &Config,
        database: &Database,
    ) -> anyhow::Result<Self> {
        let mut found = Self {
            boot: boot.map(Path::to_owned),
            answers: None,
            mistakes: Vec::new(),
            printed: None,
            way: Way::Shut,
        };
        let claimed = is_claimed(database)?;
        if claimed {
            found.forget_code(database);
        } else {
            // A power cut may have come between the claim's first row and its last.
            claim::unbegin(database)?;
            found.way = found.way_in(database)?;
        }
        found.read_answers(claimed, database)?;
        if let Some(answers) = &found.answers {
            let chosen = [
                (Home::NAME, &answers.name),
                (Home::LANGUAGE, &answers.language),
            ];
            for (key, value) in chosen {
                if let Some(value) = value
                    && !config.is_written(key)
                {
                    database.set_setting(key, Some(value))?;
                }
            }
        }
        Ok(found)
    }

    fn way_in(&mut self, database: &Database) -> anyhow::Result<Way> {
        let Some(boot) = &self.boot else {
            let code = match database.setting(CODE)? {
                Some(code) => code,
                None => {
                    let code = new_code()?;
                    database.set_setting(CODE, Some(&code))?;
                    code
                }
            };
            self.printed = Some(code.clone());
            return Ok(Code::new(&code).map_or(Way::Shut, Way::Code));
        };
        let path = left(boot, CODE_FILE);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Way::Window),
            Err(e) => {
                self.mistaken(format!("{}: {e}", path.display()));
                return Ok(Way::Shut);
            }
        };
        Ok(Code::new(&text).map_or_else(
            || {
                let shortest = claim::SHORTEST_CODE;
                self.mistaken(format!(
                    "{}: a setup code has at least {shortest} letters or digits; write another, or remove the file",
                    path.display()
                ));
                Way::Shut
            },
            Way::Code,
        ))
    }

    fn read_answers(&mut self, claimed: bool, database: &Database) -> anyhow::Result<()> {
        let Some(boot) = &self.boot else {
            return Ok(());
        };
        let path = left(boot, ANSWERS);
        let unfinished = database
            .read(|c| Ok::<_, database::Error>(claim::step(c)?))?
            .is_some();
        match Answers::load(&path, server_of) {
            Ok(None) => {}
            Ok(Some(_)) if claimed && !unfinished => {
                journal::setup_file_ignored(&path);
            }
            Ok(answers) => self.answers = answers,
            Err(e) => self.mistaken(format!("{e}: {}", e.advice)),
        }
        Ok(())
    }

    fn mistaken(&mut self, mistake: String) {
        journal::trouble("setup", &mistake);
        self.mistakes.push(mistake);
    }

    /// Does what was answered, and forgets the file; the Wi-Fi that a file that stays has asked for.
    pub(super) fn apply(
        &mut self,
        home: &dyn Operator,
        database: &Database,
        network: Option<&network::Desk>,
    ) -> Option<Wish> {
        let (Some(answers), Some(boot)) = (self.answers.take(), self.boot.clone()) else {
            return None;
        };
        let before = self.mistakes.len();
        let mut wish = answers
            .wifi
            .as_ref()
            .and_then(|wifi| self.connect(wifi, network, database));
        if let Err(e) = self.move_in(&answers, home, database) {
            self.mistaken(e.to_string());
        }
        if self.mistakes.len() == before {
            erase(&boot, ANSWERS);
            // The box keeps the file itself until the network was tried (overlay/usr/lib/toxmail/handed).
            wish = None;
            if let Err(e) = database.set_setting(WIFI, None) {
                journal::trouble("setup", &e);
            }
        }
        if is_claimed(database).unwrap_or(false) {
            self.way = Way::Shut;
            self.printed = None;
            self.forget_code(database);
        }
        wish
    }

    /// Leaves the Wi-Fi to the box. Whether that takes it in is told on the page of the network.
    ///
    /// A file that waits for something else to be mended asks until the box has tried it, and no more: the box would leave the network that
    /// somebody has chosen since. Where it has none at all it asks again.
    fn connect(
        &mut self,
        wifi: &Wifi,
        network: Option<&network::Desk>,
        database: &Database,
    ) -> Option<Wish> {
        let Some(desk) = network else {
            let why = "only a whole box can be told its Wi-Fi; take the section out";
            self.mistaken(format!("{ANSWERS}: [wifi]: {why}"));
            return None;
        };
        let digest = digest(wifi);
        let asked = database.setting(WIFI).ok().flatten();
        let has_one = || desk.state().is_ok_and(|state| state.saved.is_some());
        if asked.as_deref() == Some(&digest) && has_one() {
            return None;
        }
        if let Err(e) = desk.ask(&network::Request::Join(wifi.clone())) {
            self.mistaken(format!("{ANSWERS}: [wifi]: {e}"));
            return None;
        }
        Some(Wish {
            digest,
            desk: desk.clone(),
            database: database.clone(),
        })
    }

    fn move_in(
        &mut self,
        answers: &Answers,
        home: &dyn Operator,
        database: &Database,
    ) -> anyhow::Result<()> {
        if !answers.members.is_empty() && !is_claimed(database)? {
            let record = Record {
                at: clock::wall_seconds(),
                from: None,
                code: false,
            };
            let step = match answers.provider {
                Some(_) => Step::Pair,
                None => Step::Provider,
            };
            claim::begin(database, &record, step)?;
        }
        let known: Vec<String> = members_of(database)?;
        for person in &answers.members {
            if known.contains(&person.name.to_string()) {
                continue;
            }
            let added = home.handle(Request::MemberAdd {
                name: person.name.clone(),
                display: person.display.clone(),
                password: Secret::new(person.password.to_string()),
            });
            if let Err(e) = added {
                self.mistaken(format!("{ANSWERS}: {}: {e}. {}", person.name, e.advice));
            }
        }
        if let Some(provider) = &answers.provider {
            // Tried when it is used: there may be no internet yet, and the page tells what is wrong with it.
            let set = home.handle(Request::ProviderSet(NewProvider {
                member: None,
                host: provider.host.clone(),
                port: provider.port,
                tls: provider.tls,
                username: provider.username.clone(),
                password: Secret::new(provider.password.to_string()),
                address: None,
                untested: true,
            }));
            if let Err(e) = set {
                self.mistaken(format!("{ANSWERS}: [provider]: {e}. {}", e.advice));
            }
            let first = answers.members.first().map(|person| person.name.clone());
            if let (Some(name), Some(address)) = (first, &provider.address) {
                let added = home.handle(Request::MemberAddressAdd {
                    name,
                    address: address.clone(),
                });
                if let Err(e) = added {
                    self.mistaken(format!("{ANSWERS}: {address}: {e}. {}", e.advice));
                }
            }
        }
        Ok(())
    }

    /// The door for the page; a backup is unpacked in the home's folder. With the ports of a home whose settings name none, and those that are
    /// open now.
    pub(super) fn door(
        &self,
        database: &Database,
        dir: &Path,
        (ports, open): (Ports, Vec<SocketAddr>),
        restart: Restart,
    ) -> Claims {
        self.claims(database).restoring(Restorer {
            dir: dir.to_owned(),
            ports,
            open,
            restart,
        })
    }

    fn claims(&self, database: &Database) -> Claims {
        let (boot, database) = (self.boot.clone(), database.clone());
        let mistake = (!self.mistakes.is_empty()).then(|| self.mistakes.join(" "));
        Claims::new(self.way.clone())
            .mistaken(mistake)
            .when_used(move || forget(boot.as_deref(), &database))
    }

    fn forget_code(&self, database: &Database) {
        forget(self.boot.as_deref(), database);
    }

    /// Tells whoever sits at the terminal where the page is, and the code.
    pub(super) fn announce(
        &self,
        http: Option<SocketAddr>,
        https: Option<SocketAddr>,
        hostname: &str,
        fingerprint: &str,
    ) {
        let (Some(code), Some((scheme, port))) = (
            &self.printed,
            http.map(|a| ("http", a.port()))
                .or(https.map(|a| ("https", a.port()))),
        ) else {
            return;
        };
        // For a person at a terminal; the log has no secret in it. A reader that went away is no error.
        use std::io::Write;
        let usual = if scheme == "http" { 80 } else { 443 };
        let port = if port == usual {
            String::new()
        } else {
            format!(":{port}")
        };
        let _ = writeln!(
            io::stdout().lock(),
            "\nNobody lives in this home yet. Open its page and type the setup code:\n\
             \n  page         {scheme}://localhost{port}/ here, {scheme}://{hostname}{port}/ elsewhere at home\
             \n  setup code   {} {}\
             \n  certificate  {fingerprint}\n\
             \nThe browser warns once; the certificate's fingerprint (SHA-256) is to compare.\n",
            code.get(..4).unwrap_or(code),
            code.get(4..).unwrap_or_default(),
        );
    }
}

/// The Wi-Fi of a setup file that stays, until the box has tried it: were it noted before, a power cut in between would lose it.
pub(super) struct Wish {
    digest: String,
    desk: network::Desk,
    database: Database,
}

impl Wish {
    /// How often it is looked whether the box is done: it tries for a minute at most.
    const LOOK: Duration = Duration::from_secs(2);

    /// Waits for the box, and notes that it has tried.
    pub(super) async fn run(self, mut stopped: watch::Receiver<bool>) {
        let wish = Arc::new(self);
        loop {
            tokio::select! {
                () = tokio::time::sleep(Self::LOOK) => {}
                _ = stopped.wait_for(|stopped| *stopped) => return,
            }
            let wish = Arc::clone(&wish);
            let noted = tokio::task::spawn_blocking(move || wish.note());
            if noted.await.unwrap_or(true) {
                return;
            }
        }
    }

    /// Notes it, if the box is done; whether that is so.
    fn note(&self) -> bool {
        let is_waiting = self.desk.is_waiting().unwrap_or(true);
        let phase = self.desk.state().ok().and_then(|state| state.phase);
        if is_waiting || phase.is_none_or(network::Phase::is_under_way) {
            return false;
        }
        if let Err(e) = self.database.set_setting(WIFI, Some(&self.digest)) {
            journal::trouble("setup", &e);
        }
        true
    }
}

/// Has the house start again: see [`super::live`].
pub(super) type Restart = tokio::sync::mpsc::Sender<()>;

/// Takes a backup in the page.
struct Restorer {
    dir: PathBuf,
    ports: Ports,
    /// Where this home listens.
    open: Vec<SocketAddr>,
    restart: Restart,
}

impl claim::Restore for Restorer {
    fn unpack(&self, archive: &mut dyn io::Read, passphrase: &str) -> Result<Settings, Failure> {
        let staged = backup::stage(&self.dir, archive, passphrase, self.ports, &self.open)?;
        Ok(match staged.settings {
            None => Settings::Kept,
            Some(_) => Settings::Aside,
        })
    }

    fn take_paper(&self, text: &str, passphrase: &str) -> Result<String, Failure> {
        let paper = Paper::read(text, passphrase)?;
        backup::stage_identity(&self.dir, &paper, |database| {
            remains::note(database, &paper.id.key())
        })?;
        Ok(paper.words)
    }

    fn restart(&self) {
        // Full or closed: it is about to stop anyway.
        let _ = self.restart.try_send(());
    }
}

/// Tells one network with its key from another.
fn digest(wifi: &Wifi) -> String {
    let key = wifi.key.written();
    let words = [
        wifi.ssid.hex(),
        wifi.country.to_string(),
        wifi.hidden.to_string(),
    ];
    let mut digest = Sha256::new_with_prefix(words.join(" "));
    digest.update(key.as_bytes());
    HEXLOWER.encode(&digest.finalize())
}

fn is_claimed(database: &Database) -> Result<bool, members::Error> {
    database.read(|c| Ok(members::administrator(c)?.is_some()))
}

fn members_of(database: &Database) -> Result<Vec<String>, members::Error> {
    let members = members::Members::open(database.clone())?.list()?;
    Ok(members
        .into_iter()
        .map(|m| MemberName::into(m.name))
        .collect())
}

/// Eight digits: 27 bits, and a minute between two tries.
fn new_code() -> anyhow::Result<String> {
    const SPACE: u64 = 100_000_000;
    loop {
        let number = getrandom::u64().map_err(|e| anyhow::anyhow!("no random numbers: {e}"))?;
        // What would make some codes likelier is thrown again.
        if number < u64::MAX - u64::MAX % SPACE {
            return Ok(format!("{:08}", number % SPACE));
        }
    }
}

fn server_of(address: &str) -> Option<Server> {
    let known = known::of_address(address)?;
    Some(Server {
        username: known.login_of(address),
        host: known.smtp.to_owned(),
        port: known.port,
        tls: known.tls,
    })
}

fn forget(boot: Option<&Path>, database: &Database) {
    if let Err(e) = database.set_setting(CODE, None) {
        journal::trouble("setup", &e);
    }
    if let Some(boot) = boot {
        erase(boot, CODE_FILE);
    }
}

/// How a file can be called that somebody has left; the name that it should have goes first.
fn names(boot: &Path, name: &str) -> [PathBuf; 2] {
    [boot.join(name), boot.join(format!("{name}.txt"))]
}

/// Where that file is, or would be.
fn left(boot: &Path, name: &str) -> PathBuf {
    let [path, other] = names(boot, name);
    if !path.exists() && other.exists() {
        return other;
    }
    path
}

fn erase(boot: &Path, name: &str) {
    for path in names(boot, name) {
        match durable::erase(&path) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => {
                let advice = "remove it by hand: there are secrets in it";
                journal::trouble("setup", &format!("{}: {e}; {advice}", path.display()));
            }
            _ => {}
        }
    }
}

#[cfg(test)]
#[path = "first_start_tests.rs"]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests;
