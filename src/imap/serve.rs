//! The shell: reads lines and literals, asks doorman and mail, writes answers and messages. It decides nothing.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use super::binary::Recoder;
use super::fetch::{Fetched, Fetching, Plan};
use super::flags::Named;
use super::mailbox::{Appended, Draft, Finished, Folder, Mail, Opened, Recent, Trouble};
use super::search;
use super::session::{Answer, Ask, Session, Settings, Step, Tree};
use crate::clock;
use crate::journal;
use crate::mail::address::MemberName;
use crate::net::connection::{Connection, Ended};
use crate::net::line::{Event, Fault};
use crate::net::login::{Admission, Doorman, Password};
use crate::net::serve::{Protocol, Turned};
use crate::store::{Listener, ModSeq, Sentry};

/// How long a client may be silent (RFC 3501 section 5.4: not less than 30 minutes; clients that are idle speak every 29).
const IDLE: Duration = Duration::from_secs(31 * 60);
/// For the next octets of a literal, and for what follows a message that is appended.
const LITERAL: Duration = Duration::from_secs(3 * 60);
/// How long somebody may stay who does not log in.
const STRANGER: Duration = Duration::from_secs(3 * 60);
/// How long a session may last: a program that is idle stays for days.
const SESSION: Duration = Duration::from_secs(30 * 24 * 3600);
/// How often an idle session looks whether another program changed its mailbox, though the kernel said nothing (two `stat` calls).
const LOOK: Duration = Duration::from_secs(20);
/// What another program does in one go is looked at in one go.
const TOGETHER: Duration = Duration::from_millis(50);
/// Connections of one member at a time: Thunderbird takes five, and a person has several devices.
const MAX_OF_MEMBER: usize = 40;

/// The IMAP server of a home; one serves every port.
pub struct Imap {
    mail: Arc<dyn Mail>,
    doorman: Arc<Doorman>,
    settings: RwLock<Arc<Settings>>,
    sessions: Arc<Sessions>,
    /// How long a client may be silent.
    pub(super) idle: Duration,
    /// The same inside a command that has more to come: what was announced keeps room from others.
    pub(super) literal: Duration,
    /// How often an idle session looks.
    pub(super) look: Duration,
}

impl Imap {
    /// A server for this mail, with `doorman` at the door, of a home that calls itself `hostname` and takes messages of so many
    /// octets.
    pub fn new(
        mail: Arc<dyn Mail>,
        doorman: Arc<Doorman>,
        hostname: &str,
        max_message_bytes: u64,
    ) -> Self {
        Self {
            mail,
            doorman,
            settings: RwLock::new(Arc::new(Settings {
                hostname: hostname.to_owned(),
                max_message_bytes,
                ..Settings::default()
            })),
            sessions: Arc::default(),
            idle: IDLE,
            literal: LITERAL,
            look: LOOK,
        }
    }

    /// Another limit, for sessions that begin from now on (SIGHUP).
    pub fn set_max_message_bytes(&self, max_message_bytes: u64) {
        let mut settings = self
            .settings
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        *settings = Arc::new(Settings {
            max_message_bytes,
            ..(**settings).clone()
        });
    }
}

impl Protocol for Imap {
    async fn serve(&self, connection: Connection) {
        let settings = self
            .settings
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let session = if connection.is_tls() {
            Session::secure(settings)
        } else {
            Session::plain(settings)
        };
        let talk = Talk {
            home: self,
            connection,
            session,
            visit: None,
            folder: None,
            sentry: None,
            bell: None,
            drafts: Drafts::default(),
        };
        talk.run().await;
    }

    fn turned_away(&self, why: Turned) -> &'static [u8] {
        match why {
            Turned::Stranger => b"",
            Turned::TooMany => {
                b"* BYE [LIMIT] Too many connections from your device; try again in a minute\r\n"
            }
            Turned::Full => b"* BYE [UNAVAILABLE] Too many connections; try again in a minute\r\n",
        }
    }
}

/// How many sessions each member has.
#[derive(Debug, Default)]
struct Sessions(Mutex<HashMap<MemberName, usize>>);

/// A member's session; told in the journal when it is over.
struct Visit {
    sessions: Arc<Sessions>,
    member: MemberName,
    from: IpAddr,
    fetched: u64,
    bytes: u64,
    appended: u64,
}

impl Visit {
    fn of(sessions: &Arc<Sessions>, member: &MemberName, from: IpAddr) -> Option<Self> {
        let mut counts = sessions.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(member.clone()).or_default();
        if *count >= MAX_OF_MEMBER {
            return None;
        }
        *count += 1;
        Some(Self {
            sessions: sessions.clone(),
            member: member.clone(),
            from,
            fetched: 0,
            bytes: 0,
            appended: 0,
        })
    }
}

impl Drop for Visit {
    fn drop(&mut self) {
        let mut counts = self
            .sessions
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&self.member) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.member);
            }
        }
        drop(counts);
        journal::imap_session(
            &self.member,
            self.from,
            self.fetched,
            self.bytes,
            self.appended,
        );
    }
}

/// Messages that were begun. Their files are removed where blocking hurts nobody.
#[derive(Default)]
struct Drafts(Vec<Box<dyn Draft>>);

impl Drafts {
    fn take(&mut self) -> Vec<Box<dyn Draft>> {
        std::mem::take(&mut self.0)
    }
}

impl Drop for Drafts {
    fn drop(&mut self) {
        let drafts = self.take();
        if let (false, Ok(runtime)) = (drafts.is_empty(), tokio::runtime::Handle::try_current()) {
            runtime.spawn_blocking(move || drop(drafts));
        }
    }
}

struct Talk<'a> {
    home: &'a Imap,
    connection: Connection,
    session: Session,
    visit: Option<Visit>,
    /// The selected mailbox.
    folder: Option<Arc<dyn Folder>>,
    /// Stands there since somebody was idle.
    sentry: Option<Sentry>,
    /// Rings when something of the member's changed.
    bell: Option<Listener>,
    drafts: Drafts,
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
        self.visit = None;
        if let Err(why) = why {
            if why == Ended::Gone {
                return;
            }
            if let Some(words) = self.session.goodbye(why)
                && self.connection.write(&words).await.is_err()
            {
                return;
            }
        }
        self.connection.close().await;
    }

    async fn talk(&mut self) -> Result<(), Ended> {
        self.connection.end_in(STRANGER);
        let greeting = self.session.greeting();
        self.connection.write(&greeting).await?;
        loop {
            if !self.session.is_appending() && !self.drafts.0.is_empty() {
                self.drafts = Drafts::default();
            }
            if !self.session.is_selected() {
                self.folder = None;
                self.sentry = None;
            }
            let step = if self.session.listens() {
                self.idle().await?
            } else {
                self.line().await?
            };
            if self.obey(step).await? == Next::End {
                return Ok(());
            }
        }
    }

    async fn line(&mut self) -> Result<Step, Ended> {
        let most = self.session.longest_line();
        let within = match self.session.is_appending() {
            true => self.home.literal,
            false => self.home.idle,
        };
        match self.connection.line(most, within).await? {
            Event::Line(line) => Ok(self.session.line(&line)),
            Event::Broken(fault) => self.broken(fault).await,
        }
    }

    /// The client hears of its mistake at once, before the end of the line: it may wait for an answer without having sent one.
    async fn broken(&mut self, fault: Fault) -> Result<Step, Ended> {
        let connection = &mut self.connection;
        let within = match self.session.is_appending() {
            true => self.home.literal,
            false => self.home.idle,
        };
        let step = self
            .session
            .broken(fault, connection.broken(), &connection.ending());
        let Step::Say(words) = step else {
            return Ok(step);
        };
        connection.write(&words).await?;
        connection.rest_of_line(within).await?;
        Ok(self.session.rest(&connection.ending()))
    }

    /// Waits for a line or for news, whichever comes first.
    async fn idle(&mut self) -> Result<Step, Ended> {
        // Nothing may be half sent when the wait for a line is given up.
        self.connection.flush().await?;
        let most = self.session.longest_line();
        let deadline = tokio::time::Instant::now() + self.home.idle;
        if let (None, Some(folder)) = (&self.sentry, self.folder.clone()) {
            // Looked at once more behind it: nothing may happen in between.
            let posted = blocking(move || {
                let sentry = folder.sentry();
                folder.look().map(|()| sentry)
            });
            self.sentry = posted.await.unwrap_or_default();
        }
        loop {
            let left = deadline.saturating_duration_since(tokio::time::Instant::now());
            let Some(bell) = &mut self.bell else {
                return self.line().await;
            };
            tokio::select! {
                biased;
                event = self.connection.line(most, left) => {
                    return match event? {
                        Event::Line(line) => Ok(self.session.line(&line)),
                        Event::Broken(fault) => self.broken(fault).await,
                    };
                }
                () = bell.changed() => return Ok(self.session.rung()),
                () = disturbed(self.sentry.as_ref()) => {}
                () = tokio::time::sleep(self.home.look) => {}
            }
            // Whatever it finds rings the bell.
            if let Some(folder) = self.folder.clone()
                && let Err(Trouble::NoMailbox) = blocking(move || folder.look()).await
            {
                // Nobody rings for a mailbox that another program has removed.
                return Ok(self.session.rung());
            }
        }
    }

    async fn obey(&mut self, mut step: Step) -> Result<Next, Ended> {
        loop {
            step = match step {
                Step::Say(text) => {
                    self.connection.write(&text).await?;
                    return Ok(Next::Line);
                }
                Step::Ask(ask) => {
                    let answer = self.find_out(ask).await?;
                    self.session.answer(answer)
                }
                Step::Literal { say, octets } => {
                    self.connection.write(&say).await?;
                    let literal = self.literal(octets).await?;
                    self.session.literal(&literal)
                }
                Step::Letter {
                    say,
                    octets,
                    binary,
                } => {
                    self.connection.write(&say).await?;
                    let kept = self.letter(octets, binary).await?;
                    self.session.letter(kept)
                }
                Step::Discard { octets } => {
                    self.discard(octets).await?;
                    self.session.discarded()
                }
                Step::StartTls(text) => {
                    self.connection.write(&text).await?;
                    self.connection.start_tls().await?;
                    self.session.tls_started();
                    return Ok(Next::Line);
                }
                Step::Close(text) => {
                    self.connection.write(&text).await?;
                    return Ok(Next::End);
                }
            }
        }
    }

    async fn literal(&mut self, octets: usize) -> Result<Vec<u8>, Ended> {
        let mut literal = Vec::with_capacity(octets);
        while literal.len() < octets {
            let block = self.connection.block(self.home.literal).await?;
            let taken = block.len().min(octets - literal.len());
            literal.extend_from_slice(&block[..taken]);
            self.connection.consume(taken);
        }
        Ok(literal)
    }

    async fn discard(&mut self, octets: u64) -> Result<(), Ended> {
        let mut left = octets;
        while left > 0 {
            let block = self.connection.block(self.home.literal).await?;
            let taken = (block.len() as u64).min(left);
            left -= taken;
            self.connection
                .consume(usize::try_from(taken).unwrap_or(usize::MAX));
        }
        Ok(())
    }

    /// A message goes to the disk as it comes. What cannot be kept is read all the same: the client has sent it.
    async fn letter(&mut self, octets: u64, binary: bool) -> Result<Result<(), Trouble>, Ended> {
        let Some(mut draft) = self.drafts.0.pop() else {
            self.discard(octets).await?;
            return Ok(Err(Trouble::OutOfOrder));
        };
        let mut left = octets;
        let mut recoder = binary.then(Recoder::default);
        while left > 0 {
            let block = self.connection.block(self.home.literal).await?;
            let taken = usize::try_from(left).unwrap_or(usize::MAX).min(block.len());
            let mut piece = Vec::with_capacity(taken);
            let mut fit = Ok(());
            left -= taken as u64;
            match &mut recoder {
                Some(recoder) => {
                    let taken = recoder.take(&block[..taken], &mut piece);
                    fit = taken.map_err(|_| Trouble::UnknownEncoding);
                }
                // RFC 9051 section 4.3.1.
                None if block[..taken].contains(&0) => fit = Err(Trouble::ZeroOctet),
                None => piece.extend_from_slice(&block[..taken]),
            }
            if left == 0
                && fit.is_ok()
                && let Some(recoder) = recoder.take()
            {
                let finished = recoder.finish(&mut piece);
                fit = finished.map_err(|_| Trouble::UnknownEncoding);
            }
            self.connection.consume(taken);
            if let Err(trouble) = fit {
                self.discard(left).await?;
                return Ok(Err(trouble));
            }
            let written = blocking(move || {
                draft.write(&piece)?;
                Ok(draft)
            });
            match written.await {
                Ok(back) => draft = back,
                Err(trouble) => {
                    self.discard(left).await?;
                    return Ok(Err(trouble));
                }
            }
        }
        self.drafts.0.push(draft);
        Ok(Ok(()))
    }

    async fn find_out(&mut self, ask: Ask) -> Result<Answer, Ended> {
        let mail = self.home.mail.clone();
        let ask = match ask {
            Ask::Login { login, password } => return Ok(self.login(&login, &password).await),
            other => other,
        };
        let Some(member) = self.visit.as_ref().map(|visit| visit.member.clone()) else {
            return Err(Ended::Gone);
        };
        Ok(match ask {
            Ask::Login { .. } => return Err(Ended::Gone),
            Ask::Mailboxes(choice) => {
                let lines = move || Ok(choice.of(&mail.mailboxes(&member)?));
                Answer::Mailboxes(blocking(lines).await)
            }
            Ask::Figures(names) => {
                let figures = blocking(move || {
                    let each = names.into_iter().map(|name| {
                        let figures = mail.figures(&member, &name);
                        (name, figures)
                    });
                    Ok(each.collect())
                });
                Answer::Figures(figures.await.unwrap_or_default())
            }
            Ask::Open {
                mailbox,
                vanished_since,
                recent,
            } => Answer::Opened(self.open(member, mailbox, vanished_since, recent).await),
            Ask::Changes { since, recent } => {
                let folder = self.folder()?;
                let changes = move || {
                    let mut changes = folder.changes(since)?;
                    recent.mark(&*folder, &mut changes.changed, changes.uid_next)?;
                    Ok(changes)
                };
                Answer::Changes(blocking(changes).await)
            }
            Ask::Tree(tree) => Answer::Tree(blocking(move || change(&*mail, &member, tree)).await),
            Ask::Mark {
                uids,
                how,
                flags,
                unchanged_since,
            } => {
                let folder = self.folder()?;
                let mark = move || folder.mark(&uids, how, &flags, unchanged_since);
                Answer::Marked(blocking(mark).await)
            }
            Ask::Expunge(uids) => {
                let folder = self.folder()?;
                Answer::Expunged(blocking(move || folder.expunge(&uids)).await)
            }
            Ask::Copy { uids, to } => {
                let folder = self.folder()?;
                Answer::Copied(blocking(move || folder.copy(&uids, &to)).await)
            }
            Ask::Move { uids, to } => {
                let folder = self.folder()?;
                Answer::Copied(blocking(move || folder.r#move(&uids, &to)).await)
            }
            Ask::Fetch(before, plan) => {
                self.connection.write(&before).await?;
                Answer::Fetched(self.fetch(plan).await?)
            }
            Ask::Search(mut quest) => {
                let folder = self.folder()?;
                quest.now = clock::wall_seconds();
                let stop = Arc::new(AtomicBool::new(false));
                let stops = Arc::clone(&stop);
                let search = blocking(move || search::search(&quest, &*folder, &stops));
                self.connection.flush().await?;
                tokio::select! {
                    found = search => Answer::Found(found),
                    ended = self.connection.hung_up() => {
                        stop.store(true, Ordering::Relaxed);
                        return Err(ended);
                    }
                }
            }
            Ask::Begin { mailbox, octets } => {
                let begun = blocking(move || mail.draft(&member, &mailbox, octets)).await;
                Answer::Begun(begun.map(|draft| self.drafts.0.push(draft)))
            }
            Ask::Append { mailbox, messages } => {
                Answer::Appended(self.append(member, mailbox, messages).await)
            }
            Ask::Room => Answer::Room(blocking(move || mail.room(&member)).await),
        })
    }

    fn folder(&self) -> Result<Arc<dyn Folder>, Ended> {
        self.folder.clone().ok_or(Ended::Gone)
    }

    async fn login(&mut self, login: &str, password: &Password) -> Answer {
        let (service, from) = (self.connection.service(), self.connection.from());
        let admission = self
            .home
            .doorman
            .admit(service, from, login, password)
            .await;
        if let Admission::Welcome(member) = &admission {
            let Some(visit) = Visit::of(&self.home.sessions, member, from) else {
                return Answer::TooMany;
            };
            self.bell = Some(self.home.mail.listen(member));
            self.visit = Some(visit);
            self.connection.keep_seat(member);
            self.connection.end_in(SESSION);
        }
        Answer::Login(admission)
    }

    async fn open(
        &mut self,
        member: MemberName,
        mailbox: String,
        vanished_since: Option<ModSeq>,
        recent: Recent,
    ) -> Result<Opened, Trouble> {
        self.folder = None;
        let mail = self.home.mail.clone();
        let found = blocking(move || {
            let folder = mail.folder(&member, &mailbox)?;
            let mut opened = folder.open(vanished_since)?;
            recent.mark(&*folder, &mut opened.messages, opened.figures.uid_next)?;
            Ok((folder, opened))
        });
        let (folder, opened) = found.await?;
        self.sentry = None;
        self.folder = Some(folder);
        Ok(opened)
    }

    /// Shows messages. The next piece is made while one is on its way.
    async fn fetch(&mut self, plan: Plan) -> Result<Fetched, Ended> {
        let folder = self.folder()?;
        let mut fetching = Fetching::new(plan);
        let mut ready = Vec::new();
        loop {
            let folder = folder.clone();
            let next = tokio::task::spawn_blocking(move || {
                let mut piece = Vec::new();
                let more = fetching.fill(&*folder, &mut piece);
                (fetching, piece, more)
            });
            self.connection.write(&ready).await?;
            let (back, piece, more) = next.await.map_err(|error| {
                journal::trouble("imap", &error);
                Ended::Gone
            })?;
            fetching = back;
            ready = piece;
            if let Some(visit) = &mut self.visit {
                visit.bytes += ready.len() as u64;
            }
            match more {
                Ok(true) => {}
                Ok(false) => {
                    self.connection.write(&ready).await?;
                    let fetched = fetching.result();
                    if let Some(visit) = &mut self.visit {
                        visit.fetched += fetched.whole;
                    }
                    return Ok(fetched);
                }
                // Half a message must not look like a whole one: no words, the connection breaks.
                Err(error) => {
                    journal::disk_trouble("read a message", &error);
                    return Err(Ended::Gone);
                }
            }
        }
    }

    async fn append(
        &mut self,
        member: MemberName,
        mailbox: String,
        messages: Vec<(Named, Option<i64>)>,
    ) -> Result<Appended, Trouble> {
        let drafts = self.drafts.take();
        if drafts.len() != messages.len() {
            return Err(Trouble::OutOfOrder);
        }
        let finished: Vec<Finished> = drafts
            .into_iter()
            .zip(messages)
            .map(|(draft, (flags, date))| Finished { draft, flags, date })
            .collect();
        let mail = self.home.mail.clone();
        let appended = blocking(move || mail.append(&member, &mailbox, finished)).await?;
        if let Some(visit) = &mut self.visit {
            visit.appended += appended.uids.len() as u64;
        }
        Ok(appended)
    }
}

fn change(mail: &dyn Mail, member: &MemberName, tree: Tree) -> Result<Option<String>, Trouble> {
    match tree {
        Tree::Create { mailbox, special } => {
            return mail.create(member, &mailbox, special).map(Some);
        }
        Tree::Delete(mailbox) => mail.delete(member, &mailbox)?,
        Tree::Rename { from, to } => mail.rename(member, &from, &to)?,
        Tree::Subscribe(mailbox) => mail.subscribe(member, &mailbox)?,
        Tree::Unsubscribe(mailbox) => mail.unsubscribe(member, &mailbox)?,
    }
    Ok(None)
}

/// Until another program did something, and a moment more.
async fn disturbed(sentry: Option<&Sentry>) {
    match sentry {
        Some(sentry) => {
            sentry.changed().await;
            tokio::time::sleep(TOGETHER).await;
        }
        None => std::future::pending().await,
    }
}

/// Does what may block where blocking hurts nobody.
async fn blocking<T: Send + 'static>(
    job: impl FnOnce() -> Result<T, Trouble> + Send + 'static,
) -> Result<T, Trouble> {
    tokio::task::spawn_blocking(job)
        .await
        .unwrap_or_else(|error| {
            journal::trouble("imap", &error);
            Err(Trouble::OutOfOrder)
        })
}
