//! The process tasks of this program, which the linker puts together; both sides have the same table.

pub(crate) mod arguments;
pub(crate) mod hooks;
pub(crate) mod registry;
