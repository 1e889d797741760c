//! Encodes the arguments of a call, or its result, one value after another into one buffer.

use std::fmt;
use std::sync::Arc;

use super::errors::{CodecError, FormatError, Part, WireError};
use super::handles::Handle;
use super::output::{OutputBuffer, Spill};
use super::write::Writer;
use super::{Wire, raw};

/// In front of a `Result`: which side follows.
pub(super) const OK: u8 = 0;
pub(super) const ERR: u8 = 1;

/// Collects encoded values. Generated code fills it, the pool sends it.
pub struct Encoder {
    writer: Writer,
    /// Where in the buffer the message begins.
    message_at: usize,
}

impl Encoder {
    /// Values are appended to `bytes`, so a caller can reuse a buffer or leave spill for a header. The message begins
    /// with the first of them.
    #[must_use]
    pub fn new(bytes: Vec<u8>) -> Self {
        Encoder {
            message_at: bytes.len(),
            writer: Writer::new(OutputBuffer::new(bytes)),
        }
    }

    /// Values go into `spill` from `at` on. On the way they gather in `spare`, which may hold anything.
    pub(crate) fn spilling_into(spill: Box<dyn Spill>, at: usize, spare: Vec<u8>) -> Self {
        Encoder {
            message_at: at,
            writer: Writer::new(OutputBuffer::spilling_into(spill, at, spare)),
        }
    }

    /// Stops with [`CodecError::TooLarge`] before the buffer, together with what it already held, grows longer
    /// than `limit` bytes.
    #[must_use]
    pub fn with_limit(mut self, limit: usize) -> Self {
        self.writer.set_limit(limit);
        self
    }

    /// Says where in the buffer the message begins, if not with the first value. Numbers are aligned in the message:
    /// its reader tells [`Decoder::starting_at`](super::Decoder::starting_at) how far in the first value is.
    #[must_use]
    pub fn with_message_at(mut self, message_at: usize) -> Self {
        self.message_at = message_at;
        self
    }

    /// The buffer. After an error, what it holds past its first length is of no use.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.writer.into_bytes()
    }

    #[cfg(test)]
    pub(super) fn set_piece(&mut self, piece: usize) {
        self.writer.set_piece(piece);
    }

    /// Adds bytes that are encoded already.
    ///
    /// # Errors
    /// The spill cannot grow; in words.
    pub(crate) fn put(&mut self, bytes: &[u8]) -> Result<(), String> {
        self.writer.put(bytes).map_err(|error| error.to_string())
    }

    /// How many bytes there are, if none of them has gone into the spill yet.
    pub(crate) fn unspilled(&self) -> Option<usize> {
        self.writer.unspilled()
    }

    /// Says that these were all values, and where they end. In a spill, only now all of them lie there.
    ///
    /// # Errors
    /// The spill cannot grow; in words.
    pub(crate) fn finish(&mut self) -> Result<usize, String> {
        match self.writer.flush() {
            Ok(()) => Ok(self.writer.position()),
            Err(error) => Err(error.to_string()),
        }
    }

    /// The spill, and the spare buffer. After an error, what has been written is of no use.
    ///
    /// `None` if this encoder was made with no spill, or with another kind.
    pub(crate) fn into_spill<R: Spill>(self) -> Option<(Box<R>, Vec<u8>)> {
        let (spare, spill) = self.writer.into_parts();
        Some((spill?.into_any().downcast().ok()?, spare))
    }

    /// The descriptors that have to go with the values added so far, in this order. Each is there once.
    pub(crate) fn take_handles(&mut self) -> Vec<Arc<Handle>> {
        self.writer.take_handles()
    }

    /// Adds one argument. The name appears in errors only.
    ///
    /// # Errors
    /// The value cannot be encoded, or the limit is reached.
    pub fn argument<T: Wire>(&mut self, name: &'static str, value: &T) -> Result<(), CodecError> {
        self.value(Part::Argument(name), value)
    }

    /// Adds the result of a function.
    ///
    /// # Errors
    /// As for [`argument`](Self::argument).
    pub fn output<T: Wire>(&mut self, value: &T) -> Result<(), CodecError> {
        self.value(Part::Output, value)
    }

    /// Adds the result of a function that can fail by itself. The marker `K` tells how its error travels.
    ///
    /// # Errors
    /// As for [`argument`](Self::argument).
    pub fn fallible<T: Wire, E: WireError<K>, K>(
        &mut self,
        value: &Result<T, E>,
    ) -> Result<(), CodecError> {
        match value {
            Ok(value) => {
                self.writer
                    .put(&[OK])
                    .map_err(|error| self.about(error, Part::Output))?;
                self.output(value)
            }
            Err(error) => {
                self.writer
                    .put(&[ERR])
                    .map_err(|error| self.about(error, Part::Error))?;
                error.encode(self)
            }
        }
    }

    /// Adds one value, as the part of the call that errors will name.
    ///
    /// Compiled once for each type, rather than into every task that uses the type.
    pub(crate) fn value<T: Wire>(&mut self, part: Part, value: &T) -> Result<(), CodecError> {
        let done = if raw::is_plain::<T>() {
            raw::encode(value, self.message_at, &mut self.writer)
        } else {
            self.writer.write_value(value)
        };
        done.map_err(|error| self.about(error, part))
    }

    fn about(&self, error: FormatError, part: Part) -> CodecError {
        error.into_error(part, self.writer.limit())
    }
}

/// Says how much there is, not what: arguments may be large, or secret.
impl fmt::Debug for Encoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Encoder")
            .field("bytes", &self.writer.position())
            .finish_non_exhaustive()
    }
}
