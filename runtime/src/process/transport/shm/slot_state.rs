//! The state of one slot: the word in shared memory by which a pool and a worker hand a call to
//! each other.
//!
//! Both sides change it by compare-and-swap only, so that each change has one winner: a call that
//! the pool takes back is not taken up by the worker, and a call that the pool ends is not
//! answered. The word names the call, so that neither side acts on the next call by mistake.

#[cfg(all(test, offloop_loom))]
use loom::sync::atomic::{AtomicU64, Ordering};
#[cfg(not(all(test, offloop_loom)))]
use std::sync::atomic::{AtomicU64, Ordering};

/// The states of a slot, in the low bits of its word. The other bits are the call.
const EMPTY: u64 = 0;
/// The slot holds a call that the worker has not taken up.
const PUBLISHED: u64 = 1;
const RUNNING: u64 = 2;
/// The slot holds the answer.
const DONE: u64 = 3;
/// The pool has taken the call back. The worker passes the slot.
const CANCELLED: u64 = 4;
/// The pool has ended the call while it ran. The worker goes no further.
const INTERRUPTED: u64 = 5;

const BITS: u32 = 3;

/// The state of one slot.
#[derive(Debug)]
#[repr(transparent)]
pub(super) struct SlotState(AtomicU64);

/// What the worker finds in the next slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Claim {
    /// A call, which the worker has now taken up.
    Call(u64),
    /// A call that the pool has taken back. The slot is free again.
    Cancelled,
    Empty,
}

/// What the pool sees of a call in its slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::process) enum CallState {
    /// The worker has not taken it up.
    Waiting,
    Running,
    Done,
    /// The pool has taken it back or ended it.
    Revoked,
    /// A state that the worker cannot cause by doing its work.
    Invalid,
}

impl SlotState {
    #[cfg(test)]
    pub(super) fn new() -> SlotState {
        SlotState(AtomicU64::new(EMPTY))
    }

    fn change(&self, call: u64, from: u64, to: u64) -> bool {
        let word = |state| call << BITS | state;
        self.0
            .compare_exchange(word(from), word(to), Ordering::AcqRel, Ordering::Acquire)
            .is_ok()
    }

    /// Pool: puts the call into the slot, which has to be free.
    pub(super) fn publish(&self, call: u64) {
        self.0.store(call << BITS | PUBLISHED, Ordering::Release);
    }

    /// Pool: takes the call back, unless the worker has taken it up.
    pub(super) fn cancel(&self, call: u64) -> bool {
        self.change(call, PUBLISHED, CANCELLED)
    }

    /// Pool: frees the slot of a call that was taken back, unless the worker has passed it.
    pub(super) fn reclaim(&self, call: u64) -> bool {
        self.change(call, CANCELLED, EMPTY)
    }

    /// Pool: ends the call if it runs. The worker takes up nothing after that.
    pub(super) fn interrupt(&self, call: u64) -> bool {
        self.change(call, RUNNING, INTERRUPTED)
    }

    /// Pool: returns the state of the call.
    pub(super) fn call_state(&self, call: u64) -> CallState {
        let word = self.0.load(Ordering::Acquire);
        if word >> BITS != call {
            return CallState::Invalid;
        }
        match word & ((1 << BITS) - 1) {
            PUBLISHED => CallState::Waiting,
            RUNNING => CallState::Running,
            DONE => CallState::Done,
            CANCELLED | INTERRUPTED => CallState::Revoked,
            _ => CallState::Invalid,
        }
    }

    /// Pool: frees the slot after the answer was read.
    pub(super) fn release(&self) {
        self.0.store(EMPTY, Ordering::Release);
    }

    /// Worker: takes up the call in the slot, or passes one that was taken back.
    pub(super) fn claim(&self) -> Claim {
        loop {
            let word = self.0.load(Ordering::Acquire);
            let call = word >> BITS;
            match word & ((1 << BITS) - 1) {
                PUBLISHED if self.change(call, PUBLISHED, RUNNING) => return Claim::Call(call),
                CANCELLED if self.change(call, CANCELLED, EMPTY) => return Claim::Cancelled,
                // The pool has taken back the call, or the slot too, in this moment.
                PUBLISHED | CANCELLED => {}
                _ => return Claim::Empty,
            }
        }
    }

    /// Worker: says that the slot holds the answer. Returns false if the pool has ended the call.
    pub(super) fn complete(&self, call: u64) -> bool {
        self.change(call, RUNNING, DONE)
    }
}

#[cfg(all(test, not(offloop_loom)))]
mod tests {
    use super::*;

    #[test]
    fn a_call_goes_one_way() {
        let state = SlotState::new();
        assert_eq!(state.claim(), Claim::Empty);
        state.publish(7);
        assert_eq!(state.call_state(7), CallState::Waiting);
        assert_eq!(state.call_state(6), CallState::Invalid);
        assert!(!state.interrupt(7), "it does not run");
        assert_eq!(state.claim(), Claim::Call(7));
        assert!(!state.cancel(7), "it runs");
        assert_eq!(state.call_state(7), CallState::Running);
        assert!(state.complete(7));
        assert!(!state.interrupt(7), "it is over");
        assert_eq!(state.claim(), Claim::Empty, "the answer is not a call");
        assert_eq!(state.call_state(7), CallState::Done);
        state.release();
        assert_eq!(state.claim(), Claim::Empty);
    }

    #[test]
    fn what_the_pool_takes_back_or_ends_is_not_done() {
        let state = SlotState::new();
        state.publish(7);
        assert!(state.cancel(7));
        assert_eq!(state.claim(), Claim::Cancelled);
        assert!(!state.reclaim(7), "the worker has passed");
        state.publish(7);
        assert!(state.cancel(7) && state.reclaim(7));
        assert_eq!(state.claim(), Claim::Empty);
        state.publish(8);
        assert_eq!(state.claim(), Claim::Call(8));
        assert!(!state.interrupt(7), "that is another call");
        assert!(state.interrupt(8));
        assert!(!state.complete(8));
        assert_eq!(state.call_state(8), CallState::Revoked);
    }
}

/// All orders in which the two sides can meet:
/// `RUSTFLAGS='--cfg offloop_loom' cargo test -p offloop --lib every_order`.
///
/// They can fail. Each exchange was replaced by a load and a store, and a model found it: in
/// `cancel` or `claim`, and a call is taken up and taken back; in `reclaim`, and the slot is passed
/// and used again; in `interrupt` or `complete`, and a call is answered and ended.
#[cfg(all(test, offloop_loom))]
mod every_order {
    use super::*;
    use loom::sync::Arc;
    use loom::thread;

    #[test]
    fn a_call_is_taken_up_or_taken_back_and_never_both() {
        loom::model(|| {
            let state = Arc::new(SlotState::new());
            state.publish(1);
            let worker = {
                let state = Arc::clone(&state);
                thread::spawn(move || state.claim())
            };
            let back = state.cancel(1);
            let found = worker.join().unwrap();
            let expected = if back {
                Claim::Cancelled
            } else {
                Claim::Call(1)
            };
            assert_eq!(found, expected);
        });
    }

    #[test]
    fn the_slot_of_a_call_that_was_taken_back_is_passed_or_used_again() {
        loom::model(|| {
            let state = Arc::new(SlotState::new());
            state.publish(1);
            let worker = {
                let state = Arc::clone(&state);
                thread::spawn(move || state.claim())
            };
            let withdrawn = state.cancel(1);
            let reclaimed = withdrawn && state.reclaim(1);
            if reclaimed {
                state.publish(2);
            }
            match worker.join().unwrap() {
                Claim::Call(1) => assert!(!withdrawn),
                Claim::Call(_) => assert!(reclaimed),
                Claim::Cancelled => assert!(withdrawn && !reclaimed),
                Claim::Empty => assert!(reclaimed),
            }
        });
    }

    #[test]
    fn a_call_is_answered_or_ended_and_never_both() {
        loom::model(|| {
            let state = Arc::new(SlotState::new());
            state.publish(1);
            assert_eq!(state.claim(), Claim::Call(1));
            let worker = {
                let state = Arc::clone(&state);
                thread::spawn(move || state.complete(1))
            };
            let ended = state.interrupt(1);
            assert_ne!(ended, worker.join().unwrap());
        });
    }
}
