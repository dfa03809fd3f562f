//! libsodium locks two temporary keys into memory for every packet, and unlocks them again. Where that is allowed it costs
//! more than the encryption: about 5 µs each time, against 0.4 µs where the kernel says no at once.
//!
//! The locks keep keys out of swap space. Here they protect nothing: the identity lies in `tox.save` on the same disk, and a
//! temporary key opens nothing without it.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use rustix::thread::{CapabilitySet, capabilities, set_capabilities};

/// This process does without locked memory from now on. To be called before any thread is started: the privilege (which
/// only root has) is a thread's, and is inherited by the threads that it starts.
///
/// Where it fails, everything works as before and costs more.
pub fn forgo_locked_memory() {
    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    let _ = setrlimit(Resource::Memlock, none);
    if let Ok(mut sets) = capabilities(None) {
        for set in [
            &mut sets.effective,
            &mut sets.permitted,
            &mut sets.inheritable,
        ] {
            set.remove(CapabilitySet::IPC_LOCK);
        }
        let _ = set_capabilities(None, sets);
    }
}

/// Whether the kernel would let this thread lock memory.
pub fn may_lock_memory() -> bool {
    let privileged =
        capabilities(None).is_ok_and(|sets| sets.effective.contains(CapabilitySet::IPC_LOCK));
    privileged || getrlimit(Resource::Memlock).current != Some(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_thread_that_is_started_later_may_lock_memory() {
        // On a thread of its own: the privilege is not given back, and other tests may share this process.
        let outcome = std::thread::spawn(|| {
            forgo_locked_memory();
            let inherited = std::thread::spawn(may_lock_memory).join();
            (may_lock_memory(), inherited.is_ok_and(|may| may))
        });
        assert!(matches!(outcome.join(), Ok((false, false))));
    }
}
