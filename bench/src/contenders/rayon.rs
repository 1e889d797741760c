//! `rayon::spawn` with a oneshot channel for the result: the usual advice for computations.

use rayon::{ThreadPool, ThreadPoolBuilder};
use tokio::sync::oneshot;

use super::closure_runner::ClosureRunner;

pub(crate) struct Rayon {
    pool: ThreadPool,
}

impl ClosureRunner for Rayon {
    fn start(workers: Option<usize>) -> Rayon {
        let pool = ThreadPoolBuilder::new()
            .num_threads(workers.unwrap_or(0))
            .build()
            .expect("threads can be started");
        Rayon { pool }
    }

    fn run<R: Send + 'static>(
        &self,
        function: impl FnOnce() -> R + Send + 'static,
    ) -> impl Future<Output = R> + Send + 'static {
        let (sender, receiver) = oneshot::channel();
        self.pool.spawn(move || {
            let _ = sender.send(function());
        });
        async { receiver.await.expect("no function of the bench panics") }
    }
}
