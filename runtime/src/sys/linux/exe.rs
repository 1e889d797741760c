//! The executable of this program.

use std::process::Command;

/// Returns a command that starts this program again. Its path leads to the file that runs, also if
/// that file was replaced or deleted.
pub(crate) fn command() -> Command {
    Command::new("/proc/self/exe")
}
