//! What the fuzz targets reach beyond the public interface. It is compiled for them only.

use std::io::{self, Read};

use serde::Deserialize;

use crate::process::{Assembler, Kind, NoFrame, Reply};
use crate::wire;

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

/// Reads as a pool reads from a worker, until nothing more comes.
pub fn read_frames(mut from: impl Read, mut on_frame: impl FnMut(u64, Vec<u8>)) -> End {
    let mut assembler = Assembler::default();
    loop {
        match assembler.read(&mut from, Kind::Reply) {
            Ok(frame) => on_frame(frame.call, frame.body),
            Err(NoFrame::NotYet) => {}
            Err(NoFrame::Closed) => return End::Closed,
            Err(NoFrame::Garbage(text)) => return End::Garbage(text),
            Err(NoFrame::Io(error)) => return End::Io(error),
        }
    }
}

/// Takes the body of a frame for a reply, as a pool does.
///
/// # Errors
/// It is none.
pub fn parse_reply(body: Vec<u8>) -> Result<(), String> {
    Reply::parse(body).map(drop)
}

/// Decodes one value, which may borrow from the bytes.
///
/// # Errors
/// The bytes do not hold a value of this type.
pub fn decode_borrowed<'de, T: Deserialize<'de>>(bytes: &'de [u8]) -> Result<T, String> {
    wire::decode_borrowed(bytes)
}
