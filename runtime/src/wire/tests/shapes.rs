//! What derived and hand-written `Serialize` can ask of a format, beyond the places of
//! `everywhere.rs`.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::ser::{SerializeMap, SerializeSeq, SerializeStruct};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Value, json};

use super::{decode, encode, refused, same};

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Shape {
    Point,
    CircleOf(f64),
    Box {
        width: u32,
        height: u32,
    },
    #[serde(other)]
    Unknown,
}

#[derive(Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
enum Key {
    Unit,
    With(Option<Option<u8>>),
}

#[test]
fn enums_and_keys_of_every_kind() {
    same(&vec![
        Shape::Point,
        Shape::CircleOf(1.5),
        Shape::Box {
            width: 1,
            height: 2,
        },
        Shape::Unknown,
    ]);
    same(&HashMap::from([
        (Key::Unit, 1),
        (Key::With(Some(None)), 2),
        (Key::With(None), 3),
    ]));
    same(&HashMap::from([(vec![1_u8], 1), (vec![], 2)]));
    same(&BTreeSet::from([(-1, 'x', true)]));
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Wide {
    name: String,
    dropped: Vec<Value>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Narrow {
    name: String,
    #[serde(default)]
    count: u32,
    note: Option<String>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Strict {
    name: String,
}

/// Both sides have the same types, but a type may write fields that it does not read.
#[test]
fn missing_and_unknown_fields() {
    let dropped = vec![json!([[1], null, "x"]), json!({"a": {}})];
    let bytes = encode(&Wide {
        name: "x".into(),
        dropped,
    })
    .unwrap();
    let narrow = Narrow {
        name: "x".into(),
        count: 0,
        note: None,
    };
    assert_eq!(decode::<Narrow>(&bytes), Ok(narrow));
    assert!(
        decode::<Strict>(&bytes)
            .unwrap_err()
            .to_string()
            .contains("unknown field `dropped`")
    );
    let bytes = encode(&Strict { name: "x".into() }).unwrap();
    assert!(
        decode::<Wide>(&bytes)
            .unwrap_err()
            .to_string()
            .contains("missing field `dropped`")
    );
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type")]
enum Event {
    Connect {
        from: std::net::IpAddr,
        port: Option<Option<u16>>,
    },
    Stop,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Entry {
    at: u64,
    #[serde(flatten)]
    event: Event,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Outer {
    #[serde(flatten)]
    strict: Strict,
    maybe: Option<Option<u8>>,
    #[serde(flatten)]
    rest: BTreeMap<String, Value>,
}

#[test]
fn flattened_and_tagged_together() {
    let connect = || Event::Connect {
        from: [10, 0, 0, 1].into(),
        port: Some(None),
    };
    same(&connect());
    same(&Entry {
        at: 1,
        event: connect(),
    });
    same(&Entry {
        at: u64::MAX,
        event: Event::Stop,
    });
    let rest = || BTreeMap::from([("y".into(), json!([null]))]);
    let strict = || Strict { name: "x".into() };
    same(&Outer {
        strict: strict(),
        maybe: Some(None),
        rest: rest(),
    });
    same(&Outer {
        strict: strict(),
        maybe: None,
        rest: rest(),
    });
}

/// A list or map that does not know how many parts it has, or is wrong about it.
#[derive(Debug, PartialEq)]
struct Odd {
    announced: Option<usize>,
    parts: Vec<u32>,
    as_map: bool,
}

impl Serialize for Odd {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.as_map {
            let mut map = serializer.serialize_map(self.announced)?;
            self.parts
                .iter()
                .try_for_each(|part| map.serialize_entry(part, &()))?;
            map.end()
        } else {
            let mut list = serializer.serialize_seq(self.announced)?;
            self.parts
                .iter()
                .try_for_each(|part| list.serialize_element(part))?;
            list.end()
        }
    }
}

impl<'de> Deserialize<'de> for Odd {
    fn deserialize<D: Deserializer<'de>>(_: D) -> Result<Self, D::Error> {
        Err(serde::de::Error::custom("only written"))
    }
}

#[test]
fn a_wrong_or_unknown_number_of_parts_is_set_right() {
    for count in [0, 1, 15, 16, 20] {
        let parts: Vec<u32> = (0..count).collect();
        for announced in [None, Some(0), Some(1), Some(15), Some(16), Some(70_000)] {
            let odd = |as_map| {
                (
                    7_u8,
                    Odd {
                        announced,
                        parts: parts.clone(),
                        as_map,
                    },
                    8_u8,
                )
            };
            assert_eq!(
                decode(&encode(&odd(false)).unwrap()),
                Ok((7_u8, parts.clone(), 8_u8))
            );
            let map: BTreeMap<u32, ()> = parts.iter().map(|&part| (part, ())).collect();
            assert_eq!(decode(&encode(&odd(true)).unwrap()), Ok((7_u8, map, 8_u8)));
        }
    }
}

/// A value that writes its `Display`, of this many characters.
#[derive(Debug, PartialEq)]
struct Shown(usize);

impl Serialize for Shown {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&"x".repeat(self.0))
    }
}

impl<'de> Deserialize<'de> for Shown {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Shown(text.len()))
    }
}

#[test]
fn a_formatted_text() {
    for length in [0, 31, 32, 255, 256, 65535, 65536] {
        same(&(Shown(length), 1_u8));
    }
}

/// A value that goes on after an error inside, on both sides.
#[derive(Debug, PartialEq)]
struct Careless<T>(T);

impl<T: Serialize> Serialize for Careless<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields = serializer.serialize_struct("Careless", 1)?;
        let _ = fields.serialize_field("inner", &self.0);
        fields.end()
    }
}

impl<'de, T: Deserialize<'de> + Default> Deserialize<'de> for Careless<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Careless(T::deserialize(deserializer).unwrap_or_default()))
    }
}

#[derive(Debug, PartialEq, Default, Deserialize)]
struct Unwritable;

impl Serialize for Unwritable {
    fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        Err(serde::ser::Error::custom("no"))
    }
}

#[test]
fn an_error_that_a_type_ignores_is_an_error() {
    refused(&Careless(Unwritable), "`Serialize` went on after an error");
    let bytes = encode(&(vec![vec![1_u8, 2], vec![3]], 4_u8)).unwrap();
    let read = decode::<(Careless<Vec<String>>, u8)>(&bytes);
    assert!(read.is_err(), "{read:?}");
}

/// The numbers and raw texts of `serde_json` are structs with a secret name.
#[test]
fn types_that_only_their_own_format_knows() {
    let raw = serde_json::value::RawValue::from_string("{\"a\": 1}".to_owned()).unwrap();
    let error = decode::<Box<serde_json::value::RawValue>>(&encode(&raw).unwrap()).unwrap_err();
    assert!(
        error.to_string().contains("expected any valid JSON value"),
        "{error}"
    );
}
