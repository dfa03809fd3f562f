//! A mail server that a family has already, from Debian's packages: Postfix as Zimbra's MTA is (a transport map to this home by
//! its IP address, STARTTLS, SASL with `noanonymous`), and Dovecot's LMTP, which files letters for the people of example.org.
//! Each has a configuration, a folder and ports of its own, beside whatever runs on this machine.

use std::fs;
use std::net::{SocketAddr, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use crate::home::wait_for;

/// Where the home takes letters from Postfix.
pub const GATEWAY: u16 = 33525;
/// Where Postfix takes letters from the people of example.org.
pub const SMTP: u16 = 33025;
/// Where Dovecot takes letters.
pub const LMTP: u16 = 33724;
/// The one name and password.
pub const LOGIN: (&str, &str) = ("zimbra", "a long password");

const SOON: Duration = Duration::from_secs(30);

/// Both. Dropped, they are stopped and their folder removed.
pub struct MailServer {
    dir: tempfile::TempDir,
    dovecot: Option<Child>,
}

impl MailServer {
    /// For these people. What goes to `domains` besides Tox is handed to the home.
    pub fn start(people: &[&str], domains: &[&str]) -> Self {
        let dir = tempfile::Builder::new()
            .prefix("toxmail-lan-")
            .tempdir()
            .unwrap();
        // Unprivileged parts must get through to their folders.
        fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let mut this = Self { dir, dovecot: None };
        for folder in ["etc", "queue", "data", "mail", "run", "state"] {
            fs::create_dir(this.path(folder)).unwrap();
        }
        run("chown", &["postfix", &text(&this.path("data"))]);
        run("chown", &["nobody", &text(&this.path("mail"))]);
        let users: String = people
            .iter()
            .map(|name| {
                let home = text(&this.path("mail"));
                format!("{name}@example.org:{{PLAIN}}x:65534:65534::{home}/{name}::\n")
            })
            .collect();
        this.write("etc/users", &users);
        this.write("etc/dovecot.conf", &this.dovecot_settings());
        this.dovecot();

        let to_home = format!("smtp:[127.0.0.1]:{GATEWAY}");
        let map: String = [".tox", "tox"]
            .iter()
            .chain(domains)
            .map(|domain| format!("{domain} {to_home}\n"))
            .collect();
        this.write("etc/transport", &map);
        let (login, password) = LOGIN;
        this.write(
            "etc/sasl",
            &format!("[127.0.0.1]:{GATEWAY} {login}:{password}\n"),
        );
        this.write("etc/main.cf", &this.postfix_settings());
        this.write("etc/master.cf", &services());
        let output = this.postfix("start");
        assert!(
            output.status.success(),
            "postfix start: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        wait_for("postfix", SOON, || TcpStream::connect(this.smtp()).ok());
        this
    }

    fn write(&self, name: &str, what: &str) {
        fs::write(self.path(name), what).unwrap();
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Where the people of example.org send.
    pub fn smtp(&self) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], SMTP))
    }

    /// Starts Dovecot and waits until it answers.
    pub fn dovecot(&mut self) {
        let child = Command::new("dovecot")
            .arg("-F")
            .arg("-c")
            .arg(self.path("etc/dovecot.conf"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("dovecot: .ci/install test");
        self.dovecot = Some(child);
        wait_for("dovecot", SOON, || {
            TcpStream::connect(("127.0.0.1", LMTP)).ok()
        });
    }

    /// Stops Dovecot: nobody listens any more when this returns.
    pub fn stop_dovecot(&mut self) {
        let Some(mut child) = self.dovecot.take() else {
            return;
        };
        let pid = rustix::process::Pid::from_child(&child);
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
        child.wait().unwrap();
    }

    /// Postfix tries again now what has waited.
    pub fn flush(&self) {
        self.postfix("flush");
    }

    /// How many letters wait in Postfix.
    pub fn waiting(&self) -> usize {
        let output = Command::new("postqueue")
            .arg("-c")
            .arg(self.path("etc"))
            .arg("-j")
            .output()
            .unwrap();
        String::from_utf8_lossy(&output.stdout).lines().count()
    }

    /// The letters of one of its people.
    pub fn letters(&self, name: &str) -> Vec<Vec<u8>> {
        let folder = self.path("mail").join(name).join("Maildir/new");
        let Ok(entries) = fs::read_dir(folder) else {
            return Vec::new();
        };
        let mut files: Vec<PathBuf> = entries.flatten().map(|e| e.path()).collect();
        files.sort();
        files
            .iter()
            .filter_map(|file| fs::read(file).ok())
            .collect()
    }

    fn postfix(&self, word: &str) -> Output {
        Command::new("postfix")
            .arg("-c")
            .arg(self.path("etc"))
            .arg(word)
            .output()
            .expect("postfix: .ci/install test")
    }

    fn dovecot_settings(&self) -> String {
        let dir = text(self.dir.path());
        format!(
            "base_dir = {dir}/run\nstate_dir = {dir}/state\nlog_path = {dir}/dovecot.log\nprotocols = lmtp\nssl = no\n\
             listen = 127.0.0.1\npostmaster_address = postmaster@example.org\nhostname = mail.example.org\n\
             mail_location = maildir:~/Maildir\nauth_username_format = %Lu\n\
             passdb {{\n  driver = passwd-file\n  args = {dir}/etc/users\n}}\n\
             userdb {{\n  driver = passwd-file\n  args = {dir}/etc/users\n}}\n\
             service lmtp {{\n  inet_listener lmtp {{\n    address = 127.0.0.1\n    port = {LMTP}\n  }}\n}}\n"
        )
    }

    fn postfix_settings(&self) -> String {
        let dir = text(self.dir.path());
        format!(
            "compatibility_level = 3.6\n\
             queue_directory = {dir}/queue\n\
             data_directory = {dir}/data\n\
             command_directory = /usr/sbin\n\
             daemon_directory = /usr/lib/postfix/sbin\n\
             mail_owner = postfix\n\
             setgid_group = postdrop\n\
             myhostname = mail.example.org\n\
             mydestination =\n\
             inet_interfaces = loopback-only\n\
             inet_protocols = ipv4\n\
             mynetworks = 127.0.0.0/8\n\
             smtpd_peername_lookup = no\n\
             virtual_mailbox_domains = example.org\n\
             virtual_transport = lmtp:inet:127.0.0.1:{LMTP}\n\
             transport_maps = texthash:{dir}/etc/transport\n\
             default_transport = error:no other mail leaves this test\n\
             smtp_tls_security_level = encrypt\n\
             smtp_sasl_auth_enable = yes\n\
             smtp_sasl_password_maps = texthash:{dir}/etc/sasl\n\
             smtp_sasl_security_options = noanonymous\n\
             queue_run_delay = 2s\n\
             minimal_backoff_time = 2s\n\
             maximal_backoff_time = 2s\n\
             maillog_file = {dir}/postfix.log\n\
             maillog_file_prefixes = {dir}\n"
        )
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        if std::thread::panicking() {
            for log in ["postfix.log", "dovecot.log"] {
                let said = fs::read_to_string(self.path(log)).unwrap_or_default();
                let last: Vec<&str> = said.lines().rev().take(60).collect();
                let last: Vec<&str> = last.into_iter().rev().collect();
                eprintln!("--- {log}:\n{}", last.join("\n"));
            }
        }
        self.stop_dovecot();
        self.postfix("stop");
    }
}

fn text(path: &Path) -> String {
    path.to_str().unwrap().to_owned()
}

fn run(program: &str, words: &[&str]) {
    let status = Command::new(program).args(words).status();
    assert!(status.unwrap().success(), "{program} {words:?}");
}

/// Debian's, less what is not needed here.
fn services() -> String {
    format!(
        "127.0.0.1:{SMTP} inet n - n - - smtpd\n\
         pickup    unix  n       -       n       60      1       pickup\n\
         cleanup   unix  n       -       n       -       0       cleanup\n\
         qmgr      unix  n       -       n       2       1       qmgr\n\
         tlsmgr    unix  -       -       n       1000?   1       tlsmgr\n\
         rewrite   unix  -       -       n       -       -       trivial-rewrite\n\
         bounce    unix  -       -       n       -       0       bounce\n\
         defer     unix  -       -       n       -       0       bounce\n\
         trace     unix  -       -       n       -       0       bounce\n\
         verify    unix  -       -       n       -       1       verify\n\
         flush     unix  n       -       n       1000?   0       flush\n\
         proxymap  unix  -       -       n       -       -       proxymap\n\
         proxywrite unix -       -       n       -       1       proxymap\n\
         smtp      unix  -       -       n       -       -       smtp\n\
         lmtp      unix  -       -       n       -       -       lmtp\n\
         showq     unix  n       -       n       -       -       showq\n\
         error     unix  -       -       n       -       -       error\n\
         retry     unix  -       -       n       -       -       error\n\
         discard   unix  -       -       n       -       -       discard\n\
         anvil     unix  -       -       n       -       1       anvil\n\
         postlog   unix-dgram n  -       n       -       1       postlogd\n"
    )
}
