//! The names of the hidden commands, which this program gives to itself.

/// `measure LINE CONTENDER [--quick] [--pinned]`: prints the figures as JSON.
pub(crate) const MEASURE: &str = "measure";
/// Does nothing and ends: what the start of a process costs.
pub(crate) const NOTHING: &str = "nothing";
/// `peer KIND ..`: the other side of a contender that has no workers of its own.
pub(crate) const PEER: &str = "peer";
