//! Contenders that run a closure on a thread: they do all workloads in one way.

use std::thread::sleep;
use std::time::Duration;

use super::Contender;
use crate::payload::{Record, Tree, count_values, sum_of_pages};

/// Runs closures on threads.
pub(super) trait ClosureRunner: Send + Sync + 'static {
    /// Starts the contender with this number of threads, or with its default.
    fn start(workers: Option<usize>) -> Self;

    /// Runs the closure. The call may begin when the future is first polled.
    fn run<R: Send + 'static>(
        &self,
        function: impl FnOnce() -> R + Send + 'static,
    ) -> impl Future<Output = R> + Send + 'static;

    /// Runs the closure. The call begins at once.
    fn submit<R: Send + 'static>(
        &self,
        function: impl FnOnce() -> R + Send + 'static,
    ) -> impl Future<Output = R> + Send + 'static {
        self.run(function)
    }
}

impl<T: ClosureRunner> Contender for T {
    fn start(workers: Option<usize>) -> T {
        <T as ClosureRunner>::start(workers)
    }

    fn echo(&self, number: u32) -> impl Future<Output = u32> + Send + 'static {
        self.run(move || number)
    }

    fn submit(&self, number: u32) -> impl Future<Output = u32> + Send + 'static {
        ClosureRunner::submit(self, move || number)
    }

    fn record(&self, record: Record) -> impl Future<Output = Record> + Send + 'static {
        self.run(move || record)
    }

    fn bytes(&self, bytes: Vec<u8>) -> impl Future<Output = Vec<u8>> + Send + 'static {
        self.run(move || bytes)
    }

    fn read_pages(&self, bytes: Vec<u8>) -> impl Future<Output = u64> + Send + 'static {
        self.run(move || sum_of_pages(&bytes))
    }

    fn decode(&self, text: String) -> impl Future<Output = usize> + Send + 'static {
        self.run(move || count_values(&text))
    }

    fn tree(&self, tree: Tree) -> impl Future<Output = Tree> + Send + 'static {
        self.run(move || tree)
    }

    fn block(&self, milliseconds: u64) -> impl Future<Output = ()> + Send + 'static {
        self.run(move || sleep(Duration::from_millis(milliseconds)))
    }
}
