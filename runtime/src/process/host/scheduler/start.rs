//! How a pool gets its workers: which are started, and what follows when a start fails.

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, MutexGuard};
use std::time::Duration;

use super::{Deadline, Scheduler, State, WorkerHandle};
use crate::error::fault::StartFault;
use crate::process::config::Config;
use crate::process::host::spawner::{self, Spawn};
use crate::process::host::worker::Parts;
use crate::process::protocol::handshake::WorkerConfig;
use crate::util::sync::lock;

/// After so many starts in a row that failed, the calls that wait are told.
const FAILED_STARTS: u32 = 3;
/// How long to wait before the next start after one failed; doubles each time.
const BACK_OFF: Duration = Duration::from_millis(50);

impl Scheduler {
    /// Starts workers for the calls that wait, as many as there may be, and those that are kept.
    pub(super) fn start_workers(self: &Arc<Scheduler>, mut state: MutexGuard<'_, State>) {
        if state.pause.is_set() {
            return;
        }
        let queued = state.queue.len();
        let count = state.roster.start_for(queued);
        drop(state);
        for _ in 0..count {
            spawner::request(Arc::clone(self) as Arc<dyn Spawn>);
        }
    }

    /// Starts another worker in place of this one, which ends when that is ready.
    pub(super) fn replace(self: &Arc<Scheduler>, worker: &Arc<WorkerHandle>) {
        let mut state = lock(&self.state);
        let is_new = !state.closed && !state.pause.is_set() && state.roster.replace(worker);
        drop(state);
        if is_new {
            spawner::request(Arc::clone(self) as Arc<dyn Spawn>);
        }
    }

    /// A worker that was to be started is not there.
    pub(super) fn note_failed_start(self: &Arc<Scheduler>, fault: &StartFault) {
        let mut state = lock(&self.state);
        state.roster.start_failed();
        // Of several that were started together and fail together, only the first counts.
        let mut can_wait = true;
        if !state.pause.is_set() {
            state.failed_starts += 1;
            let pause = BACK_OFF * 2_u32.pow(state.failed_starts.min(6));
            can_wait = state.pause.set(pause, self, Deadline::NextStart).is_ok();
        }
        // Calls wait for another try as long as there is hope: tries left, or a worker that works
        // or may come to it.
        let is_hopeless = state.failed_starts >= FAILED_STARTS || !can_wait;
        let told = if is_hopeless && state.roster.count() == 0 {
            state.queue.take()
        } else {
            VecDeque::new()
        };
        drop(state);
        if !told.is_empty() {
            let reason = fault.to_string();
            for job in told {
                job.fail_to_start(&reason);
            }
        }
        self.look_for_end();
    }
}

impl Spawn for Scheduler {
    fn config(&self) -> &Config {
        &self.config
    }

    fn wants_workers(&self) -> bool {
        let state = lock(&self.state);
        !state.closed || state.queue.len() > 0
    }

    fn worker_config(&self) -> WorkerConfig {
        WorkerConfig {
            pool: self.config.name.to_owned(),
            number: lock(&self.state).roster.number(),
            memory_limit: self.config.memory_limit,
            nice: self.config.nice,
            reports_memory: self.config.recycle_above.is_some(),
            #[cfg(feature = "sandbox")]
            sandbox: self.config.sandbox.map(|sandbox| sandbox.rules()),
        }
    }

    fn adopt(self: Arc<Scheduler>, number: usize, parts: Parts) -> io::Result<()> {
        let worker = WorkerHandle::new(number, Arc::clone(&self), parts);
        lock(&self.state).roster.add(&worker);
        worker
            .watch()
            .inspect_err(|_| lock(&self.state).roster.remove(&worker))?;
        // A shutdown that came before it was added has not seen it.
        if lock(&self.state).abort {
            worker.abort();
        }
        Ok(())
    }

    fn start_failed(self: Arc<Scheduler>, fault: &StartFault) {
        self.note_failed_start(fault);
    }
}
