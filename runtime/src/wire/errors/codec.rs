//! What is said when a value could not be encoded or decoded.

use std::fmt;

/// Which of the values of a call an error is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Part {
    /// One argument, by name.
    Argument(&'static str),
    /// All arguments together.
    Arguments,
    /// What the function returned (the `Ok` side, if it returns a `Result`).
    Output,
    /// The `Err` side of what the function returned.
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
    /// The encoded values would have passed the limit given to the encoder. The value itself may be fine.
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
        /// Where inside the value, such as `.layers[3].name`; empty for the value as a whole.
        path: String,
        /// Why, in the words of the type's `Serialize` or `Deserialize`, or of the codec.
        reason: String,
    },
}

impl CodecError {
    /// Whether only the encoder's limit stood in the way, so that a larger buffer would do.
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
