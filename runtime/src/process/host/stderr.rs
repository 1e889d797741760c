//! What workers write to their standard error. It is passed on to the standard error of this
//! program, and the last lines are kept for the error that tells of the death of a worker.
//!
//! Writing to our standard error may block, so a thread of its own does it, which nothing waits
//! for.

use std::collections::VecDeque;
use std::io::{self, Write};
use std::os::fd::AsFd;
use std::process::ChildStderr;
use std::sync::{Arc, Condvar, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use super::reactor::{Poller, Source};
use crate::util::sync::lock;

static FORWARDER: Poller = Poller::new("offloop-stderr");

/// How much of the end is kept, in bytes.
const TAIL: usize = 4096;
/// How much may wait to be written out before the worker is made to wait, in bytes.
const PENDING: usize = 1 << 20;

/// The standard error of one worker.
#[derive(Debug)]
pub(crate) struct Stderr {
    pipe: ChildStderr,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    /// The other end has closed.
    closed: bool,
    /// The last pieces, and when each was read.
    tail: VecDeque<(Instant, Vec<u8>)>,
    tail_length: usize,
    pending: Vec<u8>,
    /// Some of it is being written out.
    writing: bool,
}

/// All that are passed on now.
static STREAMS: Mutex<Vec<Weak<Stderr>>> = Mutex::new(Vec::new());
/// Something has been written out.
static WRITTEN: Condvar = Condvar::new();

impl Stderr {
    /// Begins to pass on what comes out of `pipe`.
    pub(crate) fn forward(pipe: ChildStderr) -> io::Result<Arc<Stderr>> {
        rustix::io::ioctl_fionbio(&pipe, true)?;
        let stderr = Arc::new(Stderr {
            pipe,
            state: Mutex::new(State {
                closed: false,
                tail: VecDeque::new(),
                tail_length: 0,
                pending: Vec::new(),
                writing: false,
            }),
        });
        FORWARDER.watch(&stderr, &[((), stderr.pipe.as_fd())])?;
        let mut streams = lock(&STREAMS);
        streams.retain(|stream| stream.strong_count() > 0);
        streams.push(Arc::downgrade(&stderr));
        Ok(stderr)
    }

    fn is_through(&self, state: &State) -> bool {
        let in_pipe =
            || !state.closed && rustix::io::ioctl_fionread(&self.pipe).is_ok_and(|bytes| bytes > 0);
        !state.writing && state.pending.is_empty() && !in_pipe()
    }

    /// The last lines that came since this moment, or ever. Takes in what the worker has written
    /// and this process has not read yet.
    pub(crate) fn tail(&self, since: Option<Instant>) -> String {
        let mut state = lock(&self.state);
        state.pull(&self.pipe);
        let pieces = state.tail.iter();
        let recent = pieces.filter(|(at, _)| since.is_none_or(|since| *at >= since));
        let bytes: Vec<u8> = recent.flat_map(|(_, bytes)| bytes).copied().collect();
        String::from_utf8_lossy(&bytes[bytes.len().saturating_sub(TAIL)..]).into_owned()
    }
}

/// Waits until all that workers have written so far is written out, but not longer than this.
pub(crate) fn flush_all(until: Instant) {
    let streams: Vec<_> = lock(&STREAMS).iter().filter_map(Weak::upgrade).collect();
    for stream in streams {
        let mut state = lock(&stream.state);
        while !stream.is_through(&state) {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            // What is in the pipe is not announced here, so it is looked at again and again.
            let pause = left.min(Duration::from_millis(1));
            state = WRITTEN
                .wait_timeout(state, pause)
                .unwrap_or_else(PoisonError::into_inner)
                .0;
        }
    }
}

impl State {
    /// Reads what is there, as long as there is room. True if there may be more.
    fn pull(&mut self, pipe: &ChildStderr) -> bool {
        let mut chunk = [0; 8192];
        while self.pending.len() < PENDING {
            if self.closed {
                return false;
            }
            match rustix::io::read(pipe, &mut chunk) {
                Ok(0) => self.closed = true,
                Ok(length) => {
                    let bytes = &chunk[..length];
                    self.pending.extend_from_slice(bytes);
                    self.keep(bytes);
                }
                Err(rustix::io::Errno::AGAIN) => return false,
                Err(rustix::io::Errno::INTR) => {}
                Err(_) => self.closed = true,
            }
        }
        true
    }

    fn keep(&mut self, bytes: &[u8]) {
        self.tail.push_back((Instant::now(), bytes.to_vec()));
        self.tail_length += bytes.len();
        while let Some((_, first)) = self.tail.front() {
            if self.tail_length - first.len() < TAIL {
                break;
            }
            self.tail_length -= first.len();
            self.tail.pop_front();
        }
    }
}

impl Source for Stderr {
    type Watched = ();

    fn ready(self: Arc<Self>, (): ()) -> bool {
        loop {
            let mut state = lock(&self.state);
            let more = state.pull(&self.pipe);
            let pending = std::mem::take(&mut state.pending);
            let closed = state.closed;
            state.writing = true;
            // Not under the lock: a thread that asks for the tail must not wait for this.
            drop(state);
            // When our own standard error is gone, it cannot be reported anywhere.
            let _ = io::stderr().write_all(&pending);
            lock(&self.state).writing = false;
            WRITTEN.notify_all();
            if !more {
                return !closed;
            }
        }
    }
}
