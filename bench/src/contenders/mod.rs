//! Who takes part: one trait, and a file for each.

mod blocking;
mod command;
pub(crate) mod ipc_channel;
pub(crate) mod limit_eventfd;
pub(crate) mod limit_futex;
mod limit_memcpy;
pub(crate) mod limit_pipes;
mod limit_thread;
mod offloop_process;
mod offloop_thread;
mod procspawn;
mod rayon;
mod responder;
mod spawn_blocking;
mod threads;

use std::future::{Ready, ready};

use serde::{Deserialize, Serialize};

use crate::line::Work;
use crate::results::Figures;
use crate::workloads::documents::Tree;
use crate::workloads::{self, Scale};

/// A small struct, as a call of a real program has one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Record {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) scores: Vec<f64>,
    pub(crate) parent: Option<u64>,
}

/// What a contender can be asked for. The plan asks none for what it cannot do.
///
/// Each function begins the call when it is called and gives what waits for it; `nothing` may wait
/// until it is polled.
pub(crate) trait Contender: Send + Sync + Sized + 'static {
    /// With so many workers, or as many as it takes by default.
    fn start(workers: Option<usize>) -> Self;

    /// A call of no work: the number comes back.
    fn nothing(&self, number: u32) -> impl Future<Output = u32> + Send + 'static;

    /// As `nothing`, and begins at once.
    fn submit(&self, number: u32) -> impl Future<Output = u32> + Send + 'static {
        self.nothing(number)
    }

    /// The record comes back.
    fn record(&self, _: Record) -> impl Future<Output = Record> + Send + 'static {
        cannot()
    }

    /// The bytes come back.
    fn bytes(&self, _: Vec<u8>) -> impl Future<Output = Vec<u8>> + Send + 'static {
        cannot()
    }

    /// The bytes are looked at, without a copy where the contender can do that.
    fn look(&self, _: Vec<u8>) -> impl Future<Output = u64> + Send + 'static {
        cannot()
    }

    /// Takes a copy of the bytes, to be sent in each call of `look_at_kept`.
    fn keep(&self, _: &[u8]) {
        panic!("{NOT_ASKED}")
    }

    /// What was kept is looked at. Who cannot share it takes this copy, which must be given away.
    fn look_at_kept(&self, _: &mut Vec<u8>) -> impl Future<Output = u64> + Send + 'static {
        cannot()
    }

    /// The text is decoded; the number of its values comes back.
    fn decode(&self, _: String) -> impl Future<Output = usize> + Send + 'static {
        cannot()
    }

    /// The tree comes back.
    fn tree(&self, _: Tree) -> impl Future<Output = Tree> + Send + 'static {
        cannot()
    }

    /// Blocks for so many milliseconds.
    fn block(&self, _: u64) -> impl Future<Output = ()> + Send + 'static {
        cannot()
    }
}

const NOT_ASKED: &str = "the plan asks a contender for what it cannot do";

fn cannot<T>() -> Ready<T> {
    panic!("{NOT_ASKED}")
}

/// What `Contender::look` does with the bytes: it reads each page of them.
fn look(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .step_by(4096)
        .map(|&byte| u64::from(byte))
        .sum()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Who {
    SpawnBlocking,
    OffloopThread,
    OffloopProcess,
    Blocking,
    Rayon,
    Procspawn,
    IpcChannel,
    LimitThread,
    LimitPipes,
    LimitFutex,
    LimitEventfd,
    LimitMemcpy,
    Command,
    PythonThreads,
    PythonProcesses,
    PythonLoky,
}

impl Who {
    /// The name in commands, in JSON and in tables.
    const ALL: &[(Who, &str, &str)] = &[
        (Who::SpawnBlocking, "spawn_blocking", "tokio spawn_blocking"),
        (Who::OffloopThread, "offloop-thread", "offloop, thread"),
        (Who::OffloopProcess, "offloop-process", "offloop, process"),
        (Who::Blocking, "blocking", "blocking::unblock"),
        (Who::Rayon, "rayon", "rayon::spawn + oneshot"),
        (Who::Procspawn, "procspawn", "procspawn pool"),
        (Who::IpcChannel, "ipc-channel", "ipc-channel, raw"),
        (Who::LimitThread, "limit-thread", "limit: park a thread"),
        (Who::LimitPipes, "limit-pipes", "limit: 2 pipes, child"),
        (Who::LimitFutex, "limit-futex", "limit: futex, child"),
        (
            Who::LimitEventfd,
            "limit-eventfd",
            "limit: futex + eventfd, child",
        ),
        (Who::LimitMemcpy, "limit-memcpy", "limit: memcpy"),
        (Who::Command, "command", "limit: start and wait"),
        (Who::PythonThreads, "python-threads", "Python threads"),
        (Who::PythonProcesses, "python-processes", "Python processes"),
        (Who::PythonLoky, "python-loky", "Python loky"),
    ];

    pub(crate) fn named(name: &str) -> Option<Who> {
        let found = Who::ALL.iter().find(|(_, known, _)| *known == name);
        found.map(|&(who, ..)| who)
    }

    fn names(self) -> (&'static str, &'static str) {
        let found = Who::ALL.iter().find(|(who, ..)| *who == self);
        found.map_or(("", ""), |&(_, name, label)| (name, label))
    }

    pub(crate) fn name(self) -> &'static str {
        self.names().0
    }

    pub(crate) fn label(self) -> &'static str {
        self.names().1
    }

    pub(crate) fn is_ours(self) -> bool {
        matches!(self, Who::OffloopThread | Who::OffloopProcess)
    }

    pub(crate) fn is_python(self) -> bool {
        self.name().starts_with("python")
    }
}

/// Measures one contender at one work, in this process.
pub(crate) fn measure(who: Who, line: &'static Work, scale: Scale) -> Figures {
    match who {
        Who::SpawnBlocking => workloads::run::<spawn_blocking::SpawnBlocking>(line, scale),
        Who::OffloopThread => workloads::run::<offloop_thread::OffloopThread>(line, scale),
        Who::OffloopProcess => workloads::run::<offloop_process::OffloopProcess>(line, scale),
        Who::Blocking => workloads::run::<blocking::Blocking>(line, scale),
        Who::Rayon => workloads::run::<rayon::Rayon>(line, scale),
        Who::Procspawn => workloads::run::<procspawn::Procspawn>(line, scale),
        Who::IpcChannel => workloads::run::<ipc_channel::IpcChannel>(line, scale),
        Who::LimitThread => workloads::run::<limit_thread::LimitThread>(line, scale),
        Who::LimitPipes => workloads::run::<limit_pipes::LimitPipes>(line, scale),
        Who::LimitFutex => workloads::run::<limit_futex::LimitFutex>(line, scale),
        Who::LimitEventfd => workloads::run::<limit_eventfd::LimitEventfd>(line, scale),
        Who::LimitMemcpy => workloads::run::<limit_memcpy::LimitMemcpy>(line, scale),
        Who::Command => workloads::run::<command::Command>(line, scale),
        Who::PythonThreads | Who::PythonProcesses | Who::PythonLoky => {
            unreachable!("`bench/python` measures these")
        }
    }
}

/// The answer of a contender that has waited for it already.
fn answered<T>(answer: T) -> Ready<T> {
    ready(answer)
}
