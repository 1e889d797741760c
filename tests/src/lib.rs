//! What several tests need: waiting for a condition, looking at processes, and the tasks that many
//! tests call.

pub mod environment;
pub mod marks;
pub mod memory;
pub mod tasks;

use std::future::Future;
use std::pin::Pin;
use std::sync::{Mutex, MutexGuard, PoisonError, mpsc};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};

use offloop::{Call, Error, Outcome, WorkerDied};

pub use marks::Marks;

/// Machines are slow and shared, so the limit is generous: it ends a test that would hang.
pub const LIMIT: Duration = Duration::from_secs(120);

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

/// Does this on a thread of its own, so that what never ends fails the test instead of holding it
/// up.
///
/// # Panics
/// It does not end within [`LIMIT`], or panics.
pub fn in_time<R: Send + 'static>(what: &str, action: impl FnOnce() -> R + Send + 'static) -> R {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || sender.send(action()));
    match receiver.recv_timeout(LIMIT) {
        Ok(result) => result,
        Err(mpsc::RecvTimeoutError::Timeout) => panic!("it never came true that {what}"),
        Err(mpsc::RecvTimeoutError::Disconnected) => panic!("a panic before {what}"),
    }
}

/// Waits for the outcome of a call.
///
/// # Panics
/// The call does not end within [`LIMIT`].
#[must_use]
pub fn wait<R: Outcome>(call: Call<R>) -> R {
    in_time("the call ends", move || call.wait())
}

/// Polls a future once, with a waker that does nothing.
pub fn poll_once<F: Future + Unpin>(future: &mut F) -> Poll<F::Output> {
    Pin::new(future).poll(&mut Context::from_waker(Waker::noop()))
}

/// What is known of the end of the worker that a call was running in.
///
/// # Panics
/// The call has another outcome.
pub fn died<T: std::fmt::Debug>(outcome: Result<T, Error>) -> WorkerDied {
    match outcome {
        Err(Error::WorkerDied(died)) => *died,
        other => panic!("no worker has died: {other:?}"),
    }
}

/// While the guard lives, no other test of this program that asks for it runs: for tests that count
/// what the process holds, or change a setting of the whole process.
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
    assert!(try_signal(pid, name), "there is no process {pid}");
}

/// Sends a process a signal by its name, if the process is there.
#[must_use]
pub fn try_signal(pid: u32, name: &str) -> bool {
    let sent = std::process::Command::new("kill")
        .args(["-s", name, &pid.to_string()])
        .stderr(std::process::Stdio::null())
        .status();
    sent.is_ok_and(|status| status.success())
}

/// Holds a process, which must be there, until it is sent `CONT`. None of its threads runs
/// afterwards.
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
