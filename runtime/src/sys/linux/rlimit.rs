//! Limits that the kernel enforces on a process.

use rustix::io::Errno;
use rustix::process::{Resource, Rlimit};

/// Limits the data of this process to this many bytes. The limit cannot be raised again. It does
/// not count memory that processes share.
pub(crate) fn limit_data(bytes: u64) -> Result<(), Errno> {
    let limit = Rlimit {
        current: Some(bytes),
        maximum: Some(bytes),
    };
    rustix::process::setrlimit(Resource::Data, limit)
}
