//! What goes over the socket between a pool and a worker: a header of fixed length, then a body.

use std::io::{self, Read};

use serde::{Deserialize, Serialize};

use crate::panic::Report;
use crate::wire::{Decoder, Wire};

/// The length of a header in bytes: kind, call and length of the body, each a `u64`.
pub(crate) const HEADER: usize = 24;

/// No body is longer than this: a length beyond it is garbage, not a value.
const MAX_BODY: u64 = 1 << 36;

/// What a frame is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// To the worker: the id of a task, then its encoded arguments.
    Call = 1,
    /// From the worker: one byte of [`ReplyKind`], then what it says.
    Reply = 2,
    /// To the worker, before anything else: its [`Orders`](super::orders::Orders).
    Orders = 3,
    /// From the worker, after its first word: nothing, or why it cannot work.
    Ready = 4,
}

/// How a call ended in the worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ReplyKind {
    /// With a result: it follows, encoded.
    Value = 1,
    /// With a panic: a [`Report`] follows.
    Panicked = 2,
    /// With an argument or a result that cannot be carried: a [`CodecReport`] follows.
    Codec = 3,
}

/// Which value could not be carried, and why.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct CodecReport {
    /// The result failed to be encoded; otherwise an argument failed to be decoded.
    pub(crate) encoding: bool,
    pub(crate) reason: String,
}

/// What the worker said of a call.
#[derive(Debug)]
pub(crate) enum Reply {
    /// The encoded result begins at this place of the body.
    Value(Vec<u8>),
    Panicked(Report),
    Codec(CodecReport),
}

/// Where in the body of a [`Reply::Value`] the result begins.
pub(crate) const RESULT_AT: usize = 1;

impl Reply {
    pub(crate) fn parse(body: Vec<u8>) -> Result<Reply, String> {
        match body.first().copied() {
            Some(kind) if kind == ReplyKind::Value as u8 => Ok(Reply::Value(body)),
            Some(kind) if kind == ReplyKind::Panicked as u8 => report(&body).map(Reply::Panicked),
            Some(kind) if kind == ReplyKind::Codec as u8 => report(&body).map(Reply::Codec),
            Some(kind) => Err(format!("it sent a reply of unknown kind {kind}")),
            None => Err("it sent an empty reply".to_owned()),
        }
    }
}

fn report<T: Wire>(body: &[u8]) -> Result<T, String> {
    let mut input = Decoder::new(&body[RESULT_AT..]);
    let report = input.output();
    report
        .and_then(|report| input.end().map(|()| report))
        .map_err(|error| format!("it sent a report that cannot be read: {error}"))
}

/// A header with room for it at the front of `bytes`, filled in.
pub(crate) fn seal(bytes: &mut [u8], kind: Kind, call: u64) {
    let length = (bytes.len() - HEADER) as u64;
    bytes[0..8].copy_from_slice(&(kind as u64).to_le_bytes());
    bytes[8..16].copy_from_slice(&call.to_le_bytes());
    bytes[16..24].copy_from_slice(&length.to_le_bytes());
}

/// A whole frame that has come in.
#[derive(Debug)]
pub(crate) struct Frame {
    pub(crate) call: u64,
    pub(crate) body: Vec<u8>,
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
    /// What came in is not a frame, in words.
    Garbage(String),
    Io(io::Error),
}

impl Assembler {
    /// Reads until a frame is whole. What was read of an unfinished one is kept.
    pub(crate) fn read(&mut self, mut from: impl Read, expected: Kind) -> Result<Frame, NoFrame> {
        fill(&mut from, &mut self.header, HEADER)?;
        let number = |at: usize| {
            let mut bytes = [0; 8];
            bytes.copy_from_slice(&self.header[at..at + 8]);
            u64::from_le_bytes(bytes)
        };
        let (kind, call, length) = (number(0), number(8), number(16));
        if kind != expected as u64 {
            return Err(NoFrame::Garbage(format!(
                "it sent a frame of unknown kind {kind}"
            )));
        }
        let length = usize::try_from(length)
            .ok()
            .filter(|_| length <= MAX_BODY)
            .ok_or_else(|| NoFrame::Garbage(format!("it announced a frame of {length} bytes")))?;
        fill(&mut from, &mut self.body, length)?;
        self.header.clear();
        Ok(Frame {
            call,
            body: std::mem::take(&mut self.body),
        })
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
                _ => return Err(NoFrame::Io(error)),
            },
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frame(call: u64, body: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0; HEADER];
        bytes.extend_from_slice(body);
        seal(&mut bytes, Kind::Reply, call);
        bytes
    }

    /// Gives one byte at a time and `WouldBlock` between two.
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
        let bytes = [frame(1, b"one"), frame(2, b""), frame(3, &[7; 100])].concat();
        let mut drip = Drip(&bytes, false);
        let mut assembler = Assembler::default();
        let mut seen = Vec::new();
        loop {
            match assembler.read(&mut drip, Kind::Reply) {
                Ok(frame) => seen.push((frame.call, frame.body.len())),
                Err(NoFrame::NotYet) => {}
                Err(NoFrame::Closed) => break,
                Err(other) => panic!("{other:?}"),
            }
        }
        assert_eq!(seen, [(1, 3), (2, 0), (3, 100)]);
    }

    #[test]
    fn garbage_is_refused_without_taking_memory_for_it() {
        let mut wrong_kind = frame(1, b"");
        wrong_kind[0] = 99;
        let read = Assembler::default().read(&*wrong_kind, Kind::Reply);
        assert!(matches!(read, Err(NoFrame::Garbage(text)) if text.contains("99")));

        let mut huge = frame(1, b"");
        huge[16..24].copy_from_slice(&(1_u64 << 63).to_le_bytes());
        let read = Assembler::default().read(&*huge, Kind::Reply);
        assert!(matches!(read, Err(NoFrame::Garbage(_))));

        let mut announced = frame(1, b"");
        announced[16..24].copy_from_slice(&(1_u64 << 35).to_le_bytes());
        let mut assembler = Assembler::default();
        assert!(matches!(
            assembler.read(&*announced, Kind::Reply),
            Err(NoFrame::Closed)
        ));
        assert!(assembler.body.capacity() < 1 << 20);
    }
}
