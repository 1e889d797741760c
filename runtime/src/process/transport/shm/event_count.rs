//! A sleeper that is woken when there is something for it, by a word in shared memory.
//!
//! The sleeper says that it sleeps *before* it looks a last time, and the other side asks *after*
//! it has put something there. Both do so by an exchange, one of which comes first: if it is the
//! sleeper's, the other side wakes it; if it is the other side's, the sleeper's last look sees what
//! is there. So no wake-up is lost, and none is made for a sleeper that is awake.

#[cfg(all(test, offloop_loom))]
use loom::sync::atomic::{AtomicU32, Ordering};
#[cfg(not(all(test, offloop_loom)))]
use std::sync::atomic::{AtomicU32, Ordering};

/// Whether the sleeper sleeps, and has to be woken.
#[derive(Debug)]
#[repr(transparent)]
pub(super) struct EventCount(AtomicU32);

pub(super) const ASLEEP: u32 = 1;
const AWAKE: u32 = 0;

impl EventCount {
    #[cfg(all(test, offloop_loom))]
    pub(super) fn new() -> EventCount {
        EventCount(AtomicU32::new(AWAKE))
    }

    /// Sleeper: asks to be woken from now on. The sleeper has to look once more before it sleeps.
    pub(super) fn prepare_wait(&self) {
        self.0.swap(ASLEEP, Ordering::AcqRel);
    }

    /// Sleeper: has found something at its last look, and does not sleep.
    ///
    /// This is an exchange too, because the other side may have notified again. After a mere store,
    /// the next `prepare_wait` would be ordered after that store and not after that `notify`, and
    /// the look that follows could miss the call.
    pub(super) fn cancel_wait(&self) {
        self.0.swap(AWAKE, Ordering::AcqRel);
    }

    /// Other side: returns whether it has to wake the sleeper. Only one caller is told so.
    pub(super) fn notify(&self) -> bool {
        self.0.swap(AWAKE, Ordering::AcqRel) == ASLEEP
    }

    /// Returns the word itself, for the kernel to wait on.
    #[cfg(not(all(test, offloop_loom)))]
    pub(super) fn word(&self) -> &AtomicU32 {
        &self.0
    }

    /// No kernel takes part in a model.
    #[cfg(all(test, offloop_loom))]
    pub(super) fn word(&self) -> &std::sync::atomic::AtomicU32 {
        unreachable!()
    }
}

/// All orders in which the two sides can meet:
/// `RUSTFLAGS='--cfg offloop_loom' cargo test -p offloop --lib every_order`.
///
/// They can fail. Each of these was tried, and a model found that the worker sleeps for ever: a
/// load for the exchange in `notify`, a store for the one in `prepare_wait` or `cancel_wait`, no
/// last look.
#[cfg(all(test, offloop_loom))]
mod every_order {
    use super::*;
    use crate::process::transport::shm::slot_state::{CallState, Claim, SlotState};
    use loom::sync::Arc;
    use loom::thread;

    /// The model's own parking stands for the kernel's wait on the word: a thread that is woken
    /// before it sleeps does not sleep.
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
    fn an_answer_is_seen_or_wakes_the_listener() {
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
            assert!(seen || woken, "the answer would never be taken in");
        });
    }
}
