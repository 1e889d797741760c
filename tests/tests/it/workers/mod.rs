//! Workers come and go.

mod environment;
mod growth;
pub(crate) mod hooks;
mod life;
mod pools;
mod start;
