//! What the C library does with memory that was let go: by default it keeps nearly all of it.
//!
//! Measured with two homes under light load: 31 MB resident with two heaps, 52 MB and more after ten minutes without a limit. With a
//! mailbox of 100,000 messages open (`BENCH_ONLY=imap make bench`): 28 MB where the rest is given back, 41 MB where it is kept.
//!
//! With another C library than glibc nothing happens here.

/// All threads of the process share two heaps, and a block of a quarter of a megabyte or more (the list of a big mailbox) goes back
/// to the kernel when it is let go. To be called before there are threads.
///
/// glibc gives nearly every thread a heap of its own, eight for each core, and gives none of them back: every burst of blocking work
/// leaves a megabyte or two more behind. Its own bound for big blocks grows with every one that it meets, to 32 MB.
pub fn share() {
    #[cfg(target_env = "gnu")]
    {
        // SAFETY: mallopt(3) takes two numbers and may be called at any time; where it refuses, nothing changes.
        unsafe {
            libc::mallopt(libc::M_ARENA_MAX, 2);
            libc::mallopt(libc::M_MMAP_THRESHOLD, 256 << 10);
        }
    }
}

/// Gives the pages back that hold nothing any more. After work that took much in small pieces: it looks at every page of the heaps.
pub fn give_back() {
    #[cfg(target_env = "gnu")]
    {
        // SAFETY: malloc_trim(3) takes a number, may be called at any time and by any thread, and moves nothing that is in use.
        unsafe { libc::malloc_trim(0) };
    }
}
