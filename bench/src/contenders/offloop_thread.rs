//! offloop: a call on a thread.

use offloop::ThreadPool;

use super::closure_runner::ClosureRunner;

pub(crate) struct OffloopThread {
    pool: &'static ThreadPool,
}

impl ClosureRunner for OffloopThread {
    fn start(workers: Option<usize>) -> OffloopThread {
        let pool = workers.map_or(ThreadPool::global(), |workers| {
            Box::leak(Box::new(ThreadPool::new("bench").threads(workers)))
        });
        OffloopThread { pool }
    }

    fn run<R: Send + 'static>(
        &self,
        function: impl FnOnce() -> R + Send + 'static,
    ) -> impl Future<Output = R> + Send + 'static {
        let call = self.pool.run(function);
        async { call.await.expect("no function of the bench fails") }
    }

    fn submit<R: Send + 'static>(
        &self,
        function: impl FnOnce() -> R + Send + 'static,
    ) -> impl Future<Output = R> + Send + 'static {
        let call = self.pool.run(function).start();
        async { call.await.expect("no function of the bench fails") }
    }
}
