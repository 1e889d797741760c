//! What serde itself changes with every format. It is tested so that the docs of `wire` stay true.
//!
//! Each case is compared with `serde_json`. If serde changes one of them, the test fails.

use std::collections::BTreeMap;
use std::fmt::Debug;

use serde::{Deserialize, Serialize};

use super::super::Wire;
use super::trip;

/// With this codec and with JSON, `value` comes back as `back`.
#[track_caller]
fn becomes<T: Wire + PartialEq + Debug>(value: &T, back: &T) {
    assert_ne!(value, back);
    assert_eq!(trip(value).as_ref(), Ok(back));
    let json = serde_json::to_string(value).unwrap();
    assert_eq!(&serde_json::from_str::<T>(&json).unwrap(), back);
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
enum Number {
    Small(u8),
    Large(u64),
}

#[test]
fn untagged_takes_the_first_variant_that_fits() {
    becomes(&Number::Large(5), &Number::Small(5));
    assert_eq!(trip(&Number::Large(500)), Ok(Number::Large(500)));
}

#[derive(Debug, Default, PartialEq, Serialize, Deserialize)]
struct AllOptional {
    a: Option<u8>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct FlatOption {
    #[serde(flatten)]
    inner: Option<AllOptional>,
}

#[test]
fn a_flattened_none_may_be_some() {
    becomes(
        &FlatOption { inner: None },
        &FlatOption {
            inner: Some(AllOptional::default()),
        },
    );
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct TwoMaps {
    #[serde(flatten)]
    first: BTreeMap<String, u8>,
    #[serde(flatten)]
    second: BTreeMap<String, u8>,
}

#[test]
fn two_flattened_maps_get_the_same_entries() {
    let map = |keys: &[&str]| keys.iter().map(|&key| (key.to_owned(), 1)).collect();
    let both = || map(&["a", "b"]);
    becomes(
        &TwoMaps {
            first: map(&["a"]),
            second: map(&["b"]),
        },
        &TwoMaps {
            first: both(),
            second: both(),
        },
    );
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct EnumAndMap {
    #[serde(flatten)]
    tagged: Tagged,
    #[serde(flatten)]
    rest: BTreeMap<String, serde_json::Value>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type")]
enum Tagged {
    Stop,
}

#[test]
fn a_flattened_map_gets_the_entries_of_an_enum_beside_it() {
    let rest = BTreeMap::from([("type".to_owned(), "Stop".into())]);
    becomes(
        &EnumAndMap {
            tagged: Tagged::Stop,
            rest: BTreeMap::new(),
        },
        &EnumAndMap {
            tagged: Tagged::Stop,
            rest,
        },
    );
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Skipped {
    #[serde(skip)]
    cache: u8,
}

#[test]
fn a_skipped_field_gets_its_default() {
    becomes(&Skipped { cache: 1 }, &Skipped { cache: 0 });
}
