#![allow(dead_code)] // each test binary uses a part of it
//! Debian's Chromium in front of a home's page. The scenarios are in tests/browser/scenarios; what a visitor notices by the way
//! in tests/browser/visitor.mjs.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

use super::home::Home;

/// The name by which every home knows itself.
pub const HOST: &str = "toxmail.local";
/// Longer, and Chromium has hung.
const LONGEST: Duration = Duration::from_secs(540);

/// What is played, and for whom.
#[derive(Clone, Debug)]
pub struct Scene<'a> {
    /// A file in tests/browser/scenarios, without `.mjs`.
    pub scenario: &'a str,
    /// Where the page is; `visitor.open("/")` goes there.
    pub origin: String,
    /// Names that lead to this machine.
    pub names: Vec<&'a str>,
    /// "off", "on": once for each.
    pub java_script: &'a [&'a str],
    /// What the scenario is told besides.
    pub told: Value,
}

impl<'a> Scene<'a> {
    /// A scenario at the home's https page, without JavaScript and with it.
    pub fn at(home: &Home, scenario: &'a str) -> Self {
        let port = home.address("https").port();
        Self {
            origin: format!("https://{HOST}:{port}"),
            ..Self::nowhere(scenario)
        }
    }

    /// The same at the home's http page.
    pub fn over_http(self, home: &Home) -> Self {
        let port = home.address("http").port();
        Self {
            origin: format!("http://{HOST}:{port}"),
            ..self
        }
    }

    /// A scenario that brings its own pages.
    pub fn nowhere(scenario: &'a str) -> Self {
        Self {
            scenario,
            origin: "http://127.0.0.1".into(),
            names: vec![HOST],
            java_script: &["off", "on"],
            told: json!({}),
        }
    }

    /// The same, once only.
    pub fn java_script(self, of: &'a [&'a str]) -> Self {
        Self {
            java_script: of,
            ..self
        }
    }

    /// The same, told something.
    pub fn told(self, told: Value) -> Self {
        Self { told, ..self }
    }

    /// Plays it; what the scenario noted. Panics with every fault.
    #[track_caller]
    pub fn play(&self, browser: &Browser) -> Value {
        self.play_with(browser, |what| Err(format!("nobody does {what}")))
    }

    /// The same; `deed` does what the scenario asks for (`visitor.ask`).
    #[track_caller]
    pub fn play_with(
        &self,
        browser: &Browser,
        deed: impl FnMut(&Value) -> Result<Value, String>,
    ) -> Value {
        let task = json!({
            "scenario": self.scenario,
            "origin": self.origin,
            "names": self.names,
            "javaScript": self.java_script,
            // Every member of a test has one.
            "secrets": ["secret-"],
            "told": self.told,
            "pictures": pictures(self.scenario),
        });
        let result = browser.run(&task, deed);
        let faults: Vec<&str> = result["faults"]
            .as_array()
            .unwrap()
            .iter()
            .filter_map(Value::as_str)
            .collect();
        assert!(
            faults.is_empty(),
            "{} faults; pictures in {}\n- {}",
            faults.len(),
            pictures(self.scenario).display(),
            faults.join("\n- ")
        );
        result["notes"].clone()
    }
}

/// Where the pictures of a scenario go.
pub fn pictures(scenario: &str) -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("pictures")
        .join(scenario)
}

/// Somebody's computer: whom its Chromium trusts. Dropped, it is removed.
pub struct Browser {
    desk: tempfile::TempDir,
    namespace: Option<String>,
}

impl Browser {
    /// One that trusts nobody but the authorities of the world.
    pub fn new() -> Self {
        let desk = tempfile::Builder::new()
            .prefix("toxmail-desk-")
            .tempdir()
            .unwrap();
        let this = Self {
            desk,
            namespace: None,
        };
        fs::create_dir_all(this.authorities()).unwrap();
        this.certutil(&["-N", "--empty-password"]);
        this
    }

    /// One where the family has installed their home's authority.
    pub fn of(home: &Home) -> Self {
        let this = Self::new();
        this.trust("home", &home.path().join("tls/ca.pem"));
        this
    }

    /// Puts it into a network namespace.
    pub fn stands_in(&mut self, namespace: &str) {
        self.namespace = Some(namespace.to_owned());
    }

    /// Installs an authority.
    pub fn trust(&self, name: &str, authority: &Path) {
        let file = authority.to_str().unwrap();
        self.certutil(&["-A", "-t", "C,,", "-n", name, "-i", file]);
    }

    /// Where Chromium looks for installed authorities.
    fn authorities(&self) -> PathBuf {
        self.desk.path().join(".pki/nssdb")
    }

    #[track_caller]
    fn certutil(&self, words: &[&str]) {
        let output = Command::new("certutil")
            .arg("-d")
            .arg(format!("sql:{}", self.authorities().display()))
            .args(words)
            .output()
            .expect("certutil: .ci/install test");
        assert!(output.status.success(), "{words:?}: {output:?}");
    }

    /// tests/browser/run.mjs from its task to its result.
    #[track_caller]
    fn run(&self, task: &Value, mut deed: impl FnMut(&Value) -> Result<Value, String>) -> Value {
        let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser");
        let voice = self.desk.path().join("chromium.log");
        let mut node = match &self.namespace {
            None => Command::new("node"),
            Some(namespace) => {
                let mut command = Command::new("ip");
                command.args(["netns", "exec", namespace, "node"]);
                command
            }
        };
        let mut child = node
            .arg(scripts.join("run.mjs"))
            .env("HOME", self.desk.path())
            .env("NO_PROXY", "*")
            .current_dir(self.desk.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(fs::File::create(&voice).unwrap())
            .spawn()
            .expect("node: .ci/install test");
        let mut to = child.stdin.take().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        // Without node its pipe to Chromium is closed, and Chromium ends.
        let id = rustix::process::Pid::from_child(&child);
        let (done, ended) = std::sync::mpsc::channel::<()>();
        let guard = std::thread::spawn(move || {
            if ended.recv_timeout(LONGEST) == Err(std::sync::mpsc::RecvTimeoutError::Timeout) {
                let _ = rustix::process::kill_process(id, rustix::process::Signal::KILL);
            }
        });
        writeln!(to, "{task}").unwrap();
        let result = loop {
            let Some(line) = lines.next() else {
                break None;
            };
            let said: Value = serde_json::from_str(&line.unwrap()).unwrap();
            if said.get("faults").is_some() {
                break Some(said);
            }
            let answer = match deed(&said["ask"]) {
                Ok(answer) => json!({ "answer": answer }),
                Err(failed) => json!({ "failed": failed }),
            };
            writeln!(to, "{answer}").unwrap();
        };
        drop(done);
        guard.join().unwrap();
        child.wait().unwrap();
        result.unwrap_or_else(|| {
            panic!(
                "the scenario came to no end:\n{}",
                fs::read_to_string(&voice).unwrap()
            )
        })
    }
}
