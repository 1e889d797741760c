//! The error inside the codec: a reason, and the path to the value that it is about.
//!
//! serde builds values from the inside out. An error goes up through each enclosing value, and each
//! of them adds the step that led to the inner value: a field, an index, a key. So the path costs
//! nothing until something fails.

use std::collections::TryReserveError;
use std::str::Utf8Error;
use std::{fmt, io};

use super::super::format::DEPTH_LIMIT;
use super::super::handles::HandleError;
use super::{CodecError, Part};

/// Why a value cannot be written or read, and where inside the value.
///
/// It is one pointer long, because every step of encoding returns `Result<(), FormatError>`.
#[derive(Debug)]
pub(crate) struct FormatError(Box<Inner>);

#[derive(Debug)]
struct Inner {
    reason: Reason,
    /// Innermost first.
    path: Vec<Step>,
}

/// Why a value cannot be written or read.
#[derive(Debug)]
pub(in crate::wire) enum Reason {
    /// The values would pass the limit given to the encoder.
    TooLarge,
    /// The value has more levels than [`DEPTH_LIMIT`].
    TooDeep,
    /// The length does not fit into the 32 bits that the format has for it.
    TooLong,
    /// The bytes end before the value does.
    CutShort,
    /// No value begins with this byte.
    UnknownByte(u8),
    /// A list or map has so many elements more than the type takes.
    ExtraElements(usize),
    /// Bytes that should be text are not.
    NotText(Utf8Error),
    /// The number of elements is larger than any memory.
    HugeCount(u64),
    /// This process has no memory for the value.
    NoMemory(TryReserveError),
    /// In front of a `Result`, there is this byte.
    NeitherOkNorErr(u8),
    /// So many bytes follow the last value.
    LeftOver(usize),
    /// The type's own implementation of this trait ignored an error, so that the bytes and the
    /// value do not match any more.
    IgnoredError(&'static str),
    /// The type's `Display` failed.
    Display,
    /// The value has no raw form, although the encoder took it for one that has.
    NotRaw,
    /// The descriptor of a `Shared` cannot be sent or received.
    Handle(HandleError),
    /// There is no memory to spill a message of so many bytes into.
    Spill(usize, io::Error),
    /// The type's own `Serialize` or `Deserialize` says why.
    Custom(String),
}

/// One step from a value to a value inside it.
#[derive(Debug)]
pub(in crate::wire) enum Step {
    /// To the value of a field or variant whose name the program knows.
    Name(&'static str),
    /// To an element of a sequence or tuple.
    Index(usize),
    /// To the value under this key of a map, or of a struct whose names come from the bytes.
    Entry(String),
    /// To a key of a map.
    Key,
}

impl FormatError {
    pub(in crate::wire) fn is_too_large(&self) -> bool {
        matches!(self.0.reason, Reason::TooLarge)
    }

    /// Adds a step to the path: the error is about a value inside another one.
    #[cold]
    pub(in crate::wire) fn at(mut self, step: Step) -> Self {
        self.0.path.push(step);
        self
    }

    /// Turns it into the error of a part of the call, encoded under this limit.
    #[cold]
    pub(in crate::wire) fn into_error(self, part: Part, limit: usize) -> CodecError {
        match self.0.reason {
            Reason::TooLarge => CodecError::TooLarge { part, limit },
            reason => CodecError::Invalid {
                part,
                path: self.0.path.iter().rev().map(ToString::to_string).collect(),
                reason: reason.to_string(),
            },
        }
    }
}

impl From<Reason> for FormatError {
    #[cold]
    fn from(reason: Reason) -> Self {
        FormatError(Box::new(Inner {
            reason,
            path: Vec::new(),
        }))
    }
}

impl From<HandleError> for FormatError {
    #[cold]
    fn from(error: HandleError) -> Self {
        Reason::Handle(error).into()
    }
}

/// As in Rust: `.layers[3].name`.
impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self {
            Step::Index(index) => return write!(f, "[{index}]"),
            Step::Key => return f.write_str(".(key)"),
            Step::Name(name) => name,
            Step::Entry(key) => key.as_str(),
        };
        let is_word = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
        if is_word {
            write!(f, ".{name}")
        } else {
            write!(f, "[{name:?}]")
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::TooLarge => f.write_str("too large"),
            Reason::TooDeep => write!(f, "nested deeper than {DEPTH_LIMIT} levels"),
            Reason::TooLong => f.write_str("longer than 4 GiB, or than 2^32 elements"),
            Reason::CutShort => f.write_str("the bytes end in the middle of a value"),
            Reason::UnknownByte(byte) => write!(f, "no value begins with the byte {byte:#04x}"),
            Reason::ExtraElements(left) => write!(f, "{left} more elements than the type takes"),
            Reason::NotText(error) => error.fmt(f),
            Reason::HugeCount(count) => {
                write!(f, "a length of {count} elements, which no memory holds")
            }
            Reason::NoMemory(error) => error.fmt(f),
            Reason::NeitherOkNorErr(byte) => {
                write!(f, "neither `Ok` nor `Err`, but {byte:#04x}")
            }
            Reason::LeftOver(left) => write!(f, "{left} bytes are left over"),
            Reason::IgnoredError(of) => write!(f, "its `{of}` went on after an error"),
            Reason::Display => f.write_str("its `Display` returned an error"),
            Reason::NotRaw => f.write_str("this type has no raw form; this is a bug in `offloop`"),
            Reason::Handle(error) => error.fmt(f),
            Reason::Spill(length, error) => write!(
                f,
                "there is no shared memory for a message of {length} bytes: {error}"
            ),
            Reason::Custom(text) => f.write_str(text),
        }
    }
}

impl fmt::Display for FormatError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.reason.fmt(f)
    }
}

impl std::error::Error for FormatError {}

impl serde::ser::Error for FormatError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Reason::Custom(message.to_string()).into()
    }
}

impl serde::de::Error for FormatError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Reason::Custom(message.to_string()).into()
    }
}
