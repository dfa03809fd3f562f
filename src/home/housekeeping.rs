//! What a home does for itself while it runs: keeps its certificate good, and forgets what nobody asks for any more.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use tokio::sync::watch;

use crate::database::Database;
use crate::days;
use crate::delivery::chat::Chat;
use crate::delivery::inbound::Inbound;
use crate::delivery::outbound::Outbound;
use crate::delivery::pairing::Pairing;
use crate::delivery::{self, Post};
use crate::journal;
use crate::net::networks;
use crate::net::tls::Tls;
use crate::web::session::Sessions;

/// How often the clock and what may be forgotten are looked at.
const HOUSEKEEPING: Duration = Duration::from_secs(600);
/// How often it is looked whether the certificate is good for where the home is: a router gives another address when it likes.
const CERTIFY: Duration = Duration::from_secs(60);
/// Deliveries are remembered so much longer than a letter can wait here. The other home does not tell how long it tries, and
/// one that was off for months offers again what it has no receipt for: a row is small, a second copy is a broken promise.
const REMEMBER_LONGER: Duration = Duration::from_secs(365 * 24 * 3600);
/// How often it is looked for deliveries that may be forgotten: that reads all of them.
const FORGET_EVERY: Duration = Duration::from_secs(24 * 3600);

/// Keeps the certificate good for the home's addresses and for the day. What cannot be mended is told less often.
pub(super) async fn certify(tls: Arc<Tls>, mut stopped: watch::Receiver<bool>) {
    let mut wait = CERTIFY;
    loop {
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            _ = stopped.wait_for(|stopped| *stopped) => return,
        }
        let tls = Arc::clone(&tls);
        let done = tokio::task::spawn_blocking(move || {
            tls.refresh(&networks::home_addresses(), SystemTime::now())
        });
        wait = CERTIFY;
        if let Ok(Err(e)) = done.await {
            journal::trouble("tls", &e);
            wait = HOUSEKEEPING;
        }
    }
}

pub(super) async fn housekeeping(
    database: Database,
    post: Arc<Post>,
    inbound: Arc<Inbound>,
    chat: Arc<Chat>,
    (outbound, pairing): (Arc<Outbound>, Arc<Pairing>),
    sessions: Sessions,
    mut stopped: watch::Receiver<bool>,
) {
    let mut forget_at = Instant::now();
    let mut trusted = post.clock.trusted();
    loop {
        tokio::select! {
            () = tokio::time::sleep(HOUSEKEEPING) => {}
            _ = stopped.wait_for(|stopped| *stopped) => return,
        }
        let before = std::mem::replace(&mut trusted, post.clock.trusted());
        match (before, trusted) {
            (false, true) => journal::clock_trusted(),
            (true, false) => journal::clock_untrusted(),
            _ => {}
        }
        // By a clock that was not set nothing is old.
        let forgets = Instant::now() >= forget_at && trusted;
        if forgets {
            forget_at = Instant::now() + FORGET_EVERY;
        }
        let (database, post) = (database.clone(), Arc::clone(&post));
        let sessions = sessions.clone();
        let (inbound, chat) = (Arc::clone(&inbound), Arc::clone(&chat));
        let (outbound, pairing) = (Arc::clone(&outbound), Arc::clone(&pairing));
        let done = tokio::task::spawn_blocking(move || {
            if let Err(e) = post.clock.tick(&database) {
                journal::trouble("clock", &e);
            }
            chat.sweep();
            pairing.settle_first_contacts();
            if let Err(e) = delivery::boxes::sweep(&post, &outbound) {
                journal::trouble("boxes", &e);
            }
            if forgets {
                let age = post.settings().expire_after.saturating_add(REMEMBER_LONGER);
                let now = post.clock.now().wall;
                if let Err(e) = post.store.forget_deliveries(now, age) {
                    journal::store_trouble(&e);
                }
                if let Err(e) = post.queue.forget_taken(now, age) {
                    journal::queue_trouble(&e);
                }
                if let Err(e) = sessions.sweep() {
                    journal::trouble("web", &e);
                }
                if let Err(e) = days::forget(&database, now) {
                    journal::trouble("days", &e);
                }
                if let Err(e) = inbound.sweep() {
                    journal::disk_trouble("sweeping unfinished letters", &e);
                }
            }
        });
        let _ = done.await;
    }
}
