//! [`ArgumentList`]: how the arguments of a call are encoded, decoded and lent to the function.
//! This is compiled once for each list of types, and not for each task.
//!
//! A list has two forms. In the caller's form it owns all its values, so that the call can wait for
//! a worker. In the form that the function is called with, it may refer to the message that the
//! worker has received: a `&[u8]` is then a part of the message.

use std::any::Any;
use std::borrow::Cow;
use std::fmt;

use crate::wire::{CodecError, Decoder, Encoder, Lend, Part, Wire};

/// One argument of a call, in the form that owns its value.
pub trait Argument: Send + Sized + 'static {
    /// The argument in the form that the function is called with. It may refer to a message that
    /// lives for `'de`.
    type Lent<'de>;

    /// Encodes the argument. Errors contain `name`.
    ///
    /// # Errors
    /// The argument cannot be encoded.
    fn encode(&self, name: &'static str, out: &mut Encoder) -> Result<(), CodecError>;

    /// Decodes the argument. Errors contain `name`.
    ///
    /// # Errors
    /// The bytes are not an argument of this type.
    fn decode<'de>(
        name: &'static str,
        input: &mut Decoder<'de>,
    ) -> Result<Self::Lent<'de>, CodecError>;

    /// Returns the argument in the form that the function is called with, without encoding it.
    fn lend(self) -> Self::Lent<'static>;
}

/// An argument that the function takes as an owned value.
#[diagnostic::do_not_recommend]
impl<T: Wire> Argument for T {
    type Lent<'de> = T;

    // It does not call `argument`, which would be one more function to compile for each type.
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

/// An argument that the function takes as `&T` or `Cow<'_, T>`, where `T` is text or a slice of
/// numbers.
pub struct Borrowed<T: ?Sized + Lend>(pub T::Owned);

/// An argument that the function takes as an `Option` of `&T` or `Cow<'_, T>`.
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

    // It is encoded as two values, because the second one can then be lent.
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

/// It does not show the value, because arguments may be large or secret.
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

/// The arguments of a call: a tuple, or several tuples in [`More`] where one is not enough.
pub trait ArgumentList: Any + Send + Sized {
    /// The arguments in the form that the function is called with. They may refer to a message that
    /// lives for `'de`.
    type Lent<'de>;

    /// The number of arguments.
    const LEN: usize;

    /// Encodes the arguments. Errors contain the name of the argument, from `names`.
    ///
    /// # Errors
    /// An argument cannot be encoded.
    fn encode(&self, names: &[&'static str], out: &mut Encoder) -> Result<(), CodecError>;

    /// Decodes the arguments. Errors contain the name of the argument, from `names`.
    ///
    /// # Errors
    /// An argument cannot be decoded.
    fn decode<'de>(
        names: &[&'static str],
        input: &mut Decoder<'de>,
    ) -> Result<Self::Lent<'de>, CodecError>;

    /// Returns the arguments in the form that the function is called with, without encoding them.
    fn lend(self) -> Self::Lent<'static>;
}

/// A list of more arguments than the longest tuple below has.
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

// The longest has as many as `LONGEST` in `expand/process.rs` of the macros says.
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
