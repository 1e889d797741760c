//! The errors of the codec.

mod codec;
mod format;

pub use self::codec::CodecError;
pub(crate) use self::codec::Part;
pub(crate) use self::format::FormatError;
pub(super) use self::format::{Reason, Step};
