//! Tells a process that was made by `fork` from the one that it was forked from, by the process id.

/// A number that another process, forked from this one, does not share.
pub(crate) fn generation() -> u32 {
    std::process::id()
}
