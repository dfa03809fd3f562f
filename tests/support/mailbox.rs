#![allow(dead_code)] // each test binary uses a part of it
//! A mailbox at a mail provider: Debian's Dovecot with IMAP and POP3, encrypted from the first byte and by STARTTLS, with a
//! certificate of the test's own authority. For tests in a network namespace of their own. It also stands beside our own IMAP
//! server.

use std::fs;
use std::net::TcpStream;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::home::wait_for;
use crate::provider::Authority;

/// Protocol, how it is secured, port.
pub const PORTS: [(&str, &str, u16); 4] = [
    ("imap", "implicit", 2993),
    ("imap", "starttls", 2143),
    ("pop3", "implicit", 2995),
    ("pop3", "starttls", 2110),
];
pub const LOGIN: &str = "anna@example.org";
const SOON: Duration = Duration::from_secs(30);
/// Debian's `nobody` and `nogroup`.
const NOBODY: u32 = 65534;

/// A running Dovecot. Dropped, it is stopped and its folder removed.
pub struct Dovecot {
    dir: tempfile::TempDir,
    child: Option<Child>,
}

impl Dovecot {
    /// Starts one that knows anna@example.org with that password.
    pub fn start(authority: &Authority, password: &str) -> Self {
        Self::start_with(authority, &[(LOGIN, password)], "")
    }

    /// Starts one that knows these logins with their passwords, with more settings than the least.
    pub fn start_with(authority: &Authority, logins: &[(&str, &str)], more: &str) -> Self {
        let dir = tempfile::Builder::new()
            .prefix("toxmail-mailbox-")
            .tempdir()
            .unwrap();
        // Unprivileged parts must get through to their folders.
        fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let mut this = Self { dir, child: None };
        for folder in ["run", "state", "mail"] {
            fs::create_dir(this.path(folder)).unwrap();
        }
        for (login, _) in logins {
            let maildir = this.maildir_of(login);
            let parts = ["cur", "new", "tmp"].map(|part| maildir.join(part));
            for folder in [maildir.parent().unwrap(), &maildir]
                .into_iter()
                .chain(parts.iter().map(PathBuf::as_path))
            {
                fs::create_dir(folder).unwrap();
                chown(folder, Some(NOBODY), Some(NOBODY)).unwrap();
            }
        }
        fs::copy(authority.server(), this.path("tls.pem")).unwrap();
        this.set_passwords(logins);
        fs::write(this.path("dovecot.conf"), this.settings() + more).unwrap();
        this.go();
        this
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn maildir(&self) -> PathBuf {
        self.maildir_of(LOGIN)
    }

    /// The folder of somebody's mail.
    pub fn maildir_of(&self, login: &str) -> PathBuf {
        let name = login.split('@').next().unwrap();
        self.path("mail").join(name).join("Maildir")
    }

    pub fn set_password(&self, password: &str) {
        self.set_passwords(&[(LOGIN, password)]);
    }

    fn set_passwords(&self, logins: &[(&str, &str)]) {
        let users: String = logins
            .iter()
            .map(|(login, password)| format!("{login}:{password}\n"))
            .collect();
        fs::write(self.path("users"), users).unwrap();
    }

    /// The process that all others are children of.
    pub fn pid(&self) -> u32 {
        self.child.as_ref().expect("running").id()
    }

    /// Starts it again after [`stop`](Self::stop).
    pub fn go(&mut self) {
        let child = Command::new("dovecot")
            .arg("-F")
            .arg("-c")
            .arg(self.path("dovecot.conf"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("dovecot: .ci/install test");
        self.child = Some(child);
        for (_, _, port) in PORTS {
            wait_for("dovecot", SOON, || {
                TcpStream::connect(("127.0.0.1", port)).ok()
            });
        }
    }

    /// Stops it: nobody listens any more.
    pub fn stop(&mut self) {
        let Some(mut child) = self.child.take() else {
            return;
        };
        let pid = rustix::process::Pid::from_child(&child);
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
        child.wait().unwrap();
    }

    /// Puts a letter into the mailbox, as the provider's own MTA would.
    pub fn put(&self, name: &str, letter: &[u8]) {
        let draft = self.maildir().join("tmp").join(name);
        fs::write(&draft, letter).unwrap();
        chown(&draft, Some(NOBODY), Some(NOBODY)).unwrap();
        fs::rename(draft, self.maildir().join("new").join(name)).unwrap();
    }

    /// Files of the letters that lie there.
    pub fn letters(&self) -> Vec<PathBuf> {
        let mut files: Vec<PathBuf> = ["new", "cur"]
            .iter()
            .flat_map(|part| fs::read_dir(self.maildir().join(part)).unwrap())
            .map(|entry| entry.unwrap().path())
            .collect();
        files.sort();
        files
    }

    /// The mailbox is numbered anew: another UIDVALIDITY, other UIDs, other UIDLs.
    pub fn renumber(&mut self) {
        self.stop();
        let list = self.maildir().join("dovecot-uidlist");
        let before = fs::read_to_string(&list).unwrap();
        let mut lines = before.lines();
        let head = lines.next().unwrap();
        let words: Vec<String> = head
            .split(' ')
            .map(|word| match word.split_at(1) {
                ("V", number) => format!("V{}", number.parse::<u32>().unwrap() + 1),
                ("N", number) => format!("N{}", number.parse::<u32>().unwrap() + 1000),
                _ => word.to_owned(),
            })
            .collect();
        let mut after = words.join(" ") + "\n";
        for line in lines {
            let (uid, rest) = line.split_once(' ').unwrap();
            after += &format!("{} {rest}\n", uid.parse::<u32>().unwrap() + 1000);
        }
        for entry in fs::read_dir(self.maildir()).unwrap() {
            let path = entry.unwrap().path();
            if path
                .file_name()
                .unwrap()
                .to_str()
                .unwrap()
                .starts_with("dovecot.index")
            {
                fs::remove_file(path).unwrap();
            }
        }
        fs::write(&list, after).unwrap();
        chown(&list, Some(NOBODY), Some(NOBODY)).unwrap();
        self.go();
    }

    fn settings(&self) -> String {
        let dir = text(self.dir.path());
        let [imaps, imap, pop3s, pop3] = PORTS.map(|(_, _, port)| port);
        format!(
            "base_dir = {dir}/run\nstate_dir = {dir}/state\nlog_path = {dir}/log\nprotocols = imap pop3\n\
             listen = 127.0.0.1\nssl = required\nssl_cert = <{dir}/tls.pem\nssl_key = <{dir}/tls.pem\n\
             disable_plaintext_auth = yes\nauth_failure_delay = 0\nauth_mechanisms = plain\n\
             mail_location = maildir:~/Maildir\n\
             passdb {{\n driver = passwd-file\n args = scheme=plain {dir}/users\n}}\n\
             userdb {{\n driver = static\n args = uid={NOBODY} gid={NOBODY} home={dir}/mail/%n\n}}\n\
             service imap-login {{\n inet_listener imap {{\n  port = {imap}\n }}\n inet_listener imaps {{\n  port = {imaps}\n  ssl = yes\n }}\n}}\n\
             service pop3-login {{\n inet_listener pop3 {{\n  port = {pop3}\n }}\n inet_listener pop3s {{\n  port = {pop3s}\n  ssl = yes\n }}\n}}\n"
        )
    }
}

impl Drop for Dovecot {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let said = fs::read_to_string(self.path("log")).unwrap_or_default();
            eprintln!("--- dovecot's log:\n{said}");
        }
        self.stop();
    }
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}
