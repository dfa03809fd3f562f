//! Time that does not lie. A Pi has no clock of its own: it starts somewhere in the past, and jumps when the network comes.
//!
//! All waiting is measured with `CLOCK_BOOTTIME`, which only ever runs forward. A [`Stamp`] says when something happened: in
//! which boot of the machine, and how far into it. The age of a stamp of this boot never asks the wall clock. For a stamp
//! of an earlier boot somebody has to say how long the box was off, and only a wall clock that was *trusted in both boots*
//! may: the kernel calls it synchronised (NTP), it is later than this program, and it has not jumped for ten minutes.
//! What is kept of each boot is the last trusted difference between wall and boot time, so a clock that is set late
//! corrects the stamps taken before.
//!
//! Without such a clock an age is what is certain: the time the box was running. So mail is never expired nor called late
//! too early, whatever the wall clock says; on a box that never hears NTP and is often switched off it happens too late.
//!
//! Known limits: how long the box ran in an earlier boot is known to the hour, and to the half of it for a shorter one (small writes after
//! five minutes, ten, twenty, and so on, at last one an hour); an NTP server that lies is believed.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rusqlite::OptionalExtension;

use crate::database::{Database, Error};

/// 2026-01-01: no trusted clock is earlier than this program.
const FLOOR_MS: i64 = 1_767_225_600_000;
/// A change of the wall clock beyond this is a jump; NTP slews less.
const JUMP_MS: i64 = 60_000;
/// How long a clock that has jumped is not trusted.
const SETTLE_MS: i64 = 10 * 60_000;
/// How soon the running time of this boot is written down; then whenever it has doubled, and at last so often.
const ALIVE_FIRST_MS: i64 = 5 * 60_000;
const ALIVE_EVERY_MS: i64 = 3_600_000;
/// A trusted offset is written again when it moved by more than this.
const OFFSET_MOVED_MS: i64 = 2_000;

/// A moment: which boot of the machine, and how far into it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// Row in `boots`.
    pub boot: i64,
    /// `CLOCK_BOOTTIME` in milliseconds.
    pub ms: i64,
    /// Seconds since 1970 as the wall clock said then: for people, never for waiting.
    pub wall: i64,
}

/// Seconds since 1970 by the wall clock, for columns that people read; never for waiting (that is [`Clock`]'s).
pub fn wall_seconds() -> i64 {
    std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |d| i64::try_from(d.as_secs()).unwrap_or(i64::MAX))
}

/// The home's clock; a cheap handle to clone.
#[derive(Clone, Debug)]
pub struct Clock {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    source: Source,
    state: Mutex<State>,
}

#[derive(Debug)]
enum Source {
    Machine,
    #[cfg(test)]
    Fake(FakeTime),
}

#[derive(Debug)]
struct State {
    /// All boots up to this one, oldest first; the last is the current one.
    boots: Vec<Boot>,
    /// Wall minus boot time at the last look.
    seen_offset: i64,
    jumped_at: Option<i64>,
    saved_alive: i64,
    saved_offset: Option<i64>,
}

#[derive(Clone, Copy, Debug)]
struct Boot {
    id: i64,
    alive_ms: i64,
    offset_ms: Option<i64>,
}

/// One look at the machine's clocks.
#[derive(Clone, Copy, Debug)]
struct Look {
    ms: i64,
    wall_ms: i64,
    synchronised: bool,
}

impl Clock {
    /// Notes this boot of the machine in the database, if it is a new one.
    ///
    /// # Errors
    /// Those of the database.
    pub fn open(database: &Database) -> Result<Self, Error> {
        Self::start(database, Source::Machine, machine_boot())
    }

    /// A clock that a test moves.
    ///
    /// # Errors
    /// Those of the database.
    #[cfg(test)]
    pub fn fake(database: &Database, time: &FakeTime) -> Result<Self, Error> {
        let boot = format!("fake-{}", time.lock().boot);
        Self::start(database, Source::Fake(time.clone()), boot)
    }

    fn start(database: &Database, source: Source, boot: String) -> Result<Self, Error> {
        let look = source.look();
        let boots = database.write(move |c| -> Result<_, Error> {
            let known: Option<i64> = c
                .query_row("SELECT id FROM boots WHERE boot = ?1", [&boot], |r| {
                    r.get(0)
                })
                .optional()?;
            if known.is_none() {
                c.execute(
                    "INSERT INTO boots (boot, alive_ms) VALUES (?1, ?2)",
                    (&boot, look.ms),
                )?;
            }
            let boots = c
                .prepare("SELECT id, alive_ms, offset_ms FROM boots ORDER BY id")?
                .query_map([], |row| {
                    Ok(Boot {
                        id: row.get(0)?,
                        alive_ms: row.get(1)?,
                        offset_ms: row.get(2)?,
                    })
                })?
                .collect::<Result<Vec<_>, _>>()?;
            // The current boot has the highest number, unless a backup of a machine that still runs was restored.
            let current = known.unwrap_or_else(|| c.last_insert_rowid());
            Ok(boots.into_iter().filter(|b| b.id <= current).collect())
        })?;
        let boots: Vec<Boot> = boots;
        let saved = boots.last().copied().unwrap_or(Boot {
            id: 0,
            alive_ms: 0,
            offset_ms: None,
        });
        Ok(Self {
            inner: Arc::new(Inner {
                source,
                state: Mutex::new(State {
                    boots,
                    seen_offset: look.wall_ms - look.ms,
                    jumped_at: None,
                    saved_alive: saved.alive_ms,
                    saved_offset: saved.offset_ms,
                }),
            }),
        })
    }

    /// The stamp of this moment.
    pub fn now(&self) -> Stamp {
        let (state, look, _) = self.look();
        Stamp {
            boot: state.current().id,
            ms: look.ms,
            wall: look.wall_ms.div_euclid(1000),
        }
    }

    /// Time since the machine started, including sleep; only ever runs forward.
    pub fn monotonic(&self) -> Duration {
        millis(self.inner.source.look().ms)
    }

    /// Whether the wall clock may say how long the box was off.
    pub fn trusted(&self) -> bool {
        self.look().2
    }

    /// How long ago `stamp` was at least, and exactly so within a boot or between trusted clocks.
    pub fn age(&self, stamp: Stamp) -> Duration {
        let (state, _, _) = self.look();
        let start = state.ages().find(|(boot, _)| *boot == stamp.boot);
        millis(start.map_or(0, |(_, age)| age.saturating_sub(stamp.ms)))
    }

    /// For every boot its latest moment that is at least `age` ago: `arrived_ms <= edge` in a query.
    pub fn edges(&self, age: Duration) -> Vec<(i64, i64)> {
        let (state, _, _) = self.look();
        let age = i64::try_from(age.as_millis()).unwrap_or(i64::MAX);
        state
            .ages()
            .map(|(boot, start)| (boot, start.saturating_sub(age)))
            .collect()
    }

    /// What the wall clock should have said at `stamp`, in seconds since 1970: corrected when the clock was set later.
    pub fn wall_of(&self, stamp: Stamp) -> i64 {
        let (state, _, _) = self.look();
        let boot = state.boots.iter().rfind(|b| b.id == stamp.boot);
        match boot.and_then(|b| b.offset_ms) {
            Some(offset) => (stamp.ms + offset).div_euclid(1000),
            None => stamp.wall,
        }
    }

    /// Writes down what the next boot must know, when it changed: the trusted offset, and now and then how long this boot lasted.
    ///
    /// # Errors
    /// Those of the database; nothing is lost but precision.
    pub fn tick(&self, database: &Database) -> Result<(), Error> {
        let (mut state, look, _) = self.look();
        let boot = state.current();
        let moved = match (boot.offset_ms, state.saved_offset) {
            (Some(now), Some(saved)) => (now - saved).abs() > OFFSET_MOVED_MS,
            (now, saved) => now != saved,
        };
        let every = state.saved_alive.clamp(ALIVE_FIRST_MS, ALIVE_EVERY_MS);
        if !moved && look.ms - state.saved_alive < every {
            return Ok(());
        }
        state.saved_alive = look.ms;
        state.saved_offset = boot.offset_ms;
        drop(state);
        database.write(move |c| {
            c.execute(
                "UPDATE boots SET alive_ms = max(alive_ms, ?2), offset_ms = ?3 WHERE id = ?1",
                (boot.id, look.ms, boot.offset_ms),
            )?;
            Ok(())
        })
    }

    fn look(&self) -> (MutexGuard<'_, State>, Look, bool) {
        let mut state = self
            .inner
            .state
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        // Looked at under the lock, so that the looks are in order.
        let look = self.inner.source.look();
        let trusted = state.observe(look);
        (state, look, trusted)
    }
}

impl State {
    fn current(&self) -> Boot {
        self.boots.last().copied().unwrap_or(Boot {
            id: 0,
            alive_ms: 0,
            offset_ms: None,
        })
    }

    fn observe(&mut self, look: Look) -> bool {
        let offset = look.wall_ms - look.ms;
        if (offset - self.seen_offset).abs() > JUMP_MS {
            self.jumped_at = Some(look.ms);
        }
        self.seen_offset = offset;
        let settled = self.jumped_at.is_none_or(|at| look.ms - at > SETTLE_MS);
        let trusted = look.synchronised && look.wall_ms > FLOOR_MS && settled;
        if let Some(boot) = self.boots.last_mut() {
            boot.alive_ms = boot.alive_ms.max(look.ms);
            if trusted {
                boot.offset_ms = Some(offset);
            }
        }
        trusted
    }

    /// For each boot, newest first: how long ago it started (at least).
    ///
    /// From a boot's start to now time passed as: running until the first boot that knew the time; from there to the last
    /// that knew it by the wall clock, which counts the time the box was off; running since. Never less than the running
    /// time in all.
    fn ages(&self) -> impl Iterator<Item = (i64, i64)> {
        let mut ran = 0; // in this boot and all later ones
        let mut last: Option<(i64, i64)> = None; // (wall at the end of the last boot that knew it, running time since)
        let mut first: Option<(i64, i64)> = None; // (offset of the first boot that knew it, `ran` from its start)
        self.boots.iter().rev().map(move |boot| {
            if let Some(offset) = boot.offset_ms {
                last.get_or_insert((boot.alive_ms + offset, ran));
                first = Some((offset, ran + boot.alive_ms));
            }
            ran += boot.alive_ms;
            let by_wall = match (first, last) {
                (Some((offset, from)), Some((end, since))) => (ran - from) + (end - offset) + since,
                _ => 0,
            };
            (boot.id, ran.max(by_wall))
        })
    }
}

fn millis(ms: i64) -> Duration {
    Duration::from_millis(u64::try_from(ms).unwrap_or(0))
}

impl Source {
    fn look(&self) -> Look {
        match self {
            Source::Machine => {
                let ms = |id| {
                    let t = rustix::time::clock_gettime(id);
                    t.tv_sec * 1000 + t.tv_nsec / 1_000_000
                };
                Look {
                    ms: ms(rustix::time::ClockId::Boottime),
                    wall_ms: ms(rustix::time::ClockId::Realtime),
                    synchronised: kernel_is_synchronised(),
                }
            }
            #[cfg(test)]
            Source::Fake(time) => {
                let fake = time.lock();
                Look {
                    ms: fake.ms,
                    wall_ms: fake.wall_ms,
                    synchronised: fake.synchronised,
                }
            }
        }
    }
}

fn machine_boot() -> String {
    match std::fs::read_to_string("/proc/sys/kernel/random/boot_id") {
        Ok(id) => id.trim().to_owned(),
        // Without /proc every start counts as a boot: ages are too short then, never too long.
        Err(_) => format!("unknown-{:x}", getrandom::u64().unwrap_or_default()),
    }
}

/// What NTP programs tell the kernel (`STA_UNSYNC`); setting the clock by hand takes it back.
fn kernel_is_synchronised() -> bool {
    let mut facts = std::mem::MaybeUninit::<libc::timex>::zeroed();
    // SAFETY: adjtimex(2) with `modes` = 0 only reads; all-zero is a valid `timex`, and the pointer is to a live one.
    let state = unsafe { libc::adjtimex(facts.as_mut_ptr()) };
    (0..5).contains(&state) // 5 is TIME_ERROR: the clock is not synchronised; -1: the kernel would not say
}

/// Time that a test moves: boot time, wall clock and the kernel's word on it.
#[cfg(test)]
#[derive(Clone, Debug)]
pub struct FakeTime {
    inner: Arc<Mutex<Fake>>,
}

#[cfg(test)]
#[derive(Debug)]
struct Fake {
    boot: u32,
    ms: i64,
    wall_ms: i64,
    synchronised: bool,
}

/// Whether NTP has been heard, in a [`FakeTime`].
#[cfg(test)]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ntp {
    /// The kernel calls the clock synchronised.
    Heard,
    /// It does not.
    Silent,
}

#[cfg(test)]
impl Default for FakeTime {
    fn default() -> Self {
        Self {
            inner: Arc::new(Mutex::new(Fake {
                boot: 1,
                ms: 60_000,
                wall_ms: FLOOR_MS + 300 * 86_400_000,
                synchronised: true,
            })),
        }
    }
}

#[cfg(test)]
impl FakeTime {
    /// Time passes.
    pub fn advance(&self, by: Duration) {
        let mut fake = self.lock();
        let by = i64::try_from(by.as_millis()).unwrap_or(0);
        fake.ms += by;
        fake.wall_ms += by;
    }

    /// The wall clock jumps by `seconds`, and no time passes.
    pub fn jump(&self, seconds: i64) {
        self.lock().wall_ms += seconds * 1000;
    }

    /// What the kernel says of the wall clock from now on.
    pub fn ntp(&self, ntp: Ntp) {
        self.lock().synchronised = ntp == Ntp::Heard;
    }

    /// The machine starts again, its wall clock `seconds` after what it said last. Open the clock again after it.
    pub fn reboot(&self, seconds: i64, ntp: Ntp) {
        let mut fake = self.lock();
        fake.boot += 1;
        fake.ms = 5_000;
        fake.wall_ms += seconds * 1000;
        fake.synchronised = ntp == Ntp::Heard;
    }

    fn lock(&self) -> MutexGuard<'_, Fake> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use super::*;

    const DAY: i64 = 86_400;
    const HOUR: Duration = Duration::from_secs(3600);

    struct Home {
        _dir: tempfile::TempDir,
        database: Database,
        time: FakeTime,
        clock: Clock,
    }

    fn home() -> Home {
        let dir = tempfile::tempdir().unwrap();
        let database = Database::open(&dir.path().join("db")).unwrap();
        let time = FakeTime::default();
        let clock = Clock::fake(&database, &time).unwrap();
        Home {
            _dir: dir,
            database,
            time,
            clock,
        }
    }

    impl Home {
        fn reboot(&mut self, seconds: i64, ntp: Ntp) {
            self.clock.tick(&self.database).unwrap();
            self.time.reboot(seconds, ntp);
            self.clock = Clock::fake(&self.database, &self.time).unwrap();
        }
    }

    #[test]
    fn within_a_boot_the_wall_clock_has_no_say() {
        let home = home();
        let stamp = home.clock.now();
        home.time.jump(60 * DAY);
        assert_eq!(home.clock.age(stamp), Duration::ZERO);
        home.time.advance(HOUR);
        home.time.jump(-200 * DAY);
        assert_eq!(home.clock.age(stamp), HOUR);
    }

    #[test]
    fn trusted_clocks_count_the_time_the_box_was_off() {
        let mut home = home();
        let stamp = home.clock.now();
        home.time.advance(HOUR);
        home.reboot(3 * DAY, Ntp::Heard);
        let age = home.clock.age(stamp).as_secs();
        assert_eq!(age, 3 * DAY as u64 + 3600);
    }

    #[test]
    fn a_clock_that_was_not_set_counts_running_time_only() {
        let mut home = home();
        let stamp = home.clock.now();
        home.time.advance(HOUR);
        home.reboot(60 * DAY, Ntp::Silent);
        assert!(!home.clock.trusted());
        home.time.advance(HOUR);
        assert_eq!(home.clock.age(stamp), 2 * HOUR + Duration::from_secs(5));
    }

    #[test]
    fn a_box_that_is_on_for_minutes_grows_older_too() {
        let mut home = home();
        let stamp = home.clock.now();
        for _ in 0..20 {
            for _ in 0..10 {
                home.time.advance(HOUR / 30);
                home.clock.tick(&home.database).unwrap();
            }
            home.reboot(DAY, Ntp::Silent);
        }
        // Half of each twenty minutes at least, and never more than it ran.
        let age = home.clock.age(stamp);
        assert!(age >= HOUR * 20 / 6, "{age:?}");
        assert!(age <= HOUR * 20 / 3 + HOUR / 20, "{age:?}");
    }

    #[test]
    fn a_clock_set_late_corrects_the_stamps_before() {
        let mut home = home();
        home.reboot(-50 * 365 * DAY, Ntp::Silent); // 1970-something
        let stamp = home.clock.now();
        home.time.advance(HOUR);
        home.time.jump(50 * 365 * DAY);
        home.time.ntp(Ntp::Heard);
        assert!(!home.clock.trusted(), "it has just jumped");
        home.time.advance(HOUR);
        assert!(home.clock.trusted());
        let wall = home.clock.wall_of(stamp);
        assert_eq!(home.clock.now().wall - wall, 7200);
        home.reboot(DAY, Ntp::Heard);
        assert_eq!(home.clock.age(stamp).as_secs(), 7200 + DAY as u64);
    }

    #[test]
    fn a_stamp_of_a_boot_that_never_knew_the_time_is_not_aged_by_a_later_one() {
        let mut home = home();
        home.reboot(-50 * 365 * DAY, Ntp::Silent);
        let stamp = home.clock.now();
        home.time.advance(HOUR);
        home.reboot(50 * 365 * DAY, Ntp::Heard);
        home.time.advance(HOUR);
        assert_eq!(home.clock.age(stamp), 2 * HOUR + Duration::from_secs(5));
        home.reboot(DAY, Ntp::Heard); // between two that knew it the wall clock counts
        home.time.advance(HOUR);
        home.reboot(0, Ntp::Silent);
        let age = home.clock.age(stamp).as_secs();
        assert_eq!(age, 3 * 3600 + DAY as u64 + 10);
    }

    #[test]
    fn edges_agree_with_ages() {
        let mut home = home();
        let mut stamps = vec![home.clock.now()];
        for (off, ntp) in [(DAY, Ntp::Heard), (9, Ntp::Silent), (DAY, Ntp::Heard)] {
            home.time.advance(HOUR);
            stamps.push(home.clock.now());
            home.reboot(off, ntp);
            stamps.push(home.clock.now());
        }
        for age in [0, 3000, 3600, 7200, 86_400, 90_000, 200_000] {
            let age = Duration::from_secs(age);
            let edges = home.clock.edges(age);
            for stamp in &stamps {
                let (_, edge) = edges.iter().find(|(b, _)| *b == stamp.boot).unwrap();
                assert_eq!(
                    stamp.ms <= *edge,
                    home.clock.age(*stamp) >= age,
                    "{stamp:?}"
                );
            }
        }
    }

    #[test]
    fn the_machine_has_a_clock() {
        let dir = tempfile::tempdir().unwrap();
        let database = Database::open(&dir.path().join("db")).unwrap();
        let clock = Clock::open(&database).unwrap();
        let stamp = clock.now();
        assert!(stamp.wall > 1_600_000_000 && stamp.ms > 0);
        let again = Clock::open(&database).unwrap();
        assert_eq!(again.now().boot, stamp.boot);
        assert!(again.age(stamp) < HOUR);
    }
}
