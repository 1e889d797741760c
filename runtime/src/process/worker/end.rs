//! How a worker ends: killed for its call, let go, or found dead.

use std::net::Shutdown;
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;
use std::sync::{Arc, Weak};
use std::time::Duration;

use rustix::process::Signal;

use super::{END, FAREWELL, Inner, Life, Running, Worker};
use crate::error::{Exit, Phase, last_words};
use crate::process::evidence;
use crate::sync::lock;
use crate::timer::Expire;

/// What is known of a worker's end.
#[derive(Debug)]
pub(crate) struct Death {
    pub(crate) pid: u32,
    pub(crate) exit: Exit,
    pub(crate) phase: Phase,
    pub(crate) ran_for: Duration,
    pub(crate) out_of_memory: Option<String>,
    pub(crate) stderr: String,
}

impl Worker {
    /// Ends this call, if it is still the one that runs: kills the worker with all that it has
    /// started. Gives true if that was not needed, because the worker had not been sent the call;
    /// it is free then.
    pub(crate) fn end(&self, call: u64) -> bool {
        let mut inner = lock(&self.inner);
        match &inner.running {
            Some(running) if running.job.id() == call => {
                if running.sent {
                    inner.leave();
                    self.kill_locked(&inner);
                    return false;
                }
            }
            _ => return false,
        }
        inner.running = None;
        true
    }

    /// Asks the function of this call to stop, if it is still the one that runs. False if not, or if
    /// the worker has not been sent it.
    pub(crate) fn ask_to_stop(&self, call: u64) -> bool {
        let inner = lock(&self.inner);
        match (&inner.running, &inner.life) {
            (Some(running), Life::Ready(status)) if running.job.id() == call && running.sent => {
                status.ask_to_stop(call);
                true
            }
            _ => false,
        }
    }

    /// Ends whatever it does, and the worker.
    pub(crate) fn cut_off(self: &Arc<Worker>) {
        let mut inner = lock(&self.inner);
        // From here on it takes no call.
        inner.leave();
        let job = inner
            .running
            .as_ref()
            .map(|running| Arc::clone(&running.job));
        drop(inner);
        // Before the worker dies, of which the call would be told otherwise.
        if let Some(job) = job {
            job.cut_off();
        }
        self.kill_locked(&lock(&self.inner));
    }

    pub(super) fn kill_locked(&self, inner: &Inner) {
        if !inner.buried {
            // The worker leads a process group, which is what it has started. Both may be gone
            // already, and then there is nothing to kill.
            let _ = rustix::process::kill_process_group(self.pid, Signal::KILL);
            let _ = rustix::process::kill_process(self.pid, Signal::KILL);
        }
    }

    /// Lets the worker end by itself, which it does when it hears that nothing more will come.
    pub(crate) fn retire(self: &Arc<Worker>) {
        let mut inner = lock(&self.inner);
        inner.leave();
        // It fails only if the worker is gone.
        let _ = self.socket.shutdown(Shutdown::Write);
        self.expect_end(&mut inner);
    }

    /// The worker has closed its socket, or was told to end: it must be gone soon.
    pub(super) fn expect_end(self: &Arc<Worker>, inner: &mut Inner) {
        if matches!(inner.life, Life::Starting(_)) || inner.buried {
            return;
        }
        inner.leave();
        let target = Arc::downgrade(self) as Weak<dyn Expire>;
        match crate::timer::after(FAREWELL, target, END) {
            Ok(timer) => inner.deadline = Some(timer),
            Err(_) => self.kill_locked(inner),
        }
    }

    /// The process has ended: hears its last words, collects its exit status and tells whoever is
    /// concerned. False if it has not ended after all.
    pub(super) fn bury(self: &Arc<Worker>) -> bool {
        // What it said before it died still counts.
        self.receive();
        let mut inner = lock(&self.inner);
        if inner.buried {
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
        inner.buried = true;
        inner.deadline = None;
        let was_starting = matches!(inner.life, Life::Starting(_));
        let running = inner.running.take();
        let fault = inner.fault.take();
        let life = std::mem::replace(&mut inner.life, Life::Leaving(None));
        drop(inner);

        let status = match life {
            Life::Ready(status) | Life::Leaving(Some(status)) => Some(status),
            Life::Starting(_) | Life::Leaving(None) => None,
        };
        let stderr = self
            .stderr
            .tail(running.as_ref().map(|running| running.since));
        let out_of_memory = evidence::of_memory(
            exit,
            self.oom_kills,
            self.core.settings().memory_limit,
            &stderr,
        );
        let mut death = Death {
            pid: self.pid(),
            exit,
            phase: Phase::Idle,
            ran_for: Duration::ZERO,
            out_of_memory,
            stderr,
        };
        if !was_starting {
            self.core.worker_died(self);
        }
        if let Some(Running { job, since, .. }) = running {
            death.phase = status.map_or(Phase::Unknown, |status| status.phase_of(job.id()));
            death.ran_for = since.elapsed();
            job.worker_died(&death, fault.as_deref());
        }
        let why = was_starting.then(|| describe_failed_start(&death, fault));
        self.core.worker_gone(self, why);
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
