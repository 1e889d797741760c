//! Anonymous files: made, sealed, checked and written.

use std::io;
use std::os::fd::{AsFd, OwnedFd};

use rustix::fs::{MemfdFlags, SealFlags};

use crate::sys::MemoryError;

/// Returns a new file of this length, in bytes. All bytes are 0. `name` is only shown in `/proc`.
pub(crate) fn create(name: &str, length: usize) -> io::Result<OwnedFd> {
    let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
    let file = rustix::fs::memfd_create(name, flags)?;
    rustix::fs::ftruncate(&file, length as u64)?;
    Ok(file)
}

/// Returns the length of the file, in bytes.
pub(crate) fn length(file: impl AsFd) -> io::Result<u64> {
    let length = rustix::fs::fstat(file)?.st_size;
    u64::try_from(length).map_err(|_| io::ErrorKind::InvalidData.into())
}

/// Returns the length of an anonymous file that has the `wanted` seals, in bytes. It is at least 1.
///
/// # Errors
/// The file is no anonymous file, lacks a seal, or has a length that cannot be mapped.
pub(crate) fn sealed_length(file: impl AsFd, wanted: SealFlags) -> Result<usize, MemoryError> {
    let seals =
        rustix::fs::fcntl_get_seals(&file).map_err(|error| MemoryError::NotMemory(error.into()))?;
    if !seals.contains(wanted) {
        return Err(if wanted.contains(SealFlags::WRITE) {
            MemoryError::CanBeWritten
        } else {
            MemoryError::CanShrink
        });
    }
    let length = length(file).map_err(MemoryError::Unmappable)?;
    match usize::try_from(length) {
        Ok(0) => Err(MemoryError::Empty),
        Ok(length) => Ok(length),
        Err(_) => Err(MemoryError::TooLong(length)),
    }
}

/// Returns the length rounded up to whole pages, in bytes.
pub(crate) fn whole_pages(length: usize) -> io::Result<usize> {
    length
        .checked_next_multiple_of(rustix::param::page_size())
        // The kernel counts the bytes of a file with a sign.
        .filter(|&length| isize::try_from(length).is_ok())
        .ok_or_else(|| io::ErrorKind::OutOfMemory.into())
}

/// Writes all of `bytes` to the file, from the offset `at` on.
pub(crate) fn write_all(file: impl AsFd, mut at: usize, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        match rustix::io::pwrite(&file, bytes, at as u64) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(written) => {
                at += written;
                bytes = &bytes[written..];
            }
            Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}
