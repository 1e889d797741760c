//! Descriptors between a pool and a worker: what cannot lie in shared memory, because only the
//! kernel can hand it over. They go over the socket, ahead of the call or the answer that needs
//! them.

use std::io::{self, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{BorrowedFd, OwnedFd};
use std::os::unix::net::UnixStream;

use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags,
};

use crate::error::fault::ProtocolFault;

/// The kernel passes no more than so many at a time.
pub(crate) const MOST: usize = 253;

const LENGTH: usize = 16;

/// What the descriptors are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FdPurpose {
    /// The worker's first: its ring, and what wakes listener 0.
    Start,
    /// What wakes the listener of this number.
    Doorbell(usize),
    /// Memory that calls or answers lie in, which name it so.
    Memory(u64),
    /// Those that came up in this call, or its answer.
    Values(u64),
}

/// What has come, if it is whole.
#[derive(Debug)]
pub(crate) struct Received {
    pub(crate) purpose: FdPurpose,
    pub(crate) descriptors: Vec<OwnedFd>,
}

/// Why no descriptors have come.
#[derive(Debug)]
pub(crate) enum NoDescriptors {
    /// None is there now.
    NotYet,
    /// The other side has closed.
    Closed,
    /// What came is none, or cannot be taken.
    Garbage(ProtocolFault),
}

impl FdPurpose {
    pub(crate) fn to_bytes(self) -> [u8; LENGTH] {
        let (what, which) = match self {
            FdPurpose::Start => (1, 0),
            FdPurpose::Doorbell(number) => (2, number as u64),
            FdPurpose::Memory(id) => (3, id),
            FdPurpose::Values(call) => (4, call),
        };
        let mut bytes = [0; LENGTH];
        bytes[..8].copy_from_slice(&u64::to_le_bytes(what));
        bytes[8..].copy_from_slice(&which.to_le_bytes());
        bytes
    }

    pub(crate) fn from_bytes(bytes: [u8; LENGTH]) -> Option<FdPurpose> {
        let number = |at: usize| {
            let mut number = [0; 8];
            number.copy_from_slice(&bytes[at..at + 8]);
            u64::from_le_bytes(number)
        };
        let which = number(8);
        match number(0) {
            1 => Some(FdPurpose::Start),
            2 => usize::try_from(which).ok().map(FdPurpose::Doorbell),
            3 => Some(FdPurpose::Memory(which)),
            4 => Some(FdPurpose::Values(which)),
            _ => None,
        }
    }
}

/// Sends descriptors. A socket that does not block fails if it is full.
pub(crate) fn send(
    socket: &UnixStream,
    purpose: FdPurpose,
    descriptors: &[BorrowedFd<'_>],
) -> io::Result<()> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(MOST))];
    let mut ancillary = SendAncillaryBuffer::new(&mut space);
    if !ancillary.push(SendAncillaryMessage::ScmRights(descriptors)) {
        return Err(io::Error::other(format!(
            "no more than {MOST} descriptors can be sent at a time"
        )));
    }
    let bytes = purpose.to_bytes();
    loop {
        let sent = rustix::net::sendmsg(
            socket,
            &[IoSlice::new(&bytes)],
            &mut ancillary,
            SendFlags::NOSIGNAL,
        );
        match sent {
            Ok(LENGTH) => return Ok(()),
            Ok(_) => return Err(io::ErrorKind::WriteZero.into()),
            Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

/// Takes what has come next.
pub(crate) fn receive(socket: &UnixStream) -> Result<Received, NoDescriptors> {
    let mut bytes = [0; LENGTH];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(MOST))];
    let mut ancillary = RecvAncillaryBuffer::new(&mut space);
    let received = loop {
        let received = rustix::net::recvmsg(
            socket,
            &mut [IoSliceMut::new(&mut bytes)],
            &mut ancillary,
            RecvFlags::CMSG_CLOEXEC,
        );
        match received {
            Err(rustix::io::Errno::INTR) => {}
            Err(rustix::io::Errno::AGAIN) => return Err(NoDescriptors::NotYet),
            Err(rustix::io::Errno::CONNRESET) => return Err(NoDescriptors::Closed),
            Err(error) => {
                return Err(NoDescriptors::Garbage(ProtocolFault::Socket(error.into())));
            }
            Ok(received) => break received,
        }
    };
    let mut descriptors = Vec::new();
    for message in ancillary.drain() {
        if let RecvAncillaryMessage::ScmRights(some) = message {
            descriptors.extend(some);
        }
    }
    if received.bytes == 0 {
        return Err(NoDescriptors::Closed);
    }
    if received.flags.contains(rustix::net::ReturnFlags::CTRUNC) {
        return Err(NoDescriptors::Garbage(ProtocolFault::LostDescriptors));
    }
    let purpose = FdPurpose::from_bytes(bytes).filter(|_| received.bytes == LENGTH);
    let purpose = purpose.ok_or(NoDescriptors::Garbage(ProtocolFault::Purpose))?;
    Ok(Received {
        purpose,
        descriptors,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::File;
    use std::io::Write;
    use std::os::fd::AsFd;

    #[test]
    fn descriptors_arrive_whole_and_in_order_whatever_is_sent() {
        let (here, there) = UnixStream::pair().unwrap();
        there.set_nonblocking(true).unwrap();
        assert!(matches!(receive(&there), Err(NoDescriptors::NotYet)));
        let file = File::open("/dev/null").unwrap();
        let many = vec![file.as_fd(); MOST];
        let sent = [
            (FdPurpose::Start, 2),
            (FdPurpose::Doorbell(7), 1),
            (FdPurpose::Memory(u64::MAX), 1),
            (FdPurpose::Values(9), MOST),
        ];
        for (purpose, count) in sent {
            send(&here, purpose, &many[..count]).unwrap();
        }
        for (purpose, count) in sent {
            let received = receive(&there).unwrap();
            assert_eq!(
                (received.purpose, received.descriptors.len()),
                (purpose, count)
            );
        }
        let too_many = vec![file.as_fd(); MOST + 1];
        assert!(send(&here, FdPurpose::Start, &too_many).is_err());
        assert!(matches!(receive(&there), Err(NoDescriptors::NotYet)));
        (&here).write_all(&[0; LENGTH]).unwrap();
        assert!(matches!(
            receive(&there),
            Err(NoDescriptors::Garbage(ProtocolFault::Purpose))
        ));
        drop(here);
        assert!(matches!(receive(&there), Err(NoDescriptors::Closed)));
    }
}
