//! The shell: reads, asks doorman and [`Desk`], writes. It decides nothing.
//!
//! A letter goes to the desk in pieces of a quarter of a megabyte, so a large one is never whole in memory and a small one
//! costs a single trip to a blocking thread: opened, written and made safe in one go.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use super::session::{Answer, Ask, Goodbye, Session, Settings, Step, Wants};
use super::{Desk, Letter, Refusal};
use crate::journal;
use crate::mail::address::MemberName;
use crate::mail::envelope::Envelope;
use crate::net::connection::{Connection, Ended};
use crate::net::line::Event;
use crate::net::login::{Admission, Doorman};
use crate::net::serve::{Protocol, Turned};

/// How long a client may think about its next command (RFC 5321 section 4.5.3.2.7).
const COMMAND: Duration = Duration::from_secs(300);
/// How long a client may pause within a letter (section 4.5.3.2.5).
const BLOCK: Duration = Duration::from_secs(180);
/// How long somebody may stay who does not log in.
const STRANGER: Duration = Duration::from_secs(300);
/// How long a session may last after the login: the largest letter over a slow radio link takes less.
const SESSION: Duration = Duration::from_secs(4 * 3600);
/// What goes to the disk at once.
const PIECE: usize = 256 << 10;

/// What may change while the home runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// `[limits] max_message_bytes`.
    pub max_message_bytes: u64,
    /// `[limits] max_recipients`.
    pub max_recipients: usize,
}

/// The submission server of a home; one serves every port.
pub struct Submission {
    desk: Arc<dyn Desk>,
    doorman: Arc<Doorman>,
    settings: RwLock<Arc<Settings>>,
}

impl Submission {
    /// A server for a home that calls itself `hostname`.
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
        }
    }

    /// Other limits, for sessions that begin from now on.
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
}

impl Protocol for Submission {
    async fn serve(&self, connection: Connection) {
        let settings = Arc::clone(&self.settings.read().unwrap_or_else(PoisonError::into_inner));
        let session = if connection.is_tls() {
            Session::secure(settings)
        } else {
            Session::plain(settings)
        };
        let talk = Talk {
            home: self,
            connection,
            session,
            member: None,
            letter: None,
            piece: Vec::new(),
            size: 0,
        };
        talk.run().await;
    }

    fn turned_away(&self, why: Turned) -> &'static [u8] {
        match why {
            Turned::Stranger => b"554 5.7.1 This home takes mail from its own network only\r\n",
            Turned::TooMany => {
                b"421 4.7.0 Too many connections from your device; try again in a minute\r\n"
            }
            Turned::Full => b"421 4.3.2 Too many connections; try again in a minute\r\n",
        }
    }
}

struct Talk<'a> {
    home: &'a Submission,
    connection: Connection,
    session: Session,
    /// Who has logged in, for the journal.
    member: Option<MemberName>,
    /// The letter that is being taken, once a piece of it had to be written.
    letter: Option<Box<dyn Letter>>,
    /// What of it was not written yet.
    piece: Vec<u8>,
    size: u64,
}

/// Whether the talk goes on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Next {
    Read,
    End,
}

impl Talk<'_> {
    async fn run(mut self) {
        if let Err(why) = self.talk().await {
            let why = match why {
                Ended::Gone => return,
                Ended::TimedOut => Goodbye::TimedOut,
                Ended::Stopping => Goodbye::Stopping,
                Ended::Crowded => Goodbye::Crowded,
            };
            let words = self.session.goodbye(why);
            if self.connection.write(words.as_bytes()).await.is_err() {
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
            let step = match self.session.wants() {
                Wants::Line(most) => match self.connection.line(most, COMMAND).await? {
                    Event::Line(line) => self.session.line(&line),
                    Event::Broken(fault) => self.session.broken(fault),
                },
                Wants::Content => match self.content().await? {
                    Some(step) => step,
                    None => continue,
                },
                Wants::Nothing => return Ok(()),
            };
            let next = self.obey(step).await?;
            if self.session.letter().is_none() {
                self.forget_letter();
            }
            if next == Next::End {
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
                Step::Reply(reply) | Step::StartBody(reply) => {
                    self.connection.write(reply.as_bytes()).await?;
                    return Ok(Next::Read);
                }
                Step::StartChunk => return Ok(Next::Read),
                Step::StartTls(reply) => {
                    self.connection.write(reply.as_bytes()).await?;
                    self.connection.start_tls().await?;
                    self.session.tls_started();
                    return Ok(Next::Read);
                }
                Step::Close(reply) => {
                    self.connection.write(reply.as_bytes()).await?;
                    return Ok(Next::End);
                }
            }
        }
    }

    /// Takes the octets that are there; what to do next, if the letter or the chunk ended with them.
    async fn content(&mut self) -> Result<Option<Step>, Ended> {
        let before = self.piece.len();
        let block = self.connection.block(BLOCK).await?;
        let (taken, step) = self.session.content(block, &mut self.piece);
        self.connection.consume(taken);
        self.size += (self.piece.len() - before) as u64;
        if step.is_none() && self.piece.len() >= PIECE {
            self.write_piece().await;
        }
        Ok(step)
    }

    /// Hands what is there to the desk. A refusal is said when all octets of the letter have come.
    async fn write_piece(&mut self) {
        let Some((member, declared)) = self.session.letter() else {
            self.forget_letter();
            return;
        };
        let (member, desk) = (member.clone(), Arc::clone(&self.home.desk));
        let (letter, piece) = (self.letter.take(), std::mem::take(&mut self.piece));
        let written = blocking(move || {
            let mut letter = match letter {
                Some(letter) => letter,
                None => desk.letter(&member, declared)?,
            };
            letter.write(&piece)?;
            Ok((letter, piece))
        });
        match written.await {
            Ok((letter, mut piece)) => {
                piece.clear();
                self.piece = piece;
                self.letter = Some(letter);
            }
            Err(refusal) => self.session.refuse_letter(refusal),
        }
    }

    async fn find_out(&mut self, ask: Ask) -> Answer {
        match ask {
            Ask::Login { login, password } => {
                let (service, from) = (self.connection.service(), self.connection.from());
                let doorman = &self.home.doorman;
                let admission = doorman.admit(service, from, &login, &password).await;
                if let Admission::Welcome(member) = &admission {
                    self.connection.keep_seat();
                    self.connection.end_in(SESSION);
                    self.member = Some(member.clone());
                }
                Answer::Login(admission)
            }
            Ask::Sender { member, address } => {
                let desk = Arc::clone(&self.home.desk);
                let about = address.clone();
                let allowed = blocking(move || desk.sender(&member, &address)).await;
                self.told(&about, allowed.as_ref().err());
                Answer::Allowed(allowed)
            }
            Ask::Recipient { member, recipient } => {
                let desk = Arc::clone(&self.home.desk);
                let about = recipient.address.clone();
                let allowed = blocking(move || desk.recipient(&member, &recipient)).await;
                self.told(&about, allowed.as_ref().err());
                Answer::Allowed(allowed)
            }
            Ask::Submit { member, envelope } => {
                Answer::Submitted(self.submit(member, envelope).await)
            }
        }
    }

    async fn submit(&mut self, member: MemberName, envelope: Envelope) -> Result<String, Refusal> {
        let desk = Arc::clone(&self.home.desk);
        let (letter, piece) = (self.letter.take(), std::mem::take(&mut self.piece));
        let (size, recipients) = (self.size, envelope.recipients.len());
        let writer = member.clone();
        let submitted = blocking(move || {
            let mut letter = match letter {
                Some(letter) => letter,
                None => desk.letter(&writer, Some(size))?,
            };
            letter.write(&piece)?;
            letter.submit(envelope)
        })
        .await;
        match &submitted {
            Ok(id) => journal::accepted(id, member.as_str(), recipients, size),
            Err(refusal) => self.told("letter", Some(refusal)),
        }
        submitted
    }

    /// Notes a refusal in the journal.
    fn told(&self, what: &str, refusal: Option<&Refusal>) {
        if let Some(refusal) = refusal {
            let member = self.member.as_ref().map_or("", MemberName::as_str);
            let from = self.connection.peer();
            journal::refused(member, from, refusal.code, what, &refusal.reason);
        }
    }

    fn forget_letter(&mut self) {
        self.letter = None;
        self.piece.clear();
        self.piece.shrink_to(PIECE);
        self.size = 0;
    }
}

/// Does what blocks.
async fn blocking<T: Send + 'static>(
    job: impl FnOnce() -> Result<T, Refusal> + Send + 'static,
) -> Result<T, Refusal> {
    match tokio::task::spawn_blocking(job).await {
        Ok(done) => done,
        Err(error) => {
            journal::trouble("smtp", &error);
            Err(Refusal::out_of_order())
        }
    }
}
