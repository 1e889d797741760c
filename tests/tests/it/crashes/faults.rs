//! Faults of everything around a call: callers that leave at the worst moment, wakers and `Drop`s
//! that panic, workers killed from outside. The pool goes on.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Wake, Waker};
use std::time::{Duration, Instant};

use offloop::{Error, ProcessPool, ThreadPool, cpu_bound};
use offloop_tests::{LIMIT, Random, eventually, is_alive, kill};
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
        let worker = busy(1).on(&pool).wait().unwrap();
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
        let next = busy(1).on(&pool).retry(1).queue_timeout(LIMIT).wait();
        assert_ne!(next.unwrap(), last);
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
    assert!(
        Pin::new(call)
            .poll(&mut Context::from_waker(&waker))
            .is_pending()
    );
}

#[test]
fn a_waker_that_panics_costs_no_worker() {
    let pool = ProcessPool::new("wakers").workers(1);
    let worker = busy(1).on(&pool).wait().unwrap();
    let mut call = busy(200_000).on(&pool);
    poll_with_a_bad_waker(&mut call);
    assert_eq!(
        busy(1).on(&pool).queue_timeout(LIMIT).wait().unwrap(),
        worker
    );
    assert_eq!(call.wait().unwrap(), worker);

    let mut late = busy(1_000_000_000)
        .on(&pool)
        .timeout(Duration::from_millis(50));
    poll_with_a_bad_waker(&mut late);
    eventually("the worker of a call that is out of time is killed", || {
        !is_alive(worker)
    });
    assert!(matches!(late.wait(), Err(Error::TimedOut(_))));
    assert_ne!(
        busy(1).on(&pool).queue_timeout(LIMIT).wait().unwrap(),
        worker
    );

    let pool = ThreadPool::new("wakers").threads(1);
    let (release, wait) = std::sync::mpsc::channel::<()>();
    let mut call = pool.run(move || wait.recv());
    poll_with_a_bad_waker(&mut call);
    drop(release);
    assert_eq!(pool.run(|| 1).queue_timeout(LIMIT).wait().unwrap(), 1);
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

    fn died(error: Error) -> offloop::WorkerDied {
        match error {
            Error::WorkerDied(died) => *died,
            other => panic!("{other}"),
        }
    }

    let pool = ProcessPool::new("words").workers(1);
    // What a call has written is read by a thread of its own, in its own time: now and then not
    // before the next call has begun.
    eventually(
        "a silent death is told without what others have said",
        || {
            say("saved 3 files\n", false).on(&pool).wait().unwrap();
            std::thread::sleep(Duration::from_millis(10));
            died(say("", true).on(&pool).wait().unwrap_err())
                .stderr
                .is_empty()
        },
    );

    let words =
        "what it was\nnote: run with `RUST_BACKTRACE=1`\n   0: main\n             at ./main.rs:1\n";
    let death = died(say(words, true).on(&pool).wait().unwrap_err());
    assert_eq!(death.stderr, words);
    let text = Error::WorkerDied(Box::new(death)).to_string();
    assert!(
        text.ends_with("its last line on stderr: what it was"),
        "{text}"
    );

    let pretence = died(
        say("memory allocation of \n", true)
            .on(&pool)
            .wait()
            .unwrap_err(),
    );
    assert_eq!(pretence.out_of_memory, None);
}
