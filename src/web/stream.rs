//! What changes while a page is open: server-sent events.
//!
//! An event is named as a part of the page that is open (`Part`) and carries its HTML; `web/static/toxmail.js` puts it in place. At first
//! all parts are sent, for something may have changed since the page was made; then what has changed.
//!
//! # Rules
//! - Nobody hears anything whose session has ended: it is looked at before anything is sent, and every `BEAT` in any case.
//!   What is told is what the member may see now, not when the stream began.
//! - Nothing is asked while nothing changes ([`changes`]). A part that looks as it did is not sent.
//! - A stream ends with its session (then it says [`GONE`]), when the home stops, and after `LASTS`: browsers come again.
//! - At most `MOST_EACH` of one session, `MOST` in all, and never more than half of `[limits] max_connections`: each holds a
//!   connection, and mail programs need some too.
//! - Few work at a time (`AT_ONCE`): one hint wakes all, and each would take a thread of its own.

use std::collections::HashMap;
use std::convert::Infallible;
use std::fmt::Write as _;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::http::HeaderValue;
use axum::http::header::CONTENT_TYPE;
use axum::response::Response;
use hyper::body::Frame;
use sha2::{Digest, Sha256};
use tokio::sync::{Semaphore, watch};
use tokio::time::{Instant, sleep_until};

use super::Web;
use super::page::home::Part;
use super::session::Who;
use super::visitor::{Refusal, Visitor};
use crate::changes::{self, Changed, Listener};
use crate::journal;

/// Streams of one session: windows that are looked at.
const MOST_EACH: usize = 4;
/// Streams in all.
const MOST: usize = 128;
/// Streams that look at the home at the same time.
const AT_ONCE: usize = 4;
/// So often something is said, so that both ends know that the other is there; and so often the session is looked at.
const BEAT: Duration = Duration::from_secs(30);
/// How long a stream lasts.
const LASTS: Duration = Duration::from_secs(3600);
/// How long a browser waits before it comes again.
const AGAIN: Duration = Duration::from_secs(3);
/// Somebody who was sent away may ask again after this.
const CROWDED: Duration = Duration::from_secs(30);
/// The last event of a session that has ended.
pub const GONE: &str = "gone";

/// That the home stops; a request that came by a connection has it.
#[derive(Clone, Debug)]
pub struct Stopping(pub watch::Receiver<bool>);

/// Who has a stream.
pub struct Streams {
    /// How many, by session.
    open: Mutex<HashMap<i64, usize>>,
    turns: Semaphore,
}

impl Default for Streams {
    fn default() -> Self {
        Self {
            open: Mutex::default(),
            turns: Semaphore::new(AT_ONCE),
        }
    }
}

/// A stream that counts until this is dropped.
struct Seat {
    web: Web,
    session: i64,
}

impl Seat {
    fn take(web: &Web, session: i64) -> Option<Self> {
        let most = MOST.min(web.config().limits.max_connections / 2).max(1);
        let mut open = web
            .0
            .streams
            .open
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let mine = open.get(&session).copied().unwrap_or(0);
        if mine >= MOST_EACH || open.values().sum::<usize>() >= most {
            return None;
        }
        open.insert(session, mine + 1);
        Some(Self {
            web: web.clone(),
            session,
        })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let streams = &self.web.0.streams;
        let mut open = streams.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&self.session) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.session);
            }
        }
    }
}

/// The answer that goes on.
///
/// # Errors
/// There are too many.
pub fn answer(
    v: Visitor,
    who: Who,
    parts: &'static [Part],
    stopping: Option<Stopping>,
) -> Result<Response, Refusal> {
    let seat = Seat::take(&v.web, who.session).ok_or_else(|| Refusal::too_many(CROWDED))?;
    let now = Instant::now();
    let stream = Stream {
        // Before anything is looked at: what changes meanwhile is heard.
        listener: changes::listen(),
        visitor: v,
        stopping,
        ends: now + LASTS,
        beat: now + BEAT,
        parts,
        sent: vec![None; parts.len()],
        stage: Stage::First,
        _seat: seat,
    };
    let mut response = Response::new(Body::new(Events(Some(Box::pin(stream.next())))));
    response.headers_mut().insert(
        CONTENT_TYPE,
        HeaderValue::from_static("text/event-stream; charset=utf-8"),
    );
    Ok(response)
}

type Next = Pin<Box<dyn Future<Output = (Stream, Option<Bytes>)> + Send>>;

/// The body: what comes next, until nothing does.
struct Events(Option<Next>);

impl HttpBody for Events {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let this = self.get_mut();
        let Some(next) = &mut this.0 else {
            return Poll::Ready(None);
        };
        let (stream, bytes) = ready!(next.as_mut().poll(context));
        this.0 = None;
        Poll::Ready(bytes.map(|bytes| {
            this.0 = Some(Box::pin(stream.next()));
            Ok(Frame::data(bytes))
        }))
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Nothing was sent.
    First,
    /// What changes is sent.
    Open,
    /// All was said.
    Over,
}

struct Stream {
    visitor: Visitor,
    listener: Listener,
    stopping: Option<Stopping>,
    ends: Instant,
    beat: Instant,
    /// The parts of the page that is open.
    parts: &'static [Part],
    /// Of each a hash of what it looked like when it was sent.
    sent: Vec<Option<[u8; 16]>>,
    stage: Stage,
    _seat: Seat,
}

/// Why a stream wakes.
enum Wake {
    First,
    Changed(Changed),
    Beat,
}

impl Wake {
    fn touches(&self, part: Part) -> bool {
        match self {
            Self::First => true,
            Self::Changed(changed) => part.may_change(*changed),
            Self::Beat => false,
        }
    }
}

impl Stream {
    /// What is sent next; nothing at the end.
    async fn next(mut self) -> (Self, Option<Bytes>) {
        loop {
            let wake = match self.stage {
                Stage::Over => return (self, None),
                Stage::First => Wake::First,
                Stage::Open => tokio::select! {
                    biased;
                    () = stopped(&mut self.stopping) => return (self, None),
                    () = sleep_until(self.ends) => return (self, None),
                    changed = self.listener.changed() => Wake::Changed(changed),
                    () = sleep_until(self.beat) => Wake::Beat,
                },
            };
            let Some(mut text) = self.look(&wake).await else {
                // The home has trouble, or stops: the browser comes again.
                return (self, None);
            };
            match (self.stage, wake) {
                (Stage::First, _) => {
                    text.insert_str(0, &format!("retry: {}\n\n", AGAIN.as_millis()));
                    self.stage = Stage::Open;
                }
                // A comment, which nobody hears.
                (_, Wake::Beat) if text.is_empty() => text.push_str(":\n\n"),
                _ if text.is_empty() => continue,
                _ => {}
            }
            self.beat = Instant::now() + BEAT;
            return (self, Some(text.into()));
        }
    }

    /// What is to be said of that; `None` when that cannot be found out.
    async fn look(&mut self, wake: &Wake) -> Option<String> {
        let web = self.visitor.web.clone();
        let _turn = web.0.streams.turns.acquire().await.ok()?;
        let parts = self.parts.iter().copied();
        let touched: Vec<(usize, Part)> = parts
            .enumerate()
            .filter(|(_, part)| wake.touches(*part))
            .collect();
        let mut visitor = self.visitor.clone();
        let looked = tokio::task::spawn_blocking(move || {
            let web = visitor.web.clone();
            let who = web.sessions().still(&visitor.cookie, visitor.channel);
            let Some(who) = who.inspect_err(|e| journal::trouble("web", e)).ok()? else {
                return Some((visitor, None));
            };
            let member = who.name.clone();
            visitor.who = Some(who);
            let parts = touched.into_iter().map(|(at, part)| {
                let html = part.html(&visitor, &member);
                let html = html.inspect_err(|e| journal::trouble("web", e)).ok()?;
                Some((at, part, html))
            });
            let parts = parts.collect::<Option<Vec<_>>>()?;
            Some((visitor, Some(parts)))
        });
        let (visitor, parts) = looked.await.ok()??;
        self.visitor = visitor;
        let Some(parts) = parts else {
            self.stage = Stage::Over;
            return Some(event(GONE, ""));
        };
        let mut text = String::new();
        for (at, part, html) in parts {
            let hash = Sha256::digest(&html);
            let look = hash.first_chunk::<16>().copied();
            if self.sent[at] != look {
                self.sent[at] = look;
                text.push_str(&event(part.word(), &html));
            }
        }
        Some(text)
    }
}

async fn stopped(stopping: &mut Option<Stopping>) {
    match stopping {
        // An error means that the house is gone.
        Some(Stopping(stop)) => drop(stop.wait_for(|stop| *stop).await),
        None => std::future::pending().await,
    }
}

/// An event as the stream has it (WHATWG HTML section 9.2.6): each line for itself.
fn event(name: &str, html: &str) -> String {
    let mut text = format!("event: {name}\n");
    // Writing to a string does not fail. A text ends each line, however a peer ended it.
    for line in html.split(['\n', '\r']).filter(|line| !line.is_empty()) {
        let _ = writeln!(text, "data: {line}");
    }
    if html.is_empty() {
        text.push_str("data:\n");
    }
    text.push('\n');
    text
}

impl Web {
    /// How many streams there are.
    pub fn streams(&self) -> usize {
        let open = self.0.streams.open.lock();
        open.unwrap_or_else(PoisonError::into_inner).values().sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_part_can_begin_another_event() {
        assert_eq!(
            event("box", "<p>a</p>\n\nevent: gone\r\rdata: x\n"),
            "event: box\ndata: <p>a</p>\ndata: event: gone\ndata: data: x\n\n"
        );
        assert_eq!(event(GONE, ""), "event: gone\ndata:\n\n");
    }
}
