//! How a worker ends: killed for its call, let go, or found dead.

use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use rustix::process::Signal;

use super::pipeline::Cancelled;
use super::{Deadline, EXIT_TIMEOUT, Inner, Life, NOTHING_BEGUN, STUCK, WorkerHandle};
use crate::error::text::last_words;
use crate::error::{Exit, Phase, Started};
use crate::process::host::post_mortem;
use crate::process::host::scheduler::job::Job;
use crate::process::transport::CallState;
use crate::util::sync::lock;

/// What is known of a worker's end.
#[derive(Clone, Debug)]
pub(crate) struct Death {
    pub(crate) pid: u32,
    pub(crate) exit: Exit,
    pub(crate) phase: Phase,
    pub(crate) ran_for: Duration,
    pub(crate) out_of_memory: Option<String>,
    pub(crate) stderr: String,
}

/// What came of ending a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// It had not begun, and the worker has nothing else to do.
    Free,
    /// Its function has been asked to stop.
    Asked,
    /// It had not begun, is over, or its worker is killed.
    Over,
}

impl WorkerHandle {
    /// Ends this call, if it is one of the worker's. One that has not begun is taken back. One that
    /// runs is asked to stop, if `gently`; otherwise the worker is killed with all that it has started.
    pub(crate) fn stop_call(&self, call: u64, gently: bool) -> Stop {
        let mut inner = lock(&self.inner);
        if inner.reserved.as_ref().map(|job| job.id()) == Some(call) {
            inner.reserved = None;
            self.load.store(0, Ordering::Release);
            return Stop::Free;
        }
        let Some(position) = inner.pipeline.position(call) else {
            return Stop::Over;
        };
        if let Cancelled::Yes { prefetched } = inner.pipeline.cancel(&self.ring, call) {
            self.scheduler.uncount_prefetched(usize::from(prefetched));
            inner.calls -= 1;
            self.load.store(inner.load(), Ordering::Release);
            if inner.has_lost(call) >= STUCK {
                self.kill_for(inner, NOTHING_BEGUN.to_owned());
                return Stop::Over;
            }
            return if inner.load() == 0 {
                Stop::Free
            } else {
                Stop::Over
            };
        }
        if gently {
            self.ring.ask_to_stop(call);
            return Stop::Asked;
        }
        let stopped = self.ring.interrupt(position, call);
        // It may have come to its end in this moment. Whatever else stands there is not to be relied on.
        if stopped || self.ring.call_state(position, call) != CallState::Done {
            inner.leave();
            self.kill_locked(&inner);
        }
        Stop::Over
    }

    /// Takes back some of the calls that lie ready, for another worker: half of them, the last ones.
    /// In the order in which they lay there.
    pub(crate) fn give_up_prefetched(&self) -> Vec<Arc<Job>> {
        let mut inner = lock(&self.inner);
        let mut jobs: Vec<_> = inner.pipeline.waiting(&self.ring).cloned().collect();
        jobs.truncate(jobs.len().div_ceil(2));
        jobs.retain(|job| {
            let cancelled = inner.pipeline.cancel(&self.ring, job.id());
            if let Cancelled::Yes { prefetched } = cancelled {
                self.scheduler.uncount_prefetched(usize::from(prefetched));
                inner.calls -= 1;
            }
            cancelled != Cancelled::No
        });
        self.load.store(inner.load(), Ordering::Release);
        jobs.reverse();
        jobs
    }

    /// Ends whatever it does, and the worker.
    pub(crate) fn abort(self: &Arc<WorkerHandle>) {
        let mut inner = lock(&self.inner);
        // From here on it takes no call.
        inner.leave();
        let mut jobs = Vec::new();
        for (position, job) in inner.pipeline.all() {
            let has_begun = self.ring.call_state(position, job.id()) != CallState::Waiting;
            jobs.push((Arc::clone(job), has_begun));
        }
        jobs.extend(inner.reserved.clone().map(|job| (job, false)));
        drop(inner);
        // Before the worker dies, of which the calls would be told otherwise.
        for (job, has_begun) in jobs {
            job.abort(if has_begun { Started::Yes } else { Started::No });
        }
        self.kill_locked(&lock(&self.inner));
    }

    pub(super) fn kill_locked(&self, inner: &Inner) {
        if !inner.reaped {
            // The worker leads a process group, which is what it has started. Both may be gone
            // already, and then there is nothing to kill.
            let _ = rustix::process::kill_process_group(self.pid, Signal::KILL);
            let _ = rustix::process::kill_process(self.pid, Signal::KILL);
        }
    }

    /// Lets the worker end by itself, which it does when it hears that nothing more will come.
    pub(crate) fn retire(self: &Arc<WorkerHandle>) {
        let mut inner = lock(&self.inner);
        inner.leave();
        self.ring.close();
        self.expect_end(&mut inner);
    }

    /// The worker has closed its socket, or was told to end: it must be gone soon.
    pub(super) fn expect_end(self: &Arc<WorkerHandle>, inner: &mut Inner) {
        if inner.is_starting() || inner.reaped {
            return;
        }
        inner.leave();
        if inner
            .deadline
            .set(EXIT_TIMEOUT, self, Deadline::End)
            .is_err()
        {
            self.kill_locked(inner);
        }
    }

    /// The process has ended: hears its last words, collects its exit status and tells whoever is
    /// concerned. False if it has not ended after all.
    pub(super) fn reap(self: &Arc<WorkerHandle>) -> bool {
        // What it said before it died still counts.
        self.receive();
        self.collect();
        let mut inner = lock(&self.inner);
        if inner.reaped {
            return true;
        }
        // Whatever it had started dies with it. As long as the worker is not collected, its id, and
        // so that of its group, cannot be anybody else's.
        let _ = rustix::process::kill_process_group(self.pid, Signal::KILL);
        let exit = match inner.child.try_wait() {
            Ok(Some(status)) => exit_of(status),
            Ok(None) => return false,
            Err(_) => Exit::Unknown,
        };
        inner.reaped = true;
        inner.deadline.clear();
        let was_starting = inner.is_starting();
        inner.life = Life::Leaving;
        let reserved = inner.reserved.take();
        let pipeline = std::mem::take(&mut inner.pipeline);
        let doorbells = std::mem::take(&mut inner.doorbells);
        inner.for_calls = None;
        self.load.store(0, Ordering::Release);
        let fault = inner.fault.take();
        drop(inner);
        doorbells
            .iter()
            .flatten()
            .for_each(|doorbell| doorbell.deregister());
        self.scheduler.uncount_prefetched(pipeline.prefetched());

        let calls: Vec<_> = pipeline
            .all()
            .map(|(position, job)| {
                let phase = match self.ring.call_state(position, job.id()) {
                    CallState::Waiting => None,
                    CallState::Running | CallState::Done | CallState::Revoked => {
                        Some(self.ring.phase(position))
                    }
                    // Whatever it says beside that cannot be relied on.
                    CallState::Invalid => Some(Phase::Unknown),
                };
                (job, phase.map(|phase| (position, phase)))
            })
            .collect();
        let begun = calls.iter().find_map(|(_, begun)| *begun);
        let ran_for = begun.map(|(position, _)| self.ring.ran_for(position));
        let stderr = self
            .stderr
            .tail(ran_for.and_then(|time| Instant::now().checked_sub(time)));
        let out_of_memory = post_mortem::of_memory(
            exit,
            self.oom_kills,
            self.scheduler.settings().memory_limit,
            &stderr,
        );
        let death = Death {
            pid: self.pid(),
            exit,
            phase: Phase::Idle,
            ran_for: ran_for.unwrap_or_default(),
            out_of_memory,
            stderr,
        };
        if !was_starting {
            self.scheduler.worker_died(self);
        }
        // In reverse, since each of those that had not begun goes to the head of the queue.
        for (number, (job, begun)) in calls.iter().enumerate().rev() {
            let job = Arc::clone(job);
            match begun {
                Some((_, phase)) => job.worker_died(
                    &Death {
                        phase: *phase,
                        ..death.clone()
                    },
                    fault.as_deref(),
                ),
                // That the first was not taken up is odd; the others had no chance.
                None if number == 0 => job.worker_died(&death, fault.as_deref()),
                None => job.move_on(),
            }
        }
        if let Some(job) = reserved {
            job.worker_died(&death, fault.as_deref());
        }
        let why = was_starting.then(|| describe_failed_start(&death, fault));
        self.scheduler.worker_gone(self, why);
        true
    }
}

fn exit_of(status: ExitStatus) -> Exit {
    match (status.signal(), status.code()) {
        (Some(signal), _) => Exit::Signal(signal),
        (None, Some(code)) => Exit::Code(code),
        (None, None) => Exit::Unknown,
    }
}

fn describe_failed_start(death: &Death, fault: Option<String>) -> String {
    let mut text = fault.unwrap_or_else(|| {
        format!(
            "worker process {} ended before it was ready: {}",
            death.pid, death.exit
        )
    });
    if let Some(line) = last_words(&death.stderr) {
        text.push_str("; its last line on stderr: ");
        text.push_str(line);
    }
    text
}
