//! Every kind of value in every place of `everywhere.rs`: it comes back unchanged, or is refused.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::marker::PhantomData;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use serde_json::json;

use super::super::Wire;
use super::everywhere::{Outcome, everywhere};

/// The value comes back unchanged in every place.
#[track_caller]
fn all_same<T: Wire + PartialEq + Debug + Clone>(value: T) {
    for (place, outcome) in everywhere(&value) {
        assert_eq!(outcome, Outcome::Same, "{value:?} in {place}");
    }
}

/// The value comes back unchanged where serde reads from the codec, and is refused with this text
/// where serde reads from its own buffer.
#[track_caller]
fn refused_in_buffers<T: Wire + PartialEq + Debug + Clone>(value: T, text: &str) {
    for (place, outcome) in everywhere(&value) {
        match outcome {
            Outcome::Same if !place.starts_with("buffered") => {}
            Outcome::Refused(error) if place.starts_with("buffered") && error.contains(text) => {}
            other => panic!("{value:?} in {place}: {other:?}"),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
struct UnitStruct;

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
struct Empty {}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
enum NilOrNumber {
    Nil,
    Number(u64),
}

#[test]
fn values_that_read_as_nil() {
    all_same(());
    all_same(None::<u8>);
    all_same(Some(None::<u8>));
    all_same(Some(Some(None::<String>)));
    all_same(Some(Some(Some(Some(None::<u8>)))));
    all_same(Some(()));
    all_same(UnitStruct);
    all_same(PhantomData::<u8>);
    all_same(json!(null));
    all_same(Some(json!(null)));
    all_same(NilOrNumber::Nil);
    all_same(Some(NilOrNumber::Nil));
    all_same(Box::new(None::<Box<u8>>));
}

#[test]
fn values_without_size_or_content() {
    all_same(Empty {});
    all_same(String::new());
    all_same(Vec::<u8>::new());
    all_same(Vec::<()>::new());
    all_same(vec![(), (), ()]);
    all_same([(); 0]);
    all_same(BTreeMap::<u8, u8>::new());
    all_same(serde_bytes::ByteBuf::new());
}

#[test]
fn numbers_at_their_edges() {
    for number in [
        0,
        1,
        31,
        32,
        127,
        128,
        255,
        256,
        65535,
        65536,
        u32::MAX.into(),
        1 << 32,
        u64::MAX,
    ] {
        all_same(number);
    }
    let edges = [
        -1,
        -32,
        -33,
        -128,
        -129,
        -32768,
        -32769,
        i32::MIN.into(),
        i64::from(i32::MIN) - 1,
        i64::MIN,
    ];
    for number in edges {
        all_same(number);
        all_same(-(number + 1));
    }
    all_same((u8::MAX, i8::MIN, u16::MAX, i16::MIN, u32::MAX, i32::MIN));
    all_same((true, false));
    all_same((
        f32::MIN_POSITIVE,
        f32::INFINITY,
        f32::NEG_INFINITY,
        f64::MAX,
        f64::EPSILON,
        f64::NEG_INFINITY,
    ));
    all_same((0.1_f32, 0.1_f64, 1e300_f64, 16_777_217_f64));
}

/// Numbers that are compared by their bits: NaN with its payload, and the sign of zero.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Bits(f32, f64);

impl PartialEq for Bits {
    fn eq(&self, other: &Self) -> bool {
        (self.0.to_bits(), self.1.to_bits()) == (other.0.to_bits(), other.1.to_bits())
    }
}

#[test]
fn floats_keep_every_bit() {
    all_same(Bits(f32::NAN, f64::NAN));
    all_same(Bits(-0.0, -0.0));
    all_same(Bits(
        f32::from_bits(0xffc0_1234),
        f64::from_bits(0xfff8_0000_dead_beef),
    ));
}

#[test]
fn texts_and_bytes() {
    all_same('x');
    all_same('\0');
    all_same('🦀');
    all_same("naïve 🦀".to_owned());
    for length in [31, 32, 255, 256, 65535, 65536] {
        all_same("x".repeat(length));
        all_same(serde_bytes::ByteBuf::from(vec![0xc1; length]));
    }
    all_same(bytes::Bytes::from_static(&[0xc0, 0xc1, 0xff]));
    all_same(vec![0_u8, 127, 128, 255]);
}

#[test]
fn collections() {
    all_same(vec![Some(1), None]);
    all_same((0..70_000).collect::<Vec<u32>>());
    all_same(BTreeMap::from([
        (None, 1),
        (Some(None), 2),
        (Some(Some(3)), 4),
    ]));
    all_same(BTreeMap::from([((1, 'a'), "x".to_owned())]));
    all_same(BTreeMap::from([((), ())]));
    all_same(
        (0..20_u8)
            .map(|n| (n, n.to_string()))
            .collect::<BTreeMap<_, _>>(),
    );
}

#[test]
fn values_of_no_fixed_type() {
    all_same(json!({"a": [1, -1, 1.5, null, true, "x", {"": {}}], "b": [[], {}]}));
    all_same(json!([u64::MAX, i64::MIN, 1.0, 0.1]));
    all_same(Some(json!([null, [null]])));
}

/// These types ask whether the format is human-readable, and serde's own buffer always says yes.
#[test]
fn types_with_a_text_form() {
    all_same("::1".parse::<IpAddr>().unwrap());
    all_same((
        "10.0.0.1:80".parse::<std::net::SocketAddr>().unwrap(),
        std::time::Duration::from_nanos(1),
    ));
    all_same(std::time::SystemTime::UNIX_EPOCH);
    all_same(std::path::PathBuf::from("/tmp/x"));
}

/// serde's own buffer cannot hold them, with any format.
#[test]
fn numbers_of_128_bits() {
    for number in [0, 1, u64::MAX.into(), u128::MAX] {
        refused_in_buffers(number, "as u128");
    }
    for number in [i128::MIN, -1, 0, i128::MAX] {
        refused_in_buffers(number, "as i128");
    }
}
