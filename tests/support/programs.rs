#![allow(dead_code)] // each test binary uses a part of it
//! Real mail programs, set up as their users would set them up: the home's own authority trusted by name, a login, a way.
//!
//! Each runs in a mount namespace of its own whose hosts file knows `toxmail.local`, so that certificates are checked
//! against that name without a look at this machine's own name service.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use super::home::Home;

/// What the certificate names.
pub const HOST: &str = "toxmail.local";
/// Usually a program that takes longer has hung.
const LONGEST: Duration = Duration::from_secs(90);

/// How a connection is secured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Plain first, then STARTTLS or STLS.
    StartTls,
    /// TLS from the first byte.
    Tls,
}

/// The programs that write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Writer {
    Curl,
    Swaks,
    Msmtp,
    Smtplib,
}

/// The programs that read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reader {
    Curl,
    Fetchmail,
    Mpop,
    Getmail,
    Poplib,
}

pub const WRITERS: [Writer; 4] = [Writer::Curl, Writer::Swaks, Writer::Msmtp, Writer::Smtplib];
/// An account at a home, as it stands in a mail program.
#[derive(Clone, Debug)]
pub struct Account {
    login: String,
    password: String,
    way: Way,
    ports: [u16; 2],
    authority: PathBuf,
    /// Where the connection comes from, for programs that can say so; the doorman counts by address.
    pub from_ip: String,
    /// How a writing program logs in: PLAIN or LOGIN.
    pub mechanism: &'static str,
    /// Longer, and the program has hung.
    pub longest: Duration,
    desk: std::sync::Arc<tempfile::TempDir>,
}

/// What becomes of letters on the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Afterwards {
    Delete,
    Keep,
}

/// What a program said and how it ended.
#[derive(Debug)]
pub struct Said {
    /// Exit code 0.
    pub well: bool,
    /// Both of its voices.
    pub text: String,
}

impl Account {
    /// An account of `login` at a running home.
    pub fn new(home: &Home, login: &str, password: &str, way: Way) -> Self {
        let ports = match way {
            Way::StartTls => ["submission", "pop3"],
            Way::Tls => ["submissions", "pop3s"],
        };
        let ports = ports.map(|service| home.address(service).port());
        Self::at(&home.path().join("tls/ca.pem"), login, password, way, ports)
    }

    /// An account at a server whose certificate an authority vouches for; ports for sending and reading.
    pub fn at(authority: &Path, login: &str, password: &str, way: Way, ports: [u16; 2]) -> Self {
        let from = authority;
        let desk = tempfile::Builder::new()
            .prefix("toxmail-desk-")
            .tempdir()
            .unwrap();
        // getmail works as somebody who owns nothing here.
        allow(desk.path(), 0o755);
        std::fs::write(
            desk.path().join("hosts"),
            format!("127.0.0.1 localhost {HOST}\n"),
        )
        .unwrap();
        let authority = desk.path().join("ca.pem");
        std::fs::copy(from, &authority).unwrap();
        allow(&authority, 0o644);
        Self {
            login: login.into(),
            password: password.into(),
            way,
            ports,
            authority,
            from_ip: "127.0.0.1".into(),
            mechanism: "PLAIN",
            longest: LONGEST,
            desk: std::sync::Arc::new(desk),
        }
    }

    /// Another authority is trusted than the home's: every program must refuse to speak.
    pub fn trusting(mut self, authority: &Path) -> Self {
        self.authority = self.desk.path().join("other-ca.pem");
        std::fs::copy(authority, &self.authority).unwrap();
        allow(&self.authority, 0o644);
        self
    }

    /// Where the programs have their files.
    pub fn desk(&self) -> &Path {
        self.desk.path()
    }

    /// The authority that they trust.
    pub fn authority(&self) -> &Path {
        &self.authority
    }

    /// Where mail is read.
    pub fn reading_port(&self) -> u16 {
        self.ports[1]
    }

    /// A file of a program, for its user alone.
    pub fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.desk.path().join(name);
        std::fs::write(&path, text).unwrap();
        allow(&path, 0o600);
        path
    }

    fn is_tls(&self) -> bool {
        self.way == Way::Tls
    }

    /// `program` where `toxmail.local` is this machine.
    pub fn run(&self, program: &str, arguments: &[&str], input: &[u8]) -> Said {
        let hosts = self.desk.path().join("hosts");
        let mut command = Command::new("unshare");
        command
            .args([
                "--mount",
                "sh",
                "-c",
                "mount --bind \"$0\" /etc/hosts && exec \"$@\"",
            ])
            .arg(hosts)
            .arg(program)
            .args(arguments)
            .env("HOME", self.desk.path())
            .env("NO_PROXY", "*")
            .env("LC_ALL", "C.UTF-8")
            .current_dir(self.desk.path());
        finish(command, input, self.longest)
    }

    /// Sends `letter` with a real program.
    pub fn write(&self, writer: Writer, from: &str, to: &[&str], letter: &[u8]) -> Said {
        self.write_with(writer, from, to, letter, &[])
    }

    /// The same with options of that program.
    pub fn write_with(
        &self,
        writer: Writer,
        from: &str,
        to: &[&str],
        letter: &[u8],
        options: &[&str],
    ) -> Said {
        let port = self.ports[0];
        let authority = self.authority.to_str().unwrap();
        match writer {
            Writer::Curl => {
                let url = if self.is_tls() {
                    format!("smtps://{HOST}:{port}/laptop")
                } else {
                    format!("smtp://{HOST}:{port}/laptop")
                };
                let user = format!("{}:{}", self.login, self.password);
                let mechanism = format!("AUTH={}", self.mechanism);
                let mut arguments = vec![
                    "--silent",
                    "--show-error",
                    "--verbose",
                    "--login-options",
                    &mechanism,
                    "--ssl-reqd",
                    "--interface",
                    &self.from_ip,
                    "--cacert",
                    authority,
                    "--user",
                    &user,
                    "--mail-from",
                    from,
                    "--upload-file",
                    "-",
                ];
                for to in to {
                    arguments.extend(["--mail-rcpt", to]);
                }
                arguments.extend(options);
                arguments.push(&url);
                self.run("curl", &arguments, letter)
            }
            Writer::Swaks => {
                let port = port.to_string();
                let to = to.join(",");
                let mut arguments = vec![
                    "--server",
                    HOST,
                    "--port",
                    &port,
                    if self.is_tls() {
                        "--tls-on-connect"
                    } else {
                        "--tls"
                    },
                    "--tls-verify",
                    "--tls-ca-path",
                    authority,
                    "--local-interface",
                    &self.from_ip,
                    "--helo",
                    "laptop",
                    "--auth",
                    self.mechanism,
                    "--auth-user",
                    &self.login,
                    "--auth-password",
                    &self.password,
                    "--from",
                    from,
                    "--to",
                    &to,
                    "--data",
                    "-",
                ];
                arguments.extend(options);
                self.run("swaks", &arguments, letter)
            }
            Writer::Msmtp => {
                let starttls = if self.is_tls() { "off" } else { "on" };
                let settings = self.file(
                    "msmtprc",
                    &format!(
                        "defaults\nauth {}\ntls on\ntls_starttls {starttls}\ntls_trust_file {authority}\n\
                         source_ip {}\ndomain laptop\naccount default\nhost {HOST}\nport {port}\n\
                         user {}\npassword {}\nset_date_header off\n",
                        self.mechanism.to_lowercase(),
                        self.from_ip,
                        self.login,
                        self.password
                    ),
                );
                let settings = format!("--file={}", settings.display());
                let from = format!("--from={from}");
                let mut arguments = vec![settings.as_str(), "--debug", &from];
                arguments.extend(options);
                arguments.push("--");
                arguments.extend(to);
                self.run("msmtp", &arguments, letter)
            }
            Writer::Smtplib => {
                let port = port.to_string();
                let mut arguments = vec![
                    "-c",
                    SMTPLIB,
                    if self.is_tls() { "tls" } else { "starttls" },
                    HOST,
                    &port,
                    authority,
                    &self.login,
                    &self.password,
                    &self.from_ip,
                    self.mechanism,
                ];
                let options = options.join(" ");
                arguments.extend([from, options.as_str()]);
                arguments.extend(to);
                self.run("python3", &arguments, letter)
            }
        }
    }

    /// Fetches a whole mailbox with a real program and deletes it there, as each does it by default (curl and poplib are
    /// told to). What it said, and the letters with whatever line ends the program keeps.
    pub fn read(&self, reader: Reader) -> (Said, Vec<Vec<u8>>) {
        self.fetch(reader, Afterwards::Delete)
    }

    /// Fetches what the program has not fetched before and leaves it there, as on a second device. Only for programs that
    /// remember: fetchmail, mpop, getmail.
    pub fn read_new(&self, reader: Reader) -> (Said, Vec<Vec<u8>>) {
        self.fetch(reader, Afterwards::Keep)
    }

    fn fetch(&self, reader: Reader, afterwards: Afterwards) -> (Said, Vec<Vec<u8>>) {
        let keep = afterwards == Afterwards::Keep;
        let port = self.ports[1];
        let authority = self.authority.to_str().unwrap();
        let (login, password) = (&self.login, &self.password);
        let out = self.desk.path().join("out");
        let _ = std::fs::remove_dir_all(&out);
        std::fs::create_dir(&out).unwrap();
        allow(&out, 0o777);
        let said = match reader {
            Reader::Curl => self.read_with_curl(port, authority, &out),
            Reader::Poplib => {
                let port = port.to_string();
                let way = if self.is_tls() { "tls" } else { "starttls" };
                let out = out.to_str().unwrap();
                let arguments = [
                    "-c", POPLIB, way, HOST, &port, authority, login, password, out,
                ];
                self.run("python3", &arguments, b"")
            }
            Reader::Fetchmail => {
                let deliver = self.file(
                    "deliver",
                    &format!(
                        "#!/bin/sh\nexec cat > \"$(mktemp {}/XXXXXX)\"\n",
                        out.display()
                    ),
                );
                allow(&deliver, 0o755);
                let ssl = if self.is_tls() { "ssl" } else { "" };
                let (by_uid, which) = if keep {
                    ("uidl", "keep")
                } else {
                    ("", "fetchall")
                };
                let known = self.desk.path().join("fetchids");
                let settings = self.file(
                    "fetchmailrc",
                    &format!(
                        "poll {HOST} service {port} protocol pop3 {by_uid} user \"{login}\" password \"{password}\"\n\
                         {ssl} sslproto \"TLS1.2+\" sslcertck sslcertfile \"{authority}\"\n\
                         {which} no rewrite mda \"{}\"\n",
                        deliver.display()
                    ),
                );
                let pid = self.desk.path().join("fetchmail.pid");
                let arguments = [
                    "--fetchmailrc",
                    settings.to_str().unwrap(),
                    "--pidfile",
                    pid.to_str().unwrap(),
                    "--idfile",
                    known.to_str().unwrap(),
                    "--nosyslog",
                    "-v",
                ];
                self.run("fetchmail", &arguments, b"")
            }
            Reader::Mpop => {
                let starttls = if self.is_tls() { "off" } else { "on" };
                let keep = if keep { "on" } else { "off" };
                for folder in ["cur", "new", "tmp"] {
                    std::fs::create_dir(out.join(folder)).unwrap();
                }
                let settings = self.file(
                    "mpoprc",
                    &format!(
                        "defaults\nauth on\ntls on\ntls_starttls {starttls}\ntls_trust_file {authority}\n\
                         source_ip {}\nuidls_file {}/uidls\nkeep {keep}\naccount default\nhost {HOST}\nport {port}\n\
                         user {login}\npassword {password}\ndelivery maildir {}\n",
                        self.from_ip,
                        self.desk.path().display(),
                        out.display()
                    ),
                );
                let settings = format!("--file={}", settings.display());
                self.run("mpop", &[&settings, "--debug"], b"")
            }
            Reader::Getmail => {
                for folder in ["cur", "new", "tmp"] {
                    std::fs::create_dir(out.join(folder)).unwrap();
                    allow(&out.join(folder), 0o777);
                }
                let state = self.desk.path().join("getmail");
                let _ = std::fs::create_dir(&state);
                allow(&state, 0o777);
                // Without TLS it knows no STLS either, and has to be told so by the home.
                let (kind, more) = if self.is_tls() {
                    (
                        "SimplePOP3SSLRetriever",
                        format!("ca_certs = {authority}\n"),
                    )
                } else {
                    ("SimplePOP3Retriever", String::new())
                };
                let settings = self.file(
                    "getmail/getmailrc",
                    &format!(
                        "[retriever]\ntype = {kind}\n{more}server = {HOST}\nport = {port}\nusername = {login}\n\
                         password = {password}\n\n[destination]\ntype = Maildir\n\
                         path = {}/\n\n[options]\ndelete = {}\nread_all = {}\ndelivered_to = false\n\
                         received = false\nverbose = 2\n",
                        out.display(),
                        !keep,
                        !keep
                    ),
                );
                allow(&settings, 0o644);
                let state = format!("--getmaildir={}", state.display());
                let arguments = [
                    "--reuid=65534",
                    "--regid=65534",
                    "--clear-groups",
                    "getmail",
                    &state,
                    "--rcfile=getmailrc",
                ];
                self.run("setpriv", &arguments, b"")
            }
        };
        let mut files = Vec::new();
        for folder in [out.clone(), out.join("new"), out.join("cur")] {
            let Ok(entries) = std::fs::read_dir(folder) else {
                continue;
            };
            files.extend(entries.flatten().map(|e| e.path()).filter(|p| p.is_file()));
        }
        files.sort();
        let letters = files.iter().map(|f| std::fs::read(f).unwrap()).collect();
        (said, letters)
    }

    /// curl has one transfer a letter and no command of its own for a whole mailbox.
    fn read_with_curl(&self, port: u16, authority: &str, out: &Path) -> Said {
        let scheme = if self.is_tls() { "pop3s" } else { "pop3" };
        let user = format!("{}:{}", self.login, self.password);
        let url = |number: &str| format!("{scheme}://{HOST}:{port}/{number}");
        let common = [
            "--silent",
            "--show-error",
            "--ssl-reqd",
            "--interface",
            &self.from_ip,
            "--cacert",
            authority,
            "--user",
            &user,
        ];
        let curl = |more: &[&str]| self.run("curl", &[&common[..], more].concat(), b"");
        let list = curl(&[&url("")]);
        if !list.well {
            return list;
        }
        let numbers: Vec<String> = list
            .text
            .lines()
            .filter_map(|l| l.split(' ').next())
            .filter(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))
            .map(str::to_owned)
            .collect();
        let mut fetch: Vec<String> = Vec::new();
        for number in &numbers {
            fetch.extend([
                "--output".into(),
                out.join(number).display().to_string(),
                url(number),
            ]);
        }
        let fetch: Vec<&str> = fetch.iter().map(String::as_str).collect();
        let said = curl(&fetch);
        // Backwards, because each session numbers anew what is left.
        for number in numbers.iter().rev() {
            let deleted = curl(&["--request", &format!("DELE {number}"), "--head", &url("")]);
            if !deleted.well {
                return deleted;
            }
        }
        said
    }
}

/// Runs a command to its end with `input`; kills it when it hangs.
fn finish(mut command: Command, input: &[u8], longest: Duration) -> Said {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_vec();
    // A program that refuses early does not read all of it.
    let feeder = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let id = rustix::process::Pid::from_child(&child);
    let (done, ended) = std::sync::mpsc::channel::<()>();
    let guard = std::thread::spawn(move || {
        if ended.recv_timeout(longest) == Err(std::sync::mpsc::RecvTimeoutError::Timeout) {
            let _ = rustix::process::kill_process(id, rustix::process::Signal::KILL);
        }
    });
    let start = Instant::now();
    let output: Output = child.wait_with_output().unwrap();
    drop(done);
    guard.join().unwrap();
    feeder.join().unwrap();
    let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.push_str(&String::from_utf8_lossy(&output.stderr));
    if start.elapsed() >= longest {
        text.push_str("\n(the program hung and was killed)");
    }
    Said {
        well: output.status.success(),
        text,
    }
}

fn allow(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

/// argv: way host port authority login password source mechanism from options recipients…; the letter on standard input.
/// Options are ESMTP parameters of MAIL, then `|`, those of RCPT.
const SMTPLIB: &str = r#"
import smtplib, ssl, sys
way, host, port, authority, login, password, source, mechanism, sender, options = sys.argv[1:11]
recipients = sys.argv[11:]
letter = sys.stdin.buffer.read()
trust = ssl.create_default_context(cafile=authority)
of_mail, _, of_rcpt = options.partition("|")
place = (source, 0)
if way == "tls":
    server = smtplib.SMTP_SSL(host, int(port), "laptop", timeout=60, context=trust, source_address=place)
else:
    server = smtplib.SMTP(host, int(port), "laptop", timeout=60, source_address=place)
    server.starttls(context=trust)
server.ehlo()
assert mechanism in server.esmtp_features["auth"].split()
server.user, server.password = login, password
server.auth(mechanism, server.auth_plain if mechanism == "PLAIN" else server.auth_login)
try:
    refused = server.sendmail(sender, recipients, letter, of_mail.split(), of_rcpt.split())
    for address, (code, text) in refused.items():
        print(address, code, text.decode())
finally:
    server.quit()
"#;

/// argv: way host port authority login password folder.
const POPLIB: &str = r#"
import poplib, ssl, sys
way, host, port, authority, login, password, folder = sys.argv[1:]
trust = ssl.create_default_context(cafile=authority)
if way == "tls":
    box = poplib.POP3_SSL(host, int(port), timeout=60, context=trust)
else:
    box = poplib.POP3(host, int(port), timeout=60)
    box.stls(context=trust)
box.utf8() if "UTF8" in box.capa() else None
box.user(login)
box.pass_(password)
uids = [line.split()[1].decode() for line in box.uidl()[1]]
assert len(uids) == len(set(uids)) == box.stat()[0], uids
for number, uid in enumerate(uids, 1):
    lines = box.retr(number)[1]
    with open(f"{folder}/{number:04}", "wb") as file:
        file.write(b"".join(line + b"\r\n" for line in lines))
    assert box.top(number, 0)[1][-1] == b"", "TOP 0 ends with the header"
    box.dele(number)
box.quit()
"#;
