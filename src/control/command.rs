//! The command line: `toxmaild …`.
//!
//! Exit codes: 0 done, 1 the home says no (or `doctor` found something), 2 wrong use, 3 the home is not running. With
//! `--json` standard output has one object or array, an error as `{"error": …, "advice": …}`; without it answers go to
//! standard output and errors to standard error.

use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use serde_json::Value;

use super::client::{self, Client};
use super::protocol::{Failure, NewProvider, Operator, Place, Request, Secret, Shared};
use super::view::Ink;
use super::{answer, backup, cards, nodes, password, view};
use crate::config::{self, Ports, RelayTls};
use crate::journal;
use crate::mail::address::{MemberName, PeerKey};
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
}

/// What `bootstrap-node` was told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeOptions {
    /// Where its identity is kept.
    pub data: PathBuf,
    /// UDP and TCP port.
    pub port: u16,
}

#[derive(Debug, Parser)]
#[command(
    name = "toxmaild",
    version,
    about = "A family's own post office: ordinary mail programs at home, Tox between homes",
    after_help = "Examples:\n  toxmaild run --data /data/toxmail\n  toxmaild member add anna --display \"Anna Martin\"\n  \
        toxmaild invite\n  toxmaild status --json\n\n\
        Exit codes: 0 done, 1 the home says no, 2 wrong use, 3 the home is not running.",
    propagate_version = true,
    disable_help_subcommand = true
)]
struct Cli {
    /// The home's folder
    #[arg(long, global = true, default_value = "data", value_name = "DIR", value_hint = clap::ValueHint::DirPath)]
    data: PathBuf,
    /// Answer in JSON, for scripts (with `run`: log lines in JSON)
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// The home itself, until SIGTERM or Ctrl-C; SIGHUP reads DIR/toxmail.toml again
    #[command(after_help = "Examples:\n  toxmaild run --data /data/toxmail\n  \
        toxmaild run --ports unprivileged      on 5587, 5465, 5110, 5995, 5843, for anybody\n\n\
        DIR/toxmail.toml, all of it optional:\n  [home]\n  name = \"Garden Street 5\"\n  [listen]\n  \
        submissions = \"[::]:465\"\n  pop3 = \"\"                              \"\" switches a service off")]
    Run {
        /// Port numbers of listeners that toxmail.toml does not name
        #[arg(long, value_enum, default_value = "standard")]
        ports: PortsChoice,
        /// Start although the home's identity (DIR/tox.save) is gone, damaged or another home's, and there is no backup of it:
        /// with a new one, or with what is there. Every home that knows this one has to accept its new address
        #[arg(long)]
        new_identity: bool,
    },
    #[command(flatten)]
    Ask(Ask),
    /// Completions for a shell, on standard output
    #[command(
        after_help = "Examples:\n  toxmaild completions bash > /etc/bash_completion.d/toxmaild\n  \
        toxmaild completions fish > ~/.config/fish/completions/toxmaild.fish"
    )]
    Completions {
        /// The shell
        shell: Shell,
    },
    /// A node of the Tox network with a TCP relay, for tests and demonstrations; prints its key
    #[command(
        hide = true,
        after_help = "Examples:\n  toxmaild bootstrap-node --port 33445 --data node"
    )]
    BootstrapNode {
        /// UDP and TCP port
        #[arg(long, default_value_t = 33445, value_parser = clap::value_parser!(u16).range(1..))]
        port: u16,
    },
}

/// What a home can be asked.
#[derive(Debug, Subcommand)]
enum Ask {
    /// The home at a glance: name, addresses, connection, ports, what waits
    #[command(
        after_help = "Examples:\n  toxmaild status\n  toxmaild status --json | jq -r .tox_id"
    )]
    Status,
    /// People with a mailbox in this home
    #[command(
        subcommand,
        after_help = "Examples:\n  toxmaild member add anna\n  toxmaild member list"
    )]
    Member(Member),
    /// The account at a mail provider that takes letters for everybody without a Tox address
    #[command(
        subcommand,
        after_help = "Examples:\n  toxmaild provider set smtp.example.org --username family@example.org\n  \
        toxmaild provider show"
    )]
    Provider(Provider),
    /// People and homes in the address table
    #[command(
        subcommand,
        after_help = "Examples:\n  toxmaild contact list\n  toxmaild contact requests"
    )]
    Contact(Contact),
    /// Make an invitation for another home: a link and a QR code
    #[command(
        after_help = "Examples:\n  toxmaild invite --expires 2d\n  toxmaild invite accept 'tox:…?toxmail=1&…'\n  \
        toxmaild invite list"
    )]
    Invite(Invite),
    /// The address by which strangers can ask to become contacts
    #[command(subcommand, after_help = "Examples:\n  toxmaild tox-id renew")]
    ToxId(ToxId),
    /// A new box in the place of an old one: this home's, or a contact's
    #[command(
        subcommand,
        after_help = "Examples:\n  toxmaild move list\n  toxmaild move announce 76HEXDIGITS\n  toxmaild move confirm grandma\n\n\
        A new box with the backup of the old one is the same home, and needs none of this. If the old box is lost, and its backup too, \
        pair the new one with your contacts by invitations."
    )]
    Move(Move),
    /// Letters that wait
    #[command(
        subcommand,
        after_help = "Examples:\n  toxmaild queue list\n  toxmaild queue retry"
    )]
    Queue(Queue),
    /// The whole home in one encrypted file, and the way back
    #[command(
        subcommand,
        after_help = "Examples:\n  toxmaild backup create /media/stick/home.tar --with-mail\n  \
        toxmaild backup restore /media/stick/home.tar --data NEW-FOLDER"
    )]
    Backup(backup::Backup),
    /// What is wrong and what to do, one line each; exit code 1 if anything is
    #[command(after_help = "Examples:\n  toxmaild doctor\n  toxmaild doctor --json")]
    Doctor,
    /// Where the home enters the Tox network
    #[command(
        subcommand,
        after_help = "Examples:\n  toxmaild bootstrap list\n  toxmaild bootstrap import nodes.json"
    )]
    Bootstrap(Bootstrap),
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum PortsChoice {
    /// 587, 465, 143, 993, 110, 995, 80, 443, 8443; metrics 9925
    Standard,
    /// 5587, 5465, 5143, 5993, 5110, 5995, 5080, 5443, 5843; metrics 5925
    Unprivileged,
}

#[derive(Debug, Subcommand)]
enum Member {
    /// Give a person a mailbox; the password is read from standard input
    #[command(
        after_help = "Examples:\n  toxmaild member add anna --display \"Anna Martin\"\n  \
        toxmaild member add bob < password-file"
    )]
    Add {
        /// Mailbox and login: a-z, 0-9, dot, hyphen, underscore
        name: MemberName,
        /// The person's name
        #[arg(long, value_name = "TEXT")]
        display: Option<String>,
    },
    /// Everybody with a mailbox
    #[command(after_help = "Examples:\n  toxmaild member list")]
    List,
    /// Take a person's mailbox away
    #[command(after_help = "Examples:\n  toxmaild member remove anna")]
    Remove {
        /// The member
        name: MemberName,
    },
    /// Set a person's password; it is read from standard input
    #[command(after_help = "Examples:\n  toxmaild member password anna")]
    Password {
        /// The member
        name: MemberName,
    },
    /// What a person has chosen; with options: choose
    #[command(after_help = "Examples:\n  toxmaild member settings anna\n  \
        toxmaild member settings anna --mixed ask --language fr")]
    Settings {
        /// The member
        name: MemberName,
        /// A letter that goes to some directly and privately and to others by ordinary mail: tell afterwards, ask before, refuse
        #[arg(long, value_enum)]
        mixed: Option<MixedChoice>,
        /// Language of what the home writes to them: en, fr, de, es
        #[arg(long, value_name = "LANGUAGE", value_parser = language)]
        language: Option<String>,
    },
    /// Passwords for mail programs, one a device
    #[command(
        subcommand,
        after_help = "Examples:\n  toxmaild member device add anna laptop\n  \
        toxmaild member device list anna"
    )]
    Device(Device),
    /// A person's ordinary e-mail addresses: what they may write as, and appear as in ordinary mail
    #[command(
        subcommand,
        after_help = "Examples:\n  toxmaild member address add anna anna@example.org\n  \
        toxmaild member address remove anna anna@example.org"
    )]
    Address(Address),
}

#[derive(Debug, Subcommand)]
enum Address {
    /// Say that an ordinary address is this person's
    #[command(after_help = "Examples:\n  toxmaild member address add anna anna@example.org")]
    Add {
        /// The member
        name: MemberName,
        /// The e-mail address
        address: String,
    },
    /// Say that it is not, or not any more
    #[command(after_help = "Examples:\n  toxmaild member address remove anna anna@example.org")]
    Remove {
        /// The member
        name: MemberName,
        /// The e-mail address
        address: String,
    },
}

#[derive(Debug, Subcommand)]
enum Provider {
    /// Set up the home's account, or a member's own; the password is read from standard input, and a login is tried first
    #[command(
        after_help = "Examples:\n  toxmaild provider set smtp.example.org --username family@example.org\n  \
        toxmaild provider set smtp.example.org --member anna --username anna@example.org < password-file\n  \
        toxmaild provider set mail.example.net --tls starttls --member bob --username bob --address bob@example.net"
    )]
    Set {
        /// The provider's server for outgoing mail
        host: String,
        /// The login there; often the whole e-mail address
        #[arg(long, value_name = "LOGIN")]
        username: String,
        /// Whose own account it is; the home's without
        #[arg(long, value_name = "NAME")]
        member: Option<MemberName>,
        /// Its port: 465, or 587 with --tls starttls
        #[arg(long, value_parser = clap::value_parser!(u16).range(1..))]
        port: Option<u16>,
        /// How the connection is encrypted
        #[arg(long, value_enum, default_value = "implicit")]
        tls: TlsChoice,
        /// The member's e-mail address there, where the login is none
        #[arg(long, value_name = "ADDRESS", requires = "member")]
        address: Option<String>,
        /// Store it without trying to log in
        #[arg(long)]
        untested: bool,
    },
    /// The accounts, and what was wrong with them the last time; never their passwords
    #[command(
        after_help = "Examples:\n  toxmaild provider show\n  toxmaild provider show --member anna --json"
    )]
    Show {
        /// Only this member's
        #[arg(long, value_name = "NAME")]
        member: Option<MemberName>,
    },
    /// Log in and out again; no letter is sent
    #[command(
        after_help = "Examples:\n  toxmaild provider test\n  toxmaild provider test --member anna"
    )]
    Test {
        /// Whose account; the home's without
        #[arg(long, value_name = "NAME")]
        member: Option<MemberName>,
    },
    /// Forget an account and its password
    #[command(after_help = "Examples:\n  toxmaild provider remove --member anna")]
    Remove {
        /// Whose account; the home's without
        #[arg(long, value_name = "NAME")]
        member: Option<MemberName>,
    },
}

/// A time, or never.
#[derive(Clone, Copy, Debug)]
struct Patience(Option<Duration>);

fn patience(text: &str) -> Result<Patience, String> {
    match text {
        "never" => Ok(Patience(None)),
        text => config::duration(text).map(|time| Patience(Some(time))),
    }
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum TlsChoice {
    /// TLS from the first byte
    Implicit,
    /// STARTTLS, and nothing without it
    Starttls,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum MixedChoice {
    /// Tell them afterwards which way each copy went
    Tell,
    /// Ask them before, by mail
    Ask,
    /// Do not take such a letter
    Refuse,
}

impl From<MixedChoice> for Mixed {
    fn from(choice: MixedChoice) -> Self {
        match choice {
            MixedChoice::Tell => Mixed::Tell,
            MixedChoice::Ask => Mixed::Ask,
            MixedChoice::Refuse => Mixed::Refuse,
        }
    }
}

fn language(text: &str) -> Result<String, String> {
    match config::is_language(text) {
        true => Ok(text.to_owned()),
        false => Err(config::LANGUAGES.to_owned()),
    }
}

#[derive(Debug, Subcommand)]
enum Device {
    /// Make a password for one device; it is shown once
    #[command(after_help = "Examples:\n  toxmaild member device add anna laptop\n  \
        toxmaild member device add anna \"Anna's telephone\"")]
    Add {
        /// The member
        name: MemberName,
        /// What it is for
        label: String,
    },
    /// A person's device passwords, and when each was last used
    #[command(after_help = "Examples:\n  toxmaild member device list anna")]
    List {
        /// The member
        name: MemberName,
    },
    /// Make a device password useless: the telephone was lost
    #[command(after_help = "Examples:\n  toxmaild member device revoke anna 3")]
    Revoke {
        /// The member
        name: MemberName,
        /// Its number in the list
        id: i64,
    },
}

#[derive(Debug, Subcommand)]
enum Contact {
    /// Add a person or a home
    #[command(
        after_help = "Examples:\n  toxmaild contact add grandma --tox 76HEXDIGITS@tox\n  \
        toxmaild contact add bob --tox bob@….tox --email bob@example.org --owner anna\n  \
        toxmaild contact add paul --tox 76HEXDIGITS --chat"
    )]
    Add {
        /// What you call them; NAME@tox, or what an address can carry of it, will reach them
        name: String,
        /// Their Tox address, in any form; the full one (76 hex digits) makes first contact
        #[arg(long, value_name = "ADDRESS", required_unless_present = "emails")]
        tox: Option<String>,
        /// An ordinary e-mail address of theirs; may be repeated
        #[arg(long = "email", value_name = "ADDRESS")]
        emails: Vec<String>,
        /// The member whose contact it is; everybody's without
        #[arg(long, value_name = "MEMBER")]
        owner: Option<MemberName>,
        /// They have no Toxmail but an ordinary Tox program, such as qTox: your mail reaches them as chat
        #[arg(long, requires = "tox")]
        chat: bool,
        /// Let a letter go by ordinary mail, to the first --email, when it has waited so long: 30m, 4h, 2d; never without
        #[arg(long, value_name = "TIME", value_parser = config::duration, requires = "tox", requires = "emails")]
        fallback: Option<Duration>,
    },
    /// A contact has no Toxmail but an ordinary Tox program, such as qTox: your mail reaches them as chat
    #[command(after_help = "Examples:\n  toxmaild contact chat paul")]
    Chat {
        /// The contact
        name: String,
    },
    /// Let letters to a contact go by ordinary mail when they have waited so long, or never
    #[command(
        after_help = "Examples:\n  toxmaild contact fallback bob 2d\n  toxmaild contact fallback bob never"
    )]
    Fallback {
        /// The contact
        name: String,
        /// 30m, 4h, 2d, or never
        #[arg(value_name = "TIME", value_parser = patience)]
        time: Patience,
    },
    /// The address table, and who is connected
    #[command(after_help = "Examples:\n  toxmaild contact list\n  toxmaild contact list --json")]
    List,
    /// All that is known of a contact
    #[command(after_help = "Examples:\n  toxmaild contact show bob")]
    Show {
        /// The contact
        name: String,
    },
    /// Change a contact's name or addresses
    #[command(
        after_help = "Examples:\n  toxmaild contact edit bob --name \"Bob Miller\"\n  \
        toxmaild contact edit bob --email bob@example.org --email bob@work.example\n\n\
        With --email the addresses that are not named are gone. The nickname stays as it is, so that old letters can be\n\
        answered. Whoever took the contact out of their own address book finds it there again."
    )]
    Edit {
        /// The contact
        name: String,
        /// What you call them from now on
        #[arg(long = "name", value_name = "TEXT", required_unless_present_any = ["emails", "no_email", "tox"])]
        new_name: Option<String>,
        /// Their ordinary e-mail addresses, the preferred one first; may be repeated
        #[arg(long = "email", value_name = "ADDRESS")]
        emails: Vec<String>,
        /// They have no ordinary address any more
        #[arg(long, conflicts_with = "emails")]
        no_email: bool,
        /// Their Tox address, for a contact without one
        #[arg(long, value_name = "ADDRESS")]
        tox: Option<String>,
    },
    /// Contacts as vCards (version 4.0), on standard output
    #[command(
        after_help = "Examples:\n  toxmaild contact export > everybody.vcf\n  toxmaild contact export --member anna > annas.vcf"
    )]
    Export {
        /// That member's own contacts; everybody's without
        #[arg(long, value_name = "MEMBER")]
        member: Option<MemberName>,
        /// With full Tox IDs, for another home of your own: whoever has one can knock at that contact's door
        #[arg(long)]
        tox_ids: bool,
    },
    /// Take contacts from a file with vCards (version 3.0 or 4.0)
    #[command(after_help = "Examples:\n  toxmaild contact import telephone.vcf\n  \
        toxmaild contact import telephone.vcf --member anna\n\n\
        A card that is here already (by UID, Tox address or e-mail address) is completed. Each card is taken whole or not\n\
        at all; exit code 1 if any is not.")]
    Import {
        /// The file; - is standard input
        #[arg(value_hint = clap::ValueHint::FilePath)]
        file: PathBuf,
        /// As that member's own contacts; everybody's without
        #[arg(long, value_name = "MEMBER")]
        member: Option<MemberName>,
    },
    /// The safety words of a contact's home and yours, to compare on the telephone
    #[command(after_help = "Examples:\n  toxmaild contact words grandma")]
    Words {
        /// The contact
        name: String,
    },
    /// Note that you have compared the safety words, and they are the same
    #[command(
        after_help = "Examples:\n  toxmaild contact verify grandma\n  toxmaild contact verify grandma --undo"
    )]
    Verify {
        /// The contact
        name: String,
        /// They were not compared after all
        #[arg(long)]
        undo: bool,
    },
    /// Remove a contact
    #[command(after_help = "Examples:\n  toxmaild contact remove bob")]
    Remove {
        /// The contact
        name: String,
    },
    /// Take nothing from a contact any more
    #[command(after_help = "Examples:\n  toxmaild contact block bob")]
    Block {
        /// The contact
        name: String,
    },
    /// Say that an address which a contact's home claims is theirs: letters to it go straight there
    #[command(after_help = "Examples:\n  toxmaild contact confirm bob bob@example.org")]
    Confirm {
        /// The contact
        name: String,
        /// The ordinary e-mail address
        email: String,
    },
    /// Say what a contact's home may see of this one
    #[command(
        after_help = "Examples:\n  toxmaild contact share bob nothing\n  toxmaild contact share bob all\n\n\
        Without this, homes that were paired or accepted see everybody who lives here, and homes that somebody only wrote to see nobody."
    )]
    Share {
        /// The contact
        name: String,
        /// How much
        share: Shared,
    },
    /// Who asks to become a contact
    #[command(after_help = "Examples:\n  toxmaild contact requests")]
    Requests,
    /// Let somebody who asks become a contact
    #[command(after_help = "Examples:\n  toxmaild contact accept 64HEXDIGITS")]
    Accept {
        /// Their key, as `contact requests` shows it
        key: PeerKey,
    },
    /// Do not
    #[command(after_help = "Examples:\n  toxmaild contact refuse 64HEXDIGITS")]
    Refuse {
        /// Their key, as `contact requests` shows it
        key: PeerKey,
    },
}

#[derive(Debug, Subcommand)]
enum ToxId {
    /// Give the home a new Tox ID, so that whoever has the old one can no longer knock; contacts stay, and learn the new one
    #[command(after_help = "Examples:\n  toxmaild tox-id renew\n  \
        toxmaild tox-id renew --json | jq -r .tox_id\n\n\
        Open invitations lead nowhere afterwards: make new ones.")]
    Renew,
}

#[derive(Debug, Subcommand)]
enum Move {
    /// On the old box: tell every contact that another one takes its place
    #[command(after_help = "Examples:\n  toxmaild move announce 76HEXDIGITS\n\n\
        Keep the old box running until your contacts have confirmed it: a contact that is off hears it when it is back. \
        Their homes then ask to become contacts of the new box: `toxmaild contact requests` there.")]
    Announce {
        /// The Tox ID of the new box, as `toxmaild status` shows it there
        tox_id: String,
    },
    /// On the old box: say so no more
    #[command(after_help = "Examples:\n  toxmaild move withdraw")]
    Withdraw,
    /// Who says that they have a new box
    #[command(after_help = "Examples:\n  toxmaild move list")]
    List,
    /// A contact's new box is the right one: you have compared its safety words on the telephone
    #[command(after_help = "Examples:\n  toxmaild move confirm grandma\n\n\
        Names, addresses and waiting letters of the old box are the new one's from then on.")]
    Confirm {
        /// The contact
        name: String,
    },
    /// It is not: nothing changes, and the announced box is forgotten
    #[command(after_help = "Examples:\n  toxmaild move refuse grandma")]
    Refuse {
        /// The contact
        name: String,
    },
}

#[derive(Debug, Args)]
struct Invite {
    /// How long it can be redeemed: 30s, 15m, 4h or 30d
    #[arg(long, value_name = "TIME", default_value = "7d", value_parser = config::duration)]
    expires: Duration,
    #[command(subcommand)]
    command: Option<InviteCommand>,
}

#[derive(Debug, Subcommand)]
enum InviteCommand {
    /// Redeem the invitation of another home
    #[command(after_help = "Examples:\n  toxmaild invite accept 'tox:…?toxmail=1&name=…&token=…'")]
    Accept {
        /// The link, in quotes: it has a & in it
        link: String,
    },
    /// Invitations, open and used
    #[command(after_help = "Examples:\n  toxmaild invite list")]
    List,
    /// Make an invitation useless
    #[command(after_help = "Examples:\n  toxmaild invite withdraw 3")]
    Withdraw {
        /// Its number in the list
        id: i64,
    },
}

#[derive(Debug, Subcommand)]
enum Queue {
    /// What waits, and for whom
    #[command(after_help = "Examples:\n  toxmaild queue list")]
    List,
    /// One message and each of its recipients
    #[command(after_help = "Examples:\n  toxmaild queue show 12")]
    Show {
        /// Its number in the list
        id: i64,
    },
    /// Try now: one message, or all
    #[command(after_help = "Examples:\n  toxmaild queue retry\n  toxmaild queue retry 12")]
    Retry {
        /// Its number in the list
        id: Option<i64>,
    },
    /// Let a message go that is held: its writer was asked, or the home was restored from a backup
    #[command(after_help = "Examples:\n  toxmaild queue release 12")]
    Release {
        /// Its number in the list
        id: i64,
    },
    /// Take a message back; its writer is told
    #[command(after_help = "Examples:\n  toxmaild queue cancel 12")]
    Cancel {
        /// Its number in the list
        id: i64,
    },
}

#[derive(Debug, Subcommand)]
enum Bootstrap {
    /// Use the nodes of a fresh list from now on, instead of the built-in ones
    #[command(
        after_help = "Examples:\n  toxmaild bootstrap import nodes.json\n  toxmaild bootstrap import --built-in\n\n\
        FILE is the public list in JSON, or lines of: HOST PORT KEY [TCP-PORT,TCP-PORT…]\n\
        [tox] bootstrap in toxmail.toml wins over it."
    )]
    Import {
        /// The list
        #[arg(required_unless_present = "built_in", value_hint = clap::ValueHint::FilePath)]
        file: Option<PathBuf>,
        /// Go back to the built-in list
        #[arg(long, conflicts_with = "file")]
        built_in: bool,
    },
    /// The nodes in use
    #[command(after_help = "Examples:\n  toxmaild bootstrap list")]
    List,
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
        Err(e) => return misused(without_hidden(e), args.iter().any(|a| a == "--json")),
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

/// The error without the commands that the help does not show.
fn without_hidden(mut error: clap::Error) -> clap::Error {
    use clap::error::{ContextKind, ContextValue};
    if let Some(ContextValue::Strings(names)) = error.get(ContextKind::ValidSubcommand) {
        let whole = Cli::command();
        let hidden = |name: &&String| {
            let command = whole.find_subcommand(name);
            command.is_some_and(clap::Command::is_hide_set)
        };
        let shown = names.iter().filter(|name| !hidden(name)).cloned().collect();
        error.insert(ContextKind::ValidSubcommand, ContextValue::Strings(shown));
    }
    error
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
        print(&format!("{}\n", serde_json::json!(failure)));
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
            };
            return (hooks.run)(options).map_err(|e| refused(&e));
        }
        Command::BootstrapNode { port } => {
            return (hooks.bootstrap_node)(NodeOptions { data, port }).map_err(|e| refused(&e));
        }
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut shown(), "toxmaild", &mut script);
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
        Command::Ask(ask) => request(ask)?,
    };
    let answer = ask(&data, &request, hooks)?;
    if json {
        print(&format!("{answer:#}\n"));
    } else {
        let now = crate::database::now();
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
        Ask::Backup(_) => {
            return Err(Ended::WrongUse(Failure::new(
                "backups are not asked of the home",
                "",
            )));
        }
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
        Ask::Member(Member::Settings {
            name,
            mixed,
            language,
        }) => Request::MemberSettings {
            name,
            mixed: mixed.map(Mixed::from),
            language,
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
            Queue::List => Request::QueueList,
            Queue::Show { id } => Request::QueueShow { id },
            Queue::Retry { id } => Request::QueueRetry { id },
            Queue::Cancel { id } => Request::QueueCancel { id },
            Queue::Release { id } => Request::QueueRelease { id },
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
                    nodes::read(&text).map_err(Ended::Refused)?
                }
            };
            Request::BootstrapImport { nodes }
        }
    })
}

fn ask(dir: &Path, request: &Request, hooks: Hooks) -> Result<Value, Ended> {
    match Client::connect(dir).and_then(|mut home| home.ask(request)) {
        Ok(answer) => Ok(answer),
        Err(client::Error::Refused(failure)) => Err(Ended::Refused(failure)),
        Err(client::Error::NotRunning) => match request.place() {
            Place::RunningOnly => Err(Ended::NotRunning),
            Place::AlsoStopped => (hooks.offline)(dir)
                .and_then(|folder| folder.handle(request.clone()))
                .map_err(Ended::Refused),
        },
        Err(client::Error::Io(e)) => {
            let advice = match e.kind() {
                io::ErrorKind::PermissionDenied => "run this as the user that runs the home",
                _ => "look into the log of the home",
            };
            Err(Ended::Refused(Failure::new(e, advice)))
        }
    }
}

/// The command tree without what is hidden.
fn shown() -> clap::Command {
    let whole = Cli::command();
    let subcommands = whole.get_subcommands().filter(|c| !c.is_hide_set());
    clap::Command::new("toxmaild")
        .version(env!("CARGO_PKG_VERSION"))
        .disable_help_subcommand(true)
        .args(whole.get_arguments().cloned())
        .subcommands(subcommands.cloned())
}

/// The whole command tree, for tests of its help.
#[cfg(test)]
pub(super) fn tree() -> clap::Command {
    Cli::command()
}

/// What is wrong with a command line, for tests.
#[cfg(test)]
#[allow(clippy::unwrap_used)]
pub(super) fn wrong_use(line: &str) -> Failure {
    misuse(&Cli::try_parse_from(line.split(' ')).map(drop).unwrap_err())
}
