//! The command line at work: `toxmaild …` is read by `grammar`, asked of the home, and the answer printed.
//!
//! What never happens here: a command is neither named nor explained (that is the grammar's), and nothing is done to a home
//! but through a [`Request`].
//!
//! Exit codes: 0 done, 1 the home says no (or `doctor` found something), 2 wrong use, 3 the home is not running. With
//! `--json` standard output has one object or array, an error as `{"error": …, "advice": …}`; without it answers go to
//! standard output and errors to standard error.

use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Parser;
use serde_json::Value;

use super::client::{self, Client};
use super::grammar::{
    self, AbsentWord, Address, Ask, Bootstrap, Cli, Command, Contact, Device, Fetching, Invite,
    InviteCommand, Member, Move, PortsChoice, Provider, Queue, Setting, TlsChoice, ToxId,
};
use super::protocol::{
    Failure, NewFetch, NewProvider, Operator, Place, QueueFilter, Request, Secret,
};
use super::view::Ink;
use super::{alive, answer, backup, cards, password, view};
use crate::appliance::carry::Care;
use crate::config::{Ports, RelayTls, nodes};
use crate::fetch::Protocol;
use crate::journal;
use crate::mail::address::MemberName;
use crate::members::Mixed;

/// What the command line cannot do itself; the wiring in `main.rs` provides it.
#[derive(Clone, Copy)]
pub struct Hooks {
    /// Opens the folder of a stopped home for the commands that work there.
    pub offline: fn(&Path) -> Result<Box<dyn Operator>, Failure>,
    /// `toxmaild run`: the home, until SIGTERM. A [`Failure`] inside the error gives its advice.
    pub run: fn(RunOptions) -> anyhow::Result<()>,
    /// `toxmaild bootstrap-node`, until SIGTERM.
    pub bootstrap_node: fn(NodeOptions) -> anyhow::Result<()>,
    /// `toxmaild carry`; tells how many bytes are there, of how many.
    pub carry: fn(CarryOptions, Tell<'_>) -> anyhow::Result<()>,
    /// `toxmaild absent`, until SIGTERM.
    pub absent: fn(AbsentOptions) -> anyhow::Result<()>,
    /// `toxmaild backup …`, done by the command itself: nothing else could write where its user says.
    pub backup: fn(backup::Job) -> Result<Value, Failure>,
}

/// What `run` was told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunOptions {
    /// The home's folder.
    pub data: PathBuf,
    /// Port numbers of listeners that the file does not name.
    pub ports: Ports,
    /// How log lines look.
    pub log: journal::Format,
    /// Starts with the identity that is there, or a new one, also where the home was known by another.
    pub new_identity: bool,
    /// Where whoever prepared the box has left a setup code or answers.
    pub boot: Option<PathBuf>,
    /// A light in `/sys/class/leds` that tells how the home is.
    pub light: Option<PathBuf>,
    /// Where other versions of the whole box are handed over.
    pub updates: Option<PathBuf>,
    /// Where the box tells how it is connected, and is told which Wi-Fi it shall join.
    pub network: Option<PathBuf>,
    /// Where another disk for the whole box is chosen.
    pub disks: Option<PathBuf>,
    /// Where a stick for backups is chosen, and mounted.
    pub sticks: Option<PathBuf>,
}

/// Hears how many bytes are there, of how many.
pub type Tell<'a> = &'a mut dyn FnMut(u64, u64);

/// What `carry` was told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CarryOptions {
    /// The home's folder.
    pub data: PathBuf,
    /// Where to.
    pub to: PathBuf,
    /// How much is asked of the copy.
    pub care: Care,
}

/// What `absent` was told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AbsentOptions {
    /// Why the home is not there.
    pub why: Absence,
    /// A light in `/sys/class/leds` that tells of it.
    pub light: Option<PathBuf>,
    /// TCP port.
    pub port: u16,
}

/// Why the home of a box is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Absence {
    /// The disk with the letters is not plugged in.
    Missing,
    /// The card cannot be read, or has lost the word where the letters are.
    Damaged,
    /// The letters of that disk went back to another card.
    Left,
    /// The home is being carried to another disk.
    Moving,
}

/// What `bootstrap-node` was told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeOptions {
    /// Where its identity is kept.
    pub data: PathBuf,
    /// UDP and TCP port.
    pub port: u16,
}

/// How a command ended, if not well.
pub(super) enum Ended {
    Refused(Failure),
    WrongUse(Failure),
    NotRunning,
    /// `doctor` found something, and said so.
    Unwell,
}

/// Does what `args` (with the program's name first) say.
pub fn main(args: impl IntoIterator<Item = OsString>, hooks: Hooks) -> ExitCode {
    let args: Vec<OsString> = args.into_iter().collect();
    let cli = match Cli::try_parse_from(&args) {
        Ok(cli) => cli,
        Err(e) => {
            return misused(
                grammar::without_hidden(e),
                args.iter().any(|a| a == "--json"),
            );
        }
    };
    let json = cli.json;
    let failure = match execute(cli, hooks) {
        Ok(()) => return ExitCode::SUCCESS,
        Err(Ended::Unwell) => return ExitCode::from(1),
        Err(Ended::Refused(failure)) => (1, failure),
        Err(Ended::WrongUse(failure)) => (2, failure),
        Err(Ended::NotRunning) => {
            let advice = "start it with `toxmaild run`, or name its folder with --data DIR";
            (3, Failure::new("the home is not running", advice))
        }
    };
    let (code, failure) = failure;
    tell(&failure, json);
    ExitCode::from(code)
}

fn misused(error: clap::Error, json: bool) -> ExitCode {
    if error.use_stderr() && json {
        tell(&misuse(&error), true);
    } else {
        let _ = error.print();
    }
    ExitCode::from(if error.use_stderr() { 2 } else { 0 })
}

/// What the reader of the command line says, for `--json`.
fn misuse(error: &clap::Error) -> Failure {
    let text = error.render().to_string();
    // What is wrong may go over several lines (which arguments are missing); how it is used comes behind an empty one.
    let lines = text.lines().map(str::trim).take_while(|l| !l.is_empty());
    let problem = lines.collect::<Vec<_>>().join(" ");
    Failure::new(
        problem.trim_start_matches("error: "),
        "toxmaild --help tells how it is used",
    )
}

fn tell(failure: &Failure, json: bool) {
    if json {
        print(&format!(
            "{}\n",
            serde_json::json!({ "error": failure.error, "advice": failure.advice })
        ));
        return;
    }
    let advice = match failure.advice.as_str() {
        "" => String::new(),
        advice => format!("\n  {advice}"),
    };
    eprintln!(
        "toxmaild: {}",
        view::harmless(&format!("{}{advice}", failure.error))
    );
}

/// Prints; a reader that went away (`| head`) is no error.
fn print(text: &str) {
    let mut out = io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

fn execute(cli: Cli, hooks: Hooks) -> Result<(), Ended> {
    let Cli {
        data,
        json,
        command,
    } = cli;
    let request = match command {
        Command::Run {
            ports,
            new_identity,
            boot,
            light,
            updates,
            network,
            disks,
            sticks,
        } => {
            let ports = match ports {
                PortsChoice::Standard => Ports::Standard,
                PortsChoice::Unprivileged => Ports::Unprivileged,
            };
            let log = if json {
                journal::Format::Json
            } else {
                journal::Format::Text
            };
            let options = RunOptions {
                data,
                ports,
                log,
                new_identity,
                boot,
                light,
                updates,
                network,
                disks,
                sticks,
            };
            return (hooks.run)(options).map_err(|e| refused(&e));
        }
        Command::Carry { to, exact } => {
            let care = if exact { Care::Exact } else { Care::Bulk };
            let options = CarryOptions { data, to, care };
            let mut said = None::<Instant>;
            let mut tell = |done: u64, total: u64| {
                if done == total || said.is_none_or(|at| at.elapsed() >= Duration::from_secs(1)) {
                    said = Some(Instant::now());
                    print(&format!("{done} {total}\n"));
                }
            };
            return (hooks.carry)(options, &mut tell).map_err(|e| refused(&e));
        }
        Command::Absent { why, light, port } => {
            let why = match why {
                AbsentWord::Missing => Absence::Missing,
                AbsentWord::Damaged => Absence::Damaged,
                AbsentWord::Left => Absence::Left,
                AbsentWord::Moving => Absence::Moving,
            };
            return (hooks.absent)(AbsentOptions { why, light, port }).map_err(|e| refused(&e));
        }
        Command::BootstrapNode { port } => {
            return (hooks.bootstrap_node)(NodeOptions { data, port }).map_err(|e| refused(&e));
        }
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut grammar::shown(), "toxmaild", &mut script);
            print(&String::from_utf8_lossy(&script));
            return Ok(());
        }
        Command::Ask(Ask::Contact(Contact::Export { member, tox_ids })) => {
            return export(&data, member, tox_ids, json, hooks);
        }
        Command::Ask(Ask::Contact(Contact::Import { file, member })) => {
            return import(&data, &file, member.as_ref(), json, hooks);
        }
        Command::Ask(Ask::Backup(command)) => {
            let tell = |request: &Request| ask(&data, request, hooks).map(drop);
            let answer = backup::run(&data, command, hooks.backup, tell)?;
            let ink = ink();
            match json {
                true => print(&format!("{answer:#}\n")),
                false => print(&backup::text(&answer, ink)),
            }
            return Ok(());
        }
        Command::Ask(Ask::Alive) => {
            let silent = alive::silent(&alive::ask(&data).map_err(ended)?);
            match json {
                true => print(&format!("{:#}\n", serde_json::json!(silent))),
                false => print(&alive::text(&silent)),
            }
            return match silent.is_empty() {
                true => Ok(()),
                false => Err(Ended::Unwell),
            };
        }
        Command::Ask(ask) => request(ask)?,
    };
    let answer = ask(&data, &request, hooks)?;
    if json {
        print(&format!("{answer:#}\n"));
    } else {
        let now = crate::clock::wall_seconds();
        print(&view::text(&request, &answer, now, ink()));
    }
    let unwell = matches!(request, Request::Doctor)
        && !matches!(&answer, Value::Array(problems) if problems.is_empty());
    if unwell { Err(Ended::Unwell) } else { Ok(()) }
}

fn ink() -> Ink {
    match io::stdout().is_terminal() {
        true => Ink::Coloured,
        false => Ink::Plain,
    }
}

fn export(
    dir: &Path,
    member: Option<MemberName>,
    tox_ids: bool,
    json: bool,
    hooks: Hooks,
) -> Result<(), Ended> {
    let unreadable = || Ended::Refused(Failure::new("the home's answer is not understood", ""));
    let vcards = cards::export(member, tox_ids, |r| ask(dir, r, hooks), unreadable)?;
    if json {
        print(&format!("{:#}\n", cards::exported(&vcards)));
    } else {
        print(&vcards);
    }
    Ok(())
}

fn import(
    dir: &Path,
    file: &Path,
    member: Option<&MemberName>,
    json: bool,
    hooks: Hooks,
) -> Result<(), Ended> {
    let mut outcomes: Vec<answer::ImportedCard> = Vec::new();
    for part in cards::requests(file, member).map_err(Ended::WrongUse)? {
        let answer = ask(dir, &part, hooks)?;
        let part: Option<Vec<_>> = serde_json::from_value(answer).ok();
        outcomes.extend(part.unwrap_or_default());
    }
    if json {
        print(&format!("{:#}\n", serde_json::json!(outcomes)));
    } else {
        print(&cards::report(&outcomes));
    }
    match cards::verdict(&outcomes) {
        // The list has said it.
        Some(_) if json => Err(Ended::Unwell),
        Some(failure) => Err(Ended::Refused(failure)),
        None => Ok(()),
    }
}

fn refused(error: &anyhow::Error) -> Ended {
    Ended::Refused(match error.downcast_ref::<Failure>() {
        Some(failure) => failure.clone(),
        None => Failure::new(format!("{error:#}"), ""),
    })
}

/// What a command asks of the home. Reads passwords and files.
fn request(ask: Ask) -> Result<Request, Ended> {
    let secret = |deed: &str, name: &MemberName| {
        password::read(name.as_str()).map_err(|e| {
            Ended::WrongUse(Failure::new(
                e,
                format!("type it in a terminal, or `toxmaild member {deed} {name} < FILE`"),
            ))
        })
    };
    Ok(match ask {
        Ask::Status => Request::Status,
        Ask::Doctor => Request::Doctor,
        // Done before, see `execute`.
        Ask::Alive => Request::Alive,
        Ask::Backup(_) => {
            return Err(Ended::WrongUse(Failure::new(
                "backups are not asked of the home",
                "",
            )));
        }
        Ask::Health => Request::Health,
        Ask::Storage => Request::Storage,
        Ask::Timeline { days, member } => Request::Timeline { days, member },
        Ask::Log { behind } => Request::Log { behind },
        Ask::Member(Member::Add { name, display }) => {
            let password = secret("add", &name)?;
            Request::MemberAdd {
                name,
                display,
                password,
            }
        }
        Ask::Member(Member::List) => Request::MemberList,
        Ask::Member(Member::Remove { name }) => Request::MemberRemove { name },
        Ask::Member(Member::Password { name }) => {
            let password = secret("password", &name)?;
            Request::MemberPassword { name, password }
        }
        Ask::Member(Member::Display { name, display }) => Request::MemberDisplay { name, display },
        Ask::Member(Member::Appoint { name, office }) => Request::MemberAppoint { name, office },
        Ask::Member(Member::Settings {
            name,
            mixed,
            language,
            reencode,
        }) => Request::MemberSettings {
            name,
            mixed: mixed.map(Mixed::from),
            language,
            reencode,
        },
        Ask::Member(Member::Device(device)) => match device {
            Device::Add { name, label } => Request::DeviceAdd { name, label },
            Device::List { name } => Request::DeviceList { name },
            Device::Revoke { name, id } => Request::DeviceRevoke { name, id },
        },
        Ask::Member(Member::Address(address)) => match address {
            Address::Add { name, address } => Request::MemberAddressAdd { name, address },
            Address::Remove { name, address } => Request::MemberAddressRemove { name, address },
        },
        Ask::Provider(provider) => match provider {
            Provider::Set {
                host,
                username,
                member,
                port,
                tls,
                address,
                untested,
            } => {
                let (tls, usual_port) = match tls {
                    TlsChoice::Implicit => (RelayTls::Implicit, 465),
                    TlsChoice::Starttls => (RelayTls::StartTls, 587),
                };
                let password = password::read(&format!("{username} at {host}")).map_err(|e| {
                    let advice = format!(
                        "type it in a terminal, or `toxmaild provider set {host} --username {username} < FILE`"
                    );
                    Ended::WrongUse(Failure::new(e, advice))
                })?;
                Request::ProviderSet(NewProvider {
                    member,
                    host,
                    port: port.unwrap_or(usual_port),
                    tls,
                    username,
                    password,
                    address,
                    untested,
                })
            }
            Provider::Show { member } => Request::ProviderShow { member },
            Provider::Test { member } => Request::ProviderTest { member },
            Provider::Remove { member } => Request::ProviderRemove { member },
            Provider::Fetch(Fetching::Set {
                host,
                member,
                protocol,
                port,
                tls,
                username,
                after,
                from,
                every,
                untested,
            }) => {
                let (tls, usual_port) = match (tls, protocol) {
                    (TlsChoice::Implicit, Protocol::Imap) => (RelayTls::Implicit, 993),
                    (TlsChoice::Implicit, Protocol::Pop3) => (RelayTls::Implicit, 995),
                    (TlsChoice::Starttls, Protocol::Imap) => (RelayTls::StartTls, 143),
                    (TlsChoice::Starttls, Protocol::Pop3) => (RelayTls::StartTls, 110),
                };
                let login = match username {
                    None => None,
                    Some(username) => {
                        let read = password::read(&format!("{username} at {host}"));
                        let password = read.map_err(|e| {
                            let advice = format!(
                                "type it in a terminal, or `toxmaild provider fetch set {host} --member {member} --username {username} < FILE`"
                            );
                            Ended::WrongUse(Failure::new(e, advice))
                        })?;
                        Some((username, password))
                    }
                };
                Request::FetchSet(NewFetch {
                    member,
                    protocol,
                    host,
                    port: port.unwrap_or(usual_port),
                    tls,
                    login,
                    after,
                    since: from,
                    every_seconds: every.as_secs(),
                    untested,
                })
            }
            Provider::Fetch(Fetching::Show { member }) => Request::FetchShow { member },
            Provider::Fetch(Fetching::Test { member }) => Request::FetchTest { member },
            Provider::Fetch(Fetching::Now { member }) => Request::FetchNow { member },
            Provider::Fetch(Fetching::Remove { member }) => Request::FetchRemove { member },
        },
        Ask::Contact(contact) => match contact {
            Contact::Add {
                name,
                tox,
                emails,
                owner,
                chat,
                fallback,
            } => Request::ContactAdd {
                name,
                tox,
                emails,
                owner,
                chat,
                fallback_seconds: fallback.map(|after| after.as_secs()),
            },
            Contact::Fallback { name, time } => Request::ContactFallback {
                name,
                seconds: time.0.map(|after| after.as_secs()),
            },
            Contact::Chat { name } => Request::ContactChat { name },
            Contact::List => Request::ContactList,
            Contact::Show { name } => Request::ContactShow { name },
            Contact::Edit {
                name,
                new_name,
                emails,
                no_email,
                tox,
            } => Request::ContactEdit {
                name,
                new_name,
                emails: (no_email || !emails.is_empty()).then_some(emails),
                tox,
            },
            // These two go over the socket in parts, see `execute`.
            Contact::Export { .. } | Contact::Import { .. } => {
                return Err(Ended::WrongUse(Failure::new(
                    "cards are not asked for in one piece",
                    "",
                )));
            }
            Contact::Words { name } => Request::ContactWords { name },
            Contact::Verify { name, undo } => Request::ContactVerify { name, undo },
            Contact::Remove { name } => Request::ContactRemove { name },
            Contact::Block { name } => Request::ContactBlock { name },
            Contact::Confirm { name, email } => Request::ContactConfirm { name, email },
            Contact::Share { name, share } => Request::ContactShare { name, share },
            Contact::Direct { name, only } => Request::ContactDirect { name, only },
            Contact::Requests => Request::ContactRequests,
            Contact::Accept { key } => Request::ContactAccept { key },
            Contact::Refuse { key } => Request::ContactRefuse { key },
        },
        Ask::Invite(Invite { expires, command }) => match command {
            None => Request::Invite {
                expires_seconds: expires.as_secs(),
            },
            Some(InviteCommand::Accept { link }) => Request::InviteAccept {
                link: Secret::new(link),
            },
            Some(InviteCommand::List) => Request::InviteList,
            Some(InviteCommand::Withdraw { id }) => Request::InviteWithdraw { id },
        },
        Ask::ToxId(ToxId::Renew) => Request::ToxIdRenew,
        Ask::Move(step) => match step {
            Move::Announce { tox_id } => Request::MoveAnnounce { tox_id },
            Move::Withdraw => Request::MoveWithdraw,
            Move::List => Request::MoveList,
            Move::Confirm { name } => Request::MoveConfirm { name },
            Move::Refuse { name } => Request::MoveRefuse { name },
        },
        Ask::Queue(queue) => match queue {
            Queue::List {
                member,
                behind,
                limit,
                moving,
            } => Request::QueueList(QueueFilter {
                member,
                behind,
                limit,
                moving,
                // A subject is its writer's, and no operator's.
                subjects: false,
            }),
            Queue::Count { member } => Request::QueueCount { member },
            Queue::Show { id } => Request::QueueShow { id },
            Queue::Retry { id } => Request::QueueRetry { id },
            Queue::Cancel { id, member } => Request::QueueCancel { id, member },
            Queue::Release { id } => Request::QueueRelease { id },
            Queue::Answer { id, word, member } => Request::QueueAnswer { id, member, word },
        },
        Ask::Setting(setting) => match setting {
            Setting::List => Request::SettingList,
            Setting::Set { key, value } => Request::SettingSet {
                key,
                value: Some(value),
            },
            Setting::Unset { key } => Request::SettingSet { key, value: None },
        },
        Ask::Bootstrap(Bootstrap::List) => Request::BootstrapList,
        Ask::Bootstrap(Bootstrap::Import { file, .. }) => {
            let nodes = match file {
                None => Vec::new(),
                Some(file) => {
                    let text = std::fs::read_to_string(&file).map_err(|e| {
                        Ended::WrongUse(Failure::new(
                            format!("{}: {e}", file.display()),
                            "name a file with nodes",
                        ))
                    })?;
                    nodes::read(&text)
                        .map_err(|e| Ended::Refused(Failure::new(e.problem, e.advice)))?
                }
            };
            Request::BootstrapImport { nodes }
        }
    })
}

fn ask(dir: &Path, request: &Request, hooks: Hooks) -> Result<Value, Ended> {
    match Client::connect(dir).and_then(|mut home| home.ask(request)) {
        Ok(answer) => Ok(answer),
        Err(client::Error::NotRunning) if request.place() == Place::AlsoStopped => {
            (hooks.offline)(dir)
                .and_then(|folder| folder.handle(request.clone()))
                .map_err(Ended::Refused)
        }
        Err(e) => Err(ended(e)),
    }
}

fn ended(error: client::Error) -> Ended {
    match error {
        client::Error::Refused(failure) => Ended::Refused(failure),
        client::Error::NotRunning => Ended::NotRunning,
        client::Error::Io(e) => {
            let advice = match e.kind() {
                io::ErrorKind::PermissionDenied => "run this as the user that runs the home",
                _ => "look into the log of the home",
            };
            Ended::Refused(Failure::new(e, advice))
        }
    }
}

/// What is wrong with a command line, for tests.
#[cfg(test)]
#[allow(clippy::unwrap_used)]
pub(super) fn wrong_use(line: &str) -> Failure {
    misuse(&Cli::try_parse_from(line.split(' ')).map(drop).unwrap_err())
}
