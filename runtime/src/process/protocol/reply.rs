//! How a call ended in the worker, as the worker says in the slot of the call.

use std::os::fd::OwnedFd;

use serde::{Deserialize, Serialize};

use crate::error::fault::ProtocolFault;
use crate::sys::MemoryError;
use crate::util::panic::Report;
use crate::wire::{Decoder, Wire};

/// How a call ended in the worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ReplyKind {
    /// With a result, which is encoded.
    Value = 1,
    /// With a panic: a [`Report`].
    Panicked = 2,
    /// With an argument or a result that cannot be carried: a [`CodecReport`].
    Codec = 3,
    /// With a result, and descriptors that were sent before it.
    ValueWith = 4,
}

/// Which value could not be carried, and why.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct CodecReport {
    /// The result failed to be encoded; otherwise an argument failed to be decoded.
    pub(crate) encoding: bool,
    pub(crate) reason: String,
}

/// What the worker said of a call. `B` is what holds the bytes of an answer.
#[derive(Debug)]
pub(crate) enum Reply<B> {
    Value { body: B, descriptors: Vec<OwnedFd> },
    Panicked(Report),
    Codec(CodecReport),
}

impl ReplyKind {
    /// Whether an answer of this kind may be a large one that is looked at elsewhere.
    pub(crate) fn is_value(kind: u32) -> bool {
        kind == ReplyKind::Value as u32 || kind == ReplyKind::ValueWith as u32
    }
}

impl<B> Reply<B> {
    /// Takes `body` for an answer of this kind. `copy` returns the bytes of a report.
    ///
    /// # Errors
    /// There is no such kind, or the report cannot be read.
    pub(crate) fn parse(
        kind: u32,
        body: B,
        descriptors: Vec<OwnedFd>,
        copy: impl FnOnce(B) -> Result<Vec<u8>, MemoryError>,
    ) -> Result<Reply<B>, ProtocolFault> {
        let is = |known: ReplyKind| kind == known as u32;
        if ReplyKind::is_value(kind) {
            Ok(Reply::Value { body, descriptors })
        } else if is(ReplyKind::Panicked) {
            report(&copy(body)?).map(Reply::Panicked)
        } else if is(ReplyKind::Codec) {
            report(&copy(body)?).map(Reply::Codec)
        } else {
            Err(ProtocolFault::ReplyKind(kind))
        }
    }
}

fn report<T: Wire>(bytes: &[u8]) -> Result<T, ProtocolFault> {
    let mut input = Decoder::new(bytes);
    let report = input.output();
    report
        .and_then(|report| input.end().map(|()| report))
        .map_err(|error| ProtocolFault::Report(error.to_string()))
}
