//! Doorbells of tokio runtimes. The `unsafe` of registering a descriptor with one is here.

#![allow(unsafe_code, reason = "a descriptor is registered with a runtime")]

use std::cell::RefCell;
use std::future::{Future, poll_fn};
use std::io;
use std::os::fd::OwnedFd;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, Weak};
use std::task::{Context, Poll, Wake, Waker};

use tokio::io::Interest;
use tokio::io::unix::AsyncFd;
use tokio::runtime::{Handle, Id};
use tokio::task::coop::unconstrained;

use super::ringer::Ringer;
use crate::util::panic;
use crate::util::sync::lock;
use crate::util::wait;

/// So many calls that a thread makes on a runtime are heard of by the pool's own thread: a runtime
/// that makes one call and ends is not worth a registration.
const FIRST_CALLS: u32 = 2;

/// A tokio runtime that calls are awaited on.
#[derive(Debug)]
pub(crate) struct Runtime {
    id: Id,
    handle: Handle,
    /// It cannot hear: it was built without I/O, or has ended.
    cannot_listen: AtomicBool,
}

/// What a thread knows of the runtime that it works for.
struct Known {
    id: Id,
    /// How many calls it has made there.
    calls: u32,
    runtime: Weak<Runtime>,
}

thread_local! {
    static KNOWN: RefCell<Option<Known>> = const { RefCell::new(None) };
}

impl Runtime {
    /// The one that the current thread works for, if it is to hear of its calls by itself.
    pub(crate) fn current() -> Option<Arc<Runtime>> {
        // A thread that waits by blocking hears nothing meanwhile.
        if wait::is_waiting() {
            return None;
        }
        let handle = Handle::try_current().ok()?;
        let id = handle.id();
        // A thread that ends has no more of its own, and makes no more calls than one.
        KNOWN
            .try_with(|known| {
                let mut known = known.borrow_mut();
                let known = match &mut *known {
                    Some(known) if known.id == id => known,
                    other => other.insert(Known {
                        id,
                        calls: 0,
                        runtime: Weak::new(),
                    }),
                };
                if known.calls < FIRST_CALLS {
                    known.calls += 1;
                    return None;
                }
                let runtime = known.runtime.upgrade().unwrap_or_else(|| {
                    let runtime = Runtime::of(handle);
                    known.runtime = Arc::downgrade(&runtime);
                    runtime
                });
                let cannot_listen = runtime.cannot_listen.load(Ordering::Relaxed);
                (!cannot_listen).then_some(runtime)
            })
            .ok()
            .flatten()
    }

    /// Its one entry, for all threads that work for it.
    fn of(handle: Handle) -> Arc<Runtime> {
        static RUNTIMES: Mutex<Vec<Weak<Runtime>>> = Mutex::new(Vec::new());
        let id = handle.id();
        let mut runtimes = lock(&RUNTIMES);
        runtimes.retain(|runtime| runtime.strong_count() > 0);
        let found = runtimes
            .iter()
            .filter_map(Weak::upgrade)
            // An id may be used again after the runtime's end.
            .find(|runtime| runtime.id == id && !runtime.cannot_listen.load(Ordering::Relaxed));
        found.unwrap_or_else(|| {
            let runtime = Arc::new(Runtime {
                id,
                handle,
                cannot_listen: AtomicBool::new(false),
            });
            runtimes.push(Arc::downgrade(&runtime));
            runtime
        })
    }
}

/// A descriptor that is registered with a runtime, which wakes this when it rings.
#[derive(Debug)]
pub(crate) struct Doorbell {
    number: usize,
    runtime: Arc<Runtime>,
    ringer: Weak<dyn Ringer>,
    /// `None` when the runtime or the worker has ended.
    registration: Mutex<Option<AsyncFd<OwnedFd>>>,
}

impl Doorbell {
    /// Registers the descriptor with the runtime.
    ///
    /// # Errors
    /// The runtime cannot hear. It is not asked again.
    pub(crate) fn register(
        runtime: &Arc<Runtime>,
        number: usize,
        ringer: Weak<dyn Ringer>,
        descriptor: OwnedFd,
    ) -> io::Result<Arc<Doorbell>> {
        // tokio panics where the runtime was built without I/O, or ends at this moment.
        let registered = panic::catch(|| {
            let _context = runtime.handle.enter();
            // SAFETY: the descriptor is owned by what this returns, which never gives it away, so
            // that it stays open and the same as long as it is registered.
            unsafe { AsyncFd::register_with_interest(descriptor, Interest::READABLE) }
        });
        let registration = match registered {
            Ok(Ok(registration)) => registration,
            Ok(Err(error)) => {
                runtime.cannot_listen.store(true, Ordering::Relaxed);
                return Err(error.into());
            }
            Err(report) => {
                runtime.cannot_listen.store(true, Ordering::Relaxed);
                return Err(io::Error::other(report.message));
            }
        };
        let doorbell = Arc::new(Doorbell {
            number,
            runtime: Arc::clone(runtime),
            ringer,
            registration: Mutex::new(Some(registration)),
        });
        if !doorbell.wait() {
            return Err(io::ErrorKind::NotConnected.into());
        }
        Ok(doorbell)
    }

    pub(crate) fn is_of(&self, runtime: &Arc<Runtime>) -> bool {
        Arc::ptr_eq(&self.runtime, runtime)
    }

    /// Returns whether the runtime or the worker has ended: nothing hears the doorbell any more.
    pub(crate) fn has_ended(&self) -> bool {
        lock(&self.registration).is_none()
    }

    /// From now on the runtime is not woken any more.
    pub(crate) fn deregister(&self) {
        let registration = lock(&self.registration).take();
        drop(registration);
    }

    /// Asks the runtime to wake this at the next ring. False if it has ended.
    fn wait(self: &Arc<Doorbell>) -> bool {
        let waker = Waker::from(Arc::clone(self));
        let mut cx = Context::from_waker(&waker);
        let registration = lock(&self.registration);
        let Some(registered) = &*registration else {
            return false;
        };
        // Without tokio's budget for tasks: where a task has used it up, tokio would put this off
        // by waking it, here and now, under this lock.
        let mut look = unconstrained(poll_fn(|cx| registered.poll_read_ready(cx)));
        loop {
            match Pin::new(&mut look).poll(&mut cx) {
                Poll::Pending => return true,
                // It stays readable for ever, and what counts is that it has been rung again.
                Poll::Ready(Ok(mut ready)) => ready.clear_ready(),
                Poll::Ready(Err(_)) => break,
            }
        }
        drop(registration);
        self.runtime.cannot_listen.store(true, Ordering::Relaxed);
        self.deregister();
        false
    }
}

/// It has been rung, or the runtime ends.
impl Wake for Doorbell {
    fn wake(self: Arc<Doorbell>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Doorbell>) {
        let goes_on = self.wait();
        if let Some(ringer) = self.ringer.upgrade() {
            if !goes_on {
                ringer.forget(self.number);
            }
            ringer.rung(self.number);
        }
    }
}
