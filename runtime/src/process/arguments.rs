//! How all arguments of a call are encoded and decoded: once for each list of types, and not in
//! the generated code of each task.

use std::any::Any;

use crate::wire::{CodecError, Decoder, Encoder, Wire};

/// The arguments of a task: a tuple, or several where one is not enough.
pub trait ArgumentList: Any + Send + Sized {
    /// How many they are.
    const LEN: usize;

    /// Encodes them; errors call them by these names.
    ///
    /// # Errors
    /// An argument cannot be encoded.
    fn encode(&self, names: &[&'static str], out: &mut Encoder) -> Result<(), CodecError>;

    /// Decodes them.
    ///
    /// # Errors
    /// An argument cannot be decoded.
    fn decode(names: &[&'static str], input: &mut Decoder<'_>) -> Result<Self, CodecError>;
}

/// More arguments than the longest of the tuples below.
#[derive(Debug)]
pub struct More<First, Rest>(pub First, pub Rest);

impl<First: ArgumentList, Rest: ArgumentList> ArgumentList for More<First, Rest> {
    const LEN: usize = First::LEN + Rest::LEN;

    fn encode(&self, names: &[&'static str], out: &mut Encoder) -> Result<(), CodecError> {
        let (first, rest) = names.split_at(First::LEN);
        self.0.encode(first, out)?;
        self.1.encode(rest, out)
    }

    fn decode(names: &[&'static str], input: &mut Decoder<'_>) -> Result<Self, CodecError> {
        let (first, rest) = names.split_at(First::LEN);
        Ok(More(
            First::decode(first, input)?,
            Rest::decode(rest, input)?,
        ))
    }
}

macro_rules! tuples {
    ($(($($argument:ident $at:tt)*))*) => {$(
        #[allow(unused_variables)]
        impl<$($argument: Wire),*> ArgumentList for ($($argument,)*) {
            const LEN: usize = <[usize]>::len(&[$($at),*]);

            fn encode(&self, names: &[&'static str], out: &mut Encoder) -> Result<(), CodecError> {
                $(out.argument(names[$at], &self.$at)?;)*
                Ok(())
            }

            fn decode(names: &[&'static str], input: &mut Decoder<'_>) -> Result<Self, CodecError> {
                Ok(($(input.argument::<$argument>(names[$at])?,)*))
            }
        }
    )*};
}

// The longest is `LONGEST` in `expand/process.rs` of the macros.
tuples! {
    ()
    (A 0)
    (A 0 B 1)
    (A 0 B 1 C 2)
    (A 0 B 1 C 2 D 3)
    (A 0 B 1 C 2 D 3 E 4)
    (A 0 B 1 C 2 D 3 E 4 F 5)
    (A 0 B 1 C 2 D 3 E 4 F 5 G 6)
    (A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7)
}
