//! Encoding arguments and decoding results, in the caller's process.
//!
//! This runs user code, of any length. What is small is done in the caller's own poll; what is
//! large goes to threads of its own (`offload.rs`), so that neither the caller's event loop nor the
//! thread that hears from workers ever waits for it.

use std::fmt;
use std::os::fd::OwnedFd;
use std::sync::Arc;

use super::message::{Body, Message, Request, SMALL};
use super::poison::Key;
use crate::error::{CodecFailed, Error, Started};
use crate::process::transport::Lease;
use crate::process::transport::shm::memory::Memory;
use crate::process::transport::shm::region::Region;
use crate::sys::MemoryError;
use crate::tasks::erased::{Boxed, Entry, Erased};
use crate::util::panic;
use crate::wire::{CodecError, Decoder, Encoder};

/// Why a value cannot be carried.
#[derive(Debug)]
pub(crate) enum CodecFault {
    /// It cannot be encoded or decoded.
    Value(CodecError),
    /// A `Serialize` of the arguments panicked with this message.
    SerializePanicked(String),
    /// The `Deserialize` of the result panicked with this message.
    DeserializePanicked(String),
    /// There is no memory for the arguments, or it cannot be used. The text says why.
    Arguments(String),
    /// The memory of the result cannot be read.
    Result(MemoryError),
}

impl fmt::Display for CodecFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CodecFault::Value(error) => error.fmt(f),
            CodecFault::SerializePanicked(message) => {
                write!(f, "the arguments: a `Serialize` panicked: {message}")
            }
            CodecFault::DeserializePanicked(message) => {
                write!(f, "the result: its `Deserialize` panicked: {message}")
            }
            CodecFault::Arguments(reason) => write!(f, "the arguments: {reason}"),
            CodecFault::Result(error) => error.fmt(f),
        }
    }
}

/// Encodes the arguments if they are small; otherwise leaves them as they are.
pub(crate) fn encode_small(entry: &Entry, args: Boxed) -> Result<Request, CodecFault> {
    let mut out = Encoder::new(Vec::new()).with_limit(SMALL);
    match encode(entry, &args, &mut out) {
        Ok(()) => {
            panic::swallow_panic(|| drop(args));
            let handles = out.take_handles();
            let body = Body::Bytes(out.into_bytes());
            Ok(Request::Encoded(Message::new(
                entry.info().id(),
                body,
                handles,
            )))
        }
        Err(CodecFault::Value(CodecError::TooLarge { .. })) => Ok(Request::Large(args)),
        Err(fault) => {
            panic::swallow_panic(|| drop(args));
            Err(fault)
        }
    }
}

fn encode(entry: &Entry, args: &Boxed, out: &mut Encoder) -> Result<(), CodecFault> {
    match panic::catch(|| entry.encode(&**args, out)) {
        Ok(encoded) => encoded.map_err(CodecFault::Value),
        Err(report) => Err(CodecFault::SerializePanicked(report.message)),
    }
}

/// Encodes large arguments into memory that a worker maps: `region`, if the worker has some
/// already. `has_key` says whether the call will be compared with others.
pub(crate) fn encode_large(
    entry: &Entry,
    args: &Boxed,
    region: Option<Region>,
    has_key: bool,
) -> Result<Arc<Message>, CodecFault> {
    let region = match region {
        Some(region) => region,
        None => Region::create(2 * SMALL).map_err(no_memory)?,
    };
    let (name, memory) = region.into_parts();
    let mut out = Encoder::spilling_into(Box::new(memory), 0, Vec::new());
    encode(entry, args, &mut out)?;
    let length = out.finish().map_err(no_memory)?;
    let handles = out.take_handles();
    let (memory, _) = (out.into_spill::<Memory>()).ok_or_else(|| no_memory("lost"))?;
    let region = Region::with(name, *memory);
    let key = if has_key {
        Some(Key::of(region.written(length).map_err(no_memory)?))
    } else {
        None
    };
    let body = Body::Laid {
        region: Arc::new(region),
        length,
        key,
    };
    Ok(Message::new(entry.info().id(), body, handles))
}

#[allow(clippy::needless_pass_by_value, reason = "for `map_err`")]
fn no_memory(reason: impl fmt::Display) -> CodecFault {
    CodecFault::Arguments(reason.to_string())
}

/// Decodes a large result, from where the worker has put it.
pub(crate) fn decode_large(
    erased: &Erased,
    lent: Lease,
    descriptors: Vec<OwnedFd>,
) -> Result<Boxed, CodecFault> {
    let decode = erased.decode;
    let where_it_lies = lent.look().map_err(CodecFault::Result)?;
    if erased.entry.is_plain(where_it_lies) {
        return decode_with(decode, where_it_lies, descriptors);
    }
    // What is looked at more than once must not change. And the worker has its memory back sooner.
    let copy = lent.copy().map_err(CodecFault::Result)?;
    drop(lent);
    decode_with(decode, &copy, descriptors)
}

/// Decodes a result, with what came up in it. A panic of the user's `Deserialize` is a reason too.
pub(crate) fn decode_with<V>(
    decode: fn(&mut Decoder<'_>) -> Result<V, CodecError>,
    body: &[u8],
    descriptors: Vec<OwnedFd>,
) -> Result<V, CodecFault> {
    let mut input = Decoder::new(body).with_handles(descriptors);
    let decoded = panic::catch(|| {
        let value = decode(&mut input)?;
        input.end()?;
        Ok::<_, CodecError>(value)
    });
    match decoded {
        Ok(decoded) => decoded.map_err(CodecFault::Value),
        Err(report) => Err(CodecFault::DeserializePanicked(report.message)),
    }
}

pub(crate) fn codec_error(
    encoding: bool,
    task: &str,
    pool: &str,
    reason: String,
    started: Started,
) -> Error {
    let failed = Box::new(CodecFailed {
        task: task.to_owned(),
        pool: pool.to_owned(),
        reason,
        started,
    });
    if encoding {
        Error::Encode(failed)
    } else {
        Error::Decode(failed)
    }
}
