//! The error of a task whose own type cannot be sent: its message and its causes.
//!
//! An `anyhow::Error` or a `Box<dyn Error>` hides a type that cannot be named, so a value of that
//! type cannot be sent. What a log or a user would see of it can.

use std::error::Error;
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// How many causes are sent. An error that is its own cause must not fill the memory.
const CAUSES: usize = 64;

/// An error from a worker process, whose own type could not be sent.
///
/// It keeps the message and, through [`source`](Error::source), the chain of causes. It is inside
/// of an `anyhow::Error`, a `Box<dyn Error + Send + Sync>` or an [`io::Error`](std::io::Error) that
/// a task in a worker process has returned. A downcast to the type that the task put in does not
/// work there.
///
/// ```
/// use std::error::Error;
///
/// let cause = std::io::Error::new(std::io::ErrorKind::NotFound, "no such model");
/// let error = offloop::RemoteError::new(&cause);
/// assert_eq!(error.to_string(), "no such model");
/// assert!(error.source().is_none());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteError {
    message: String,
    source: Option<Box<RemoteError>>,
}

impl RemoteError {
    /// Copies the message of an error and of its causes, up to 64 of them.
    #[must_use]
    pub fn new(error: &(dyn Error + 'static)) -> Self {
        let messages = std::iter::successors(Some(error), |error| (*error).source())
            .take(CAUSES)
            .map(ToString::to_string);
        Self::from_messages(messages.collect()).unwrap_or_else(|| Self::from(String::new()))
    }

    /// Makes the error of these messages, the outermost first. `None` if there are no messages.
    fn from_messages(messages: Vec<String>) -> Option<Self> {
        let innermost_first = messages.into_iter().rev();
        innermost_first.fold(None, |source, message| {
            Some(RemoteError {
                message,
                source: source.map(Box::new),
            })
        })
    }
}

impl From<String> for RemoteError {
    /// Makes an error with this message and no cause.
    fn from(message: String) -> Self {
        RemoteError {
            message,
            source: None,
        }
    }
}

impl fmt::Display for RemoteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for RemoteError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source
            .as_deref()
            .map(|source| source as &(dyn Error + 'static))
    }
}

/// It is serialised as the list of its messages.
impl Serialize for RemoteError {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let chain = std::iter::successors(Some(self), |error| error.source.as_deref());
        serializer.collect_seq(chain.map(|error| &error.message))
    }
}

impl<'de> Deserialize<'de> for RemoteError {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut messages = Vec::deserialize(deserializer)?;
        messages.truncate(CAUSES);
        Self::from_messages(messages)
            .ok_or_else(|| serde::de::Error::custom("an error without a message"))
    }
}
