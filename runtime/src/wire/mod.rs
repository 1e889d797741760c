//! How values travel between the program and its worker processes.
//!
//! A worker is the same program, started again, so both sides know the same types and no schema,
//! version or name of a type has to be sent. What is sent:
//!
//! - **Plain bulk data** (`Vec<u8>`, `String`, `Vec<f32>` and their boxed forms) as an argument or result of its
//!   own: the length, then the memory as it is. See `raw.rs`. A worker lends it to a function that takes a
//!   reference, without a copy: see `lend.rs`.
//! - **Everything else** as `MessagePack` with the names of fields and variants, through serde. Names cost a few
//!   bytes and buy what positional formats cannot do: `flatten`, `untagged`, `tag = ".."`,
//!   `skip_serializing_if` and `serde_json::Value` all work. See `ser.rs` and `de.rs`.
//!
//! # A value arrives as it left, or the call fails
//!
//! `MessagePack` has one `nil`, so by itself it turns `Some(None)` and `Some(())` into `None`. Here a `Some` whose
//! content would read as `nil` is preceded by the one byte that `MessagePack` never uses (`0xc1`), in front of each
//! level that needs it. It survives the buffering that serde does for `flatten` and `untagged` as well.
//!
//! What a type's own `Serialize` and `Deserialize` do differently from one another no codec can see. These are
//! known from serde itself, and the same with `serde_json`:
//!
//! - `#[serde(untagged)]` gives the first variant that accepts the value, which may be an earlier one;
//! - `#[serde(flatten)]` on an `Option` writes nothing for `None`, and reads `Some` if nothing is missing;
//! - a flattened map also receives the entries of another map or enum flattened beside it;
//! - `#[serde(skip)]` gives the default value.
//!
//! # Bytes are not trusted
//!
//! A worker may have been killed or may have overwritten its memory, so reading never panics, never loops, never
//! recurses deeper than `DEPTH_LIMIT` and never reserves memory for lengths that the bytes at hand cannot fill.
//! That holds for what is done here. A type that is `untagged` and contains itself with nothing in between can
//! still send serde in circles within its own buffer, as with every format.

mod de;
mod de_access;
mod decoder;
mod encoder;
mod errors;
mod format;
pub(crate) mod handles;
mod lend;
mod output;
mod raw;
mod read;
mod ser;
mod ser_compound;
mod write;

#[cfg(test)]
mod tests;

use serde::Serialize;
use serde::de::DeserializeOwned;

pub use self::decoder::Decoder;
pub use self::encoder::Encoder;
pub(crate) use self::errors::Part;
pub use self::errors::{CodecError, RemoteError, WireError};
pub(crate) use self::handles::Handle;
pub use self::lend::Lend;
pub(crate) use self::output::Spill;

/// A value that can be an argument or a result of a task that runs in a worker process.
///
/// Every type with serde's `Serialize` and `Deserialize` that owns its data and may move between threads has it;
/// nothing is left to implement.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be sent to a worker process",
    label = "not both `Serialize` and `Deserialize`, or not `Send`",
    note = "derive `Serialize` and `Deserialize` for it",
    note = "or run the task on threads, where nothing is encoded: `#[cpu_bound(threads)]`"
)]
pub trait Wire: Serialize + DeserializeOwned + Send + 'static {}

#[diagnostic::do_not_recommend]
impl<T> Wire for T where T: Serialize + DeserializeOwned + Send + 'static {}

/// For the fuzz targets: one value, which may borrow from the bytes.
#[cfg(fuzzing)]
pub(crate) fn decode_borrowed<'de, T: serde::Deserialize<'de>>(
    bytes: &'de [u8],
) -> Result<T, String> {
    read::Reader::new(bytes)
        .read_value()
        .map_err(|error| error.to_string())
}
