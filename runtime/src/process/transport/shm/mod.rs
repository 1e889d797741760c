//! Through memory that both sides map.

pub(crate) mod doorbell;
pub(crate) mod fd_passing;
pub(crate) mod memory;
pub(crate) mod region;
pub(crate) mod ring;
pub(crate) mod slot_state;
