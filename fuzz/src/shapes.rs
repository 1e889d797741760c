//! Types of every kind that serde knows, to be read from any bytes and made from any bytes.

use std::collections::BTreeMap;

use arbitrary::{Arbitrary, Result, Unstructured};
use serde::{Deserialize, Serialize};
use serde_bytes::ByteBuf;

/// A number that is equal to itself: compared by its bits.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, Arbitrary)]
pub struct Float(pub f32, pub f64);

impl PartialEq for Float {
    fn eq(&self, other: &Self) -> bool {
        self.0.to_bits() == other.0.to_bits() && self.1.to_bits() == other.1.to_bits()
    }
}

/// Bytes that are sent as bytes.
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
    /// Of one to eight bytes.
    pub small: (u8, i8, u16, i16, u32, i32, u64, i64),
    /// As wide as a pointer.
    pub sizes: (usize, isize),
    /// With a point.
    pub floats: Vec<Float>,
    /// Not numbers, but as short.
    pub others: (bool, char, ()),
}

/// What another codec for the same bytes carries too.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Arbitrary)]
pub struct Record {
    /// Numbers.
    pub numbers: Numbers,
    /// Text.
    pub name: String,
    /// Bytes.
    pub data: Bytes,
    /// Nothing, or not.
    pub maybe: Option<i16>,
    /// An enum whose variants are maps of one entry.
    pub nested: Vec<External>,
    /// Keys that are not text.
    pub table: BTreeMap<i32, (u8, bool)>,
    /// A field that is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rare: Option<String>,
    /// Any type that contains itself.
    pub tree: Tree,
}

/// An enum as serde has it by default.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Arbitrary)]
pub enum External {
    /// No content.
    Unit,
    /// Content without a name.
    Newtype(u32),
    /// Several.
    Tuple(i8, String),
    /// With names.
    Struct {
        /// A list.
        list: Vec<u16>,
    },
}

/// A type that contains itself, in a list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Arbitrary)]
pub struct Tree {
    /// Its own.
    pub leaf: u8,
    /// Others.
    pub children: Vec<Tree>,
}

/// Lists of lists, and nothing else.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Arbitrary)]
pub struct Lists(pub Vec<Lists>);

/// A chain through `Some` and a newtype, which have no bytes of their own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Arbitrary)]
pub struct Chain(pub Option<Box<Chain>>);

/// What `MessagePack` by itself confuses.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Arbitrary)]
pub struct Options {
    /// One inside another.
    pub twice: Option<Option<u8>>,
    /// Of nothing.
    pub unit: Vec<Option<()>>,
    /// Of nothing that is there.
    pub deep: Option<Option<Option<Option<()>>>>,
    /// As keys.
    pub keys: BTreeMap<Option<Option<bool>>, Option<Option<String>>>,
}

/// Numbers that `MessagePack` by itself does not have.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Arbitrary)]
pub struct Wide {
    /// From 0 up.
    pub unsigned: u128,
    /// And below.
    pub signed: Option<i128>,
}

/// The name of the variant is one of its fields.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Arbitrary)]
#[serde(tag = "tag")]
pub enum Internal {
    /// No content.
    Unit,
    /// With names.
    Struct {
        /// Goes through serde's own buffer.
        options: Options,
        /// So does this.
        text: String,
    },
    /// Another's fields beside the name.
    Newtype(Options),
}

/// The name of the variant is beside its content.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Arbitrary)]
#[serde(tag = "t", content = "c")]
pub enum Adjacent {
    /// No content.
    Unit,
    /// Content without a name.
    Newtype(Box<Adjacent>),
    /// Several.
    Tuple(Float, Vec<()>),
    /// With names.
    Struct {
        /// Bytes.
        data: Bytes,
    },
}

/// The variant shows in the shape alone. No variant accepts what another one writes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Arbitrary)]
#[serde(untagged)]
pub enum Untagged {
    /// A list of three.
    Triple(bool, String, Option<u8>),
    /// A map.
    Struct {
        /// A name that no other has.
        distinct: Option<Option<u8>>,
    },
    /// A number.
    Number(i64),
    /// Text.
    Text(String),
}

/// The fields of others among its own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Arbitrary)]
pub struct Flat {
    /// Its own.
    pub own: u8,
    /// A struct's.
    #[serde(flatten)]
    pub options: Options,
    /// A map's, whose keys are no field's names.
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

/// A type that takes what comes and borrows what it can.
#[derive(Debug, Deserialize)]
pub struct Borrowed<'a> {
    /// Text, where it lies.
    pub text: &'a str,
    /// Bytes, where they lie.
    #[serde(borrow)]
    pub data: &'a serde_bytes::Bytes,
    /// More of them.
    #[serde(borrow, default)]
    pub list: Vec<&'a str>,
}
