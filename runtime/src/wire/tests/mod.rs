//! Tests of the codec, by promise. Here is what they share.

// These lints advise against the types that are tested here.
#![allow(clippy::option_option, clippy::zero_sized_map_values)]
// A literal reads better without a `&` in front.
#![allow(clippy::needless_pass_by_value)]

mod bounds;
mod errors;
mod everywhere;
mod hostile;
mod lend;
mod matrix;
mod peer;
mod raw;
mod serde_own;
mod shapes;
mod spill;
mod stack;

use std::fmt::Debug;

use super::{CodecError, Decoder, Encoder, Wire};

/// Returns the bytes of one argument. They are the same in memory that they spill into, however
/// small the pieces are.
fn encode<T: Wire>(value: &T) -> Result<Vec<u8>, CodecError> {
    let mut encoder = Encoder::new(Vec::new());
    let encoded = encoder.argument("value", value);
    let bytes = encoder.into_bytes();
    for piece in [16, 29, 1 << 10] {
        let (spilled, spilled_bytes) = spill::encode_spilling(value, piece);
        assert_eq!(spilled, encoded, "in pieces of {piece}");
        if encoded.is_ok() {
            assert_eq!(spilled_bytes, bytes, "in pieces of {piece}");
        }
    }
    encoded.map(|()| bytes)
}

/// Decodes one argument, which must take all bytes.
fn decode<T: Wire>(bytes: &[u8]) -> Result<T, CodecError> {
    let mut decoder = Decoder::new(bytes);
    let value = decoder.argument("value")?;
    decoder.end_of_arguments()?;
    Ok(value)
}

/// Encodes and decodes a value.
fn trip<T: Wire>(value: &T) -> Result<T, CodecError> {
    decode(&encode(value)?)
}

/// The value comes back unchanged, and no beginning of its bytes can be decoded.
#[track_caller]
fn same<T: Wire + PartialEq + Debug>(value: &T) {
    let bytes = encode(value).unwrap();
    assert_eq!(decode::<T>(&bytes).as_ref(), Ok(value), "from {bytes:02x?}");
    for end in 0..bytes.len() {
        let cut = decode::<T>(&bytes[..end]);
        assert!(cut.is_err(), "{end} of {} bytes gave {cut:?}", bytes.len());
    }
}

/// The value cannot be encoded or decoded, and the error has this text.
#[track_caller]
fn refused<T: Wire + PartialEq + Debug>(value: &T, text: &str) {
    let error = trip(value).expect_err("changed or passed, but should be refused");
    assert!(error.to_string().contains(text), "said: {error}");
}
