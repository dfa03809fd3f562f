//! The doorman: who may try a password, and when again.
//!
//! # Rules
//! - Wrong passwords are counted for the address they come from, for the source around it and for the account they aim at. The first few
//!   cost nothing (people mistype); then each doubles the time until the next try is looked at, up to a quarter of an hour for an address
//!   and a minute for a source and an account.
//! - A source is an address of IPv4, or a /64 of IPv6, in which a device has as many addresses as it likes.
//! - A place from which that member has logged in before, by their own password, is **known**. It is counted by itself: what others do
//!   holds nobody up there, and their password is checked next, whatever waits. So a whole family may share a /64 with somebody who
//!   guesses. Known are the exact addresses only: a /64 would be the guesser's as well. A device's password makes no place known: who found
//!   a telephone could make as many as they like, and guess from there at its owner's own password.
//! - The first tries of a day from a source are looked at though the account has to wait (`FIRST_TRIES`, out of as many as each account
//!   has for all together): nobody can lock a member, or the owner of a new box with the right setup code, out of an account by taking each
//!   try as soon as there is one.
//! - A try is counted before it is checked, so that many at once are no way around; only at a known place it is counted when it was wrong,
//!   because a mail program opens five connections at once. It counts also if its turn did not come in time: who sends more than can be
//!   checked pays for it.
//! - A wait of a second or less is waited here; a longer one is told. While the time has not come the password is not
//!   looked at, right or wrong.
//! - What costs nothing to check is checked first, and never waits behind what costs a second of a Pi: a flood of wrong
//!   passwords keeps no mail program out. A right password of a device counts for nothing, and is taken also while an account or a source
//!   has to wait: nobody can guess one, and a phone that comes home to a house under attack has to get its mail.
//! - What costs a second is checked one at a time, in turns of the sources (`turns`).
//! - What is remembered is bounded; after half an hour of quiet the waits are forgotten.
//! - What was given as a name is written down and shown only where somebody here has that name: people type their password into
//!   the wrong field.
//!
//! # How much can be guessed
//! A network of IPv4 at home has 254 addresses: 254 sources of four first tries a day are 1,016, which an account always has (1,024, and one
//! more every 80 seconds), so the first tries of a source that has not tried yet are not to be taken away. Besides, an account is looked at
//! once a minute. Together that is 1,024 + 1,080 + 1,440 wrong passwords on the first day at most and 2,520 a day from then on, from however
//! many addresses, and twenty an hour from one. A setup code that was made here is one of 10^8: half of them take 54 years. One that
//! somebody wrote themselves has six digits at least: on its first day 0.4 percent of 10^6 can be tried.
//!
//! # What does not hold
//! Where the family's network of IPv4 is larger than a /24, somebody with thousands of its addresses can use up an account's first tries, and
//! somebody in the same /64 those of that source: then a member at a place that is not known, or a new owner, is let in when they are quicker
//! than the guesser, once a minute. Over IPv4 they are another source.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::hash::Hash;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Semaphore;
use zeroize::Zeroizing;

use super::networks;
use super::turns::{Order, Turns};
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
    /// A check of a person's password takes a second of a Pi.
    checks: Arc<Turns>,
    /// How long a login may wait for its turn.
    patience: Duration,
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
            checks: Arc::default(),
            patience: TURN,
            failures: Mutex::default(),
        }
    }

    /// That member has logged in from there before this doorman came, by their own password.
    pub fn know(&self, from: IpAddr, member: &MemberName) {
        let mut ledger = self.ledger();
        ledger.remember(Instant::now(), from, account(member.as_str()));
    }

    /// Whether it has.
    #[cfg(test)]
    pub(crate) fn knows(&self, from: IpAddr, member: &MemberName) -> bool {
        let place = (from, account(member.as_str()));
        self.ledger().known.contains_key(&place)
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
        let looked = self.glance(asked, |keys, login, _| keys.name(login));
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
        let later = |wait| {
            journal::login_delayed(service, from, wait);
            Admission::TryLater(wait)
        };
        let unavailable = |problem: &NotDone| {
            journal::trouble("login", problem);
            Admission::Unavailable
        };
        let asked = (login.to_owned(), password.clone());
        let open = self.patiently(|ledger, now| ledger.open(now, from, login));
        if let Err(wait) = open.await {
            return later(wait);
        }
        let glance = self.glance(asked.clone(), |keys, l, p| keys.glance(l, p));
        let glance = match glance.await {
            Ok(Glance::Device(member)) if accepts == Accepts::Any => {
                journal::logged_in(service, &member, from);
                return Admission::Welcome(member);
            }
            Ok(glance) => glance,
            Err(problem) => return unavailable(&problem),
        };
        let begun = self.patiently(|ledger, now| ledger.begin(now, from, login));
        let begun = match begun.await {
            Ok(begun) => begun,
            Err(wait) => return later(wait),
        };
        let verdict = match glance {
            // Checked no further: that would take it for right.
            Glance::Device(_) => Ok(None),
            Glance::Person(member) => Ok(Some(member)),
            Glance::Unknown => self.check(begun, from, asked).await,
        };
        match verdict {
            Ok(Some(member)) => {
                self.ledger().welcome(Instant::now(), begun, from, login);
                journal::logged_in(service, &member, from);
                Admission::Welcome(member)
            }
            Ok(None) => {
                self.ledger().wrong(Instant::now(), begun, from, login);
                self.failed(service, from, login).await;
                Admission::Wrong
            }
            Err(problem) => {
                if let NotDone::Failed(_) = problem {
                    self.ledger().pardon(begun, from, login);
                }
                unavailable(&problem)
            }
        }
    }

    /// Asks the ledger, and waits here if that is worth it.
    async fn patiently<T>(
        &self,
        ask: impl Fn(&mut Ledger, Instant) -> Result<T, Duration>,
    ) -> Result<T, Duration> {
        let asked = ask(&mut self.ledger(), Instant::now());
        match asked {
            Err(wait) if wait <= WAITED_HERE => {
                tokio::time::sleep(wait).await;
                ask(&mut self.ledger(), Instant::now())
            }
            asked => asked,
        }
    }

    /// Does what costs nothing when its turn has come.
    async fn glance<T: Send + 'static>(&self, asked: Asked, work: Work<T>) -> Result<T, NotDone> {
        let turn = tokio::time::timeout(self.patience, self.glances.clone().acquire_owned());
        match turn.await {
            Ok(Ok(turn)) => blocking(turn, self.keys.clone(), asked, work).await,
            _ => Err(NotDone::NoTurn),
        }
    }

    /// Checks a password when its turn has come.
    async fn check(
        &self,
        begun: Begun,
        from: IpAddr,
        asked: Asked,
    ) -> Result<Option<MemberName>, NotDone> {
        let (source, order) = match begun {
            Begun::Known => (from, Order::First),
            Begun::First | Begun::Another => (networks::within_reach_of(from), Order::Then),
        };
        let turn = self.checks.take(source, order, self.patience).await;
        let turn = turn.ok_or(NotDone::NoTurn)?;
        let work: Work<_> = |keys, login, password| keys.check(login, password);
        blocking(turn, self.keys.clone(), asked, work).await
    }

    fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Why nothing can be said of a password.
#[derive(Debug, thiserror::Error)]
enum NotDone {
    /// Others were before it for too long.
    #[error("too many logins wait for their check")]
    NoTurn,
    /// The keys could not be asked.
    #[error("{0}")]
    Failed(String),
}

/// A login and a password.
type Asked = (String, Password);
/// What the keys are asked.
type Work<T> = fn(&dyn Keys, &str, &str) -> Result<T, String>;

/// Does what blocks. The turn lasts as long as the work, also when nobody waits for it any more.
async fn blocking<T: Send + 'static>(
    turn: impl Send + 'static,
    keys: Arc<dyn Keys>,
    (login, password): Asked,
    work: Work<T>,
) -> Result<T, NotDone> {
    let done = tokio::task::spawn_blocking(move || {
        let _turn = turn;
        work(&*keys, &login, password.reveal())
    });
    done.await
        .unwrap_or_else(|_| Err("the check panicked".into()))
        .map_err(NotDone::Failed)
}

/// Wrong passwords that cost nothing.
const FREE: u32 = 4;
/// The time after the first that does; each one more doubles it.
const FIRST_DELAY: Duration = Duration::from_secs(1);
const LONGEST_FOR_ADDRESS: Duration = Duration::from_secs(15 * 60);
const LONGEST_FOR_SOURCE: Duration = Duration::from_secs(60);
const LONGEST_FOR_ACCOUNT: Duration = Duration::from_secs(60);
/// After this long without a try the waits are forgotten.
const FORGET: Duration = Duration::from_secs(30 * 60);
/// So many addresses, sources, accounts, and known places are remembered at most.
const REMEMBERED: usize = 4096;
/// So many known places of an account: nobody's logins from many addresses make another member's forgotten.
const KNOWN_OF_ACCOUNT: usize = 64;

/// Tries of a source that no account has to be ready for: as many as people mistype, each day.
const FIRST_TRIES: Allowance = Allowance {
    most: FREE,
    one_more_in: Duration::from_secs(24 * 3600 / FREE as u64),
};
/// The same of an account, from all sources: four of each of the 254 addresses of a network at home, each day.
const FIRST_TRIES_AT_ACCOUNT: Allowance = Allowance {
    most: 1024,
    one_more_in: Duration::from_secs(80),
};

/// How much there is of what comes back by and by.
#[derive(Clone, Copy, Debug)]
struct Allowance {
    most: u32,
    one_more_in: Duration,
}

/// What is left of an allowance.
#[derive(Clone, Copy, Debug)]
struct Left {
    count: u32,
    /// Up to when that counts what has come back.
    at: Instant,
}

impl Allowance {
    /// What is left now, for the first or any other time.
    fn left<K: Hash + Eq>(self, all: &mut HashMap<K, Left>, key: K, now: Instant) -> &mut Left {
        make_room(all, &key, |left| left.at);
        let left = all.entry(key).or_insert(Left {
            count: self.most,
            at: now,
        });
        let back = now.saturating_duration_since(left.at).as_secs() / self.one_more_in.as_secs();
        let back = u32::try_from(back).unwrap_or(u32::MAX);
        left.count = left.count.saturating_add(back).min(self.most);
        left.at = match left.count == self.most {
            true => now,
            false => left.at + self.one_more_in * back,
        };
        left
    }
}

/// Who has tried what. Pure: time is a parameter.
#[derive(Debug, Default)]
struct Ledger {
    addresses: HashMap<IpAddr, Tries>,
    sources: HashMap<IpAddr, Tries>,
    accounts: HashMap<String, Tries>,
    /// Places where a member has logged in, and what was wrong there since.
    known: HashMap<(IpAddr, String), Tries>,
    first_tries: HashMap<IpAddr, Left>,
    first_tries_at: HashMap<String, Left>,
}

#[derive(Clone, Copy, Debug)]
struct Tries {
    wrong: u32,
    last: Instant,
    not_before: Instant,
}

/// A try that may be looked at now, and how it was counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Begun {
    /// From a known place: not yet.
    Known,
    /// As one of the first of its source.
    First,
    /// As any other.
    Another,
}

impl Ledger {
    /// Whether anything that comes from there is looked at; or how long to wait.
    fn open(&self, now: Instant, from: IpAddr, login: &str) -> Result<(), Duration> {
        let known = self.known.get(&(from, account(login)));
        let tries = known.or_else(|| self.addresses.get(&from));
        match wait(tries, now) {
            Duration::ZERO => Ok(()),
            wait => Err(wait),
        }
    }

    /// Counts a try as wrong until it turns out right; or says how long to wait.
    fn begin(&mut self, now: Instant, from: IpAddr, login: &str) -> Result<Begun, Duration> {
        self.open(now, from, login)?;
        let account = account(login);
        if self.known.contains_key(&(from, account.clone())) {
            return Ok(Begun::Known);
        }
        let source = networks::within_reach_of(from);
        count(&mut self.addresses, from, now, LONGEST_FOR_ADDRESS);
        let begun = if self.is_first(now, source, &account) {
            Begun::First
        } else {
            let of_source = wait(self.sources.get(&source), now);
            let wait = of_source.max(wait(self.accounts.get(&account), now));
            if wait > Duration::ZERO {
                return Err(wait);
            }
            Begun::Another
        };
        count(&mut self.sources, source, now, LONGEST_FOR_SOURCE);
        count(&mut self.accounts, account, now, LONGEST_FOR_ACCOUNT);
        Ok(begun)
    }

    /// Takes a try out of the first ones of that source and that account, if both have any.
    fn is_first(&mut self, now: Instant, source: IpAddr, account: &str) -> bool {
        let of_source = FIRST_TRIES.left(&mut self.first_tries, source, now);
        if of_source.count == 0 {
            return false;
        }
        let account = account.to_owned();
        let at_account = FIRST_TRIES_AT_ACCOUNT.left(&mut self.first_tries_at, account, now);
        if at_account.count == 0 {
            return false;
        }
        of_source.count -= 1;
        at_account.count -= 1;
        true
    }

    /// The password was wrong: counted now where it was not before.
    fn wrong(&mut self, now: Instant, begun: Begun, from: IpAddr, login: &str) {
        if begun == Begun::Known {
            let place = (from, account(login));
            count(&mut self.known, place, now, LONGEST_FOR_ADDRESS);
        }
    }

    /// The password was right, and a person's own. What was wrong before at that address stays counted: it may have been for
    /// another account.
    fn welcome(&mut self, now: Instant, begun: Begun, from: IpAddr, login: &str) {
        self.pardon(begun, from, login);
        self.remember(now, from, account(login));
    }

    /// That place is known from now on, and nothing was wrong there.
    fn remember(&mut self, now: Instant, from: IpAddr, account: String) {
        let place = (from, account);
        let of_account = self.known.iter().filter(|((_, a), _)| *a == place.1);
        if !self.known.contains_key(&place)
            && of_account.clone().count() >= KNOWN_OF_ACCOUNT
            && let Some((oldest, _)) = of_account.min_by_key(|(_, tries)| tries.last)
        {
            let oldest = oldest.clone();
            self.known.remove(&oldest);
        }
        make_room(&mut self.known, &place, |tries| tries.last);
        self.known.insert(place, Tries::none(now));
    }

    /// The try that was `begun` is taken back: it was right, or could not be checked.
    fn pardon(&mut self, begun: Begun, from: IpAddr, login: &str) {
        if begun == Begun::Known {
            return;
        }
        let (source, account) = (networks::within_reach_of(from), account(login));
        let counted = [
            self.addresses.get_mut(&from),
            self.sources.get_mut(&source),
            self.accounts.get_mut(&account),
        ];
        for tries in counted.into_iter().flatten() {
            tries.wrong = tries.wrong.saturating_sub(1);
            tries.not_before = tries.last;
        }
        if begun == Begun::First {
            let of_source = self.first_tries.get_mut(&source);
            let at_account = self.first_tries_at.get_mut(&account);
            for left in of_source.into_iter().chain(at_account) {
                left.count += 1;
            }
        }
    }
}

impl Tries {
    fn none(now: Instant) -> Self {
        Self {
            wrong: 0,
            last: now,
            not_before: now,
        }
    }
}

fn wait(tries: Option<&Tries>, now: Instant) -> Duration {
    tries.map_or(Duration::ZERO, |tries| {
        tries.not_before.saturating_duration_since(now)
    })
}

/// The same account, however its login is written; of a bounded length.
fn account(login: &str) -> String {
    let name = login.split_once('@').map_or(login, |(name, _)| name);
    name.chars().take(64).collect::<String>().to_lowercase()
}

fn count<K: Hash + Eq>(tries: &mut HashMap<K, Tries>, key: K, now: Instant, longest: Duration) {
    make_room(tries, &key, |tries| tries.last);
    let entry = tries.entry(key).or_insert(Tries::none(now));
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

/// Forgets the half that was quiet longest, where there is no room for one more.
fn make_room<K: Hash + Eq, V>(all: &mut HashMap<K, V>, key: &K, last: impl Fn(&V) -> Instant) {
    if all.len() < REMEMBERED || all.contains_key(key) {
        return;
    }
    let mut ages: Vec<Instant> = all.values().map(&last).collect();
    let middle = ages.len() / 2;
    let (_, median, _) = ages.select_nth_unstable(middle);
    let median = *median;
    all.retain(|_, value| last(value) > median);
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
        ledger.begin(now, from, login).err().unwrap_or_default()
    }

    /// The address of that number in a /8.
    fn far(number: u32) -> IpAddr {
        IpAddr::from((0x0a00_0000 + number).to_be_bytes())
    }

    /// Guesses from so many places at an account that it has to wait, also for the first tries of others.
    fn shut(ledger: &mut Ledger, now: Instant, login: &str) {
        for n in 0..FIRST_TRIES_AT_ACCOUNT.most + FREE + 7 {
            let _ = ledger.begin(now, far(n), login);
        }
    }

    #[test]
    fn the_delay_grows_and_is_forgotten() {
        let (mut ledger, mut now) = (Ledger::default(), Instant::now());
        let mut delays = Vec::new();
        for _ in 0..9 {
            assert!(ledger.begin(now, ip(1), "anna").is_ok());
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
        let begun = ledger.begin(now, ip(1), "anna@toxmail.local").unwrap();
        ledger.welcome(now, begun, ip(1), "anna@toxmail.local");
        shut(&mut ledger, now, "Anna");
        let wait = wrong(&mut ledger, now, ip(99), "anna");
        assert!(wait > Duration::ZERO && wait <= LONGEST_FOR_ACCOUNT);
        assert_eq!(ledger.begin(now, ip(1), "anna"), Ok(Begun::Known));
        // Whoever sits there has to wait as well where they were wrong.
        for _ in 0..=FREE {
            ledger.wrong(now, Begun::Known, ip(1), "anna");
        }
        assert_eq!(wrong(&mut ledger, now, ip(1), "anna"), FIRST_DELAY);
    }

    /// Somebody guesses every 10 ms for ten minutes, from where `guesser` says; when the owner gets a look, who tries once a minute.
    fn owner_is_let_in(guesser: impl Fn(u32) -> IpAddr, owner: IpAddr) -> Option<u32> {
        let (mut ledger, start) = (Ledger::default(), Instant::now());
        (0..60_000).find(|&n| {
            let now = start + Duration::from_millis(10) * n;
            let _ = ledger.begin(now, guesser(n), "setup");
            // Beginning with the second minute.
            n % 6000 == 5999 && ledger.begin(now, owner, "setup").is_ok()
        })
    }

    #[test]
    fn nobody_keeps_the_owner_out_by_taking_each_try_from_new_addresses() {
        let of_one_device = |n: u32| {
            let [a, b] = [(n >> 16) as u16, n as u16];
            IpAddr::from([0xfe80, 0, 0, 0, 0x1234, 0x5678, a, b])
        };
        let of_a_network = |n: u32| ip(2 + (n % 253) as u8);
        let of_both = |n: u32| match n % 2 {
            0 => of_one_device(n),
            _ => of_a_network(n / 2),
        };
        let elsewhere = IpAddr::from([0xfd00, 0, 0, 1, 0, 0, 0, 7]);
        for guesser in [
            &of_one_device as &dyn Fn(u32) -> IpAddr,
            &of_a_network,
            &of_both,
        ] {
            for owner in [ip(1), elsewhere] {
                assert_eq!(owner_is_let_in(guesser, owner), Some(5999));
            }
        }
    }

    #[test]
    fn no_number_of_addresses_gives_more_guesses_than_were_counted_on() {
        let day = 24 * 3600;
        for guesser in [
            |n: u32| IpAddr::from([0xfe80, 0, 0, 0, 0, 0, (n >> 16) as u16, n as u16]),
            |n: u32| far(n),
            |n: u32| ip((n % 254) as u8),
        ] {
            let (mut ledger, start) = (Ledger::default(), Instant::now());
            let looks = |ledger: &mut Ledger, day_of: u32| {
                let tries = day_of * day..(day_of + 1) * day;
                let now = |n: u32| start + Duration::from_secs(u64::from(n));
                tries
                    .filter(|&n| ledger.begin(now(n), guesser(n), "setup").is_ok())
                    .count()
            };
            let (first, second) = (looks(&mut ledger, 0), looks(&mut ledger, 1));
            assert!(first <= 1024 + 2520 + 20, "{first}");
            assert!(second <= 2520 + 20, "{second}");
        }
    }

    #[test]
    fn a_device_with_many_addresses_is_slowed_and_keeps_no_known_place_of_its_network_waiting() {
        let (mut ledger, now) = (Ledger::default(), Instant::now());
        let at = |last: u16| IpAddr::from([0xfe80, 0, 0, 0, 0, 0, 0, last]);
        let begun = ledger.begin(now, at(1), "anna").unwrap();
        ledger.welcome(now, begun, at(1), "anna");
        let looks = (2..1000).filter(|&n| ledger.begin(now, at(n), &format!("x{n}")).is_ok());
        assert!(looks.count() <= FREE as usize + 1);
        let wait = wrong(&mut ledger, now, at(1000), "ben");
        assert!(wait > Duration::ZERO && wait <= LONGEST_FOR_SOURCE);
        assert_eq!(ledger.begin(now, at(1), "anna"), Ok(Begun::Known));
        // Its devices' passwords are looked at as well.
        assert_eq!(ledger.open(now, at(1001), "ben"), Ok(()));
    }

    #[test]
    fn a_right_password_and_an_unchecked_one_do_not_count_and_nothing_else_is_forgiven() {
        let (mut ledger, now) = (Ledger::default(), Instant::now());
        for _ in 0..20 {
            let begun = ledger.begin(now, ip(1), "anna").unwrap();
            assert_eq!(begun, Begun::First);
            ledger.pardon(begun, ip(1), "anna");
        }
        for n in 0..20 {
            let (login, from) = (format!("anna{n}"), ip(1));
            let begun = ledger.begin(now, from, &login).unwrap();
            assert_eq!(begun, Begun::First);
            ledger.welcome(now, begun, from, &login);
        }
        // Somebody who has a password of their own guesses at another's.
        let mut looked = 0;
        for n in 0..20 {
            looked += u32::from(ledger.begin(now, ip(2), "anna").is_ok());
            if let Ok(begun) = ledger.begin(now, ip(2), &format!("ben{n}")) {
                ledger.welcome(now, begun, ip(2), &format!("ben{n}"));
            }
        }
        assert!(looked <= FREE + 1, "{looked}");
    }

    #[test]
    fn guesses_at_many_accounts_stay_counted_though_one_knows_a_password_there() {
        let (mut ledger, mut now) = (Ledger::default(), Instant::now());
        let mut looked = 0;
        for n in 0..60 {
            // What the source has to wait is over.
            now += Duration::from_secs(61);
            looked += u32::from(ledger.begin(now, ip(3), &format!("anna{n}")).is_ok());
            if let Ok(begun) = ledger.begin(now, ip(3), "mallory") {
                ledger.welcome(now, begun, ip(3), "mallory");
            }
        }
        assert!(looked <= 20, "{looked}");
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let (mut ledger, mut now) = (Ledger::default(), Instant::now());
        for n in 0..20_000u32 {
            now += Duration::from_millis(1);
            let from = IpAddr::from(n.to_be_bytes());
            let _ = ledger.begin(now, from, &format!("nobody{n}"));
            ledger.remember(now, from, format!("x{n}"));
            let _ = ledger.begin(now, from, &format!("nobody{n}"));
        }
        assert!(ledger.addresses.len() <= REMEMBERED);
        assert!(ledger.sources.len() <= REMEMBERED);
        assert!(ledger.accounts.len() <= REMEMBERED);
        assert!(ledger.known.len() <= REMEMBERED);
        assert!(ledger.first_tries.len() <= REMEMBERED);
        assert!(ledger.first_tries_at.len() <= REMEMBERED);
        // Many places of one member make no other's forgotten.
        ledger.known.clear();
        ledger.remember(now, ip(1), "anna".into());
        for n in 0..20_000 {
            now += Duration::from_millis(1);
            ledger.remember(now, far(n), "ben".into());
        }
        assert_eq!(ledger.known.len(), KNOWN_OF_ACCOUNT + 1);
        assert!(ledger.known.contains_key(&(far(19_999), "ben".into())));
        assert_eq!(ledger.begin(now, ip(1), "anna"), Ok(Begun::Known));
    }

    /// A phone's password, a person's that is remembered, and checks that last as long as somebody keeps the gate shut.
    struct Gated {
        at_the_gate: mpsc::UnboundedSender<String>,
        gate: Mutex<std::sync::mpsc::Receiver<()>>,
    }

    /// With it what tells of each check that begins, and whose it is. The gate opens for each word, and for all when what comes last is
    /// dropped.
    fn gated() -> (
        Arc<Gated>,
        mpsc::UnboundedReceiver<String>,
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

        fn check(&self, login: &str, _: &str) -> Result<Option<MemberName>, String> {
            let _ = self.at_the_gate.send(login.to_owned());
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
        // One is at the gate, and the others wait for their turn: none gets through while it is shut.
        begun.recv().await.unwrap();
        for password in ["device", "remembered"] {
            let password = Password::new(password.into());
            let welcome = doorman.admit("test", ip(1), "anna", &password).await;
            assert_eq!(welcome, Admission::Welcome("anna".parse().unwrap()));
        }
        flood.abort_all();
        drop(shut);
    }

    #[tokio::test]
    async fn who_was_here_before_is_checked_next_whatever_waits() {
        let (keys, mut begun, shut) = gated();
        let doorman = Arc::new(Doorman::new(keys));
        let mut flood = tokio::task::JoinSet::new();
        let try_from = |flood: &mut tokio::task::JoinSet<_>, from: u8, login: String| {
            let doorman = doorman.clone();
            flood.spawn(async move {
                let password = Password::new("not remembered".into());
                doorman.admit("test", ip(from), &login, &password).await
            });
        };
        for n in 10..60 {
            try_from(&mut flood, n, format!("x{n}"));
        }
        begun.recv().await.unwrap();
        let waits = async |order: Order, count: usize| {
            while doorman.checks.waiting(order) < count {
                tokio::task::yield_now().await;
            }
        };
        waits(Order::Then, 49).await;
        doorman.know(ip(1), &"anna".parse().unwrap());
        try_from(&mut flood, 1, "anna".into());
        waits(Order::First, 1).await;
        // At a place that is not known: one place behind those of the others.
        try_from(&mut flood, 2, "anna".into());
        waits(Order::Then, 50).await;
        shut.send(()).unwrap();
        assert_eq!(begun.recv().await.unwrap(), "anna");
        flood.abort_all();
        drop(shut);
    }

    #[tokio::test]
    async fn a_turn_that_did_not_come_was_a_try_and_trouble_was_none() {
        let keys = |_: &str, _: &str| Err("no database".into());
        let doorman = Doorman {
            patience: Duration::ZERO,
            ..Doorman::new(Arc::new(keys))
        };
        let ask = async || {
            let password = Password::new("x".into());
            doorman.admit("test", ip(1), "anna", &password).await
        };
        let counted = || doorman.ledger().addresses[&ip(1)].wrong;
        assert_eq!(ask().await, Admission::Unavailable);
        assert_eq!(counted(), 0);
        let turn = doorman
            .checks
            .take(ip(9), Order::Then, Duration::ZERO)
            .await;
        assert_eq!(ask().await, Admission::Unavailable);
        assert_eq!(counted(), 1);
        drop(turn);
    }

    #[tokio::test]
    async fn a_phone_gets_its_mail_while_its_account_is_guessed_at() {
        let doorman = Doorman::new(open());
        shut(&mut doorman.ledger(), Instant::now(), "anna");
        let ask = async |password: &str| {
            let password = Password::new(password.into());
            doorman.admit("test", ip(1), "anna", &password).await
        };
        for guess in ["guess", "remembered"] {
            assert!(matches!(ask(guess).await, Admission::TryLater(_)));
        }
        for _ in 0..20 {
            assert_eq!(
                ask("device").await,
                Admission::Welcome("anna".parse().unwrap())
            );
        }
        // Its password makes no place from which its owner's can be guessed.
        assert!(matches!(ask("remembered").await, Admission::TryLater(_)));
        // Tries at devices are counted for the place they come from like all others.
        for _ in 0..8 {
            let _ = doorman.ledger().begin(Instant::now(), ip(2), "anna");
        }
        let open = doorman.ledger().open(Instant::now(), ip(2), "anna");
        assert!(open.is_err());
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
        shut(&mut doorman.ledger(), Instant::now(), "anna");
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
