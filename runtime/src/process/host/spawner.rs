//! The one thread that starts workers.
//!
//! A worker asks the kernel to be killed when the *thread* that started it ends, therefore this
//! thread lives as long as the program. And starting takes a millisecond, which nobody else has to
//! wait for.

use std::hash::{BuildHasher, RandomState};
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Mutex};
use std::thread;

use rustix::process::{Pid, PidfdFlags};

use super::scheduler::Scheduler;
use super::stderr::Stderr;
use super::worker::{Parts, WorkerHandle};
use crate::error::fault::StartFault;
use crate::process::protocol::handshake::{Hello, Invitation, VARIABLE};
use crate::tasks::registry::Registry;
use crate::util::sync::lock;

/// Starts a worker for this pool, soon. The pool hears of it either way.
pub(crate) fn request(scheduler: &Arc<Scheduler>) {
    if let Err(error) = send(scheduler) {
        scheduler.start_failed(&StartFault::NoThread(error));
    }
}

fn send(scheduler: &Arc<Scheduler>) -> io::Result<()> {
    static STARTER: Mutex<Option<Sender<Arc<Scheduler>>>> = Mutex::new(None);
    let mut starter = lock(&STARTER);
    if starter.is_none() {
        let (sender, receiver) = mpsc::channel::<Arc<Scheduler>>();
        thread::Builder::new()
            .name("offloop-spawner".to_owned())
            .spawn(move || {
                for scheduler in receiver {
                    let started = if scheduler.wants_workers() {
                        start(&scheduler)
                    } else {
                        Err(StartFault::PoolClosed)
                    };
                    if let Err(fault) = started {
                        scheduler.start_failed(&fault);
                    }
                }
            })?;
        *starter = Some(sender);
    }
    let sent = starter
        .as_ref()
        .map(|sender| sender.send(Arc::clone(scheduler)));
    if let Some(Ok(())) = sent {
        return Ok(());
    }
    // The thread is gone; the next request starts another.
    *starter = None;
    Err(io::ErrorKind::BrokenPipe.into())
}

fn start(scheduler: &Arc<Scheduler>) -> Result<(), StartFault> {
    let build_id = Registry::get()
        .map_err(|clash| StartFault::Registry(clash.to_owned()))?
        .build_id();
    let (ours, theirs) = UnixStream::pair().map_err(StartFault::Socket)?;
    ours.set_nonblocking(true).map_err(StartFault::Socket)?;
    let invitation = Invitation {
        parent: rustix::process::getpid(),
        nonce: nonce(),
    };
    let (ring, doorbell) = Parts::prepare(&ours).map_err(StartFault::Channel)?;
    let config = scheduler.config();
    let number = config.number;
    config.send(&ours).map_err(StartFault::Config)?;

    // The worker's end of the socket is its standard input until the worker has put it elsewhere,
    // for that is the one way in which a descriptor reaches a child and nobody else, with no code
    // of ours between `fork` and `exec` (which would cost a copy of the page tables).
    let settings = scheduler.settings();
    let mut command = Command::new("/proc/self/exe");
    if let Some(folder) = settings.current_dir {
        command.current_dir(folder);
    }
    let mut child = command
        .arg0(format!("offloop-worker {} #{number}", scheduler.name()))
        .envs(settings.envs.iter().copied())
        .env(VARIABLE, invitation.to_string())
        .stdin(Stdio::from(OwnedFd::from(theirs)))
        .stderr(Stdio::piped())
        .process_group(0)
        .spawn()
        .map_err(StartFault::Spawn)?;

    let (pidfd, stderr) = match watch_end_and_stderr(&mut child) {
        Ok(parts) => parts,
        Err(error) => {
            // It is ours and not yet waited for, so that it cannot be anybody else.
            let _ = child.kill();
            let _ = child.wait();
            return Err(StartFault::Watch(error));
        }
    };
    let hello = Hello {
        build_id,
        nonce: invitation.nonce,
    };
    let parts = Parts {
        hello,
        socket: ours,
        ring,
        doorbell,
        pidfd,
        stderr,
        child,
    };
    let worker = WorkerHandle::new(number, Arc::clone(scheduler), parts);
    scheduler.worker_appeared(&worker);
    worker
        .watch()
        .inspect_err(|_| scheduler.worker_vanished(&worker))
        .map_err(StartFault::Watch)?;
    if scheduler.is_aborted() {
        worker.abort();
    }
    Ok(())
}

fn watch_end_and_stderr(child: &mut Child) -> io::Result<(OwnedFd, Arc<Stderr>)> {
    let pidfd = rustix::process::pidfd_open(Pid::from_child(child), PidfdFlags::empty())?;
    let pipe = child.stderr.take().ok_or(io::ErrorKind::BrokenPipe)?;
    Ok((pidfd, Stderr::forward(pipe)?))
}

/// A number that no other worker of this machine was given, so that one that was started by
/// somebody else is not taken for ours. It guards against mistakes, not against attacks.
fn nonce() -> u64 {
    RandomState::new().hash_one(std::process::id())
}
