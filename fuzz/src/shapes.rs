//! Types of every kind that serde knows, to be decoded from any bytes and made from any bytes.

use std::collections::BTreeMap;

use arbitrary::{Arbitrary, Result, Unstructured};
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

/// Numbers that are compared by their bits, so that each is equal to itself.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, Arbitrary)]
pub struct Float(pub f32, pub f64);

impl PartialEq for Float {
    fn eq(&self, other: &Self) -> bool {
        self.0.to_bits() == other.0.to_bits() && self.1.to_bits() == other.1.to_bits()
    }
}

/// Bytes that serde encodes as bytes, not as a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Bytes(pub ByteBuf);

impl<'a> Arbitrary<'a> for Bytes {
    fn arbitrary(input: &mut Unstructured<'a>) -> Result<Self> {
        Ok(Bytes(ByteBuf::from(Vec::<u8>::arbitrary(input)?)))
    }
}

/// Every number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Arbitrary)]
pub struct Numbers {
    /// Integers of one to eight bytes.
    pub small: (u8, i8, u16, i16, u32, i32, u64, i64),
    /// Integers as wide as a pointer.
    pub sizes: (usize, isize),
    /// Floats.
    pub floats: Vec<Float>,
    /// Short values that are not numbers.
    pub others: (bool, char, ()),
}

/// A struct that `rmp-serde` encodes in the same bytes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Arbitrary)]
pub struct Record {
    /// Numbers.
    pub numbers: Numbers,
    /// Text.
    pub name: String,
    /// Bytes.
    pub data: Bytes,
    /// A number, or nothing.
    pub maybe: Option<i16>,
    /// An enum whose variants are maps of one entry.
    pub nested: Vec<External>,
    /// A map whose keys are not text.
    pub table: BTreeMap<i32, (u8, bool)>,
    /// A field that is left out if it is `None`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rare: Option<String>,
    /// A type that contains itself.
    pub tree: Tree,
}

/// An enum as serde has it by default.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Arbitrary)]
pub enum External {
    /// A variant without content.
    Unit,
    /// A variant with one value.
    Newtype(u32),
    /// A variant with several values.
    Tuple(i8, String),
    /// A variant with named fields.
    Struct {
        /// A list.
        list: Vec<u16>,
    },
}

/// A type that contains itself, in a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Arbitrary)]
pub struct Tree {
    /// A number.
    pub leaf: u8,
    /// The same type again.
    pub children: Vec<Tree>,
}

/// Lists of lists, and nothing else.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Arbitrary)]
pub struct Lists(pub Vec<Lists>);

/// A chain through `Some` and a newtype, which have no bytes of their own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Arbitrary)]
pub struct Chain(pub Option<Box<Chain>>);

/// Values that `MessagePack` by itself confuses.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Arbitrary)]
pub struct Options {
    /// An `Option` inside another.
    pub twice: Option<Option<u8>>,
    /// Options of `()`.
    pub unit: Vec<Option<()>>,
    /// Options of options of `()`.
    pub deep: Option<Option<Option<Option<()>>>>,
    /// Options as keys.
    pub keys: BTreeMap<Option<Option<bool>>, Option<Option<String>>>,
}

/// Numbers that `MessagePack` by itself does not have.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Arbitrary)]
pub struct Wide {
    /// A number from 0 up.
    pub unsigned: u128,
    /// A number that may be below 0.
    pub signed: Option<i128>,
}

/// An enum whose variant is named in one of its fields.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Arbitrary)]
#[serde(tag = "tag")]
pub enum Internal {
    /// A variant without content.
    Unit,
    /// A variant with named fields.
    Struct {
        /// A value that goes through serde's own buffer.
        options: Options,
        /// A text that goes through serde's own buffer.
        text: String,
    },
    /// A variant whose content has the fields.
    Newtype(Options),
}

/// An enum whose variant is named beside its content.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Arbitrary)]
#[serde(tag = "t", content = "c")]
pub enum Adjacent {
    /// A variant without content.
    Unit,
    /// A variant with one value.
    Newtype(Box<Adjacent>),
    /// A variant with several values.
    Tuple(Float, Vec<()>),
    /// A variant with named fields.
    Struct {
        /// Bytes.
        data: Bytes,
    },
}

/// An enum whose variants differ in shape alone. No variant accepts what another one writes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Arbitrary)]
#[serde(untagged)]
pub enum Untagged {
    /// A variant that is a list of three.
    Triple(bool, String, Option<u8>),
    /// A variant that is a map.
    Struct {
        /// A field whose name no other variant has.
        distinct: Option<Option<u8>>,
    },
    /// A variant that is a number.
    Number(i64),
    /// A variant that is text.
    Text(String),
}

/// A struct with the fields of others among its own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Arbitrary)]
pub struct Flat {
    /// A field of its own.
    pub own: u8,
    /// The fields of a struct.
    #[serde(flatten)]
    pub options: Options,
    /// The entries of a map, whose keys are not the names of fields.
    #[serde(flatten, deserialize_with = "unprefixed", serialize_with = "prefixed")]
    pub extra: BTreeMap<String, Option<u8>>,
}

fn prefixed<S: serde::Serializer>(
    map: &BTreeMap<String, Option<u8>>,
    serializer: S,
) -> std::result::Result<S::Ok, S::Error> {
    serializer.collect_map(map.iter().map(|(key, value)| (format!("+{key}"), value)))
}

fn unprefixed<'de, D: serde::Deserializer<'de>>(
    deserializer: D,
) -> std::result::Result<BTreeMap<String, Option<u8>>, D::Error> {
    let map = BTreeMap::<String, Option<u8>>::deserialize(deserializer)?;
    let own = |(key, value): (String, _)| Some((key.strip_prefix('+')?.to_owned(), value));
    Ok(map.into_iter().filter_map(own).collect())
}

/// A type that borrows from the bytes.
#[derive(Debug, Deserialize)]
pub struct Borrowed<'a> {
    /// Text, in place.
    pub text: &'a str,
    /// Bytes, in place.
    #[serde(borrow)]
    pub data: &'a serde_bytes::Bytes,
    /// More texts, in place.
    #[serde(borrow, default)]
    pub list: Vec<&'a str>,
}
