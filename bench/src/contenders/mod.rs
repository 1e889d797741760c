//! Who takes part: one trait, and a file for each.

pub(crate) mod blocking;
pub(crate) mod command;
pub(crate) mod ipc_channel;
pub(crate) mod limit_eventfd;
pub(crate) mod limit_futex;
pub(crate) mod limit_memcpy;
pub(crate) mod limit_pipes;
pub(crate) mod limit_thread;
pub(crate) mod offloop_process;
pub(crate) mod offloop_thread;
pub(crate) mod procspawn;
pub(crate) mod rayon;
mod responder;
pub(crate) mod spawn_blocking;
mod threads;

use std::future::{Ready, ready};

use crate::payload::{Record, Tree};

/// What a contender can be asked for. The plan asks none for what it cannot do.
///
/// Each function begins the call when it is called and gives what waits for it; `nothing` may wait
/// until it is polled.
pub(crate) trait Contender: Send + Sync + Sized + 'static {
    /// With so many workers, or as many as it takes by default.
    fn start(workers: Option<usize>) -> Self;

    /// A call of no work: the number comes back.
    fn nothing(&self, number: u32) -> impl Future<Output = u32> + Send + 'static;

    /// As `nothing`, and begins at once.
    fn submit(&self, number: u32) -> impl Future<Output = u32> + Send + 'static {
        self.nothing(number)
    }

    /// The record comes back.
    fn record(&self, _: Record) -> impl Future<Output = Record> + Send + 'static {
        cannot()
    }

    /// The bytes come back.
    fn bytes(&self, _: Vec<u8>) -> impl Future<Output = Vec<u8>> + Send + 'static {
        cannot()
    }

    /// The bytes are looked at, without a copy where the contender can do that.
    fn look(&self, _: Vec<u8>) -> impl Future<Output = u64> + Send + 'static {
        cannot()
    }

    /// Takes a copy of the bytes, to be sent in each call of `look_at_kept`.
    fn keep(&self, _: &[u8]) {
        panic!("{NOT_ASKED}")
    }

    /// What was kept is looked at. Who cannot share it takes this copy, which must be given away.
    fn look_at_kept(&self, _: &mut Vec<u8>) -> impl Future<Output = u64> + Send + 'static {
        cannot()
    }

    /// The text is decoded; the number of its values comes back.
    fn decode(&self, _: String) -> impl Future<Output = usize> + Send + 'static {
        cannot()
    }

    /// The tree comes back.
    fn tree(&self, _: Tree) -> impl Future<Output = Tree> + Send + 'static {
        cannot()
    }

    /// Blocks for so many milliseconds.
    fn block(&self, _: u64) -> impl Future<Output = ()> + Send + 'static {
        cannot()
    }
}

const NOT_ASKED: &str = "the plan asks a contender for what it cannot do";

fn cannot<T>() -> Ready<T> {
    panic!("{NOT_ASKED}")
}

/// The answer of a contender that has waited for it already.
fn answered<T>(answer: T) -> Ready<T> {
    ready(answer)
}
