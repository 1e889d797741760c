//! The errors of the codec, and how the errors of tasks are sent.

mod codec;
mod format;
mod io;
mod remote;
mod task;

pub use self::codec::CodecError;
pub(crate) use self::codec::Part;
pub(crate) use self::format::FormatError;
pub(super) use self::format::{Reason, Step};
pub use self::remote::RemoteError;
pub use self::task::WireError;
