//! What Linux reports about this process and its children, and the limits that are set for them.

use std::fs;
use std::process;

use rustix::process::{Resource, getrlimit, setrlimit};
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

/// Keeps this process and all that it starts on one core: the last one that is allowed, since the
/// first often serves interrupts.
///
/// Threads that run already stay where they are, so this has to come before they start.
pub(crate) fn pin_to_one_core() {
    let allowed = sched_getaffinity(None).expect("the cores of a process can be asked for");
    let core = (0..CpuSet::MAX_CPU)
        .rev()
        .find(|&core| allowed.is_set(core))
        .expect("a process may use at least one core");
    let mut one = CpuSet::new();
    one.set(core);
    sched_setaffinity(None, &one).expect("a process may restrict itself");
}

/// Raises the limit of open descriptors: some peers use several for each call in flight.
pub(crate) fn raise_descriptor_limit() {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    // If this fails, a peer that needs more descriptors reports an error.
    let _ = setrlimit(Resource::Nofile, limit);
}

/// The children of this process that have not been waited for.
pub(crate) fn child_pids() -> Vec<u32> {
    let own = process::id().to_string();
    let Ok(entries) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    entries
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter(|pid: &u32| {
            let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
            // The name of the program may contain anything, but ends with the last parenthesis.
            stat.rsplit_once(") ")
                .and_then(|(_, rest)| rest.split(' ').nth(1))
                .is_some_and(|parent| parent == own)
        })
        .collect()
}

/// The context switches so far, voluntary or not, of all threads of this process and its children.
pub(crate) fn context_switches() -> u64 {
    let mut pids = child_pids();
    pids.push(process::id());
    pids.iter()
        .filter_map(|pid| fs::read_dir(format!("/proc/{pid}/task")).ok())
        .flatten()
        .filter_map(|thread| fs::read_to_string(thread.ok()?.path().join("status")).ok())
        .map(|status| {
            number_after(&status, "\nvoluntary_ctxt_switches:")
                + number_after(&status, "nonvoluntary_ctxt_switches:")
        })
        .sum()
}

/// The memory of this process in RAM in KiB: now, and the peak so far.
pub(crate) fn resident_memory() -> (u64, u64) {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    (
        number_after(&status, "VmRSS:"),
        number_after(&status, "VmHWM:"),
    )
}

/// The memory of a process in KiB. What several processes share is divided by their number.
pub(crate) fn proportional_memory(pid: u32) -> u64 {
    let rollup = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).unwrap_or_default();
    number_after(&rollup, "\nPss:")
}

/// The load of the last minute, which shows whether other programs ran too.
pub(crate) fn load() -> String {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').next().unwrap_or("unknown").to_owned()
}

fn number_after(text: &str, label: &str) -> u64 {
    text.split_once(label)
        .and_then(|(_, rest)| rest.split_whitespace().next()?.parse().ok())
        .unwrap_or(0)
}
