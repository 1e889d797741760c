//! How all arguments of a call are encoded, decoded and given to the function: once for each list
//! of types, and not in the generated code of each task.
//!
//! A list has two forms. The caller owns what is in it, so that it can wait for a worker. What a
//! function is called with may refer to the message that the worker has received: there, `&[u8]` is
//! nothing but a place in it.

use std::any::Any;
use std::borrow::Cow;
use std::fmt;

use crate::wire::{CodecError, Decoder, Encoder, Lend, Part, Wire};

/// One argument, as a list holds it.
pub trait Argument: Send + Sized + 'static {
    /// The same, as the function's call takes it; it may refer to a message that lives for `'de`.
    type Lent<'de>;

    /// Encodes it; errors call it by this name.
    ///
    /// # Errors
    /// It cannot be encoded.
    fn encode(&self, name: &'static str, out: &mut Encoder) -> Result<(), CodecError>;

    /// Decodes it.
    ///
    /// # Errors
    /// The bytes do not hold such an argument.
    fn decode<'de>(
        name: &'static str,
        input: &mut Decoder<'de>,
    ) -> Result<Self::Lent<'de>, CodecError>;

    /// What decoding what was encoded would give.
    fn lend(self) -> Self::Lent<'static>;
}

/// An argument that the function owns, or whose type does not tell how to lend it.
#[diagnostic::do_not_recommend]
impl<T: Wire> Argument for T {
    type Lent<'de> = T;

    // Not by way of `argument`, which would be one more function to compile for each type.
    fn encode(&self, name: &'static str, out: &mut Encoder) -> Result<(), CodecError> {
        out.value(Part::Argument(name), self)
    }

    fn decode(name: &'static str, input: &mut Decoder<'_>) -> Result<T, CodecError> {
        input.value(Part::Argument(name))
    }

    fn lend(self) -> T {
        self
    }
}

/// Of a function that takes a `&T` or a `Cow<'_, T>`, where `T` is text or numbers.
pub struct Borrowed<T: ?Sized + Lend>(pub T::Owned);

/// Of a function that takes an `Option` of those.
pub struct BorrowedOption<T: ?Sized + Lend>(pub Option<T::Owned>);

impl<T: ?Sized + Lend> Argument for Borrowed<T> {
    type Lent<'de> = Cow<'de, T>;

    fn encode(&self, name: &'static str, out: &mut Encoder) -> Result<(), CodecError> {
        out.argument(name, &self.0)
    }

    fn decode<'de>(
        name: &'static str,
        input: &mut Decoder<'de>,
    ) -> Result<Cow<'de, T>, CodecError> {
        T::decode(name, input)
    }

    fn lend(self) -> Cow<'static, T> {
        Cow::Owned(self.0)
    }
}

impl<T: ?Sized + Lend> Argument for BorrowedOption<T> {
    type Lent<'de> = Option<Cow<'de, T>>;

    // As two values, because the second then is one that can be lent.
    fn encode(&self, name: &'static str, out: &mut Encoder) -> Result<(), CodecError> {
        out.argument(name, &self.0.is_some())?;
        match &self.0 {
            Some(value) => out.argument(name, value),
            None => Ok(()),
        }
    }

    fn decode<'de>(
        name: &'static str,
        input: &mut Decoder<'de>,
    ) -> Result<Option<Cow<'de, T>>, CodecError> {
        if input.argument(name)? {
            T::decode(name, input).map(Some)
        } else {
            Ok(None)
        }
    }

    fn lend(self) -> Option<Cow<'static, T>> {
        self.0.map(Cow::Owned)
    }
}

/// Says nothing of the value: arguments may be large, or secret.
impl<T: ?Sized + Lend> fmt::Debug for Borrowed<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Borrowed").finish_non_exhaustive()
    }
}

impl<T: ?Sized + Lend> fmt::Debug for BorrowedOption<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BorrowedOption").finish_non_exhaustive()
    }
}

/// The arguments of a task: a tuple, or several where one is not enough.
pub trait ArgumentList: Any + Send + Sized {
    /// The same list, as the function's call takes it.
    type Lent<'de>;

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
    fn decode<'de>(
        names: &[&'static str],
        input: &mut Decoder<'de>,
    ) -> Result<Self::Lent<'de>, CodecError>;

    /// What decoding what was encoded would give.
    fn lend(self) -> Self::Lent<'static>;
}

/// More arguments than the longest of the tuples below.
#[derive(Debug)]
pub struct More<First, Rest>(pub First, pub Rest);

impl<First: ArgumentList, Rest: ArgumentList> ArgumentList for More<First, Rest> {
    type Lent<'de> = More<First::Lent<'de>, Rest::Lent<'de>>;

    const LEN: usize = First::LEN + Rest::LEN;

    fn encode(&self, names: &[&'static str], out: &mut Encoder) -> Result<(), CodecError> {
        let (first, rest) = names.split_at(First::LEN);
        self.0.encode(first, out)?;
        self.1.encode(rest, out)
    }

    fn decode<'de>(
        names: &[&'static str],
        input: &mut Decoder<'de>,
    ) -> Result<Self::Lent<'de>, CodecError> {
        let (first, rest) = names.split_at(First::LEN);
        Ok(More(
            First::decode(first, input)?,
            Rest::decode(rest, input)?,
        ))
    }

    fn lend(self) -> Self::Lent<'static> {
        More(self.0.lend(), self.1.lend())
    }
}

macro_rules! tuples {
    ($(($($argument:ident $at:tt)*))*) => {$(
        #[allow(unused_variables, clippy::unused_unit)]
        impl<$($argument: Argument),*> ArgumentList for ($($argument,)*) {
            type Lent<'de> = ($($argument::Lent<'de>,)*);

            const LEN: usize = <[usize]>::len(&[$($at),*]);

            fn encode(&self, names: &[&'static str], out: &mut Encoder) -> Result<(), CodecError> {
                $(self.$at.encode(names[$at], out)?;)*
                Ok(())
            }

            fn decode<'de>(
                names: &[&'static str],
                input: &mut Decoder<'de>,
            ) -> Result<Self::Lent<'de>, CodecError> {
                Ok(($($argument::decode(names[$at], input)?,)*))
            }

            fn lend(self) -> Self::Lent<'static> {
                ($(self.$at.lend(),)*)
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
