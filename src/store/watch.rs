//! Who is listening for changes: a hint per member or mailbox, never the truth.

use std::collections::HashMap;
use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rustix::fs::inotify::{self, CreateFlags, WatchFlags};
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;
use tokio::sync::watch;

use crate::durable::fault;
use crate::mail::address::MemberName;

/// Told when something changed in one mailbox, or in any of a member. Several changes may arrive as one; look at the store.
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

/// Tells that somebody, perhaps another program, did something to the folders of a mailbox (`inotify(7)`).
#[derive(Debug)]
pub struct Sentry(AsyncFd<OwnedFd>);

impl Sentry {
    /// Stands at the folder of a mailbox. Only inside the runtime.
    pub(super) fn at(folder: &Path) -> io::Result<Self> {
        fault::disk("watch", folder)?;
        let fd = inotify::init(CreateFlags::NONBLOCK | CreateFlags::CLOEXEC)?;
        let names = WatchFlags::CREATE | WatchFlags::DELETE;
        let renames = WatchFlags::MOVED_FROM | WatchFlags::MOVED_TO;
        for inner in ["new", "cur"] {
            let flags = names | renames | WatchFlags::ONLYDIR;
            inotify::add_watch(&fd, folder.join(inner), flags)?;
        }
        // Deprecated because a type may give away descriptors that it does not keep open; this one keeps its own.
        #[allow(deprecated)]
        let fd = AsyncFd::with_interest(fd, Interest::READABLE)?;
        Ok(Self(fd))
    }

    /// Waits until something happens that was not told yet. Safe to cancel.
    pub async fn changed(&self) {
        match self.0.readable().await {
            Ok(mut ready) => {
                // What it was does not matter: who looks at the folders sees it.
                let mut events = [0u8; 4096];
                while rustix::io::read(self.0.get_ref(), &mut events).is_ok_and(|n| n > 0) {}
                ready.clear_ready();
            }
            Err(_) => std::future::pending().await,
        }
    }
}

/// The bells of one member.
#[derive(Debug, Default)]
struct Rope {
    /// Rung for every change.
    all: Option<watch::Sender<u64>>,
    /// By object id.
    mailboxes: HashMap<String, watch::Sender<u64>>,
}

/// The bells that somebody listens to.
#[derive(Debug, Default)]
pub(super) struct Bells(Mutex<HashMap<MemberName, Rope>>, watch::Sender<u64>);

impl Bells {
    /// Listens to everything of everybody.
    pub(super) fn listen_to_all(&self) -> Listener {
        Listener(self.1.subscribe())
    }

    /// Listens to one mailbox (its object id), or to everything of a member.
    pub(super) fn listen(&self, member: &MemberName, mailbox: Option<&str>) -> Listener {
        let mut bells = self.lock();
        let rope = bells.entry(member.clone()).or_default();
        let new = || watch::Sender::new(0);
        let bell = match mailbox {
            None => rope.all.get_or_insert_with(new),
            Some(id) => rope.mailboxes.entry(id.to_owned()).or_insert_with(new),
        };
        Listener(bell.subscribe())
    }

    /// Tells of a change in one mailbox; `None`: of the mailboxes as a whole.
    pub(super) fn ring(&self, member: &MemberName, mailbox: Option<&str>) {
        rung(&self.1);
        let mut bells = self.lock();
        let Some(rope) = bells.get_mut(member) else {
            return;
        };
        rope.all.take_if(|bell| !rung(bell));
        if let Some(id) = mailbox
            && rope.mailboxes.get(id).is_some_and(|bell| !rung(bell))
        {
            rope.mailboxes.remove(id);
        }
        if rope.all.is_none() && rope.mailboxes.is_empty() {
            bells.remove(member);
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<MemberName, Rope>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether anybody is left to hear it.
fn rung(bell: &watch::Sender<u64>) -> bool {
    let heard = !bell.is_closed();
    if heard {
        bell.send_modify(|count| *count = count.wrapping_add(1));
    }
    heard
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
        let (mut at_anna, mut at_ben) = (bells.listen(&anna, None), bells.listen(&ben, None));
        bells.ring(&anna, Some("x"));
        bells.ring(&anna, None);
        at_anna.changed().await;
        assert!(!at_anna.0.has_changed().unwrap());
        assert!(!at_ben.0.has_changed().unwrap());
        drop(at_ben);
        bells.ring(&ben, None);
        assert_eq!(bells.lock().len(), 1);
        at_ben = bells.listen(&ben, None);
        bells.ring(&ben, None);
        at_ben.changed().await;
    }

    #[tokio::test]
    async fn who_listens_to_a_mailbox_hears_of_no_other() {
        let bells = Bells::default();
        let anna: MemberName = "anna".parse().unwrap();
        let mut first = bells.listen(&anna, Some("first"));
        let second = bells.listen(&anna, Some("second"));
        bells.ring(&anna, Some("first"));
        first.changed().await;
        assert!(!second.0.has_changed().unwrap());
        bells.ring(&anna, None);
        assert!(!first.0.has_changed().unwrap());
        drop(first);
        bells.ring(&anna, Some("first"));
        assert_eq!(bells.lock()[&anna].mailboxes.len(), 1);
    }
}
