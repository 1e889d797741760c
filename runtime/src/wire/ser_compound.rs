//! Writes what consists of parts: sequences, tuples, maps and structs.
//!
//! `MessagePack` wants the number of parts first. serde usually knows it; where it does not (an iterator, a struct
//! with `flatten`), and where a type's own `Serialize` was wrong about it, the number is set right at the end.

use serde::ser::{
    Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple,
    SerializeTupleStruct, SerializeTupleVariant,
};

use super::errors::{Fault, Step};
use super::write::{Head, Kind, Writer};

/// A value whose parts are being written.
pub(super) struct Compound<'a> {
    writer: &'a mut Writer,
    kind: Kind,
    /// Where the value begins, and the length its head says.
    start: usize,
    announced: Option<usize>,
    /// How many parts there have been.
    count: usize,
    /// Where the latest key of a map begins.
    key: usize,
    /// The variant of an enum that this is the content of.
    variant: Option<&'static str>,
}

impl<'a> Compound<'a> {
    #[inline]
    pub(super) fn open(
        writer: &'a mut Writer,
        kind: Kind,
        announced: Option<usize>,
    ) -> Result<Self, Fault> {
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
    ) -> Result<Self, Fault> {
        Ok(Compound {
            variant: Some(variant),
            ..Self::open(writer, kind, Some(length))?
        })
    }

    #[inline]
    fn element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Fault> {
        let index = self.count;
        self.count += 1;
        value
            .serialize(&mut *self.writer)
            .map_err(|fault| self.broke(fault, Step::Index(index)))
    }

    #[inline]
    fn field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), Fault> {
        self.count += 1;
        self.writer
            .text(name)
            .map_err(|fault| self.broke(fault, Step::Name(name)))?;
        value
            .serialize(&mut *self.writer)
            .map_err(|fault| self.broke(fault, Step::Name(name)))
    }

    #[cold]
    fn broke(&mut self, fault: Fault, step: Step) -> Fault {
        let fault = self.writer.broke(fault, step);
        match self.variant {
            Some(variant) => fault.at(Step::Name(variant)),
            None => fault,
        }
    }

    #[inline]
    fn close(self) -> Result<(), Fault> {
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
    fn set_length(self) -> Result<(), Fault> {
        let (old, new) = match self.announced {
            Some(length) => (
                Head::new(self.kind, length)?,
                Head::new(self.kind, self.count)?,
            ),
            // The long head stays, even for a small number: to shorten it would move all that follows.
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
            type Error = Fault;

            #[inline]
            fn $part<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Fault> {
                self.element(value)
            }

            #[inline]
            fn end(self) -> Result<(), Fault> {
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
            type Error = Fault;

            #[inline]
            fn serialize_field<T: Serialize + ?Sized>(&mut self, name: &'static str, value: &T) -> Result<(), Fault> {
                self.field(name, value)
            }

            #[inline]
            fn end(self) -> Result<(), Fault> {
                self.close()
            }
        }
    )*};
}

impl_fields! { SerializeStruct SerializeStructVariant }

impl SerializeMap for Compound<'_> {
    type Ok = ();
    type Error = Fault;

    #[inline]
    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Fault> {
        self.count += 1;
        self.key = self.writer.position();
        key.serialize(&mut *self.writer)
            .map_err(|fault| self.broke(fault, Step::TheKey))
    }

    #[inline]
    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Fault> {
        value.serialize(&mut *self.writer).map_err(|fault| {
            let key = self.writer.key_at(self.key);
            self.broke(fault, Step::Key(key))
        })
    }

    #[inline]
    fn end(self) -> Result<(), Fault> {
        self.close()
    }
}
