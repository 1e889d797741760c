//! Tests of the codec, by promise. What they share is here.

// The shapes that these lints advise against are what is tested here.
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

/// The bytes of one argument. They are the same in a spill, however small the pieces in which they get there.
fn encode<T: Wire>(value: &T) -> Result<Vec<u8>, CodecError> {
    let mut encoder = Encoder::new(Vec::new());
    let encoded = encoder.argument("value", value);
    let bytes = encoder.into_bytes();
    for piece in [16, 29, 1 << 10] {
        let (encoded_there, bytes_there) = spill::encode_spilling(value, piece);
        assert_eq!(encoded_there, encoded, "in pieces of {piece}");
        if encoded.is_ok() {
            assert_eq!(bytes_there, bytes, "in pieces of {piece}");
        }
    }
    encoded.map(|()| bytes)
}

/// The argument from its bytes, which must be all.
fn decode<T: Wire>(bytes: &[u8]) -> Result<T, CodecError> {
    let mut decoder = Decoder::new(bytes);
    let value = decoder.argument("value")?;
    decoder.end_of_arguments()?;
    Ok(value)
}

/// There and back.
fn trip<T: Wire>(value: &T) -> Result<T, CodecError> {
    decode(&encode(value)?)
}

/// There and back unchanged; and no beginning of the bytes reads as a whole value.
#[track_caller]
fn same<T: Wire + PartialEq + Debug>(value: &T) {
    let bytes = encode(value).unwrap();
    assert_eq!(decode::<T>(&bytes).as_ref(), Ok(value), "from {bytes:02x?}");
    for end in 0..bytes.len() {
        let cut = decode::<T>(&bytes[..end]);
        assert!(cut.is_err(), "{end} of {} bytes gave {cut:?}", bytes.len());
    }
}

/// Refused on the way there or back, with these words.
#[track_caller]
fn refused<T: Wire + PartialEq + Debug>(value: &T, words: &str) {
    let error = trip(value).expect_err("changed or passed, but should be refused");
    assert!(error.to_string().contains(words), "said: {error}");
}
