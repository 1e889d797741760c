//! `tokio::task::spawn_blocking`: what a tokio program has without any further crate.

use super::threads::Threads;

pub(crate) struct SpawnBlocking;

impl Threads for SpawnBlocking {
    /// The runtime, which has its limit already.
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
