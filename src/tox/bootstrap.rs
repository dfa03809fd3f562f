//! The way into the network: nodes to ask, and when to ask them.
//!
//! A few nodes at a time, in random order, again with a growing pause while we are offline, never while we are online.
//! Lists of nodes are read in [`crate::config::nodes`].

use std::time::{Duration, Instant};

use crate::config::nodes::{self, BootstrapNode};

/// The list that comes with the program.
pub fn built_in() -> Vec<BootstrapNode> {
    // A test reads the same text: it is never empty in a program that was built.
    nodes::read(include_str!("bootstrap.toml")).unwrap_or_default()
}

/// When to ask whom.
pub(super) struct Bootstrapper {
    nodes: Vec<BootstrapNode>,
    /// The next one of `nodes`; they are shuffled before each pass.
    at: usize,
    next: Option<Instant>,
    pause: Duration,
    rounds: u32,
    random: u64,
}

impl Bootstrapper {
    /// Asked at once: enough that one answers, few enough for a slow line.
    const AT_ONCE: usize = 4;
    const FIRST_PAUSE: Duration = Duration::from_secs(5);
    const LONGEST_PAUSE: Duration = Duration::from_secs(5 * 60);

    pub(super) fn new(nodes: Vec<BootstrapNode>, now: Instant, seed: u64) -> Self {
        Self {
            nodes,
            at: usize::MAX,
            next: Some(now),
            pause: Self::FIRST_PAUSE,
            rounds: 0,
            random: seed | 1,
        }
    }

    /// Another list; asked at once if we are offline.
    pub(super) fn replace(&mut self, nodes: Vec<BootstrapNode>, now: Instant) {
        let next = self.next.map(|_| now);
        *self = Self {
            next,
            ..Self::new(nodes, now, self.random)
        };
    }

    /// How many rounds went without an answer since we were online.
    pub(super) fn rounds(&self) -> u32 {
        self.rounds
    }

    pub(super) fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// We are in: no more asking.
    pub(super) fn went_online(&mut self) {
        self.next = None;
        self.rounds = 0;
        self.pause = Self::FIRST_PAUSE;
    }

    /// We are out, perhaps only for a moment: libtoxcore's header asks not to bootstrap at once.
    pub(super) fn went_offline(&mut self, now: Instant) {
        self.next = Some(now + Self::FIRST_PAUSE);
    }

    /// The nodes to ask now.
    pub(super) fn due(&mut self, now: Instant) -> Vec<BootstrapNode> {
        if self.nodes.is_empty() || self.next.is_none_or(|at| now < at) {
            return Vec::new();
        }
        let jitter = self.pause.mul_f64(0.2 * (self.roll(1000) as f64 / 1000.0));
        self.next = Some(now + self.pause + jitter);
        self.pause = (self.pause * 2).min(Self::LONGEST_PAUSE);
        self.rounds += 1;
        let mut chosen = Vec::new();
        while chosen.len() < Self::AT_ONCE.min(self.nodes.len()) {
            if self.at >= self.nodes.len() {
                self.shuffle();
                self.at = 0;
            }
            chosen.push(self.nodes[self.at].clone());
            self.at += 1;
        }
        chosen
    }

    /// xorshift: spreading load needs no secrets.
    fn roll(&mut self, below: u64) -> u64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        self.random % below
    }

    fn shuffle(&mut self) {
        for last in (1..self.nodes.len()).rev() {
            let other = self.roll(last as u64 + 1) as usize;
            self.nodes.swap(last, other);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use super::*;

    #[test]
    fn the_built_in_list_is_whole_and_needs_no_name_look_up() {
        let nodes = built_in();
        assert!(nodes.len() > 30, "{}", nodes.len());
        assert!(nodes.iter().all(|node| node.address().is_some()));
        assert!(
            nodes
                .iter()
                .filter(|node| !node.tcp_ports.is_empty())
                .count()
                > 20
        );
        let written = nodes::write(&nodes).unwrap();
        assert_eq!(nodes::read(&written).unwrap(), nodes);
    }

    #[test]
    fn it_asks_with_growing_pauses_and_never_while_online() {
        let start = Instant::now();
        let mut it = Bootstrapper::new(built_in(), start, 42);
        let mut now = start;
        let mut asked = Vec::new();
        let mut seen = std::collections::HashSet::new();
        for second in 0..3600 {
            now = start + Duration::from_secs(second);
            let due = it.due(now);
            if !due.is_empty() {
                asked.push(second);
                seen.extend(due.into_iter().map(|n| n.host));
            }
        }
        assert_eq!(asked[0], 0);
        assert!((5..8).contains(&asked[1]), "{asked:?}");
        assert!((10..25).contains(&asked.len()), "{asked:?}");
        assert_eq!(seen.len(), built_in().len(), "every node gets its turn");
        it.went_online();
        assert!(it.due(now + Duration::from_secs(86_400)).is_empty());
        it.went_offline(now);
        assert!(it.due(now + Duration::from_secs(4)).is_empty());
        assert_eq!(it.due(now + Duration::from_secs(5)).len(), 4);
    }
}
