#![allow(dead_code)] // each test binary uses a part of it
//! An IMAP server with the mailboxes of a family: a home, or Debian's Dovecot set up like one.

use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;

use crate::client;
use crate::home::{Home, Plan};
use crate::mailbox::{Dovecot, PORTS};
use crate::provider::Authority;

/// Who has a mailbox, with the password `secret-NAME`.
pub const PEOPLE: [&str; 2] = ["anna", "ben"];

/// A running server.
pub struct Place {
    server: Server,
    /// STARTTLS.
    pub imap: SocketAddr,
    pub imaps: SocketAddr,
    /// Where letters are sent from, if they are.
    pub submissions: Option<SocketAddr>,
}

enum Server {
    Home(Box<Home>),
    Dovecot(Box<Dovecot>, Authority),
}

impl Place {
    /// A home, or what `IMAP_SERVER` says.
    pub fn start(limits: &[&str]) -> Self {
        if std::env::var("IMAP_SERVER").is_ok_and(|v| v == "dovecot") {
            Self::dovecot()
        } else {
            Self::home(limits)
        }
    }

    /// A home, with these lines under `[limits]`.
    pub fn home(limits: &[&str]) -> Self {
        let mut settings: Vec<(&str, String)> = vec![
            ("tox", "bootstrap = []".into()),
            ("listen", "imap = \"127.0.0.1:0\"".into()),
            ("listen", "imaps = \"127.0.0.1:0\"".into()),
            ("limits", "max_connections_per_address = 100".into()),
        ];
        settings.extend(limits.iter().map(|line| ("limits", (*line).to_owned())));
        let plan = Plan {
            settings,
            members: PEOPLE.into(),
            ..Plan::default()
        };
        let mut home = Home::new("garden", plan);
        home.start();
        Self {
            imap: home.address("imap"),
            imaps: home.address("imaps"),
            submissions: Some(home.address("submissions")),
            server: Server::Home(Box::new(home)),
        }
    }

    /// Dovecot with the mailboxes that a home has.
    pub fn dovecot() -> Self {
        let logins = PEOPLE.map(|name| (name, format!("secret-{name}")));
        let logins: Vec<(&str, &str)> = logins
            .iter()
            .map(|(name, password)| (*name, password.as_str()))
            .collect();
        let special = ["Sent", "Drafts", "Trash", "Junk", "Archive"].map(|name| {
            format!(" mailbox {name} {{\n  special_use = \\{name}\n  auto = subscribe\n }}\n")
        });
        let settings = format!(
            "namespace inbox {{\n inbox = yes\n separator = /\n{}}}\n\
             listen = 127.0.0.1, 127.0.0.2\nmail_max_userip_connections = 100\n\
             service anvil {{\n unix_listener anvil-auth-penalty {{\n  mode = 0\n }}\n}}\n\
             mail_plugins = quota\nprotocol imap {{\n mail_plugins = quota imap_quota\n}}\n\
             plugin {{\n quota = maildir:User quota\n quota_rule = *:storage=1G\n}}\n",
            special.concat()
        );
        let authority = Authority::new();
        let dovecot = Dovecot::start_with(&authority, &logins, &settings);
        let port = |way: &str| {
            PORTS
                .iter()
                .find(|(protocol, how, _)| *protocol == "imap" && *how == way)
                .unwrap()
                .2
        };
        Self {
            // Where both ends have one address, Dovecot takes the line for safe without TLS.
            imap: ([127, 0, 0, 2], port("starttls")).into(),
            imaps: ([127, 0, 0, 2], port("implicit")).into(),
            submissions: None,
            server: Server::Dovecot(Box::new(dovecot), authority),
        }
    }

    pub fn is_dovecot(&self) -> bool {
        matches!(self.server, Server::Dovecot(..))
    }

    /// The home itself, where it is one.
    pub fn as_home(&mut self) -> Option<&mut Home> {
        match &mut self.server {
            Server::Home(home) => Some(home),
            Server::Dovecot(..) => None,
        }
    }

    /// The certificate of its authority.
    pub fn authority(&self) -> PathBuf {
        match &self.server {
            Server::Home(home) => home.path().join("tls/ca.pem"),
            Server::Dovecot(_, authority) => authority.ca(),
        }
    }

    /// The folder of somebody's mail.
    pub fn maildir(&self, name: &str) -> PathBuf {
        match &self.server {
            Server::Home(home) => home.path().join("mail").join(name).join("Maildir"),
            Server::Dovecot(dovecot, _) => dovecot.maildir_of(name),
        }
    }

    /// Files letters in somebody's INBOX as another program would that writes to the Maildir.
    pub fn file(&self, name: &str, letters: impl IntoIterator<Item = Vec<u8>>) {
        static COUNT: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
        let maildir = self.maildir(name);
        let owner = std::os::unix::fs::MetadataExt::uid(&fs::metadata(&maildir).unwrap());
        for letter in letters {
            let number = COUNT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            let file = format!("{}.M{number:06}.other", 1_795_600_000 + number);
            let draft = maildir.join("tmp").join(&file);
            fs::write(&draft, letter).unwrap();
            std::os::unix::fs::chown(&draft, Some(owner), Some(owner)).unwrap();
            fs::rename(draft, maildir.join("new").join(file)).unwrap();
        }
    }

    /// Has a letter arrive as letters arrive here.
    pub fn deliver(&self, name: &str, letter: &[u8]) {
        match (&self.server, self.submissions) {
            (Server::Home(_), Some(at)) => {
                let mut line = client::submission(at, "ben", "secret-ben").unwrap();
                let to = format!("{name}@toxmail.local");
                let letter =
                    String::from_utf8_lossy(letter).replace("ben@example.org", "ben@toxmail.local");
                let reply = client::send(&mut line, "ben@toxmail.local", &[&to], letter.as_bytes())
                    .unwrap();
                assert!(reply.starts_with("250"), "{reply}");
            }
            _ => self.file(name, [letter.to_vec()]),
        }
    }
}
