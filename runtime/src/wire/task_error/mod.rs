//! How the error of a task is sent, when the task returns a `Result`.
//!
//! There are kinds of errors that no single trait covers, and one of them is a foreign type
//! (`io::Error`). So [`WireError`] has a marker `K`, one for each way to send an error, which keeps
//! the implementations apart. No user writes it: for each error type one way fits, and the compiler
//! finds it.

mod io;
mod remote;

use std::error::Error;

use self::io::IoError;
pub use self::remote::RemoteError;
use super::decoder::about;
use super::errors::{CodecError, Part, Reason};
use super::{Decoder, Encoder, Wire};

/// The byte in front of a `Result` whose `Ok` side follows.
const OK: u8 = 0;
/// The byte in front of a `Result` whose `Err` side follows.
const ERR: u8 = 1;

/// An error type that a task in a worker process can return.
#[diagnostic::on_unimplemented(
    message = "the error type `{Self}` cannot come back from a worker process",
    label = "neither serde's traits nor a conversion that keeps its message",
    note = "derive `Serialize` and `Deserialize` for it, and it arrives as it left",
    note = "or return `anyhow::Error` or `Box<dyn Error + Send + Sync>`, which arrive with message and causes",
    note = "or run the task on threads, where nothing is encoded: `#[cpu_bound(threads)]`"
)]
pub trait WireError<K>: Sized {
    /// Adds the error to `encoder`.
    ///
    /// # Errors
    /// The error cannot be encoded, or the limit is reached.
    fn encode(&self, encoder: &mut Encoder) -> Result<(), CodecError>;

    /// Decodes an error.
    ///
    /// # Errors
    /// The bytes do not hold such an error.
    fn decode(decoder: &mut Decoder<'_>) -> Result<Self, CodecError>;
}

/// The ways to send an error, markers of [`WireError`].
pub(super) mod via {
    /// Through serde. The error arrives as it was sent.
    #[derive(Debug)]
    pub enum Serde {}
    /// As the parts of a `std::io::Error`: code, kind, message and causes.
    #[derive(Debug)]
    pub enum Io {}
    /// As message and causes, in a [`RemoteError`](super::RemoteError); for an error that wraps any
    /// other error.
    #[derive(Debug)]
    pub enum Message {}
    /// As message and causes, for `Box<dyn Error + Send>`, which has no conversion from an error.
    #[derive(Debug)]
    pub enum BoxedMessage {}
}

#[diagnostic::do_not_recommend]
impl<E: Wire> WireError<via::Serde> for E {
    fn encode(&self, encoder: &mut Encoder) -> Result<(), CodecError> {
        encoder.value(Part::Error, self)
    }

    fn decode(decoder: &mut Decoder<'_>) -> Result<Self, CodecError> {
        decoder.value(Part::Error)
    }
}

#[diagnostic::do_not_recommend]
impl WireError<via::Io> for std::io::Error {
    fn encode(&self, encoder: &mut Encoder) -> Result<(), CodecError> {
        encoder.value(Part::Error, &IoError::from_error(self))
    }

    fn decode(decoder: &mut Decoder<'_>) -> Result<Self, CodecError> {
        decoder.value(Part::Error).map(IoError::into_error)
    }
}

/// For `anyhow::Error`, `eyre::Report` and `Box<dyn Error + Send + Sync>`.
#[diagnostic::do_not_recommend]
impl<E> WireError<via::Message> for E
where
    E: AsRef<dyn Error + Send + Sync> + From<RemoteError>,
{
    fn encode(&self, encoder: &mut Encoder) -> Result<(), CodecError> {
        encoder.value(Part::Error, &RemoteError::new(self.as_ref()))
    }

    fn decode(decoder: &mut Decoder<'_>) -> Result<Self, CodecError> {
        decoder.value::<RemoteError>(Part::Error).map(Self::from)
    }
}

#[diagnostic::do_not_recommend]
impl WireError<via::BoxedMessage> for Box<dyn Error + Send> {
    fn encode(&self, encoder: &mut Encoder) -> Result<(), CodecError> {
        encoder.value(Part::Error, &RemoteError::new(self.as_ref()))
    }

    fn decode(decoder: &mut Decoder<'_>) -> Result<Self, CodecError> {
        let error: RemoteError = decoder.value(Part::Error)?;
        Ok(Box::new(error))
    }
}

impl Encoder {
    /// Adds the result of a function that returns a `Result`. The marker `K` tells how its error is
    /// sent.
    ///
    /// # Errors
    /// As for [`argument`](Self::argument).
    pub fn fallible<T: Wire, E: WireError<K>, K>(
        &mut self,
        value: &Result<T, E>,
    ) -> Result<(), CodecError> {
        match value {
            Ok(value) => {
                self.byte(Part::Output, OK)?;
                self.output(value)
            }
            Err(error) => {
                self.byte(Part::Error, ERR)?;
                error.encode(self)
            }
        }
    }
}

impl Decoder<'_> {
    /// Decodes the result of a function that returns a `Result`.
    ///
    /// # Errors
    /// As for [`argument`](Self::argument).
    pub fn fallible<T: Wire, E: WireError<K>, K>(&mut self) -> Result<Result<T, E>, CodecError> {
        match self.byte(Part::Output)? {
            OK => self.output().map(Ok),
            ERR => E::decode(self).map(Err),
            other => Err(about(Reason::NeitherOkNorErr(other).into(), Part::Output)),
        }
    }

    /// Returns whether [`fallible`](Self::fallible) does nothing but copy, if this is the first
    /// byte.
    pub(crate) fn copies_ok<T: Wire>(first: u8) -> bool {
        first == OK && Self::copies::<T>()
    }
}
