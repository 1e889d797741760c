//! Sends a `std::io::Error`, which has no serde. Its parts have: a code of the operating system, or
//! a kind and an error inside.

use std::error::Error;
use std::io::{self, ErrorKind};

use serde::{Deserialize, Serialize};

use super::remote::RemoteError;

/// The parts of an `io::Error` that can be sent.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum IoError {
    /// An error code of the operating system. Kind and message follow from it.
    System(i32),
    /// An error that was made from a kind alone.
    Kind(u8),
    /// An error that was made from a kind and another error.
    Custom(u8, RemoteError),
}

impl IoError {
    pub(super) fn from_error(error: &io::Error) -> Self {
        if let Some(code) = error.raw_os_error() {
            return IoError::System(code);
        }
        match (error.get_ref(), kind_number(error.kind())) {
            (Some(inner), kind) => IoError::Custom(
                kind.unwrap_or(OTHER),
                RemoteError::new(inner as &(dyn Error + 'static)),
            ),
            // The standard library makes errors with a message of its own, and with kinds that are
            // not stable yet.
            (None, Some(kind)) if error.to_string() == error.kind().to_string() => {
                IoError::Kind(kind)
            }
            (None, kind) => {
                IoError::Custom(kind.unwrap_or(OTHER), RemoteError::from(error.to_string()))
            }
        }
    }

    pub(super) fn into_error(self) -> io::Error {
        match self {
            IoError::System(code) => io::Error::from_raw_os_error(code),
            IoError::Kind(kind) => kind_of(kind).into(),
            IoError::Custom(kind, inner) => io::Error::new(kind_of(kind), inner),
        }
    }
}

/// The number of `ErrorKind::Other`, the first of [`KINDS`].
const OTHER: u8 = 0;

/// A kind is sent as its place in this list, which is the same on both sides.
const KINDS: [ErrorKind; 38] = [
    ErrorKind::Other,
    ErrorKind::NotFound,
    ErrorKind::PermissionDenied,
    ErrorKind::ConnectionRefused,
    ErrorKind::ConnectionReset,
    ErrorKind::HostUnreachable,
    ErrorKind::NetworkUnreachable,
    ErrorKind::ConnectionAborted,
    ErrorKind::NotConnected,
    ErrorKind::AddrInUse,
    ErrorKind::AddrNotAvailable,
    ErrorKind::NetworkDown,
    ErrorKind::BrokenPipe,
    ErrorKind::AlreadyExists,
    ErrorKind::WouldBlock,
    ErrorKind::NotADirectory,
    ErrorKind::IsADirectory,
    ErrorKind::DirectoryNotEmpty,
    ErrorKind::ReadOnlyFilesystem,
    ErrorKind::StaleNetworkFileHandle,
    ErrorKind::InvalidInput,
    ErrorKind::InvalidData,
    ErrorKind::TimedOut,
    ErrorKind::WriteZero,
    ErrorKind::StorageFull,
    ErrorKind::NotSeekable,
    ErrorKind::QuotaExceeded,
    ErrorKind::FileTooLarge,
    ErrorKind::ResourceBusy,
    ErrorKind::ExecutableFileBusy,
    ErrorKind::Deadlock,
    ErrorKind::CrossesDevices,
    ErrorKind::TooManyLinks,
    ErrorKind::ArgumentListTooLong,
    ErrorKind::Interrupted,
    ErrorKind::Unsupported,
    ErrorKind::UnexpectedEof,
    ErrorKind::OutOfMemory,
];

/// Returns the number of a kind, or `None` if the kind is newer than this library.
fn kind_number(kind: ErrorKind) -> Option<u8> {
    KINDS
        .iter()
        .position(|&known| known == kind)
        .and_then(|place| u8::try_from(place).ok())
}

/// Returns the kind of a number, or `Other` for a number that is none.
fn kind_of(number: u8) -> ErrorKind {
    KINDS
        .get(usize::from(number))
        .copied()
        .unwrap_or(ErrorKind::Other)
}
