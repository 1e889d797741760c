//! Errors of this room: those of the codec, and how the errors of tasks travel.

mod codec;
mod format;
mod io;
mod remote;
mod task;

pub use self::codec::CodecError;
pub(crate) use self::codec::Part;
pub(in crate::wire) use self::format::{FormatError, Step};
pub use self::remote::RemoteError;
pub use self::task::WireError;
