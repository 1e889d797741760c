//! Who hears that a call is done: the runtime that awaits it, or the pool where that does not
//! listen. Whatever happens to runtimes, calls end and workers are there for the next.

use std::future::Future;
use std::sync::Arc;
use std::task::{Context, Wake, Waker};
use std::time::Duration;

use offloop::{Call, Error, ProcessPool};
use offloop_tests::tasks::pid;
use offloop_tests::{eventually, in_time, poll_once, tasks};
use tokio::runtime::{Builder, Runtime};
use tokio::task::coop::{consume_budget, has_budget_remaining};

/// A call that takes a while.
fn after(millis: u64) -> Call<Result<u32, Error>> {
    tasks::sleep(Duration::from_millis(millis))
}

fn current_thread() -> Runtime {
    Builder::new_current_thread().enable_all().build().unwrap()
}

/// So many calls that a runtime hears of them by itself from then on.
async fn warm(pool: &ProcessPool) {
    for _ in 0..10 {
        pid().on(pool).await.unwrap();
    }
}

#[test]
fn a_runtime_that_is_blocked_holds_up_no_other() {
    static POOL: ProcessPool = ProcessPool::new("blocked").workers(1);
    in_time("the other one's calls end", || {
        current_thread().block_on(async {
            warm(&POOL).await;
            let own = pid().on(&POOL).start();
            // As long as this thread waits for that one, its runtime hears nothing.
            let other = std::thread::spawn(|| {
                current_thread().block_on(async {
                    warm(&POOL).await;
                    warm(&POOL).await;
                });
            });
            other.join().unwrap();
            own.await.unwrap();
        });
    });
}

#[test]
fn a_call_that_is_waited_for_inside_of_a_runtime_ends_all_the_same() {
    static POOL: ProcessPool = ProcessPool::new("inside").workers(1);
    in_time("it ends", || {
        current_thread().block_on(async {
            warm(&POOL).await;
            pid().on(&POOL).wait().unwrap();
            // An executor that this crate does not know of, on a thread that works for a runtime.
            let mut call = pid().on(&POOL);
            while poll_once(&mut call).is_pending() {
                std::thread::yield_now();
            }
            let own = after(5).on(&POOL).start();
            eventually("it is over", || POOL.stats().running == 0);
            own.await.unwrap();
        });
    });
}

#[test]
fn a_call_goes_on_when_its_runtime_has_ended() {
    static POOL: ProcessPool = ProcessPool::new("ended").workers(1);
    in_time("it ends", || {
        for _ in 0..5 {
            let first = current_thread();
            let call = {
                first.block_on(warm(&POOL));
                let _inside = first.enter();
                after(20).on(&POOL).start()
            };
            drop(first);
            current_thread().block_on(async { call.await.unwrap() });
        }
    });
}

/// tokio puts off a task that has done much in one poll, and outside of its own threads it does so
/// by waking it at once, wherever it is.
#[test]
fn a_task_that_has_used_up_its_budget_may_make_calls() {
    static POOL: ProcessPool = ProcessPool::new("budget").workers(1);
    in_time("they end", || {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            for _ in 0..4 {
                eventually("the worker rests", || {
                    POOL.stats().idle == POOL.stats().workers
                });
                while has_budget_remaining() {
                    consume_budget().await;
                }
                pid().on(&POOL).await.unwrap();
            }
        });
    });
}

/// A waker that, when it is dropped, waits until the pool has no call that runs.
struct Patient(&'static ProcessPool);

impl Wake for Patient {
    fn wake(self: Arc<Self>) {}
}

impl Drop for Patient {
    fn drop(&mut self) {
        eventually("all is over", || self.0.stats().running == 0);
    }
}

/// Polls it with a waker that nobody else holds.
fn poll_with_a_patient_waker(pool: &'static ProcessPool, call: &mut Call<Result<u32, Error>>) {
    let waker = Waker::from(Arc::new(Patient(pool)));
    let poll = std::pin::Pin::new(call).poll(&mut Context::from_waker(&waker));
    assert!(poll.is_pending());
}

#[test]
fn a_waker_may_do_anything_when_it_is_dropped() {
    static POOL: ProcessPool = ProcessPool::new("wakers").workers(1);
    in_time("they are dropped", || {
        for _ in 0..5 {
            let mut call = after(5).on(&POOL);
            poll_with_a_patient_waker(&POOL, &mut call);
            // Another takes its place.
            let _ = poll_once(&mut call);
        }
        let mut call = after(5).on(&POOL).start();
        poll_with_a_patient_waker(&POOL, &mut call);
        drop(call);
    });
}

#[test]
fn a_call_may_be_polled_on_another_runtime_than_the_first() {
    static POOL: ProcessPool = ProcessPool::new("moved").workers(1);
    in_time("it ends", || {
        let first = current_thread();
        let mut call = after(20).on(&POOL);
        first.block_on(async {
            warm(&POOL).await;
            assert!(poll_once(&mut call).is_pending());
        });
        // The first one is there still, and is not driven.
        current_thread().block_on(async { call.await.unwrap() });
        drop(first);
    });
}

#[test]
fn a_call_that_is_left_alone_frees_its_worker_whatever_its_runtime_does() {
    static POOL: ProcessPool = ProcessPool::new("alone").workers(1);
    let runtime = current_thread();
    runtime.block_on(async {
        warm(&POOL).await;
        after(5).on(&POOL).start().detach();
    });
    // Nobody drives the runtime.
    in_time("another call is served", || pid().on(&POOL).wait().unwrap());
    drop(runtime);
    eventually("the worker rests", || POOL.stats().idle == 1);
}

#[test]
fn a_runtime_without_input_and_output_awaits_calls_as_well() {
    static POOL: ProcessPool = ProcessPool::new("deaf").workers(1);
    in_time("they end", || {
        let deaf = Builder::new_current_thread().build().unwrap();
        deaf.block_on(warm(&POOL));
        current_thread().block_on(warm(&POOL));
    });
}

#[test]
fn more_runtimes_than_a_worker_has_doorbells_hear_of_their_calls() {
    static POOL: ProcessPool = ProcessPool::new("many").workers(2);
    in_time("all calls end", || {
        let runtimes: Vec<_> = (0..20).map(|_| current_thread()).collect();
        for _ in 0..3 {
            for runtime in &runtimes {
                runtime.block_on(warm(&POOL));
            }
        }
        // Those that come after them find doorbells again.
        drop(runtimes);
        for _ in 0..20 {
            current_thread().block_on(warm(&POOL));
        }
    });
}

#[test]
fn tasks_on_several_runtimes_hear_each_of_their_own_calls() {
    static POOL: ProcessPool = ProcessPool::new("all").workers(2);
    let threads: Vec<_> = (0..4)
        .map(|number| {
            std::thread::spawn(move || {
                let runtime = if number % 2 == 0 {
                    current_thread()
                } else {
                    Builder::new_multi_thread()
                        .worker_threads(2)
                        .enable_all()
                        .build()
                        .unwrap()
                };
                runtime.block_on(async {
                    let tasks: Vec<_> = (0..20)
                        .map(|_| {
                            tokio::spawn(async {
                                for _ in 0..50 {
                                    pid().on(&POOL).await.unwrap();
                                }
                            })
                        })
                        .collect();
                    for task in tasks {
                        task.await.unwrap();
                    }
                });
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
    let stats = POOL.stats();
    assert_eq!((stats.finished, stats.running), (4 * 20 * 50, 0));
}
