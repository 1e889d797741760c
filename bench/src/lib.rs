//! What the programs of the bench have in common: the sections of `bench/README.md` that they
//! write, and the crates that they generate and compile.

pub mod generated;
pub mod readme;
