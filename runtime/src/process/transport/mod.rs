//! How calls and answers cross between a pool and its workers: what host and worker need of it. The
//! one `cfg` that tells the ways apart will be here; so far there is one way, memory that both map.

pub(in crate::process) mod shm;

pub(in crate::process) use shm::*;
