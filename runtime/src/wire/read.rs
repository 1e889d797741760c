//! Reads the bytes of values: what kind of value comes next, and never more than is there.
//!
//! This file knows bytes only. What serde asks for is in `de.rs`.

use serde::de::Deserialize;

use super::errors::{FormatError, Reason, Step};
use super::format::{
    ARRAY_16, ARRAY_32, BIN_8, BIN_16, BIN_32, DEPTH_LIMIT, EXT_16_BYTES, EXT_I128, EXT_U128, F32,
    F64, FALSE, FIX_ARRAY, FIX_MAP, FIX_NEGATIVE, FIX_POSITIVE_MAX, FIX_STR, I8, I16, I32, I64,
    MAP_16, MAP_32, NIL, SOME, STR_8, STR_16, STR_32, TRUE, U8, U16, U32, U64,
};
use super::item::Item;

/// The bytes that have not been read yet. serde's `Deserializer` is implemented for `&mut Reader`.
pub(super) struct Reader<'de> {
    input: &'de [u8],
    /// Where in the message the input ends.
    end: usize,
    /// How many more values sequences and maps may announce.
    ///
    /// Each value begins with a byte of its own, so all sequences and maps together announce no
    /// more values than there are bytes. Without this, each of them could announce all the bytes
    /// that are left, and types would reserve memory for them each time.
    budget: usize,
    depth: usize,
    /// Reading stopped in the middle of a value. If the type's `Deserialize` goes on all the same,
    /// it does not read what it expects.
    broken: bool,
}

impl<'de> Reader<'de> {
    pub(super) fn new(input: &'de [u8]) -> Self {
        Reader {
            input,
            end: input.len(),
            budget: input.len(),
            depth: 0,
            broken: false,
        }
    }

    /// Reads one whole value.
    pub(super) fn read_value<T: Deserialize<'de>>(&mut self) -> Result<T, FormatError> {
        self.depth = 0;
        let value = T::deserialize(&mut *self)?;
        if self.broken {
            return Err(Reason::IgnoredError("Deserialize").into());
        }
        Ok(value)
    }

    /// Sets that the input follows the first `offset` bytes of the message.
    pub(super) fn set_offset(&mut self, offset: usize) {
        self.end = offset + self.input.len();
    }

    /// Returns where in the message the next byte is.
    pub(super) fn position(&self) -> usize {
        self.end - self.input.len()
    }

    /// Returns the bytes that have not been read yet.
    pub(super) fn rest(&self) -> &'de [u8] {
        self.input
    }

    /// Reads this many bytes.
    #[inline]
    pub(super) fn take(&mut self, count: usize) -> Result<&'de [u8], FormatError> {
        let Some((taken, rest)) = self.input.split_at_checked(count) else {
            return Err(self.cut_short());
        };
        self.input = rest;
        Ok(taken)
    }

    /// Reads `N` bytes.
    #[inline]
    pub(super) fn take_array<const N: usize>(&mut self) -> Result<[u8; N], FormatError> {
        let Some((taken, rest)) = self.input.split_first_chunk() else {
            return Err(self.cut_short());
        };
        self.input = rest;
        Ok(*taken)
    }

    /// Goes one level deeper.
    #[inline]
    pub(super) fn enter(&mut self) -> Result<(), FormatError> {
        if self.depth == DEPTH_LIMIT {
            self.broken = true;
            return Err(Reason::TooDeep.into());
        }
        self.depth += 1;
        Ok(())
    }

    /// Goes back one level.
    #[inline]
    pub(super) fn leave(&mut self) {
        self.depth -= 1;
    }

    /// Returns the error, and notes that reading stopped inside a value.
    #[cold]
    pub(super) fn broke(&mut self, error: FormatError) -> FormatError {
        self.broken = true;
        error
    }

    /// Like [`broke`](Self::broke), for an error about a value inside another one.
    #[cold]
    pub(super) fn broke_at(&mut self, error: FormatError, step: Step) -> FormatError {
        self.broke(error).at(step)
    }

    #[cold]
    fn cut_short(&mut self) -> FormatError {
        self.broke(Reason::CutShort.into())
    }

    /// Returns the first byte of the next value, without reading it.
    pub(super) fn peek(&mut self) -> Result<u8, FormatError> {
        match self.input.first() {
            Some(&byte) => Ok(byte),
            None => Err(self.cut_short()),
        }
    }

    /// Reads the next value if it is a number from 0 up, of 64 bits at most.
    ///
    /// This and the next three functions repeat a part of [`item`](Self::item), for the most common
    /// values. What they return fits into registers, so that small structs are read twice as fast.
    pub(super) fn unsigned(&mut self) -> Option<u64> {
        let (&byte, rest) = self.input.split_first()?;
        let (number, rest) = match byte {
            0..=FIX_POSITIVE_MAX => (byte.into(), rest),
            U8 => rest
                .split_first_chunk()
                .map(|(bytes, rest)| (u8::from_be_bytes(*bytes).into(), rest))?,
            U16 => rest
                .split_first_chunk()
                .map(|(bytes, rest)| (u16::from_be_bytes(*bytes).into(), rest))?,
            U32 => rest
                .split_first_chunk()
                .map(|(bytes, rest)| (u32::from_be_bytes(*bytes).into(), rest))?,
            U64 => rest
                .split_first_chunk()
                .map(|(bytes, rest)| (u64::from_be_bytes(*bytes), rest))?,
            _ => return None,
        };
        self.input = rest;
        Some(number)
    }

    /// Reads the next value if it is a text of less than 32 bytes.
    pub(super) fn short_text(&mut self) -> Option<&'de str> {
        let (&byte, rest) = self.input.split_first()?;
        if !(FIX_STR..NIL).contains(&byte) {
            return None;
        }
        let (bytes, rest) = rest.split_at_checked((byte - FIX_STR).into())?;
        let text = std::str::from_utf8(bytes).ok()?;
        self.input = rest;
        Some(text)
    }

    /// Reads the length of the next value if it is an array (or, by `fix`, a map) of less than 16
    /// elements.
    #[inline]
    pub(super) fn short_length(&mut self, fix: u8) -> Option<usize> {
        let (&byte, rest) = self.input.split_first()?;
        let length = usize::from(byte & 0x0f);
        if byte & 0xf0 != fix || 2 * length > rest.len() {
            return None;
        }
        let values = if fix == FIX_MAP { 2 * length } else { length };
        self.budget = self.budget.checked_sub(values)?;
        self.input = rest;
        Some(length)
    }

    /// Reads the next value if it is a float of 64 bits.
    #[inline]
    pub(super) fn double(&mut self) -> Option<f64> {
        let (&[F64, ref bytes @ ..], rest) = self.input.split_first_chunk::<9>()? else {
            return None;
        };
        self.input = rest;
        Some(f64::from_be_bytes(*bytes))
    }

    /// Reads the beginning of the next value.
    pub(super) fn item(&mut self) -> Result<Item<'de>, FormatError> {
        let [byte] = self.take_array()?;
        Ok(match byte {
            0..=FIX_POSITIVE_MAX => Item::Unsigned(byte.into()),
            FIX_NEGATIVE..=0xff => Item::Signed(i8::from_be_bytes([byte]).into()),
            FIX_MAP..FIX_ARRAY => self.map_item((byte - FIX_MAP).into())?,
            FIX_ARRAY..FIX_STR => self.array_item((byte - FIX_ARRAY).into())?,
            FIX_STR..NIL => self.str_item((byte - FIX_STR).into())?,
            NIL => Item::Nil,
            SOME => Item::Some,
            FALSE => Item::Bool(false),
            TRUE => Item::Bool(true),
            U8 => Item::Unsigned(u8::from_be_bytes(self.take_array()?).into()),
            U16 => Item::Unsigned(u16::from_be_bytes(self.take_array()?).into()),
            U32 => Item::Unsigned(u32::from_be_bytes(self.take_array()?).into()),
            U64 => Item::Unsigned(u64::from_be_bytes(self.take_array()?)),
            I8 => Item::Signed(i8::from_be_bytes(self.take_array()?).into()),
            I16 => Item::Signed(i16::from_be_bytes(self.take_array()?).into()),
            I32 => Item::Signed(i32::from_be_bytes(self.take_array()?).into()),
            I64 => Item::Signed(i64::from_be_bytes(self.take_array()?)),
            F32 => Item::F32(f32::from_be_bytes(self.take_array()?)),
            F64 => Item::F64(f64::from_be_bytes(self.take_array()?)),
            STR_8 | STR_16 | STR_32 => {
                let length = self.length(byte - STR_8)?;
                self.str_item(length)?
            }
            BIN_8 | BIN_16 | BIN_32 => {
                let length = self.length(byte - BIN_8)?;
                Item::Bytes(self.take(length)?)
            }
            ARRAY_16 | ARRAY_32 => {
                let length = self.length(byte - ARRAY_16 + 1)?;
                self.array_item(length)?
            }
            MAP_16 | MAP_32 => {
                let length = self.length(byte - MAP_16 + 1)?;
                self.map_item(length)?
            }
            EXT_16_BYTES => {
                let [kind] = self.take_array()?;
                let bytes = self.take_array()?;
                match kind {
                    EXT_U128 => Item::Unsigned128(u128::from_be_bytes(bytes)),
                    EXT_I128 => Item::Signed128(i128::from_be_bytes(bytes)),
                    _ => return Err(self.unknown(byte)),
                }
            }
            _ => return Err(self.unknown(byte)),
        })
    }

    /// Reads a length of 1, 2 or 4 bytes, for a `width` of 0, 1 or 2.
    fn length(&mut self, width: u8) -> Result<usize, FormatError> {
        Ok(match width {
            0 => u8::from_be_bytes(self.take_array()?).into(),
            1 => u16::from_be_bytes(self.take_array()?).into(),
            _ => u32::from_be_bytes(self.take_array()?) as usize,
        })
    }

    fn str_item(&mut self, length: usize) -> Result<Item<'de>, FormatError> {
        match std::str::from_utf8(self.take(length)?) {
            Ok(text) => Ok(Item::Str(text)),
            Err(error) => Err(self.broke(Reason::NotText(error).into())),
        }
    }

    fn array_item(&mut self, length: usize) -> Result<Item<'de>, FormatError> {
        self.announce(length)?;
        Ok(Item::Array(length))
    }

    fn map_item(&mut self, length: usize) -> Result<Item<'de>, FormatError> {
        self.announce(length.saturating_mul(2))?;
        Ok(Item::Map(length))
    }

    /// Refuses more values than there are bytes left, before any type reserves memory for them:
    /// every value takes one byte at least.
    fn announce(&mut self, values: usize) -> Result<(), FormatError> {
        match self.budget.checked_sub(values) {
            Some(budget) if values <= self.input.len() => {
                self.budget = budget;
                Ok(())
            }
            _ => Err(self.cut_short()),
        }
    }

    #[cold]
    fn unknown(&mut self, byte: u8) -> FormatError {
        self.broke(Reason::UnknownByte(byte).into())
    }

    /// Passes over one whole value, however deep, without recursion.
    pub(super) fn skip(&mut self) -> Result<(), FormatError> {
        let mut left = 1_usize;
        while left > 0 {
            left -= 1;
            left += match self.item()? {
                Item::Some => 1,
                Item::Array(length) => length,
                Item::Map(length) => 2 * length,
                _ => 0,
            };
        }
        Ok(())
    }
}

/// Returns the key that `input` begins with, as text for the path in an error.
#[cold]
pub(super) fn key_text(input: &[u8]) -> String {
    match Reader::new(input).item() {
        Ok(Item::Str(text)) => text.to_owned(),
        Ok(Item::Unsigned(number)) => number.to_string(),
        Ok(Item::Signed(number)) => number.to_string(),
        Ok(Item::Bool(value)) => value.to_string(),
        _ => "(key)".to_owned(),
    }
}
