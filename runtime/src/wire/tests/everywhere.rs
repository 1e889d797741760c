//! Puts a value into every place that serde has for one, and looks at what comes back.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Debug;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::super::Wire;
use super::trip;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Newtype<T>(T);

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct TupleStruct<T>(u8, T, u8);

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
struct Transparent<T> {
    inner: T,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Struct<T> {
    before: u8,
    value: T,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
enum External<T> {
    Newtype(T),
    Tuple(u8, T),
    Struct { value: T, other: u8 },
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind")]
enum Internal<T> {
    Newtype(Struct<T>),
    Struct { other: u8, value: T },
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "content")]
enum Adjacent<T> {
    Newtype(T),
    Tuple(T, u8),
    Struct { value: T },
}

/// The content comes before the name, so serde keeps it in its buffer.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(tag = "kind", content = "content")]
enum AdjacentReversed<T> {
    Newtype(T),
}

impl<T: Serialize> Serialize for AdjacentReversed<T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct;
        let AdjacentReversed::Newtype(value) = self;
        let mut fields = serializer.serialize_struct("AdjacentReversed", 2)?;
        fields.serialize_field("content", value)?;
        fields.serialize_field("kind", "Newtype")?;
        fields.end()
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
enum Untagged<T> {
    Struct { distinct: bool, value: T },
    Tuple(T, T, bool),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Flat<T> {
    before: u8,
    #[serde(flatten)]
    inner: Inner<T>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Inner<T> {
    value: T,
    other: Option<u8>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(bound(deserialize = "T: DeserializeOwned"))]
struct FlatMap<T> {
    before: u8,
    #[serde(flatten)]
    rest: BTreeMap<String, T>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(bound(serialize = "T: Serialize", deserialize = "T: DeserializeOwned"))]
struct Skipping<T> {
    #[serde(default = "none", skip_serializing_if = "Option::is_none")]
    value: Option<T>,
    #[serde(default)]
    list: Vec<T>,
}

fn none<T>() -> Option<T> {
    None
}

/// What came back of a value in one place.
#[derive(Debug, PartialEq)]
pub(super) enum Outcome {
    Same,
    Refused(String),
    Changed(String),
}

fn outcome<T: Wire + PartialEq + Debug>(value: &T) -> Outcome {
    match trip(value) {
        Ok(back) if back == *value => Outcome::Same,
        Ok(back) => Outcome::Changed(format!("{value:?} became {back:?}")),
        Err(error) => Outcome::Refused(error.to_string()),
    }
}

type Places = Vec<(&'static str, Outcome)>;

/// Returns each place, with what came back of `value` in it. The name begins with `buffered` where
/// serde has the value in its own buffer.
pub(super) fn everywhere<T: Wire + PartialEq + Debug + Clone>(value: &T) -> Places {
    let mut places = in_containers(value);
    places.extend(in_structs(value));
    places.extend(in_variants(value));
    places.extend(in_tagged_buffers(value));
    places.extend(in_flattened_buffers(value));
    places
}

fn in_containers<T: Wire + PartialEq + Debug + Clone>(value: &T) -> Places {
    let v = || value.clone();
    vec![
        ("alone", outcome(&v())),
        ("some", outcome(&Some(v()))),
        ("some some", outcome(&Some(Some(v())))),
        ("some some some", outcome(&Some(Some(Some(v()))))),
        ("box", outcome(&Box::new(v()))),
        ("vec", outcome(&vec![v(), v()])),
        ("vec of some", outcome(&vec![Some(v()), None, Some(v())])),
        ("array", outcome(&[v(), v(), v()])),
        ("tuple", outcome(&(v(), 1_u8, v()))),
        ("one-tuple", outcome(&(v(),))),
        ("result", outcome(&Ok::<T, T>(v()))),
        ("result err", outcome(&Err::<u8, T>(v()))),
        (
            "map value",
            outcome(&HashMap::from([(7_u8, v()), (8, v())])),
        ),
        (
            "map value some",
            outcome(&HashMap::from([(7_u8, Some(v())), (8, None)])),
        ),
    ]
}

fn in_structs<T: Wire + PartialEq + Debug + Clone>(value: &T) -> Places {
    let v = || value.clone();
    vec![
        ("newtype", outcome(&Newtype(v()))),
        ("some newtype", outcome(&Some(Newtype(v())))),
        ("newtype of some", outcome(&Newtype(Some(v())))),
        (
            "transparent",
            outcome(&Some(Transparent { inner: Some(v()) })),
        ),
        ("tuple struct", outcome(&TupleStruct(1, v(), 2))),
        (
            "struct",
            outcome(&Struct {
                before: 1,
                value: v(),
            }),
        ),
        (
            "struct of some",
            outcome(&Struct {
                before: 1,
                value: Some(v()),
            }),
        ),
        (
            "skipping",
            outcome(&Skipping {
                value: Some(v()),
                list: vec![v()],
            }),
        ),
        (
            "skipping none",
            outcome(&Skipping::<T> {
                value: None,
                list: vec![],
            }),
        ),
    ]
}

fn in_variants<T: Wire + PartialEq + Debug + Clone>(value: &T) -> Places {
    let v = || value.clone();
    vec![
        ("newtype variant", outcome(&External::Newtype(v()))),
        (
            "newtype variant some",
            outcome(&Some(External::Newtype(Some(v())))),
        ),
        ("tuple variant", outcome(&External::Tuple(1, v()))),
        (
            "struct variant",
            outcome(&External::Struct {
                value: v(),
                other: 1,
            }),
        ),
        ("adjacent newtype", outcome(&Adjacent::Newtype(v()))),
        (
            "adjacent newtype some",
            outcome(&Adjacent::Newtype(Some(v()))),
        ),
        ("adjacent tuple", outcome(&Adjacent::Tuple(v(), 1))),
        (
            "adjacent struct",
            outcome(&Adjacent::Struct { value: Some(v()) }),
        ),
    ]
}

fn in_tagged_buffers<T: Wire + PartialEq + Debug + Clone>(value: &T) -> Places {
    let v = || value.clone();
    let distinct = true;
    vec![
        (
            "buffered adjacent",
            outcome(&AdjacentReversed::Newtype(v())),
        ),
        (
            "buffered adjacent some",
            outcome(&AdjacentReversed::Newtype(Some(v()))),
        ),
        (
            "buffered internal newtype",
            outcome(&Internal::Newtype(Struct {
                before: 1,
                value: v(),
            })),
        ),
        (
            "buffered internal struct",
            outcome(&Internal::Struct {
                other: 1,
                value: v(),
            }),
        ),
        (
            "buffered internal some",
            outcome(&Internal::Struct {
                other: 1,
                value: Some(v()),
            }),
        ),
        (
            "buffered untagged struct",
            outcome(&Untagged::Struct {
                distinct,
                value: v(),
            }),
        ),
        (
            "buffered untagged some",
            outcome(&Untagged::Struct {
                distinct,
                value: Some(v()),
            }),
        ),
        (
            "buffered untagged tuple",
            outcome(&Untagged::Tuple(v(), v(), distinct)),
        ),
    ]
}

fn in_flattened_buffers<T: Wire + PartialEq + Debug + Clone>(value: &T) -> Places {
    let v = || value.clone();
    let flat = Flat {
        before: 1,
        inner: Inner {
            value: v(),
            other: None,
        },
    };
    let flat_some = Flat {
        before: 1,
        inner: Inner {
            value: Some(v()),
            other: Some(2),
        },
    };
    let rest = || BTreeMap::from([("one".to_owned(), v())]);
    let rest_some = || BTreeMap::from([("one".to_owned(), Some(v())), ("two".to_owned(), None)]);
    vec![
        ("buffered flat", outcome(&flat)),
        ("buffered flat some", outcome(&flat_some)),
        (
            "buffered flat map",
            outcome(&FlatMap {
                before: 1,
                rest: rest(),
            }),
        ),
        (
            "buffered flat map some",
            outcome(&FlatMap {
                before: 1,
                rest: rest_some(),
            }),
        ),
    ]
}
