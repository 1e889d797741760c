//! A pool of another crate, which this one is: `#[cpu_bound(pool = ..)]` and `on` take it as they
//! take a pool of offloop's.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::Duration;

use offloop::__private::{Backend, CallOptions, TaskCall};
use offloop::{Call, Error, Outcome, Pool, ProcessPool, ThreadPool, blocking_io, cpu_bound};
use offloop_tests::wait;

/// Runs each call on a thread that it starts for it.
struct Spawning {
    calls: AtomicUsize,
}

static SPAWNING: Spawning = Spawning {
    calls: AtomicUsize::new(0),
};

impl Pool for Spawning {
    fn pool_name(&self) -> &'static str {
        "spawning"
    }

    fn make_call<R: Outcome>(&self, task: TaskCall<R>) -> Call<R> {
        self.calls.fetch_add(1, Ordering::Relaxed);
        Call::from_backend(Box::new(Spawned::New(task)))
    }
}

enum Spawned<R: 'static> {
    New(TaskCall<R>),
    Running(Arc<Mutex<(Option<R>, Option<Waker>)>>, CallOptions),
    Moved,
}

impl<R: Outcome> Backend<R> for Spawned<R> {
    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<R> {
        if let Spawned::New(_) = self {
            let Spawned::New(mut task) = std::mem::replace(self, Spawned::Moved) else {
                unreachable!()
            };
            let options = std::mem::take(task.options());
            let shared = Arc::new(Mutex::new((None, None::<Waker>)));
            *self = Spawned::Running(Arc::clone(&shared), options);
            thread::spawn(move || {
                let outcome = task.run();
                let mut shared = shared.lock().unwrap_or_else(PoisonError::into_inner);
                shared.0 = Some(outcome);
                if let Some(waker) = shared.1.take() {
                    waker.wake();
                }
            });
        }
        let Spawned::Running(shared, _) = self else {
            unreachable!()
        };
        let mut shared = shared.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(outcome) = shared.0.take() {
            return Poll::Ready(outcome);
        }
        shared.1 = Some(cx.waker().clone());
        Poll::Pending
    }

    fn options(&mut self) -> &mut CallOptions {
        match self {
            Spawned::New(task) => task.options(),
            Spawned::Running(_, options) => options,
            Spawned::Moved => unreachable!(),
        }
    }

    fn into_task(self: Box<Self>) -> Result<TaskCall<R>, Box<dyn Backend<R>>> {
        match *self {
            Spawned::New(task) => Ok(task),
            running => Err(Box::new(running)),
        }
    }

    fn detach(self: Box<Self>) {}
}

#[cpu_bound(pool = SPAWNING)]
fn product(left: u64, #[default = 3] right: u64) -> (u64, u32, Option<String>) {
    let name = thread::current().name().map(ToOwned::to_owned);
    (left * right, std::process::id(), name)
}

#[cpu_bound(pool = SPAWNING)]
fn parsed(text: &str) -> Result<u64, Box<dyn std::error::Error + Send + Sync>> {
    Ok(text.parse()?)
}

#[blocking_io]
fn on_a_thread() -> u64 {
    1
}

#[test]
fn an_attribute_names_a_pool_of_another_crate() {
    let before = SPAWNING.calls.load(Ordering::Relaxed);
    let (result, pid, name) = wait(product(5, 4)).unwrap();
    assert_eq!((result, pid, name), (20, std::process::id(), None));
    assert_eq!(wait(product::builder().left(2).call()).unwrap().0, 6);
    assert_eq!(wait(parsed("7")).unwrap(), 7);
    assert!(wait(parsed("seven")).is_err());
    assert!(SPAWNING.calls.load(Ordering::Relaxed) >= before + 4);
}

#[test]
fn a_call_moves_between_kinds_of_pools_until_it_is_submitted() {
    let processes = ProcessPool::new("kinds").workers(1);
    let threads = ThreadPool::new("kinds-threads").threads(1);
    let here = std::process::id();
    let (_, pid, _) = wait(product(1, 1).on(&processes)).unwrap();
    assert_ne!(pid, here);
    let (_, pid, name) = wait(product(1, 1).on(&processes).on(&threads)).unwrap();
    assert_eq!((pid, name.as_deref()), (here, Some("kinds-threads-1")));
    let (_, pid, name) = wait(product(1, 1).on(&threads).on(&SPAWNING)).unwrap();
    assert_eq!((pid, name), (here, None));
    // What a call was told goes with it.
    let call = product(1, 1).timeout(Duration::from_secs(60)).on(&threads);
    assert_eq!(wait(call.on(&processes)).unwrap().0, 1);
    // One that was submitted stays where it is.
    let submitted = product(1, 1).on(&processes).start();
    let (_, pid, _) = wait(submitted.on(&SPAWNING)).unwrap();
    assert_ne!(pid, here);
}

#[test]
fn a_task_of_threads_is_refused_by_a_pool_that_has_none() {
    let error = wait(on_a_thread().on(&SPAWNING)).unwrap_err();
    assert!(matches!(&error, Error::InvalidPool(invalid) if invalid.pool == "spawning"));
}
