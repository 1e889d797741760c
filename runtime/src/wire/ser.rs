//! Writes one value as `MessagePack`: the `Serializer` that serde calls.
//!
//! The library `rmp-serde` does the same, with a limit of depth too, and the tests compare with it.
//! It is not used here, for four reasons:
//!
//! - it loses `Some(None)` and `Some(())`, which it reads as `None`;
//! - its errors do not tell where in the value they are, such as `.layers[3].name`;
//! - descriptors cannot go beside the bytes (see `handles.rs`);
//! - it writes to a stream, which cannot go back to mark a `Some`, or to correct a length that a
//!   type was wrong about. The output here (`output.rs`) can, also while a long message goes in
//!   pieces to memory that another process reads.
//!
//! None of these can be added from outside without one more implementation of every trait of serde.

use std::fmt::{self, Write as _};

use serde::ser::{Serialize, Serializer};

use super::errors::{FormatError, Reason, Step};
use super::format::{EXT_16_BYTES, EXT_I128, EXT_U128, F32, F64, FALSE, FIX_MAP, NIL, SOME, TRUE};
use super::handles;
use super::ser_compound::Compound;
use super::write::{Head, Kind, Writer};

impl<'a> Serializer for &'a mut Writer {
    type Ok = ();
    type Error = FormatError;
    type SerializeSeq = Compound<'a>;
    type SerializeTuple = Compound<'a>;
    type SerializeTupleStruct = Compound<'a>;
    type SerializeTupleVariant = Compound<'a>;
    type SerializeMap = Compound<'a>;
    type SerializeStruct = Compound<'a>;
    type SerializeStructVariant = Compound<'a>;

    /// Types such as `IpAddr` and `Uuid` have a text form and a compact form, and ask here which
    /// one to use. For `flatten`, `untagged` and internally tagged enums, serde reads through its
    /// own buffer, which always asks for the text form. An `IpAddr` inside of those could be
    /// written in the compact form but not read.
    fn is_human_readable(&self) -> bool {
        true
    }

    #[inline]
    fn serialize_bool(self, value: bool) -> Result<(), FormatError> {
        self.put(&[if value { TRUE } else { FALSE }])
    }

    #[inline]
    fn serialize_i8(self, value: i8) -> Result<(), FormatError> {
        self.signed(value.into())
    }

    #[inline]
    fn serialize_i16(self, value: i16) -> Result<(), FormatError> {
        self.signed(value.into())
    }

    #[inline]
    fn serialize_i32(self, value: i32) -> Result<(), FormatError> {
        self.signed(value.into())
    }

    #[inline]
    fn serialize_i64(self, value: i64) -> Result<(), FormatError> {
        self.signed(value)
    }

    fn serialize_i128(self, value: i128) -> Result<(), FormatError> {
        self.put(&[EXT_16_BYTES, EXT_I128])?;
        self.put(&value.to_be_bytes())
    }

    #[inline]
    fn serialize_u8(self, value: u8) -> Result<(), FormatError> {
        self.unsigned(value.into())
    }

    #[inline]
    fn serialize_u16(self, value: u16) -> Result<(), FormatError> {
        self.unsigned(value.into())
    }

    #[inline]
    fn serialize_u32(self, value: u32) -> Result<(), FormatError> {
        self.unsigned(value.into())
    }

    #[inline]
    fn serialize_u64(self, value: u64) -> Result<(), FormatError> {
        self.unsigned(value)
    }

    fn serialize_u128(self, value: u128) -> Result<(), FormatError> {
        self.put(&[EXT_16_BYTES, EXT_U128])?;
        self.put(&value.to_be_bytes())
    }

    #[inline]
    fn serialize_f32(self, value: f32) -> Result<(), FormatError> {
        self.tagged(F32, value.to_be_bytes())
    }

    #[inline]
    fn serialize_f64(self, value: f64) -> Result<(), FormatError> {
        self.tagged(F64, value.to_be_bytes())
    }

    fn serialize_char(self, value: char) -> Result<(), FormatError> {
        self.text(value.encode_utf8(&mut [0; 4]))
    }

    fn serialize_str(self, value: &str) -> Result<(), FormatError> {
        self.text(value)
    }

    fn serialize_bytes(self, value: &[u8]) -> Result<(), FormatError> {
        self.head(Kind::Bin, value.len())?;
        self.put(value)
    }

    #[inline]
    fn serialize_none(self) -> Result<(), FormatError> {
        self.put(&[NIL])
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), FormatError> {
        let start = self.position();
        self.enter()?;
        value.serialize(&mut *self)?;
        self.leave();
        self.mark_some(start)
    }

    #[inline]
    fn serialize_unit(self) -> Result<(), FormatError> {
        self.put(&[NIL])
    }

    #[inline]
    fn serialize_unit_struct(self, _name: &'static str) -> Result<(), FormatError> {
        self.put(&[NIL])
    }

    fn serialize_unit_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
    ) -> Result<(), FormatError> {
        self.text(variant)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        value: &T,
    ) -> Result<(), FormatError> {
        if name == handles::NEWTYPE_NAME {
            return self.shared();
        }
        self.enter()?;
        value.serialize(&mut *self)?;
        self.leave();
        Ok(())
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), FormatError> {
        self.variant(variant)?;
        value
            .serialize(&mut *self)
            .map_err(|error| self.broke(error, Step::Name(variant)))?;
        self.leave();
        Ok(())
    }

    #[inline]
    fn serialize_seq(self, length: Option<usize>) -> Result<Compound<'a>, FormatError> {
        Compound::open(self, Kind::Array, length)
    }

    #[inline]
    fn serialize_tuple(self, length: usize) -> Result<Compound<'a>, FormatError> {
        Compound::open(self, Kind::Array, Some(length))
    }

    #[inline]
    fn serialize_tuple_struct(
        self,
        _name: &'static str,
        length: usize,
    ) -> Result<Compound<'a>, FormatError> {
        Compound::open(self, Kind::Array, Some(length))
    }

    fn serialize_tuple_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        length: usize,
    ) -> Result<Compound<'a>, FormatError> {
        self.variant(variant)?;
        Compound::open_variant(self, Kind::Array, variant, length)
    }

    #[inline]
    fn serialize_map(self, length: Option<usize>) -> Result<Compound<'a>, FormatError> {
        Compound::open(self, Kind::Map, length)
    }

    #[inline]
    fn serialize_struct(
        self,
        _name: &'static str,
        length: usize,
    ) -> Result<Compound<'a>, FormatError> {
        Compound::open(self, Kind::Map, Some(length))
    }

    fn serialize_struct_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
        length: usize,
    ) -> Result<Compound<'a>, FormatError> {
        self.variant(variant)?;
        Compound::open_variant(self, Kind::Map, variant, length)
    }

    /// Formats straight into the output. serde's default would build a `String` first.
    fn collect_str<T: fmt::Display + ?Sized>(self, value: &T) -> Result<(), FormatError> {
        let start = self.position();
        let longest = Head::longest(Kind::Str, 0)?;
        self.put(longest.bytes())?;
        let mut text = Text {
            writer: self,
            error: None,
        };
        let written = write!(text, "{value}");
        if let Some(error) = text.error {
            return Err(error);
        }
        if written.is_err() {
            return Err(Reason::Display.into());
        }
        let length = self.position() - start - longest.bytes().len();
        let head = Head::new(Kind::Str, length)?;
        self.replace(start, longest.bytes().len(), head.bytes())
    }
}

impl Writer {
    /// Marks a `Some` whose content, just written from `start` on, would be read as `None`.
    ///
    /// Such content is `nil`, or a marked `Some` around it, so only a few bytes move.
    #[inline]
    fn mark_some(&mut self, start: usize) -> Result<(), FormatError> {
        match self.written(start).first() {
            Some(&(NIL | SOME)) => self.replace(start, 0, &[SOME]),
            _ => Ok(()),
        }
    }

    /// Begins an enum with content: a map of one entry, under the name of the variant.
    fn variant(&mut self, name: &'static str) -> Result<(), FormatError> {
        self.enter()?;
        self.put(&[FIX_MAP | 1])?;
        self.text(name)
    }
}

/// The output of `collect_str`. A `fmt::Error` has no reason, so the reason is kept beside it.
struct Text<'a> {
    writer: &'a mut Writer,
    error: Option<FormatError>,
}

impl fmt::Write for Text<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.writer.put(text.as_bytes()).map_err(|error| {
            self.error = Some(error);
            fmt::Error
        })
    }
}
