//! The executable of this program.

use std::process::Command;

/// Starts this program again. The path leads to the file that runs, also if another file has taken
/// its name meanwhile.
pub(crate) fn command() -> Command {
    Command::new("/proc/self/exe")
}
