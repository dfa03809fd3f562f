//! The shell: reads lines, asks doorman and store, writes answers and messages. It decides nothing.

use std::collections::HashSet;
use std::io::{self, Read};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::lines::Lines;
use super::session::{Answer, Ask, Session, Settings, Step, Trouble};
use crate::journal;
use crate::mail::address::MemberName;
use crate::net::connection::{Connection, Ended};
use crate::net::line::Event;
use crate::net::login::Doorman;
use crate::net::serve::{Protocol, Turned};
use crate::store::{self, Message, Snapshot, Store, Uid};

/// RFC 1939 section 3: not less.
const IDLE: Duration = Duration::from_secs(600);
/// How long somebody may stay who does not log in.
const STRANGER: Duration = Duration::from_secs(600);
/// How long a session may last.
const SESSION: Duration = Duration::from_secs(24 * 3600);
/// How much of a message is read and sent at once.
const PIECE: usize = 128 << 10;
/// The same for the beginning of one.
const TOP_PIECE: usize = 16 << 10;
/// Where mail arrives, which is all that POP3 knows of.
const INBOX: &str = "INBOX";

/// The POP3 server of a home. One serves every port, so that a mailbox is had once.
pub struct Pop3 {
    store: Store,
    doorman: Arc<Doorman>,
    settings: Arc<Settings>,
    busy: Arc<Busy>,
    /// How long a client may be silent.
    pub(super) idle: Duration,
}

impl Pop3 {
    /// A server for the mail of `store`, with `doorman` at the door, of a home that calls itself `hostname`.
    pub fn new(store: Store, doorman: Arc<Doorman>, hostname: &str) -> Self {
        Self {
            store,
            doorman,
            settings: Arc::new(Settings {
                hostname: hostname.to_owned(),
                ..Settings::default()
            }),
            busy: Arc::default(),
            idle: IDLE,
        }
    }
}

impl Protocol for Pop3 {
    async fn serve(&self, connection: Connection) {
        let settings = self.settings.clone();
        let session = if connection.is_tls() {
            Session::secure(settings)
        } else {
            Session::plain(settings)
        };
        let talk = Talk {
            home: self,
            connection,
            session,
            mailbox: None,
            pending: None,
        };
        talk.run().await;
    }

    fn turned_away(&self, why: Turned) -> &'static [u8] {
        match why {
            Turned::Stranger => b"",
            Turned::TooMany => {
                b"-ERR [SYS/TEMP] Too many connections from your device; try again in a minute\r\n"
            }
            Turned::Full => b"-ERR [SYS/TEMP] Too many connections; try again in a minute\r\n",
        }
    }
}

/// The members whose mailbox is in use.
#[derive(Debug, Default)]
struct Busy(Mutex<HashSet<MemberName>>);

/// The right to a member's mailbox; given back when dropped, which is when the session ends, however it ends.
#[derive(Debug)]
struct Alone {
    busy: Arc<Busy>,
    member: MemberName,
}

impl Alone {
    fn with(busy: &Arc<Busy>, member: &MemberName) -> Option<Self> {
        let mut members = busy.0.lock().unwrap_or_else(PoisonError::into_inner);
        members.insert(member.clone()).then(|| Self {
            busy: busy.clone(),
            member: member.clone(),
        })
    }
}

impl Drop for Alone {
    fn drop(&mut self) {
        let mut members = self.busy.0.lock().unwrap_or_else(PoisonError::into_inner);
        members.remove(&self.member);
    }
}

/// A mailbox that is had alone, and what was done with it; told in the journal when that is over.
struct Mailbox {
    alone: Alone,
    from: IpAddr,
    fetched: u64,
    bytes: u64,
    deleted: u64,
}

impl Drop for Mailbox {
    fn drop(&mut self) {
        let member = &self.alone.member;
        journal::pop3_session(member, self.from, self.fetched, self.bytes, self.deleted);
    }
}

/// A message that is being sent, and what of it is ready.
struct Sending {
    message: Message,
    lines: Lines,
    whole: bool,
    raw: Vec<u8>,
    ready: Vec<u8>,
    ended: bool,
}

impl Sending {
    fn new(message: Message, body_lines: Option<u64>) -> Self {
        Self {
            message,
            lines: Lines::new(body_lines),
            whole: body_lines.is_none(),
            raw: Vec::new(),
            ready: Vec::new(),
            ended: false,
        }
    }

    /// Makes the next piece ready. Blocks.
    fn next(mut self) -> io::Result<Self> {
        let piece = if self.whole { PIECE } else { TOP_PIECE };
        let most = usize::try_from(self.message.size).map_or(piece, |size| size.min(piece));
        self.raw.clear();
        self.raw.reserve(most);
        let got = (&mut self.message)
            .take(piece as u64)
            .read_to_end(&mut self.raw)?;
        // Room for some dots, so that a piece is seldom copied as it grows.
        self.ready.reserve(got + got / 64 + 8);
        let enough = self.lines.take(&self.raw, &mut self.ready);
        if enough || got < piece {
            self.lines.end(&mut self.ready);
            self.ended = true;
        }
        Ok(self)
    }
}

struct Talk<'a> {
    home: &'a Pop3,
    connection: Connection,
    session: Session,
    mailbox: Option<Mailbox>,
    /// The message that the session asked for.
    pending: Option<Sending>,
}

/// Whether the talk goes on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    Line,
    End,
}

impl Talk<'_> {
    async fn run(mut self) {
        let why = self.talk().await;
        // Before the last words, which may take a second: who comes back at once is let in.
        self.mailbox = None;
        if let Err(why) = why {
            if why == Ended::Gone {
                return;
            }
            if let Some(words) = self.session.goodbye(why)
                && self.connection.write(words.as_bytes()).await.is_err()
            {
                return;
            }
        }
        self.connection.close().await;
    }

    async fn talk(&mut self) -> Result<(), Ended> {
        self.connection.end_in(STRANGER);
        let greeting = self.session.greeting();
        self.connection.write(greeting.as_bytes()).await?;
        loop {
            let most = self.session.longest_line();
            let step = match self.connection.line(most, self.home.idle).await? {
                Event::Line(line) => self.session.line(&line),
                Event::Broken(fault) => self.session.broken(fault),
            };
            if self.obey(step).await? == Next::End {
                return Ok(());
            }
        }
    }

    async fn obey(&mut self, mut step: Step) -> Result<Next, Ended> {
        loop {
            match step {
                Step::Ask(ask) => {
                    let answer = self.find_out(ask).await;
                    step = self.session.answer(answer);
                }
                Step::Reply(reply) => {
                    self.connection.write(reply.as_bytes()).await?;
                    return Ok(Next::Line);
                }
                Step::Send(reply) => {
                    self.connection.write(reply.as_bytes()).await?;
                    self.send().await?;
                    return Ok(Next::Line);
                }
                Step::StartTls(reply) => {
                    self.connection.write(reply.as_bytes()).await?;
                    self.connection.start_tls().await?;
                    self.session.tls_started();
                    return Ok(Next::Line);
                }
                Step::Close(reply) => {
                    self.mailbox = None;
                    self.connection.write(reply.as_bytes()).await?;
                    return Ok(Next::End);
                }
            }
        }
    }

    async fn find_out(&mut self, ask: Ask) -> Answer {
        match ask {
            Ask::Login { login, password } => {
                let (service, from) = (self.connection.service(), self.connection.from());
                let doorman = &self.home.doorman;
                Answer::Login(doorman.admit(service, from, &login, &password).await)
            }
            Ask::Open { member } => Answer::Opened(self.open(member).await),
            Ask::Message { uid, body_lines } => {
                let found = self.find(uid, body_lines).await;
                Answer::Message(found.map(|sending| self.pending = Some(sending)))
            }
            Ask::Update { marked } => Answer::Updated(self.update(marked).await),
        }
    }

    async fn open(&mut self, member: MemberName) -> Result<Snapshot, Trouble> {
        let alone = Alone::with(&self.home.busy, &member).ok_or(Trouble::InUse)?;
        // A first look at a large mailbox may take seconds on a Pi: nobody else takes the place meanwhile.
        self.connection.keep_seat(&member);
        let store = self.home.store.clone();
        let snapshot = blocking(move || store.snapshot(&member, INBOX)).await?;
        self.connection.end_in(SESSION);
        self.mailbox = Some(Mailbox {
            alone,
            from: self.connection.from(),
            fetched: 0,
            bytes: 0,
            deleted: 0,
        });
        Ok(snapshot)
    }

    /// Opens a message and makes its first piece ready: a disk that fails is told as an error of this message.
    async fn find(&self, uid: Uid, body_lines: Option<u64>) -> Result<Sending, Trouble> {
        let (store, member) = (self.home.store.clone(), self.member()?);
        let found = blocking(move || match store.message(&member, INBOX, uid)? {
            Some(message) => Ok(Some(Sending::new(message, body_lines).next()?)),
            None => Ok(None),
        });
        found.await?.ok_or(Trouble::Gone)
    }

    async fn send(&mut self) -> Result<(), Ended> {
        let Some(mut sending) = self.pending.take() else {
            return Err(Ended::Gone);
        };
        let whole = sending.whole;
        loop {
            let ready = std::mem::take(&mut sending.ready);
            let sent = ready.len() as u64;
            if let Some(mailbox) = &mut self.mailbox {
                mailbox.bytes += sent;
            }
            if sending.ended {
                self.connection.write(&ready).await?;
                break;
            }
            // The next piece is read while this one is on its way.
            let next = tokio::task::spawn_blocking(move || sending.next());
            self.connection.write(&ready).await?;
            sending = match next.await {
                Ok(Ok(next)) => next,
                // Half a message must not look like a whole one: no words, the connection breaks.
                Ok(Err(error)) => {
                    journal::disk_trouble("read a message", &error);
                    return Err(Ended::Gone);
                }
                Err(error) => {
                    journal::trouble("pop3", &error);
                    return Err(Ended::Gone);
                }
            };
        }
        if let Some(mailbox) = &mut self.mailbox {
            mailbox.fetched += u64::from(whole);
        }
        Ok(())
    }

    async fn update(&mut self, marked: Vec<Uid>) -> Result<usize, Trouble> {
        let (store, member) = (self.home.store.clone(), self.member()?);
        let Some(mailbox) = self.mailbox.take() else {
            return Err(Trouble::OutOfOrder);
        };
        blocking(move || {
            // The right to the mailbox comes along, all of it: if the task is cut off, nobody is let in before the deed is
            // done.
            let mut mailbox = mailbox;
            let outcome = store.expunge(&member, INBOX, &marked)?;
            mailbox.deleted = outcome.gone.len() as u64;
            Ok(outcome.kept.len())
        })
        .await
    }

    fn member(&self) -> Result<MemberName, Trouble> {
        let mailbox = self.mailbox.as_ref().ok_or(Trouble::OutOfOrder)?;
        Ok(mailbox.alone.member.clone())
    }
}

/// Does what blocks; tells the journal why it could not be done, and the client that it could not.
async fn blocking<T: Send + 'static>(
    job: impl FnOnce() -> Result<T, store::Error> + Send + 'static,
) -> Result<T, Trouble> {
    match tokio::task::spawn_blocking(job).await {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(store::Error::NoSuchMember(_) | store::Error::NoSuchMailbox(_))) => {
            Err(Trouble::Gone)
        }
        Ok(Err(error)) => {
            journal::store_trouble(&error);
            Err(Trouble::OutOfOrder)
        }
        Err(error) => {
            journal::trouble("pop3", &error);
            Err(Trouble::OutOfOrder)
        }
    }
}
