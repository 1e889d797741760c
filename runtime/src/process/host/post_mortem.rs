//! What is known of the death of a worker, and what points to a lack of memory: the kernel's
//! counter, and the limit of the pool.

use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::process::ExitStatus;
use std::time::Duration;

use crate::error::Exit;
use crate::error::fault::{KillReason, StartFault};

/// What is known of the death of a worker.
#[derive(Debug)]
pub(crate) struct Death {
    pub(crate) pid: u32,
    pub(crate) exit: Exit,
    /// How long the worker had run its call, if it had one.
    pub(crate) ran_for: Duration,
    /// Why the pool killed the worker. `None` if it was not the pool.
    pub(crate) reason: Option<KillReason>,
    /// Why the worker ended, as it said itself.
    pub(crate) said: Option<String>,
    pub(crate) out_of_memory: Option<String>,
    /// What the worker wrote last to its standard error.
    pub(crate) stderr: String,
}

impl Death {
    /// Returns what the pool found wrong with the worker, or why the worker ended, as it said
    /// itself. `None` if the caller or the pool wanted its end, or if nothing is known.
    pub(crate) fn fault(&self) -> Option<String> {
        match &self.reason {
            Some(reason) => reason.is_fault().then(|| reason.to_string()),
            None => self.said.clone(),
        }
    }
}

/// The worker died before it was ready.
impl From<Death> for StartFault {
    fn from(death: Death) -> StartFault {
        let fault = match death.reason {
            Some(KillReason::Faulty(fault)) => Some(fault),
            _ => None,
        };
        StartFault::Died {
            pid: death.pid,
            exit: death.exit,
            fault,
            said: death.said,
            stderr: death.stderr,
        }
    }
}

pub(crate) fn exit_of(status: ExitStatus) -> Exit {
    match (status.signal(), status.code()) {
        (Some(signal), _) => Exit::Signal(signal),
        (None, Some(code)) => Exit::Code(code),
        (None, None) => Exit::Unknown,
    }
}

/// Returns how often the kernel has killed for lack of memory in the control group of this process.
/// `None` where the kernel does not tell.
pub(crate) fn oom_kills() -> Option<u64> {
    let groups = fs::read_to_string("/proc/self/cgroup").ok()?;
    let group = groups.lines().find_map(|line| line.strip_prefix("0::"))?;
    let events = fs::read_to_string(format!("/sys/fs/cgroup{group}/memory.events")).ok()?;
    events
        .lines()
        .find_map(|line| line.strip_prefix("oom_kill "))?
        .trim()
        .parse()
        .ok()
}

/// Returns why a lack of memory is the likely cause of the death. `None` if nothing points to it.
pub(crate) fn of_memory(
    exit: Exit,
    kills_at_start: Option<u64>,
    limit: Option<u64>,
    stderr: &str,
) -> Option<String> {
    if exit == Exit::Signal(libc::SIGKILL) {
        let (before, after) = (kills_at_start?, oom_kills()?);
        if after > before {
            return Some(format!(
                "while this worker lived, the kernel killed {} process(es) of this control group for lack of memory",
                after - before
            ));
        }
    }
    // What the standard library says before it aborts.
    let refused = exit == Exit::Signal(libc::SIGABRT)
        && stderr.lines().any(|line| {
            line.starts_with("memory allocation of ") && line.ends_with(" bytes failed")
        });
    match limit {
        Some(limit) if refused => Some(format!(
            "an allocation failed; the pool's `memory_limit` is {limit} bytes"
        )),
        None if refused => Some("an allocation failed".to_owned()),
        _ => None,
    }
}
