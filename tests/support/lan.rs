//! A mail server that a family has already, from Debian's packages: Postfix as Zimbra's MTA is (a transport map to this home by
//! its IP address, STARTTLS, SASL with `noanonymous`), and Dovecot's LMTP, which files letters for the people of example.org.
//! Each has a configuration, a folder and ports of its own, beside whatever runs on this machine.

#[path = "postfix.rs"]
mod postfix;

use std::fs;
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};
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
    postfix: postfix::Instance,
    dovecot: Option<Child>,
}

impl MailServer {
    /// For these people. What goes to `domains` besides Tox is handed to the home.
    pub fn start(people: &[&str], domains: &[&str]) -> Self {
        let postfix = postfix::Instance::new("lan", SMTP);
        for folder in ["run", "state"] {
            fs::create_dir(postfix.path(folder)).unwrap();
        }
        let home = postfix.text("mail");
        let users: String = people
            .iter()
            .map(|name| format!("{name}@example.org:{{PLAIN}}x:65534:65534::{home}/{name}::\n"))
            .collect();
        postfix.write("etc/users", &users);
        postfix.write("etc/dovecot.conf", &dovecot_settings(&postfix));
        let to_home = format!("smtp:[127.0.0.1]:{GATEWAY}");
        let map: String = [".tox", "tox"]
            .iter()
            .chain(domains)
            .map(|domain| format!("{domain} {to_home}\n"))
            .collect();
        postfix.write("etc/transport", &map);
        let (login, password) = LOGIN;
        postfix.write(
            "etc/sasl",
            &format!("[127.0.0.1]:{GATEWAY} {login}:{password}\n"),
        );
        let door = format!("127.0.0.1:{SMTP} inet n - n - - smtpd\n");
        postfix.configure(&postfix_settings(&postfix), &door, 2);
        let mut this = Self {
            postfix,
            dovecot: None,
        };
        this.dovecot();
        this.postfix.start();
        this
    }

    /// Where the people of example.org send.
    pub fn smtp(&self) -> SocketAddr {
        self.postfix.address()
    }

    /// Starts Dovecot and waits until it answers.
    pub fn dovecot(&mut self) {
        let child = Command::new("dovecot")
            .arg("-F")
            .arg("-c")
            .arg(self.postfix.path("etc/dovecot.conf"))
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
        self.postfix.say("flush");
    }

    /// How many letters wait in Postfix.
    pub fn waiting(&self) -> usize {
        let output = Command::new("postqueue")
            .arg("-c")
            .arg(self.postfix.path("etc"))
            .arg("-j")
            .output()
            .unwrap();
        String::from_utf8_lossy(&output.stdout).lines().count()
    }

    /// The letters of one of its people.
    pub fn letters(&self, name: &str) -> Vec<Vec<u8>> {
        self.postfix.letters(&format!("{name}/Maildir"))
    }
}

impl Drop for MailServer {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let said = fs::read_to_string(self.postfix.path("dovecot.log"));
            eprintln!("--- log of dovecot:\n{}", said.unwrap_or_default());
        }
        self.stop_dovecot();
    }
}

fn dovecot_settings(server: &postfix::Instance) -> String {
    let dir = server.folder();
    format!(
        "base_dir = {dir}/run\nstate_dir = {dir}/state\nlog_path = {dir}/dovecot.log\nprotocols = lmtp\nssl = no\n\
         listen = 127.0.0.1\npostmaster_address = postmaster@example.org\nhostname = mail.example.org\n\
         mail_location = maildir:~/Maildir\nauth_username_format = %Lu\n\
         passdb {{\n  driver = passwd-file\n  args = {dir}/etc/users\n}}\n\
         userdb {{\n  driver = passwd-file\n  args = {dir}/etc/users\n}}\n\
         service lmtp {{\n  inet_listener lmtp {{\n    address = 127.0.0.1\n    port = {LMTP}\n  }}\n}}\n"
    )
}

fn postfix_settings(server: &postfix::Instance) -> String {
    let dir = server.folder();
    format!(
        "myhostname = mail.example.org\n\
         mynetworks = 127.0.0.0/8\n\
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
         maximal_backoff_time = 2s\n"
    )
}
