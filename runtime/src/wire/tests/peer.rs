//! Compares with `rmp-serde`, the known implementation of `MessagePack` for serde: the bytes are
//! the same, except for what `rmp-serde` cannot express.

use std::collections::BTreeMap;

use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{decode, encode};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Record {
    id: u64,
    delta: i64,
    ratio: f64,
    small: f32,
    letter: char,
    name: String,
    #[serde(with = "serde_bytes")]
    data: Vec<u8>,
    maybe: Option<i16>,
    nested: Vec<Kind>,
    table: BTreeMap<i32, (u8, bool)>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
enum Kind {
    Unit,
    Newtype(u32),
    Tuple(i8, String),
    Struct { list: Vec<u16> },
}

fn kind() -> impl Strategy<Value = Kind> {
    prop_oneof![
        Just(Kind::Unit),
        any::<u32>().prop_map(Kind::Newtype),
        any::<(i8, String)>().prop_map(|(n, s)| Kind::Tuple(n, s)),
        vec(any::<u16>(), 0..40).prop_map(|list| Kind::Struct { list }),
    ]
}

fn record() -> impl Strategy<Value = Record> {
    let numbers = (
        any::<u64>(),
        any::<i64>(),
        any::<f64>(),
        any::<f32>(),
        any::<Option<i16>>(),
    );
    let texts = (any::<char>(), any::<String>(), vec(any::<u8>(), 0..300));
    let lists = (
        vec(kind(), 0..5),
        btree_map(any::<i32>(), any::<(u8, bool)>(), 0..20),
    );
    (numbers, texts, lists).prop_map(
        |((id, delta, ratio, small, maybe), (letter, name, data), (nested, table))| Record {
            id,
            delta,
            ratio,
            small,
            letter,
            name,
            data,
            maybe,
            nested,
            table,
        },
    )
}

/// Returns any JSON, some levels deep.
pub(super) fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 64, 20, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..20).prop_map(Value::from),
            btree_map(any::<String>(), inner, 0..20).prop_map(Value::from_iter),
        ]
    })
}

/// Encodes as this codec does: with names of fields, and in text forms.
fn peer<T: Serialize>(value: &T) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut serializer = rmp_serde::Serializer::new(&mut bytes)
        .with_struct_map()
        .with_human_readable();
    value.serialize(&mut serializer).unwrap();
    bytes
}

proptest! {
    #[test]
    fn records_are_the_same_bytes(record in record()) {
        let bytes = encode(&record).unwrap();
        prop_assert_eq!(&bytes, &peer(&record));
        prop_assert_eq!(decode::<Record>(&bytes).unwrap(), record);
    }

    #[test]
    fn json_is_the_same_bytes(json in json()) {
        let bytes = encode(&json).unwrap();
        prop_assert_eq!(&bytes, &peer(&json));
        prop_assert_eq!(decode::<Value>(&bytes).unwrap(), json);
    }
}
