//! Who is listening for changes: a hint per member, never the truth.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use crate::mail::address::MemberName;

/// Told when something changed in the mailboxes of one member. Several changes may arrive as one; look at the store.
#[derive(Debug)]
pub struct Listener(watch::Receiver<u64>);

impl Listener {
    /// Waits for a change since the last call (since the listener was made, for the first). Never returns when the store
    /// is gone. Safe to cancel.
    pub async fn changed(&mut self) {
        if self.0.changed().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

/// The bells of all members that somebody listens to.
#[derive(Debug, Default)]
pub(super) struct Bells(Mutex<HashMap<MemberName, watch::Sender<u64>>>);

impl Bells {
    pub(super) fn listen(&self, member: &MemberName) -> Listener {
        let mut bells = self.lock();
        Listener(
            bells
                .entry(member.clone())
                .or_insert_with(|| watch::Sender::new(0))
                .subscribe(),
        )
    }

    pub(super) fn ring(&self, member: &MemberName) {
        let mut bells = self.lock();
        let Some(bell) = bells.get(member) else {
            return;
        };
        if bell.is_closed() {
            bells.remove(member);
        } else {
            bell.send_modify(|count| *count = count.wrapping_add(1));
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<MemberName, watch::Sender<u64>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn rings_are_merged_and_each_member_has_their_own() {
        let bells = Bells::default();
        let (anna, ben): (MemberName, MemberName) =
            ("anna".parse().unwrap(), "ben".parse().unwrap());
        let (mut at_anna, mut at_ben) = (bells.listen(&anna), bells.listen(&ben));
        bells.ring(&anna);
        bells.ring(&anna);
        at_anna.changed().await;
        assert!(!at_anna.0.has_changed().unwrap());
        assert!(!at_ben.0.has_changed().unwrap());
        drop(at_ben);
        bells.ring(&ben);
        assert_eq!(bells.lock().len(), 1);
        at_ben = bells.listen(&ben);
        bells.ring(&ben);
        at_ben.changed().await;
    }
}
