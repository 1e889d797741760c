//! The process tasks of this program: what generated code says of each, and the table that the linker makes of
//! them. Both the program and its workers have it.

pub(crate) mod arguments;
pub(crate) mod erased;
pub(crate) mod hooks;
pub(crate) mod registry;
