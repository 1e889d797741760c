//! The error of a value that could not be encoded or decoded.

use std::fmt;

/// The part of a call that an error is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Part {
    /// The argument of this name.
    Argument(&'static str),
    /// All arguments together.
    Arguments,
    /// The value that the function returned; if that is a `Result`, its `Ok` side.
    Output,
    /// The `Err` side of the `Result` that the function returned.
    Error,
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Part::Argument(name) => write!(f, "argument `{name}`"),
            Part::Arguments => f.write_str("the arguments"),
            Part::Output => f.write_str("the result"),
            Part::Error => f.write_str("the error"),
        }
    }
}

/// A value of a call could not be encoded or decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum CodecError {
    /// The encoded values would have passed the limit given to the encoder. The value itself may be
    /// valid.
    #[non_exhaustive]
    TooLarge {
        /// What was being encoded.
        part: Part,
        /// The limit, in bytes.
        limit: usize,
    },
    /// The value itself, or its bytes, cannot be encoded or decoded.
    #[non_exhaustive]
    Invalid {
        /// What was being encoded or decoded.
        part: Part,
        /// Where inside the value, for example `.layers[3].name`. Empty for the value as a whole.
        path: String,
        /// Why, as the type's `Serialize` or `Deserialize`, or the codec, says it.
        reason: String,
    },
}

impl CodecError {
    /// Returns whether the limit of the encoder was the reason, so that a larger one may help.
    #[must_use]
    pub fn is_too_large(&self) -> bool {
        matches!(self, CodecError::TooLarge { .. })
    }
}

impl fmt::Display for CodecError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CodecError::TooLarge { part, limit } => {
                write!(
                    f,
                    "{part} does not fit: more than {limit} bytes when encoded"
                )
            }
            CodecError::Invalid { part, path, reason } if path.is_empty() => {
                write!(f, "{part}: {reason}")
            }
            CodecError::Invalid { part, path, reason } => {
                write!(f, "{part}, at `{path}`: {reason}")
            }
        }
    }
}

impl std::error::Error for CodecError {}
