//! How a value begins in the bytes.

use serde::de::{Expected, Unexpected};

use super::errors::FormatError;

/// How a value begins. For strings, bytes and numbers, this is the whole value.
#[derive(Debug, Clone, Copy)]
pub(super) enum Item<'de> {
    Nil,
    /// A `Some` whose content follows, and would be read as `None` by itself.
    Some,
    Bool(bool),
    Unsigned(u64),
    Signed(i64),
    Unsigned128(u128),
    Signed128(i128),
    F32(f32),
    F64(f64),
    Str(&'de str),
    Bytes(&'de [u8]),
    /// This many values follow.
    Array(usize),
    /// This many pairs of key and value follow.
    Map(usize),
}

impl Item<'_> {
    /// Returns the error of a type that expects something else.
    #[cold]
    pub(super) fn mismatch(&self, expected: &dyn Expected) -> FormatError {
        let unexpected = match *self {
            Item::Nil => Unexpected::Unit,
            Item::Some => Unexpected::Option,
            Item::Bool(value) => Unexpected::Bool(value),
            Item::Unsigned(number) => Unexpected::Unsigned(number),
            Item::Signed(number) => Unexpected::Signed(number),
            Item::Unsigned128(_) => Unexpected::Other("u128"),
            Item::Signed128(_) => Unexpected::Other("i128"),
            Item::F32(number) => Unexpected::Float(number.into()),
            Item::F64(number) => Unexpected::Float(number),
            Item::Str(text) => Unexpected::Str(text),
            Item::Bytes(bytes) => Unexpected::Bytes(bytes),
            Item::Array(_) => Unexpected::Seq,
            Item::Map(_) => Unexpected::Map,
        };
        serde::de::Error::invalid_type(unexpected, expected)
    }
}
