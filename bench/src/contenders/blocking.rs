//! `blocking::unblock`: the pool of smol and async-std.

use super::threads::Threads;

pub(crate) struct Blocking;

impl Threads for Blocking {
    /// Its one pool is global, and grows by its own rules.
    fn start(_: Option<usize>) -> Blocking {
        Blocking
    }

    fn run<R: Send + 'static>(
        &self,
        function: impl FnOnce() -> R + Send + 'static,
    ) -> impl Future<Output = R> + Send + 'static {
        blocking::unblock(function)
    }
}
