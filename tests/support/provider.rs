#![allow(dead_code)] // each test binary uses a part of it
//! Mail providers of a test: Debian's Postfix with AUTH (Dovecot checks the passwords) over TLS in both modes, and one that says what a test tells it to.
//! Both show certificates of an authority of the test's own.

#[path = "authority.rs"]
mod authority;
#[path = "postfix.rs"]
mod postfix;

pub use authority::Authority;

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};

use rustls::{ServerConnection, StreamOwned};

/// TLS from the first byte, and STARTTLS.
pub const PORTS: [(&str, u16); 2] = [("implicit", 2465), ("starttls", 2587)];

/// A running Postfix with its own configuration, queue, passwords and mailbox. Dropped, it is stopped and its folder removed.
pub struct Postfix {
    server: postfix::Instance,
}

impl Postfix {
    /// Whom it refuses for good, and for now.
    pub const NOBODY: &str = "nobody@example.net";
    pub const BUSY: &str = "busy@example.net";

    /// Starts one that knows `family@example.org` with that password. Everybody at example.net and example.com is local.
    pub fn start(authority: &Authority, password: &str) -> Self {
        let server = postfix::Instance::new("provider", PORTS[0].1);
        server.tls(&fs::read(authority.server()).unwrap());
        let this = Self { server };
        let dir = this.server.folder();
        let checks = format!(
            "protocols =\nssl = no\nbase_dir = {dir}/dovecot\nlog_path = {dir}/dovecot.log\n\
             auth_mechanisms = plain login\nauth_failure_delay = 0\n\
             passdb {{\n driver = passwd-file\n args = scheme=plain {dir}/users\n}}\n\
             userdb {{\n driver = static\n args = uid=nobody gid=nogroup home=/\n}}\n\
             service auth {{\n unix_listener {dir}/auth {{\n  mode = 0666\n }}\n}}\n"
        );
        this.server.write("dovecot.conf", &checks);
        this.set_password(password);
        let refused = format!(
            "{} 550 5.1.1 nobody of that name\n{} 450 4.2.1 come back later\n",
            Self::NOBODY,
            Self::BUSY
        );
        this.server.write("etc/refused", &refused);
        let [(_, implicit), (_, starttls)] = PORTS;
        let doors = format!(
            "127.0.0.1:{implicit} inet n - n - - smtpd -o smtpd_tls_wrappermode=yes\n\
             127.0.0.1:{starttls} inet n - n - - smtpd -o smtpd_tls_security_level=encrypt\n"
        );
        this.server.configure(&this.settings(), &doors, 300);
        this.dovecot(&[]);
        this.go();
        this
    }

    /// Starts it again after [`stop`](Self::stop).
    pub fn go(&self) {
        self.server.start();
    }

    /// Stops it: nobody listens any more.
    pub fn stop(&self) {
        self.server.stop();
    }

    pub fn set_password(&self, password: &str) {
        let user = format!("family@example.org:{password}\n");
        self.server.write("users", &user);
    }

    fn settings(&self) -> String {
        let dir = self.server.folder();
        format!(
            "myhostname = smtp.example.org\n\
             mynetworks =\n\
             virtual_mailbox_domains = example.net, example.com, straße.example\n\
             virtual_mailbox_base = {dir}/mail\n\
             virtual_mailbox_maps = static:box/\n\
             virtual_uid_maps = static:65534\n\
             virtual_gid_maps = static:65534\n\
             virtual_mailbox_limit = 0\n\
             message_size_limit = 20000000\n\
             smtpd_tls_chain_files = {dir}/etc/tls.pem\n\
             smtpd_tls_auth_only = yes\n\
             smtpd_sasl_auth_enable = yes\n\
             smtpd_sasl_type = dovecot\n\
             smtpd_sasl_path = {dir}/auth\n\
             smtpd_sasl_security_options = noanonymous\n\
             smtpd_relay_restrictions = permit_sasl_authenticated, reject\n\
             smtpd_recipient_restrictions = check_recipient_access texthash:{dir}/etc/refused, permit_sasl_authenticated, reject\n"
        )
    }

    /// Dovecot's part, which checks the passwords.
    fn dovecot(&self, words: &[&str]) {
        // No pipes: the daemon would keep them open.
        let status = Command::new("dovecot")
            .arg("-c")
            .arg(self.server.path("dovecot.conf"))
            .args(words)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .status()
            .expect("dovecot: .ci/install test");
        assert!(status.success(), "{status}");
    }

    /// Letters in the mailbox, as Postfix has written them: with LF, and its own fields on top.
    pub fn letters(&self) -> Vec<Vec<u8>> {
        self.server.letters("box")
    }

    /// What it has logged.
    pub fn log(&self) -> String {
        self.server.log()
    }
}

impl Drop for Postfix {
    fn drop(&mut self) {
        self.dovecot(&["stop"]);
    }
}

/// What a provider answers to a line of the client's, or to the whole of a message (`.`); `None` is what a good one would.
pub type Script = dyn Fn(&str) -> Option<String> + Send + Sync;

/// Hangs up instead of an answer.
pub const HANG_UP: &str = "hang up";

/// A letter as a provider took it.
#[derive(Clone, Debug, Default)]
pub struct Taken {
    /// `MAIL FROM`.
    pub sender: String,
    /// Every `RCPT TO`.
    pub recipients: Vec<String>,
    /// The message, dots unstuffed.
    pub letter: String,
}

/// What a provider was told.
#[derive(Default)]
struct Ears {
    heard: Mutex<Vec<String>>,
    taken: Mutex<Vec<Taken>>,
}

/// A provider with a script, TLS from the first byte.
pub struct Scripted {
    port: u16,
    ears: Arc<Ears>,
}

impl Scripted {
    pub fn start(authority: &Authority, script: Arc<Script>) -> Self {
        let config = authority.server_config();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let ears: Arc<Ears> = Arc::default();
        let all = Arc::clone(&ears);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (config, script, ears) = (config.clone(), script.clone(), all.clone());
                std::thread::spawn(move || {
                    let session = ServerConnection::new(config).unwrap();
                    let stream = StreamOwned::new(session, stream);
                    converse(stream, &*script, &ears);
                });
            }
        });
        Self { port, ears }
    }

    /// One that takes everything.
    pub fn good(authority: &Authority) -> Self {
        Self::start(authority, Arc::new(|_: &str| None))
    }

    /// What a home's `[relay]` says of it, for a plan. Any login is right here.
    pub fn settings(&self, authority: &Authority) -> Vec<(&'static str, String)> {
        let password = authority.folder().join("password");
        fs::write(&password, "secret\n").unwrap();
        let lines = [
            "host = \"localhost\"".to_owned(),
            format!("port = {}", self.port),
            "username = \"family\"".to_owned(),
            format!("password_file = {}", quoted(&password)),
            format!("ca_file = {}", quoted(&authority.ca())),
        ];
        lines.map(|line| ("relay", line)).into()
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// Every line that clients have said, messages as one line each.
    pub fn heard(&self) -> Vec<String> {
        self.ears.heard.lock().unwrap().clone()
    }

    /// The letters that it took.
    pub fn taken(&self) -> Vec<Taken> {
        self.ears.taken.lock().unwrap().clone()
    }
}

fn converse(stream: impl Read + Write, script: &Script, ears: &Ears) -> Option<()> {
    let mut stream = BufReader::new(stream);
    let mut letter = Taken::default();
    say(&mut stream, "220 scripted\r\n".into())?;
    loop {
        let mut line = Vec::new();
        if stream.read_until(b'\n', &mut line).ok()? == 0 {
            return None;
        }
        let line = String::from_utf8_lossy(&line).trim_end().to_owned();
        ears.heard.lock().unwrap().push(line.clone());
        let word = line
            .split([' ', ':'])
            .next()
            .unwrap_or_default()
            .to_uppercase();
        let good = match word.as_str() {
            "EHLO" => "250-scripted\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250-DSN\r\n250 AUTH PLAIN",
            "AUTH" => "235 2.7.0 ok",
            "DATA" => "354 go on",
            "QUIT" => "221 bye",
            _ => "250 2.0.0 ok",
        };
        let answer = script(&line).unwrap_or_else(|| good.to_owned());
        if answer == HANG_UP {
            return None;
        }
        let address = || line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
        match word.as_str() {
            "MAIL" => {
                letter = Taken {
                    sender: address(),
                    ..Taken::default()
                }
            }
            "RCPT" if answer.starts_with("250") => letter.recipients.push(address()),
            _ => {}
        }
        let goes_on = word == "DATA" && answer.starts_with("354");
        say(&mut stream, format!("{answer}\r\n"))?;
        if goes_on {
            let mut message = String::new();
            loop {
                let mut line = Vec::new();
                if stream.read_until(b'\n', &mut line).ok()? == 0 {
                    return None;
                }
                if line == b".\r\n" {
                    break;
                }
                let line = String::from_utf8_lossy(&line);
                message.push_str(&line);
                letter
                    .letter
                    .push_str(line.strip_prefix('.').unwrap_or(&line));
            }
            ears.heard.lock().unwrap().push(message);
            let answer = script(".").unwrap_or_else(|| "250 2.0.0 taken".to_owned());
            if answer == HANG_UP {
                return None;
            }
            if answer.starts_with("250") {
                ears.taken.lock().unwrap().push(std::mem::take(&mut letter));
            }
            say(&mut stream, format!("{answer}\r\n"))?;
        }
        if word == "QUIT" {
            return None;
        }
    }
}

fn say(stream: &mut BufReader<impl Read + Write>, text: String) -> Option<()> {
    stream.get_mut().write_all(text.as_bytes()).ok()?;
    stream.get_mut().flush().ok()
}

/// Where a file of a test's own lies, as TOML writes it.
pub fn quoted(path: &Path) -> String {
    format!("{:?}", path.to_str().unwrap())
}
