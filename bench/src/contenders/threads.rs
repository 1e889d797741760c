//! What runs a closure on a thread can do every work, and all of them in the same way.

use std::thread::sleep;
use std::time::Duration;

use super::Contender;
use crate::payload::{Record, Tree, count, look};

pub(super) trait Threads: Send + Sync + 'static {
    fn start(workers: Option<usize>) -> Self;

    /// May wait until it is polled.
    fn run<R: Send + 'static>(
        &self,
        function: impl FnOnce() -> R + Send + 'static,
    ) -> impl Future<Output = R> + Send + 'static;

    /// Begins at once.
    fn submit<R: Send + 'static>(
        &self,
        function: impl FnOnce() -> R + Send + 'static,
    ) -> impl Future<Output = R> + Send + 'static {
        self.run(function)
    }
}

impl<T: Threads> Contender for T {
    fn start(workers: Option<usize>) -> T {
        <T as Threads>::start(workers)
    }

    fn nothing(&self, number: u32) -> impl Future<Output = u32> + Send + 'static {
        self.run(move || number)
    }

    fn submit(&self, number: u32) -> impl Future<Output = u32> + Send + 'static {
        Threads::submit(self, move || number)
    }

    fn record(&self, record: Record) -> impl Future<Output = Record> + Send + 'static {
        self.run(move || record)
    }

    fn bytes(&self, bytes: Vec<u8>) -> impl Future<Output = Vec<u8>> + Send + 'static {
        self.run(move || bytes)
    }

    fn look(&self, bytes: Vec<u8>) -> impl Future<Output = u64> + Send + 'static {
        self.run(move || look(&bytes))
    }

    fn decode(&self, text: String) -> impl Future<Output = usize> + Send + 'static {
        self.run(move || count(&text))
    }

    fn tree(&self, tree: Tree) -> impl Future<Output = Tree> + Send + 'static {
        self.run(move || tree)
    }

    fn block(&self, milliseconds: u64) -> impl Future<Output = ()> + Send + 'static {
        self.run(move || sleep(Duration::from_millis(milliseconds)))
    }
}
