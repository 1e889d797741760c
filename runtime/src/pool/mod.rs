//! What thread pools and process pools share. In the order of a call:
//!
//! - [`size`]: how many workers a default pool has.
//! - [`options`]: the options of a call.
//! - [`queue`]: the calls that wait for a worker; [`rejected`]: why a pool did not take a call.
//! - [`completion`]: the caller's end of a call: its outcome, its waker and its deadlines.
//! - [`closing`]: waiting for the end of a pool.

pub(crate) mod closing;
pub(crate) mod completion;
pub(crate) mod options;
pub(crate) mod queue;
pub(crate) mod rejected;
pub(crate) mod size;

pub use closing::Closing;
