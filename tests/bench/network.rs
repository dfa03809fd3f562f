//! The paths between two homes, each with a bootstrap node of its own.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::os::fd::AsFd;
use std::process::{Child, ChildStdout, Command, Stdio};

use rustix::thread::{LinkNameSpaceType, move_into_link_name_space};

use crate::home::Node;

const PORT: u16 = 33400;

/// What a shaped path does to packets, both ways.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    pub megabits: f64,
    pub rtt_ms: f64,
    pub loss: f64,
}

/// How two homes reach each other.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// By UDP on one machine.
    Loopback,
    /// By UDP through a router that shapes.
    Shaped(Shape),
    /// On one machine through a TCP relay, UDP off.
    Relay,
    /// Through a TCP relay, UDP off, the writer's cable to it shaped.
    ShapedRelay(Shape),
}

/// One path, with what it needs. Dropped, it is taken down.
pub struct Network {
    pub kind: Kind,
    /// Where the two sides live; `None` is the namespace of the bench.
    pub places: [Option<String>; 2],
    pub node: Node,
    host: &'static str,
    _router: Option<Router>,
}

struct Router {
    child: Child,
    _out: BufReader<ChildStdout>,
}

impl Drop for Router {
    fn drop(&mut self) {
        // The end of its input makes it remove its namespaces.
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

impl Network {
    pub fn start(kind: Kind) -> Self {
        let (Kind::Shaped(shape) | Kind::ShapedRelay(shape)) = kind else {
            let host = "127.0.0.1";
            return Self {
                kind,
                places: [None, None],
                node: Node::start(host, PORT),
                host,
                _router: None,
            };
        };
        let prefix = format!("tb{}", std::process::id());
        let mut child = Command::new("python3")
            .arg(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/tests/support/router.py"
            ))
            .args(["--hosts", "a,b,boot", "--prefix", &prefix])
            .args([
                "--shape",
                if matches!(kind, Kind::Shaped(_)) {
                    "a:b"
                } else {
                    "a:boot"
                },
            ])
            .args(["--rate-mbit", &shape.megabits.to_string()])
            .args(["--rtt-ms", &shape.rtt_ms.to_string()])
            .args(["--loss", &shape.loss.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("python3 for tests/support/router.py");
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        out.read_line(&mut line).unwrap();
        assert_eq!(line.trim(), "ready", "tests/support/router.py");
        let router = Router { child, _out: out };
        let host = "10.77.0.3";
        Self {
            kind,
            places: ["a", "b"].map(|side| Some(format!("{prefix}-{side}"))),
            node: Node::start_in(Some(&format!("{prefix}-boot")), host, PORT),
            host,
            _router: Some(router),
        }
    }

    pub fn uses_udp(&self) -> bool {
        matches!(self.kind, Kind::Loopback | Kind::Shaped(_))
    }

    /// The node's port where it relays by TCP. With UDP none is given, so that nobody meets there first.
    pub fn relay_port(&self) -> Option<u16> {
        (!self.uses_udp()).then_some(PORT)
    }

    /// The node's host and port.
    pub fn entrance(&self) -> (&'static str, u16) {
        (self.host, PORT)
    }

    /// Lines for the table `[tox]` of a home's settings.
    pub fn settings(&self) -> Vec<(&'static str, String)> {
        let ports: Vec<String> = self.relay_port().iter().map(u16::to_string).collect();
        let entry = format!(
            "bootstrap = [ {{ host = \"{}\", port = {PORT}, key = \"{}\", tcp_ports = [{}] }} ]",
            self.host,
            self.node.key,
            ports.join(",")
        );
        vec![
            ("tox", entry),
            ("tox", format!("udp = {}", self.uses_udp())),
        ]
    }
}

/// Does something in a network namespace: sockets that it makes belong there for good.
pub fn within<T: Send>(place: Option<&str>, act: impl FnOnce() -> T + Send) -> T {
    let Some(place) = place else {
        return act();
    };
    std::thread::scope(|scope| {
        let thread = scope.spawn(|| {
            let namespace = File::open(format!("/run/netns/{place}")).unwrap();
            let kind = Some(LinkNameSpaceType::Network);
            move_into_link_name_space(namespace.as_fd(), kind).unwrap();
            act()
        });
        thread.join().unwrap()
    })
}
