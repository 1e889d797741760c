//! What all kinds of pools share: the queue, the caller's end of a call, and the end of a pool.

pub(crate) mod closing;
pub(crate) mod completion;
pub(crate) mod options;
pub(crate) mod queue;
pub(crate) mod rejected;
pub(crate) mod size;

pub use closing::Closing;
