//! How values are sent between the program and its worker processes.
//!
//! A worker is the same program, started again, so both sides know the same types, and no schema,
//! version or name of a type has to be sent. What is sent:
//!
//! - **Bulk data** (`Vec<u8>`, `String`, `Vec<f32>` and their boxed forms) that is an argument or
//!   result of its own, in its raw form: the length, then the memory as it is. See `raw.rs`. A
//!   worker lends it to a function that takes a reference, without a copy: see `lend.rs`.
//! - **Everything else** as `MessagePack` with the names of fields and variants, through serde.
//!   Names cost a few bytes and allow what positional formats cannot do: `flatten`, `untagged`,
//!   `tag = ".."`, `skip_serializing_if` and `serde_json::Value` all work. See `ser.rs` and
//!   `de.rs`.
//! - **Descriptors** of `Shared` buffers, beside the message. See `handles.rs`.
//!
//! # A value arrives as it left, or the call fails
//!
//! `MessagePack` has one `nil`, so by itself it turns `Some(None)` and `Some(())` into `None`.
//! Here, a `Some` whose content would be read as `nil` has a mark in front: the one byte that
//! `MessagePack` never uses (`0xc1`), once for each level that needs it. The mark also survives
//! serde's own buffer for `flatten` and `untagged`.
//!
//! Where a type's own `Serialize` and `Deserialize` do not match, no codec can see it. serde itself
//! has these cases, which `serde_json` has too:
//!
//! - `#[serde(untagged)]` takes the first variant that accepts the value, which may be an earlier
//!   one;
//! - `#[serde(flatten)]` on an `Option` writes nothing for `None`, and reads `Some` if no field is
//!   missing;
//! - a flattened map also receives the entries of another map or enum that is flattened beside it;
//! - `#[serde(skip)]` reads the default value.
//!
//! # Bytes are not trusted
//!
//! A worker may have been killed, or may have overwritten its memory. So reading never panics,
//! never loops, never recurses deeper than `DEPTH_LIMIT`, and never reserves memory for a length
//! that the bytes cannot fill. This holds for the code here. A type that is `untagged` and contains
//! itself with nothing in between can still make serde loop within its own buffer, as with every
//! format.

mod de;
mod de_access;
mod decoder;
mod encoder;
mod errors;
mod format;
pub(crate) mod handles;
mod item;
mod lend;
mod output;
mod raw;
mod read;
mod ser;
mod ser_compound;
mod task_error;
mod write;

#[cfg(test)]
mod tests;

use serde::Serialize;
use serde::de::DeserializeOwned;

pub use self::decoder::Decoder;
pub use self::encoder::Encoder;
pub use self::errors::CodecError;
pub(crate) use self::errors::{FormatError, Part};
pub(crate) use self::handles::Handle;
pub use self::lend::Lend;
pub(crate) use self::output::Spill;
pub use self::task_error::{RemoteError, WireError};

/// A value that can be an argument or a result of a task that runs in a worker process.
///
/// Every type with serde's `Serialize` and `Deserialize` that owns its data and may move between
/// threads implements it. There is nothing to implement by hand.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be sent to a worker process",
    label = "not both `Serialize` and `Deserialize`, or not `Send`",
    note = "derive `Serialize` and `Deserialize` for it",
    note = "or run the task on threads, where nothing is encoded: `#[cpu_bound(threads)]`"
)]
pub trait Wire: Serialize + DeserializeOwned + Send + 'static {}

#[diagnostic::do_not_recommend]
impl<T> Wire for T where T: Serialize + DeserializeOwned + Send + 'static {}

/// Decodes one value, which may borrow from the bytes; for the fuzz targets.
#[cfg(fuzzing)]
pub(crate) fn decode_borrowed<'de, T: serde::Deserialize<'de>>(
    bytes: &'de [u8],
) -> Result<T, String> {
    read::Reader::new(bytes)
        .read_value()
        .map_err(|error| error.to_string())
}
