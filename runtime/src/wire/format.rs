//! The bytes of `MessagePack` by name, and the limit of depth for both directions.
//!
//! Each value begins with one byte that tells its kind. For small values that byte also holds the
//! value or its length (the `FIX_` ranges). Otherwise the length or number follows, highest byte
//! first.

/// How many levels of values may be nested in each other. Structs, enums with content, sequences,
/// maps, `Some` and newtype structs count one level each.
///
/// A recursive type uses the stack at each level, and a thread of Rust has 2 MiB by default. The
/// test `stack.rs` checks that this many levels fit in it, in a build without optimisation.
pub(super) const DEPTH_LIMIT: usize = 256;

/// Highest of the numbers that are their own byte, from 0.
pub(super) const FIX_POSITIVE_MAX: u8 = 0x7f;
/// A map of up to 15 entries; the count is in the low bits.
pub(super) const FIX_MAP: u8 = 0x80;
/// An array of up to 15 elements.
pub(super) const FIX_ARRAY: u8 = 0x90;
/// A string of up to 31 bytes.
pub(super) const FIX_STR: u8 = 0xa0;
pub(super) const NIL: u8 = 0xc0;
/// Not used by `MessagePack`. Here: a `Some` whose content would otherwise read as `None`.
pub(super) const SOME: u8 = 0xc1;
pub(super) const FALSE: u8 = 0xc2;
pub(super) const TRUE: u8 = 0xc3;
pub(super) const BIN_8: u8 = 0xc4;
pub(super) const BIN_16: u8 = 0xc5;
pub(super) const BIN_32: u8 = 0xc6;
pub(super) const F32: u8 = 0xca;
pub(super) const F64: u8 = 0xcb;
pub(super) const U8: u8 = 0xcc;
pub(super) const U16: u8 = 0xcd;
pub(super) const U32: u8 = 0xce;
pub(super) const U64: u8 = 0xcf;
pub(super) const I8: u8 = 0xd0;
pub(super) const I16: u8 = 0xd1;
pub(super) const I32: u8 = 0xd2;
pub(super) const I64: u8 = 0xd3;
/// An application's own kind of value, in 16 bytes. One byte follows that tells which.
pub(super) const EXT_16_BYTES: u8 = 0xd8;
pub(super) const STR_8: u8 = 0xd9;
pub(super) const STR_16: u8 = 0xda;
pub(super) const STR_32: u8 = 0xdb;
pub(super) const ARRAY_16: u8 = 0xdc;
pub(super) const ARRAY_32: u8 = 0xdd;
pub(super) const MAP_16: u8 = 0xde;
pub(super) const MAP_32: u8 = 0xdf;
/// Lowest byte of the numbers from -32 to -1, which are their own byte.
pub(super) const FIX_NEGATIVE: u8 = 0xe0;

/// Kinds of [`EXT_16_BYTES`]: `MessagePack`'s own numbers end at 64 bits.
pub(super) const EXT_U128: u8 = 1;
pub(super) const EXT_I128: u8 = 2;
