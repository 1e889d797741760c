//! What speaks for an end by lack of memory: the kernel's counter, and the limit of the pool.

use std::fs;

use crate::error::Exit;

/// How often the kernel has killed for lack of memory in this process's control group. `None`
/// where the kernel does not tell.
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

/// Puts the evidence into words, if there is any.
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
