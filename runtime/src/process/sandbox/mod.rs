//! `Sandbox`: what the code in a worker may do to the machine.
//!
//! - this file: what a program declares, and what of it goes to the worker.
//! - [`files`]: the file system, by Landlock.
//! - [`calls`]: everything else, by a filter of system calls; [`refused`]: which calls.
//!
//! The worker applies it to itself, because nothing may run between `fork` and `exec`.

#[cfg(any(
    target_arch = "x86_64",
    target_arch = "aarch64",
    target_arch = "riscv64"
))]
mod calls;
pub(crate) mod fault;
mod files;
#[cfg(any(
    target_arch = "x86_64",
    target_arch = "aarch64",
    target_arch = "riscv64"
))]
mod refused;

use serde::{Deserialize, Serialize};

use self::fault::SandboxFault;

/// What the code in the workers of a pool may do to the machine.
///
/// It is for functions that work on what strangers have sent: decoders, converters, interpreters.
/// Should such a one be taken over, it can compute and answer, and do little else. A call that
/// wants more gets the operating system's error, `PermissionDenied`, which it can return.
///
/// ```
/// use offloop::{ProcessPool, Sandbox, cpu_bound};
///
/// static UNTRUSTED: ProcessPool = ProcessPool::new("untrusted")
///     .sandbox(Sandbox::new().no_network().read("/usr/share"));
///
/// #[cpu_bound(pool = UNTRUSTED)]
/// fn peek(path: &str) -> std::io::Result<usize> {
///     Ok(std::fs::read_dir(path)?.count())
/// }
///
/// # // This machine cannot do it; calls say so.
/// # let lacks = |e: &std::io::Error| e.to_string().contains("the sandbox cannot");
/// # if peek("/usr/share").wait().as_ref().is_err_and(lacks) { return; }
/// assert!(peek("/usr/share").wait().is_ok());
/// let error = peek("/etc").wait().unwrap_err();
/// assert_eq!(error.kind(), std::io::ErrorKind::PermissionDenied);
/// ```
///
/// # What is refused
///
/// - **Files**: to open, list, create, rename, link, truncate or delete anything that was not
///   granted by [`read`](Sandbox::read) or [`write`](Sandbox::write). To change permissions,
///   owners, times or extended attributes by path, wherever; and of an open file, unless something
///   was granted to write.
/// - **Processes**: to start a program, to fork, to signal, trace, read or slow another process, to
///   make namespaces. Threads work.
/// - **Network**: with [`no_network`](Sandbox::no_network), to make a socket of any kind.
/// - **The machine**: mounts, `io_uring`, `bpf`, kernel modules and keys, System V and POSIX
///   message queues and shared memory, the clock, typing into the terminal. For a worker that runs
///   as root too.
///
/// What a library loads while it runs is a file too: other libraries (`dlopen`), time zones,
/// certificates, fonts. Grant the folders that they are in.
///
/// # What is not
///
/// - Files that are open already: standard output and error are the program's, and whatever the
///   program has open without `O_CLOEXEC` is open in the worker as well. A file of Rust's own is
///   not.
/// - To see that a file is there, how long it is and whose (`stat`), and where a link leads.
/// - Memory and processor time: that is what [`memory_limit`](crate::ProcessPool::memory_limit) and
///   [`timeout`](crate::ProcessPool::timeout) are for.
/// - System calls that this list does not name and that are newer than this version of the library.
/// - Without `no_network`: sockets, those of other programs in the file system included.
/// - What the result says: the program must distrust it as it distrusted the arguments.
/// - What the environment says: the variables of the program are the worker's too.
///
/// The worker restricts itself before it runs the functions of
/// [`#[on_worker_start]`](macro@crate::on_worker_start) or reads its first call, with no other
/// thread about. Constructors of the program (`#[ctor]`, and those of C++) have run by then,
/// unrestricted, as they do in the program itself. If one of them has started a thread, that thread
/// would stay outside of the sandbox, and the worker refuses to work.
///
/// # Where it works
///
/// Linux 6.2 or newer with Landlock among its security modules (`/sys/kernel/security/lsm`), on
/// x86-64, aarch64 and riscv64. Where a part of it cannot be had, no worker starts, and calls get
/// [`Error::CannotStart`](crate::Error::CannotStart) which says what is missing;
/// [`best_effort`](Sandbox::best_effort) does what can be done instead.
///
/// The program's own executable can be read, so that backtraces have names.
#[derive(Clone, Copy, Debug)]
pub struct Sandbox {
    network: bool,
    best_effort: bool,
    read: Paths,
    write: Paths,
}

impl Sandbox {
    /// How many paths can be granted to read, and how many to write.
    pub const PATHS: usize = 16;

    /// Nothing of the file system, no other process; the network is left as it is.
    #[must_use]
    #[expect(clippy::new_without_default, reason = "one way to write it")]
    pub const fn new() -> Sandbox {
        Sandbox {
            network: true,
            best_effort: false,
            read: Paths::NONE,
            write: Paths::NONE,
        }
    }

    /// No sockets: neither internet, nor Unix, nor any other kind. A pair that is connected to
    /// itself (`UnixStream::pair`) can still be made, since it reaches nobody else.
    #[must_use]
    pub const fn no_network(mut self) -> Sandbox {
        self.network = false;
        self
    }

    /// This file may be read, or this directory and all below it may be read and listed.
    ///
    /// A relative path begins where the program runs when the worker starts. A path that is not
    /// there then is an error: [`Error::CannotStart`](crate::Error::CannotStart).
    ///
    /// # Panics
    /// It is the 17th of its kind. In a `static` that is an error of the compiler.
    #[must_use]
    pub const fn read(mut self, path: &'static str) -> Sandbox {
        self.read = self.read.and(path);
        self
    }

    /// This file may be read and written, or in this directory and below files may be read,
    /// written, made, renamed and deleted. Device nodes cannot be made, and programs cannot be run
    /// from there.
    ///
    /// # Panics
    /// As [`read`](Sandbox::read).
    #[must_use]
    pub const fn write(mut self, path: &'static str) -> Sandbox {
        self.write = self.write.and(path);
        self
    }

    /// Applies what this kernel can, rather than refusing to work without the rest.
    ///
    /// For machines where the sandbox is a second line of defence. Nothing tells how much of it
    /// holds.
    #[must_use]
    pub const fn best_effort(mut self) -> Sandbox {
        self.best_effort = true;
        self
    }

    /// What the worker is told.
    pub(crate) fn rules(&self) -> Rules {
        Rules {
            network: self.network,
            best_effort: self.best_effort,
            read: self.read.to_vec(),
            write: self.write.to_vec(),
        }
    }
}

/// A list of paths that can be filled in a `const fn`.
#[derive(Clone, Copy, Debug)]
struct Paths {
    paths: [&'static str; Sandbox::PATHS],
    count: usize,
}

impl Paths {
    const NONE: Paths = Paths {
        paths: [""; Sandbox::PATHS],
        count: 0,
    };

    const fn and(mut self, path: &'static str) -> Paths {
        assert!(
            self.count < Sandbox::PATHS,
            "a sandbox grants at most 16 paths to read and 16 to write; grant a directory above them"
        );
        self.paths[self.count] = path;
        self.count += 1;
        self
    }

    fn to_vec(self) -> Vec<String> {
        self.paths
            .iter()
            .take(self.count)
            .map(ToString::to_string)
            .collect()
    }
}

/// A [`Sandbox`] on its way to the worker.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Rules {
    network: bool,
    best_effort: bool,
    read: Vec<String>,
    write: Vec<String>,
}

impl Rules {
    /// Restricts this process from here on. What comes back is why that cannot be done, and what to
    /// do about it.
    pub(crate) fn apply(&self) -> Result<(), SandboxFault> {
        self.or_less(no_other_threads())?;
        // Files first: their paths have to be opened for it.
        files::restrict(self)?;
        self.or_less(calls::restrict(self))
    }

    /// Goes on without, if that was asked for.
    fn or_less(&self, done: Result<(), SandboxFault>) -> Result<(), SandboxFault> {
        match done {
            Err(fault) if !self.best_effort => Err(SandboxFault::Needed(Box::new(fault))),
            _ => Ok(()),
        }
    }
}

/// Landlock restricts a thread and those that it starts later.
fn no_other_threads() -> Result<(), SandboxFault> {
    match std::fs::read_dir("/proc/self/task").map(Iterator::count) {
        Ok(1) => Ok(()),
        Ok(count) => Err(SandboxFault::OtherThreads(count - 1)),
        Err(error) => Err(SandboxFault::NoProc(error)),
    }
}

/// Where nobody has listed the system calls.
#[cfg(not(any(
    target_arch = "x86_64",
    target_arch = "aarch64",
    target_arch = "riscv64"
)))]
mod calls {
    pub(super) fn restrict(_: &super::Rules) -> Result<(), super::SandboxFault> {
        Err(super::SandboxFault::UnknownMachine(None))
    }
}

#[cfg(test)]
mod tests;
