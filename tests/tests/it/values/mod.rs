//! Values.

mod borrowed;
mod encoding;
mod errors;
mod large;
mod payloads;
mod shared;
