//! Tells a process that was made by `fork` from the process that it was forked from, by the process
//! id.

/// Returns a number that is different in a process that is forked from this one.
pub(crate) fn generation() -> u32 {
    std::process::id()
}
