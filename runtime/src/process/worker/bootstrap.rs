//! How a process finds out that it is a worker, and enters the worker's loop in place of `main`.
//!
//! [`init`] runs before `main`, by a constructor (`constructors.rs`) or by hand. Nearly always it
//! finds nothing to do. In a process that a pool has started it sets the worker up and never
//! returns. The `unsafe` of doing so that early is all here.

#![allow(unsafe_code, reason = "this runs before `main`")]

use std::ffi::CString;
use std::fs::File;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::thread;

use rustix::process::Signal;

use super::allocator;
use super::context::{FAILED, InLoop, WorkerContext};
use super::fault::{NotReady, SetUpFault, WorkerFault};
use super::memory_usage::resident_memory;
use super::serve_loop;
use crate::process::mode;
use crate::process::protocol::event::Event;
use crate::process::protocol::handshake::{Invitation, VARIABLE, WorkerConfig};
use crate::sys::rlimit;
use crate::util::panic;

/// The stack of the thread that runs calls, in bytes: what a main thread usually has.
const STACK: usize = 8 << 20;

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

/// Ends a process that cannot become a worker.
fn give_up(reason: &str) -> ! {
    eprintln!("offloop: {reason}");
    std::process::exit(FAILED)
}

/// Ends a worker that cannot go on. Its pool is told why.
fn stop(context: &WorkerContext, fault: &WorkerFault) -> ! {
    let reason = &*fault.to_string();
    context.emit(&Event::Stopping { reason });
    give_up(reason)
}

fn become_worker(invitation: &Invitation) -> ! {
    // SAFETY: no other thread of this program runs yet, or, from `init`, the caller was told that
    // this is the first line of `main`; so nobody reads the environment at this moment.
    unsafe { std::env::remove_var(VARIABLE) };
    let context: &'static WorkerContext = match connect(invitation) {
        Ok(context) => Box::leak(Box::new(context)),
        Err(fault) => give_up(&WorkerFault::SetUp(fault).to_string()),
    };
    panic::set_witness(|message, place| context.tell_of_panic(message, place));
    let config = match set_up(&context.socket) {
        Ok(config) => config,
        Err(fault) => stop(context, &fault.into()),
    };
    let restricted = restrict(&config);
    let reports_memory = config.reports_memory;
    let name = config.pool.clone();
    if !mode::set_worker(config.pool) {
        stop(context, &WorkerFault::SetUpTwice);
    }
    // A thread of std's, since before `main` the first one is not quite like others: it has no
    // name, and no stack of a size that we know.
    let serve = move || {
        let _in_loop = InLoop(context);
        serve_loop::serve(context, restricted, reports_memory)
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
        Err(error) => stop(context, &WorkerFault::NoThread(error)),
    };
    match result {
        // A polite end: what the program has registered to run at its exit runs.
        Ok(Ok(())) => std::process::exit(0),
        Ok(Err(fault)) => stop(context, &fault),
        Err(_) => stop(context, &WorkerFault::LoopPanicked),
    }
}

/// Takes what the pool has sent ahead, by which the two hear of each other.
fn connect(invitation: &Invitation) -> Result<WorkerContext, SetUpFault> {
    // The kernel kills this process when its parent ends, however it ends. Had it ended before
    // this line, the process would have another parent now.
    rustix::process::set_parent_process_death_signal(Some(Signal::KILL))?;
    if rustix::process::getppid() != Some(invitation.parent) {
        std::process::exit(FAILED);
    }
    // The socket came as standard input. User code gets an empty one, and programs that it starts
    // get no socket.
    let stdin = std::io::stdin();
    let socket: OwnedFd = rustix::io::fcntl_dupfd_cloexec(stdin.as_fd(), 3)?;
    let socket = UnixStream::from(socket);
    let nothing = File::open("/dev/null").map_err(SetUpFault::NoDevNull)?;
    rustix::stdio::dup2_stdin(&nothing)?;
    let (ring, doorbell) = WorkerContext::receive(&socket)?;
    WorkerContext::new(socket, ring, doorbell, invitation.nonce).map_err(SetUpFault::NoEnd)
}

/// Sets up what must be in place before any user code runs.
fn set_up(socket: &UnixStream) -> Result<WorkerConfig, SetUpFault> {
    let config = WorkerConfig::receive(socket)?;
    allocator::take_large_steps(config.memory_limit.is_some());
    if let Some(limit) = config.memory_limit {
        rlimit::limit_data(limit).map_err(SetUpFault::MemoryLimit)?;
    }
    if config.nice != 0 {
        rustix::process::nice(config.nice)
            .map_err(|error| SetUpFault::Niceness(config.nice, error))?;
    }
    ignore_broken_pipes();
    // It is only a label.
    if let Ok(name) = CString::new(label(&config.pool, config.number)) {
        let _ = rustix::thread::set_name(&name);
    }
    Ok(config)
}

/// Puts the worker into its sandbox, if it is to have one: the last step, before the first other
/// thread.
#[cfg_attr(
    not(feature = "sandbox"),
    allow(
        clippy::unnecessary_wraps,
        reason = "without the feature, nothing fails"
    )
)]
fn restrict(config: &WorkerConfig) -> Result<(), NotReady> {
    if config.reports_memory {
        // What this opens stays open; inside of a sandbox it cannot be opened.
        resident_memory();
    }
    #[cfg(feature = "sandbox")]
    if let Some(rules) = &config.sandbox {
        return rules.apply().map_err(NotReady::Sandbox);
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
