//! How a worker asks the system for memory. The `unsafe` of telling the C library is here.
//!
//! A worker does the same again and again: it takes memory for a call, perhaps much, and gives all
//! of it back. Left to itself, glibc takes it in small steps and returns it at once, which for what
//! is made of many small pieces, such as a decoded document, takes half as much processor time
//! again. A program with its own allocator does not notice any of this.

#![allow(unsafe_code, reason = "the allocator of the C library is told")]

/// The most that glibc takes and keeps in one go; with less the steps begin again.
#[cfg(target_env = "gnu")]
const STEP: libc::c_int = 64 << 20;

/// Lets the allocator take memory in large steps and keep some of it from one call to the next.
///
/// Not where memory is limited, since what was taken in advance counts; nor where the environment
/// has something to say about it.
#[cfg(target_env = "gnu")]
pub(crate) fn take_large_steps(is_limited: bool) {
    let is_set = |name| std::env::var_os(name).is_some();
    let has_own_mind = is_set("GLIBC_TUNABLES")
        || is_set("MALLOC_TOP_PAD_")
        || is_set("MALLOC_TRIM_THRESHOLD_")
        || is_set("MALLOC_MMAP_THRESHOLD_");
    if is_limited || has_own_mind {
        return;
    }
    // The last two are what glibc would come to by itself, but for being told the first.
    let settings = [
        (libc::M_TOP_PAD, STEP),
        (libc::M_MMAP_THRESHOLD, STEP / 2),
        (libc::M_TRIM_THRESHOLD, STEP),
    ];
    for (setting, value) in settings {
        // A setting that is not taken leaves things as they are.
        // SAFETY: these take a number, and are set before this process has another thread.
        let _ = unsafe { libc::mallopt(setting, value) };
    }
}

/// Other C libraries have no such settings.
#[cfg(not(target_env = "gnu"))]
pub(crate) fn take_large_steps(_is_limited: bool) {}
