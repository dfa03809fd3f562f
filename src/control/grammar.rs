//! The grammar of the command line: which commands there are, with which arguments, and the help of each.
//!
//! A command's name, its help and its examples stand here and nowhere else. What never happens here: nothing is asked, read,
//! printed or done; a value is checked by its form only ([`super::command`] does the rest).

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use super::backup;
use super::protocol::{HeldWord, Office, Shared, Switch};
use crate::config;
use crate::fetch::Protocol;
use crate::fetch::plan::{After, Since};
use crate::mail::address::{MemberName, PeerKey};
use crate::members::Mixed;

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
pub(super) struct Cli {
    /// The home's folder
    #[arg(long, global = true, default_value = "data", value_name = "DIR", value_hint = clap::ValueHint::DirPath)]
    pub(super) data: PathBuf,
    /// Answer in JSON, for scripts (with `run`: log lines in JSON)
    #[arg(long, global = true)]
    pub(super) json: bool,
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// The home itself, until SIGTERM or Ctrl-C; SIGHUP reads DIR/toxmail.toml again
    #[command(after_help = "Examples:\n  toxmaild run --data /data/toxmail\n  \
        toxmaild run --ports unprivileged      on 5587, 5465, 5143, 5993, 5110, 5995, 5080, 5443, 5843, for anybody\n\n\
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
        /// The boot folder of a box without a screen: setup-code.txt in it is what the first person at home has to type, and
        /// toxmail-setup.toml answers the questions of the first start. Without a code there a new home can be claimed for 30
        /// minutes after power-on, from its own network
        #[arg(long, value_name = "DIR")]
        boot: Option<PathBuf>,
        /// A light that tells how the home is: fast while it starts, slow until it is set up, steady when all is well, a flash
        /// each second in trouble. A folder such as /sys/class/leds/ACT
        #[arg(long, value_name = "DIR")]
        light: Option<PathBuf>,
        /// Where other versions of a whole box are handed over: the page takes the file, and the box's own script installs it
        #[arg(long, value_name = "DIR")]
        updates: Option<PathBuf>,
        /// Where a whole box tells how it is connected: the page shows it, and the box's own script joins the Wi-Fi that is chosen there
        #[arg(long, value_name = "DIR")]
        network: Option<PathBuf>,
        /// Where another disk for a whole box is chosen: the box's own script lists them, and carries the home there
        #[arg(long, value_name = "DIR")]
        disks: Option<PathBuf>,
        /// Where a stick for the backups of a whole box is chosen: the box's own script lists them, and mounts it for the while
        #[arg(long, value_name = "DIR")]
        sticks: Option<PathBuf>,
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
    /// For a box's own script: the home's folder to another one, which exists. Prints how many bytes are there, of how many
    #[command(
        hide = true,
        after_help = "Examples:\n  toxmaild carry /mnt/toxmail --data /data/toxmail\n  \
        toxmaild carry /mnt/toxmail --data /data/toxmail --exact"
    )]
    Carry {
        /// Where to
        to: PathBuf,
        /// The home is off, or is waited for for a minute: the copy is the same, or this fails
        #[arg(long)]
        exact: bool,
    },
    /// For a box's own script: a page, at port 80, that says why the home is not there
    #[command(hide = true, after_help = "Examples:\n  toxmaild absent missing")]
    Absent {
        /// Why not
        #[arg(value_enum)]
        why: AbsentWord,
        /// A light that tells of it
        #[arg(long, value_name = "DIR")]
        light: Option<PathBuf>,
        /// Another port
        #[arg(long, default_value_t = 80)]
        port: u16,
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
pub(super) enum Ask {
    /// The home at a glance: name, addresses, connection, ports, what waits
    #[command(
        after_help = "Examples:\n  toxmaild status\n  toxmaild status --json | jq -r .tox_id"
    )]
    Status,
    /// Whether mail, the Tox network's thread and the page answer, each at its own port: exit code 0 if all of them do
    #[command(after_help = "Examples:\n  toxmaild alive || systemctl restart toxmaild")]
    Alive,
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
    /// Whether everything is all right, in one word, and what is known about it
    #[command(after_help = "Examples:\n  toxmaild health\n  toxmaild health --json | jq -r .state")]
    Health,
    /// Room on the disk, and how much of it each mailbox takes
    #[command(after_help = "Examples:\n  toxmaild storage")]
    Storage,
    /// How many letters came and went, day by day
    #[command(
        after_help = "Examples:\n  toxmaild timeline\n  toxmaild timeline --days 30 --member anna"
    )]
    Timeline {
        /// Today and the days before it, up to 400
        #[arg(long, default_value_t = 14, value_parser = clap::value_parser!(u32).range(1..=400))]
        days: u32,
        /// One member's letters only
        #[arg(long, value_name = "NAME")]
        member: Option<MemberName>,
    },
    /// The last lines of the home's log, 500 at most
    #[command(after_help = "Examples:\n  toxmaild log\n  toxmaild log --behind 1234")]
    Log {
        /// Lines behind the one with this number only
        #[arg(long, default_value_t = 0, value_name = "NUMBER")]
        behind: u64,
    },
    /// What can be chosen without toxmail.toml
    #[command(
        subcommand,
        after_help = "Examples:\n  toxmaild setting list\n  toxmaild setting set home.name \"Garden Street 5\""
    )]
    Setting(Setting),
    /// Where the home enters the Tox network
    #[command(
        subcommand,
        after_help = "Examples:\n  toxmaild bootstrap list\n  toxmaild bootstrap import nodes.json"
    )]
    Bootstrap(Bootstrap),
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum PortsChoice {
    /// 587, 465, 143, 993, 110, 995, 80, 443, 8443; metrics 9925
    Standard,
    /// 5587, 5465, 5143, 5993, 5110, 5995, 5080, 5443, 5843; metrics 5925
    Unprivileged,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum AbsentWord {
    /// The disk with the letters is not plugged in
    Missing,
    /// The card is damaged
    Damaged,
    /// The letters of that disk went back to another card
    Left,
    /// The home is being carried to another disk
    Moving,
}

#[derive(Debug, Subcommand)]
pub(super) enum Member {
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
    /// Change the name that others see
    #[command(after_help = "Examples:\n  toxmaild member display anna \"Anna Martin\"")]
    Display {
        /// The member
        name: MemberName,
        /// The person's name
        display: String,
    },
    /// Say who looks after the home, or who gets its own mail; whoever did so until now does not any more
    #[command(
        after_help = "Examples:\n  toxmaild member appoint anna administrator\n  \
        toxmaild member appoint ben main-mailbox"
    )]
    Appoint {
        /// The member
        name: MemberName,
        /// To what
        #[arg(value_enum)]
        office: Office,
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
        /// For a mail provider that takes plain ASCII only: write such letters anew, with the same contents, instead of giving them back
        #[arg(long, value_enum, value_name = "on|off")]
        reencode: Option<Switch>,
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
pub(super) enum Address {
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
pub(super) enum Provider {
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
    /// Fetch a member's mailbox at a provider, so that they read everything in one place
    #[command(
        subcommand,
        after_help = "Examples:\n  toxmaild provider fetch set imap.example.org --member anna\n  toxmaild provider fetch now --member anna"
    )]
    Fetch(Fetching),
}

#[derive(Debug, Subcommand)]
pub(super) enum Fetching {
    /// Fetch from there, from now on; a login is tried first
    #[command(
        after_help = "Examples:\n  toxmaild provider fetch set imap.example.org --member anna\n  \
        toxmaild provider fetch set pop.example.org --member anna --protocol pop3 --after delete --from everything\n  \
        toxmaild provider fetch set imap.example.net --member bob --username bob < password-file"
    )]
    Set {
        /// The provider's server for incoming mail
        host: String,
        /// Who gets the letters
        #[arg(long, value_name = "NAME")]
        member: MemberName,
        /// What the server speaks
        #[arg(long, value_enum, default_value = "imap")]
        protocol: Protocol,
        /// Its port: 993 or 995, with --tls starttls 143 or 110
        #[arg(long, value_parser = clap::value_parser!(u16).range(1..))]
        port: Option<u16>,
        /// How the connection is encrypted
        #[arg(long, value_enum, default_value = "implicit")]
        tls: TlsChoice,
        /// The login there, whose password is read from standard input; without, that of the account for outgoing mail
        #[arg(long, value_name = "LOGIN")]
        username: Option<String>,
        /// What becomes of a letter there once it lies safely here
        #[arg(long, value_enum, default_value = "keep")]
        after: After,
        /// Which letters
        #[arg(long, value_enum, default_value = "new", value_name = "WHICH")]
        from: Since,
        /// How often to look
        #[arg(long, value_name = "TIME", default_value = "5m", value_parser = config::duration)]
        every: Duration,
        /// Store it without trying to log in
        #[arg(long)]
        untested: bool,
    },
    /// The mailboxes that are fetched, and what was wrong with them the last time; never their passwords
    #[command(
        after_help = "Examples:\n  toxmaild provider fetch show\n  toxmaild provider fetch show --member anna --json"
    )]
    Show {
        /// Only this member's
        #[arg(long, value_name = "NAME")]
        member: Option<MemberName>,
    },
    /// Log in and out again; nothing is fetched
    #[command(after_help = "Examples:\n  toxmaild provider fetch test --member anna")]
    Test {
        /// Whose mailbox
        #[arg(long, value_name = "NAME")]
        member: MemberName,
    },
    /// Look at once
    #[command(after_help = "Examples:\n  toxmaild provider fetch now --member anna")]
    Now {
        /// Whose mailbox
        #[arg(long, value_name = "NAME")]
        member: MemberName,
    },
    /// Fetch from there no more; letters that lie here stay
    #[command(after_help = "Examples:\n  toxmaild provider fetch remove --member anna")]
    Remove {
        /// Whose mailbox
        #[arg(long, value_name = "NAME")]
        member: MemberName,
    },
}

/// A time, or never.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience(pub(super) Option<Duration>);

fn patience(text: &str) -> Result<Patience, String> {
    match text {
        "never" => Ok(Patience(None)),
        text => config::duration(text).map(|time| Patience(Some(time))),
    }
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum TlsChoice {
    /// TLS from the first byte
    Implicit,
    /// STARTTLS, and nothing without it
    Starttls,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum MixedChoice {
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
pub(super) enum Device {
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
pub(super) enum Contact {
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
    /// Reach a contact directly or not at all: nothing goes through a relay, which would see when you write
    #[command(
        after_help = "Examples:\n  toxmaild contact direct bob on\n  toxmaild contact direct bob off\n\n\
        It holds for all who live in that home. While a relay alone leads there, letters wait, in both directions. What Tox itself \
        does goes through relays all the same: it looks for its contacts, greets them and says that it is there."
    )]
    Direct {
        /// The contact
        name: String,
        /// on: never through a relay
        only: Switch,
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
pub(super) enum ToxId {
    /// Give the home a new Tox ID, so that whoever has the old one can no longer knock; contacts stay, and learn the new one
    #[command(after_help = "Examples:\n  toxmaild tox-id renew\n  \
        toxmaild tox-id renew --json | jq -r .tox_id\n\n\
        Open invitations lead nowhere afterwards: make new ones.")]
    Renew,
}

#[derive(Debug, Subcommand)]
pub(super) enum Move {
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
pub(super) struct Invite {
    /// How long it can be redeemed: 30s, 15m, 4h or 30d
    #[arg(long, value_name = "TIME", default_value = "7d", value_parser = config::duration)]
    pub(super) expires: Duration,
    #[command(subcommand)]
    pub(super) command: Option<InviteCommand>,
}

#[derive(Debug, Subcommand)]
pub(super) enum InviteCommand {
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
pub(super) enum Queue {
    /// What waits, and for whom
    #[command(
        after_help = "Examples:\n  toxmaild queue list\n  toxmaild queue list --moving\n  \
        toxmaild queue list --member anna --limit 50"
    )]
    List {
        /// One member's letters only
        #[arg(long, value_name = "NAME")]
        member: Option<MemberName>,
        /// Letters behind the one with this number only
        #[arg(long, value_name = "ID")]
        behind: Option<i64>,
        /// So many letters at most
        #[arg(long, value_name = "COUNT")]
        limit: Option<usize>,
        /// Only what is on its way now
        #[arg(long)]
        moving: bool,
    },
    /// How much waits
    #[command(
        after_help = "Examples:\n  toxmaild queue count\n  toxmaild queue count --member anna"
    )]
    Count {
        /// One member's letters only
        #[arg(long, value_name = "NAME")]
        member: Option<MemberName>,
    },
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
    /// Say for its writer whether a message that is held goes
    #[command(after_help = "Examples:\n  toxmaild queue answer 12 send --member anna")]
    Answer {
        /// Its number in the list
        id: i64,
        /// What becomes of it
        word: HeldWord,
        /// Its writer
        #[arg(long, value_name = "NAME")]
        member: MemberName,
    },
    /// Take a message back; its writer is told
    #[command(
        after_help = "Examples:\n  toxmaild queue cancel 12\n  toxmaild queue cancel 12 --member anna"
    )]
    Cancel {
        /// Its number in the list
        id: i64,
        /// Its writer, who takes it back and is not told
        #[arg(long, value_name = "NAME")]
        member: Option<MemberName>,
    },
}

#[derive(Debug, Subcommand)]
pub(super) enum Setting {
    /// What can be chosen, what it is now, and whether toxmail.toml locks it
    #[command(after_help = "Examples:\n  toxmaild setting list")]
    List,
    /// Choose a value; it takes effect at once
    #[command(
        after_help = "Examples:\n  toxmaild setting set home.language de\n  toxmaild setting set home.name \"Garden Street 5\""
    )]
    Set {
        /// As in toxmail.toml, such as home.name
        key: String,
        /// The new value
        value: String,
    },
    /// Bring the default back
    #[command(after_help = "Examples:\n  toxmaild setting unset home.name")]
    Unset {
        /// As in toxmail.toml, such as home.name
        key: String,
    },
}

#[derive(Debug, Subcommand)]
pub(super) enum Bootstrap {
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

/// The error without the commands that the help does not show.
pub(super) fn without_hidden(mut error: clap::Error) -> clap::Error {
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

/// The command tree without what is hidden.
pub(super) fn shown() -> clap::Command {
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
