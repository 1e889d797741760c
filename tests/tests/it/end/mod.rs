//! The end.

mod close;
mod program;
mod shutdown;
