//! Debian's Postfix with a configuration, a queue and a port of its own, beside whatever runs on this machine: SMTP inside
//! TLS (the `smtps` wrapper, a throw-away certificate), letters for one virtual Maildir. No AUTH: it takes letters for its
//! own domain from anybody on loopback.

use std::fs;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Duration;

use crate::home::wait_for;
use crate::process;

const PORT: u16 = 33465;
/// Whom it takes letters for.
pub const RECIPIENT: &str = "bob@bench.example";

/// A running Postfix. Dropped, it is stopped and its folder removed.
pub struct Postfix {
    dir: tempfile::TempDir,
}

impl Postfix {
    pub fn start() -> Self {
        let dir = tempfile::Builder::new()
            .prefix("toxmail-postfix-")
            .tempdir()
            .unwrap();
        // Its unprivileged parts must get through to their folders.
        fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let this = Self { dir };
        for folder in ["etc", "queue", "data", "mail"] {
            fs::create_dir(this.path(folder)).unwrap();
        }
        let key = rcgen::generate_simple_self_signed(vec!["bench.example".to_owned()]).unwrap();
        let pem = key.signing_key.serialize_pem() + &key.cert.pem();
        let chain = this.path("etc/tls.pem");
        fs::write(&chain, pem).unwrap();
        fs::set_permissions(&chain, fs::Permissions::from_mode(0o600)).unwrap();
        fs::write(this.path("etc/main.cf"), this.settings()).unwrap();
        fs::write(this.path("etc/master.cf"), SERVICES).unwrap();
        run("chown", &["postfix", &text(&this.path("data"))]);
        run("chown", &["nobody", &text(&this.path("mail"))]);
        let output = this.say("start");
        assert!(
            output.status.success(),
            "postfix start: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        wait_for("postfix", Duration::from_secs(30), || {
            std::net::TcpStream::connect(this.address()).ok()
        });
        this
    }

    fn settings(&self) -> String {
        let dir = text(self.dir.path());
        // in_flow_delay: by default it holds back who sends faster than it delivers, one second a letter at worst. Off, it
        // is as fast as it can be.
        format!(
            "compatibility_level = 3.6\n\
             queue_directory = {dir}/queue\n\
             data_directory = {dir}/data\n\
             command_directory = /usr/sbin\n\
             daemon_directory = /usr/lib/postfix/sbin\n\
             mail_owner = postfix\n\
             setgid_group = postdrop\n\
             myhostname = mail.bench.example\n\
             mydestination =\n\
             inet_interfaces = loopback-only\n\
             inet_protocols = ipv4\n\
             mynetworks = 127.0.0.0/8\n\
             virtual_mailbox_domains = bench.example\n\
             virtual_mailbox_base = {dir}/mail\n\
             virtual_mailbox_maps = static:bob/\n\
             virtual_uid_maps = static:65534\n\
             virtual_gid_maps = static:65534\n\
             smtpd_tls_chain_files = {dir}/etc/tls.pem\n\
             smtpd_peername_lookup = no\n\
             in_flow_delay = 0\n\
             maillog_file = {dir}/log\n\
             maillog_file_prefixes = {dir}\n"
        )
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn say(&self, word: &str) -> Output {
        Command::new("postfix")
            .arg("-c")
            .arg(self.path("etc"))
            .arg(word)
            .output()
            .expect("postfix: .ci/install bench")
    }

    pub fn address(&self) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], PORT))
    }

    /// Letters in the mailbox.
    pub fn filed(&self) -> usize {
        fs::read_dir(self.path("mail/bob/new")).map_or(0, Iterator::count)
    }

    /// Seconds of processor time of all its processes.
    pub fn cpu(&self) -> f64 {
        let pid = fs::read_to_string(self.path("queue/pid/master.pid")).unwrap();
        process::family_cpu(pid.trim().parse().unwrap())
    }
}

impl Drop for Postfix {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!(
                "{}",
                fs::read_to_string(self.path("log")).unwrap_or_default()
            );
        }
        self.say("stop");
    }
}

fn text(path: &Path) -> String {
    path.to_str().unwrap().to_owned()
}

fn run(program: &str, words: &[&str]) {
    assert!(
        Command::new(program)
            .args(words)
            .status()
            .unwrap()
            .success()
    );
}

/// Debian's, less what is not needed here.
const SERVICES: &str = "\
127.0.0.1:33465 inet n - n - - smtpd -o smtpd_tls_wrappermode=yes
pickup    unix  n       -       n       60      1       pickup
cleanup   unix  n       -       n       -       0       cleanup
qmgr      unix  n       -       n       300     1       qmgr
tlsmgr    unix  -       -       n       1000?   1       tlsmgr
rewrite   unix  -       -       n       -       -       trivial-rewrite
bounce    unix  -       -       n       -       0       bounce
defer     unix  -       -       n       -       0       bounce
trace     unix  -       -       n       -       0       bounce
verify    unix  -       -       n       -       1       verify
proxymap  unix  -       -       n       -       -       proxymap
proxywrite unix -       -       n       -       1       proxymap
smtp      unix  -       -       n       -       -       smtp
showq     unix  n       -       n       -       -       showq
error     unix  -       -       n       -       -       error
retry     unix  -       -       n       -       -       error
discard   unix  -       -       n       -       -       discard
virtual   unix  -       n       n       -       -       virtual
anvil     unix  -       -       n       -       1       anvil
postlog   unix-dgram n  -       n       -       1       postlogd
";
