//! What comes to a worker: calls, the memory that large ones lie in, and descriptors.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use super::context::WorkerContext;
use crate::error::fault::{PoolFault, ProtocolFault};
use crate::process::transport::DOORBELLS;
use crate::process::transport::shm::fd_passing::{self, FdPurpose, NoDescriptors};
use crate::process::transport::shm::region::Region;
use crate::sys::eventfd;

pub(crate) struct Inbox {
    context: &'static WorkerContext,
    /// How many times descriptors have come.
    received: u64,
    doorbells: [Option<OwnedFd>; DOORBELLS],
    region: Option<Region>,
    /// Descriptors that came up in a call, and in which.
    values: Option<(u64, Vec<OwnedFd>)>,
}

/// A call that has been taken up.
pub(crate) enum Opened<'a> {
    Call(&'a [u8], Vec<OwnedFd>),
    PoolHasGone,
}

impl Inbox {
    pub(crate) fn new(context: &'static WorkerContext) -> Inbox {
        Inbox {
            context,
            // The ring came this way.
            received: 1,
            doorbells: std::array::from_fn(|_| None),
            region: None,
            values: None,
        }
    }

    /// The call at this position, with whatever it needs.
    pub(crate) fn open(&mut self, position: u64, call: u64) -> Result<Opened<'_>, PoolFault> {
        let ring = &self.context.ring;
        while self.received < ring.fd_messages(position) {
            match fd_passing::receive(&self.context.socket) {
                Ok(received) => self.sort(received.purpose, received.descriptors)?,
                Err(NoDescriptors::NotYet) => {}
                Err(NoDescriptors::Closed) => return Ok(Opened::PoolHasGone),
                Err(NoDescriptors::Garbage(fault)) => return Err(fault.into()),
            }
        }
        // Those of a call that was taken back are not wanted any more.
        let values = self.values.take().filter(|(of, _)| *of == call);
        let values = values
            .map(|(_, descriptors)| descriptors)
            .unwrap_or_default();
        let at = ring.place_of(position);
        let message = if at.memory == 0 {
            ring.request(position, at.length)
        } else {
            match &mut self.region {
                Some(region) if region.id() == at.memory => {
                    region.call(at.length).map_err(ProtocolFault::Memory)?
                }
                _ => return Err(PoolFault::NoCallMemory),
            }
        };
        Ok(Opened::Call(message, values))
    }

    fn sort(&mut self, purpose: FdPurpose, mut descriptors: Vec<OwnedFd>) -> Result<(), PoolFault> {
        self.received += 1;
        match (purpose, descriptors.pop()) {
            (FdPurpose::Values(call), last) => {
                descriptors.extend(last);
                self.values = Some((call, descriptors));
            }
            (FdPurpose::Memory(id), Some(descriptor)) => {
                self.region = Some(Region::open(id, descriptor).map_err(ProtocolFault::Memory)?);
            }
            (FdPurpose::Doorbell(number), Some(descriptor)) if number < DOORBELLS => {
                self.doorbells[number] = Some(descriptor);
            }
            _ => return Err(PoolFault::WorkerMessage),
        }
        Ok(())
    }

    /// Wakes the listener of this number.
    pub(crate) fn ring(&self, number: usize) -> io::Result<()> {
        let doorbell: BorrowedFd<'_> = match &self.doorbells[number] {
            Some(doorbell) => doorbell.as_fd(),
            None => self.context.doorbell.as_fd(),
        };
        eventfd::signal(doorbell)
    }
}
