//! Writes values that have parts: sequences, tuples, maps and structs.
//!
//! `MessagePack` wants the number of parts first. serde usually knows it. Where serde does not (an
//! iterator, a struct with `flatten`), or where a type's own `Serialize` was wrong, the number is
//! corrected at the end.

use serde::ser::{
    Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
    SerializeTupleStruct, SerializeTupleVariant,
};

use super::errors::{FormatError, Step};
use super::write::{Head, Kind, Writer};

/// A value whose parts are being written.
pub(super) struct Compound<'a> {
    writer: &'a mut Writer,
    kind: Kind,
    /// Where the value begins.
    start: usize,
    /// The length in its head.
    announced: Option<usize>,
    /// How many parts there have been.
    count: usize,
    /// Where the latest key of a map begins.
    key: usize,
    /// The variant of an enum whose content this is.
    variant: Option<&'static str>,
}

impl<'a> Compound<'a> {
    #[inline]
    pub(super) fn open(
        writer: &'a mut Writer,
        kind: Kind,
        announced: Option<usize>,
    ) -> Result<Self, FormatError> {
        writer.enter()?;
        let start = writer.position();
        match announced {
            Some(length) => writer.head(kind, length)?,
            None => writer.put(Head::longest(kind, 0)?.bytes())?,
        }
        Ok(Compound {
            writer,
            kind,
            start,
            announced,
            count: 0,
            key: start,
            variant: None,
        })
    }

    #[inline]
    pub(super) fn open_variant(
        writer: &'a mut Writer,
        kind: Kind,
        variant: &'static str,
        length: usize,
    ) -> Result<Self, FormatError> {
        Ok(Compound {
            variant: Some(variant),
            ..Self::open(writer, kind, Some(length))?
        })
    }

    #[inline]
    fn element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), FormatError> {
        let index = self.count;
        self.count += 1;
        value
            .serialize(&mut *self.writer)
            .map_err(|error| self.broke(error, Step::Index(index)))
    }

    #[inline]
    fn field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), FormatError> {
        self.count += 1;
        self.writer
            .text(name)
            .map_err(|error| self.broke(error, Step::Name(name)))?;
        value
            .serialize(&mut *self.writer)
            .map_err(|error| self.broke(error, Step::Name(name)))
    }

    #[cold]
    fn broke(&mut self, error: FormatError, step: Step) -> FormatError {
        let error = self.writer.broke(error, step);
        match self.variant {
            Some(variant) => error.at(Step::Name(variant)),
            None => error,
        }
    }

    #[inline]
    fn close(self) -> Result<(), FormatError> {
        self.writer.leave();
        if self.variant.is_some() {
            self.writer.leave();
        }
        if self.announced == Some(self.count) {
            Ok(())
        } else {
            self.set_length()
        }
    }

    #[cold]
    fn set_length(self) -> Result<(), FormatError> {
        let (old, new) = match self.announced {
            Some(length) => (
                Head::new(self.kind, length)?,
                Head::new(self.kind, self.count)?,
            ),
            // The long head stays, even for a small number: a shorter one would move all that
            // follows.
            None => (
                Head::longest(self.kind, 0)?,
                Head::longest(self.kind, self.count)?,
            ),
        };
        self.writer
            .replace(self.start, old.bytes().len(), new.bytes())
    }
}

macro_rules! impl_elements {
    ($($of:ident $part:ident)*) => {$(
        impl $of for Compound<'_> {
            type Ok = ();
            type Error = FormatError;

            #[inline]
            fn $part<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), FormatError> {
                self.element(value)
            }

            #[inline]
            fn end(self) -> Result<(), FormatError> {
                self.close()
            }
        }
    )*};
}

impl_elements! {
    SerializeSeq serialize_element
    SerializeTuple serialize_element
    SerializeTupleStruct serialize_field
    SerializeTupleVariant serialize_field
}

macro_rules! impl_fields {
    ($($of:ident)*) => {$(
        impl $of for Compound<'_> {
            type Ok = ();
            type Error = FormatError;

            #[inline]
            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                name: &'static str,
                value: &T,
            ) -> Result<(), FormatError> {
                self.field(name, value)
            }

            #[inline]
            fn end(self) -> Result<(), FormatError> {
                self.close()
            }
        }
    )*};
}

impl_fields! { SerializeStruct SerializeStructVariant }

impl SerializeMap for Compound<'_> {
    type Ok = ();
    type Error = FormatError;

    #[inline]
    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), FormatError> {
        self.count += 1;
        self.key = self.writer.position();
        key.serialize(&mut *self.writer)
            .map_err(|error| self.broke(error, Step::Key))
    }

    #[inline]
    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), FormatError> {
        value.serialize(&mut *self.writer).map_err(|error| {
            let key = self.writer.key_at(self.key);
            self.broke(error, Step::Entry(key))
        })
    }

    #[inline]
    fn end(self) -> Result<(), FormatError> {
        self.close()
    }
}
