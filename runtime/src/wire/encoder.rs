//! Encodes the arguments of a call, or its result, one value after another into one buffer.

use std::fmt;
use std::sync::Arc;

use super::errors::{CodecError, FormatError, Part};
use super::handles::Handle;
use super::output::{OutputBuffer, Spill};
use super::write::Writer;
use super::{Wire, raw};

/// Collects encoded values. Generated code fills it, and the pool sends it.
pub struct Encoder {
    writer: Writer,
    /// Where the message begins in the output.
    message_at: usize,
}

impl Encoder {
    /// Makes an encoder that appends values to `bytes`, so that a buffer can be reused or have a
    /// header. The message begins with the first value.
    #[must_use]
    pub fn new(bytes: Vec<u8>) -> Self {
        Encoder {
            message_at: bytes.len(),
            writer: Writer::new(OutputBuffer::new(bytes)),
        }
    }

    /// Makes an encoder that writes values into `memory` from `at` on. On the way they gather in
    /// `spare`, whose content is dropped.
    pub(crate) fn spilling_into(memory: Box<dyn Spill>, at: usize, spare: Vec<u8>) -> Self {
        Encoder {
            message_at: at,
            writer: Writer::new(OutputBuffer::spilling_into(memory, at, spare)),
        }
    }

    /// Stops with [`CodecError::TooLarge`] before the output, together with what it held before,
    /// becomes longer than `limit` bytes.
    #[must_use]
    pub fn with_limit(mut self, limit: usize) -> Self {
        self.writer.set_limit(limit);
        self
    }

    /// Sets where in the output the message begins, if not with the first value. Numbers are
    /// aligned in the message, so its reader tells
    /// [`Decoder::starting_at`](super::Decoder::starting_at) where in the message the first value
    /// is.
    #[must_use]
    pub fn with_message_at(mut self, message_at: usize) -> Self {
        self.message_at = message_at;
        self
    }

    /// Returns the buffer. After an error, what was appended to it is of no use.
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
    /// The memory to spill into cannot grow.
    pub(crate) fn put(&mut self, bytes: &[u8]) -> Result<(), FormatError> {
        self.writer.put(bytes)
    }

    /// Returns how many bytes there are, if none of them has spilled.
    pub(crate) fn unspilled(&self) -> Option<usize> {
        self.writer.unspilled()
    }

    /// Ends the values, and returns where they end. Only now all of them are in the memory to spill
    /// into.
    ///
    /// # Errors
    /// The memory to spill into cannot grow.
    pub(crate) fn finish(&mut self) -> Result<usize, FormatError> {
        self.writer.flush()?;
        Ok(self.writer.position())
    }

    /// Returns the memory that was spilled into, and the spare buffer. After an error, what has
    /// been written is of no use.
    ///
    /// `None` if the encoder was made without such memory, or with memory of another type.
    pub(crate) fn into_spill<S: Spill>(self) -> Option<(Box<S>, Vec<u8>)> {
        let (spare, memory) = self.writer.into_parts();
        Some((memory?.into_any().downcast().ok()?, spare))
    }

    /// Takes the descriptors that have to go with the values added so far, in this order. Each is
    /// there once.
    pub(crate) fn take_handles(&mut self) -> Vec<Arc<Handle>> {
        self.writer.take_handles()
    }

    /// Adds one argument. The name is for errors only.
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

    /// Adds one byte, as this part of the call, which errors name.
    pub(super) fn byte(&mut self, part: Part, byte: u8) -> Result<(), CodecError> {
        let done = self.writer.put(&[byte]);
        done.map_err(|error| self.about(error, part))
    }

    /// Adds one value, as this part of the call, which errors name.
    ///
    /// This is compiled once for each type, not into every task that uses the type.
    pub(crate) fn value<T: Wire>(&mut self, part: Part, value: &T) -> Result<(), CodecError> {
        let done = if raw::has_raw_form::<T>() {
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

/// Shows how many bytes there are, not which: arguments may be large, or secret.
impl fmt::Debug for Encoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Encoder")
            .field("bytes", &self.writer.position())
            .finish_non_exhaustive()
    }
}
