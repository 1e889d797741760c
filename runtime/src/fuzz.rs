//! The functions that the fuzz targets need beyond the public interface. They are compiled for
//! fuzzing only.

use std::io::{self, Read};
use std::os::fd::OwnedFd;

use serde::Deserialize;

use crate::error::fault::ProtocolFault;
use crate::process::{Assembler, Delivery, Event, FdPurpose, Kind, NoFrame, Reply, read_ready};
use crate::wire::{self, Decoder, Encoder, Wire};

/// Why [`read_frames`] has read no more frames.
#[derive(Debug)]
pub enum End {
    /// The other side has closed.
    Closed,
    /// The bytes are not a frame. The text says why.
    Garbage(String),
    /// Reading failed.
    Io(io::Error),
}

/// Reads frames as a pool reads them from a worker that sets itself up, until no more come.
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

/// Parses the body of a frame as a worker's report that it is ready: `None`, or why it is not.
///
/// # Errors
/// The body is not such a report.
pub fn parse_ready(body: &[u8]) -> Result<Option<String>, String> {
    read_ready(body).map_err(|fault| fault.to_string())
}

/// Parses what a worker left in a slot as a reply, as a pool does.
///
/// # Errors
/// The bytes are not a reply.
pub fn parse_reply(kind: u32, body: Vec<u8>) -> Result<(), String> {
    Reply::parse(kind, body, Vec::new(), Ok)
        .map(drop)
        .map_err(|fault| fault.to_string())
}

/// Parses the bytes in a worker's ring as events, as a pool does, and encodes the events again.
///
/// # Errors
/// The bytes are not events.
pub fn parse_events(mut bytes: &[u8]) -> Result<Vec<u8>, String> {
    let mut again = Vec::new();
    loop {
        match Event::take(&mut bytes) {
            Ok(Some(event)) => match event.delivery() {
                Delivery::Bounded(bytes) | Delivery::Vital(bytes) => again.extend(bytes),
                Delivery::Latest(_) => return Err("this event is not in a ring".to_owned()),
            },
            Ok(None) => return Ok(again),
            Err(fault) => return Err(fault.to_string()),
        }
    }
}

/// Parses the bytes that come with descriptors as their purpose, and encodes it again.
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

/// Encodes one value, and returns the descriptors that go with it.
///
/// # Errors
/// The value cannot be encoded, or it has too many descriptors.
pub fn encode_with<T: Wire>(value: &T) -> Result<(Vec<u8>, Vec<OwnedFd>), String> {
    let mut out = Encoder::new(Vec::new());
    out.output(value).map_err(|error| error.to_string())?;
    let handles = out.take_handles();
    let descriptors: io::Result<Vec<_>> = handles.iter().map(|handle| handle.try_clone()).collect();
    let descriptors = descriptors.map_err(|error| error.to_string())?;
    Ok((out.into_bytes(), descriptors))
}
