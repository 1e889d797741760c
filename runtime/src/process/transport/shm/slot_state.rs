//! Whose state it is: the words in shared memory by which a pool and a worker hand calls to each
//! other and wake each other.
//!
//! A [`SlotState`] is the state of one slot. Both sides change it by compare-and-swap only, so that each
//! change has one winner: a call that the pool takes back is not taken up by the worker, and one that
//! the pool ends is not answered. It names the call, so that nobody acts on the next one by mistake.
//!
//! A [`EventCount`] is one that sleeps until there is something for it. It says so *before* it looks a
//! last time, and whoever has something for it asks *after* that lies there. Both do so by an
//! exchange, one of which comes first: if it is the sleeper's, the other one wakes it; if it is the
//! other's, the sleeper's last look sees what lies there. So no wake-up is lost, and none is given
//! to one that is awake.

#[cfg(all(test, offloop_loom))]
use loom::sync::atomic::{AtomicU32, AtomicU64, Ordering};
#[cfg(not(all(test, offloop_loom)))]
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

/// What a slot is at, in the low bits of its word; the call is in the others.
const EMPTY: u64 = 0;
/// A call lies there, which the worker has not taken up.
const PUBLISHED: u64 = 1;
const RUNNING: u64 = 2;
/// The answer lies there.
const DONE: u64 = 3;
/// The pool has taken the call back. The worker passes by.
const CANCELLED: u64 = 4;
/// The pool has ended the call while it ran. The worker goes no further.
const INTERRUPTED: u64 = 5;

const BITS: u32 = 3;

/// The state of one slot.
#[derive(Debug)]
#[repr(transparent)]
pub(crate) struct SlotState(AtomicU64);

/// What the worker finds in the slot that is next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Claim {
    /// A call, which is taken up now.
    Call(u64),
    /// A call that was taken back; the slot is free again.
    Cancelled,
    Empty,
}

/// What the pool sees of a call in its slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CallState {
    /// Not taken up.
    Waiting,
    Running,
    Done,
    /// Taken back or ended by the pool.
    Revoked,
    /// What the worker cannot have made of it by doing its work.
    Invalid,
}

impl SlotState {
    #[cfg(test)]
    pub(crate) fn new() -> SlotState {
        SlotState(AtomicU64::new(EMPTY))
    }

    fn change(&self, call: u64, from: u64, to: u64) -> bool {
        let word = |state| call << BITS | state;
        self.0
            .compare_exchange(word(from), word(to), Ordering::AcqRel, Ordering::Acquire)
            .is_ok()
    }

    /// Pool: the call lies there. The slot has to be free.
    pub(crate) fn publish(&self, call: u64) {
        self.0.store(call << BITS | PUBLISHED, Ordering::Release);
    }

    /// Pool: takes the call back, unless the worker has taken it up.
    pub(crate) fn cancel(&self, call: u64) -> bool {
        self.change(call, PUBLISHED, CANCELLED)
    }

    /// Pool: frees the slot of a call that was taken back, unless the worker has passed by.
    pub(crate) fn reclaim(&self, call: u64) -> bool {
        self.change(call, CANCELLED, EMPTY)
    }

    /// Pool: ends the call if it runs. The worker takes up nothing after that.
    pub(crate) fn interrupt(&self, call: u64) -> bool {
        self.change(call, RUNNING, INTERRUPTED)
    }

    /// Pool: how far the call is.
    pub(crate) fn call_state(&self, call: u64) -> CallState {
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

    /// Pool: the answer has been read, and the slot is free.
    pub(crate) fn release(&self) {
        self.0.store(EMPTY, Ordering::Release);
    }

    /// Worker: takes up the call that lies there, or passes one that was taken back.
    pub(crate) fn claim(&self) -> Claim {
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

    /// Worker: the answer lies there. False if the pool has ended the call.
    pub(crate) fn complete(&self, call: u64) -> bool {
        self.change(call, RUNNING, DONE)
    }
}

/// Whether somebody sleeps, and is to be woken.
#[derive(Debug)]
#[repr(transparent)]
pub(crate) struct EventCount(AtomicU32);

pub(crate) const ASLEEP: u32 = 1;
const AWAKE: u32 = 0;

impl EventCount {
    #[cfg(all(test, offloop_loom))]
    pub(crate) fn new() -> EventCount {
        EventCount(AtomicU32::new(AWAKE))
    }

    /// The sleeper: from now on it is to be woken. It has to look once more before it sleeps.
    pub(crate) fn prepare_wait(&self) {
        self.0.swap(ASLEEP, Ordering::AcqRel);
    }

    /// The sleeper has found something at its last look, and stays up.
    ///
    /// An exchange too, since the other one may have asked again: after a mere store, the next time of
    /// lying down would come after the store and no more after that question, whose call it could miss.
    pub(crate) fn cancel_wait(&self) {
        self.0.swap(AWAKE, Ordering::AcqRel);
    }

    /// The other one: whether to wake the sleeper. Only one is told so.
    pub(crate) fn notify(&self) -> bool {
        self.0.swap(AWAKE, Ordering::AcqRel) == ASLEEP
    }

    /// The word itself, for the kernel to wait on.
    #[cfg(not(all(test, offloop_loom)))]
    pub(crate) fn word(&self) -> &AtomicU32 {
        &self.0
    }

    /// No kernel takes part in a model.
    #[cfg(all(test, offloop_loom))]
    pub(crate) fn word(&self) -> &std::sync::atomic::AtomicU32 {
        unreachable!()
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

/// All config in which two sides can meet: `RUSTFLAGS='--cfg offloop_loom' cargo test -p offloop --lib every_order`.
///
/// They can fail. Each exchange above was broken in state, and a model found it: a load for the one in
/// `notify`, a store for the one in `prepare_wait` or `cancel_wait`, or no last look, and the worker sleeps for ever; a
/// store for the one in `withdraw` or `take`, and a call is taken up and taken back; in `reclaim`, and the
/// slot is passed and used again; in `stop` or `finish`, and a call is answered and ended.
#[cfg(all(test, offloop_loom))]
mod every_order {
    use super::*;
    use loom::sync::Arc;
    use loom::thread;

    /// The model's own parking stands for the kernel's wait on the word: who is woken before he sleeps
    /// does not sleep.
    #[test]
    fn no_wake_up_is_lost_between_pool_and_worker() {
        loom::model(|| {
            let shared = Arc::new(([SlotState::new(), SlotState::new()], EventCount::new()));
            let worker = {
                let shared = Arc::clone(&shared);
                thread::spawn(move || {
                    let (states, sleeper) = &*shared;
                    for (number, state) in states.iter().enumerate() {
                        let call = loop {
                            if let Claim::Call(call) = state.claim() {
                                break call;
                            }
                            sleeper.prepare_wait();
                            if let Claim::Call(call) = state.claim() {
                                sleeper.cancel_wait();
                                break call;
                            }
                            thread::park();
                        };
                        assert_eq!(call, number as u64 + 1);
                        assert!(state.complete(call));
                    }
                })
            };
            let (states, sleeper) = &*shared;
            for (number, state) in states.iter().enumerate() {
                state.publish(number as u64 + 1);
                // Were this lost, the worker would sleep for ever, which the model reports.
                if sleeper.notify() {
                    worker.thread().unpark();
                }
            }
            worker.join().unwrap();
            assert!(
                states
                    .iter()
                    .zip(1..)
                    .all(|(state, call)| state.call_state(call) == CallState::Done)
            );
        });
    }

    #[test]
    fn an_answer_is_heard_by_one_that_lies_down() {
        loom::model(|| {
            let shared = Arc::new((SlotState::new(), EventCount::new()));
            shared.0.publish(1);
            let worker = {
                let shared = Arc::clone(&shared);
                thread::spawn(move || {
                    assert_eq!(shared.0.claim(), Claim::Call(1));
                    assert!(shared.0.complete(1));
                    shared.1.notify()
                })
            };
            let (state, listener) = &*shared;
            listener.prepare_wait();
            let seen = state.call_state(1) == CallState::Done;
            let woken = worker.join().unwrap();
            assert!(seen || woken, "nobody would come to know of the answer");
        });
    }

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
