//! How a process finds out that it is a worker, and enters the worker's loop in place of `main`.
//!
//! [`init`] runs before `main`, by a constructor (`constructors.rs`) or by hand. Nearly always it
//! finds nothing to do. In a process that a pool has started it sets the worker up and never
//! returns. The `unsafe` of doing so that early is all here.

use std::ffi::CString;
use std::fmt;
use std::fs::File;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::str::FromStr;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU8, Ordering};
use std::thread;

use rustix::process::{Pid, Resource, Rlimit, Signal};

use super::allocator;
use super::context::{InLoop, WorkerContext};
use super::serve_loop;
use crate::process::host::post_mortem;
use crate::process::protocol::handshake::WorkerConfig;

/// The variable that a pool sets for its workers. Each of them removes it at once.
pub(crate) const VARIABLE: &str = "OFFLOOP_WORKER";

/// The exit code of a worker that cannot work.
pub(crate) const FAILED: i32 = 70;

/// The stack of the thread that runs calls, in bytes: what a main thread usually has.
const STACK: usize = 8 << 20;

/// What a pool tells a worker by way of [`VARIABLE`]: enough to know that it is one. Everything else
/// is in its [`WorkerConfig`].
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Invitation {
    pub(crate) parent: Pid,
    pub(crate) nonce: u64,
}

impl fmt::Display for Invitation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.parent.as_raw_nonzero(), self.nonce)
    }
}

impl FromStr for Invitation {
    type Err = ();

    fn from_str(text: &str) -> Result<Invitation, ()> {
        let (parent, nonce) = text.split_once(':').ok_or(())?;
        let parent = parent.parse().map_err(drop)?;
        Ok(Invitation {
            parent: Pid::from_raw(parent).ok_or(())?,
            nonce: nonce.parse().map_err(drop)?,
        })
    }
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

/// Enters the worker's loop if a pool has started this process; otherwise does nothing.
///
/// This is for programs built without the feature `auto-worker`, which does the same before
/// `main`. There it has to be the first line of `main`: whatever stands before it runs in each
/// worker too.
///
/// ```
/// // The first line of `main`:
/// offloop::init();
/// // The program follows.
/// ```
pub fn init() {
    let Some(value) = std::env::var_os(VARIABLE) else {
        return;
    };
    // A program that runs with more rights than its user must not be led by the environment.
    if has_more_rights_than_its_user() {
        return;
    }
    let parent = rustix::process::getppid();
    let invitation = value
        .to_str()
        .and_then(|text| text.parse::<Invitation>().ok());
    match invitation {
        Some(invitation) if parent == Some(invitation.parent) => become_worker(&invitation),
        // Going on into `main` here would run the whole program in what was to be a worker.
        _ => give_up(&format!(
            "the environment has `{VARIABLE}`, which a pool sets for its workers, but no pool has \
             started this process (or that program has ended); remove the variable"
        )),
    }
}

fn has_more_rights_than_its_user() -> bool {
    // SAFETY: it reads one number that the kernel gave this process, and has no other effect.
    let secure = unsafe { libc::getauxval(libc::AT_SECURE) };
    secure != 0
}

fn give_up(reason: &str) -> ! {
    eprintln!("offloop: {reason}");
    std::process::exit(FAILED)
}

fn become_worker(invitation: &Invitation) -> ! {
    // SAFETY: no other thread of this program runs yet, or, from `init`, the caller was told that
    // this is the first line of `main`; so nobody reads the environment at this moment.
    unsafe { std::env::remove_var(VARIABLE) };
    let (context, config) = match set_up(invitation) {
        Ok(parts) => parts,
        Err(reason) => give_up(&format!("a worker cannot be set up: {reason}")),
    };
    let context: &'static WorkerContext = Box::leak(Box::new(context));
    let restricted = restrict(&config);
    let name = config.pool.clone();
    if WORKS_FOR.set(config.pool).is_err() {
        give_up("a worker was set up twice");
    }
    // A thread of std's, since before `main` the first one is not quite like others: it has no
    // name, and no stack of a size that we know.
    let serve = move || {
        let _in_loop = InLoop(context);
        serve_loop::serve(context, restricted)
    };
    let worker = thread::Builder::new()
        .name(name)
        .stack_size(STACK)
        .spawn(serve);
    let result = match worker {
        Ok(worker) => {
            context.wait_for_end();
            worker.join()
        }
        Err(error) => give_up(&format!(
            "a worker cannot start its thread; is the pool's `memory_limit` too small, or the number of processes limited? {error}"
        )),
    };
    match result {
        // A polite end: what the program has registered to run at its exit runs.
        Ok(Ok(())) => std::process::exit(0),
        Ok(Err(reason)) => give_up(&reason),
        Err(_) => give_up("the worker's loop panicked, which is a fault of offloop"),
    }
}

/// Sets up what must be in place before any user code runs.
fn set_up(invitation: &Invitation) -> Result<(WorkerContext, WorkerConfig), String> {
    let describe = |error: rustix::io::Errno| error.to_string();
    // The kernel kills this process when its parent ends, however it ends. Had it ended before
    // this line, the process would have another parent now.
    rustix::process::set_parent_process_death_signal(Some(Signal::KILL)).map_err(describe)?;
    if rustix::process::getppid() != Some(invitation.parent) {
        std::process::exit(FAILED);
    }
    // The socket came as standard input. User code gets an empty one, and programs that it starts
    // get no socket.
    let stdin = std::io::stdin();
    let socket: OwnedFd = rustix::io::fcntl_dupfd_cloexec(stdin.as_fd(), 3).map_err(describe)?;
    let socket = UnixStream::from(socket);
    let nothing = File::open("/dev/null").map_err(|error| format!("no /dev/null: {error}"))?;
    rustix::stdio::dup2_stdin(&nothing).map_err(describe)?;
    let (ring, doorbell) = WorkerContext::receive(&socket)?;
    let config = WorkerConfig::receive(&socket)?;
    allocator::take_large_steps(config.memory_limit.is_some());
    if let Some(limit) = config.memory_limit {
        let limit = Rlimit {
            current: Some(limit),
            maximum: Some(limit),
        };
        rustix::process::setrlimit(Resource::Data, limit)
            .map_err(|error| format!("no limit can be set on its memory: {error}"))?;
    }
    if config.nice != 0 {
        rustix::process::nice(config.nice).map_err(|error| {
            let more = config.nice;
            format!("its niceness cannot be changed by {more}: {error}")
        })?;
    }
    ignore_broken_pipes();
    // It is only a label.
    if let Ok(name) = CString::new(label(&config.pool, config.number)) {
        let _ = rustix::thread::set_name(&name);
    }
    let context = WorkerContext::new(
        socket,
        ring,
        doorbell,
        invitation.nonce,
        config.reports_memory,
    )
    .map_err(|error| format!("it cannot be told of the end: {error}"))?;
    Ok((context, config))
}

/// Puts the worker into its sandbox, if it is to have one: the last step, before the first other thread.
#[cfg_attr(
    not(feature = "sandbox"),
    allow(
        clippy::unnecessary_wraps,
        reason = "without the feature, nothing fails"
    )
)]
fn restrict(config: &WorkerConfig) -> Result<(), String> {
    if config.reports_memory {
        // What this opens stays open; inside of a sandbox it cannot be opened.
        post_mortem::resident_memory();
    }
    #[cfg(feature = "sandbox")]
    if let Some(rules) = &config.sandbox {
        return rules.apply();
    }
    Ok(())
}

/// What `top` shows of a worker; the name of the file would be `exe`. Linux shows 15 bytes, so a
/// long name of a pool loses its end, not the worker its number.
fn label(pool: &str, number: usize) -> String {
    let number = format!("#{number}");
    let mut end = pool.len().min(15_usize.saturating_sub(number.len()));
    while !pool.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}{number}", &pool[..end])
}

/// What std does before `main` in every Rust program, and what therefore has not happened here.
fn ignore_broken_pipes() {
    // SAFETY: no handler is installed, only the disposition to ignore.
    unsafe { libc::signal(libc::SIGPIPE, libc::SIG_IGN) };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_label_of_a_worker_keeps_its_number() {
        assert_eq!(label("images", 12), "images#12");
        assert_eq!(label("a-rather-long-name", 7), "a-rather-long#7");
        assert_eq!(label("größenordnungen", 1234), "größenor#1234");
    }
}
