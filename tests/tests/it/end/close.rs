//! `close`: the pool takes no more calls, and loses none.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::task::{Context, Wake, Waker};

use offloop::{Closing, Error, ProcessPool, ThreadPool};
use offloop_tests::tasks::pid;
use offloop_tests::{Marks, eventually, in_time, is_alive, tasks, wait};

use crate::workers::hooks;

fn ends(closing: Closing) {
    in_time("the pool ends", || closing.wait());
}

#[test]
fn a_pool_that_is_closed_waits_for_what_is_queued_and_for_its_workers() {
    let marks = Marks::new();
    let pool = ProcessPool::new("closing").workers(1);
    let running = tasks::hold(marks.path(), "running").on(&pool).start();
    marks.wait_for("running");
    let queued: Vec<_> = (0..5).map(|_| pid().on(&pool).start()).collect();
    let closing = pool.close();
    assert!(matches!(wait(pid().on(&pool)), Err(Error::Closed(_))));
    marks.release("running");
    ends(closing);
    let stats = pool.stats();
    assert_eq!((stats.workers, stats.finished), (0, 6));
    let worker = wait(running).unwrap();
    assert!(!is_alive(worker));
    for call in queued {
        assert_eq!(wait(call).unwrap(), worker);
    }
    ends(pool.close());

    let pool = ThreadPool::new("closing").threads(1);
    let (release, held) = mpsc::channel::<()>();
    let running = pool.run(move || held.recv()).start();
    let queued: Vec<_> = (0..5)
        .map(|number| pool.run(move || number).start())
        .collect();
    let closing = pool.close();
    assert!(matches!(wait(pool.run(|| 9)), Err(Error::Closed(_))));
    drop(release);
    ends(closing);
    assert_eq!(pool.stats().finished, 6);
    wait(running).unwrap().unwrap_err();
    for (number, call) in (0..).zip(queued) {
        assert_eq!(wait(call).unwrap(), number);
    }
}

#[test]
fn a_pool_that_was_never_used_is_closed_at_once() {
    ends(ThreadPool::new("never used").close());
    ends(ProcessPool::new("never used").close());
}

#[test]
fn a_pool_may_be_closed_while_a_worker_is_replaced() {
    for _ in 0..60 {
        let pool = ProcessPool::new("closed").workers(1).recycle_above(1);
        wait(pid().on(&pool)).unwrap();
        ends(pool.close());
        assert_eq!(pool.stats().workers, 0);
    }
}

#[derive(Default)]
struct Woken(AtomicBool);

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[test]
fn a_closed_pool_ends_when_the_last_call_that_waits_is_dropped() {
    eventually("a pool is closed between two starts that fail", || {
        let pool = ProcessPool::new("paused").workers(1).envs(hooks::FAIL);
        let call = pid().on(&pool).start();
        eventually("a start has failed", || {
            let stats = pool.stats();
            stats.workers_started > 0 && stats.workers == 0
        });
        let mut closing = pool.close();
        let woken = Arc::new(Woken::default());
        let waker = Waker::from(Arc::clone(&woken));
        let poll = Pin::new(&mut closing).poll(&mut Context::from_waker(&waker));
        // On a busy machine the call may have been given up by now.
        let waits = poll.is_pending();
        drop(call);
        if waits {
            eventually("the closing is woken", || woken.0.load(Ordering::Relaxed));
            ends(closing);
        }
        waits
    });
}
