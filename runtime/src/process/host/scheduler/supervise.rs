//! What the handles of workers tell the scheduler, and its calls.

use std::sync::Arc;

use super::job::Job;
use super::roster::Member;
use super::{Scheduler, WorkerHandle};
use crate::call::header::CallHeader;
use crate::error::fault::{StartFault, Unsent};
use crate::error::{Error, Phase, Started};
use crate::process::config::Config;
use crate::process::host::listener::Runtime;
use crate::process::host::post_mortem::Death;
use crate::process::host::worker::{Call, Report, Supervisor};
use crate::process::protocol::reply::Reply;
use crate::process::transport::Body;
use crate::util::sync::lock;

impl Supervisor for Scheduler {
    type Call = Job;

    fn config(&self) -> &Config {
        &self.config
    }

    fn on_ready(self: &Arc<Scheduler>, worker: &Arc<WorkerHandle>) {
        let mut state = lock(&self.state);
        let replaced = state.roster.ready();
        state.failed_starts = 0;
        state.pause.clear();
        drop(state);
        if let Some(old) = replaced {
            old.retire();
        }
        self.worker_free(worker);
        // Others may have failed to start, and nothing waits for another try now.
        self.start_workers(lock(&self.state));
    }

    fn on_idle(self: &Arc<Scheduler>, worker: &Arc<WorkerHandle>) {
        self.worker_free(worker);
    }

    fn on_replies(self: &Arc<Scheduler>, worker: &Arc<WorkerHandle>) {
        self.refill(worker);
    }

    fn on_death(&self, worker: &WorkerHandle) {
        lock(&self.state).roster.count_death(worker);
    }

    fn on_exit(
        self: &Arc<Scheduler>,
        worker: &Arc<WorkerHandle>,
        failed_start: Option<StartFault>,
    ) {
        if let Some(fault) = failed_start {
            lock(&self.state).roster.remove(worker);
            return self.note_failed_start(&fault);
        }
        let mut state = lock(&self.state);
        state.roster.gone(worker);
        self.start_workers(state);
        self.look_for_end();
    }

    fn ensure_sweep(self: &Arc<Scheduler>) {
        Scheduler::ensure_sweep(self);
    }

    fn count_prefetched(&self, prefetched: bool) {
        Scheduler::count_prefetched(self, prefetched);
    }

    fn uncount_prefetched(&self, count: usize) {
        Scheduler::uncount_prefetched(self, count);
    }
}

impl Call<Scheduler> for Job {
    fn id(&self) -> u64 {
        Job::id(self)
    }

    fn header(&self) -> CallHeader {
        Job::header(self)
    }

    fn runtime(&self) -> Option<&Arc<Runtime>> {
        Job::runtime(self)
    }

    fn assign(self: &Arc<Job>, worker: &Arc<WorkerHandle>, runs: bool) -> Result<bool, Error> {
        Job::assign(self, worker, runs)
    }

    fn unsent(&self, reason: &Unsent) -> Error {
        self.codec_error(true, reason.to_string(), Started::No)
    }

    fn wants_progress(&self) -> bool {
        Job::wants_progress(self)
    }

    fn progressed(&self, report: Report) {
        Job::progressed(self, report);
    }

    fn finish_with_reply(self: Arc<Job>, reply: Reply<Body>, pid: u32) {
        Job::finish_with_reply(self, reply, pid);
    }

    fn worker_died(self: Arc<Job>, death: &Death, phase: Phase) {
        Job::worker_died(self, death, phase);
    }

    fn move_on(self: Arc<Job>) {
        Job::move_on(self);
    }

    fn abort(&self, started: Started) {
        Job::abort(self, started);
    }
}

impl Member for WorkerHandle {
    fn is_retiring(&self) -> bool {
        WorkerHandle::is_retiring(self)
    }

    fn mark_retiring(&self) {
        WorkerHandle::mark_retiring(self);
    }

    fn has_room(&self) -> bool {
        WorkerHandle::has_room(self)
    }
}
