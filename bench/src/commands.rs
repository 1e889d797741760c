//! The hidden commands with which this program starts itself as a child.

/// `measure LINE CONTENDER [--quick] [--pinned]`: prints the figures as JSON.
pub(crate) const MEASURE: &str = "measure";
/// Ends at once: shows what the start of a process costs.
pub(crate) const EXIT: &str = "exit";
/// `respond KIND ..`: answers the requests of a contender that has no workers.
pub(crate) const RESPOND: &str = "respond";
