//! `tokio::task::spawn_blocking`: what a tokio program has without another crate.

use super::closure_runner::ClosureRunner;

pub(crate) struct SpawnBlocking;

impl ClosureRunner for SpawnBlocking {
    /// Starts nothing: the runtime of the line has its number of threads already.
    fn start(_: Option<usize>) -> SpawnBlocking {
        SpawnBlocking
    }

    fn run<R: Send + 'static>(
        &self,
        function: impl FnOnce() -> R + Send + 'static,
    ) -> impl Future<Output = R> + Send + 'static {
        let handle = tokio::task::spawn_blocking(function);
        async { handle.await.expect("no function of the bench panics") }
    }
}
