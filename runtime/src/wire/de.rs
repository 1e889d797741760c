//! Reads one value from `MessagePack`: the `Deserializer` that serde calls.
//!
//! A type says what it wants (a number, a map). If something else comes, the error names both.
//! Types that take what comes (`serde_json::Value`, and serde's own buffer for `flatten`,
//! `untagged` and tagged enums) use `deserialize_any`.

use serde::de::{Deserializer, Visitor};

use super::de_access::{Elements, Entries, Variant};
use super::errors::FormatError;
use super::format::{FIX_ARRAY, FIX_MAP, NIL, SOME};
use super::item::Item;
use super::read::Reader;

impl<'de> Reader<'de> {
    fn integer<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, FormatError> {
        match self.unsigned() {
            Some(number) => visitor.visit_u64(number),
            None => self.number(visitor),
        }
    }

    fn number<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, FormatError> {
        match self.item()? {
            Item::Unsigned(number) => visitor.visit_u64(number),
            Item::Signed(number) => visitor.visit_i64(number),
            Item::F32(number) => visitor.visit_f32(number),
            Item::F64(number) => visitor.visit_f64(number),
            Item::Unsigned128(number) => visitor.visit_u128(number),
            Item::Signed128(number) => visitor.visit_i128(number),
            item => Err(self.mismatch(item, &visitor)),
        }
    }

    fn text<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, FormatError> {
        if let Some(text) = self.short_text() {
            return visitor.visit_borrowed_str(text);
        }
        match self.item()? {
            Item::Str(text) => visitor.visit_borrowed_str(text),
            Item::Bytes(bytes) => visitor.visit_borrowed_bytes(bytes),
            item => Err(self.mismatch(item, &visitor)),
        }
    }

    fn nil<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, FormatError> {
        match self.item()? {
            Item::Nil => visitor.visit_unit(),
            item => Err(self.mismatch(item, &visitor)),
        }
    }

    pub(super) fn list<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, FormatError> {
        if let Some(length) = self.short_length(FIX_ARRAY) {
            return self.elements(length, visitor);
        }
        match self.item()? {
            Item::Array(length) => self.elements(length, visitor),
            item => Err(self.mismatch(item, &visitor)),
        }
    }

    fn map<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, FormatError> {
        if let Some(length) = self.short_length(FIX_MAP) {
            return self.entries(length, visitor);
        }
        match self.item()? {
            Item::Map(length) => self.entries(length, visitor),
            item => Err(self.mismatch(item, &visitor)),
        }
    }

    pub(super) fn fields<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, FormatError> {
        if let Some(length) = self.short_length(FIX_MAP) {
            return self.entries(length, visitor);
        }
        match self.item()? {
            Item::Map(length) => self.entries(length, visitor),
            Item::Array(length) => self.elements(length, visitor),
            item => Err(self.mismatch(item, &visitor)),
        }
    }

    fn elements<V: Visitor<'de>>(
        &mut self,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, FormatError> {
        self.enter()?;
        let mut elements = Elements::new(self, length);
        let value = visitor.visit_seq(&mut elements);
        elements.close(value)
    }

    fn entries<V: Visitor<'de>>(
        &mut self,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, FormatError> {
        self.enter()?;
        let mut entries = Entries::new(self, length);
        let value = visitor.visit_map(&mut entries);
        entries.close(value)
    }

    fn some<V: Visitor<'de>>(&mut self, visitor: V) -> Result<V::Value, FormatError> {
        self.enter()?;
        let value = visitor.visit_some(&mut *self);
        self.close(value)
    }

    /// Ends a level. After an error, it is not known how much of the value has been read.
    pub(super) fn close<T>(&mut self, value: Result<T, FormatError>) -> Result<T, FormatError> {
        match value {
            Ok(value) => {
                self.leave();
                Ok(value)
            }
            Err(error) => Err(self.broke(error)),
        }
    }

    /// Returns the error of a type that expects something else than this item.
    #[cold]
    pub(super) fn mismatch(
        &mut self,
        item: Item<'de>,
        expected: &dyn serde::de::Expected,
    ) -> FormatError {
        let error = item.mismatch(expected);
        match item {
            // What is inside has not been read.
            Item::Some | Item::Array(_) | Item::Map(_) => self.broke(error),
            _ => error,
        }
    }
}

/// Methods that do the same for every type of number or text.
macro_rules! alike {
    ($($method:ident => $with:ident)*) => {$(
        #[inline]
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, FormatError> {
            self.$with(visitor)
        }
    )*};
}

impl<'de> Deserializer<'de> for &mut Reader<'de> {
    type Error = FormatError;

    alike! {
        deserialize_i8 => integer
        deserialize_i16 => integer
        deserialize_i32 => integer
        deserialize_i64 => integer
        deserialize_i128 => number
        deserialize_u8 => integer
        deserialize_u16 => integer
        deserialize_u32 => integer
        deserialize_u64 => integer
        deserialize_u128 => number
        deserialize_f32 => number
        deserialize_char => text
        deserialize_str => text
        deserialize_string => text
        deserialize_unit => nil
        deserialize_seq => list
        deserialize_map => map
    }

    /// As in `ser.rs`: text forms, because serde's own buffer takes no others.
    fn is_human_readable(&self) -> bool {
        true
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, FormatError> {
        match self.item()? {
            Item::Nil => visitor.visit_unit(),
            Item::Some => self.some(visitor),
            Item::Bool(value) => visitor.visit_bool(value),
            Item::Unsigned(number) => visitor.visit_u64(number),
            Item::Signed(number) => visitor.visit_i64(number),
            Item::Unsigned128(number) => visitor.visit_u128(number),
            Item::Signed128(number) => visitor.visit_i128(number),
            Item::F32(number) => visitor.visit_f32(number),
            Item::F64(number) => visitor.visit_f64(number),
            Item::Str(text) => visitor.visit_borrowed_str(text),
            Item::Bytes(bytes) => visitor.visit_borrowed_bytes(bytes),
            Item::Array(length) => self.elements(length, visitor),
            Item::Map(length) => self.entries(length, visitor),
        }
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, FormatError> {
        match self.double() {
            Some(number) => visitor.visit_f64(number),
            None => self.number(visitor),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, FormatError> {
        match self.item()? {
            Item::Bool(value) => visitor.visit_bool(value),
            item => Err(self.mismatch(item, &visitor)),
        }
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, FormatError> {
        match self.item()? {
            Item::Bytes(bytes) => visitor.visit_borrowed_bytes(bytes),
            Item::Str(text) => visitor.visit_borrowed_str(text),
            Item::Array(length) => self.elements(length, visitor),
            item => Err(self.mismatch(item, &visitor)),
        }
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, FormatError> {
        self.deserialize_bytes(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, FormatError> {
        let first = self.peek()?;
        if matches!(first, NIL | SOME) {
            self.take(1)?;
        }
        if first == NIL {
            visitor.visit_none()
        } else {
            self.some(visitor)
        }
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, FormatError> {
        self.nil(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, FormatError> {
        self.enter()?;
        let value = visitor.visit_newtype_struct(&mut *self);
        self.close(value)
    }

    fn deserialize_tuple<V: Visitor<'de>>(
        self,
        _length: usize,
        visitor: V,
    ) -> Result<V::Value, FormatError> {
        self.list(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _length: usize,
        visitor: V,
    ) -> Result<V::Value, FormatError> {
        self.list(visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, FormatError> {
        self.fields(visitor)
    }

    /// A variant with content is a map of one entry, one without is its name.
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, FormatError> {
        match self.item()? {
            Item::Str(name) => {
                visitor.visit_enum(serde::de::value::BorrowedStrDeserializer::new(name))
            }
            Item::Map(1) => {
                self.enter()?;
                let value = visitor.visit_enum(Variant::new(self));
                self.close(value)
            }
            item => Err(self.mismatch(item, &visitor)),
        }
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, FormatError> {
        if let Some(text) = self.short_text() {
            return visitor.visit_borrowed_str(text);
        }
        match self.item()? {
            Item::Str(text) => visitor.visit_borrowed_str(text),
            Item::Bytes(bytes) => visitor.visit_borrowed_bytes(bytes),
            Item::Unsigned(number) => visitor.visit_u64(number),
            item => Err(self.mismatch(item, &visitor)),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, FormatError> {
        self.skip()?;
        visitor.visit_unit()
    }
}
