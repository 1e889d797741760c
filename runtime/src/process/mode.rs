//! What this process is: the program or one of its workers, and whether process calls run in place.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU8, Ordering};

use super::protocol::handshake::VARIABLE;

/// From now on this process is a worker of the pool of this name. False if it was one already.
pub(crate) fn set_worker(pool: String) -> bool {
    WORKS_FOR.set(pool).is_ok()
}

/// The name of the pool that this process works for.
static WORKS_FOR: OnceLock<String> = OnceLock::new();

/// Whether this process is a worker, whose own process calls run in place.
pub(crate) fn is_worker() -> bool {
    WORKS_FOR.get().is_some()
}

/// The pool that this process works for; empty if it works for none.
pub(crate) fn pool_of_this_worker() -> &'static str {
    WORKS_FOR.get().map_or("", String::as_str)
}

/// 0: as `OFFLOOP_IN_PLACE` says; otherwise one of the other two.
static IN_PLACE: AtomicU8 = AtomicU8::new(0);
const NEVER: u8 = 1;
const ALWAYS: u8 = 2;

/// Whether process calls are to run on threads of this program.
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

/// From now on process calls run on threads of this program ([`ThreadPool::cpu`](crate::ThreadPool::cpu)),
/// or, with `false`, in worker processes again.
///
/// This is for debuggers, profilers and tests: nothing is encoded, nothing can be killed, a crash is
/// the program's, start hooks do not run, and of the process pool that a call names only its timeout counts,
/// not its limits nor whether it is closed, and its statistics see nothing of it. `OFFLOOP_IN_PLACE=1` in the environment does the same from the start.
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

/// Why this process must not start workers, if so: it was started as one and has not become one.
/// Without this check it would start the program over and over.
pub(crate) fn is_stray_worker() -> bool {
    !is_worker() && std::env::var_os(VARIABLE).is_some()
}
