//! Who may move in first, and how far the setup has come since.
//!
//! # Rules
//! - Whoever moves in first looks after the home, so that has to be somebody of the home. Where there is a setup code (printed by
//!   `toxmaild run` in the terminal, or lying on the boot partition) the claim needs it, and tries are limited, growing slower, for each
//!   address and for all together, in a way that keeps nobody out who has it ([`crate::net::login`], with the arithmetic). Where there is none, a box without a screen can be claimed for [`WINDOW`] after
//!   power-on by whoever is on a network of its own: who can pull the plug can open the window again.
//! - One claim at a time. Who comes second is told so; what the rows say afterwards decides, not who was here first.
//! - A code is good once.
//! - When and from where it was claimed is kept and shown.
//!
//! [`decide`] is pure; [`Claims`] does what it says.

use std::io::Read;
use std::net::IpAddr;
use std::str::FromStr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, OptionalExtension};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::session::same;
use crate::clock;
use crate::control::Failure;
use crate::database::{self, Database};
use crate::journal;
use crate::mail::address::MemberName;
use crate::net::login::{Admission, Doorman, Glance, Keys, Password};
use crate::net::networks;

/// How long after power-on a box without a code can be claimed.
pub const WINDOW: Duration = Duration::from_secs(30 * 60);
/// A code has so many letters and digits at least.
pub const SHORTEST_CODE: usize = 6;
/// The service's name for the doorman and the log.
const SERVICE: &str = "setup";

const STEP: &str = "setup.step";
const DONE: &str = "setup.done";
const CLAIMED: &str = "setup.claimed";

/// How somebody shows that the home is theirs.
#[derive(Clone, Default)]
pub enum Way {
    /// By a code.
    Code(Code),
    /// By being there soon after power-on.
    Window,
    /// Not at all: nobody has said how.
    #[default]
    Shut,
}

/// A setup code. Case, spaces and dashes do not matter.
#[derive(Clone)]
pub struct Code(Zeroizing<String>);

impl Code {
    /// What was written, if it is long enough.
    pub fn new(text: &str) -> Option<Self> {
        let plain: String = plain(text);
        (plain.chars().count() >= SHORTEST_CODE).then(|| Self(plain.into()))
    }

    fn is(&self, typed: &str) -> bool {
        same(&self.0, &plain(typed))
    }
}

fn plain(text: &str) -> String {
    let letters = text.chars().filter(|c| c.is_alphanumeric()).take(200);
    letters.flat_map(char::to_lowercase).collect()
}

/// What is known when somebody would like to move in.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// Somebody lives here.
    pub claimed: bool,
    /// The code that they give.
    pub code: Option<&'a str>,
    /// They are on a network of the home's own.
    pub near: bool,
    /// How long the machine has been on.
    pub up: Duration,
}

/// What is to be said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// They may.
    Yes,
    /// Somebody was quicker.
    Claimed,
    /// The code is missing.
    CodeMissing,
    /// It is another code.
    CodeWrong,
    /// The plug has to be pulled first.
    TooLate,
    /// They have to come from a network of the home's own.
    TooFar,
    /// Nobody can, as it was started.
    Shut,
}

/// Whether somebody may move in.
pub fn decide(way: &Way, asked: Asked<'_>) -> Decision {
    match (way, asked.code.filter(|code| !plain(code).is_empty())) {
        _ if asked.claimed => Decision::Claimed,
        (Way::Shut, _) => Decision::Shut,
        (Way::Code(_), None) => Decision::CodeMissing,
        (Way::Code(code), Some(typed)) if !code.is(typed) => Decision::CodeWrong,
        (Way::Code(_), Some(_)) => Decision::Yes,
        (Way::Window, _) if !asked.near => Decision::TooFar,
        (Way::Window, _) if asked.up >= WINDOW => Decision::TooLate,
        (Way::Window, _) => Decision::Yes,
    }
}

/// What the shell says to a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Judgement {
    /// See [`Decision`].
    Decided(Decision),
    /// Too many wrong codes: not looked at. Again after this time.
    TryLater(Duration),
}

/// What has become of the settings of a backup.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Settings {
    /// They count.
    #[default]
    Kept,
    /// Some do not fit this machine, and the home goes on without them: its administrator is told which, by mail.
    Aside,
}

/// Unpacks a backup beside the home, and starts the home again. Blocks.
pub trait Restore: Send + Sync {
    /// Makes the home of a backup ready to take this one's place.
    ///
    /// # Errors
    /// What is wrong with the backup, the passphrase or the disk; nothing was changed then.
    fn unpack(&self, archive: &mut dyn Read, passphrase: &str) -> Result<Settings, Failure>;

    /// Makes a home in which nobody lives yet, with the identity on a sheet of paper, ready to take this one's place; its words to check.
    ///
    /// # Errors
    /// What is wrong with the text, the passphrase or the disk; nothing was changed then.
    fn take_paper(&self, text: &str, passphrase: &str) -> Result<String, Failure>;

    /// Has the home start again, soon.
    fn restart(&self);
}

/// The door of a home that nobody lives in yet.
pub struct Claims {
    way: Arc<Mutex<Way>>,
    doorman: Doorman,
    near: Box<dyn Fn(IpAddr) -> bool + Send + Sync>,
    used: Box<dyn Fn() + Send + Sync>,
    /// Held by whoever moves in.
    turn: Arc<tokio::sync::Mutex<()>>,
    mistake: Option<String>,
    restore: Option<Box<dyn Restore>>,
}

/// The way in, for the doorman, who counts the tries as he does with passwords. Its only name is [`SETUP`].
struct Door(Arc<Mutex<Way>>);

impl Keys for Door {
    fn glance(&self, _: &str, _: &str) -> Result<Glance, String> {
        Ok(Glance::Unknown)
    }

    fn check(&self, login: &str, typed: &str) -> Result<Option<MemberName>, String> {
        let way = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &*way {
            Way::Code(code) if code.is(typed) => {
                login.parse().map(Some).map_err(|_| "no name".to_owned())
            }
            _ => Ok(None),
        }
    }

    fn name(&self, login: &str) -> Result<Option<String>, String> {
        Ok((login == SETUP).then(|| login.to_owned()))
    }
}

/// Under which name the tries at the setup code are counted and written down.
const SETUP: &str = "setup";

impl Default for Claims {
    fn default() -> Self {
        Self::new(Way::Shut)
    }
}

impl Claims {
    /// Lets people in that way.
    pub fn new(way: Way) -> Self {
        let way = Arc::new(Mutex::new(way));
        let keys = Door(Arc::clone(&way));
        Self {
            way,
            doorman: Doorman::new(Arc::new(keys)),
            near: Box::new(networks::is_on_link),
            used: Box::new(|| {}),
            turn: Arc::default(),
            mistake: None,
            restore: None,
        }
    }

    /// What is to be done with the code once it was used.
    #[must_use]
    pub fn when_used(mut self, deed: impl Fn() + Send + Sync + 'static) -> Self {
        self.used = Box::new(deed);
        self
    }

    /// Who counts as near.
    #[must_use]
    pub fn near(mut self, near: impl Fn(IpAddr) -> bool + Send + Sync + 'static) -> Self {
        self.near = Box::new(near);
        self
    }

    /// What was wrong with the files on the boot partition: the page tells it, where there is no screen.
    #[must_use]
    pub fn mistaken(mut self, mistake: Option<String>) -> Self {
        self.mistake = mistake;
        self
    }

    /// Whoever may move in may bring a home with them.
    #[must_use]
    pub fn restoring(mut self, restore: impl Restore + 'static) -> Self {
        self.restore = Some(Box::new(restore));
        self
    }

    /// Whether a backup is taken.
    pub fn can_restore(&self) -> bool {
        self.restore.is_some()
    }

    /// See [`Restore::unpack`].
    ///
    /// # Errors
    /// Those of it, or that no backup is taken.
    pub fn restore(&self, archive: &mut dyn Read, passphrase: &str) -> Result<Settings, Failure> {
        match &self.restore {
            Some(restore) => restore.unpack(archive, passphrase),
            None => Err(Failure::new("this home takes no backup", "")),
        }
    }

    /// See [`Restore::take_paper`].
    ///
    /// # Errors
    /// Those of it, or that no backup is taken.
    pub fn take_paper(&self, text: &str, passphrase: &str) -> Result<String, Failure> {
        match &self.restore {
            Some(restore) => restore.take_paper(text, passphrase),
            None => Err(Failure::new("this home takes no backup", "")),
        }
    }

    /// See [`Restore::restart`].
    pub fn restart(&self) {
        if let Some(restore) = &self.restore {
            restore.restart();
        }
    }

    /// See [`mistaken`](Self::mistaken).
    pub fn mistake(&self) -> Option<&str> {
        self.mistake.as_deref()
    }

    /// Whether a code is asked for.
    pub fn asks_for_code(&self) -> bool {
        matches!(*self.way(), Way::Code(_))
    }

    fn way(&self) -> std::sync::MutexGuard<'_, Way> {
        self.way.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What a claim without a code would be told now. Asks the kernel for our networks: blocks for a moment.
    pub fn outlook(&self, claimed: bool, from: IpAddr, up: Duration) -> Decision {
        let asked = Asked {
            claimed,
            code: None,
            near: (self.near)(from),
            up,
        };
        decide(&self.way(), asked)
    }

    /// One at a time moves in; whoever works on goes on holding it, though the browser may have gone.
    pub async fn turn(&self) -> tokio::sync::OwnedMutexGuard<()> {
        Arc::clone(&self.turn).lock_owned().await
    }

    /// Whether somebody may move in. A wrong code counts.
    pub async fn judge(&self, claimed: bool, from: IpAddr, up: Duration, code: &str) -> Judgement {
        let outlook = self.outlook(claimed, from, up);
        if outlook != Decision::CodeMissing || plain(code).is_empty() {
            return Judgement::Decided(outlook);
        }
        let typed = Password::new(code.chars().take(200).collect());
        match self.doorman.admit(SERVICE, from, SETUP, &typed).await {
            Admission::Welcome(_) => {
                let asked = Asked {
                    claimed,
                    code: Some(code),
                    near: true,
                    up,
                };
                Judgement::Decided(decide(&self.way(), asked))
            }
            Admission::TryLater(wait) => Judgement::TryLater(wait),
            Admission::Wrong | Admission::Unavailable => Judgement::Decided(Decision::CodeWrong),
        }
    }

    /// Another home takes the place of this one: nobody moves in any more.
    pub fn close(&self) {
        *self.way() = Way::Shut;
        (self.used)();
    }

    /// Somebody has moved in: the code is good no more.
    pub fn used(&self) {
        let mut way = self.way();
        if matches!(*way, Way::Code(_)) {
            *way = Way::Shut;
        }
        drop(way);
        (self.used)();
    }
}

/// What is left to be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// Who else lives here.
    People,
    /// The way to everybody else.
    Provider,
    /// Another home.
    Pair,
    /// The devices.
    Done,
}

impl Step {
    /// All of them, in their order.
    pub const ALL: [Self; 4] = [Self::People, Self::Provider, Self::Pair, Self::Done];

    /// The word in rows and forms.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::People => "people",
            Self::Provider => "provider",
            Self::Pair => "pair",
            Self::Done => "done",
        }
    }

    /// Its page.
    pub const fn path(self) -> &'static str {
        match self {
            Self::People => "/setup/people",
            Self::Provider => "/setup/provider",
            Self::Pair => "/setup/pair",
            Self::Done => "/setup/done",
        }
    }

    /// What is asked next.
    #[must_use]
    pub const fn next(self) -> Self {
        match self {
            Self::People => Self::Provider,
            Self::Provider => Self::Pair,
            Self::Pair | Self::Done => Self::Done,
        }
    }
}

impl FromStr for Step {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let found = Self::ALL.into_iter().find(|step| step.as_str() == text);
        found.ok_or(())
    }
}

/// When and how the home was claimed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Seconds since 1970.
    pub at: i64,
    /// From where; none for a file on the boot partition.
    pub from: Option<IpAddr>,
    /// By the setup code.
    pub code: bool,
}

/// The step that the setup waits at; `None` when it is finished, or never began.
///
/// # Errors
/// The rows cannot be read.
pub(crate) fn step(c: &Connection) -> rusqlite::Result<Option<Step>> {
    let word: Option<String> = c
        .prepare_cached("SELECT value FROM settings WHERE key = ?1")?
        .query_row([STEP], |row| row.get(0))
        .optional()?;
    Ok(word.and_then(|word| word.parse().ok()))
}

/// The setup waits at that step from now on.
///
/// # Errors
/// The rows cannot be written.
pub(crate) fn go_to(database: &Database, step: Step) -> Result<(), database::Error> {
    // Not where the setup is finished: what was slow to end must not begin it again.
    database.write(move |c| {
        c.execute(
            "UPDATE settings SET value = ?2 WHERE key = ?1",
            [STEP, step.as_str()],
        )?;
        Ok(())
    })
}

/// The setup is finished.
///
/// # Errors
/// The rows cannot be written.
pub(crate) fn finish(database: &Database) -> Result<(), database::Error> {
    database.set_setting(DONE, Some(&clock::wall_seconds().to_string()))?;
    database.set_setting(STEP, None)
}

/// The setup was never begun: a claim that a power cut ended before it was one.
///
/// # Errors
/// The rows cannot be written.
pub(crate) fn unbegin(database: &Database) -> Result<(), database::Error> {
    database.set_setting(STEP, None)?;
    database.set_setting(CLAIMED, None)
}

/// Writes down who claims the home; the setup goes on at `step`.
///
/// # Errors
/// The rows cannot be written.
pub(crate) fn begin(
    database: &Database,
    record: &Record,
    step: Step,
) -> Result<(), database::Error> {
    let text = serde_json::to_string(record).unwrap_or_default();
    database.set_setting(CLAIMED, Some(&text))?;
    database.set_setting(STEP, Some(step.as_str()))
}

/// When and from where the home was claimed; `None` where it was by the operator's command.
///
/// # Errors
/// The rows cannot be read.
pub(crate) fn record(database: &Database) -> Result<Option<Record>, database::Error> {
    let text = database.setting(CLAIMED)?;
    Ok(text.and_then(|text| match serde_json::from_str(&text) {
        Ok(record) => Some(record),
        Err(e) => {
            journal::trouble("setup", &e);
            None
        }
    }))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn what_is_slow_to_end_does_not_begin_a_finished_setup_again() {
        let dir = tempfile::tempdir().unwrap();
        let database = Database::open(&dir.path().join("toxmail.db")).unwrap();
        database
            .set_setting(STEP, Some(Step::People.as_str()))
            .unwrap();
        go_to(&database, Step::Provider).unwrap();
        assert_eq!(
            database
                .read(|c| Ok::<_, database::Error>(step(c)?))
                .unwrap(),
            Some(Step::Provider)
        );
        finish(&database).unwrap();
        go_to(&database, Step::Pair).unwrap();
        assert_eq!(
            database
                .read(|c| Ok::<_, database::Error>(step(c)?))
                .unwrap(),
            None
        );
    }

    #[test]
    fn who_may_move_in() {
        let code = Way::Code(Code::new("1234 5678").unwrap());
        let minutes = |n: u64| Duration::from_secs(60 * n);
        type Row<'a> = (&'a Way, bool, Option<&'a str>, bool, u64, Decision);
        let rows: [Row<'_>; 17] = [
            // Somebody lives here: nothing else counts.
            (&code, true, Some("12345678"), true, 0, Decision::Claimed),
            (&Way::Window, true, None, true, 0, Decision::Claimed),
            (&Way::Shut, true, None, true, 0, Decision::Claimed),
            // With a code: from wherever the page is served, whenever.
            (&code, false, None, true, 0, Decision::CodeMissing),
            (&code, false, Some(" - "), true, 0, Decision::CodeMissing),
            (&code, false, Some("1234567"), true, 0, Decision::CodeWrong),
            (
                &code,
                false,
                Some("123456789"),
                true,
                0,
                Decision::CodeWrong,
            ),
            (&code, false, Some("12345678"), true, 0, Decision::Yes),
            (&code, false, Some("1234-5678 "), false, 999, Decision::Yes),
            // Without: near, and soon.
            (&Way::Window, false, None, true, 0, Decision::Yes),
            (&Way::Window, false, Some("x"), true, 29, Decision::Yes),
            (&Way::Window, false, None, true, 30, Decision::TooLate),
            (&Way::Window, false, None, false, 0, Decision::TooFar),
            (&Way::Window, false, None, false, 31, Decision::TooFar),
            (
                &Way::Window,
                false,
                Some("12345678"),
                true,
                31,
                Decision::TooLate,
            ),
            // Nobody has said how.
            (&Way::Shut, false, None, true, 0, Decision::Shut),
            (&Way::Shut, false, Some("12345678"), true, 0, Decision::Shut),
        ];
        for (at, (way, claimed, code, near, up, decision)) in rows.into_iter().enumerate() {
            let asked = Asked {
                claimed,
                code,
                near,
                up: minutes(up),
            };
            assert_eq!(decide(way, asked), decision, "row {at}: {asked:?}");
        }
    }

    #[test]
    fn a_code_is_what_people_read_of_it() {
        assert!(Code::new("12 34").is_none());
        assert!(Code::new("------------").is_none());
        let code = Code::new("Apfel-Birne Kirsche\r\n").unwrap();
        assert!(code.is("apfelbirnekirsche") && code.is("APFEL BIRNE KIRSCHE"));
        assert!(!code.is("apfel birne") && !code.is(""));
    }

    #[test]
    fn steps_are_kept_by_their_words() {
        for step in Step::ALL {
            assert_eq!(step.as_str().parse(), Ok(step));
            assert!(step.path().ends_with(step.as_str()));
            assert!(step.next() > step || step == Step::Done);
        }
        assert!("".parse::<Step>().is_err());
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[tokio::test]
    async fn wrong_codes_cost_time_and_a_used_one_is_good_no_more() {
        let used = Arc::new(Mutex::new(0));
        let counted = Arc::clone(&used);
        let claims = Claims::new(Way::Code(Code::new("12345678").unwrap()))
            .when_used(move || *counted.lock().unwrap() += 1);
        let (mut wrong, mut later) = (0, 0);
        for n in 0..20 {
            let typed = format!("0000 00{n:02}");
            match claims
                .judge(false, ip("192.168.1.7"), Duration::ZERO, &typed)
                .await
            {
                Judgement::Decided(Decision::CodeWrong) => wrong += 1,
                Judgement::TryLater(wait) => {
                    assert!(wait > Duration::ZERO);
                    later += 1;
                }
                other => panic!("{other:?}"),
            }
        }
        assert!((1..=8).contains(&wrong), "{wrong}");
        assert_eq!(wrong + later, 20);
        // From there not even the right one is looked at now.
        let from = ip("192.168.1.7");
        let told = claims.judge(false, from, Duration::ZERO, "12345678").await;
        assert!(matches!(told, Judgement::TryLater(_)), "{told:?}");
        // All together are slowed down, but nobody keeps the owner out, who comes from elsewhere.
        for n in 0..200 {
            let from = IpAddr::from([0xfe80, 0, 0, 0, 0, 0, 0, n]);
            let told = claims.judge(false, from, Duration::ZERO, "00000000").await;
            let wrong = Judgement::Decided(Decision::CodeWrong);
            assert!(
                told == wrong && n <= 8 || matches!(told, Judgement::TryLater(_)),
                "{n}: {told:?}"
            );
        }
        let right = Judgement::Decided(Decision::Yes);
        let from = ip("192.168.1.8");
        let told = claims.judge(false, from, Duration::ZERO, "12345678").await;
        assert_eq!(told, right);

        let claims = Claims::new(Way::Code(Code::new("12345678").unwrap()));
        let from = ip("192.168.1.9");
        assert_eq!(claims.judge(false, from, WINDOW, "1234 5678").await, right);
        claims.used();
        let told = claims.judge(false, from, WINDOW, "1234 5678").await;
        assert_eq!(told, Judgement::Decided(Decision::Shut));
        assert_eq!(*used.lock().unwrap(), 0);
    }

    #[tokio::test]
    async fn a_power_cut_opens_the_window_again() {
        let claims = Claims::new(Way::Window).near(|from| from == ip("192.168.1.7"));
        let at = |from: &str, minutes: u64| {
            claims.outlook(false, ip(from), Duration::from_secs(60 * minutes))
        };
        assert_eq!(at("192.168.1.7", 29), Decision::Yes);
        assert_eq!(at("192.168.1.7", 45), Decision::TooLate);
        assert_eq!(at("10.0.0.1", 1), Decision::TooFar);
        assert_eq!(at("192.168.1.7", 1), Decision::Yes);
    }
}
