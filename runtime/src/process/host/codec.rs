//! Encoding arguments and decoding results, in the caller's process.
//!
//! This runs user code, of any length, in two places only: in the caller's own poll while the value
//! is small, and on threads of its own when it is large, so that neither the caller's event loop
//! nor the thread that hears from workers ever waits for it.

use std::os::fd::OwnedFd;
use std::sync::{Arc, Mutex};

use super::message::{Body, Message};
use super::scheduler::Scheduler;
use super::scheduler::job::{Answer, Job, Request};
use super::scheduler::poison::Key;
use crate::error::{CodecFailed, Error, Started};
use crate::pool::completion::TakenCall;
use crate::pool::queue::Runnable;
use crate::pool::queue::Waiting;
use crate::process::transport::Lease;
use crate::process::transport::shm::memory::Memory;
use crate::process::transport::shm::region::Region;
use crate::tasks::erased::{Boxed, Entry};
use crate::thread::ThreadPool;
use crate::util::panic;
use crate::util::sync::lock;
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
        Err(Unencoded::TooLarge) => Ok(Request::Large(args)),
        Err(Unencoded::Failed(reason)) => {
            panic::swallow_panic(|| drop(args));
            Err(reason)
        }
    }
}

enum Unencoded {
    TooLarge,
    Failed(String),
}

fn encode(entry: &Entry, args: &Boxed, out: &mut Encoder) -> Result<(), Unencoded> {
    match panic::catch(|| entry.encode(&**args, out)) {
        Ok(Ok(())) => Ok(()),
        Ok(Err(CodecError::TooLarge { .. })) => Err(Unencoded::TooLarge),
        Ok(Err(error)) => Err(Unencoded::Failed(error.to_string())),
        Err(report) => Err(Unencoded::Failed(format!(
            "the arguments: a `Serialize` panicked: {}",
            report.message
        ))),
    }
}

/// Encodes the arguments into memory that the worker of this call maps.
fn encode_large(job: &Job, args: &Boxed) -> Result<Arc<Message>, String> {
    let no_memory = |reason: String| format!("the arguments: {reason}");
    let entry = &job.erased().entry;
    let region = match job.region() {
        Some(region) => region,
        None => Region::create(2 * SMALL).map_err(|error| no_memory(error.to_string()))?,
    };
    let (name, memory) = region.into_parts();
    let mut out = Encoder::spilling_into(Box::new(memory), 0, Vec::new());
    encode(entry, args, &mut out).map_err(|unencoded| match unencoded {
        Unencoded::Failed(reason) => reason,
        Unencoded::TooLarge => no_memory("too large".to_owned()),
    })?;
    let length = out.finish().map_err(|error| no_memory(error.to_string()))?;
    let handles = out.take_handles();
    let (memory, _) = (out.into_spill::<Memory>()).ok_or_else(|| no_memory("lost".to_owned()))?;
    let region = Region::with(name, *memory);
    let key = if job.is_repeated() {
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
pub(crate) fn decode_for(job: &Arc<Job>, body: Lease, descriptors: Vec<OwnedFd>) {
    let work = Decode {
        job: Arc::clone(job),
        body: Mutex::new(Some((body, descriptors))),
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

fn start(job: &Job, work: impl Runnable + 'static) -> Result<(), Error> {
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

impl Runnable for Encode {
    fn run(self: Arc<Self>) {
        let job = &self.job;
        let Some(args) = job.take_arguments() else {
            // Somebody has encoded them, for a worker that died, or is about to.
            return job.send_encoded();
        };
        match encode_large(job, &args) {
            Ok(message) => {
                // Before the call can end: whoever awaits it may count on its arguments being gone.
                panic::swallow_panic(|| drop(args));
                job.encoded(message);
            }
            Err(reason) => job.cannot_encode(job.codec_error(true, reason, Started::No)),
        }
    }
}

struct Decode {
    job: Arc<Job>,
    body: Mutex<Option<(Lease, Vec<OwnedFd>)>>,
}

impl Waiting for Decode {
    fn is_over(&self) -> bool {
        !self.job.is_decoding()
    }
}

impl Runnable for Decode {
    fn run(self: Arc<Self>) {
        let job = &self.job;
        let Some((lent, descriptors)) = lock(&self.body).take() else {
            return;
        };
        if self.is_over() {
            return;
        }
        job.finish(match decode_lent(job, lent, descriptors) {
            Ok(value) => Answer::Value(value),
            Err(reason) => Answer::Failed(job.codec_error(false, reason, Started::Yes)),
        });
    }
}

fn decode_lent(job: &Job, lent: Lease, descriptors: Vec<OwnedFd>) -> Result<Boxed, String> {
    let decode = job.erased().decode;
    let where_it_lies = lent.look()?;
    if job.erased().entry.is_plain(where_it_lies) {
        return decode_with(decode, where_it_lies, descriptors);
    }
    // What is looked at more than once must not change. And the worker has its memory back sooner.
    let copy = lent.copy()?;
    drop(lent);
    decode_with(decode, &copy, descriptors)
}

/// Decodes a result, with what came up in it. A panic of the user's `Deserialize` is a reason too.
pub(crate) fn decode_with<V>(
    decode: fn(&mut Decoder<'_>) -> Result<V, CodecError>,
    body: &[u8],
    descriptors: Vec<OwnedFd>,
) -> Result<V, String> {
    let mut input = Decoder::new(body).with_handles(descriptors);
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
    scheduler: &Scheduler,
    reason: String,
    started: Started,
) -> Error {
    let failed = Box::new(CodecFailed {
        task: task.to_owned(),
        pool: scheduler.name().to_owned(),
        reason,
        started,
    });
    if encoding {
        Error::Encode(failed)
    } else {
        Error::Decode(failed)
    }
}
