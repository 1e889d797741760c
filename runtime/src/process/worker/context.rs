//! Where a worker works: what it shares with its pool, and which call it runs.

use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, TryLockError};

use crate::context::{Asked, Progress};
use crate::error::Phase;
use crate::error::fault::PoolFault;
use crate::process::protocol::event::{Delivery, Event};
use crate::process::transport::Ring;
use crate::process::transport::shm::fd_passing::{self, FdPurpose, NoDescriptors};
use crate::sys::{eventfd, pidfd};
use crate::util::sync::lock;

/// The exit code of a worker that cannot work.
pub(crate) const FAILED: i32 = 70;

/// There is one in a worker, and it is there as long as the process: threads that a function leaves
/// behind may ask it too.
#[derive(Debug)]
pub(crate) struct WorkerContext {
    pub(crate) socket: UnixStream,
    pub(crate) ring: Ring,
    /// What wakes the pool's own thread.
    pub(crate) doorbell: OwnedFd,
    pub(crate) nonce: u64,
    /// Readable when the program that it works for has ended.
    parent: Option<OwnedFd>,
    /// Readable when the worker's loop has.
    loop_ended: OwnedFd,
    /// The call that the worker has taken up last, and where it lies.
    call: AtomicU64,
    position: AtomicU64,
    /// Held by the thread that says an event.
    saying: Mutex<()>,
}

impl WorkerContext {
    /// Takes what the pool has sent ahead.
    pub(crate) fn receive(socket: &UnixStream) -> Result<(Ring, OwnedFd), PoolFault> {
        let received = loop {
            match fd_passing::receive(socket) {
                Ok(received) => break received,
                Err(NoDescriptors::NotYet) => {}
                Err(NoDescriptors::Closed) => return Err(PoolFault::Gone),
                Err(NoDescriptors::Garbage(fault)) => return Err(fault.into()),
            }
        };
        let mut descriptors = received.descriptors.into_iter();
        match (received.purpose, descriptors.next(), descriptors.next()) {
            (FdPurpose::Start, Some(ring), Some(doorbell)) => Ok((Ring::open(ring)?, doorbell)),
            _ => Err(PoolFault::NoRing),
        }
    }

    pub(crate) fn new(
        socket: UnixStream,
        ring: Ring,
        doorbell: OwnedFd,
        nonce: u64,
    ) -> io::Result<WorkerContext> {
        Ok(WorkerContext {
            // Where there is no such thing, the kernel's word has to do.
            parent: pidfd::of_parent(),
            loop_ended: eventfd::create()?,
            socket,
            ring,
            doorbell,
            nonce,
            call: AtomicU64::new(0),
            position: AtomicU64::new(0),
            saying: Mutex::new(()),
        })
    }

    /// The worker has taken up a call.
    pub(crate) fn begin(&self, position: u64, call: u64) {
        self.position.store(position, Ordering::Relaxed);
        self.call.store(call, Ordering::Release);
    }

    pub(crate) fn set_phase(&self, phase: Phase) {
        self.ring.set_phase(self.position(), phase);
    }

    pub(crate) fn phase(&self) -> Phase {
        self.ring.phase(self.position())
    }

    /// Says something to the pool, as the event wants it.
    pub(super) fn emit(&self, event: &Event<'_>) {
        match event.delivery() {
            Delivery::Latest(progress) => {
                let call = self.call.load(Ordering::Acquire);
                self.ring.set_progress(self.position(), call, progress);
            }
            Delivery::Bounded(bytes) => match self.saying.try_lock() {
                Ok(_saying) => self.ring.write_event(&bytes, false),
                Err(TryLockError::Poisoned(_) | TryLockError::WouldBlock) => self.ring.drop_event(),
            },
            Delivery::Vital(bytes) => {
                let _saying = lock(&self.saying);
                self.ring.write_event(&bytes, true);
            }
        }
    }

    /// Says that there was a panic, which may be the end of this process.
    pub(super) fn tell_of_panic(&self, message: &str, place: &str) {
        // It aborts because the panic before cannot unwind any further. That one is the reason.
        if place.contains("core/src/panicking.rs:") {
            return;
        }
        let text = &*format!("{place}: {message}");
        let call = self.call.load(Ordering::Acquire);
        self.emit(&Event::Panicked { call, text });
    }

    fn position(&self) -> u64 {
        self.position.load(Ordering::Relaxed)
    }

    /// Waits until the worker's loop or the program that it works for has ended.
    ///
    /// The kernel kills this process with that program. Should it not have, the loop is told here.
    /// The socket is not waited for: it would stay open as long as this waits, also if user code
    /// has closed it by mistake, which the pool is to hear of.
    pub(crate) fn wait_for_end(&self) {
        let ends = [Some(&self.loop_ended), self.parent.as_ref()];
        pidfd::wait_for_any(ends.into_iter().flatten());
        self.ring.close();
    }
}

/// Dropped when the worker's loop ends, however that is.
pub(crate) struct InLoop(pub(crate) &'static WorkerContext);

impl Drop for InLoop {
    fn drop(&mut self) {
        // If the main thread cannot be told, the function has closed descriptors that are not its
        // own, and this process is of no more use.
        if let Err(error) = eventfd::signal(self.0.loop_ended.as_fd()) {
            let reason = &*format!("descriptors of the worker were closed: {error}");
            self.0.emit(&Event::Stopping { reason });
            std::process::exit(FAILED);
        }
    }
}

/// A worker asks for the one call that it runs.
impl Asked for WorkerContext {
    fn is_cancelled(&self) -> bool {
        let asked = self.ring.asked_to_stop();
        asked != 0 && asked == self.call.load(Ordering::Acquire)
    }

    fn attempt(&self) -> u32 {
        match self.call.load(Ordering::Acquire) {
            // No call was taken up yet.
            0 => 0,
            _ => self.ring.header(self.position()).attempt,
        }
    }

    fn report(&self, progress: Progress) {
        self.emit(&Event::Progress(progress));
    }
}
