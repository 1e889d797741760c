//! Workers come and go.

mod edges;
mod growth;
mod hooks;
mod life;
mod pools;
