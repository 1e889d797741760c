//! What all kinds of pools share.

pub(crate) mod closing;
pub(crate) mod queue;

pub use closing::Closing;
