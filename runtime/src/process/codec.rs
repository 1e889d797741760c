//! Encoding arguments and decoding results, in the caller's process.
//!
//! This runs user code, of any length, in two places only: in the caller's own poll while the value
//! is small, and on threads of its own when it is large, so that neither the caller's event loop
//! nor the thread that hears from workers ever waits for it.

use std::sync::Arc;

use super::core::Core;
use super::frame::{HEADER, RESULT_AT};
use super::job::{Answer, Job, Request};
use super::registry::Entry;
use super::run::Boxed;
use crate::error::{CodecFailed, Error, Started};
use crate::panic;
use crate::queue::Waiting;
use crate::thread::{ThreadPool, Work};
use crate::wire::{CodecError, Decoder, Encoder};

/// Values up to this many bytes are encoded and decoded where the caller polls: it takes some tens
/// of microseconds at most. Larger ones go to the codec's threads.
pub(crate) const SMALL: usize = 64 << 10;

/// The threads that encode and decode what is large.
fn threads() -> &'static ThreadPool {
    static CODEC: ThreadPool = ThreadPool::per_core("offloop-codec");
    &CODEC
}

/// Encodes the arguments if they are small; otherwise leaves them as they are.
pub(crate) fn encode_small(entry: &Entry, args: Boxed) -> Result<Request, String> {
    match encode(entry, &args, SMALL) {
        Ok(frame) => {
            panic::quietly(|| drop(args));
            Ok(Request::Encoded(Arc::new(frame)))
        }
        Err(Unencoded::TooLarge) => Ok(Request::Large(args)),
        Err(Unencoded::Failed(reason)) => Err(reason),
    }
}

enum Unencoded {
    TooLarge,
    Failed(String),
}

fn encode(entry: &Entry, args: &Boxed, limit: usize) -> Result<Vec<u8>, Unencoded> {
    let mut frame = vec![0; HEADER];
    frame.extend_from_slice(&entry.info().id().to_le_bytes());
    let mut out = Encoder::new(frame)
        .with_message_at(HEADER)
        .with_limit(limit);
    match panic::catch(|| entry.encode(&**args, &mut out)) {
        Ok(Ok(())) => Ok(out.into_bytes()),
        Ok(Err(CodecError::TooLarge { .. })) => Err(Unencoded::TooLarge),
        Ok(Err(error)) => Err(Unencoded::Failed(error.to_string())),
        Err(report) => Err(Unencoded::Failed(format!(
            "the arguments: a `Serialize` panicked: {}",
            report.message
        ))),
    }
}

/// Encodes large arguments on threads of its own and sends them to the worker that waits for them.
pub(crate) fn encode_for(job: &Arc<Job>) {
    let work = Encode {
        job: Arc::clone(job),
    };
    if let Err(error) = start(job, work) {
        job.cannot_encode(error);
    }
}

/// Decodes a large result on threads of its own.
pub(crate) fn decode_for(job: &Arc<Job>, body: Vec<u8>) {
    let work = Decode {
        job: Arc::clone(job),
        body,
    };
    if let Err(error) = start(job, work) {
        job.fail(error);
    }
}

/// Drops a value of the user's where that may block.
pub(crate) fn discard<T: Send + 'static>(value: T) {
    if let Ok(core) = threads().core() {
        core.discard(value);
    }
}

fn start(job: &Job, work: impl Work + 'static) -> Result<(), Error> {
    let core = threads()
        .core()
        .map_err(|invalid| invalid.for_task(job.task()))?;
    core.submit(Arc::new(work), false).map_err(|rejected| {
        let what = "no thread can be started that encodes and decodes what is large";
        rejected.about(what).into_error(job.task(), job.pool())
    })
}

struct Encode {
    job: Arc<Job>,
}

impl Waiting for Encode {
    fn is_over(&self) -> bool {
        false
    }
}

impl Work for Encode {
    fn run(self: Arc<Self>) {
        let job = &self.job;
        let Some(args) = job.take_arguments() else {
            // Somebody has encoded them, for a worker that died, or is about to.
            return job.send_encoded();
        };
        match encode(&job.erased().entry, &args, usize::MAX) {
            Ok(frame) => {
                // Before the call can end: whoever awaits it may count on its arguments being gone.
                panic::quietly(|| drop(args));
                job.encoded(frame);
            }
            Err(unencoded) => {
                let reason = match unencoded {
                    Unencoded::Failed(reason) => reason,
                    Unencoded::TooLarge => "the arguments: too large".to_owned(),
                };
                job.cannot_encode(job.codec_error(true, reason, Started::No));
            }
        }
    }
}

struct Decode {
    job: Arc<Job>,
    body: Vec<u8>,
}

impl Waiting for Decode {
    fn is_over(&self) -> bool {
        !self.job.is_decoding()
    }
}

impl Work for Decode {
    fn run(self: Arc<Self>) {
        let job = &self.job;
        if self.is_over() {
            return;
        }
        job.finish(match decode_with(job.erased().decode, &self.body) {
            Ok(value) => Answer::Value(value),
            Err(reason) => Answer::Failed(job.codec_error(false, reason, Started::Yes)),
        });
    }
}

/// Decodes the result in the body of a reply. A panic of the user's `Deserialize` is a reason too.
pub(crate) fn decode_with<V>(
    decode: fn(&mut Decoder<'_>) -> Result<V, CodecError>,
    body: &[u8],
) -> Result<V, String> {
    let mut input = Decoder::new(&body[RESULT_AT..]);
    let decoded = panic::catch(|| {
        let value = decode(&mut input)?;
        input.end()?;
        Ok::<_, CodecError>(value)
    });
    match decoded {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(error.to_string()),
        Err(report) => Err(format!(
            "the result: its `Deserialize` panicked: {}",
            report.message
        )),
    }
}

pub(crate) fn codec_error(
    encoding: bool,
    task: &str,
    core: &Core,
    reason: String,
    started: Started,
) -> Error {
    let failed = Box::new(CodecFailed {
        task: task.to_owned(),
        pool: core.name().to_owned(),
        reason,
        started,
    });
    if encoding {
        Error::Encode(failed)
    } else {
        Error::Decode(failed)
    }
}
