//! How the memory is laid out that a pool and a worker share: the words that each side wants the other
//! to see, and the slots that calls and their answers are in.

use std::cell::UnsafeCell;
use std::sync::atomic::{AtomicU32, AtomicU64};

use super::event_count::EventCount;
use super::slot_state::SlotState;

/// How many calls a worker may have at a time, the call that runs included.
pub(in crate::process) const SLOTS: usize = 32;

/// The most bytes of a call or an answer that is in the slot itself.
pub(in crate::process) const INLINE: usize = SLOT - size_of::<Head>();

/// How many listeners one worker can wake: the pool's own thread, and one for each async runtime.
pub(in crate::process) const DOORBELLS: usize = 8;

/// The length of a slot in bytes.
const SLOT: usize = 2048;

/// All of the memory. Each field is an atomic or bytes in a cell, for which every bit pattern is a
/// value: the other side may have written anything.
#[repr(C, align(4096))]
pub(super) struct Layout {
    /// The worker, while it has nothing to do.
    pub(super) worker: EventCount,
    /// Whether the worker may write its next large answer, as one of the numbers in `lending`.
    pub(super) lent: AtomicU32,
    /// The listeners of the pool.
    pub(super) listeners: [EventCount; DOORBELLS],
    /// Not 0: no more calls will come.
    pub(super) is_over: AtomicU32,
    /// The call that is asked to stop.
    pub(super) stop: AtomicU64,
    /// How much memory the worker took after its last call, in bytes, if it was told to look.
    pub(super) resident: AtomicU64,
    pub(super) slots: [Slot; SLOTS],
}

#[repr(C, align(64))]
pub(super) struct Slot {
    pub(super) head: Head,
    /// Belongs to the side that has the slot, as its state says.
    pub(super) bytes: UnsafeCell<[u8; INLINE]>,
}

/// What is known of the call in a slot. The pool writes it before it publishes the call, the worker
/// before it completes it.
#[repr(C, align(64))]
pub(super) struct Head {
    pub(super) state: SlotState,
    /// When the worker took the call up, in nanoseconds of the clock that all processes share.
    pub(super) started: AtomicU64,
    /// How many messages with descriptors the pool sent to the worker before the call.
    pub(super) fd_messages: AtomicU64,
    /// The length of the call, or of its answer, in bytes.
    pub(super) length: AtomicU64,
    /// The other memory that the call or the answer is in; 0 if it is in the slot.
    pub(super) memory: AtomicU64,
    /// The listener to wake when the call is done.
    pub(super) doorbell: AtomicU32,
    /// Which attempt of the call it is.
    pub(super) attempt: AtomicU32,
    /// What the worker does for the call, as a number of [`Phase`](crate::error::Phase).
    pub(super) phase: AtomicU32,
    /// Of what kind the answer is.
    pub(super) kind: AtomicU32,
}

/// What `lent` says of the memory of the last large answer.
pub(super) mod lending {
    /// The worker may write there.
    pub(in super::super) const FREE: u32 = 0;
    /// The pool reads the answer there.
    pub(in super::super) const LENT: u32 = 1;
    /// The pool reads the answer there, and the worker waits for it.
    pub(in super::super) const AWAITED: u32 = 2;
}
