//! How calls and answers cross between a pool and its workers.

pub(crate) mod shm;
