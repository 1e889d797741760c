//! Systems without process pools: what thread pools need.

pub(crate) mod fork;
