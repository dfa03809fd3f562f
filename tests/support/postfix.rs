#![allow(dead_code)] // each test binary uses a part of it
//! Debian's Postfix with a configuration, a queue, a port and a log of its own, beside whatever runs on this machine. What it
//! takes from whom, and where that goes, its users say.

use std::fs;
use std::net::{SocketAddr, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Command, Output};
use std::time::Duration;

use crate::home::wait_for;

const SOON: Duration = Duration::from_secs(30);

/// One of them, in a folder with the parts `etc`, `queue`, `data` and `mail`. Dropped, it is stopped and its folder removed.
pub struct Instance {
    dir: tempfile::TempDir,
    address: SocketAddr,
}

impl Instance {
    /// Makes the folder; its users put files into it, then [`configure`](Self::configure) and [`start`](Self::start). It will
    /// answer at `port`, on loopback.
    pub fn new(name: &str, port: u16) -> Self {
        let dir = tempfile::Builder::new()
            .prefix(&format!("toxmail-{name}-"))
            .tempdir()
            .unwrap();
        // Its unprivileged parts must get through to their folders.
        fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let this = Self {
            dir,
            address: SocketAddr::from(([127, 0, 0, 1], port)),
        };
        for folder in ["etc", "queue", "data", "mail"] {
            fs::create_dir(this.path(folder)).unwrap();
        }
        this.give("postfix", "data");
        this.give("nobody", "mail");
        this
    }

    fn give(&self, owner: &str, folder: &str) {
        let done = Command::new("chown")
            .arg(owner)
            .arg(self.path(folder))
            .status();
        assert!(done.unwrap().success(), "chown {owner} {folder}");
    }

    /// Key and certificates of its TLS, at `etc/tls.pem`.
    pub fn tls(&self, pem: &[u8]) {
        let chain = self.path("etc/tls.pem");
        fs::write(&chain, pem).unwrap();
        fs::set_permissions(&chain, fs::Permissions::from_mode(0o600)).unwrap();
    }

    /// Its configuration: more lines for main.cf, the servers that listen for master.cf, and how many seconds the queue
    /// manager sleeps at most.
    pub fn configure(&self, settings: &str, listeners: &str, sleep: u32) {
        let dir = self.folder();
        let main = format!(
            "compatibility_level = 3.6\n\
             queue_directory = {dir}/queue\n\
             data_directory = {dir}/data\n\
             command_directory = /usr/sbin\n\
             daemon_directory = /usr/lib/postfix/sbin\n\
             mail_owner = postfix\n\
             setgid_group = postdrop\n\
             mydestination =\n\
             inet_interfaces = 127.0.0.1\n\
             inet_protocols = ipv4\n\
             smtpd_peername_lookup = no\n\
             maillog_file = {dir}/log\n\
             maillog_file_prefixes = {dir}\n"
        );
        self.write("etc/main.cf", &(main + settings));
        let manager = format!("qmgr unix n - n {sleep} 1 qmgr\n");
        self.write("etc/master.cf", &[listeners, &manager, SERVICES].concat());
    }

    /// Starts it and waits until it answers.
    pub fn start(&self) {
        let output = self.say("start");
        assert!(
            output.status.success(),
            "postfix start: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        wait_for("postfix", SOON, || TcpStream::connect(self.address).ok());
    }

    /// Stops it: nobody listens any more.
    pub fn stop(&self) {
        self.say("stop");
        wait_for("postfix to stop", SOON, || {
            TcpStream::connect(self.address).is_err().then_some(())
        });
    }

    /// The operator's `postfix WORD`.
    pub fn say(&self, word: &str) -> Output {
        Command::new("postfix")
            .arg("-c")
            .arg(self.path("etc"))
            .arg(word)
            .output()
            .expect("postfix: .ci/install test")
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its folder, as text.
    pub fn folder(&self) -> &str {
        self.dir.path().to_str().unwrap()
    }

    /// A file of its folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// The same as text, for settings.
    pub fn text(&self, name: &str) -> String {
        format!("{}/{name}", self.folder())
    }

    /// Writes a file of its folder.
    pub fn write(&self, name: &str, what: &str) {
        fs::write(self.path(name), what).unwrap();
    }

    /// The letters in a Maildir below `mail`, as they lie there.
    pub fn letters(&self, mailbox: &str) -> Vec<Vec<u8>> {
        let folder = self.path("mail").join(mailbox).join("new");
        let Ok(entries) = fs::read_dir(folder) else {
            return Vec::new();
        };
        let mut files: Vec<PathBuf> = entries.flatten().map(|e| e.path()).collect();
        files.sort();
        let letters = files.iter().filter_map(|file| fs::read(file).ok());
        letters.collect()
    }

    /// What it has logged.
    pub fn log(&self) -> String {
        fs::read_to_string(self.path("log")).unwrap_or_default()
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("--- log of postfix:\n{}", self.log());
        }
        self.say("stop");
    }
}

/// Debian's, less what no test needs.
const SERVICES: &str = "\
pickup    unix  n       -       n       60      1       pickup
cleanup   unix  n       -       n       -       0       cleanup
tlsmgr    unix  -       -       n       1000?   1       tlsmgr
rewrite   unix  -       -       n       -       -       trivial-rewrite
bounce    unix  -       -       n       -       0       bounce
defer     unix  -       -       n       -       0       bounce
trace     unix  -       -       n       -       0       bounce
verify    unix  -       -       n       -       1       verify
flush     unix  n       -       n       1000?   0       flush
proxymap  unix  -       -       n       -       -       proxymap
proxywrite unix -       -       n       -       1       proxymap
smtp      unix  -       -       n       -       -       smtp
lmtp      unix  -       -       n       -       -       lmtp
showq     unix  n       -       n       -       -       showq
error     unix  -       -       n       -       -       error
retry     unix  -       -       n       -       -       error
discard   unix  -       -       n       -       -       discard
virtual   unix  -       n       n       -       -       virtual
anvil     unix  -       -       n       -       1       anvil
postlog   unix-dgram n  -       n       -       1       postlogd
";
