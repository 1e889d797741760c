//! How a worker is given calls: into a slot of its ring, or into memory that the slot names.

use std::io::ErrorKind;
use std::os::fd::AsFd;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use rustix::io::Errno;

use super::{Inner, Life, WorkerHandle};
use crate::error::{Error, Started};
use crate::process::host::listener::{Doorbell, Runtime};
use crate::process::host::message::{Body, Message};
use crate::process::host::scheduler::job::Job;
use crate::process::transport::shm::doorbell;
use crate::process::transport::shm::fd_passing::{self, FdPurpose};
use crate::process::transport::shm::region::Region;
use crate::process::transport::{DOORBELLS, INLINE, Place, Placed};
use crate::util::sync::lock;

/// What came of giving a worker a call.
#[derive(Debug)]
pub(crate) enum Taken {
    Yes,
    /// The caller has gone in the meantime. The worker is as it was.
    NotWanted,
    /// The worker cannot take any now.
    Unfit,
    /// The call cannot be handed over, and has to fail with this. The worker is as it was.
    Failed(Error),
}

impl WorkerHandle {
    /// Gives a call to a worker that has none, if the call is still wanted.
    ///
    /// `message` is `None` while somebody still encodes it: [`send`](Self::send) follows.
    pub(crate) fn take(
        self: &Arc<WorkerHandle>,
        job: &Arc<Job>,
        message: Option<Arc<Message>>,
    ) -> Taken {
        let mut inner = lock(&self.inner);
        if inner.life != Life::Ready || inner.load() > 0 {
            return Taken::Unfit;
        }
        // Job and worker come to know of each other under the worker's lock, so that a caller who
        // leaves either is seen here or finds the worker to kill.
        match job.assign(self, message.is_some()) {
            Ok(true) => {}
            Ok(false) => return Taken::NotWanted,
            Err(error) => return Taken::Failed(error),
        }
        if let Some(message) = message {
            return self.place(&mut inner, job, &message);
        }
        inner.reserved = Some(Arc::clone(job));
        self.load.store(1, Ordering::Release);
        Taken::Yes
    }

    /// Puts a call behind those that the worker has, if the call is still wanted.
    pub(crate) fn add(self: &Arc<WorkerHandle>, job: &Arc<Job>, message: &Message) -> Taken {
        let mut inner = lock(&self.inner);
        let is_working = inner.life == Life::Ready && inner.pipeline.calls() > 0;
        if !is_working || !self.may_have_more(&inner) || inner.pipeline.next(&self.ring).is_none() {
            return Taken::Unfit;
        }
        match job.assign(self, true) {
            Ok(true) => {}
            Ok(false) => return Taken::NotWanted,
            Err(error) => return Taken::Failed(error),
        }
        self.place(&mut inner, job, message)
    }

    /// Whether it is worth to [`add`](Self::add) a call.
    pub(crate) fn has_room(&self) -> bool {
        let load = self.load.load(Ordering::Acquire);
        load > 0 && load < MOST && !self.is_retiring()
    }

    fn may_have_more(&self, inner: &Inner) -> bool {
        let limit = self.scheduler.settings().recycle_after;
        inner.reserved.is_none()
            && inner.pipeline.calls() < MOST
            && !self.is_retiring()
            && limit.is_none_or(|limit| inner.calls < limit)
    }

    /// Sends the call that the worker waits for, which had to be encoded first. `Taken::Unfit` if it
    /// waits for another one, or for none.
    pub(crate) fn send(self: &Arc<WorkerHandle>, job: &Arc<Job>, message: &Message) -> Taken {
        let mut inner = lock(&self.inner);
        if inner.reserved.as_ref().map(|job| job.id()) != Some(job.id()) {
            return Taken::Unfit;
        }
        inner.reserved = None;
        let taken = self.place(&mut inner, job, message);
        self.load.store(inner.load(), Ordering::Release);
        taken
    }

    /// The memory that its last large call lay in, to encode the next into.
    pub(crate) fn take_region(&self) -> Option<Region> {
        let region = lock(&self.inner).for_calls.take()?;
        // Somebody may still look at the last call, who has it then.
        Arc::try_unwrap(region).ok()
    }

    fn place(
        self: &Arc<WorkerHandle>,
        inner: &mut Inner,
        job: &Arc<Job>,
        message: &Message,
    ) -> Taken {
        let Some(position) = inner.pipeline.next(&self.ring) else {
            return Taken::Unfit;
        };
        let (at, bytes) = match self.lay(inner, job.id(), message) {
            Ok(place) => place,
            Err(NoPlace::Failed(reason)) => {
                return Taken::Failed(job.codec_error(true, reason, Started::No));
            }
            Err(NoPlace::Unreachable) => {
                // It counts as a call that it was about to get, which another worker gets when this
                // one is reaped.
                inner.reserved = Some(Arc::clone(job));
                self.load.store(inner.load(), Ordering::Release);
                inner.leave();
                self.kill_locked(inner);
                return Taken::Yes;
            }
        };
        let doorbell = self.doorbell_for(inner, job.runtime());
        let prefetched = inner.pipeline.push(Arc::clone(job));
        inner.calls += 1;
        self.load.store(inner.load(), Ordering::Release);
        self.scheduler.count_prefetched(prefetched);
        self.ring.publish(
            position,
            &Placed {
                call: job.id(),
                header: job.header(),
                doorbell,
                fd_messages: inner.fd_messages,
                at,
                bytes,
            },
        );
        self.scheduler.ensure_sweep();
        Taken::Yes
    }

    /// Decides where the call lies, and sees to it that the worker has that memory.
    fn lay<'a>(
        &self,
        inner: &mut Inner,
        call: u64,
        message: &'a Message,
    ) -> Result<(Place, &'a [u8]), NoPlace> {
        if message.has_handles() {
            fd_passing::send(&self.socket, FdPurpose::Values(call), &message.handles())
                .map_err(|error| NoPlace::unsent("descriptors", &error, inner))?;
            inner.fd_messages += 1;
        }
        let (region, length) = match message.body() {
            Body::Bytes(bytes) if bytes.len() <= INLINE => {
                let at = Place {
                    memory: 0,
                    length: bytes.len(),
                };
                return Ok((at, bytes));
            }
            Body::Bytes(bytes) => {
                let region = region_with(inner, bytes).map_err(NoPlace::Failed)?;
                (region, bytes.len())
            }
            Body::Laid { region, length, .. } => (Arc::clone(region), *length),
        };
        if inner.known_region != region.id() {
            let purpose = FdPurpose::Memory(region.id());
            fd_passing::send(&self.socket, purpose, &[region.as_fd()])
                .map_err(|error| NoPlace::unsent("memory", &error, inner))?;
            inner.fd_messages += 1;
            inner.known_region = region.id();
        }
        let at = Place {
            memory: region.id(),
            length,
        };
        inner.for_calls = Some(region);
        Ok((at, &[]))
    }

    /// The doorbell by which this runtime hears of the worker.
    fn doorbell_for(
        self: &Arc<WorkerHandle>,
        inner: &mut Inner,
        runtime: Option<&Arc<Runtime>>,
    ) -> usize {
        let Some(runtime) = runtime else {
            return doorbell::OWN;
        };
        let is_its = |doorbell: &Option<Arc<Doorbell>>| {
            doorbell
                .as_ref()
                .is_some_and(|doorbell| doorbell.is_of(runtime))
        };
        if let Some(number) = inner.doorbells.iter().position(is_its) {
            return number;
        }
        // Without one, the pool's own thread hears of the call, which costs time and nothing else.
        let free = (1..DOORBELLS).find(|number| inner.doorbells[*number].is_none());
        free.and_then(|number| self.register_doorbell(inner, runtime, number).ok())
            .unwrap_or(doorbell::OWN)
    }

    fn register_doorbell(
        self: &Arc<WorkerHandle>,
        inner: &mut Inner,
        runtime: &Arc<Runtime>,
        number: usize,
    ) -> std::io::Result<usize> {
        let descriptor = doorbell::descriptor()?;
        fd_passing::send(
            &self.socket,
            FdPurpose::Doorbell(number),
            &[descriptor.as_fd()],
        )?;
        inner.fd_messages += 1;
        inner.doorbells[number] = Some(Doorbell::register(runtime, number, self, descriptor)?);
        self.ring.listen(number);
        Ok(number)
    }
}

/// Why a call is nowhere for the worker to find.
#[derive(Debug)]
enum NoPlace {
    Failed(String),
    /// The worker is dead. Or it has not taken in what was sent for calls that were taken back since: then
    /// it is stuck, or there were hundreds of them before its turn came.
    Unreachable,
}

impl NoPlace {
    fn unsent(what: &str, error: &std::io::Error, inner: &Inner) -> NoPlace {
        // So many descriptors are on their way to processes of this user, who may not have more.
        let are_too_many = error.raw_os_error() == Some(Errno::TOOMANYREFS.raw_os_error());
        let is_behind = inner.fd_messages > inner.fd_messages_seen;
        match error.kind() {
            ErrorKind::WouldBlock
            | ErrorKind::BrokenPipe
            | ErrorKind::ConnectionReset
            | ErrorKind::NotConnected => NoPlace::Unreachable,
            _ if are_too_many && is_behind => NoPlace::Unreachable,
            _ => NoPlace::Failed(format!(
                "the arguments: {what} cannot be sent to the worker: {error}"
            )),
        }
    }
}

/// So many calls a worker is given at a time.
const MOST: usize = crate::process::transport::SLOTS;

/// The worker's memory for calls, with these bytes in it.
fn region_with(inner: &mut Inner, bytes: &[u8]) -> Result<Arc<Region>, String> {
    let describe =
        |error: std::io::Error| format!("the arguments: there is no memory for them: {error}");
    // Whoever still holds the last call holds its memory.
    let mut region = match inner.for_calls.take().map(Arc::try_unwrap) {
        Some(Ok(region)) => region,
        _ => Region::create(bytes.len()).map_err(describe)?,
    };
    let memory = region.memory();
    memory.grow(bytes.len()).map_err(describe)?;
    memory.copy_in(0, bytes).map_err(describe)?;
    Ok(Arc::new(region))
}
