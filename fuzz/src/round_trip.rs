//! Encodes and decodes any value: it comes back unchanged, and its bytes are those of `rmp-serde`
//! where that can express it.

use std::fmt::Debug;

use arbitrary::{Arbitrary, Unstructured};
use offloop::__private::{CodecError, Decoder, Encoder, Wire};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::shapes::{
    Adjacent, Chain, External, Flat, Internal, Lists, Numbers, Options, Record, Tree, Untagged,
    Wide,
};

/// Any value of any type.
#[derive(Debug, Arbitrary)]
enum Any {
    Record(Box<Record>),
    Numbers(Box<Numbers>),
    External(External),
    Tree(Tree),
    Lists(Lists),
    Texts(Vec<Vec<String>>),
    Chain(Chain),
    Options(Box<Options>),
    Wide(Wide),
    Internal(Box<Internal>),
    Adjacent(Adjacent),
    Untagged(Untagged),
    Flat(Box<Flat>),
    Bytes(Vec<u8>),
    Text(String),
    Raw(Vec<f32>, Vec<u64>, Box<[i16]>),
    Several(u8, Option<Option<()>>, Vec<u32>, External),
}

/// Makes a value of the bytes, then encodes and decodes it.
pub fn check(bytes: &[u8]) {
    let Ok(any) = Any::arbitrary_take_rest(Unstructured::new(bytes)) else {
        return;
    };
    match &any {
        Any::Record(value) => same_as_peer(&**value),
        Any::Numbers(value) => same_as_peer(&**value),
        Any::External(value) => same_as_peer(value),
        Any::Tree(value) => same_as_peer(value),
        Any::Lists(value) => same_as_peer(value),
        Any::Texts(value) => same_as_peer(value),
        Any::Chain(value) => same(value),
        Any::Options(value) => same(&**value),
        Any::Wide(value) => same(value),
        Any::Internal(value) => same(&**value),
        Any::Adjacent(value) => same(value),
        Any::Untagged(value) => same(value),
        Any::Flat(value) => same(&**value),
        Any::Bytes(value) => same(value),
        Any::Text(value) => same(value),
        Any::Raw(a, b, c) => {
            let bits = a.iter().map(|number| number.to_bits()).collect::<Vec<_>>();
            if let Some(again) = trip(a) {
                assert!(again.iter().map(|number| number.to_bits()).eq(bits));
            }
            same(b);
            same(c);
        }
        Any::Several(a, b, c, d) => several(*a, b, c, d),
    }
}

fn encode<T: Wire>(value: &T) -> Result<Vec<u8>, CodecError> {
    let mut out = Encoder::new(Vec::new());
    out.argument("value", value)?;
    Ok(out.into_bytes())
}

/// Encodes and decodes a value. `None` if it is refused: only a value that is too deep may be.
fn trip<T: Wire>(value: &T) -> Option<T> {
    let bytes = match encode(value) {
        Ok(bytes) => bytes,
        Err(error) => {
            assert!(error.to_string().contains("nested deeper than"), "{error}");
            return None;
        }
    };
    limited(value, &bytes);
    let mut input = Decoder::new(&bytes);
    let again = input.argument("value").expect("what was encoded");
    input.end_of_arguments().expect("all of it");
    Some(again)
}

/// A limit of exactly the length lets the value pass, one less does not.
fn limited<T: Wire>(value: &T, bytes: &[u8]) {
    let with = |limit| {
        let mut out = Encoder::new(Vec::new()).with_limit(limit);
        out.argument("value", value).map(|()| out.into_bytes())
    };
    assert_eq!(with(bytes.len()).as_deref(), Ok(bytes));
    if let Some(short) = bytes.len().checked_sub(1) {
        assert!(with(short).is_err_and(|error| error.is_too_large()));
    }
}

fn same<T: Wire + PartialEq + Debug>(value: &T) {
    if let Some(again) = trip(value) {
        assert_eq!(again, *value);
    }
}

fn same_as_peer<T: Wire + PartialEq + Debug>(value: &T) {
    same(value);
    if let Ok(bytes) = encode(value) {
        assert_eq!(bytes, peer(value), "the same bytes as `rmp-serde`");
        assert_eq!(read_by_peer::<T>(&bytes), *value, "read by `rmp-serde`");
    }
}

fn peer<T: Serialize>(value: &T) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut serializer = rmp_serde::Serializer::new(&mut bytes)
        .with_struct_map()
        .with_human_readable();
    value.serialize(&mut serializer).expect("no limits");
    bytes
}

fn read_by_peer<T: DeserializeOwned>(bytes: &[u8]) -> T {
    let mut deserializer = rmp_serde::Deserializer::new(bytes).with_human_readable();
    T::deserialize(&mut deserializer).expect("the same format")
}

fn several(a: u8, b: &Option<Option<()>>, c: &Vec<u32>, d: &External) {
    let mut out = Encoder::new(Vec::new());
    out.argument("a", &a).unwrap();
    out.argument("b", b).unwrap();
    out.argument("c", c).unwrap();
    out.argument("d", d).unwrap();
    let bytes = out.into_bytes();
    let mut input = Decoder::new(&bytes);
    assert_eq!(input.argument("a"), Ok(a));
    assert_eq!(input.argument("b").as_ref(), Ok(b));
    assert_eq!(input.argument("c").as_ref(), Ok(c));
    assert_eq!(input.argument("d").as_ref(), Ok(d));
    assert_eq!(input.end_of_arguments(), Ok(()));
}
