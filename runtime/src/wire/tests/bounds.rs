//! The limit of size while encoding, the limit of depth both ways, and the hook before a function
//! runs.

use std::cell::Cell;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::super::format::DEPTH_LIMIT;
use super::super::{CodecError, Decoder, Encoder, Wire};
use super::{decode, encode, refused, same};

fn limited<T: Wire>(value: &T, limit: usize) -> Result<Vec<u8>, (CodecError, usize)> {
    let mut encoder = Encoder::new(Vec::new()).with_limit(limit);
    match encoder.argument("value", value) {
        Ok(()) => Ok(encoder.into_bytes()),
        Err(error) => Err((error, encoder.into_bytes().capacity())),
    }
}

/// A limit of exactly the size passes. One byte less stops, and little memory was taken by then.
#[track_caller]
fn stops<T: Wire>(value: &T) {
    let whole = encode(value).unwrap();
    assert_eq!(limited(value, whole.len()).unwrap(), whole);
    for limit in [0, 1, whole.len() / 2, whole.len() - 1] {
        let (error, capacity) = limited(value, limit).unwrap_err();
        assert!(error.is_too_large(), "{error}");
        assert!(
            capacity <= 2 * limit + 16,
            "{capacity} bytes taken for a limit of {limit}"
        );
    }
}

#[test]
fn encoding_stops_at_the_limit() {
    stops(&u64::MAX);
    stops(&"x".repeat(100_000));
    stops(&vec![1.5_f32; 100_000]);
    stops(&vec!["x".to_owned(); 10_000]);
    stops(&Some(Some(None::<u8>)));
    stops(&serde_json::json!({"a": [1, 2, 3], "b": {"c": "d"}}));
    stops(&(
        serde_bytes::ByteBuf::from(vec![0; 100_000]),
        'x',
        1.0,
        u128::MAX,
    ));
}

#[test]
fn the_limit_counts_what_the_buffer_held_before() {
    let mut encoder = Encoder::new(vec![9; 10]).with_limit(12);
    encoder.argument("a", &1_u8).unwrap();
    encoder.argument("b", &2_u8).unwrap();
    assert_eq!(
        encoder.argument("c", &3_u8).unwrap_err().to_string(),
        "argument `c` does not fit: more than 12 bytes when encoded"
    );
    assert_eq!(encoder.into_bytes(), [9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 1, 2]);
}

/// Replaces each error by one of its own.
#[derive(Deserialize)]
struct Rewriting(String);

impl Serialize for Rewriting {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let rewrite = |_| serde::ser::Error::custom("did not work");
        self.0.serialize(serializer).map_err(rewrite)
    }
}

#[test]
fn a_type_cannot_hide_that_the_limit_was_met() {
    let (error, _) = limited(&vec![Some(Rewriting("x".repeat(100)))], 50).unwrap_err();
    assert!(error.is_too_large(), "{error}");
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct List {
    next: Option<Box<List>>,
}

/// Has nothing but `Some` and a newtype at each level.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Wrapped(Option<Box<Wrapped>>);

#[derive(Debug, PartialEq, Serialize, Deserialize)]
enum Chain {
    End,
    Link(Box<Chain>),
}

fn nested<T>(innermost: T, levels: usize, wrap: impl Fn(T) -> T) -> T {
    (0..levels).fold(innermost, |inner, _| wrap(inner))
}

#[test]
fn depth_is_limited_both_ways() {
    let array = |levels| nested(Value::Null, levels, |inner| Value::Array(vec![inner]));
    same(&array(DEPTH_LIMIT));
    refused(&array(DEPTH_LIMIT + 1), "nested deeper than");
    let list = |levels| {
        nested(List { next: None }, levels, |inner| List {
            next: Some(Box::new(inner)),
        })
    };
    same(&list(DEPTH_LIMIT / 2 - 1));
    refused(&list(DEPTH_LIMIT / 2), "nested deeper than");
    let wrapped = |levels| {
        nested(Wrapped(None), levels, |inner| {
            Wrapped(Some(Box::new(inner)))
        })
    };
    same(&wrapped(DEPTH_LIMIT / 2 - 1));
    refused(&wrapped(DEPTH_LIMIT / 2), "nested deeper than");
    let chain = |levels| nested(Chain::End, levels, |inner| Chain::Link(Box::new(inner)));
    same(&chain(DEPTH_LIMIT));
    refused(&chain(DEPTH_LIMIT + 1), "nested deeper than");
}

/// Skips its content.
#[derive(Serialize)]
struct Ignoring;

impl<'de> Deserialize<'de> for Ignoring {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        serde::de::IgnoredAny::deserialize(deserializer).map(|_| Ignoring)
    }
}

/// These bytes come from no encoder.
#[test]
fn depth_is_limited_for_foreign_bytes() {
    let deep = |byte| vec![byte; 1 << 20];
    for byte in [0x91, 0x81, 0xc1] {
        assert!(decode::<Value>(&deep(byte)).is_err());
        assert!(decode::<List>(&deep(byte)).is_err());
        assert!(decode::<Wrapped>(&deep(byte)).is_err());
        assert!(decode::<Chain>(&deep(byte)).is_err());
        assert!(decode::<Ignoring>(&deep(byte)).is_err());
    }
    // `Some` and newtypes take no bytes of their own, so this would never end.
    assert!(
        decode::<Wrapped>(&[1])
            .unwrap_err()
            .to_string()
            .contains("nested deeper than")
    );
}

#[test]
fn the_hook_is_called_once_when_all_arguments_are_there() {
    let bytes = encode(&1_u8).unwrap();
    let calls = Cell::new(0);
    let hook = || calls.set(calls.get() + 1);
    let mut decoder = Decoder::new(&bytes).on_run(&hook);
    assert!(decoder.end_of_arguments().is_err());
    assert_eq!(calls.get(), 0);
    assert_eq!(decoder.argument("value"), Ok(1_u8));
    assert_eq!(calls.get(), 0);
    decoder.end_of_arguments().unwrap();
    decoder.end_of_arguments().unwrap();
    assert_eq!(calls.get(), 1);
}
