//! What every room may use: deadlines, locks, panics.

pub(crate) mod timer;
