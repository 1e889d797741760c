//! What the fuzz targets reach beyond the public interface. It is compiled for them only.

use std::io::{self, Read};
use std::os::fd::OwnedFd;

use serde::Deserialize;

use crate::error::fault::ProtocolFault;
use crate::process::{Assembler, FdPurpose, Kind, NoFrame, Reply, read_ready};
use crate::wire::{self, Decoder, Encoder, Wire};

/// Why there are no more frames.
#[derive(Debug)]
pub enum End {
    /// The other side has closed.
    Closed,
    /// What came is not a frame.
    Garbage(String),
    /// Reading failed.
    Io(io::Error),
}

/// Reads as a pool reads from a worker that sets itself up, until nothing more comes.
pub fn read_frames(mut from: impl Read, mut on_frame: impl FnMut(Vec<u8>)) -> End {
    let mut assembler = Assembler::default();
    loop {
        match assembler.read(&mut from, Kind::Ready) {
            Ok(body) => on_frame(body),
            Err(NoFrame::NotYet) => {}
            Err(NoFrame::Closed) => return End::Closed,
            Err(NoFrame::Garbage(ProtocolFault::Socket(error))) => return End::Io(error),
            Err(NoFrame::Garbage(fault)) => return End::Garbage(fault.to_string()),
        }
    }
}

/// Takes the body of a frame for what a worker says when it is ready: nothing, or why it is not.
///
/// # Errors
/// It is none.
pub fn parse_ready(body: &[u8]) -> Result<Option<String>, String> {
    read_ready(body).map_err(|fault| fault.to_string())
}

/// Takes what lay in a slot for an answer, as a pool does.
///
/// # Errors
/// It is none.
pub fn parse_reply(kind: u32, body: Vec<u8>) -> Result<(), String> {
    Reply::parse(kind, body, Vec::new(), Ok)
        .map(drop)
        .map_err(|fault| fault.to_string())
}

/// Takes what came with descriptors for their purpose, and writes it again.
#[must_use]
pub fn purpose(bytes: [u8; 16]) -> Option<[u8; 16]> {
    FdPurpose::from_bytes(bytes).map(FdPurpose::to_bytes)
}

/// Decodes one value, which may borrow from the bytes.
///
/// # Errors
/// The bytes do not hold a value of this type.
pub fn decode_borrowed<'de, T: Deserialize<'de>>(bytes: &'de [u8]) -> Result<T, String> {
    wire::decode_borrowed(bytes)
}

/// Decodes one value that came with these descriptors.
///
/// # Errors
/// The bytes do not hold a value of this type, or it needs other descriptors.
pub fn decode_with<T: Wire>(bytes: &[u8], descriptors: Vec<OwnedFd>) -> Result<T, String> {
    let mut input = Decoder::new(bytes).with_handles(descriptors);
    let value = input.output().map_err(|error| error.to_string())?;
    input.end().map_err(|error| error.to_string())?;
    Ok(value)
}

/// Encodes one value, with the descriptors that go with it.
///
/// # Errors
/// It cannot be encoded, or there are too many descriptors.
pub fn encode_with<T: Wire>(value: &T) -> Result<(Vec<u8>, Vec<OwnedFd>), String> {
    let mut out = Encoder::new(Vec::new());
    out.output(value).map_err(|error| error.to_string())?;
    let handles = out.take_handles();
    let descriptors: io::Result<Vec<_>> = handles.iter().map(|handle| handle.try_clone()).collect();
    let descriptors = descriptors.map_err(|error| error.to_string())?;
    Ok((out.into_bytes(), descriptors))
}
