//! `blocking::unblock`: the pool of smol and async-std.

use super::closure_runner::ClosureRunner;

pub(crate) struct Blocking;

impl ClosureRunner for Blocking {
    /// Starts nothing: the one pool of `blocking` is global, and grows by its own rules.
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
