//! The contenders by name.

/// A contender.
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
    /// Each contender with its name in commands and JSON, and its label in tables.
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
