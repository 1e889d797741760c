//! What a worker lends to a function instead of copying it: text and slices of numbers, where they
//! are in the message.
//!
//! The elements begin where their type may begin, if the message does (see `raw.rs`). If the
//! message begins elsewhere, the only cost is a copy.

use std::borrow::Cow;

use super::Wire;
use super::decoder::Decoder;
use super::errors::CodecError;
use super::raw::{self, with_numbers};

/// `str`, or a slice of numbers: what an argument can refer to and what is sent in its raw form.
///
/// The owned form is encoded with [`Encoder::argument`](super::Encoder::argument).
pub trait Lend: ToOwned<Owned: Wire> + 'static {
    /// Decodes one argument, which refers to the message if it can. The name is for errors only.
    ///
    /// # Errors
    /// The bytes do not hold a value of this type.
    fn decode<'de>(
        name: &'static str,
        input: &mut Decoder<'de>,
    ) -> Result<Cow<'de, Self>, CodecError>;
}

impl Lend for str {
    fn decode<'de>(
        name: &'static str,
        input: &mut Decoder<'de>,
    ) -> Result<Cow<'de, str>, CodecError> {
        input.lent_argument(name, |reader| raw::read_text(reader).map(Cow::Borrowed))
    }
}

macro_rules! slices {
    ($($number:ident)*) => {$(
        impl Lend for [$number] {
            fn decode<'de>(
                name: &'static str,
                input: &mut Decoder<'de>,
            ) -> Result<Cow<'de, [$number]>, CodecError> {
                input.lent_argument(name, raw::lend)
            }
        }
    )*};
}
with_numbers! { slices }
