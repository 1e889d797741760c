//! The end of a pool and of the program.

mod program;
mod shutdown;
