//! Limits that the kernel holds a process to.

use rustix::io::Errno;
use rustix::process::{Resource, Rlimit};

/// Limits the data of this process to so many bytes, for good. Memory that processes share does not
/// count.
pub(crate) fn limit_data(bytes: u64) -> Result<(), Errno> {
    let limit = Rlimit {
        current: Some(bytes),
        maximum: Some(bytes),
    };
    rustix::process::setrlimit(Resource::Data, limit)
}
