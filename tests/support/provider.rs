#![allow(dead_code)] // each test binary uses a part of it
//! Mail providers of a test: Debian's Postfix with AUTH (Dovecot checks the passwords) over TLS in both modes, and one that says what a test tells it to.
//! Both show certificates of an authority of the test's own.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::home::wait_for;

/// TLS from the first byte, and STARTTLS.
pub const PORTS: [(&str, u16); 2] = [("implicit", 2465), ("starttls", 2587)];

/// An authority and the certificate of `localhost` by it.
pub struct Authority {
    dir: tempfile::TempDir,
}

impl Authority {
    pub fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let key = KeyPair::generate().unwrap();
        let mut authority = CertificateParams::default();
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let ca = authority.self_signed(&key).unwrap();
        let issuer = Issuer::from_params(&authority, &key);
        let server_key = KeyPair::generate().unwrap();
        let server = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        let server = server.signed_by(&server_key, &issuer).unwrap();
        fs::write(dir.path().join("ca.pem"), ca.pem()).unwrap();
        let chain = server_key.serialize_pem() + &server.pem();
        fs::write(dir.path().join("server.pem"), chain).unwrap();
        fs::set_permissions(
            dir.path().join("server.pem"),
            fs::Permissions::from_mode(0o600),
        )
        .unwrap();
        Self { dir }
    }

    /// Its certificate.
    pub fn ca(&self) -> PathBuf {
        self.dir.path().join("ca.pem")
    }

    /// Key and certificate of the server.
    pub fn server(&self) -> PathBuf {
        self.dir.path().join("server.pem")
    }
}

/// A running Postfix with its own configuration, queue, passwords and mailbox. Dropped, it is stopped and its folder removed.
pub struct Postfix {
    dir: tempfile::TempDir,
}

impl Postfix {
    /// Whom it refuses for good, and for now.
    pub const NOBODY: &str = "nobody@example.net";
    pub const BUSY: &str = "busy@example.net";

    /// Starts one that knows `family@example.org` with that password. Everybody at example.net and example.com is local.
    pub fn start(authority: &Authority, password: &str) -> Self {
        let dir = tempfile::Builder::new()
            .prefix("toxmail-provider-")
            .tempdir()
            .unwrap();
        fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let this = Self { dir };
        for folder in ["etc", "queue", "data", "mail"] {
            fs::create_dir(this.path(folder)).unwrap();
        }
        fs::copy(authority.server(), this.path("etc/tls.pem")).unwrap();
        let dir = this.dir.path().to_str().unwrap();
        let checks = format!(
            "protocols =\nssl = no\nbase_dir = {dir}/dovecot\nlog_path = {dir}/dovecot.log\n\
             auth_mechanisms = plain login\nauth_failure_delay = 0\n\
             passdb {{\n driver = passwd-file\n args = scheme=plain {dir}/users\n}}\n\
             userdb {{\n driver = static\n args = uid=nobody gid=nogroup home=/\n}}\n\
             service auth {{\n unix_listener {dir}/auth {{\n  mode = 0666\n }}\n}}\n"
        );
        fs::write(this.path("dovecot.conf"), checks).unwrap();
        this.set_password(password);
        fs::write(this.path("etc/main.cf"), this.settings()).unwrap();
        fs::write(this.path("etc/master.cf"), SERVICES).unwrap();
        let refused = format!(
            "{} 550 5.1.1 nobody of that name\n{} 450 4.2.1 come back later\n",
            Self::NOBODY,
            Self::BUSY
        );
        fs::write(this.path("etc/refused"), refused).unwrap();
        run("chown", &["postfix", &this.text("data")]);
        run("chown", &["nobody", &this.text("mail")]);
        this.dovecot(&[]);
        this.go();
        this
    }

    /// Starts it again after [`stop`](Self::stop).
    pub fn go(&self) {
        let output = self.say("start");
        assert!(
            output.status.success(),
            "postfix start: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        wait_for("postfix", Duration::from_secs(30), || {
            TcpStream::connect(SocketAddr::from(([127, 0, 0, 1], PORTS[0].1))).ok()
        });
    }

    /// Stops it: nobody listens any more.
    pub fn stop(&self) {
        self.say("stop");
        wait_for("postfix to stop", Duration::from_secs(30), || {
            TcpStream::connect(SocketAddr::from(([127, 0, 0, 1], PORTS[0].1)))
                .is_err()
                .then_some(())
        });
    }

    pub fn set_password(&self, password: &str) {
        fs::write(
            self.path("users"),
            format!("family@example.org:{password}\n"),
        )
        .unwrap();
    }

    fn settings(&self) -> String {
        let dir = self.dir.path().to_str().unwrap();
        format!(
            "compatibility_level = 3.6\n\
             queue_directory = {dir}/queue\n\
             data_directory = {dir}/data\n\
             command_directory = /usr/sbin\n\
             daemon_directory = /usr/lib/postfix/sbin\n\
             mail_owner = postfix\n\
             setgid_group = postdrop\n\
             myhostname = smtp.example.org\n\
             mydestination =\n\
             inet_interfaces = 127.0.0.1\n\
             inet_protocols = ipv4\n\
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
             smtpd_recipient_restrictions = check_recipient_access texthash:{dir}/etc/refused, permit_sasl_authenticated, reject\n\
             smtpd_peername_lookup = no\n\
             maillog_file = {dir}/log\n\
             maillog_file_prefixes = {dir}\n"
        )
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        self.path(name).to_str().unwrap().to_owned()
    }

    fn say(&self, word: &str) -> Output {
        Command::new("postfix")
            .arg("-c")
            .arg(self.path("etc"))
            .arg(word)
            .output()
            .expect("postfix: .ci/install test")
    }

    /// Dovecot's part, which checks the passwords.
    fn dovecot(&self, words: &[&str]) {
        // No pipes: the daemon would keep them open.
        let status = Command::new("dovecot")
            .arg("-c")
            .arg(self.path("dovecot.conf"))
            .args(words)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .status()
            .expect("dovecot: .ci/install test");
        assert!(status.success(), "{status}");
    }

    /// Letters in the mailbox, as Postfix has written them: with LF, and its own fields on top.
    pub fn letters(&self) -> Vec<Vec<u8>> {
        let Ok(files) = fs::read_dir(self.path("mail/box/new")) else {
            return Vec::new();
        };
        files
            .flatten()
            .filter_map(|f| fs::read(f.path()).ok())
            .collect()
    }

    /// What it has logged.
    pub fn log(&self) -> String {
        fs::read_to_string(self.path("log")).unwrap_or_default()
    }
}

impl Drop for Postfix {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("--- the provider's log:\n{}", self.log());
        }
        self.say("stop");
        self.dovecot(&["stop"]);
    }
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
127.0.0.1:2465 inet n - n - - smtpd -o smtpd_tls_wrappermode=yes
127.0.0.1:2587 inet n - n - - smtpd -o smtpd_tls_security_level=encrypt
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

/// What a provider answers to a line of the client's, or to the whole of a message (`.`); `None` is what a good one would.
pub type Script = dyn Fn(&str) -> Option<String> + Send + Sync;

/// Hangs up instead of an answer.
pub const HANG_UP: &str = "hang up";

/// A provider with a script, TLS from the first byte.
pub struct Scripted {
    port: u16,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Scripted {
    pub fn start(authority: &Authority, script: Arc<Script>) -> Self {
        let pem = fs::read(authority.server()).unwrap();
        let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(&pem)
            .map(|c| c.unwrap())
            .collect();
        let key = PrivateKeyDer::from_pem_slice(&pem).unwrap();
        let config =
            ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
                .with_safe_default_protocol_versions()
                .unwrap()
                .with_no_client_auth()
                .with_single_cert(chain, key)
                .unwrap();
        let config = Arc::new(config);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let heard: Arc<Mutex<Vec<String>>> = Arc::default();
        let ears = Arc::clone(&heard);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (config, script, ears) = (config.clone(), script.clone(), ears.clone());
                std::thread::spawn(move || {
                    let session = ServerConnection::new(config).unwrap();
                    let stream = StreamOwned::new(session, stream);
                    converse(stream, &*script, &ears);
                });
            }
        });
        Self { port, heard }
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// Every line that clients have said, messages as one line each.
    pub fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }
}

fn converse(stream: impl Read + Write, script: &Script, ears: &Mutex<Vec<String>>) -> Option<()> {
    let mut stream = BufReader::new(stream);
    say(&mut stream, "220 scripted\r\n".into())?;
    loop {
        let mut line = Vec::new();
        if stream.read_until(b'\n', &mut line).ok()? == 0 {
            return None;
        }
        let line = String::from_utf8_lossy(&line).trim_end().to_owned();
        ears.lock().unwrap().push(line.clone());
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
                message.push_str(&String::from_utf8_lossy(&line));
            }
            ears.lock().unwrap().push(message);
            let answer = script(".").unwrap_or_else(|| "250 2.0.0 taken".to_owned());
            if answer == HANG_UP {
                return None;
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
