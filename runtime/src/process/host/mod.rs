//! The program's side of a process pool. Its states, its locks and who wakes whom are in
//! `README.md`.

pub(crate) mod codec;
pub(crate) mod exit_hook;
pub(crate) mod listener;
pub(crate) mod message;
pub(crate) mod offload;
pub(crate) mod poison;
pub(crate) mod post_mortem;
pub(crate) mod reactor;
pub(crate) mod scheduler;
pub(crate) mod spawner;
pub(crate) mod stderr;
pub(crate) mod worker;
