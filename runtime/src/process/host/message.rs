//! A call on its way to a worker: its task, its encoded arguments, and descriptors that come up in
//! them.

use std::os::fd::{AsFd, BorrowedFd};
use std::sync::Arc;

use super::offload;
use super::poison::Key;
use crate::process::transport::INLINE;
use crate::process::transport::shm::region::Region;
use crate::tasks::erased::Boxed;
use crate::wire::Handle;

/// Values up to this many bytes are encoded and decoded where the caller polls: it takes some tens
/// of microseconds at most. Larger ones go to the codec's threads.
pub(crate) const SMALL: usize = 64 << 10;

#[derive(Debug)]
pub(crate) struct Message {
    /// The id of the task.
    task: u64,
    body: Body,
    handles: Vec<Arc<Handle>>,
}

#[derive(Debug)]
pub(crate) enum Body {
    Bytes(Vec<u8>),
    /// In memory that the worker maps too.
    Laid {
        region: Arc<Region>,
        length: usize,
        /// What stands for it when it is compared with others, if it is.
        key: Option<Key>,
    },
}

impl Message {
    pub(crate) fn new(task: u64, body: Body, handles: Vec<Arc<Handle>>) -> Arc<Message> {
        Arc::new(Message {
            task,
            body,
            handles,
        })
    }

    pub(crate) fn body(&self) -> &Body {
        &self.body
    }

    pub(crate) fn has_handles(&self) -> bool {
        !self.handles.is_empty()
    }

    pub(crate) fn handles(&self) -> Vec<BorrowedFd<'_>> {
        self.handles.iter().map(|handle| handle.as_fd()).collect()
    }

    /// Whether it lies in a slot, all of it.
    pub(crate) fn is_inline(&self) -> bool {
        matches!(&self.body, Body::Bytes(bytes) if bytes.len() <= INLINE) && !self.has_handles()
    }

    /// What stands for the call when it is compared with others.
    pub(crate) fn key(&self) -> Key {
        let key = match &self.body {
            Body::Bytes(bytes) => Key::of(bytes),
            Body::Laid { key, .. } => key.unwrap_or_else(|| Key::of(&[])),
        };
        // Of data that is shared, the bytes say how long it is, and the file which it is.
        let key = key.and(self.task);
        self.handles.iter().fold(key, |key, handle| {
            let file = rustix::fs::fstat(handle).map_or(0, |file| file.st_ino);
            key.and(file)
        })
    }
}

/// The arguments of a call, on their way from the caller to a worker.
pub(crate) enum Request {
    Encoded(Arc<Message>),
    /// Too large to encode in passing.
    Large(Boxed),
    /// Being encoded, or not wanted any more.
    Taken,
}

impl Request {
    /// Arguments that were not encoded are the user's, and dropping them may block, or panic.
    pub(crate) fn discard(self) {
        if let Request::Large(args) = self {
            offload::discard(args);
        }
    }

    /// What stands for the call when it is compared with others.
    pub(crate) fn key(&self) -> Key {
        match self {
            Request::Encoded(message) => message.key(),
            // Not sent yet, so that no worker can have died of it.
            Request::Large(_) | Request::Taken => Key::of(&[]),
        }
    }
}
