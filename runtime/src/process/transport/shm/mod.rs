//! Through memory that both sides map.

pub(in crate::process) mod doorbell;
mod event_count;
mod event_ring;
pub(in crate::process) mod fd_passing;
mod layout;
mod lease;
pub(in crate::process) mod memory;
pub(in crate::process) mod region;
mod ring;
mod slot_state;

pub(in crate::process) use event_ring::Overfull;
pub(in crate::process) use layout::{DOORBELLS, INLINE, SLOTS};
pub(in crate::process) use lease::{Body, Lease, Lender};
pub(in crate::process) use ring::{Interrupted, Place, Placed, Ring, wait_for_death};
pub(in crate::process) use slot_state::CallState;
