//! Why a worker could not be put into its sandbox.

use std::fmt;
use std::io;

/// Why a worker could not be put into its sandbox. The text says what to do about it.
#[derive(Debug)]
pub(crate) enum SandboxFault {
    /// So many other threads run already.
    OtherThreads(usize),
    /// It cannot be seen whether other threads run.
    NoProc(io::Error),
    /// The kernel lacks what is needed of Landlock.
    NoLandlock(landlock::RulesetError),
    /// The kernel does not apply the rules for files.
    FilesNotRestricted(landlock::RulesetError),
    /// The executable of the program cannot be granted.
    OwnProgram(landlock::RulesetError),
    /// A path that is granted cannot be opened.
    NotOpened {
        /// The path.
        path: String,
        /// Why.
        reason: String,
    },
    /// A path cannot be granted.
    NotGranted {
        /// The path.
        path: String,
        /// Why.
        error: landlock::RulesetError,
    },
    /// The kernel does not apply the filter of system calls. The text says why.
    CallsNotRestricted(String),
    /// The filter of system calls cannot be made for this kind of machine. The text says why, if
    /// anything is known.
    UnknownMachine(Option<String>),
    /// A part cannot be had, and the pool does not do without.
    Needed(Box<SandboxFault>),
}

impl fmt::Display for SandboxFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SandboxFault::OtherThreads(count) => write!(
                f,
                "{count} other threads run already, started by a constructor before `main`; \
                 start them later"
            ),
            SandboxFault::NoProc(error) => write!(
                f,
                "whether other threads run cannot be seen, since `/proc` cannot be read: {error}; \
                 mount it"
            ),
            SandboxFault::NoLandlock(error) => write!(
                f,
                "this kernel does not restrict files as is needed ({error}); use Linux 6.2 or newer \
                 with `landlock` among its security modules"
            ),
            SandboxFault::FilesNotRestricted(error) => write!(
                f,
                "this kernel does not restrict files ({error}); see that Landlock is not switched off"
            ),
            SandboxFault::OwnProgram(error) => {
                write!(f, "reading the program itself cannot be granted: {error}")
            }
            SandboxFault::NotOpened { path, reason } => write!(
                f,
                "the sandbox grants `{path}`, which cannot be opened: {reason}; create it, or do not \
                 grant it"
            ),
            SandboxFault::NotGranted { path, error } => {
                write!(
                    f,
                    "the sandbox grants `{path}`, which cannot be done: {error}"
                )
            }
            SandboxFault::CallsNotRestricted(error) => write!(
                f,
                "this kernel does not restrict system calls ({error}); use one with \
                 `CONFIG_SECCOMP_FILTER`"
            ),
            SandboxFault::UnknownMachine(Some(error)) => write!(
                f,
                "system calls cannot be restricted on this kind of machine ({error}); use another"
            ),
            SandboxFault::UnknownMachine(None) => f.write_str(
                "system calls cannot be restricted on this kind of machine; use x86-64, aarch64 or \
                 riscv64",
            ),
            SandboxFault::Needed(fault) => write!(
                f,
                "the sandbox cannot be had: {fault}, or write `.best_effort()` to do without what is \
                 missing"
            ),
        }
    }
}
