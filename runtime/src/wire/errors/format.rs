//! The error inside the codec: a reason, and the way back to the value as a whole.
//!
//! serde builds values from the inside out. A error rises through each enclosing value, and each adds the
//! step that led to it (a field, an index, a key). So the path costs nothing until something fails.

use std::fmt;

use super::super::format::DEPTH_LIMIT;
use super::{CodecError, Part};

/// Kept behind one pointer, because every step of encoding returns `Result<(), FormatError>`.
#[derive(Debug)]
pub(in crate::wire) struct FormatError(Box<Inner>);

#[derive(Debug)]
struct Inner {
    reason: Reason,
    /// Innermost first.
    path: Vec<Step>,
}

#[derive(Debug)]
enum Reason {
    TooLarge,
    Said(String),
}

/// One step from a value to a value inside it.
#[derive(Debug)]
pub(in crate::wire) enum Step {
    /// A field or variant whose name the program knows.
    Name(&'static str),
    /// An element of a sequence or tuple.
    Index(usize),
    /// The value under a key of a map, or of a struct whose names come from the bytes.
    Key(String),
    /// A key of a map.
    TheKey,
}

impl FormatError {
    #[cold]
    fn new(reason: Reason) -> Self {
        FormatError(Box::new(Inner {
            reason,
            path: Vec::new(),
        }))
    }

    #[cold]
    pub(in crate::wire) fn said(reason: impl Into<String>) -> Self {
        Self::new(Reason::Said(reason.into()))
    }

    #[cold]
    pub(in crate::wire) fn too_large() -> Self {
        Self::new(Reason::TooLarge)
    }

    pub(in crate::wire) fn is_too_large(&self) -> bool {
        matches!(self.0.reason, Reason::TooLarge)
    }

    #[cold]
    pub(in crate::wire) fn too_deep() -> Self {
        Self::said(format!("nested deeper than {DEPTH_LIMIT} levels"))
    }

    #[cold]
    pub(in crate::wire) fn at(mut self, step: Step) -> Self {
        self.0.path.push(step);
        self
    }

    #[cold]
    pub(in crate::wire) fn into_error(self, part: Part, limit: usize) -> CodecError {
        match self.0.reason {
            Reason::TooLarge => CodecError::TooLarge { part, limit },
            Reason::Said(reason) => CodecError::Invalid {
                part,
                path: self.0.path.iter().rev().map(ToString::to_string).collect(),
                reason,
            },
        }
    }
}

/// As one would write it in Rust: `.layers[3].name`.
impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self {
            Step::Index(index) => return write!(f, "[{index}]"),
            Step::TheKey => return f.write_str(".(key)"),
            Step::Name(name) => name,
            Step::Key(key) => key.as_str(),
        };
        let is_word = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
        if is_word {
            write!(f, ".{name}")
        } else {
            write!(f, "[{name:?}]")
        }
    }
}

impl fmt::Display for FormatError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0.reason {
            Reason::TooLarge => f.write_str("too large"),
            Reason::Said(reason) => f.write_str(reason),
        }
    }
}

impl std::error::Error for FormatError {}

impl serde::ser::Error for FormatError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        FormatError::said(message.to_string())
    }
}

impl serde::de::Error for FormatError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        FormatError::said(message.to_string())
    }
}
