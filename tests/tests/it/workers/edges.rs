//! Moments that fall together: a worker is replaced while it leaves, arguments are encoded for a worker
//! that is dead by then, a pool ends while its workers start.

use std::future::Future;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::RecvTimeoutError;
use std::task::{Context, Wake, Waker};
use std::time::Duration;

use offloop::{Call, Closing, Error, ProcessPool, Started, cpu_bound, on_worker_start};
use offloop_tests::{LIMIT, eventually, is_alive, kill};
use serde::{Deserialize, Serialize, Serializer};

const HOOK: &str = "OFFLOOP_TEST_EDGE";

#[on_worker_start]
fn hook() -> Result<(), String> {
    let how = std::env::var(HOOK).unwrap_or_default();
    match how.split_once(' ') {
        None if how == "hang" => loop {
            std::thread::park();
        },
        None if how == "fail" => Err("as it was told".to_owned()),
        // The first worker that sees it fails; the others take longer than that, and less than the
        // pause after it.
        Some((_, file)) if std::fs::File::create_new(file).is_ok() => {
            Err("the first one fails".to_owned())
        }
        Some(_) => {
            std::thread::sleep(Duration::from_millis(30));
            Ok(())
        }
        None => Ok(()),
    }
}

#[cpu_bound]
fn pid() -> u32 {
    std::process::id()
}

#[cpu_bound]
fn length(data: Vec<u8>) -> usize {
    data.len()
}

/// Ends when there are as many files in the folder.
#[cpu_bound]
fn meet(folder: &Path, others: usize) {
    std::fs::write(folder.join(std::process::id().to_string()), "").unwrap();
    eventually("all are here", || {
        std::fs::read_dir(folder).unwrap().count() >= others
    });
}

/// Fails rather than hangs.
fn within<R: offloop::Outcome>(call: Call<R>) -> R {
    let (sender, receiver) = std::sync::mpsc::channel();
    std::thread::spawn(move || sender.send(call.wait()));
    receiver.recv_timeout(LIMIT).expect("the call ends")
}

fn ends(closing: Closing) {
    let (sender, receiver) = std::sync::mpsc::channel::<()>();
    std::thread::spawn(move || {
        closing.wait();
        drop(sender);
    });
    let ended = receiver.recv_timeout(LIMIT);
    assert_eq!(ended, Err(RecvTimeoutError::Disconnected), "the pool ends");
}

fn closes(pool: &ProcessPool) {
    ends(pool.close());
    assert_eq!(pool.stats().workers, 0);
}

#[test]
fn a_worker_that_is_replaced_may_leave_for_another_reason() {
    let pools: [fn() -> ProcessPool; 3] = [
        || ProcessPool::new("both").recycle_after(2),
        || ProcessPool::new("idle").idle_timeout(Duration::from_millis(1)),
        || ProcessPool::new("sizes"),
    ];
    for make in pools {
        for _ in 0..3 {
            let pool = make().workers(2).recycle_above(1);
            for round in 0..20 {
                let calls = [pid().on(&pool).start(), pid().on(&pool).start()];
                for call in calls {
                    within(call).unwrap();
                }
                if pool.stats().workers_started % 3 == 0 {
                    pool.resize(1 + round % 2).unwrap();
                }
            }
            closes(&pool);
            assert_eq!(pool.stats().workers_died, 0);
        }
    }
}

#[test]
fn a_pool_may_be_closed_while_a_worker_is_replaced() {
    for _ in 0..60 {
        let pool = ProcessPool::new("closed").workers(1).recycle_above(1);
        within(pid().on(&pool)).unwrap();
        closes(&pool);
    }
}

/// A value that takes its time to be encoded, and much room.
struct Slow(Arc<AtomicBool>);

impl Serialize for Slow {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // Not where it is tried out whether it is small.
        let name = std::thread::current().name().map(ToOwned::to_owned);
        if name.is_some_and(|name| name.starts_with("offloop-codec")) {
            eventually("it may go on", || self.0.load(Ordering::Relaxed));
        }
        vec![7_u8; 200_000].serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Slow {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let _: Vec<u8> = Deserialize::deserialize(deserializer)?;
        Ok(Slow(Arc::default()))
    }
}

#[cpu_bound]
fn swallow(value: Slow) {
    drop(value);
}

/// The worker of a large call dies before its arguments are encoded, and another takes it.
#[test]
fn arguments_go_to_the_worker_that_has_the_call_by_then() {
    let threads = std::thread::available_parallelism().unwrap().get();
    let busy = ProcessPool::new("busy").workers(threads);
    let go_on = Arc::new(AtomicBool::new(false));
    let waiting: Vec<_> = (0..threads)
        .map(|_| swallow(Slow(Arc::clone(&go_on))).on(&busy).start())
        .collect();
    eventually("the codec's threads are busy", || {
        busy.stats().running == threads as u64
    });

    let pool = ProcessPool::new("moved").workers(1);
    let worker = within(pid().on(&pool)).unwrap();
    let call = length(vec![7; 1_000_000]).on(&pool).timeout(LIMIT).start();
    eventually("a worker has it", || pool.stats().running == 1);
    kill(worker);
    eventually("another has it", || {
        let stats = pool.stats();
        !is_alive(worker) && (stats.workers_died, stats.running) == (1, 1)
    });
    go_on.store(true, Ordering::Relaxed);
    assert_eq!(within(call).unwrap(), 1_000_000);
    for call in waiting {
        within(call).unwrap();
    }
}

#[test]
fn a_call_whose_arguments_are_being_encoded_has_not_started() {
    let pool = ProcessPool::new("encoding").workers(1);
    within(pid().on(&pool)).unwrap();
    let go_on = Arc::new(AtomicBool::new(false));
    let call = swallow(Slow(Arc::clone(&go_on))).on(&pool).start();
    eventually("a worker has it", || pool.stats().running == 1);
    pool.shutdown(Duration::ZERO).wait();
    let error = within(call).unwrap_err();
    go_on.store(true, Ordering::Relaxed);
    assert!(matches!(error, Error::Closed(_)), "{error}");
    assert_eq!(error.started(), Started::No);
}

#[test]
fn a_shutdown_does_not_wait_for_workers_that_start() {
    for micros in (0..4000).step_by(200) {
        let pool = ProcessPool::new("starting")
            .workers(2)
            .envs(&[(HOOK, "hang")])
            .start_timeout(LIMIT * 10);
        let calls = [pid().on(&pool).start(), pid().on(&pool).start()];
        ends(pool.shutdown(Duration::from_micros(micros)));
        for call in calls {
            assert!(matches!(within(call), Err(Error::Closed(_))));
        }
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
fn a_closed_pool_ends_when_the_last_call_that_waits_goes() {
    let pool = ProcessPool::new("paused")
        .workers(1)
        .envs(&[(HOOK, "fail")]);
    let call = pid().on(&pool).start();
    eventually("a start has failed", || {
        let stats = pool.stats();
        (stats.workers_started, stats.workers) == (1, 0)
    });
    let mut closing = pool.close();
    let woken = Arc::new(Woken::default());
    let waker = Waker::from(Arc::clone(&woken));
    let is_over = Pin::new(&mut closing).poll(&mut Context::from_waker(&waker));
    assert!(is_over.is_pending());
    drop(call);
    eventually("who waits is told", || woken.0.load(Ordering::Relaxed));
    ends(closing);
}

#[test]
fn a_start_that_failed_beside_one_that_succeeds_is_made_good() {
    let folder = std::env::temp_dir().join(format!("offloop-edge-{}", std::process::id()));
    std::fs::create_dir_all(folder.join("calls")).unwrap();
    let how = format!("first {}", folder.join("failed").display());
    let how: &'static str = Box::leak(how.into_boxed_str());
    let envs: &'static [_] = Box::leak(Box::new([(HOOK, how)]));
    let pool = ProcessPool::new("made-good").workers(2).envs(envs);
    // Each waits for the other.
    let calls = [(); 2].map(|()| meet(&folder.join("calls"), 2).on(&pool).start());
    for call in calls {
        within(call).unwrap();
    }
    assert!(folder.join("failed").exists());
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_call_that_is_refused_is_not_counted_as_taken() {
    let pool = ProcessPool::new("refusing").workers(1);
    within(pid().on(&pool)).unwrap();
    closes(&pool);
    for _ in 0..20_000 {
        let call = pid().on(&pool).queue_timeout(Duration::ZERO);
        assert!(matches!(call.wait(), Err(Error::Closed(_))));
    }
    let stats = pool.stats();
    assert_eq!(
        (stats.submitted, stats.failed, stats.refused),
        (1, 0, 20_000)
    );
}
