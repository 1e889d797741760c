//! Whose turn it is: the words in shared memory by which a pool and a worker hand calls to each
//! other and wake each other.
//!
//! A [`Turn`] is the state of one slot. Both sides change it by compare-and-swap only, so that each
//! change has one winner: a call that the pool takes back is not taken up by the worker, and one that
//! the pool ends is not answered. It names the call, so that nobody acts on the next one by mistake.
//!
//! A [`Sleeper`] is one that sleeps until there is something for it. It says so *before* it looks a
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
const FILLED: u64 = 1;
const RUNNING: u64 = 2;
/// The answer lies there.
const DONE: u64 = 3;
/// The pool has taken the call back. The worker passes by.
const WITHDRAWN: u64 = 4;
/// The pool has ended the call while it ran. The worker goes no further.
const STOPPED: u64 = 5;

const BITS: u32 = 3;

/// The state of one slot.
#[derive(Debug)]
#[repr(transparent)]
pub(crate) struct Turn(AtomicU64);

/// What the worker finds in the slot that is next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// A call, which is taken up now.
    Call(u64),
    /// A call that was taken back; the slot is free again.
    Withdrawn,
    Nothing,
}

/// What the pool sees of a call in its slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Seen {
    /// Not taken up.
    Waiting,
    Running,
    Done,
    /// Taken back or ended by the pool.
    Given,
    /// What the worker cannot have made of it by doing its work.
    Nonsense,
}

impl Turn {
    #[cfg(test)]
    pub(crate) fn new() -> Turn {
        Turn(AtomicU64::new(EMPTY))
    }

    fn change(&self, call: u64, from: u64, to: u64) -> bool {
        let word = |state| call << BITS | state;
        self.0
            .compare_exchange(word(from), word(to), Ordering::AcqRel, Ordering::Acquire)
            .is_ok()
    }

    /// Pool: the call lies there. The slot has to be free.
    pub(crate) fn fill(&self, call: u64) {
        self.0.store(call << BITS | FILLED, Ordering::Release);
    }

    /// Pool: takes the call back, unless the worker has taken it up.
    pub(crate) fn withdraw(&self, call: u64) -> bool {
        self.change(call, FILLED, WITHDRAWN)
    }

    /// Pool: frees the slot of a call that was taken back, unless the worker has passed by.
    pub(crate) fn reclaim(&self, call: u64) -> bool {
        self.change(call, WITHDRAWN, EMPTY)
    }

    /// Pool: ends the call if it runs. The worker takes up nothing after that.
    pub(crate) fn stop(&self, call: u64) -> bool {
        self.change(call, RUNNING, STOPPED)
    }

    /// Pool: how far the call is.
    pub(crate) fn seen(&self, call: u64) -> Seen {
        let word = self.0.load(Ordering::Acquire);
        if word >> BITS != call {
            return Seen::Nonsense;
        }
        match word & ((1 << BITS) - 1) {
            FILLED => Seen::Waiting,
            RUNNING => Seen::Running,
            DONE => Seen::Done,
            WITHDRAWN | STOPPED => Seen::Given,
            _ => Seen::Nonsense,
        }
    }

    /// Pool: the answer has been read, and the slot is free.
    pub(crate) fn clear(&self) {
        self.0.store(EMPTY, Ordering::Release);
    }

    /// Worker: takes up the call that lies there, or passes one that was taken back.
    pub(crate) fn take(&self) -> Found {
        loop {
            let word = self.0.load(Ordering::Acquire);
            let call = word >> BITS;
            match word & ((1 << BITS) - 1) {
                FILLED if self.change(call, FILLED, RUNNING) => return Found::Call(call),
                WITHDRAWN if self.change(call, WITHDRAWN, EMPTY) => return Found::Withdrawn,
                // The pool has taken back the call, or the slot too, in this moment.
                FILLED | WITHDRAWN => {}
                _ => return Found::Nothing,
            }
        }
    }

    /// Worker: the answer lies there. False if the pool has ended the call.
    pub(crate) fn finish(&self, call: u64) -> bool {
        self.change(call, RUNNING, DONE)
    }
}

/// Whether somebody sleeps, and is to be woken.
#[derive(Debug)]
#[repr(transparent)]
pub(crate) struct Sleeper(AtomicU32);

pub(crate) const ASLEEP: u32 = 1;
const AWAKE: u32 = 0;

impl Sleeper {
    #[cfg(all(test, offloop_loom))]
    pub(crate) fn new() -> Sleeper {
        Sleeper(AtomicU32::new(AWAKE))
    }

    /// The sleeper: from now on it is to be woken. It has to look once more before it sleeps.
    pub(crate) fn lie_down(&self) {
        self.0.swap(ASLEEP, Ordering::AcqRel);
    }

    /// The sleeper has found something at its last look, and stays up.
    ///
    /// An exchange too, since the other one may have asked again: after a mere store, the next time of
    /// lying down would come after the store and no more after that question, whose call it could miss.
    pub(crate) fn get_up(&self) {
        self.0.swap(AWAKE, Ordering::AcqRel);
    }

    /// The other one: whether to wake the sleeper. Only one is told so.
    pub(crate) fn is_to_be_woken(&self) -> bool {
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
        let turn = Turn::new();
        assert_eq!(turn.take(), Found::Nothing);
        turn.fill(7);
        assert_eq!(turn.seen(7), Seen::Waiting);
        assert_eq!(turn.seen(6), Seen::Nonsense);
        assert!(!turn.stop(7), "it does not run");
        assert_eq!(turn.take(), Found::Call(7));
        assert!(!turn.withdraw(7), "it runs");
        assert_eq!(turn.seen(7), Seen::Running);
        assert!(turn.finish(7));
        assert!(!turn.stop(7), "it is over");
        assert_eq!(turn.take(), Found::Nothing, "the answer is not a call");
        assert_eq!(turn.seen(7), Seen::Done);
        turn.clear();
        assert_eq!(turn.take(), Found::Nothing);
    }

    #[test]
    fn what_the_pool_takes_back_or_ends_is_not_done() {
        let turn = Turn::new();
        turn.fill(7);
        assert!(turn.withdraw(7));
        assert_eq!(turn.take(), Found::Withdrawn);
        assert!(!turn.reclaim(7), "the worker has passed");
        turn.fill(7);
        assert!(turn.withdraw(7) && turn.reclaim(7));
        assert_eq!(turn.take(), Found::Nothing);
        turn.fill(8);
        assert_eq!(turn.take(), Found::Call(8));
        assert!(!turn.stop(7), "that is another call");
        assert!(turn.stop(8));
        assert!(!turn.finish(8));
        assert_eq!(turn.seen(8), Seen::Given);
    }
}

/// All config in which two sides can meet: `RUSTFLAGS='--cfg offloop_loom' cargo test -p offloop --lib every_order`.
///
/// They can fail. Each exchange above was broken in turn, and a model found it: a load for the one in
/// `is_to_be_woken`, a store for the one in `lie_down` or `get_up`, or no last look, and the worker sleeps for ever; a
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
            let shared = Arc::new(([Turn::new(), Turn::new()], Sleeper::new()));
            let worker = {
                let shared = Arc::clone(&shared);
                thread::spawn(move || {
                    let (turns, sleeper) = &*shared;
                    for (number, turn) in turns.iter().enumerate() {
                        let call = loop {
                            if let Found::Call(call) = turn.take() {
                                break call;
                            }
                            sleeper.lie_down();
                            if let Found::Call(call) = turn.take() {
                                sleeper.get_up();
                                break call;
                            }
                            thread::park();
                        };
                        assert_eq!(call, number as u64 + 1);
                        assert!(turn.finish(call));
                    }
                })
            };
            let (turns, sleeper) = &*shared;
            for (number, turn) in turns.iter().enumerate() {
                turn.fill(number as u64 + 1);
                // Were this lost, the worker would sleep for ever, which the model reports.
                if sleeper.is_to_be_woken() {
                    worker.thread().unpark();
                }
            }
            worker.join().unwrap();
            assert!(
                turns
                    .iter()
                    .zip(1..)
                    .all(|(turn, call)| turn.seen(call) == Seen::Done)
            );
        });
    }

    #[test]
    fn an_answer_is_heard_by_one_that_lies_down() {
        loom::model(|| {
            let shared = Arc::new((Turn::new(), Sleeper::new()));
            shared.0.fill(1);
            let worker = {
                let shared = Arc::clone(&shared);
                thread::spawn(move || {
                    assert_eq!(shared.0.take(), Found::Call(1));
                    assert!(shared.0.finish(1));
                    shared.1.is_to_be_woken()
                })
            };
            let (turn, listener) = &*shared;
            listener.lie_down();
            let seen = turn.seen(1) == Seen::Done;
            let woken = worker.join().unwrap();
            assert!(seen || woken, "nobody would come to know of the answer");
        });
    }

    #[test]
    fn a_call_is_taken_up_or_taken_back_and_never_both() {
        loom::model(|| {
            let turn = Arc::new(Turn::new());
            turn.fill(1);
            let worker = {
                let turn = Arc::clone(&turn);
                thread::spawn(move || turn.take())
            };
            let back = turn.withdraw(1);
            let found = worker.join().unwrap();
            let expected = if back {
                Found::Withdrawn
            } else {
                Found::Call(1)
            };
            assert_eq!(found, expected);
        });
    }

    #[test]
    fn the_slot_of_a_call_that_was_taken_back_is_passed_or_used_again() {
        loom::model(|| {
            let turn = Arc::new(Turn::new());
            turn.fill(1);
            let worker = {
                let turn = Arc::clone(&turn);
                thread::spawn(move || turn.take())
            };
            let withdrawn = turn.withdraw(1);
            let reclaimed = withdrawn && turn.reclaim(1);
            if reclaimed {
                turn.fill(2);
            }
            match worker.join().unwrap() {
                Found::Call(1) => assert!(!withdrawn),
                Found::Call(_) => assert!(reclaimed),
                Found::Withdrawn => assert!(withdrawn && !reclaimed),
                Found::Nothing => assert!(reclaimed),
            }
        });
    }

    #[test]
    fn a_call_is_answered_or_ended_and_never_both() {
        loom::model(|| {
            let turn = Arc::new(Turn::new());
            turn.fill(1);
            assert_eq!(turn.take(), Found::Call(1));
            let worker = {
                let turn = Arc::clone(&turn);
                thread::spawn(move || turn.finish(1))
            };
            let ended = turn.stop(1);
            assert_ne!(ended, worker.join().unwrap());
        });
    }
}
