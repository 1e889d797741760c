//! Bytes that no encoder wrote, or that were damaged on the way. They never cause a panic, a hang,
//! or more memory than so many bytes can fill.

use std::cell::Cell;
use std::collections::{BTreeMap, HashMap};
use std::fmt;

use proptest::collection::vec;
use proptest::prelude::*;
use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::super::{Decoder, RemoteError, Wire};
use super::{decode, encode, peer};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Tree {
    name: String,
    #[serde(flatten)]
    extra: BTreeMap<String, Option<Option<u8>>>,
    children: Vec<Tree>,
    kind: Kind,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
enum Kind {
    Unit,
    Newtype(Option<Box<Kind>>),
    Tuple(u8, char),
    Struct {
        wide: i128,
        data: serde_bytes::ByteBuf,
    },
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
enum Loose {
    Pair(u8, String),
    List(Vec<Loose>),
    Some(Option<u8>),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "t", content = "c")]
enum Adjacent {
    A(Vec<()>),
    B { x: f32 },
}

/// Reads the bytes as a type. If they are a value of it, that value can be encoded and decoded
/// again.
fn read<T: Wire>(bytes: &[u8]) {
    if let Ok(value) = decode::<T>(bytes) {
        let bytes = encode(&value).unwrap();
        decode::<T>(&bytes).unwrap();
    }
}

fn read_as_everything(bytes: &[u8]) {
    read::<u8>(bytes);
    read::<i128>(bytes);
    read::<f32>(bytes);
    read::<char>(bytes);
    read::<bool>(bytes);
    read::<Option<Option<()>>>(bytes);
    read::<String>(bytes);
    read::<Vec<u8>>(bytes);
    read::<Vec<f64>>(bytes);
    read::<Vec<()>>(bytes);
    read::<Vec<[u64; 32]>>(bytes);
    read::<Vec<Vec<String>>>(bytes);
    read::<HashMap<Option<u8>, String>>(bytes);
    read::<(u8, Option<String>, [bool; 2])>(bytes);
    read::<bytes::Bytes>(bytes);
    read::<std::net::IpAddr>(bytes);
    read::<Tree>(bytes);
    read::<Kind>(bytes);
    read::<Loose>(bytes);
    read::<Adjacent>(bytes);
    read::<Value>(bytes);
    read::<RemoteError>(bytes);
    let _ = Decoder::new(bytes).fallible::<Tree, std::io::Error, _>();
    let _ = Decoder::new(bytes).fallible::<Vec<u8>, anyhow::Error, _>();
    let _ = Decoder::new(bytes).fallible::<(), Kind, _>();
}

fn tree() -> Tree {
    let data = serde_bytes::ByteBuf::from(vec![7; 40]);
    let leaf = |kind| Tree {
        name: "x".repeat(40),
        extra: BTreeMap::new(),
        children: vec![],
        kind,
    };
    Tree {
        name: "root".into(),
        extra: BTreeMap::from([
            ("none".into(), None),
            ("some".into(), Some(None)),
            ("both".into(), Some(Some(1))),
        ]),
        children: vec![
            leaf(Kind::Struct { wide: -1, data }),
            leaf(Kind::Tuple(1, 'x')),
        ],
        kind: Kind::Newtype(Some(Box::new(Kind::Newtype(None)))),
    }
}

#[test]
fn the_undamaged_tree_comes_back() {
    super::same(&tree());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn random_bytes(bytes in vec(any::<u8>(), 0..200)) {
        read_as_everything(&bytes);
    }

    /// Bytes that begin values more often than random ones do.
    #[test]
    fn random_structure(bytes in vec(prop_oneof![0x80_u8..=0xa4, 0xc0_u8..=0xdf, 0_u8..4, Just(b'a')], 0..100)) {
        read_as_everything(&bytes);
    }

    #[test]
    fn damaged_values(at in any::<prop::sample::Index>(), to in any::<u8>(), cut in any::<prop::sample::Index>()) {
        for mut bytes in [encode(&tree()).unwrap(), encode(&vec![vec![1.5_f64; 20]; 3]).unwrap()] {
            let at = at.index(bytes.len());
            bytes[at] = to;
            read_as_everything(&bytes);
            bytes.truncate(cut.index(bytes.len()));
            read_as_everything(&bytes);
        }
    }

    #[test]
    fn damaged_json(json in peer::json(), at in any::<prop::sample::Index>(), to in any::<u8>()) {
        let mut bytes = encode(&json).unwrap();
        let at = at.index(bytes.len());
        bytes[at] = to;
        read_as_everything(&bytes);
    }
}

/// Each kind of value claims its largest length, and nothing follows.
#[test]
fn claimed_lengths_reserve_nothing() {
    for head in [0xc6_u8, 0xc9, 0xdb, 0xdd, 0xdf] {
        let mut bytes = vec![head, 0xff, 0xff, 0xff, 0xff];
        read_as_everything(&bytes);
        bytes.extend([0xc0; 64]);
        read_as_everything(&bytes);
    }
}

/// A list of lists that counts for how many elements it is told to reserve memory.
struct Reserving;

thread_local! {
    static RESERVED: Cell<usize> = const { Cell::new(0) };
}

impl<'de> Deserialize<'de> for Reserving {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(Reserving)
    }
}

impl<'de> Visitor<'de> for Reserving {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Self, A::Error> {
        RESERVED.set(RESERVED.get() + elements.size_hint().unwrap_or(0));
        while elements.next_element::<Reserving>()?.is_some() {}
        Ok(Reserving)
    }
}

impl Serialize for Reserving {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        ().serialize(serializer)
    }
}

/// Each list inside another claims all the bytes that are left.
#[test]
fn lengths_claimed_again_and_again_reserve_nothing() {
    let mut bytes = Vec::new();
    for _ in 0..200 {
        bytes.extend([0xdc, 0x1c, 0x00]);
    }
    bytes.resize(8_000, 0x90);
    assert!(decode::<Reserving>(&bytes).is_err());
    assert!(RESERVED.get() <= bytes.len(), "{}", RESERVED.get());

    // Short lengths are read by other code.
    RESERVED.set(0);
    assert!(decode::<Reserving>(&[0x9f; 100]).is_err());
    assert!(RESERVED.get() <= 100, "{}", RESERVED.get());
    read_as_everything(&[0x87; 100]);
}
