//! Tasks that many tests call.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use offloop::cpu_bound;

use crate::marks::{count, end_of, write_pids};
use crate::{eventually, pattern};

/// The process that it runs in.
#[cpu_bound]
#[must_use]
pub fn pid() -> u32 {
    std::process::id()
}

/// Ends its process by `SIGABRT`.
#[cpu_bound]
pub fn abort() {
    std::process::abort();
}

/// Never ends, and uses its core.
#[cpu_bound]
pub fn spin() {
    loop {
        std::hint::spin_loop();
    }
}

/// Starts a process, writes the ids of both to the file, and never ends.
///
/// # Panics
/// The process does not start, or the file cannot be written.
#[cpu_bound]
#[allow(clippy::zombie_processes, reason = "both are to be killed")]
pub fn spin_with_a_child(file: &Path) {
    let child = Command::new("sleep").arg("1000").spawn();
    let child = child.expect("`sleep` starts").id();
    write_pids(file, &[std::process::id(), child]);
    spin::blocking();
}

/// Says with a mark that it runs, and ends when it is released.
///
/// # Panics
/// It is not released within [`LIMIT`](crate::LIMIT).
#[cpu_bound]
#[must_use]
pub fn hold(marks: &Path, name: &str) -> u32 {
    let pid = std::process::id();
    write_pids(&marks.join(name), &[pid]);
    let end = marks.join(end_of(name));
    eventually("it is released", || end.exists());
    pid
}

/// Ends when the folder has so many files, one for each process that runs this.
///
/// # Panics
/// They do not come within [`LIMIT`](crate::LIMIT).
#[cpu_bound]
#[must_use]
pub fn meet(folder: &Path, processes: usize) -> u32 {
    let pid = std::process::id();
    write_pids(&folder.join(pid.to_string()), &[pid]);
    eventually("all are here", || count(folder) >= processes);
    pid
}

/// Takes that long, or longer.
#[cpu_bound]
#[must_use]
pub fn sleep(duration: Duration) -> u32 {
    std::thread::sleep(duration);
    std::process::id()
}

/// Sends back what it gets.
#[cpu_bound]
#[must_use]
pub fn same_bytes(bytes: Vec<u8>) -> Vec<u8> {
    bytes
}

/// Looks whether it gets the [`pattern`] of this seed, and sends that of the next one, of another
/// length.
///
/// # Panics
/// It gets other bytes.
#[cpu_bound]
#[must_use]
pub fn exchange(got: Vec<u8>, seed: u8, length: usize) -> Vec<u8> {
    assert!(got == pattern(got.len(), seed), "other bytes have come");
    pattern(length, seed + 1)
}
