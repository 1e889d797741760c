//! Large arguments and results of a call: encoded and decoded on threads of their own.

use std::os::fd::OwnedFd;
use std::sync::{Arc, Mutex};

use super::{Answer, Job};
use crate::error::Started;
use crate::pool::completion::TakenCall;
use crate::pool::queue::{Runnable, Waiting};
use crate::process::host::codec;
use crate::process::host::offload;
use crate::process::transport::Lease;
use crate::util::panic;
use crate::util::sync::lock;

/// Encodes large arguments on threads of its own and sends them to the worker that waits for them.
pub(crate) fn encode_for(job: &Arc<Job>) {
    let work = Encode {
        job: Arc::clone(job),
    };
    if let Err(error) = offload::run(Arc::new(work), job.task(), job.pool()) {
        job.cannot_encode(error);
    }
}

/// Decodes a large result on threads of its own.
pub(crate) fn decode_for(job: &Arc<Job>, body: Lease, descriptors: Vec<OwnedFd>) {
    let work = Decode {
        job: Arc::clone(job),
        body: Mutex::new(Some((body, descriptors))),
    };
    if let Err(error) = offload::run(Arc::new(work), job.task(), job.pool()) {
        job.fail(error);
    }
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
        match codec::encode_large(&job.erased.entry, &args, job.region(), job.is_repeated()) {
            Ok(message) => {
                // Before the call can end: the caller may rely on it that its arguments are dropped
                // then.
                panic::swallow_panic(|| drop(args));
                job.encoded(message);
            }
            Err(fault) => {
                job.cannot_encode(job.codec_error(true, fault.to_string(), Started::No));
            }
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
        job.finish(match codec::decode_large(job.erased, lent, descriptors) {
            Ok(value) => Answer::Value(value),
            Err(fault) => Answer::Failed(job.codec_error(false, fault.to_string(), Started::Yes)),
        });
    }
}
