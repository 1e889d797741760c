//! What several tests need: waiting for a condition, and looking at processes.

pub mod memory;

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// Machines are slow and shared, so the limit is generous: it ends a test that would hang.
pub const LIMIT: Duration = Duration::from_secs(60);

/// Waits until `condition` holds.
///
/// # Panics
/// It does not hold within [`LIMIT`].
pub fn eventually(what: &str, mut condition: impl FnMut() -> bool) {
    let start = Instant::now();
    while !condition() {
        assert!(start.elapsed() < LIMIT, "it never came true that {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// As long as it lives, no other test of this program that asks for it runs: for those that count what the
/// process holds.
pub fn alone() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Bytes of which no part looks like that of another seed.
#[must_use]
pub fn pattern(length: usize, seed: u8) -> Vec<u8> {
    let block: Vec<u8> = (0..251).map(|byte: u8| byte.wrapping_add(seed)).collect();
    let mut bytes = block.repeat(length / block.len() + 1);
    bytes.truncate(length);
    bytes
}

/// Whether there is a process of this id that is not a zombie.
#[must_use]
pub fn is_alive(pid: u32) -> bool {
    state_of(pid).is_some_and(|state| state != 'Z')
}

/// Kills a process, which must be there, by SIGKILL.
///
/// # Panics
/// It is not there.
pub fn kill(pid: u32) {
    signal(pid, "KILL");
}

/// Sends a process, which must be there, a signal by its name.
///
/// # Panics
/// It is not there.
pub fn signal(pid: u32, name: &str) {
    let sent = std::process::Command::new("kill")
        .args(["-s", name, &pid.to_string()])
        .status();
    assert!(sent.is_ok_and(|status| status.success()));
}

/// Holds a process, which must be there, until it is sent `CONT`. None of its threads runs afterwards.
///
/// # Panics
/// It is not there.
pub fn stop(pid: u32) {
    signal(pid, "STOP");
    eventually("it stands still", || {
        let threads = std::fs::read_dir(format!("/proc/{pid}/task"));
        threads.into_iter().flatten().flatten().all(|thread| {
            let stat = std::fs::read_to_string(thread.path().join("stat")).unwrap_or_default();
            stat.rsplit_once(") ")
                .is_none_or(|(_, rest)| rest.starts_with('T'))
        })
    });
}

/// The children of process `pid`, zombies included.
#[must_use]
pub fn children_of(pid: u32) -> Vec<u32> {
    let Ok(processes) = std::fs::read_dir("/proc") else {
        return Vec::new();
    };
    processes
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter(|child| field_of(*child, 1).and_then(|parent| parent.parse().ok()) == Some(pid))
        .collect()
}

fn state_of(pid: u32) -> Option<char> {
    field_of(pid, 0)?.chars().next()
}

/// A field of `/proc/PID/stat`, counted from behind the name of the program.
fn field_of(pid: u32, index: usize) -> Option<String> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, fields) = stat.rsplit_once(") ")?;
    fields.split(' ').nth(index).map(ToOwned::to_owned)
}

/// Numbers that look random and are the same in every run.
#[derive(Debug)]
pub struct Random(u64);

impl Random {
    /// The same seed gives the same numbers.
    #[must_use]
    pub fn new(seed: u64) -> Random {
        Random(seed)
    }

    /// A number from 0 on, less than `limit`.
    pub fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        usize::try_from(self.0 >> 33).unwrap_or(0) % limit
    }
}
