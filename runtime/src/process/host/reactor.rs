//! A thread that waits on descriptors and tells their owners when something can be read.
//!
//! There are two: one hears from workers and must never have to wait for anything else, the other
//! passes on what workers write to standard error, which may block. Neither belongs to an async
//! runtime, so that a pool outlives them all.

use std::collections::HashMap;
use std::io;
use std::os::fd::{AsRawFd, BorrowedFd};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::thread;
use std::time::Duration;

use mio::unix::SourceFd;
use mio::{Events, Interest, Poll, Registry};

use crate::util::panic;
use crate::util::sync::lock;

/// The owner of descriptors that are watched.
pub(crate) trait Source: Send + Sync + 'static {
    /// Its descriptors, each by its name.
    type Watched: Token;

    /// Something has changed at this descriptor, perhaps. False ends the watch of all of them.
    fn ready(self: Arc<Self>, watched: Self::Watched) -> bool;
}

/// The name of a descriptor as a number, so that those of all sources fit in one table.
pub(crate) trait Token: Copy {
    /// Returns a number less than [`DESCRIPTORS`].
    fn to_number(self) -> usize;
    /// Only ever called with what [`to_number`](Token::to_number) returned.
    fn from_number(number: usize) -> Self;
}

/// For sources that have one descriptor.
impl Token for () {
    fn to_number(self) -> usize {
        0
    }

    fn from_number(_number: usize) {}
}

/// How many descriptors a source may have.
const DESCRIPTORS: usize = 4;

/// [`Source`] with its types taken away.
trait Notify: Send + Sync {
    fn notify(self: Arc<Self>, number: usize) -> bool;
}

impl<S: Source> Notify for S {
    fn notify(self: Arc<Self>, number: usize) -> bool {
        self.ready(S::Watched::from_number(number))
    }
}

pub(crate) struct Poller {
    name: &'static str,
    running: OnceLock<Running>,
    starting: Mutex<()>,
}

struct Running {
    registry: Registry,
    sources: Mutex<HashMap<usize, Arc<dyn Notify>>>,
    next: AtomicUsize,
}

impl Poller {
    /// A poller whose thread has this name and starts with the first source.
    pub(crate) const fn new(name: &'static str) -> Poller {
        Poller {
            name,
            running: OnceLock::new(),
            starting: Mutex::new(()),
        }
    }

    /// Watches these descriptors of `source`, which must keep them open as long as it exists.
    pub(crate) fn watch<S: Source>(
        &'static self,
        source: &Arc<S>,
        descriptors: &[(S::Watched, BorrowedFd<'_>)],
    ) -> io::Result<()> {
        let running = self.running()?;
        let number = running.next.fetch_add(1, Ordering::Relaxed);
        let source = Arc::clone(source) as Arc<dyn Notify>;
        lock(&running.sources).insert(number, source);
        for (watched, descriptor) in descriptors {
            let descriptor = descriptor.as_raw_fd();
            let token = mio::Token(number * DESCRIPTORS + watched.to_number());
            running
                .registry
                .register(&mut SourceFd(&descriptor), token, Interest::READABLE)
                .inspect_err(|_| {
                    lock(&running.sources).remove(&number);
                })?;
        }
        Ok(())
    }

    fn running(&'static self) -> io::Result<&'static Running> {
        if let Some(running) = self.running.get() {
            return Ok(running);
        }
        let _starting = lock(&self.starting);
        if let Some(running) = self.running.get() {
            return Ok(running);
        }
        let poll = Poll::new()?;
        let registry = poll.registry().try_clone()?;
        thread::Builder::new()
            .name(self.name.to_owned())
            .spawn(move || self.run(poll))?;
        Ok(self.running.get_or_init(|| Running {
            registry,
            sources: Mutex::default(),
            next: AtomicUsize::new(0),
        }))
    }

    fn run(&self, mut poll: Poll) {
        let mut events = Events::with_capacity(256);
        loop {
            if let Err(error) = poll.poll(&mut events, None) {
                if error.kind() != io::ErrorKind::Interrupted {
                    // It cannot fail otherwise as long as the descriptors are what they are here.
                    thread::sleep(Duration::from_millis(10));
                }
                continue;
            }
            let Some(running) = self.running.get() else {
                continue;
            };
            for event in &events {
                let number = event.token().0 / DESCRIPTORS;
                let source = lock(&running.sources).get(&number).cloned();
                let Some(source) = source else { continue };
                let mut goes_on = true;
                // Wakers are foreign code; one that panics must not silence all workers.
                panic::swallow_panic(|| goes_on = source.notify(event.token().0 % DESCRIPTORS));
                if !goes_on {
                    // Its descriptors close with it, which ends the kernel's watch too.
                    lock(&running.sources).remove(&number);
                }
            }
        }
    }
}
