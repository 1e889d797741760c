//! The one thread that starts workers.
//!
//! A worker asks the kernel to be killed when the *thread* that started it ends, therefore this
//! thread runs as long as the program. And a start takes a millisecond, which no caller has to wait
//! for.

use std::hash::{BuildHasher, RandomState};
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Mutex};
use std::thread;

use super::stderr::Stderr;
use super::worker::Parts;
use crate::error::fault::StartFault;
use crate::process::config::Config;
use crate::process::protocol::handshake::{Hello, Invitation, VARIABLE, WorkerConfig};
use crate::sys::{exe, pidfd};
use crate::tasks::registry::Registry;
use crate::util::sync::lock;

/// A pool that workers are started for.
pub(crate) trait Spawn: Send + Sync {
    fn config(&self) -> &Config;

    /// Returns whether the pool still needs the worker that it has asked for.
    fn wants_workers(&self) -> bool;

    /// Returns what the next worker is told.
    fn worker_config(&self) -> WorkerConfig;

    /// The worker of this number has a process.
    ///
    /// # Errors
    /// The pool cannot watch it, and has killed it.
    fn adopt(self: Arc<Self>, number: usize, parts: Parts) -> io::Result<()>;

    /// The worker that the pool has asked for is not there.
    fn start_failed(self: Arc<Self>, fault: &StartFault);
}

/// Starts a worker for this pool, soon. The pool hears of it either way.
pub(crate) fn request(pool: Arc<dyn Spawn>) {
    if let Err((pool, error)) = send(pool) {
        pool.start_failed(&StartFault::NoThread(error));
    }
}

fn send(pool: Arc<dyn Spawn>) -> Result<(), (Arc<dyn Spawn>, io::Error)> {
    static SPAWNER: Mutex<Option<Sender<Arc<dyn Spawn>>>> = Mutex::new(None);
    let mut spawner = lock(&SPAWNER);
    let sender = match &*spawner {
        Some(sender) => sender,
        None => match start_thread() {
            Ok(sender) => spawner.insert(sender),
            Err(error) => return Err((pool, error)),
        },
    };
    sender.send(pool).map_err(|unsent| {
        // The thread has ended; the next request starts another.
        *spawner = None;
        (unsent.0, io::ErrorKind::BrokenPipe.into())
    })
}

fn start_thread() -> io::Result<Sender<Arc<dyn Spawn>>> {
    let (sender, receiver) = mpsc::channel::<Arc<dyn Spawn>>();
    thread::Builder::new()
        .name("offloop-spawner".to_owned())
        .spawn(move || {
            for pool in receiver {
                let started = if pool.wants_workers() {
                    start(&pool)
                } else {
                    Err(StartFault::PoolClosed)
                };
                if let Err(fault) = started {
                    pool.start_failed(&fault);
                }
            }
        })?;
    Ok(sender)
}

fn start(pool: &Arc<dyn Spawn>) -> Result<(), StartFault> {
    let build_id = Registry::get()
        .map_err(|clash| StartFault::Registry(clash.to_string()))?
        .build_id();
    let (ours, theirs) = UnixStream::pair().map_err(StartFault::Socket)?;
    ours.set_nonblocking(true).map_err(StartFault::Socket)?;
    let invitation = Invitation {
        parent: rustix::process::getpid(),
        nonce: nonce(),
    };
    let (ring, doorbell) = Parts::prepare(&ours).map_err(StartFault::Ring)?;
    let config = pool.worker_config();
    config.send(&ours).map_err(StartFault::Config)?;
    let mut child = command(&config, pool.config(), &invitation, theirs)
        .spawn()
        .map_err(StartFault::Spawn)?;
    let (pidfd, stderr) = match watch_end_and_stderr(&mut child) {
        Ok(parts) => parts,
        Err(error) => {
            // It is a child that was not waited for, so its id cannot belong to another process.
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
    Arc::clone(pool)
        .adopt(config.number, parts)
        .map_err(StartFault::Watch)
}

/// Returns the command that starts this program again, as a worker with this end of the socket.
fn command(
    config: &WorkerConfig,
    settings: &Config,
    invitation: &Invitation,
    socket: UnixStream,
) -> Command {
    let mut command = exe::command();
    if let Some(folder) = settings.current_dir {
        command.current_dir(folder);
    }
    // The worker's end of the socket is its standard input until the worker has put it elsewhere:
    // that is the one way in which a descriptor reaches a child and no other process, with no code
    // of ours between `fork` and `exec` (which would cost a copy of the page tables).
    command
        .arg0(format!("offloop-worker {} #{}", config.pool, config.number))
        .envs(settings.envs.iter().copied())
        .env(VARIABLE, invitation.to_string())
        .stdin(Stdio::from(OwnedFd::from(socket)))
        .stderr(Stdio::piped())
        .process_group(0);
    command
}

fn watch_end_and_stderr(child: &mut Child) -> io::Result<(OwnedFd, Arc<Stderr>)> {
    let pidfd = pidfd::of_child(child)?;
    let pipe = child.stderr.take().ok_or(io::ErrorKind::BrokenPipe)?;
    Ok((pidfd, Stderr::forward(pipe)?))
}

/// Returns a number that no other worker of this machine was given, so that a process that another
/// program started is not taken for a worker. It guards against mistakes, not against attacks.
fn nonce() -> u64 {
    RandomState::new().hash_one(std::process::id())
}
