//! Decodes what an [`Encoder`](super::Encoder) has written, value by value.

use std::borrow::Cow;
use std::fmt;

use super::encoder::{ERR, OK};
use super::errors::{CodecError, FormatError, Part, WireError};
use super::handles::{Arrived, Handle, Scope};
use super::read::Reader;
use super::{Wire, raw};

/// Takes encoded values from a buffer. Generated code asks it for the types that it expects, in order.
pub struct Decoder<'a> {
    reader: Reader<'a>,
    on_run: Option<&'a dyn Fn()>,
    /// What came with the message, known to this thread until all is read.
    handles: Option<Scope>,
}

impl<'a> Decoder<'a> {
    /// Reads from `bytes`, which hold encoded values and nothing else, and are the message.
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Self {
        Decoder {
            reader: Reader::new(bytes),
            on_run: None,
            handles: None,
        }
    }

    /// Gives it the descriptors that came with the message, in the order in which they were sent. This thread knows
    /// them until the decoder is dropped, or told that all has been read; decoders made in between go first.
    #[must_use]
    pub(crate) fn with_handles(mut self, handles: Vec<Handle>) -> Self {
        self.handles = Some(Arrived::new(handles).enter());
        self
    }

    /// Says that `bytes` are what follows the first `offset` bytes of the message.
    #[must_use]
    pub fn starting_at(mut self, offset: usize) -> Self {
        self.reader.set_offset(offset);
        self
    }

    /// Sets what is called once, when all arguments have been decoded and the function is about to run.
    #[must_use]
    pub fn on_run(mut self, hook: &'a dyn Fn()) -> Self {
        self.on_run = Some(hook);
        self
    }

    /// Takes one argument. The name appears in errors only.
    ///
    /// # Errors
    /// The bytes do not hold a value of this type.
    pub fn argument<T: Wire>(&mut self, name: &'static str) -> Result<T, CodecError> {
        self.value(Part::Argument(name))
    }

    /// Takes one argument in this way, which may refer to the message.
    pub(super) fn lent_argument<T: ?Sized + ToOwned>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&mut Reader<'a>) -> Result<Cow<'a, T>, FormatError>,
    ) -> Result<Cow<'a, T>, CodecError> {
        read(&mut self.reader).map_err(|error| about(error, Part::Argument(name)))
    }

    /// Says that there are no more arguments.
    ///
    /// # Errors
    /// Bytes are left.
    pub fn end_of_arguments(&mut self) -> Result<(), CodecError> {
        self.nothing_left(Part::Arguments)?;
        self.handles = None;
        if let Some(hook) = self.on_run.take() {
            hook();
        }
        Ok(())
    }

    /// Takes the result of a function.
    ///
    /// # Errors
    /// As for [`argument`](Self::argument).
    pub fn output<T: Wire>(&mut self) -> Result<T, CodecError> {
        self.value(Part::Output)
    }

    /// Takes the result of a function that can fail by itself.
    ///
    /// # Errors
    /// As for [`argument`](Self::argument).
    pub fn fallible<T: Wire, E: WireError<K>, K>(&mut self) -> Result<Result<T, E>, CodecError> {
        let side = self
            .reader
            .take_array()
            .map_err(|error| about(error, Part::Output))?;
        match side {
            [OK] => self.output().map(Ok),
            [ERR] => E::decode(self).map(Err),
            [other] => Err(about(
                FormatError::said(format!("neither `Ok` nor `Err`, but {other:#04x}")),
                Part::Output,
            )),
        }
    }

    /// Whether [`output`](Self::output) does nothing but copy.
    pub(crate) fn copies<T: Wire>() -> bool {
        raw::is_plain::<T>()
    }

    /// Whether [`fallible`](Self::fallible) does nothing but copy, if this is the first byte.
    pub(crate) fn copies_ok<T: Wire>(first: u8) -> bool {
        first == OK && raw::is_plain::<T>()
    }

    /// Says that the result was all.
    ///
    /// # Errors
    /// Bytes are left.
    pub fn end(&mut self) -> Result<(), CodecError> {
        self.nothing_left(Part::Output)?;
        self.handles = None;
        Ok(())
    }

    /// Takes one value, as the part of the call that errors will name.
    ///
    /// Compiled once for each type, rather than into every task that uses the type.
    pub(crate) fn value<T: Wire>(&mut self, part: Part) -> Result<T, CodecError> {
        let value = if raw::is_plain::<T>() {
            let mut slot: Option<T> = None;
            raw::decode(&mut slot, &mut self.reader)
                .and_then(|()| slot.ok_or_else(|| FormatError::said("nothing was decoded")))
        } else {
            self.reader.read_value()
        };
        value.map_err(|error| about(error, part))
    }

    fn nothing_left(&self, part: Part) -> Result<(), CodecError> {
        match self.reader.rest().len() {
            0 => Ok(()),
            left => Err(about(
                FormatError::said(format!("{left} bytes are left over")),
                part,
            )),
        }
    }
}

fn about(error: FormatError, part: Part) -> CodecError {
    // Reading knows no limit of size.
    error.into_error(part, usize::MAX)
}

impl fmt::Debug for Decoder<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decoder")
            .field("bytes_left", &self.reader.rest().len())
            .finish_non_exhaustive()
    }
}
