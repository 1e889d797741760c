//! Arguments and results.

mod beside;
mod borrowed;
mod encoding;
mod errors;
mod payloads;
mod shared;
