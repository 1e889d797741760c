//! Decodes the values that an [`Encoder`](super::Encoder) has written, one after another.

use std::borrow::Cow;
use std::fmt;

use super::errors::{CodecError, FormatError, Part, Reason};
use super::handles::{Handle, Received, Scope};
use super::read::Reader;
use super::{Wire, raw};

/// Decodes values from a message, one after another. Generated code asks for the types that it
/// expects, in order.
pub struct Decoder<'a> {
    reader: Reader<'a>,
    on_run: Option<&'a dyn Fn()>,
    /// As long as it lives, this thread knows the descriptors that came with the message.
    handles: Option<Scope>,
}

impl<'a> Decoder<'a> {
    /// Makes a decoder for a message: `bytes` are encoded values and nothing else.
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Self {
        Decoder {
            reader: Reader::new(bytes),
            on_run: None,
            handles: None,
        }
    }

    /// Sets the descriptors that came with the message, in the order in which they were sent. This
    /// thread knows them until the decoder is dropped, or has read all. A decoder that was made in
    /// between must be dropped before.
    #[must_use]
    pub(crate) fn with_handles(mut self, handles: Vec<Handle>) -> Self {
        self.handles = Some(Received::new(handles).enter());
        self
    }

    /// Sets that `bytes` follow the first `offset` bytes of the message.
    #[must_use]
    pub fn starting_at(mut self, offset: usize) -> Self {
        self.reader.set_offset(offset);
        self
    }

    /// Sets a hook that is called once, when all arguments are decoded and the function is about to
    /// run.
    #[must_use]
    pub fn on_run(mut self, hook: &'a dyn Fn()) -> Self {
        self.on_run = Some(hook);
        self
    }

    /// Decodes one argument. The name is for errors only.
    ///
    /// # Errors
    /// The bytes do not hold a value of this type.
    pub fn argument<T: Wire>(&mut self, name: &'static str) -> Result<T, CodecError> {
        self.value(Part::Argument(name))
    }

    /// Decodes one argument, which may refer to the message, by `read`.
    pub(super) fn lent_argument<T: ?Sized + ToOwned>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&mut Reader<'a>) -> Result<Cow<'a, T>, FormatError>,
    ) -> Result<Cow<'a, T>, CodecError> {
        read(&mut self.reader).map_err(|error| about(error, Part::Argument(name)))
    }

    /// Ends the arguments, and calls the hook of [`on_run`](Self::on_run).
    ///
    /// # Errors
    /// Bytes are left over.
    pub fn end_of_arguments(&mut self) -> Result<(), CodecError> {
        self.nothing_left(Part::Arguments)?;
        self.handles = None;
        if let Some(hook) = self.on_run.take() {
            hook();
        }
        Ok(())
    }

    /// Decodes the result of a function.
    ///
    /// # Errors
    /// As for [`argument`](Self::argument).
    pub fn output<T: Wire>(&mut self) -> Result<T, CodecError> {
        self.value(Part::Output)
    }

    /// Returns whether [`output`](Self::output) does nothing but copy.
    pub(crate) fn copies<T: Wire>() -> bool {
        raw::has_raw_form::<T>()
    }

    /// Ends the result.
    ///
    /// # Errors
    /// Bytes are left over.
    pub fn end(&mut self) -> Result<(), CodecError> {
        self.nothing_left(Part::Output)?;
        self.handles = None;
        Ok(())
    }

    /// Reads one byte, as this part of the call, which errors name.
    pub(super) fn byte(&mut self, part: Part) -> Result<u8, CodecError> {
        let [byte] = self
            .reader
            .take_array()
            .map_err(|error| about(error, part))?;
        Ok(byte)
    }

    /// Decodes one value, as this part of the call, which errors name.
    ///
    /// This is compiled once for each type, not into every task that uses the type.
    pub(crate) fn value<T: Wire>(&mut self, part: Part) -> Result<T, CodecError> {
        let value = if raw::has_raw_form::<T>() {
            let mut slot: Option<T> = None;
            raw::decode(&mut slot, &mut self.reader)
                .and_then(|()| slot.ok_or_else(|| Reason::NotRaw.into()))
        } else {
            self.reader.read_value()
        };
        value.map_err(|error| about(error, part))
    }

    fn nothing_left(&self, part: Part) -> Result<(), CodecError> {
        match self.reader.rest().len() {
            0 => Ok(()),
            left => Err(about(Reason::LeftOver(left).into(), part)),
        }
    }
}

pub(super) fn about(error: FormatError, part: Part) -> CodecError {
    // There is no limit of size for reading.
    error.into_error(part, usize::MAX)
}

impl fmt::Debug for Decoder<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decoder")
            .field("bytes_left", &self.reader.rest().len())
            .finish_non_exhaustive()
    }
}
