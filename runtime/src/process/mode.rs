//! Whether this process is the program or one of its workers, and whether process calls run in
//! place.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU8, Ordering};

use super::protocol::handshake::VARIABLE;

/// Makes this process a worker of the pool of this name. Returns `false` if it was a worker
/// already.
pub(crate) fn set_worker(pool: String) -> bool {
    WORKS_FOR.set(pool).is_ok()
}

/// The name of the pool that this process is a worker of. Not set in the program.
static WORKS_FOR: OnceLock<String> = OnceLock::new();

/// Returns whether this process is a worker. Process calls that are made in a worker run in place.
pub(crate) fn is_worker() -> bool {
    WORKS_FOR.get().is_some()
}

/// Returns the name of the pool that this process is a worker of, or an empty text in the program.
pub(crate) fn pool_of_this_worker() -> &'static str {
    WORKS_FOR.get().map_or("", String::as_str)
}

/// `NEVER`, `ALWAYS`, or 0 as long as `OFFLOOP_IN_PLACE` was not read.
static IN_PLACE: AtomicU8 = AtomicU8::new(0);
/// Process calls run in worker processes.
const NEVER: u8 = 1;
/// Process calls run on threads of this program.
const ALWAYS: u8 = 2;

/// Returns whether process calls run on threads of this program.
pub(crate) fn in_place() -> bool {
    match IN_PLACE.load(Ordering::Relaxed) {
        NEVER => false,
        ALWAYS => true,
        _ => {
            let is_set = std::env::var_os("OFFLOOP_IN_PLACE").is_some_and(|value| value == "1");
            run_in_place(is_set);
            is_set
        }
    }
}

/// Makes all further process calls run on threads of this program
/// ([`ThreadPool::cpu`](crate::ThreadPool::cpu)), or with `false` in worker processes again.
///
/// This is for debuggers, profilers and tests. The variable `OFFLOOP_IN_PLACE=1` in the environment
/// does it from the start. It changes what a call does:
///
/// - No value is encoded, no function can be killed, and a crash ends the program.
/// - Start hooks ([`on_worker_start`](macro@crate::on_worker_start)) do not run.
/// - Of the settings of its process pool only the timeout applies. The limits do not, and the call
///   runs also if the pool is closed. The `stats` of the pool do not count the call.
///
/// ```
/// #[offloop::cpu_bound]
/// fn pid() -> u32 {
///     std::process::id()
/// }
///
/// offloop::run_in_place(true);
/// assert_eq!(pid().wait()?, std::process::id());
/// offloop::run_in_place(false);
/// assert_ne!(pid().wait()?, std::process::id());
/// # Ok::<(), offloop::Error>(())
/// ```
pub fn run_in_place(in_place: bool) {
    IN_PLACE.store(if in_place { ALWAYS } else { NEVER }, Ordering::Relaxed);
}

/// Returns whether this process was started as a worker and has not become one. Such a process must
/// not start workers: these would start workers too, without end.
pub(crate) fn is_stray_worker() -> bool {
    !is_worker() && std::env::var_os(VARIABLE).is_some()
}
