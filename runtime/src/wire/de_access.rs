//! Reads values that have parts: sequences, maps and the content of an enum's variant.

use serde::de::{
    Deserialize, DeserializeSeed, EnumAccess, MapAccess, SeqAccess, VariantAccess, Visitor,
};

use super::errors::{FormatError, Reason, Step};
use super::read::{Reader, key_text};

/// The elements of a sequence or tuple, or the fields of a struct without their names.
pub(super) struct Elements<'a, 'de> {
    reader: &'a mut Reader<'de>,
    length: usize,
    left: usize,
}

impl<'a, 'de> Elements<'a, 'de> {
    pub(super) fn new(reader: &'a mut Reader<'de>, length: usize) -> Self {
        Elements {
            reader,
            length,
            left: length,
        }
    }

    /// Ends the sequence. The type must have taken every element.
    pub(super) fn close<T>(self, value: Result<T, FormatError>) -> Result<T, FormatError> {
        close(self.reader, self.left, value)
    }
}

impl<'de> SeqAccess<'de> for Elements<'_, 'de> {
    type Error = FormatError;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, FormatError> {
        if self.left == 0 {
            return Ok(None);
        }
        self.left -= 1;
        match seed.deserialize(&mut *self.reader) {
            Ok(value) => Ok(Some(value)),
            Err(error) => Err(self
                .reader
                .broke_at(error, Step::Index(self.length - self.left - 1))),
        }
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.left)
    }
}

/// The entries of a map, or the fields of a struct.
pub(super) struct Entries<'a, 'de> {
    reader: &'a mut Reader<'de>,
    left: usize,
    /// The input from the latest key on, to name the key in an error.
    key: &'de [u8],
}

impl<'a, 'de> Entries<'a, 'de> {
    pub(super) fn new(reader: &'a mut Reader<'de>, length: usize) -> Self {
        Entries {
            reader,
            left: length,
            key: &[],
        }
    }

    /// Ends the map. The type must have taken every entry.
    pub(super) fn close<T>(self, value: Result<T, FormatError>) -> Result<T, FormatError> {
        close(self.reader, self.left, value)
    }
}

impl<'de> MapAccess<'de> for Entries<'_, 'de> {
    type Error = FormatError;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, FormatError> {
        if self.left == 0 {
            return Ok(None);
        }
        self.left -= 1;
        self.key = self.reader.rest();
        match seed.deserialize(&mut *self.reader) {
            Ok(key) => Ok(Some(key)),
            Err(error) => Err(self.reader.broke_at(error, Step::Key)),
        }
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(
        &mut self,
        seed: V,
    ) -> Result<V::Value, FormatError> {
        match seed.deserialize(&mut *self.reader) {
            Ok(value) => Ok(value),
            Err(error) => Err(self.reader.broke_at(error, Step::Entry(key_text(self.key)))),
        }
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.left)
    }
}

fn close<T>(
    reader: &mut Reader<'_>,
    left: usize,
    value: Result<T, FormatError>,
) -> Result<T, FormatError> {
    if value.is_ok() && left > 0 {
        return Err(reader.broke(Reason::ExtraElements(left).into()));
    }
    reader.close(value)
}

/// A variant of an enum that has content.
pub(super) struct Variant<'a, 'de> {
    reader: &'a mut Reader<'de>,
    /// The input from the variant's name on, to name the variant in an error.
    name: &'de [u8],
}

impl<'a, 'de> Variant<'a, 'de> {
    pub(super) fn new(reader: &'a mut Reader<'de>) -> Self {
        let name = reader.rest();
        Variant { reader, name }
    }

    fn content<T>(
        self,
        read: impl FnOnce(&mut Reader<'de>) -> Result<T, FormatError>,
    ) -> Result<T, FormatError> {
        match read(&mut *self.reader) {
            Ok(value) => Ok(value),
            Err(error) => Err(self
                .reader
                .broke_at(error, Step::Entry(key_text(self.name)))),
        }
    }
}

impl<'de> EnumAccess<'de> for Variant<'_, 'de> {
    type Error = FormatError;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(
        self,
        seed: V,
    ) -> Result<(V::Value, Self), FormatError> {
        match seed.deserialize(&mut *self.reader) {
            Ok(variant) => Ok((variant, self)),
            Err(error) => Err(self.reader.broke(error)),
        }
    }
}

impl<'de> VariantAccess<'de> for Variant<'_, 'de> {
    type Error = FormatError;

    fn unit_variant(self) -> Result<(), FormatError> {
        self.content(|reader| <()>::deserialize(reader))
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(
        self,
        seed: T,
    ) -> Result<T::Value, FormatError> {
        self.content(|reader| seed.deserialize(reader))
    }

    fn tuple_variant<V: Visitor<'de>>(
        self,
        _length: usize,
        visitor: V,
    ) -> Result<V::Value, FormatError> {
        self.content(|reader| reader.list(visitor))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, FormatError> {
        self.content(|reader| reader.fields(visitor))
    }
}
