//! How a worker is given calls: in a slot of its ring, or in memory that the slot names.

use std::io::{self, ErrorKind};
use std::os::fd::AsFd;
use std::sync::Arc;

use rustix::io::Errno;

use super::handle::{Call, Inner, Supervisor, WorkerHandle};
use super::state::{Life, Link};
use crate::error::Error;
use crate::error::fault::{KillReason, Unsent};
use crate::process::host::listener::{Doorbell, Runtime};
use crate::process::host::message::{Body, Message};
use crate::process::transport::shm::doorbell;
use crate::process::transport::shm::fd_passing::{self, FdPurpose};
use crate::process::transport::shm::region::Region;
use crate::process::transport::{DOORBELLS, INLINE, Place, Placed, SLOTS};
use crate::sys::eventfd;
use crate::util::sync::lock;

/// How many calls a worker is given at a time.
const MOST: usize = SLOTS;

/// What came of giving a worker a call.
#[derive(Debug)]
pub(crate) enum Taken {
    Yes,
    /// The caller has dropped the call. The worker is as it was.
    NotWanted,
    /// The worker cannot take a call now.
    Unfit,
    /// The call cannot be given to a worker, and has to fail with this. The worker is as it was.
    Failed(Error),
}

impl<S: Supervisor> WorkerHandle<S> {
    /// Hands a call to a worker that has none, if the call is still wanted.
    ///
    /// `message` is `None` while the arguments are being encoded: [`send`](Self::send) follows.
    pub(crate) fn take(
        self: &Arc<Self>,
        call: &Arc<S::Call>,
        message: Option<Arc<Message>>,
    ) -> Taken {
        let mut inner = lock(&self.inner);
        if inner.process.life != Life::Ready || inner.calls.load() > 0 {
            return Taken::Unfit;
        }
        // The call and the worker come to know of each other under the worker's lock, so that a
        // caller who drops the call is either seen here or finds the worker to stop.
        match call.assign(self, message.is_some()) {
            Ok(true) => {}
            Ok(false) => return Taken::NotWanted,
            Err(error) => return Taken::Failed(error),
        }
        if let Some(message) = message {
            return self.place(&mut inner, call, &message);
        }
        inner.calls.reserved = Some(Arc::clone(call));
        self.note_load(&inner);
        Taken::Yes
    }

    /// Puts a call behind those that the worker has, if the call is still wanted.
    pub(crate) fn add(self: &Arc<Self>, call: &Arc<S::Call>, message: &Message) -> Taken {
        let mut inner = lock(&self.inner);
        let is_working = inner.process.life == Life::Ready && inner.calls.pipeline.calls() > 0;
        if !is_working
            || !self.may_have_more(&inner)
            || inner.calls.pipeline.next(&self.ring).is_none()
        {
            return Taken::Unfit;
        }
        match call.assign(self, true) {
            Ok(true) => {}
            Ok(false) => return Taken::NotWanted,
            Err(error) => return Taken::Failed(error),
        }
        self.place(&mut inner, call, message)
    }

    /// Whether [`add`](Self::add) is likely to take a call.
    pub(crate) fn has_room(&self) -> bool {
        let load = self.load();
        load > 0 && load < MOST && !self.is_retiring()
    }

    fn may_have_more(&self, inner: &Inner<S::Call>) -> bool {
        let limit = self.supervisor.config().recycle_after;
        inner.calls.reserved.is_none()
            && inner.calls.pipeline.calls() < MOST
            && !self.is_retiring()
            && limit.is_none_or(|limit| inner.calls.given < limit)
    }

    /// Sends the call that the worker waits for, which had to be encoded first. `Taken::Unfit` if
    /// the worker waits for another call, or for none.
    pub(crate) fn send(self: &Arc<Self>, call: &Arc<S::Call>, message: &Message) -> Taken {
        let mut inner = lock(&self.inner);
        if inner.calls.reserved.as_ref().map(|reserved| reserved.id()) != Some(call.id()) {
            return Taken::Unfit;
        }
        inner.calls.reserved = None;
        let taken = self.place(&mut inner, call, message);
        self.note_load(&inner);
        taken
    }

    /// Takes the memory of the worker's last large call, to encode the next one into.
    pub(crate) fn take_region(&self) -> Option<Region> {
        let region = lock(&self.inner).link.for_calls.take()?;
        // A message of the last call may still hold it, which then keeps it.
        Arc::try_unwrap(region).ok()
    }

    fn place(
        self: &Arc<Self>,
        inner: &mut Inner<S::Call>,
        call: &Arc<S::Call>,
        message: &Message,
    ) -> Taken {
        let Some(position) = inner.calls.pipeline.next(&self.ring) else {
            return Taken::Unfit;
        };
        let (at, bytes) = match self.send_ahead(inner, call.id(), message) {
            Ok(place) => place,
            Err(NoPlace::Failed(reason)) => {
                return Taken::Failed(call.unsent(&reason));
            }
            Err(NoPlace::Unreachable) => {
                // It counts as a call that the worker was about to get. Another worker gets it when
                // this one is reaped.
                inner.calls.reserved = Some(Arc::clone(call));
                self.note_load(inner);
                self.kill(inner, KillReason::Unreachable);
                return Taken::Yes;
            }
        };
        let doorbell = self.doorbell_for(inner, call.runtime());
        let prefetched = inner.calls.pipeline.push(call.id(), Arc::clone(call));
        inner.calls.given += 1;
        self.note_load(inner);
        self.supervisor.count_prefetched(prefetched);
        self.ring.publish(
            position,
            &Placed {
                call: call.id(),
                header: call.header(),
                doorbell,
                fd_messages: inner.link.fd_messages,
                at,
                bytes,
            },
        );
        self.supervisor.ensure_sweep();
        Taken::Yes
    }

    /// Decides where the call is placed, and sends the worker the descriptors that it needs for
    /// that.
    fn send_ahead<'a>(
        &self,
        inner: &mut Inner<S::Call>,
        call: u64,
        message: &'a Message,
    ) -> Result<(Place, &'a [u8]), NoPlace> {
        if message.has_handles() {
            fd_passing::send(&self.socket, FdPurpose::Values(call), &message.handles())
                .map_err(|error| NoPlace::unsent(Unsent::Descriptors, error, &inner.link))?;
            inner.link.fd_messages += 1;
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
                let region = region_with(&mut inner.link, bytes)
                    .map_err(|error| NoPlace::Failed(Unsent::NoMemory(error)))?;
                (region, bytes.len())
            }
            Body::Laid { region, length, .. } => (Arc::clone(region), *length),
        };
        if inner.link.known_region != region.id() {
            let purpose = FdPurpose::Memory(region.id());
            fd_passing::send(&self.socket, purpose, &[region.as_fd()])
                .map_err(|error| NoPlace::unsent(Unsent::Memory, error, &inner.link))?;
            inner.link.fd_messages += 1;
            inner.link.known_region = region.id();
        }
        let at = Place {
            memory: region.id(),
            length,
        };
        inner.link.for_calls = Some(region);
        Ok((at, &[]))
    }

    /// Returns the doorbell by which this runtime hears of the worker.
    fn doorbell_for(
        self: &Arc<Self>,
        inner: &mut Inner<S::Call>,
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
        if let Some(number) = inner.link.doorbells.iter().position(is_its) {
            return number;
        }
        // Without one, the reactor hears of the call, which costs time and nothing else.
        let free = (1..DOORBELLS).find(|number| inner.link.doorbells[*number].is_none());
        free.and_then(|number| self.register_doorbell(inner, runtime, number).ok())
            .unwrap_or(doorbell::OWN)
    }

    fn register_doorbell(
        self: &Arc<Self>,
        inner: &mut Inner<S::Call>,
        runtime: &Arc<Runtime>,
        number: usize,
    ) -> io::Result<usize> {
        let descriptor = eventfd::create()?;
        fd_passing::send(
            &self.socket,
            FdPurpose::Doorbell(number),
            &[descriptor.as_fd()],
        )?;
        inner.link.fd_messages += 1;
        let ringer = Arc::downgrade(self);
        inner.link.doorbells[number] =
            Some(Doorbell::register(runtime, number, ringer, descriptor)?);
        self.ring.listen(number);
        Ok(number)
    }
}

/// Why a call cannot be placed where the worker finds it.
#[derive(Debug)]
enum NoPlace {
    Failed(Unsent),
    /// The worker is dead. Or it has not taken in what was sent for calls that were taken back
    /// since: then it is stuck, or there were hundreds of such calls before it could look.
    Unreachable,
}

impl NoPlace {
    fn unsent(describe: fn(io::Error) -> Unsent, error: io::Error, link: &Link) -> NoPlace {
        // So many descriptors are on their way to processes of this user, who may not have more.
        let are_too_many = error.raw_os_error() == Some(Errno::TOOMANYREFS.raw_os_error());
        let is_behind = link.fd_messages > link.fd_messages_seen;
        match error.kind() {
            ErrorKind::WouldBlock
            | ErrorKind::BrokenPipe
            | ErrorKind::ConnectionReset
            | ErrorKind::NotConnected => NoPlace::Unreachable,
            _ if are_too_many && is_behind => NoPlace::Unreachable,
            _ => NoPlace::Failed(describe(error)),
        }
    }
}

/// Returns the worker's memory for calls, with these bytes in it.
fn region_with(link: &mut Link, bytes: &[u8]) -> io::Result<Arc<Region>> {
    // A message of the last call may still hold that memory, which then keeps it.
    let mut region = match link.for_calls.take().map(Arc::try_unwrap) {
        Some(Ok(region)) => region,
        _ => Region::create(bytes.len())?,
    };
    let memory = region.memory();
    memory.grow(bytes.len())?;
    memory.copy_in(0, bytes)?;
    Ok(Arc::new(region))
}
