#![allow(dead_code)] // each test binary uses a part of it
//! A network in a box: hosts in namespaces of their own, joined by `router.py`, which shapes the paths between them.

use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::os::fd::AsFd;
use std::process::{Child, ChildStdout, Command, Stdio};

use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};

/// The hosts and the router between them. Dropped, all of it is gone.
pub struct Network {
    child: Child,
    out: BufReader<ChildStdout>,
    prefix: String,
    hosts: Vec<String>,
}

/// The home router in front of a host, by whom it lets in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nat {
    /// Whoever knows the port.
    Cone,
    /// Whom the host has written to, address and port.
    Restricted,
    /// The same, and every destination sees another port.
    Symmetric,
}

/// How the shaped paths are.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// Rate in each direction, in Mbit/s.
    pub megabits: f64,
    /// Round trip in milliseconds.
    pub rtt_ms: f64,
    /// Part of the packets that is lost.
    pub loss: f64,
}

impl Shape {
    /// A slow link: 500 kB a second.
    pub const SLOW: Self = Self {
        megabits: 4.0,
        rtt_ms: 40.0,
        loss: 0.0,
    };
}

impl Network {
    /// Makes the hosts; the paths between `shaped` pairs are as `shape` says, all others pass at once.
    ///
    /// # Panics
    /// Where network namespaces and TUN devices are not to be had: run the tests as root.
    pub fn start(hosts: &[&str], shaped: &[(&str, &str)], shape: Shape) -> Self {
        Self::start_behind(hosts, shaped, shape, &[], 1)
    }

    /// The same with NATs in front of some hosts. What is lost and delayed repeats itself with the `seed`.
    pub fn start_behind(
        hosts: &[&str],
        shaped: &[(&str, &str)],
        shape: Shape,
        nats: &[(&str, Nat)],
        seed: u64,
    ) -> Self {
        // Names of namespaces are the whole machine's.
        let prefix = format!("tm{}", std::process::id());
        let pairs: Vec<String> = shaped.iter().map(|(a, b)| format!("{a}:{b}")).collect();
        let nats: Vec<String> = nats
            .iter()
            .map(|(host, nat)| format!("{host}:{nat:?}").to_lowercase())
            .collect();
        let mut child = Command::new("python3")
            .arg(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/tests/support/router.py"
            ))
            .args(["--hosts", &hosts.join(","), "--prefix", &prefix])
            .args(["--shape", &pairs.join(",")])
            .args(["--nat", &nats.join(",")])
            .args(["--seed", &seed.to_string()])
            .args(["--rate-mbit", &shape.megabits.to_string()])
            .args(["--rtt-ms", &shape.rtt_ms.to_string()])
            .args(["--loss", &shape.loss.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        out.read_line(&mut line).unwrap();
        assert_eq!(line, "ready\n", "the router did not start");
        Self {
            child,
            out,
            prefix,
            hosts: hosts.iter().map(|h| (*h).to_owned()).collect(),
        }
    }

    /// The namespace of a host.
    pub fn namespace(&self, host: &str) -> String {
        format!("{}-{host}", self.prefix)
    }

    /// The address of a host.
    pub fn address(&self, host: &str) -> String {
        let number = self.hosts.iter().position(|h| h == host).unwrap() + 1;
        format!("10.77.0.{number}")
    }

    /// Pulls the cable of a host.
    pub fn cut(&mut self, host: &str) {
        self.say(&format!("cut {host}"));
    }

    /// Puts it in again.
    pub fn join(&mut self, host: &str) {
        self.say(&format!("join {host}"));
    }

    /// A host behind a NAT has another public address from now on, and its NAT has forgotten every flow.
    pub fn move_away(&mut self, host: &str) {
        self.say(&format!("move {host}"));
    }

    /// The path between two hosts is like this from now on, both ways: jitter in milliseconds, and the part of the packets that
    /// are overtaken.
    pub fn shape(&mut self, (a, b): (&str, &str), shape: Shape, jitter_ms: f64, reorder: f64) {
        let Shape {
            megabits,
            rtt_ms,
            loss,
        } = shape;
        self.say(&format!(
            "shape {a} {b} {megabits} {rtt_ms} {loss} {jitter_ms} {reorder}"
        ));
    }

    fn say(&mut self, command: &str) {
        writeln!(self.child.stdin.as_mut().unwrap(), "{command}").unwrap();
        let mut line = String::new();
        self.out.read_line(&mut line).unwrap();
        assert_eq!(line, "ok\n", "{command}");
    }

    /// Does something in a host's network, see [`within`].
    pub fn inside<T: Send>(&self, host: &str, act: impl FnOnce() -> T + Send) -> T {
        within(Some(&self.namespace(host)), act)
    }

    /// Bytes that have come to a host so far.
    pub fn received(&self, host: &str) -> u64 {
        let namespace = self.namespace(host);
        let file = "/sys/class/net/home0/statistics/rx_bytes";
        let output = Command::new("ip")
            .args(["netns", "exec", &namespace, "cat", file])
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        text.trim()
            .parse()
            .unwrap_or_else(|e| panic!("{text}: {e}"))
    }
}

/// Does something in a network namespace, on a thread of its own: sockets that it makes belong there for good.
pub fn within<T: Send>(namespace: Option<&str>, act: impl FnOnce() -> T + Send) -> T {
    let Some(namespace) = namespace else {
        return act();
    };
    let file = File::open(format!("/run/netns/{namespace}")).unwrap();
    std::thread::scope(|scope| {
        let inside = scope.spawn(|| {
            move_into_link_name_space(file.as_fd(), Some(LinkNameSpaceType::Network)).unwrap();
            act()
        });
        inside.join().unwrap()
    })
}

impl Drop for Network {
    fn drop(&mut self) {
        // The end of its input ends it, and it takes the namespaces with it.
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}
