//! [`MemoryError`]: what can be wrong with shared memory that another process has sent.

use std::collections::TryReserveError;
use std::{fmt, io};

/// Why shared memory that another process has sent cannot be used.
#[derive(Debug)]
pub(crate) enum MemoryError {
    /// The descriptor is no anonymous file.
    NotMemory(io::Error),
    /// The file is not sealed against shrinking. If it shrank, reading behind its new end would
    /// kill this process.
    CanShrink,
    /// The file should be sealed against writing, and is not.
    CanBeWritten,
    /// The file has no bytes.
    Empty,
    /// The file has so many bytes that no process can map it.
    TooLong(u64),
    /// The system refused to map the file.
    Unmappable(io::Error),
    /// The file has fewer bytes than the other process announced.
    Shorter {
        /// The announced length, in bytes.
        said: usize,
        /// The length of the file, in bytes.
        found: usize,
    },
    /// The range is not within the mapped bytes.
    OutOfRange {
        /// Where the range begins.
        at: usize,
        /// The length of the range, in bytes.
        length: usize,
        /// How many bytes are mapped.
        mapped: usize,
    },
    /// This process has no memory for a copy of so many bytes.
    NoCopy(usize, TryReserveError),
}

impl fmt::Display for MemoryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            MemoryError::NotMemory(error) => {
                write!(f, "what was sent as shared memory is none: {error}")
            }
            MemoryError::CanShrink => {
                f.write_str("what was sent as shared memory could still be made shorter")
            }
            MemoryError::CanBeWritten => {
                f.write_str("what was sent as shared memory could still be written to")
            }
            MemoryError::Empty => f.write_str("what was sent as shared memory is empty"),
            MemoryError::TooLong(length) => {
                write!(f, "no process can map shared memory of {length} bytes")
            }
            MemoryError::Unmappable(error) => {
                write!(f, "its shared memory cannot be mapped: {error}")
            }
            MemoryError::Shorter { said, found } => write!(
                f,
                "its shared memory was said to have {said} bytes and has {found}"
            ),
            MemoryError::OutOfRange { at, length, mapped } => write!(
                f,
                "{length} bytes at {at} are not in shared memory of {mapped}"
            ),
            MemoryError::NoCopy(length, error) => {
                write!(f, "there is no memory for {length} bytes: {error}")
            }
        }
    }
}

impl std::error::Error for MemoryError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_has_its_text() {
        let os = || io::Error::other("no such thing");
        let no_copy = Vec::<u8>::new().try_reserve(usize::MAX).unwrap_err();
        let no_copy_text = no_copy.to_string();
        let texts = [
            (
                MemoryError::NotMemory(os()),
                "what was sent as shared memory is none: no such thing",
            ),
            (
                MemoryError::CanShrink,
                "what was sent as shared memory could still be made shorter",
            ),
            (
                MemoryError::CanBeWritten,
                "what was sent as shared memory could still be written to",
            ),
            (
                MemoryError::Empty,
                "what was sent as shared memory is empty",
            ),
            (
                MemoryError::TooLong(1 << 63),
                "no process can map shared memory of 9223372036854775808 bytes",
            ),
            (
                MemoryError::Unmappable(os()),
                "its shared memory cannot be mapped: no such thing",
            ),
            (
                MemoryError::Shorter { said: 9, found: 4 },
                "its shared memory was said to have 9 bytes and has 4",
            ),
            (
                MemoryError::OutOfRange {
                    at: 1,
                    length: 2,
                    mapped: 3,
                },
                "2 bytes at 1 are not in shared memory of 3",
            ),
            (
                MemoryError::NoCopy(7, no_copy),
                &format!("there is no memory for 7 bytes: {no_copy_text}"),
            ),
        ];
        for (error, text) in texts {
            assert_eq!(error.to_string(), text);
        }
    }
}
