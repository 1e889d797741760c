//! Faults of everything around a call: callers that leave at the worst moment, wakers and `Drop`s
//! that panic, workers killed from outside. The pool goes on.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Wake, Waker};
use std::time::{Duration, Instant};

use offloop::{Error, ProcessPool, ThreadPool, cpu_bound};
use offloop_tests::tasks::pid;
use offloop_tests::{Marks, Random, died, eventually, is_alive, kill, tasks, wait};
use serde::{Deserialize, Serialize};

#[cpu_bound]
fn busy(micros: u64) -> u32 {
    let start = Instant::now();
    while start.elapsed() < Duration::from_micros(micros) {
        std::hint::spin_loop();
    }
    std::process::id()
}

#[test]
fn callers_that_leave_while_their_calls_are_handed_over_do_not_confuse_the_queue() {
    let mut random = Random::new(7);
    for _ in 0..20 {
        let pool = ProcessPool::new("leavers").workers(1);
        let worker = wait(pid().on(&pool)).unwrap();
        let mut calls = VecDeque::new();
        for _ in 0..200 {
            while calls.len() < 8 {
                calls.push_back(busy(5).on(&pool).start());
            }
            for _ in 0..random.below(300) {
                std::hint::spin_loop();
            }
            drop(calls.remove(random.below(3)));
            if random.below(3) == 0 {
                calls.pop_front().unwrap().wait().unwrap();
            }
        }
        let mut last = worker;
        for call in calls {
            last = call.wait().unwrap();
        }
        kill(last);
        eventually("the worker is gone", || !is_alive(last));
        let next = pid().on(&pool).retry(1);
        assert_ne!(wait(next).unwrap(), last);
    }
}

struct Panics;

impl Wake for Panics {
    fn wake(self: Arc<Self>) {
        panic!("a waker that panics");
    }
}

fn poll_with_a_bad_waker(call: &mut (impl Future + Unpin)) {
    let waker = Waker::from(Arc::new(Panics));
    let poll = Pin::new(call).poll(&mut Context::from_waker(&waker));
    assert!(poll.is_pending());
}

#[test]
fn a_waker_that_panics_costs_no_worker() {
    let marks = Marks::new();
    let pool = ProcessPool::new("wakers").workers(1);
    let mut call = tasks::hold(marks.path(), "held").on(&pool);
    poll_with_a_bad_waker(&mut call);
    marks.release("held");
    let worker = wait(pid().on(&pool)).unwrap();
    assert_eq!(wait(call).unwrap(), worker);

    let mut late = tasks::spin().on(&pool).timeout(Duration::from_millis(50));
    poll_with_a_bad_waker(&mut late);
    eventually("the worker of a call that is out of time is killed", || {
        !is_alive(worker)
    });
    assert!(matches!(wait(late), Err(Error::TimedOut(_))));
    assert_ne!(wait(pid().on(&pool)).unwrap(), worker);

    let pool = ThreadPool::new("wakers").threads(1);
    let (release, held) = std::sync::mpsc::channel::<()>();
    let mut call = pool.run(move || held.recv());
    poll_with_a_bad_waker(&mut call);
    drop(release);
    assert_eq!(wait(pool.run(|| 1)).unwrap(), 1);
}

/// Panics when it is dropped, wherever that is.
#[derive(Debug, Serialize, Deserialize)]
struct Bomb {
    bytes: Vec<u8>,
    armed: bool,
}

impl Drop for Bomb {
    fn drop(&mut self) {
        assert!(
            !std::mem::take(&mut self.armed) || std::thread::panicking(),
            "it went off"
        );
    }
}

#[cpu_bound]
fn defuse(mut bomb: Bomb) -> usize {
    bomb.armed = false;
    bomb.bytes.len()
}

#[cpu_bound]
fn build(length: usize) -> Bomb {
    let bytes = vec![0; length];
    Bomb { bytes, armed: true }
}

#[test]
fn a_panic_in_the_drop_of_an_argument_or_a_result_costs_nothing() {
    for length in [1, 1 << 20] {
        let bytes = vec![0; length];
        assert_eq!(defuse(Bomb { bytes, armed: true }).wait().unwrap(), length);
        let mut bomb = build(length).wait().unwrap();
        assert_eq!(bomb.bytes.len(), length);
        bomb.armed = false;
    }
}

#[test]
fn an_error_tells_the_last_words_of_its_own_call() {
    #[cpu_bound]
    fn say(words: &str, and_die: bool) {
        eprint!("{words}");
        if and_die {
            std::process::abort();
        }
    }

    let pool = ProcessPool::new("words").workers(1);
    // What a call has written is read by a thread of its own, in its own time: now and then not
    // before the next call has begun.
    let what = "a silent death is told without what others have said";
    eventually(what, || {
        wait(say("saved 3 files\n", false).on(&pool)).unwrap();
        let silent = died(wait(say("", true).on(&pool)));
        silent.stderr.is_empty()
    });

    let words =
        "what it was\nnote: run with `RUST_BACKTRACE=1`\n   0: main\n             at ./main.rs:1\n";
    let death = died(wait(say(words, true).on(&pool)));
    assert_eq!(death.stderr, words);
    let text = Error::WorkerDied(Box::new(death)).to_string();
    let end = "its last line on stderr: what it was";
    assert!(text.ends_with(end), "{text}");

    let pretence = died(wait(say("memory allocation of \n", true).on(&pool)));
    assert_eq!(pretence.out_of_memory, None);
}
