//! A person's own password: argon2id, one at a time, with a short memory.
//!
//! Argon2id with 19 MiB and two passes (OWASP's first choice), kept as a PHC string. One hash runs at a time: two hundred
//! connections that guess must not take four gigabytes. Who is next is the doorman's to say, who brings one login at a time
//! ([`crate::net::login`]): nobody waits here but behind a password that is being set. A few may, whoever comes from elsewhere; who comes
//! after them is told to try again.
//!
//! A right password is remembered for an hour as a hash under a key that lives only as long as the process, bound to the
//! stored hash, so that a changed password is forgotten by itself. Wrong ones are not remembered: the doorman slows them
//! down.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use argon2::{Algorithm, Argon2, Block, Params, Version};
use data_encoding::BASE64_NOPAD;
use sha2::{Digest, Sha256};

use super::Error;

const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const SALT: usize = 16;
const HASH: usize = 32;
/// glibc gives an allocation of this size its own mapping, always, and takes it back when it is freed. Smaller ones it would
/// come to keep: 19 MiB resident for ever, after the first login. Only the pages that are used cost anything.
const ALLOCATION: usize = 33 << 20;
/// Longest password: nobody types more.
const MAX_PASSWORD: usize = 1024;
/// In characters (NIST SP 800-63B section 5.1.1.1): it will open the web page, too.
pub const SHORTEST_PASSWORD: usize = 8;
const REMEMBER: Duration = Duration::from_secs(3600);
const MAX_REMEMBERED: usize = 64;
/// How many may wait for the permit.
const MAX_WAITING: usize = 16;

pub(super) struct Vault {
    /// Keys the memory; never leaves the process.
    key: [u8; 32],
    /// A hash that no password has: what an unknown login is checked against.
    nobody: String,
    permit: Mutex<()>,
    waiting: AtomicUsize,
    remembered: Mutex<HashMap<[u8; 32], Instant>>,
}

impl Vault {
    pub(super) fn new() -> Result<Self, Error> {
        let (salt, hash) = (random::<SALT>()?, random::<HASH>()?);
        Ok(Self {
            key: random()?,
            nobody: phc(MEMORY_KIB, PASSES, &salt, &hash),
            permit: Mutex::default(),
            waiting: AtomicUsize::new(0),
            remembered: Mutex::default(),
        })
    }

    /// The PHC string of a new password.
    pub(super) fn hash(&self, password: &str) -> Result<String, Error> {
        if password.chars().count() < SHORTEST_PASSWORD {
            return Err(Error::Unusable(
                "a password has at least eight characters; a few words are easy to remember",
            ));
        }
        if password.len() > MAX_PASSWORD {
            return Err(Error::Unusable("the password is longer than 1024 bytes"));
        }
        if password.chars().any(char::is_control) {
            return Err(Error::Unusable(
                "the password has a control character in it",
            ));
        }
        let salt = random::<SALT>()?;
        let _permit = lock(&self.permit);
        let hash = argon2id(password, &salt, MEMORY_KIB, PASSES)?;
        Ok(phc(MEMORY_KIB, PASSES, &salt, &hash))
    }

    /// Whether `password` is the one of `stored`. With `None` the same work is done for nobody.
    pub(super) fn verify(
        &self,
        stored: Option<&str>,
        name: &str,
        password: &str,
    ) -> Result<bool, Error> {
        if password.len() > MAX_PASSWORD {
            return Ok(false);
        }
        let memo = self.memo(stored.unwrap_or(&self.nobody), name, password);
        if self.remembers(&memo) {
            return Ok(true);
        }
        let _place = Place::take(&self.waiting)?;
        let _permit = lock(&self.permit);
        // Somebody with the same password may have been served while we waited.
        if self.remembers(&memo) {
            return Ok(true);
        }
        let (memory, passes, salt, expected) = parse(stored.unwrap_or(&self.nobody))
            .ok_or(Error::Unusable("a stored password hash cannot be read"))?;
        let found = argon2id(password, &salt, memory, passes)?;
        let right = same(&found, &expected) && stored.is_some();
        if right {
            self.remember(memo);
        }
        Ok(right)
    }

    /// Whether this password was found right a while ago. Costs nothing.
    pub(super) fn has_seen(&self, stored: &str, name: &str, password: &str) -> bool {
        password.len() <= MAX_PASSWORD && self.remembers(&self.memo(stored, name, password))
    }

    fn memo(&self, stored: &str, name: &str, password: &str) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(self.key);
        for part in [stored, name, password] {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        hash.finalize().into()
    }

    fn remembers(&self, memo: &[u8; 32]) -> bool {
        lock(&self.remembered)
            .get(memo)
            .is_some_and(|since| since.elapsed() < REMEMBER)
    }

    fn remember(&self, memo: [u8; 32]) {
        let mut remembered = lock(&self.remembered);
        remembered.retain(|_, since| since.elapsed() < REMEMBER);
        if remembered.len() >= MAX_REMEMBERED {
            let oldest = remembered.iter().min_by_key(|(_, since)| **since);
            if let Some(oldest) = oldest.map(|(memo, _)| *memo) {
                remembered.remove(&oldest);
            }
        }
        remembered.insert(memo, Instant::now());
    }
}

/// A place in the queue for the permit, given back when it is dropped.
struct Place<'a>(&'a AtomicUsize);

impl<'a> Place<'a> {
    fn take(waiting: &'a AtomicUsize) -> Result<Self, Error> {
        let place = Self(waiting);
        if waiting.fetch_add(1, Ordering::SeqCst) >= MAX_WAITING {
            return Err(Error::Busy);
        }
        Ok(place)
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

fn argon2id(
    password: &str,
    salt: &[u8],
    memory_kib: u32,
    passes: u32,
) -> Result<[u8; HASH], Error> {
    let params = Params::new(memory_kib, passes, 1, Some(HASH))
        .map_err(|_| Error::Unusable("a stored password hash cannot be read"))?;
    let blocks = params.block_count();
    let mut memory: Vec<Block> = Vec::new();
    memory
        .try_reserve_exact(blocks.max(ALLOCATION / Block::SIZE))
        .map_err(|_| Error::System("memory"))?;
    memory.resize(blocks, Block::new());
    let mut hash = [0; HASH];
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into_with_memory(password.as_bytes(), salt, &mut hash, &mut memory[..])
        .map_err(|_| Error::Unusable("a stored password hash cannot be read"))?;
    Ok(hash)
}

fn phc(memory_kib: u32, passes: u32, salt: &[u8], hash: &[u8]) -> String {
    format!(
        "$argon2id$v=19$m={memory_kib},t={passes},p=1${}${}",
        BASE64_NOPAD.encode(salt),
        BASE64_NOPAD.encode(hash)
    )
}

fn parse(phc: &str) -> Option<(u32, u32, Vec<u8>, Vec<u8>)> {
    let mut parts = phc.strip_prefix("$argon2id$v=19$m=")?.split('$');
    let (memory, passes) = parts.next()?.split_once(",t=")?;
    let passes = passes.strip_suffix(",p=1")?;
    let salt = BASE64_NOPAD.decode(parts.next()?.as_bytes()).ok()?;
    let hash = BASE64_NOPAD.decode(parts.next()?.as_bytes()).ok()?;
    let memory: u32 = memory.parse().ok()?;
    // A row changed by hand must not ask for all memory of the box.
    (memory <= 256 * 1024 && hash.len() == HASH && parts.next().is_none()).then_some((
        memory,
        passes.parse().ok()?,
        salt,
        hash,
    ))
}

/// Takes the same time wherever the difference is.
fn same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |d, (x, y)| d | (x ^ y)) == 0
}

fn random<const N: usize>() -> Result<[u8; N], Error> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| Error::System("randomness"))?;
    Ok(bytes)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use super::*;

    #[test]
    fn a_phc_string_is_what_others_write() {
        // From the tests of the reference implementation (argon2/src/test.c).
        let known = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
        let (memory, passes, salt, hash) = parse(known).unwrap();
        assert_eq!(phc(memory, passes, &salt, &hash), known);
        assert_eq!(
            argon2id("password", &salt, memory, passes).unwrap()[..],
            hash[..]
        );
        for wrong in [
            "",
            "$argon2i$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$AAAA",
            "$argon2id$v=19$m=999999999,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
        ] {
            assert!(parse(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn a_right_password_is_remembered_and_a_changed_one_forgotten() {
        let vault = Vault::new().unwrap();
        let stored = vault.hash("correct horse").unwrap();
        let took = |stored: &str, password: &str| {
            let start = Instant::now();
            let right = vault.verify(Some(stored), "anna", password).unwrap();
            (right, start.elapsed())
        };
        let (right, first) = took(&stored, "correct horse");
        assert!(right);
        let again = (0..5).map(|_| took(&stored, "correct horse"));
        let again = again.map(|(right, time)| (!right, time)).min().unwrap();
        assert!(!again.0 && again.1 < first / 4, "{first:?} {again:?}");
        assert!(!took(&stored, "wrong horse").0);
        let (right, changed) = took(&vault.hash("battery staple").unwrap(), "correct horse");
        assert!(!right && changed > again.1);
        assert!(!vault.verify(None, "ben", "anything").unwrap());
        for unusable in ["", "seven77", "ümläüté", &"x".repeat(2000)] {
            assert!(vault.hash(unusable).is_err(), "{unusable}");
        }
    }

    #[test]
    fn the_memory_and_the_queue_are_bounded() {
        let vault = Vault::new().unwrap();
        for n in 0..200u8 {
            vault.remember([n; 32]);
        }
        assert_eq!(lock(&vault.remembered).len(), MAX_REMEMBERED);
        assert!(vault.remembers(&[199; 32]) && !vault.remembers(&[0; 32]));
        let places: Vec<_> = (0..MAX_WAITING)
            .map(|_| Place::take(&vault.waiting).unwrap())
            .collect();
        assert!(matches!(vault.verify(None, "anna", "x"), Err(Error::Busy)));
        drop(places);
        assert_eq!(vault.waiting.load(Ordering::SeqCst), 0);
    }
}
