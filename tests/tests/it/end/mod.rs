//! The end of a pool and of the program.

mod close;
mod program;
mod shutdown;
