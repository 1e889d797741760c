//! The tasks of this program that can run in worker processes. The program and its workers both
//! have this table.
//!
//! - [`registry`]: the table of all tasks, which the linker puts together, and the look-up in it.
//! - [`erased`]: one task, with its types and without them.
//! - [`arguments`]: how the arguments of a call are encoded, decoded and lent to the function.
//! - [`hooks`]: the functions that run when a worker starts.

pub(crate) mod arguments;
pub(crate) mod erased;
pub(crate) mod hooks;
pub(crate) mod registry;
