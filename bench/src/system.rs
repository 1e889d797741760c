//! What Linux tells about this process and its children.

use std::fs;
use std::process;

use rustix::process::{Resource, getrlimit, setrlimit};
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

/// Keeps this process, and what it starts, on one core. To be called before anything starts.
///
/// The last of the allowed ones: the first often serves interrupts.
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

/// Some peers take several descriptors for each call in flight.
pub(crate) fn raise_descriptor_limit() {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    // Without it a peer fails loudly.
    let _ = setrlimit(Resource::Nofile, limit);
}

/// The processes that this one has started and not yet waited for.
pub(crate) fn children() -> Vec<u32> {
    let own = process::id().to_string();
    let Ok(entries) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    entries
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter(|pid: &u32| {
            let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
            // The name of the program, in parentheses, may contain anything.
            stat.rsplit_once(") ")
                .and_then(|(_, rest)| rest.split(' ').nth(1))
                .is_some_and(|parent| parent == own)
        })
        .collect()
}

/// Context switches so far, voluntary or not, of all threads of this process and its children.
pub(crate) fn switches() -> u64 {
    let mut pids = children();
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

/// Memory of this process in RAM, now and at most so far, in KiB.
pub(crate) fn resident() -> (u64, u64) {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    (
        number_after(&status, "VmRSS:"),
        number_after(&status, "VmHWM:"),
    )
}

/// Memory of a process in KiB, what it shares with others divided by their number.
pub(crate) fn proportional(pid: u32) -> u64 {
    let rollup = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).unwrap_or_default();
    number_after(&rollup, "\nPss:")
}

/// The load of the last minute, which tells whether others were at work.
pub(crate) fn load() -> String {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').next().unwrap_or("unknown").to_owned()
}

fn number_after(text: &str, label: &str) -> u64 {
    text.split_once(label)
        .and_then(|(_, rest)| rest.split_whitespace().next()?.parse().ok())
        .unwrap_or(0)
}
