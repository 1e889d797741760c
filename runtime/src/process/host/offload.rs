//! The threads that encode and decode what is large, and drop what may take long to drop.

use std::sync::Arc;

use crate::error::Error;
use crate::pool::queue::Runnable;
use crate::thread::ThreadPool;

/// The threads that encode and decode what is large.
fn threads() -> &'static ThreadPool {
    static CODEC: ThreadPool = ThreadPool::per_core("offloop-codec");
    &CODEC
}

/// Runs this on these threads, for a call of `task` on the process pool `pool`.
pub(crate) fn run(work: Arc<dyn Runnable>, task: &str, pool: &str) -> Result<(), Error> {
    let core = threads().core().map_err(|invalid| invalid.for_task(task))?;
    core.submit(work, false).map_err(|rejected| {
        let what = "no thread can be started that encodes and decodes what is large";
        rejected.about(what).into_error(task, pool)
    })
}

/// Drops a value of the user's where that may block.
pub(crate) fn discard<T: Send + 'static>(value: T) {
    if let Ok(core) = threads().core() {
        core.discard(value);
    }
}
