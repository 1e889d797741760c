//! What a [`Shared`](super::Shared) can hold: what consists of bytes and is valid whatever they are, or is checked.

use bytemuck::Pod;

/// What a [`Shared`](super::Shared) can hold: `str` and slices of numbers. Nobody else can implement it.
#[diagnostic::on_unimplemented(
    message = "`Shared<{Self}>` does not exist",
    label = "not `str`, nor a slice of numbers such as `[u8]` or `[f64]`",
    note = "for other types, share the bytes of their encoded form: `Shared<[u8]>`"
)]
pub trait Shareable: sealed::Content {}

impl<T: ?Sized + sealed::Content> Shareable for T {}

/// A number that slices in a [`Shared`](super::Shared) can consist of. Nobody else can implement it.
#[diagnostic::on_unimplemented(
    message = "`Shared<[{Self}]>` does not exist",
    label = "not a number such as `u8` or `f64`",
    note = "for other types, share the bytes of their encoded form: `Shared<[u8]>`"
)]
pub trait ShareableNumber: Pod + sealed::Plain {}

mod sealed {
    /// A number whose every pattern of bits is a value.
    pub trait Plain: bytemuck::Pod + Send + Sync {}

    /// What consists of bytes and nothing else.
    pub trait Content: Send + Sync + 'static {
        const EMPTY: &'static Self;

        fn bytes(&self) -> &[u8];

        /// The content that consists of these bytes, which begin at a page. They may come from anywhere.
        fn of(bytes: &[u8]) -> Result<&Self, String>;
    }
}

macro_rules! numbers {
    ($($number:ident)*) => {$(
        impl sealed::Plain for $number {}
        impl ShareableNumber for $number {}
    )*};
}

numbers! { u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize f32 f64 }

impl<N: sealed::Plain> sealed::Content for [N] {
    const EMPTY: &'static Self = &[];

    fn bytes(&self) -> &[u8] {
        bytemuck::cast_slice(self)
    }

    fn of(bytes: &[u8]) -> Result<&Self, String> {
        bytemuck::try_cast_slice(bytes).map_err(|_| {
            format!(
                "a `Shared` of {} bytes, which are no whole number of `{}`",
                bytes.len(),
                std::any::type_name::<N>()
            )
        })
    }
}

impl sealed::Content for str {
    const EMPTY: &'static Self = "";

    fn bytes(&self) -> &[u8] {
        self.as_bytes()
    }

    fn of(bytes: &[u8]) -> Result<&Self, String> {
        std::str::from_utf8(bytes).map_err(|error| format!("a `Shared` text: {error}"))
    }
}
