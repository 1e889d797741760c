//! Decodes any bytes as values of many types: a value or an error, never a panic, and no more
//! memory than so many bytes can fill.

use std::collections::{BTreeMap, HashMap};
use std::error::Error;
use std::io;

use offloop::__fuzz::decode_borrowed;
use offloop::__private::{Decoder, Encoder, Lend, Wire};
use offloop::RemoteError;
use serde::de::IgnoredAny;
use serde_bytes::ByteBuf;
use serde_json::Value;

use crate::memory;
use crate::shapes::{
    Adjacent, Borrowed, Chain, External, Flat, Internal, Lists, Numbers, Options, Record, Tree,
    Untagged, Wide,
};

/// The memory that a value may take for each of its bytes: an element of a list may be as large as
/// its type, and a node of a map has room for eleven entries.
const FOR_EACH_BYTE: usize = 1024;
/// The memory that an error, or the first element of a list, may take for no bytes at all.
const FOR_ITSELF: usize = 64 << 10;

fn within_memory<R>(bytes: &[u8], what: &str, read: impl FnOnce() -> R) -> R {
    memory::at_most(FOR_EACH_BYTE * bytes.len() + FOR_ITSELF, what, read)
}

fn decode<T: Wire>(bytes: &[u8]) -> Option<T> {
    within_memory(bytes, std::any::type_name::<T>(), || {
        let mut input = Decoder::new(bytes);
        let value = input.argument("value");
        match value.and_then(|value| input.end_of_arguments().map(|()| value)) {
            Ok(value) => Some(value),
            Err(error) => {
                assert!(!error.to_string().is_empty());
                None
            }
        }
    })
}

fn encode<T: Wire>(value: &T) -> Vec<u8> {
    let mut out = Encoder::new(Vec::new());
    out.argument("value", value)
        .expect("what was decoded can be encoded");
    out.into_bytes()
}

/// If the bytes are a value, that value is encoded and decoded again, and stays the same.
fn read<T: Wire>(bytes: &[u8]) {
    if let Some(value) = decode::<T>(bytes) {
        let first = encode(&value);
        let again = decode::<T>(&first).expect("what was encoded can be decoded");
        assert_eq!(encode(&again), first, "{}", std::any::type_name::<T>());
    }
}

/// Like [`read`], for a type whose bytes differ each time.
fn read_unordered<T: Wire + PartialEq>(bytes: &[u8]) {
    if let Some(value) = decode::<T>(bytes) {
        assert!(decode::<T>(&encode(&value)).is_some_and(|again| again == value));
    }
}

fn borrow(bytes: &[u8]) {
    within_memory(bytes, "borrowing", || {
        if let Ok(value) = decode_borrowed::<Borrowed<'_>>(bytes) {
            let ours = bytes.as_ptr_range();
            for part in value.list.iter().chain([&value.text]) {
                assert!(part.is_empty() || ours.contains(&part.as_ptr()));
            }
            assert!(value.data.is_empty() || ours.contains(&value.data.as_ptr()));
        }
        let _ = decode_borrowed::<IgnoredAny>(bytes);
        let _ = decode_borrowed::<Vec<&str>>(bytes);
        let _ = decode_borrowed::<BTreeMap<&str, IgnoredAny>>(bytes);
    });
}

/// A borrowed value is equal to the owned one: it is in the bytes, or a copy if it cannot be used
/// there.
fn lend<T: Lend + ?Sized>(bytes: &[u8]) {
    let owned = decode::<T::Owned>(bytes).map(|value| encode(&value));
    within_memory(bytes, std::any::type_name::<T>(), || {
        let mut input = Decoder::new(bytes);
        let lent = T::decode("value", &mut input);
        let lent = lent.and_then(|value| input.end_of_arguments().map(|()| value));
        assert_eq!(lent.ok().map(|value| encode(&value.into_owned())), owned);
    });
}

fn fallible(bytes: &[u8]) {
    within_memory(bytes, "results", || {
        if let Ok(Err(error)) = Decoder::new(bytes).fallible::<Tree, io::Error, _>() {
            assert!(std::iter::successors(error.source(), |error| (*error).source()).count() <= 64);
        }
        let _ = Decoder::new(bytes).fallible::<Vec<u8>, Box<dyn Error + Send + Sync>, _>();
        let _ = Decoder::new(bytes).fallible::<(), External, _>();
        let mut input = Decoder::new(bytes);
        let _ = input.argument::<u8>("first").is_ok()
            && input.argument::<Vec<u32>>("second").is_ok()
            && input.argument::<Options>("third").is_ok()
            && input.end_of_arguments().is_ok();
    });
}

/// Decodes the bytes as every type.
pub fn check(bytes: &[u8]) {
    read::<u8>(bytes);
    read::<i64>(bytes);
    read::<u128>(bytes);
    read::<f32>(bytes);
    read::<f64>(bytes);
    read::<char>(bytes);
    read::<bool>(bytes);
    read::<()>(bytes);
    read::<String>(bytes);
    read::<Box<str>>(bytes);
    read::<Vec<u8>>(bytes);
    read::<Vec<f64>>(bytes);
    read::<Box<[u128]>>(bytes);
    read::<Vec<()>>(bytes);
    read::<Vec<Vec<String>>>(bytes);
    read::<Vec<[u64; 16]>>(bytes);
    read::<ByteBuf>(bytes);
    read::<(u8, Option<String>, [bool; 2])>(bytes);
    read::<std::net::IpAddr>(bytes);
    read::<std::path::PathBuf>(bytes);
    read::<std::time::Duration>(bytes);
    read_unordered::<HashMap<Option<u8>, String>>(bytes);
    read::<Numbers>(bytes);
    read::<Record>(bytes);
    read::<External>(bytes);
    read::<Internal>(bytes);
    read::<Adjacent>(bytes);
    read::<Untagged>(bytes);
    read::<Flat>(bytes);
    read::<Options>(bytes);
    read::<Wide>(bytes);
    read::<Tree>(bytes);
    read::<Lists>(bytes);
    read::<Chain>(bytes);
    read::<Value>(bytes);
    read::<RemoteError>(bytes);
    lend::<str>(bytes);
    lend::<[u8]>(bytes);
    lend::<[f64]>(bytes);
    lend::<[u128]>(bytes);
    borrow(bytes);
    fallible(bytes);
}
