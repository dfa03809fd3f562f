//! The doorman: who may try a password, and when again.
//!
//! # Rules
//! - Wrong passwords are counted for the address they come from and for the account they aim at. The first few cost
//!   nothing (people mistype); then each doubles the time until the next try is looked at, up to a quarter of an hour for an
//!   address and a minute for an account: nobody can lock a member out for long by guessing at them, and a place from
//!   which that member has logged in before is not held up by what others do.
//! - A try is counted before it is checked, so that many at once are no way around; only where that member has logged in
//!   before it is counted when it was wrong, because a mail program opens five connections at once.
//! - A wait of a second or less is waited here; a longer one is told. While the time has not come the password is not
//!   looked at, right or wrong.
//! - What costs nothing to check is checked first, and never waits behind what costs a second of a Pi: a flood of wrong
//!   passwords keeps no mail program out. A device password is looked at also while an account has to wait: nobody can guess
//!   one, and a phone that comes home to a house under attack has to get its mail.
//! - What is remembered is bounded; after half an hour of quiet all is forgotten.
//! - What was given as a name is written down and shown only where somebody here has that name: people type their password into
//!   the wrong field.

use std::collections::{HashMap, HashSet, VecDeque};
use std::fmt;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Semaphore;
use zeroize::Zeroizing;

use crate::journal;
use crate::mail::address::MemberName;

/// Checks logins. Every method blocks; an error is for the journal: the check itself could not be made.
pub trait Keys: Send + Sync + 'static {
    /// What can be said at no cost.
    ///
    /// # Errors
    /// The check could not be made.
    fn glance(&self, login: &str, password: &str) -> Result<Glance, String>;

    /// Whose login this is; `None` for anything wrong. May cost much.
    ///
    /// # Errors
    /// The check could not be made.
    fn check(&self, login: &str, password: &str) -> Result<Option<MemberName>, String>;

    /// The login as it may be written down: a name that exists, whatever the password. `None` for all else, which may be a
    /// password that was typed into the wrong field.
    ///
    /// # Errors
    /// It could not be looked up.
    fn name(&self, login: &str) -> Result<Option<String>, String>;
}

/// What can be said of a login at no cost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Glance {
    /// Right, and beyond guessing.
    Device(MemberName),
    /// Right.
    Person(MemberName),
    /// Nothing.
    Unknown,
}

impl<F> Keys for F
where
    F: Fn(&str, &str) -> Result<Option<MemberName>, String> + Send + Sync + 'static,
{
    fn glance(&self, _: &str, _: &str) -> Result<Glance, String> {
        Ok(Glance::Unknown)
    }

    fn check(&self, login: &str, password: &str) -> Result<Option<MemberName>, String> {
        self(login, password)
    }

    fn name(&self, _: &str) -> Result<Option<String>, String> {
        Ok(None)
    }
}

/// A password on its way to the check: not shown by `Debug`, wiped when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(Zeroizing<String>);

impl Password {
    /// Takes the text.
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The text, for the one place that checks it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

/// Name and password of AUTH PLAIN, decoded: `[authzid] NUL name NUL password` (RFC 4616). `None` for anything else: nobody may act
/// for somebody else.
pub fn sasl_plain(text: &str) -> Option<(String, Password)> {
    let mut parts = text.split('\0');
    let (other, login, password) = (parts.next()?, parts.next()?, parts.next()?);
    let legal = parts.next().is_none() && !login.is_empty() && (other.is_empty() || other == login);
    legal.then(|| (login.to_owned(), Password::new(password.to_owned())))
}

/// How long it is to be waited, in words.
pub fn in_words(wait: Duration) -> String {
    match wait.as_secs() {
        0 | 1 => "a second".into(),
        seconds @ 2..120 => format!("{seconds} seconds"),
        seconds => format!("{} minutes", seconds.div_ceil(60)),
    }
}

/// The doorman's word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Admission {
    /// It is this member.
    Welcome(MemberName),
    /// No such name and password.
    Wrong,
    /// Too many wrong ones: not looked at. Try again after this time.
    TryLater(Duration),
    /// The check could not be made; not the client's fault.
    Unavailable,
}

/// Stands at the door of the mail servers, of the page and of the address books; one for all of them. (What a mail server at
/// home hands in, and the setup, have one each: their passwords are others.)
pub struct Doorman {
    keys: Arc<dyn Keys>,
    ledger: Mutex<Ledger>,
    glances: Arc<Semaphore>,
    /// A check of a person's password takes a second of a Pi, and they queue up behind one another.
    checks: Arc<Semaphore>,
    failures: Mutex<VecDeque<FailedLogin>>,
}

/// A login that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FailedLogin {
    /// At which service.
    pub service: &'static str,
    /// Whose name was given; `None` if nobody here has it. What was typed then is not kept: it may be a password.
    pub name: Option<String>,
    /// From where.
    pub from: IpAddr,
    /// Seconds since 1970.
    pub at: i64,
}

/// Which passwords count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Accepts {
    Any,
    Persons,
}

/// So many failed logins are remembered, to be shown.
const FAILURES: usize = 100;
/// Glances at a time.
const GLANCES: usize = 8;
/// Checks at a time: one works, the next is ready.
const CHECKS: usize = 2;
/// A wait that is not worth telling.
const WAITED_HERE: Duration = Duration::from_secs(1);
/// How long a login may wait for its turn.
const TURN: Duration = Duration::from_secs(20);

impl fmt::Debug for Doorman {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Doorman").finish_non_exhaustive()
    }
}

impl Doorman {
    /// A doorman who asks `keys`.
    pub fn new(keys: Arc<dyn Keys>) -> Self {
        Self {
            keys,
            ledger: Mutex::new(Ledger::default()),
            glances: Arc::new(Semaphore::new(GLANCES)),
            checks: Arc::new(Semaphore::new(CHECKS)),
            failures: Mutex::default(),
        }
    }

    /// Checks a login from `from`. `service` is for the journal.
    pub async fn admit(
        &self,
        service: &'static str,
        from: IpAddr,
        login: &str,
        password: &Password,
    ) -> Admission {
        self.look(service, from, login, password, Accepts::Any)
            .await
    }

    /// The same where only a person's own password counts: one of a device is a wrong one.
    pub async fn admit_person(
        &self,
        service: &'static str,
        from: IpAddr,
        login: &str,
        password: &Password,
    ) -> Admission {
        self.look(service, from, login, password, Accepts::Persons)
            .await
    }

    /// The last logins that failed, the newest first.
    pub fn failures(&self) -> Vec<FailedLogin> {
        let failures = self.failures.lock();
        let failures = failures.unwrap_or_else(PoisonError::into_inner);
        failures.iter().rev().cloned().collect()
    }

    async fn failed(&self, service: &'static str, from: IpAddr, login: &str) {
        let asked = (login.to_owned(), Password::new(String::new()));
        let looked = in_turn(&self.glances, &self.keys, asked, |keys, login, _| {
            keys.name(login)
        });
        let name = looked.await.unwrap_or_default();
        journal::login_failed(service, name.as_deref(), from);
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        if failures.len() == FAILURES {
            failures.pop_front();
        }
        failures.push_back(FailedLogin {
            service,
            name,
            from,
            at: crate::clock::wall_seconds(),
        });
    }

    async fn look(
        &self,
        service: &'static str,
        from: IpAddr,
        login: &str,
        password: &Password,
        accepts: Accepts,
    ) -> Admission {
        let mut begun = self.ledger().begin(Instant::now(), from, login);
        if let Begun::Wait(wait) = begun
            && wait <= WAITED_HERE
        {
            tokio::time::sleep(wait).await;
            begun = self.ledger().begin(Instant::now(), from, login);
        }
        if let Begun::Wait(wait) = begun {
            journal::login_delayed(service, from, wait);
            return Admission::TryLater(wait);
        }
        match self.verdict(begun, login, password, accepts).await {
            Ok(Verdict::Right(member)) => {
                self.ledger().welcome(from, login);
                journal::logged_in(service, &member, from);
                Admission::Welcome(member)
            }
            Ok(Verdict::Wrong) => {
                self.ledger().wrong(Instant::now(), from, login);
                self.failed(service, from, login).await;
                Admission::Wrong
            }
            Ok(Verdict::NotLookedAt(wait)) => {
                journal::login_delayed(service, from, wait);
                Admission::TryLater(wait)
            }
            Err(problem) => {
                self.ledger().pardon(begun, from, login);
                journal::trouble("login", &problem);
                Admission::Unavailable
            }
        }
    }

    async fn verdict(
        &self,
        begun: Begun,
        login: &str,
        password: &Password,
        accepts: Accepts,
    ) -> Result<Verdict, String> {
        let asked = (login.to_owned(), password.clone());
        let glance = in_turn(&self.glances, &self.keys, asked.clone(), |keys, l, p| {
            keys.glance(l, p)
        });
        match (glance.await?, begun) {
            // Checked no further: that would take it for right.
            (Glance::Device(_), Begun::Look) if accepts == Accepts::Persons => Ok(Verdict::Wrong),
            (Glance::Device(_), Begun::LookAtDevices(wait)) if accepts == Accepts::Persons => {
                Ok(Verdict::NotLookedAt(wait))
            }
            (Glance::Device(member), _) | (Glance::Person(member), Begun::Look) => {
                Ok(Verdict::Right(member))
            }
            (_, Begun::Wait(wait) | Begun::LookAtDevices(wait)) => Ok(Verdict::NotLookedAt(wait)),
            (Glance::Unknown, Begun::Look) => {
                let checked = in_turn(&self.checks, &self.keys, asked, |keys, l, p| {
                    keys.check(l, p)
                });
                Ok(checked.await?.map_or(Verdict::Wrong, Verdict::Right))
            }
        }
    }

    fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

enum Verdict {
    Right(MemberName),
    Wrong,
    NotLookedAt(Duration),
}

/// Does what blocks when its turn has come. The turn lasts as long as the work, also when nobody waits for it any more.
async fn in_turn<T: Send + 'static>(
    turns: &Arc<Semaphore>,
    keys: &Arc<dyn Keys>,
    (login, password): (String, Password),
    work: fn(&dyn Keys, &str, &str) -> Result<T, String>,
) -> Result<T, String> {
    let Ok(Ok(turn)) = tokio::time::timeout(TURN, turns.clone().acquire_owned()).await else {
        return Err("too many logins wait for their check".into());
    };
    let keys = keys.clone();
    let done = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        work(&*keys, &login, password.reveal())
    });
    done.await
        .unwrap_or_else(|_| Err("the check panicked".into()))
}

/// Wrong passwords that cost nothing.
const FREE: u32 = 4;
/// The time after the first that does; each one more doubles it.
const FIRST_DELAY: Duration = Duration::from_secs(1);
const LONGEST_FOR_ADDRESS: Duration = Duration::from_secs(15 * 60);
const LONGEST_FOR_ACCOUNT: Duration = Duration::from_secs(60);
/// After this long without a try all is forgotten.
const FORGET: Duration = Duration::from_secs(30 * 60);
/// So many addresses, accounts, and known places are remembered at most.
const REMEMBERED: usize = 4096;

/// Who has tried what. Pure: time is a parameter.
#[derive(Debug, Default)]
struct Ledger {
    addresses: HashMap<IpAddr, Tries>,
    accounts: HashMap<String, Tries>,
    known: HashSet<(IpAddr, String)>,
}

#[derive(Clone, Copy, Debug)]
struct Tries {
    wrong: u32,
    last: Instant,
    not_before: Instant,
}

/// What may be looked at now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Begun {
    /// Any password.
    Look,
    /// Passwords beyond guessing; for others the account has to wait so long.
    LookAtDevices(Duration),
    /// None, for so long.
    Wait(Duration),
}

impl Ledger {
    /// Counts a try as wrong until it turns out right; or says how long to wait.
    fn begin(&mut self, now: Instant, from: IpAddr, login: &str) -> Begun {
        let account = account(login);
        let known = self.known.contains(&(from, account.clone()));
        let wait = |tries: Option<&Tries>| {
            tries.map_or(Duration::ZERO, |t| {
                t.not_before.saturating_duration_since(now)
            })
        };
        let for_address = wait(self.addresses.get(&from));
        if for_address > Duration::ZERO {
            let for_account = wait(self.accounts.get(&account).filter(|_| !known));
            return Begun::Wait(for_address.max(for_account));
        }
        if known {
            return Begun::Look;
        }
        count(&mut self.addresses, from, now, LONGEST_FOR_ADDRESS);
        let for_account = wait(self.accounts.get(&account));
        if for_account > Duration::ZERO {
            return Begun::LookAtDevices(for_account);
        }
        count(&mut self.accounts, account, now, LONGEST_FOR_ACCOUNT);
        Begun::Look
    }

    /// The password was wrong: counted now where it was not before.
    fn wrong(&mut self, now: Instant, from: IpAddr, login: &str) {
        let account = account(login);
        if self.known.contains(&(from, account.clone())) {
            count(&mut self.addresses, from, now, LONGEST_FOR_ADDRESS);
            count(&mut self.accounts, account, now, LONGEST_FOR_ACCOUNT);
        }
    }

    /// The password was right.
    fn welcome(&mut self, from: IpAddr, login: &str) {
        let account = account(login);
        self.addresses.remove(&from);
        self.accounts.remove(&account);
        if self.known.len() >= REMEMBERED {
            self.known.clear();
        }
        self.known.insert((from, account));
    }

    /// The try that was `begun` is taken back: it was not checked.
    fn pardon(&mut self, begun: Begun, from: IpAddr, login: &str) {
        let account = account(login);
        if self.known.contains(&(from, account.clone())) {
            return;
        }
        let of_account = self.accounts.get_mut(&account);
        let of_account = of_account.filter(|_| begun == Begun::Look);
        for tries in self.addresses.get_mut(&from).into_iter().chain(of_account) {
            tries.wrong = tries.wrong.saturating_sub(1);
            tries.not_before = tries.last;
        }
    }
}

/// The same account, however its login is written; of a bounded length.
fn account(login: &str) -> String {
    let name = login.split_once('@').map_or(login, |(name, _)| name);
    name.chars().take(64).collect::<String>().to_lowercase()
}

fn count<K: std::hash::Hash + Eq + Clone>(
    tries: &mut HashMap<K, Tries>,
    key: K,
    now: Instant,
    longest: Duration,
) {
    if tries.len() >= REMEMBERED && !tries.contains_key(&key) {
        tries.retain(|_, t| now.saturating_duration_since(t.last) < FORGET);
        if tries.len() >= REMEMBERED {
            // Forget the half that was quiet longest.
            let mut ages: Vec<Instant> = tries.values().map(|t| t.last).collect();
            let middle = ages.len() / 2;
            let (_, median, _) = ages.select_nth_unstable(middle);
            let median = *median;
            tries.retain(|_, t| t.last > median);
        }
    }
    let entry = tries.entry(key).or_insert(Tries {
        wrong: 0,
        last: now,
        not_before: now,
    });
    if now.saturating_duration_since(entry.last) >= FORGET {
        entry.wrong = 0;
    }
    entry.wrong = entry.wrong.saturating_add(1);
    entry.last = now;
    let doublings = entry.wrong.saturating_sub(FREE);
    entry.not_before = match doublings {
        0 => now,
        n => {
            now + FIRST_DELAY
                .saturating_mul(1 << (n - 1).min(16))
                .min(longest)
        }
    };
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use tokio::sync::mpsc;

    use super::*;

    fn ip(last: u8) -> IpAddr {
        IpAddr::from([192, 168, 0, last])
    }

    fn wrong(ledger: &mut Ledger, now: Instant, from: IpAddr, login: &str) -> Duration {
        match ledger.begin(now, from, login) {
            Begun::Look => Duration::ZERO,
            Begun::LookAtDevices(wait) | Begun::Wait(wait) => wait,
        }
    }

    #[test]
    fn the_delay_grows_and_is_forgotten() {
        let (mut ledger, mut now) = (Ledger::default(), Instant::now());
        let mut delays = Vec::new();
        for _ in 0..9 {
            assert_eq!(ledger.begin(now, ip(1), "anna"), Begun::Look);
            let next = ledger.addresses[&ip(1)].not_before;
            delays.push((next - now).as_secs());
            if next > now {
                assert_eq!(wrong(&mut ledger, now, ip(1), "anna"), next - now);
            }
            now = next;
        }
        assert_eq!(delays, [0, 0, 0, 0, 1, 2, 4, 8, 16]);
        now += FORGET;
        assert_eq!(wrong(&mut ledger, now, ip(1), "anna"), Duration::ZERO);
        assert_eq!(wrong(&mut ledger, now, ip(1), "anna"), Duration::ZERO);
    }

    #[test]
    fn guessing_at_an_account_from_many_places_is_slowed_but_its_owner_is_not() {
        let (mut ledger, now) = (Ledger::default(), Instant::now());
        assert_eq!(ledger.begin(now, ip(1), "anna@toxmail.local"), Begun::Look);
        ledger.welcome(ip(1), "anna@toxmail.local");
        for n in 10..20 {
            let _ = ledger.begin(now, ip(n), "Anna");
        }
        let wait = wrong(&mut ledger, now, ip(99), "anna");
        assert!(wait > Duration::ZERO && wait <= LONGEST_FOR_ACCOUNT);
        assert_eq!(wrong(&mut ledger, now, ip(1), "anna"), Duration::ZERO);
    }

    #[test]
    fn a_right_password_clears_and_an_unchecked_one_does_not_count() {
        let (mut ledger, now) = (Ledger::default(), Instant::now());
        for _ in 0..20 {
            assert_eq!(ledger.begin(now, ip(1), "anna"), Begun::Look);
            ledger.pardon(Begun::Look, ip(1), "anna");
        }
        for _ in 0..20 {
            assert_eq!(ledger.begin(now, ip(1), "anna"), Begun::Look);
            ledger.welcome(ip(1), "anna");
        }
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let (mut ledger, mut now) = (Ledger::default(), Instant::now());
        for n in 0..20_000u32 {
            now += Duration::from_millis(1);
            let from = IpAddr::from(n.to_be_bytes());
            let _ = ledger.begin(now, from, &format!("nobody{n}"));
            ledger.welcome(from, &format!("x{n}"));
            let _ = ledger.begin(now, from, &format!("nobody{n}"));
        }
        assert!(ledger.addresses.len() <= REMEMBERED);
        assert!(ledger.accounts.len() <= REMEMBERED);
        assert!(ledger.known.len() <= REMEMBERED);
    }

    /// A phone's password, a person's that is remembered, and checks that last as long as somebody keeps the gate shut.
    struct Gated {
        at_the_gate: mpsc::UnboundedSender<()>,
        gate: Mutex<std::sync::mpsc::Receiver<()>>,
    }

    /// With it what tells of each check that begins. The gate opens when what comes last is dropped.
    fn gated() -> (
        Arc<Gated>,
        mpsc::UnboundedReceiver<()>,
        std::sync::mpsc::Sender<()>,
    ) {
        let (at_the_gate, begun) = mpsc::unbounded_channel();
        let (shut, gate) = std::sync::mpsc::channel();
        let gate = Mutex::new(gate);
        (Arc::new(Gated { at_the_gate, gate }), begun, shut)
    }

    /// The same with the gate open.
    fn open() -> Arc<Gated> {
        gated().0
    }

    impl Keys for Gated {
        fn glance(&self, login: &str, password: &str) -> Result<Glance, String> {
            let member = |login: &str| login.parse().map_err(|_| "no name".to_owned());
            match password {
                "device" => member(login).map(Glance::Device),
                "remembered" => member(login).map(Glance::Person),
                _ => Ok(Glance::Unknown),
            }
        }

        fn check(&self, _: &str, _: &str) -> Result<Option<MemberName>, String> {
            let _ = self.at_the_gate.send(());
            let _ = self.gate.lock().unwrap().recv();
            Ok(None)
        }

        fn name(&self, login: &str) -> Result<Option<String>, String> {
            Ok((login == "anna").then(|| login.to_owned()))
        }
    }

    #[tokio::test]
    async fn a_flood_of_wrong_passwords_keeps_no_mail_program_waiting() {
        let (keys, mut begun, shut) = gated();
        let doorman = Arc::new(Doorman::new(keys));
        let mut flood = tokio::task::JoinSet::new();
        for n in 10..60 {
            let doorman = doorman.clone();
            flood.spawn(async move {
                let (login, password) = (format!("x{n}"), Password::new("guess".into()));
                doorman.admit("test", ip(n), &login, &password).await
            });
        }
        // As many as may are at the gate, and the others wait for their turn: none gets through while it is shut.
        for _ in 0..CHECKS {
            begun.recv().await.unwrap();
        }
        for password in ["device", "remembered"] {
            let password = Password::new(password.into());
            let welcome = doorman.admit("test", ip(1), "anna", &password).await;
            assert_eq!(welcome, Admission::Welcome("anna".parse().unwrap()));
        }
        flood.abort_all();
        drop(shut);
    }

    #[tokio::test]
    async fn a_phone_gets_its_mail_while_its_account_is_guessed_at() {
        let doorman = Doorman::new(open());
        for n in 10..16 {
            let _ = doorman.ledger().begin(Instant::now(), ip(n), "anna");
        }
        let ask = async |password: &str| {
            let password = Password::new(password.into());
            doorman.admit("test", ip(1), "anna", &password).await
        };
        for guess in ["guess", "remembered"] {
            assert!(matches!(ask(guess).await, Admission::TryLater(_)));
        }
        assert_eq!(
            ask("device").await,
            Admission::Welcome("anna".parse().unwrap())
        );
        // Tries at devices are counted for the place they come from like all others.
        for _ in 0..8 {
            let _ = doorman.ledger().begin(Instant::now(), ip(2), "anna");
        }
        let begun = doorman.ledger().begin(Instant::now(), ip(2), "anna");
        assert!(matches!(begun, Begun::Wait(_)), "{begun:?}");
    }

    #[tokio::test]
    async fn where_a_person_is_wanted_a_devices_password_is_a_wrong_one() {
        let doorman = Doorman::new(open());
        let ask = async |from: u8, password: &str| {
            let password = Password::new(password.into());
            doorman
                .admit_person("test", ip(from), "anna", &password)
                .await
        };
        assert_eq!(ask(1, "device").await, Admission::Wrong);
        assert_eq!(
            ask(1, "remembered").await,
            Admission::Welcome("anna".parse().unwrap())
        );
        // It does not even tell that it is one while the account has to wait.
        for n in 10..16 {
            let _ = doorman.ledger().begin(Instant::now(), ip(n), "anna");
        }
        for password in ["device", "guess"] {
            assert!(matches!(ask(2, password).await, Admission::TryLater(_)));
        }
        let failures = doorman.failures();
        let names: Vec<_> = failures.iter().map(|f| f.name.as_deref()).collect();
        assert_eq!(names, [Some("anna")]);
        for _ in 0..300 {
            doorman.failed("test", ip(1), "my secret password").await;
        }
        let failures = doorman.failures();
        assert_eq!(failures.len(), FAILURES);
        assert!(failures.iter().all(|f| f.name.is_none()));
    }

    #[tokio::test]
    async fn the_doorman_asks_and_never_shows_the_password() {
        let doorman = Doorman::new(Arc::new(|login: &str, password: &str| {
            match (login, password) {
                ("anna", "sesame") => Ok(Some("anna".parse().unwrap())),
                ("broken", _) => Err("no database".into()),
                ("panic", _) => panic!("a bug"),
                _ => Ok(None),
            }
        }));
        let ask = async |login: &str, password: &str| {
            doorman
                .admit("test", ip(1), login, &Password::new(password.into()))
                .await
        };
        assert_eq!(
            ask("anna", "sesame").await,
            Admission::Welcome("anna".parse().unwrap())
        );
        assert_eq!(ask("broken", "x").await, Admission::Unavailable);
        assert_eq!(ask("panic", "x").await, Admission::Unavailable);
        for _ in 0..6 {
            assert_eq!(ask("anna", "guess").await, Admission::Wrong);
        }
        assert!(matches!(
            ask("anna", "sesame").await,
            Admission::TryLater(_)
        ));
        assert_eq!(
            format!("{:?}", Password::new("sesame".into())),
            "Password(…)"
        );
    }

    #[test]
    fn auth_plain_names_who_is_meant_and_nobody_acts_for_another() {
        for said in ["\0anna\0sesame", "anna\0anna\0sesame"] {
            let (name, password) = sasl_plain(said).unwrap();
            assert_eq!((name.as_str(), password.reveal()), ("anna", "sesame"));
        }
        for said in [
            "",
            "anna\0sesame",
            "\0\0x",
            "ben\0anna\0sesame",
            "\0anna\0a\0b",
        ] {
            assert!(sasl_plain(said).is_none(), "{said:?}");
        }
        for (seconds, words) in [(1, "a second"), (90, "90 seconds"), (121, "3 minutes")] {
            assert_eq!(in_words(Duration::from_secs(seconds)), words);
        }
    }
}
