//! What goes over the socket while a worker sets itself up: a header of fixed length, then a body.

use std::io::{self, Read};

use crate::error::fault::ProtocolFault;

/// The length of a header in bytes: kind and length of the body, each a `u64`.
pub(crate) const HEADER: usize = 16;

/// No body is longer than this: a length beyond it is garbage, not a value.
const MAX_BODY: u64 = 1 << 36;

/// What a frame is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// To the worker, before anything else: its [`WorkerConfig`](super::handshake::WorkerConfig).
    WorkerConfig = 3,
    /// From the worker, after its first word: nothing, or why it cannot work.
    Ready = 4,
}

/// A header with room for it at the front of `bytes`, filled in.
pub(crate) fn seal(bytes: &mut [u8], kind: Kind) {
    let length = (bytes.len() - HEADER) as u64;
    bytes[0..8].copy_from_slice(&(kind as u64).to_le_bytes());
    bytes[8..16].copy_from_slice(&length.to_le_bytes());
}

/// Puts a frame together from whatever pieces it comes in.
#[derive(Debug, Default)]
pub(crate) struct Assembler {
    header: Vec<u8>,
    body: Vec<u8>,
}

/// Why there is no frame.
#[derive(Debug)]
pub(crate) enum NoFrame {
    /// Nothing more can be read now.
    NotYet,
    /// The other side has closed.
    Closed,
    /// What came in is not a frame, or cannot be read.
    Garbage(ProtocolFault),
}

impl Assembler {
    /// Reads until a frame is whole, and gives its body. What was read of an unfinished one is
    /// kept.
    pub(crate) fn read(&mut self, mut from: impl Read, expected: Kind) -> Result<Vec<u8>, NoFrame> {
        fill(&mut from, &mut self.header, HEADER)?;
        let number = |at: usize| {
            let mut bytes = [0; 8];
            bytes.copy_from_slice(&self.header[at..at + 8]);
            u64::from_le_bytes(bytes)
        };
        let (kind, length) = (number(0), number(8));
        if kind != expected as u64 {
            return Err(NoFrame::Garbage(ProtocolFault::FrameKind(kind)));
        }
        let length = usize::try_from(length)
            .ok()
            .filter(|_| length <= MAX_BODY)
            .ok_or(NoFrame::Garbage(ProtocolFault::FrameLength(length)))?;
        fill(&mut from, &mut self.body, length)?;
        self.header.clear();
        Ok(std::mem::take(&mut self.body))
    }

    /// Reads so many bytes that no header stands in front of.
    pub(crate) fn read_exactly(
        &mut self,
        mut from: impl Read,
        length: usize,
    ) -> Result<Vec<u8>, NoFrame> {
        fill(&mut from, &mut self.body, length)?;
        Ok(std::mem::take(&mut self.body))
    }
}

/// Reads until `buffer` holds `length` bytes. Memory is taken as bytes come in, not as announced.
fn fill(from: &mut impl Read, buffer: &mut Vec<u8>, length: usize) -> Result<(), NoFrame> {
    while buffer.len() < length {
        let missing = (length - buffer.len()) as u64;
        match from.by_ref().take(missing).read_to_end(buffer) {
            Ok(_) if buffer.len() < length => return Err(NoFrame::Closed),
            Ok(_) => {}
            Err(error) => match error.kind() {
                io::ErrorKind::Interrupted => {}
                io::ErrorKind::WouldBlock => return Err(NoFrame::NotYet),
                io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe => {
                    return Err(NoFrame::Closed);
                }
                _ => return Err(NoFrame::Garbage(ProtocolFault::Socket(error))),
            },
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(body: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0; HEADER];
        bytes.extend_from_slice(body);
        seal(&mut bytes, Kind::Ready);
        bytes
    }

    /// Returns one byte at a time and `WouldBlock` between two.
    struct Drip<'a>(&'a [u8], bool);

    impl Read for Drip<'_> {
        fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
            self.1 = !self.1;
            if self.1 {
                return Err(io::ErrorKind::WouldBlock.into());
            }
            let take = self.0.len().min(1).min(into.len());
            into[..take].copy_from_slice(&self.0[..take]);
            self.0 = &self.0[take..];
            Ok(take)
        }
    }

    #[test]
    fn frames_come_whole_out_of_single_bytes() {
        let bytes = [frame(b"one"), frame(b""), frame(&[7; 100])].concat();
        let mut drip = Drip(&bytes, false);
        let mut assembler = Assembler::default();
        let mut seen = Vec::new();
        loop {
            match assembler.read(&mut drip, Kind::Ready) {
                Ok(body) => seen.push(body.len()),
                Err(NoFrame::NotYet) => {}
                Err(NoFrame::Closed) => break,
                Err(other) => panic!("{other:?}"),
            }
        }
        assert_eq!(seen, [3, 0, 100]);
    }

    #[test]
    fn garbage_is_refused_without_taking_memory_for_it() {
        let mut wrong_kind = frame(b"");
        wrong_kind[0] = 99;
        let read = Assembler::default().read(&*wrong_kind, Kind::Ready);
        assert!(matches!(
            read,
            Err(NoFrame::Garbage(ProtocolFault::FrameKind(99)))
        ));

        let mut huge = frame(b"");
        huge[8..16].copy_from_slice(&(1_u64 << 63).to_le_bytes());
        let read = Assembler::default().read(&*huge, Kind::Ready);
        assert!(matches!(
            read,
            Err(NoFrame::Garbage(ProtocolFault::FrameLength(length))) if length == 1 << 63
        ));

        let mut announced = frame(b"");
        announced[8..16].copy_from_slice(&(1_u64 << 35).to_le_bytes());
        let mut assembler = Assembler::default();
        assert!(matches!(
            assembler.read(&*announced, Kind::Ready),
            Err(NoFrame::Closed)
        ));
        assert!(assembler.body.capacity() < 1 << 20);
    }
}
