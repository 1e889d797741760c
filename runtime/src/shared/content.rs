//! The types that a [`Shared`](super::Shared) can hold: they consist of bytes, and are valid
//! whatever these are, or can be checked.

use std::fmt;
use std::str::Utf8Error;

use bytemuck::Pod;

/// The types that a [`Shared`](super::Shared) can hold: `str` and slices of numbers. No other type
/// can implement this trait.
#[diagnostic::on_unimplemented(
    message = "`Shared<{Self}>` does not exist",
    label = "not `str`, nor a slice of numbers such as `[u8]` or `[f64]`",
    note = "for other types, share the bytes of their encoded form: `Shared<[u8]>`"
)]
pub trait Shareable: sealed::Content {}

impl<T: ?Sized + sealed::Content> Shareable for T {}

/// The numbers that slices in a [`Shared`](super::Shared) can consist of. No other type can
/// implement this trait.
#[diagnostic::on_unimplemented(
    message = "`Shared<[{Self}]>` does not exist",
    label = "not a number such as `u8` or `f64`",
    note = "for other types, share the bytes of their encoded form: `Shared<[u8]>`"
)]
pub trait ShareableNumber: Pod + sealed::Number {}

/// Why received bytes are not the content of a [`Shared`](super::Shared).
#[derive(Debug)]
pub enum ContentError {
    /// So many bytes are not a whole number of elements of this type.
    NotWhole(usize, &'static str),
    /// The bytes are not text.
    NotText(Utf8Error),
    /// The buffer has another length than its ticket says.
    WrongLength {
        /// The length in the ticket, in bytes.
        said: u64,
        /// The length of the buffer, in bytes.
        found: usize,
    },
}

impl fmt::Display for ContentError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ContentError::NotWhole(bytes, number) => write!(
                f,
                "a `Shared` of {bytes} bytes, which are no whole number of `{number}`"
            ),
            ContentError::NotText(error) => write!(f, "a `Shared` text: {error}"),
            ContentError::WrongLength { said, found } => {
                write!(f, "a `Shared` of {said} bytes that came with {found}")
            }
        }
    }
}

impl std::error::Error for ContentError {}

mod sealed {
    use super::ContentError;

    /// A number for which every pattern of bits is a value.
    pub trait Number: bytemuck::Pod + Send + Sync {}

    /// What consists of bytes and nothing else.
    pub trait Content: Send + Sync + 'static {
        /// The content of no bytes.
        const EMPTY: &'static Self;

        /// Returns the bytes of the content.
        fn bytes(&self) -> &[u8];

        /// Returns the content that consists of these bytes, which begin at a page. They may come
        /// from another process.
        fn of(bytes: &[u8]) -> Result<&Self, ContentError>;
    }
}

macro_rules! numbers {
    ($($number:ident)*) => {$(
        impl sealed::Number for $number {}
        impl ShareableNumber for $number {}
    )*};
}

numbers! { u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize f32 f64 }

impl<N: sealed::Number> sealed::Content for [N] {
    const EMPTY: &'static Self = &[];

    fn bytes(&self) -> &[u8] {
        bytemuck::cast_slice(self)
    }

    fn of(bytes: &[u8]) -> Result<&Self, ContentError> {
        bytemuck::try_cast_slice(bytes)
            .map_err(|_| ContentError::NotWhole(bytes.len(), std::any::type_name::<N>()))
    }
}

impl sealed::Content for str {
    const EMPTY: &'static Self = "";

    fn bytes(&self) -> &[u8] {
        self.as_bytes()
    }

    fn of(bytes: &[u8]) -> Result<&Self, ContentError> {
        std::str::from_utf8(bytes).map_err(ContentError::NotText)
    }
}
