#![allow(dead_code)] // each test binary uses a part of it
//! A whole home for a test: the daemon as its user starts it, in a folder of its own, and its operator's command.

use std::fs;
use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use serde_json::Value;

/// Waits for a condition, looking every 10 ms; panics with `what` when it does not come in time.
#[track_caller]
pub fn wait_for<T>(what: &str, longest: Duration, mut look: impl FnMut() -> Option<T>) -> T {
    let (start, longest) = (Instant::now(), longest * patience());
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(start.elapsed() < longest, "waited {longest:?} for {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// The daemon's path as cargo built it; or the one that `TOXMAIL_TEST_DAEMON` names, for another processor, with its emulator before
/// it (tests/image/emulated).
pub fn toxmaild() -> &'static str {
    other_daemon().unwrap_or(env!("CARGO_BIN_EXE_toxmaild"))
}

fn other_daemon() -> Option<&'static str> {
    static PATH: OnceLock<Option<String>> = OnceLock::new();
    let path = PATH.get_or_init(|| std::env::var("TOXMAIL_TEST_DAEMON").ok());
    path.as_deref()
}

/// How many times as long as usual to wait: an emulated processor is slow.
fn patience() -> u32 {
    if other_daemon().is_some() { 5 } else { 1 }
}

/// A bootstrap node with a TCP relay, for the homes of one test.
pub struct Node {
    child: Child,
    /// Its line in `[tox] bootstrap`.
    pub entry: String,
    /// Its key, 64 hex digits.
    pub key: String,
    _dir: tempfile::TempDir,
}

impl Node {
    /// Starts one on `host`; UDP and TCP on the same port.
    pub fn start(host: &str, port: u16) -> Self {
        Self::start_in(None, host, port)
    }

    /// The same inside a network namespace.
    pub fn start_in(namespace: Option<&str>, host: &str, port: u16) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let log = fs::File::create(dir.path().join("log")).unwrap();
        let out = dir.path().join("out");
        let child = command_in(namespace)
            .args(["bootstrap-node", "--port", &port.to_string(), "--data"])
            .arg(dir.path())
            .stdout(fs::File::create(&out).unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        let key = wait_for("the bootstrap node's key", Duration::from_secs(20), || {
            let text = fs::read_to_string(&out).ok()?;
            let key = text
                .split(|c: char| !c.is_ascii_hexdigit())
                .find(|w| w.len() == 64)?;
            Some(key.to_owned())
        });
        let entry = format!(
            "{{ host = \"{host}\", port = {port}, key = \"{key}\", tcp_ports = [{port}] }}"
        );
        Self {
            child,
            entry,
            key,
            _dir: dir,
        }
    }
}

impl Node {
    /// It stands still: what was sent to it waits in the kernel, and nobody reads.
    pub fn stall(&self) {
        self.signal(rustix::process::Signal::STOP);
    }

    /// It goes on.
    pub fn go_on(&self) {
        self.signal(rustix::process::Signal::CONT);
    }

    fn signal(&self, signal: rustix::process::Signal) {
        let pid = rustix::process::Pid::from_child(&self.child);
        rustix::process::kill_process(pid, signal).unwrap();
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn command_in(namespace: Option<&str>) -> Command {
    daemon_in(namespace, Path::new(toxmaild()))
}

fn daemon_in(namespace: Option<&str>, daemon: &Path) -> Command {
    match namespace {
        None => Command::new(daemon),
        Some(namespace) => {
            let mut command = Command::new("ip");
            command.args(["netns", "exec", namespace]).arg(daemon);
            command
        }
    }
}

/// How a home of a test differs from the default.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// Lines for the tables of toxmail.toml, such as `("tox", "udp = false")`.
    pub settings: Vec<(&'static str, String)>,
    /// Environment of the daemon (fault points).
    pub environment: Vec<(String, String)>,
    /// The network namespace it lives in; `None` is the test's own.
    pub namespace: Option<String>,
    /// Members, each with the password `secret-NAME`.
    pub members: Vec<&'static str>,
    /// More words for `toxmaild run`.
    pub options: Vec<&'static str>,
    /// Another program than this one: that of another release.
    pub daemon: Option<PathBuf>,
}

/// A home of a test. Dropped, it is killed and its folder removed, unless that is somebody else's.
pub struct Home {
    /// What it was made from; a change counts at the next start.
    pub plan: Plan,
    data: PathBuf,
    log: PathBuf,
    _dir: Option<tempfile::TempDir>,
    child: Option<Child>,
}

impl Home {
    /// Makes the folder, the settings and the members; starts nothing.
    pub fn new(name: &str, plan: Plan) -> Self {
        let dir = tempfile::Builder::new()
            .prefix(&format!("toxmail-{name}-"))
            .tempdir()
            .unwrap();
        let data = dir.path().to_owned();
        Self::made(name, plan, data.clone(), data.join("log"), Some(dir))
    }

    /// The same in a folder of the caller's, with the log elsewhere.
    pub fn on(name: &str, plan: Plan, data: &Path, log: &Path) -> Self {
        Self::made(name, plan, data.to_owned(), log.to_owned(), None)
    }

    fn made(
        name: &str,
        plan: Plan,
        data: PathBuf,
        log: PathBuf,
        dir: Option<tempfile::TempDir>,
    ) -> Self {
        let home = Self {
            plan,
            data,
            log,
            _dir: dir,
            child: None,
        };
        home.configure(name);
        for member in &home.plan.members {
            home.say_with(
                &["member", "add", member],
                Some(&format!("secret-{member}\n")),
            )
            .unwrap();
        }
        home
    }

    /// Writes `toxmail.toml` from the plan; it counts at the next start. An empty name is not written: the setup asks for it.
    pub fn configure(&self, name: &str) {
        let named = (!name.is_empty()).then(|| format!("name = \"{name}\""));
        let mut tables: Vec<(&str, Vec<String>)> = vec![
            ("home", named.into_iter().collect()),
            (
                "listen",
                [
                    "submission",
                    "submissions",
                    "pop3",
                    "pop3s",
                    "carddav",
                    "metrics",
                ]
                .map(|service| format!("{service} = \"127.0.0.1:0\""))
                .into_iter()
                .chain(["imap", "imaps", "http", "https"].map(|s| format!("{s} = \"\"")))
                .collect(),
            ),
            ("tox", vec!["local_discovery = false".into()]),
            ("limits", vec![]),
            ("queue", vec![]),
            ("relay", vec![]),
        ];
        for (table, line) in &self.plan.settings {
            let key = line.split('=').next().unwrap_or_default().trim().to_owned();
            let lines = &mut tables.iter_mut().find(|(name, _)| name == table).unwrap().1;
            lines.retain(|l| l.split('=').next().unwrap_or_default().trim() != key);
            lines.push(line.clone());
        }
        let text: String = tables
            .iter()
            .map(|(name, lines)| format!("[{name}]\n{}\n\n", lines.join("\n")))
            .collect();
        fs::write(self.path().join("toxmail.toml"), text).unwrap();
    }

    /// The data folder.
    pub fn path(&self) -> &Path {
        &self.data
    }

    /// The daemon's log so far.
    pub fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap_or_default()
    }

    /// Starts the daemon and waits until it is ready.
    pub fn start(&mut self) {
        self.spawn();
        self.wait_until_ready();
    }

    /// Starts the daemon and returns at once.
    pub fn spawn(&mut self) {
        assert!(self.child.is_none(), "already running");
        let _ = fs::remove_file(self.path().join("ports.json"));
        let log = fs::OpenOptions::new()
            .create(true)
            .append(true)
            .open(&self.log)
            .unwrap();
        let mut command = daemon_in(self.plan.namespace.as_deref(), self.daemon());
        command
            .arg("run")
            .arg("--data")
            .arg(self.path())
            .args(&self.plan.options)
            .env(
                "RUST_LOG",
                std::env::var("TEST_LOG").unwrap_or("info".into()),
            )
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log);
        for (key, value) in &self.plan.environment {
            command.env(key, value);
        }
        self.child = Some(command.spawn().unwrap());
    }

    /// Waits for the ports and the operator's socket; panics with the log when the daemon ends instead.
    #[track_caller]
    pub fn wait_until_ready(&mut self) {
        let start = Instant::now();
        loop {
            if self.path().join("ports.json").exists() && self.say(&["status"]).is_ok() {
                return;
            }
            let ended = self.child.as_mut().and_then(|c| c.try_wait().unwrap());
            assert!(
                ended.is_none(),
                "the home ended with {ended:?}:\n{}",
                self.log()
            );
            assert!(
                start.elapsed() < Duration::from_secs(30) * patience(),
                "not ready:\n{}",
                self.log()
            );
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Whether the daemon has ended (by a fault point).
    pub fn has_ended(&mut self) -> bool {
        match &mut self.child {
            None => true,
            Some(child) => {
                let ended = child.try_wait().unwrap().is_some();
                if ended {
                    self.child = None;
                }
                ended
            }
        }
    }

    /// kill -9, and what the kernel does with it.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// SIGTERM; how long the graceful stop took.
    pub fn stop(&mut self) -> Duration {
        let start = Instant::now();
        let mut child = self.child.take().expect("running");
        let pid = rustix::process::Pid::from_child(&child);
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
        child.wait().unwrap();
        start.elapsed()
    }

    /// The daemon's process id.
    pub fn pid(&self) -> u32 {
        self.child.as_ref().expect("running").id()
    }

    /// The operator's command with `--json`; what it prints, or its error.
    pub fn say(&self, words: &[&str]) -> Result<Value, String> {
        self.say_with(words, None)
    }

    /// The same with something on its standard input.
    pub fn say_with(&self, words: &[&str], input: Option<&str>) -> Result<Value, String> {
        let output = self.run(words, input);
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        if !output.status.success() {
            let more = String::from_utf8_lossy(&output.stderr).into_owned();
            return Err(format!("{:?}: {text}{more}", output.status.code()));
        }
        Ok(serde_json::from_str(&text).unwrap_or(Value::Null))
    }

    fn daemon(&self) -> &Path {
        let other = self.plan.daemon.as_deref();
        other.unwrap_or(Path::new(toxmaild()))
    }

    fn run(&self, words: &[&str], input: Option<&str>) -> Output {
        let mut child = Command::new(self.daemon())
            .args(words)
            .arg("--json")
            .arg("--data")
            .arg(self.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        if let Some(input) = input {
            child
                .stdin
                .as_mut()
                .unwrap()
                .write_all(input.as_bytes())
                .unwrap();
        }
        drop(child.stdin.take());
        child.wait_with_output().unwrap()
    }

    /// Where one of its services listens.
    pub fn address(&self, service: &str) -> SocketAddr {
        let text = fs::read_to_string(self.path().join("ports.json")).unwrap();
        let ports: Value = serde_json::from_str(&text).unwrap();
        ports[service]
            .as_str()
            .unwrap_or_else(|| panic!("{service} in {text}"))
            .parse()
            .unwrap()
    }

    /// The same, unless the service is not there (any more).
    pub fn try_address(&self, service: &str) -> Option<SocketAddr> {
        let text = fs::read_to_string(self.path().join("ports.json")).ok()?;
        let ports: Value = serde_json::from_str(&text).ok()?;
        ports[service].as_str()?.parse().ok()
    }

    /// `name@<52 base32>.tox`, which does not change: asked once.
    pub fn address_of(&self, name: &str) -> String {
        let path = self.path().join("address-suffix");
        let suffix = fs::read_to_string(&path).unwrap_or_else(|_| {
            let suffix = self.status("address_suffix").as_str().unwrap().to_owned();
            fs::write(&path, &suffix).unwrap();
            suffix
        });
        format!("{name}@{}", suffix.trim_start_matches('@'))
    }

    /// Whether nothing waits in its queue; `false` when it cannot be asked.
    pub fn queue_is_empty(&self) -> bool {
        self.say(&["status"])
            .is_ok_and(|status| status["queue"] == 0)
    }

    /// How many messages its queue keeps; 0 when it cannot be asked.
    pub fn queue_size(&self) -> u64 {
        let status = self.say(&["status"]).unwrap_or_default();
        status["queue"].as_u64().unwrap_or(0)
    }

    /// What `doctor` finds, problems and advice in one text.
    pub fn doctor(&self) -> String {
        self.say(&["doctor"])
            .map_or_else(|text| text, |found| found.to_string())
    }

    /// One value of `status`.
    pub fn status(&self, key: &str) -> Value {
        self.say(&["status"]).unwrap()[key].clone()
    }

    /// `name@<52 base32>.tox`.
    pub fn canonical(&self, name: &str) -> String {
        format!(
            "{name}@{}",
            self.status("address_suffix")
                .as_str()
                .unwrap()
                .trim_start_matches('@')
        )
    }

    /// Letters in a member's INBOX, as they lie on the disk.
    pub fn letters(&self, member: &str) -> Vec<Vec<u8>> {
        self.letter_files(member)
            .iter()
            .filter_map(|path| fs::read(path).ok())
            .collect()
    }

    /// Their files.
    pub fn letter_files(&self, member: &str) -> Vec<PathBuf> {
        let maildir = self.path().join("mail").join(member).join("Maildir");
        let mut files: Vec<PathBuf> = ["new", "cur"]
            .iter()
            .filter_map(|part| fs::read_dir(maildir.join(part)).ok())
            .flat_map(|entries| entries.flatten().map(|e| e.path()))
            .collect();
        files.sort();
        files
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        self.kill();
        if std::thread::panicking() {
            let log = self.log();
            let from = log.len().saturating_sub(8000);
            let from = (from..log.len())
                .find(|i| log.is_char_boundary(*i))
                .unwrap_or(from);
            eprintln!("--- log of {}:\n{}", self.path().display(), &log[from..]);
        }
    }
}

/// A full Tox address that is nobody's: its owner never comes.
pub fn nobody(number: u8) -> String {
    let mut id = [number; 38];
    // A key has no highest bit.
    id[31] &= 0x7F;
    (id[36], id[37]) = (0, 0);
    for at in 0..36 {
        id[36 + at % 2] ^= id[at];
    }
    data_encoding::HEXUPPER.encode(&id)
}

/// Pairs two running homes by an invitation and waits until each sees the other online.
pub fn pair(a: &Home, b: &Home) {
    let invitation = a.say(&["invite"]).unwrap();
    let link = invitation["link"]
        .as_str()
        .unwrap_or_else(|| panic!("no link in {invitation}"));
    b.say(&["invite", "accept", link]).unwrap();
    wait_for("the homes to be paired", Duration::from_secs(180), || {
        (is_connected(a, b) && is_connected(b, a)).then_some(())
    });
}

/// Whether `a` sees `b` online and ready for letters.
pub fn is_connected(a: &Home, b: &Home) -> bool {
    let key = b.status("key");
    let contacts = a.say(&["contact", "list"]).unwrap();
    contacts.as_array().is_some_and(|list| {
        list.iter()
            .any(|c| c["key"] == key && c["state"] == "connected")
    })
}
