//! Who has the next turn, where there is one at a time and it takes long. It checks nothing.
//!
//! # Rules
//! - Who was here before is next, whatever waits. Among them, and among all others, one source after another has a turn: somebody who sends
//!   a hundred waits behind themselves, and a newcomer waits for one of each source at most.
//! - A turn ends when its [`Turn`] is dropped. Who does not wait any more when it comes is passed over.

use std::collections::VecDeque;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;

/// Gives one turn at a time.
#[derive(Debug, Default)]
pub(super) struct Turns(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    taken: bool,
    first: Line,
    then: Line,
}

/// Those who wait, by source; the one at the front is next.
#[derive(Debug, Default)]
struct Line(VecDeque<(IpAddr, VecDeque<oneshot::Sender<Turn>>)>);

/// In which line somebody waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    /// Before all others.
    First,
    /// Behind those.
    Then,
}

/// A turn; over when dropped.
#[derive(Debug)]
pub(super) struct Turn(Option<Arc<Turns>>);

impl Line {
    fn push(&mut self, source: IpAddr, ticket: oneshot::Sender<Turn>) {
        match self.0.iter_mut().find(|(other, _)| *other == source) {
            Some((_, tickets)) => {
                tickets.retain(|ticket| !ticket.is_closed());
                tickets.push_back(ticket);
            }
            None => self.0.push_back((source, VecDeque::from([ticket]))),
        }
    }

    fn pop(&mut self) -> Option<oneshot::Sender<Turn>> {
        while let Some((source, mut tickets)) = self.0.pop_front() {
            tickets.retain(|ticket| !ticket.is_closed());
            if let Some(ticket) = tickets.pop_front() {
                if !tickets.is_empty() {
                    self.0.push_back((source, tickets));
                }
                return Some(ticket);
            }
        }
        None
    }
}

impl Turns {
    /// Waits for a turn; `None` where none came within that time.
    pub(super) async fn take(
        self: &Arc<Self>,
        source: IpAddr,
        order: Order,
        within: Duration,
    ) -> Option<Turn> {
        let called = {
            let mut state = self.state();
            if !state.taken {
                state.taken = true;
                return Some(Turn(Some(self.clone())));
            }
            let (ticket, called) = oneshot::channel();
            match order {
                Order::First => state.first.push(source, ticket),
                Order::Then => state.then.push(source, ticket),
            }
            called
        };
        tokio::time::timeout(within, called).await.ok()?.ok()
    }

    fn pass_on(self: &Arc<Self>) {
        loop {
            let next = {
                let mut state = self.state();
                let next = state.first.pop();
                let next = next.or_else(|| state.then.pop());
                state.taken = next.is_some();
                next
            };
            let Some(ticket) = next else {
                return;
            };
            match ticket.send(Turn(Some(self.clone()))) {
                Ok(()) => return,
                // Gone since: the turn is the next one's, and not over a second time.
                Err(mut turn) => turn.0 = None,
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many wait in a line.
    #[cfg(test)]
    pub(super) fn waiting(&self, order: Order) -> usize {
        let state = self.state();
        let line = match order {
            Order::First => &state.first,
            Order::Then => &state.then,
        };
        let waits = |ticket: &&oneshot::Sender<Turn>| !ticket.is_closed();
        let tickets = line.0.iter().flat_map(|(_, tickets)| tickets);
        tickets.filter(waits).count()
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if let Some(turns) = self.0.take() {
            turns.pass_on();
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use tokio::sync::mpsc;
    use tokio::task::JoinSet;

    use super::*;

    const LONG: Duration = Duration::from_secs(600);

    fn ip(last: u8) -> IpAddr {
        IpAddr::from([192, 168, 0, last])
    }

    /// Waits in line from there, and tells when the turn has come, which is over at once.
    async fn wait(
        waiters: &mut JoinSet<()>,
        turns: &Arc<Turns>,
        (from, order): (u8, Order),
        told: &mpsc::UnboundedSender<u8>,
    ) {
        let before = turns.waiting(order);
        let (waiting, told) = (turns.clone(), told.clone());
        waiters.spawn(async move {
            let turn = waiting.take(ip(from), order, LONG).await;
            told.send(from).unwrap();
            drop(turn);
        });
        while turns.waiting(order) == before {
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn who_was_here_before_is_next_and_sources_take_turns() {
        let turns = Arc::<Turns>::default();
        let now = turns.take(ip(1), Order::Then, LONG).await.unwrap();
        let (told, mut came) = mpsc::unbounded_channel();
        let mut waiters = JoinSet::new();
        for from in [1, 1, 1, 2, 2, 3] {
            wait(&mut waiters, &turns, (from, Order::Then), &told).await;
        }
        for from in [7, 7, 8] {
            wait(&mut waiters, &turns, (from, Order::First), &told).await;
        }
        drop((now, told));
        let mut order = Vec::new();
        while let Some(from) = came.recv().await {
            order.push(from);
        }
        assert_eq!(order, [7, 8, 7, 1, 2, 3, 1, 2, 1]);
    }

    #[tokio::test]
    async fn who_gives_up_is_passed_over_and_no_turn_is_lost() {
        let turns = Arc::<Turns>::default();
        let now = turns.take(ip(1), Order::Then, LONG).await.unwrap();
        let none = turns.take(ip(2), Order::Then, Duration::ZERO).await;
        assert!(none.is_none());
        let (told, mut came) = mpsc::unbounded_channel();
        let (mut gone, mut waiters) = (JoinSet::new(), JoinSet::new());
        for from in 3..9 {
            wait(&mut gone, &turns, (from, Order::Then), &told).await;
        }
        wait(&mut waiters, &turns, (9, Order::Then), &told).await;
        gone.shutdown().await;
        drop(now);
        assert_eq!(came.recv().await, Some(9));
        waiters.join_next().await.unwrap().unwrap();
        assert!(
            turns
                .take(ip(1), Order::Then, Duration::ZERO)
                .await
                .is_some()
        );
    }
}
