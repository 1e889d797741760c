//! The contenders: one trait, and a file for each of them.

pub(crate) mod blocking;
mod closure_runner;
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

use std::future::{Ready, ready};

use crate::payload::{Record, Tree};

/// The calls that a contender can make. Each line has only contenders that can make its calls.
///
/// A function may begin its call at once or when the returned future is first polled. `submit`
/// always begins it at once.
pub(crate) trait Contender: Send + Sync + Sized + 'static {
    /// Starts the contender with this number of workers, or with its default.
    fn start(workers: Option<usize>) -> Self;

    /// Makes a call of no work, which returns the number.
    fn echo(&self, number: u32) -> impl Future<Output = u32> + Send + 'static;

    /// Makes the call of `echo`, and begins it at once.
    fn submit(&self, number: u32) -> impl Future<Output = u32> + Send + 'static {
        self.echo(number)
    }

    /// Makes a call that returns the record.
    fn record(&self, _: Record) -> impl Future<Output = Record> + Send + 'static {
        not_supported()
    }

    /// Makes a call that returns the bytes.
    fn bytes(&self, _: Vec<u8>) -> impl Future<Output = Vec<u8>> + Send + 'static {
        not_supported()
    }

    /// Makes a call that reads each page of the bytes. A contender that can lend them does so.
    fn read_pages(&self, _: Vec<u8>) -> impl Future<Output = u64> + Send + 'static {
        not_supported()
    }

    /// Copies the bytes, for all later calls of `read_kept`.
    fn keep(&self, _: &[u8]) {
        panic!("{NOT_SUPPORTED}")
    }

    /// Makes a call that reads each page of the bytes that were kept. A contender that cannot share
    /// memory takes this copy and sends it.
    fn read_kept(&self, _: &mut Vec<u8>) -> impl Future<Output = u64> + Send + 'static {
        not_supported()
    }

    /// Makes a call that decodes the text and returns the number of its values.
    fn decode(&self, _: String) -> impl Future<Output = usize> + Send + 'static {
        not_supported()
    }

    /// Makes a call that returns the tree.
    fn tree(&self, _: Tree) -> impl Future<Output = Tree> + Send + 'static {
        not_supported()
    }

    /// Makes a call that blocks for this number of milliseconds.
    fn block(&self, _: u64) -> impl Future<Output = ()> + Send + 'static {
        not_supported()
    }
}

const NOT_SUPPORTED: &str = "a line has a contender that cannot make its calls";

fn not_supported<T>() -> Ready<T> {
    panic!("{NOT_SUPPORTED}")
}

/// A call that has been waited for already.
fn answered<T>(answer: T) -> Ready<T> {
    ready(answer)
}
