//! The paths between two homes, each with a bootstrap node of its own.

use crate::home::Node;
use crate::router::{self, Shape};

const PORT: u16 = 33400;

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
    host: String,
    _router: Option<router::Network>,
}

impl Network {
    pub fn start(kind: Kind) -> Self {
        let (Kind::Shaped(shape) | Kind::ShapedRelay(shape)) = kind else {
            let host = "127.0.0.1";
            return Self {
                kind,
                places: [None, None],
                node: Node::start(host, PORT),
                host: host.to_owned(),
                _router: None,
            };
        };
        let pair = match kind {
            Kind::Shaped(_) => ("a", "b"),
            _ => ("a", "boot"),
        };
        let router = router::Network::start(&["a", "b", "boot"], &[pair], shape);
        let host = router.address("boot");
        Self {
            kind,
            places: ["a", "b"].map(|side| Some(router.namespace(side))),
            node: Node::start_in(Some(&router.namespace("boot")), &host, PORT),
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
    pub fn entrance(&self) -> (&str, u16) {
        (&self.host, PORT)
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
