//! The shell of submission: it reads, asks the [`Desk`], and writes; it decides nothing.
//!
//! # Rules
//! - A letter may block, and runs under `spawn_blocking`; no lock is held across an await. What the desk is asked of addresses it
//!   looks up in a few rows: to wake a thread for that would take longer than the answer does.
//! - The letter's bytes go to the desk in pieces of [`PIECE`], so a small letter costs one call and a large one few.
//! - A letter that was said to be large is opened while the client sends it; any other with its first piece, which for a small one is all
//!   of it.
//! - A client that goes away, takes too long, or gives the letter up drops it; so does a letter that is refused half-way.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::task::{JoinError, JoinHandle, spawn_blocking};

use super::command::{self, Verb};
use super::session::Session;
use super::step::{Answer, Ask, Goodbye, Reply, Settings, Step, Wants};
use super::{Desk, Letter, Refusal};
use crate::journal;
use crate::mail::address::MemberName;
use crate::mail::envelope::Envelope;
use crate::net::connection::{Connection, Ended};
use crate::net::line::Event;
use crate::net::login::{Admission, Doorman, Password};
use crate::net::serve::{Protocol, Turned};

/// The most that a letter is given at once.
pub const PIECE: usize = 64 * 1024;

/// How much of a command the journal shows.
const SHOWN: usize = 200;

/// How long a client may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Times {
    /// For a command (RFC 5321 section 4.5.3.2.7 asks for 5 minutes).
    pub command: Duration,
    /// For the next bytes of a letter (section 4.5.3.2.5 asks for 3 minutes).
    pub content: Duration,
    /// In all, for somebody who has not logged in.
    pub stranger: Duration,
    /// In all, from the login on.
    pub member: Duration,
}

impl Default for Times {
    fn default() -> Self {
        Self {
            command: Duration::from_secs(5 * 60),
            content: Duration::from_secs(3 * 60),
            stranger: Duration::from_secs(2 * 60),
            // The largest letter over the slowest radio at home takes less.
            member: Duration::from_secs(2 * 3600),
        }
    }
}

/// What may change while the home runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// `[limits] max_message_bytes`.
    pub max_message_bytes: u64,
    /// `[limits] max_recipients`.
    pub max_recipients: usize,
}

/// The protocol of ports 587 and 465: one for both.
pub struct Submission {
    desk: Arc<dyn Desk>,
    doorman: Arc<Doorman>,
    settings: RwLock<Arc<Settings>>,
    times: Times,
}

impl Submission {
    /// Takes letters for `desk` from those whom `doorman` lets in, in a home that calls itself `hostname`.
    pub fn new(desk: Arc<dyn Desk>, doorman: Arc<Doorman>, hostname: &str, limits: Limits) -> Self {
        let settings = Settings {
            hostname: hostname.to_owned(),
            max_message_bytes: limits.max_message_bytes,
            max_recipients: limits.max_recipients,
            ..Settings::default()
        };
        Self {
            desk,
            doorman,
            settings: RwLock::new(Arc::new(settings)),
            times: Times::default(),
        }
    }

    /// With other deadlines.
    #[cfg(test)]
    fn with_times(self, times: Times) -> Self {
        Self { times, ..self }
    }

    /// Other limits, for sessions that begin from now on (SIGHUP).
    pub fn set_limits(&self, limits: Limits) {
        let mut settings = self
            .settings
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        *settings = Arc::new(Settings {
            max_message_bytes: limits.max_message_bytes,
            max_recipients: limits.max_recipients,
            ..(**settings).clone()
        });
    }

    /// Whom to take everybody for, for sessions that begin from now on; `None` asks for TLS and a login.
    pub fn set_trusted(&self, trusted: Option<MemberName>) {
        let mut settings = self
            .settings
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        *settings = Arc::new(Settings {
            trusted,
            ..(**settings).clone()
        });
    }

    fn settings(&self) -> Arc<Settings> {
        self.settings
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

impl Protocol for Submission {
    async fn serve(&self, mut connection: Connection) {
        let settings = self.settings();
        let trusted = settings.trusted.clone();
        connection.end_in(match trusted {
            Some(_) => self.times.member,
            None => self.times.stranger,
        });
        if let Some(account) = &trusted {
            connection.keep_seat(account);
        }
        let session = if connection.is_tls() {
            Session::secure(settings)
        } else {
            Session::plain(settings)
        };
        let mut dialog = Dialog {
            shell: self,
            connection,
            session,
            member: trusted,
            said: None,
            letter: Held(None),
            opening: None,
            piece: Vec::new(),
            given: 0,
        };
        let why = match dialog.talk().await {
            Ok(()) => None,
            // Nobody is there to hear a goodbye.
            Err(Ended::Gone) => return,
            Err(Ended::TimedOut) => Some(Goodbye::TimedOut),
            Err(Ended::Stopping) => Some(Goodbye::Stopping),
            Err(Ended::Crowded) => Some(Goodbye::Crowded),
            Err(Ended::Endless) => Some(Goodbye::Endless),
        };
        dialog.part(why).await;
    }

    fn turned_away(&self, why: Turned) -> &'static [u8] {
        match why {
            Turned::Stranger => {
                b"554 5.7.1 Only devices in this home are served; join its network\r\n"
            }
            Turned::TooMany => {
                b"421 4.7.0 Too many connections from your address; close some and try again\r\n"
            }
            Turned::Full => b"421 4.3.2 Too many connections; try again in a minute\r\n",
        }
    }
}

/// One client's dialog.
struct Dialog<'a> {
    shell: &'a Submission,
    connection: Connection,
    session: Session,
    /// Who is logged in, for the journal.
    member: Option<MemberName>,
    /// What a refusal would be the answer to, for the journal.
    said: Option<String>,
    letter: Held,
    /// The letter, while it is being opened.
    opening: Option<JoinHandle<Result<Box<dyn Letter>, Refusal>>>,
    /// Bytes of the letter that it was not given yet.
    piece: Vec<u8>,
    /// How many it was given.
    given: u64,
}

impl Dialog<'_> {
    /// Until one of the two says goodbye.
    async fn talk(&mut self) -> Result<(), Ended> {
        let greeting = self.session.greeting();
        self.connection.write(greeting.as_bytes()).await?;
        loop {
            let step = match self.session.wants() {
                Wants::Line(limit) => self.line(limit).await?,
                Wants::Content => self.content().await?,
                Wants::Nothing => return Ok(()),
            };
            self.take(step).await?;
            if self.session.letter().is_none() {
                // It was submitted, refused, or given up.
                self.discard();
            }
        }
    }

    /// The last words, if there are any, and the end.
    async fn part(mut self, why: Option<Goodbye>) {
        self.discard();
        if let Some(why) = why {
            let words = self.session.goodbye(why);
            if self.connection.write(words.as_bytes()).await.is_err() {
                return;
            }
        }
        self.connection.close().await;
    }

    async fn line(&mut self, limit: usize) -> Result<Step, Ended> {
        let within = self.shell.times.command;
        Ok(match self.connection.line(limit, within).await? {
            Event::Line(line) => {
                self.said = self.member.is_some().then(|| shown(&line)).flatten();
                self.session.line(&line)
            }
            Event::Broken(fault) => {
                self.said = None;
                self.session.broken(fault)
            }
        })
    }

    /// Reads a letter, or a chunk of one, to its end.
    async fn content(&mut self) -> Result<Step, Ended> {
        loop {
            // One octet may come out that was held back at the end of the block before, so one is left free.
            let room = PIECE - self.piece.len() - 1;
            let block = self.connection.block(self.shell.times.content).await?;
            let block = &block[..block.len().min(room)];
            let (taken, step) = self.session.content(block, &mut self.piece);
            self.connection.consume(taken);
            if self.session.letter_is_refused() {
                self.discard();
            } else if self.piece.len() + 1 >= PIECE {
                self.write_piece().await;
            }
            if let Some(step) = step {
                return Ok(step);
            }
        }
    }

    /// Does what the session says, until it wants to read again.
    async fn take(&mut self, mut step: Step) -> Result<(), Ended> {
        loop {
            match step {
                Step::Ask(ask) => {
                    let answer = self.ask(ask).await;
                    step = self.session.answer(answer);
                }
                Step::StartChunk => return Ok(()),
                Step::StartTls(reply) => {
                    self.connection.write(reply.as_bytes()).await?;
                    self.connection.start_tls().await?;
                    self.session.tls_started();
                    return Ok(());
                }
                Step::StartBody(reply) => {
                    self.open_letter();
                    return self.connection.write(reply.as_bytes()).await;
                }
                Step::Reply(reply) | Step::Close(reply) => {
                    self.tell(&reply);
                    return self.connection.write(reply.as_bytes()).await;
                }
            }
        }
    }

    fn tell(&mut self, reply: &Reply) {
        if reply.code() < 400 {
            return;
        }
        if let (Some(member), Some(said)) = (&self.member, self.said.take()) {
            let peer = self.connection.peer();
            journal::refused(member.as_str(), peer, reply.code(), &said, reply.text());
        }
    }

    async fn ask(&mut self, ask: Ask) -> Answer {
        let desk = self.shell.desk.clone();
        match ask {
            Ask::Login { login, password } => Answer::Login(self.admit(&login, &password).await),
            Ask::Sender { member, address } => {
                Answer::Allowed(asked(|| desk.sender(&member, &address)))
            }
            Ask::Recipient { member, recipient } => {
                Answer::Allowed(asked(|| desk.recipient(&member, &recipient)))
            }
            Ask::Submit {
                member,
                declared,
                envelope,
            } => Answer::Submitted(self.submit(member, declared, envelope).await),
        }
    }

    async fn admit(&mut self, login: &str, password: &Password) -> Admission {
        let (service, from) = (self.connection.service(), self.connection.from());
        let doorman = &self.shell.doorman;
        let admission = doorman.admit(service, from, login, password).await;
        if let Admission::Welcome(member) = &admission {
            self.member = Some(member.clone());
            self.connection.keep_seat(member);
            self.connection.end_in(self.shell.times.member);
        }
        admission
    }

    /// Opens the letter while the client sends it, where it has said that this will take a while.
    fn open_letter(&mut self) {
        if let Some((member, Some(declared))) = self.session.letter()
            && declared >= PIECE as u64
        {
            let (desk, member) = (self.shell.desk.clone(), member.clone());
            let open = move || desk.letter(&member, Some(declared));
            self.opening = Some(spawn_blocking(open));
        }
    }

    /// The letter, if it has been opened before its first bytes.
    async fn opened(&mut self) -> Result<Held, Refusal> {
        if let Some(opening) = self.opening.take() {
            self.letter = Held(Some(of_desk(opening.await)?));
        }
        Ok(self.letter.hand_over())
    }

    /// Gives the letter what is gathered. A refusal is remembered by the session, and said when the letter is at its end.
    async fn write_piece(&mut self) {
        let Some((member, declared)) = self.session.letter() else {
            return;
        };
        let (desk, member) = (self.shell.desk.clone(), member.clone());
        let mut letter = match self.opened().await {
            Ok(letter) => letter,
            Err(refusal) => return self.session.refuse_letter(refusal),
        };
        let mut piece = std::mem::take(&mut self.piece);
        self.given += piece.len() as u64;
        let written = blocking(move || {
            write(&mut letter, &piece, &*desk, &member, declared)?;
            piece.clear();
            Ok((letter, piece))
        });
        match written.await {
            Ok((letter, piece)) => {
                self.letter = letter;
                self.piece = piece;
            }
            Err(refusal) => self.session.refuse_letter(refusal),
        }
    }

    async fn submit(
        &mut self,
        member: MemberName,
        declared: Option<u64>,
        envelope: Envelope,
    ) -> Result<String, Refusal> {
        let desk = self.shell.desk.clone();
        let mut letter = self.opened().await?;
        let piece = std::mem::take(&mut self.piece);
        let (size, recipients) = (self.given + piece.len() as u64, envelope.recipients.len());
        let writer = member.clone();
        let submitted = blocking(move || {
            write(
                &mut letter,
                &piece,
                &*desk,
                &writer,
                declared.or(Some(size)),
            )?;
            drop(piece);
            let letter = letter.0.take().ok_or_else(Refusal::out_of_order)?;
            letter.submit(envelope)
        });
        let submitted = submitted.await;
        if let Ok(id) = &submitted {
            journal::accepted(id, member.as_str(), recipients, size);
        }
        submitted
    }

    fn discard(&mut self) {
        drop(self.letter.hand_over());
        // Where it is being opened still, it is dropped there when it is.
        self.opening = None;
        self.piece = Vec::new();
        self.given = 0;
    }
}

/// Opens the letter if it is not yet, and writes. Blocks.
fn write(
    held: &mut Held,
    piece: &[u8],
    desk: &dyn Desk,
    member: &MemberName,
    declared: Option<u64>,
) -> Result<(), Refusal> {
    let letter = match &mut held.0 {
        Some(letter) => letter,
        none => none.insert(desk.letter(member, declared)?),
    };
    if piece.is_empty() {
        return Ok(());
    }
    letter.write(piece)
}

/// A letter that is open. When it is dropped, its file is removed where blocking hurts nobody.
struct Held(Option<Box<dyn Letter>>);

impl Held {
    fn hand_over(&mut self) -> Self {
        Self(self.0.take())
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        if let Some(letter) = self.0.take()
            && let Ok(runtime) = Handle::try_current()
        {
            runtime.spawn_blocking(move || drop(letter));
        }
    }
}

/// Does what may block where blocking hurts nobody.
async fn blocking<T: Send + 'static>(
    deed: impl FnOnce() -> Result<T, Refusal> + Send + 'static,
) -> Result<T, Refusal> {
    of_desk(spawn_blocking(deed).await)
}

/// What the desk says; a mistake of ours costs one answer, not the connection.
fn asked(question: impl FnOnce() -> Result<(), Refusal>) -> Result<(), Refusal> {
    catch_unwind(AssertUnwindSafe(question)).unwrap_or_else(|_| {
        journal::trouble("smtp", &"the desk panicked");
        Err(Refusal::out_of_order())
    })
}

/// What became of a deed.
fn of_desk<T>(done: Result<Result<T, Refusal>, JoinError>) -> Result<T, Refusal> {
    done.unwrap_or_else(|error| {
        journal::trouble("smtp", &format!("the desk: {error}"));
        Err(Refusal::out_of_order())
    })
}

/// What the journal shows of a command that can be refused for its letter.
fn shown(line: &[u8]) -> Option<String> {
    let verb = command::verb(line).ok()?;
    matches!(verb, Verb::Mail | Verb::Rcpt | Verb::Data | Verb::Bdat)
        .then(|| String::from_utf8_lossy(&line[..line.len().min(SHOWN)]).into_owned())
}

#[cfg(test)]
#[path = "serve_tests.rs"]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests;
