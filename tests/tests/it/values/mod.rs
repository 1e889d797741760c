//! Arguments and results.

mod beside;
mod borrowed;
mod errors;
mod payloads;
mod shared;
