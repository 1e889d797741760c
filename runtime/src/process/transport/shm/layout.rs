//! How the memory is laid out that a pool and a worker share: the words that each side wants the
//! other to see, and the slots that calls and their answers are in.

use std::cell::UnsafeCell;
use std::sync::atomic::{AtomicU16, AtomicU32, AtomicU64};

use super::event_count::EventCount;
use super::event_ring::EventRing;
use super::slot_state::SlotState;
use crate::util::latest::Latest;

/// How many calls a worker may have at a time, the call that runs included.
pub(in crate::process) const SLOTS: usize = 32;

/// The most bytes of a call or an answer that is in the slot itself.
pub(in crate::process) const INLINE: usize = SLOT - size_of::<Head>();

/// How many listeners one worker can wake: the pool's own thread, and one for each async runtime.
pub(in crate::process) const DOORBELLS: usize = 8;

/// How many bytes of events a worker may have said that the pool has not read.
pub(super) const EVENTS: usize = 16 << 10;

/// How many of these bytes stay free for the events that must not be dropped.
pub(super) const EVENT_RESERVE: usize = 4 << 10;

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
    pub(super) events: EventRing<{ EVENTS as u64 }>,
    /// What is between the counts of `events`. It belongs to the worker where it is free, and
    /// otherwise to the pool.
    pub(super) event_bytes: UnsafeCell<[u8; EVENTS]>,
}

#[repr(C, align(64))]
pub(super) struct Slot {
    pub(super) head: Head,
    /// Belongs to the side that has the slot, as its state says.
    pub(super) bytes: UnsafeCell<[u8; INLINE]>,
}

/// What is known of the call in a slot. The pool writes it before it publishes the call, the worker
/// before it completes it.
///
/// What each call needs is in the first 64 bytes, which the processors hand to each other as one.
/// The others are for calls that have more with them: later the trace context of the caller and a
/// deadline.
#[repr(C, align(128))]
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
    /// The task of the call.
    pub(super) task: AtomicU64,
    /// The listener to wake when the call is done.
    pub(super) doorbell: AtomicU16,
    /// What the caller wants, as the bits in `flags`.
    pub(super) flags: AtomicU16,
    /// Which attempt of the call it is.
    pub(super) attempt: AtomicU32,
    /// What the worker does for the call, as a number of [`Phase`](crate::error::Phase).
    pub(super) phase: AtomicU32,
    /// Of what kind the answer is.
    pub(super) kind: AtomicU32,
    /// How far the function is, if the caller wants to know. The owner is the call.
    pub(super) progress: Latest,
}

/// The bits of `flags`.
pub(super) mod flags {
    /// The caller wants to know how far the function is.
    pub(in super::super) const WANTS_PROGRESS: u16 = 1;
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

// What every call needs is in 64 bytes. Atomics of a model are larger.
#[cfg(not(all(test, offloop_loom)))]
const _: () = {
    assert!(std::mem::offset_of!(Head, progress) == 64);
    assert!(size_of::<Head>() == 128 && size_of::<Slot>() == SLOT);
};
