//! The promises of shared buffers, within one process. The tests of pools send them to workers.

// This lint advises against types that are tested too.
#![allow(clippy::option_option)]

mod refused;

use std::collections::BTreeMap;
use std::io;
use std::os::fd::OwnedFd;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::Shared;
use crate::wire::{CodecError, Decoder, Encoder, Wire};

fn bytes(content: &[u8]) -> Shared<[u8]> {
    Shared::<[u8]>::copy_from(content).unwrap()
}

/// Encodes a message of one argument. The descriptors that go with it are copies, as they are when
/// they arrive in another process.
fn send<T: Wire>(value: &T) -> (Vec<u8>, Vec<OwnedFd>) {
    let mut encoder = Encoder::new(Vec::new());
    encoder.argument("value", value).unwrap();
    let handles = encoder.take_handles();
    let arrive = |handle: &Arc<OwnedFd>| handle.try_clone().unwrap();
    (encoder.into_bytes(), handles.iter().map(arrive).collect())
}

fn receive<T: Wire>(message: &[u8], handles: Vec<OwnedFd>) -> Result<T, CodecError> {
    let mut decoder = Decoder::new(message).with_handles(handles);
    let value = decoder.argument("value")?;
    decoder.end_of_arguments()?;
    Ok(value)
}

fn trip<T: Wire>(value: &T) -> T {
    let (message, handles) = send(value);
    receive(&message, handles).unwrap()
}

#[test]
fn every_kind_of_content_comes_back() {
    macro_rules! numbers {
        ($($number:ident)*) => {$(
            let numbers = [<$number>::MIN, <$number>::MAX, <$number>::default()];
            let shared = Shared::<[$number]>::copy_from(&numbers).unwrap();
            assert_eq!(*shared, numbers);
            assert_eq!(*trip(&shared), numbers);
            assert_eq!(Shared::try_from(numbers.to_vec()).unwrap(), shared);
            assert_eq!(Shared::try_from(&numbers[..]).unwrap(), shared);
        )*};
    }
    numbers! { u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize f32 f64 }
    let text = Shared::<str>::copy_from("größer").unwrap();
    assert_eq!(&*trip(&text), "größer");
    assert_eq!(Shared::try_from("größer").unwrap(), text);
    assert_eq!(Shared::try_from("größer".to_owned()).unwrap(), text);
}

#[test]
fn empty_content_takes_no_descriptor() {
    let text = Shared::<str>::copy_from("").unwrap();
    assert_eq!(&*text, "");
    let (message, handles) = send(&(text, bytes(b"")));
    assert!(handles.is_empty());
    let (text, bytes): (Shared<str>, Shared<[u8]>) = receive(&message, handles).unwrap();
    assert_eq!((&*text, &*bytes), ("", &[][..]));
    let mut calls = 0;
    let numbers = Shared::<[f64]>::with_len(0, |numbers| calls += 1 + numbers.len()).unwrap();
    assert_eq!((numbers.len(), calls), (0, 1));
}

#[test]
fn content_is_filled_in_place() {
    let filled = Shared::<[u64]>::with_len(10_000, |numbers| {
        assert!(numbers.len() == 10_000 && numbers.iter().all(|&number| number == 0));
        numbers.fill(u64::MAX);
    });
    assert_eq!(*trip(&filled.unwrap()), vec![u64::MAX; 10_000]);
    let refused = Shared::<[u8]>::try_with_len(1, |_| Err(io::Error::other("no bytes")));
    assert_eq!(refused.unwrap_err().to_string(), "no bytes");
    assert!(Shared::<[u64]>::with_len(usize::MAX / 4, |_| ()).is_err());
    assert!(Shared::<[u8]>::with_len(usize::MAX, |_| ()).is_err());
}

#[test]
fn a_shared_is_like_any_other_value() {
    fn assert<T: Send + Sync + Clone + AsRef<[u8]>>(_: &T) {}
    let shared = bytes(b"secret");
    assert(&shared);
    assert_eq!(format!("{shared:?}"), "Shared { bytes: 6, .. }");
    let clone = shared.clone();
    assert!(std::ptr::eq(shared.as_ptr(), clone.as_ptr()));
    drop(shared);
    let there = std::thread::spawn(move || clone.to_vec()).join().unwrap();
    assert_eq!(there, b"secret");
    assert_eq!(bytes(b"a"), bytes(b"a"));
    assert_ne!(bytes(b"a"), bytes(b"b"));
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Everywhere {
    direct: Shared<[u8]>,
    option: Option<Shared<str>>,
    none: Option<Shared<str>>,
    list: Vec<(u8, Shared<[u8]>)>,
    map: BTreeMap<String, Newtype>,
    tagged: Tagged,
    untagged: Untagged,
    adjacent: Adjacent,
    #[serde(flatten)]
    flat: Flat,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Newtype(Shared<[u8]>);

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind")]
enum Tagged {
    Inside { buffer: Shared<[u8]> },
    Struct(Flat),
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
enum Untagged {
    Number(u8),
    Buffer(Shared<[u8]>),
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "content")]
enum Adjacent {
    Buffer(Shared<[u8]>),
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Flat {
    flat: Option<Option<Shared<[f32]>>>,
}

#[test]
fn buffers_go_everywhere_and_each_is_sent_once() {
    let often = bytes(b"often");
    let flat = || Flat {
        flat: Some(Some(Shared::<[f32]>::copy_from(&[1.5]).unwrap())),
    };
    let value = vec![Everywhere {
        direct: often.clone(),
        option: Some(Shared::<str>::copy_from("text").unwrap()),
        none: None,
        list: vec![(1, often.clone()), (2, bytes(b"other"))],
        map: BTreeMap::from([("key".to_owned(), Newtype(often.clone()))]),
        tagged: Tagged::Inside {
            buffer: often.clone(),
        },
        untagged: Untagged::Buffer(often.clone()),
        adjacent: Adjacent::Buffer(often),
        flat: flat(),
    }];
    let (message, handles) = send(&value);
    assert_eq!(handles.len(), 4);
    let arrived: Vec<Everywhere> = receive(&message, handles).unwrap();
    assert_eq!(arrived, value);
    let [arrived] = &arrived[..] else { panic!() };
    assert!(std::ptr::eq(
        arrived.direct.as_ptr(),
        arrived.list[0].1.as_ptr()
    ));
    // They can be sent on by the process that has received them.
    let (message, handles) = send(arrived);
    assert_eq!(handles.len(), 4);
    assert_eq!(&receive::<Everywhere>(&message, handles).unwrap(), arrived);
    assert_eq!(trip(&Tagged::Struct(flat())), Tagged::Struct(flat()));
}

#[test]
fn several_values_of_one_message() {
    let shared = bytes(b"shared");
    let mut encoder = Encoder::new(Vec::new());
    encoder.argument("first", &shared).unwrap();
    encoder.argument("second", &1_u8).unwrap();
    encoder.argument("third", &Some(shared.clone())).unwrap();
    let handles = encoder.take_handles();
    assert_eq!(handles.len(), 1);
    let handles = vec![handles[0].try_clone().unwrap()];
    let message = encoder.into_bytes();
    let mut decoder = Decoder::new(&message).with_handles(handles);
    assert_eq!(decoder.argument("first"), Ok(shared.clone()));
    assert_eq!(decoder.argument("second"), Ok(1_u8));
    assert_eq!(decoder.argument("third"), Ok(Some(shared)));
}

/// Returns how often this process maps the file of this number, and how many descriptors of it it
/// has.
fn uses(inode: u64) -> (usize, usize) {
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
    let field = inode.to_string();
    let mapped = maps
        .lines()
        .filter(|line| line.split_whitespace().nth(4) == Some(&field));
    let mapped = mapped
        .filter(|line| line.contains("offloop-shared"))
        .count();
    let entries = std::fs::read_dir("/proc/self/fd").unwrap();
    let open = entries.filter(|entry| {
        let path = entry.as_ref().unwrap().path();
        let named = path.read_link();
        named.is_ok_and(|name| name.to_string_lossy().contains("offloop-shared"))
            && std::fs::metadata(path)
                .is_ok_and(|it| std::os::unix::fs::MetadataExt::ino(&it) == inode)
    });
    (mapped, open.count())
}

#[test]
fn the_last_one_frees() {
    let shared = bytes(b"freed");
    let file = shared.buffer.as_ref().unwrap().file();
    let inode = rustix::fs::fstat(file).unwrap().st_ino;
    assert_eq!(uses(inode), (1, 1));
    let arrived = trip(&shared);
    assert_eq!(uses(inode), (2, 2));
    let (message, handles) = send(&arrived);
    drop((shared, arrived));
    assert_eq!(uses(inode), (0, 1));
    let arrived: Shared<[u8]> = receive(&message, handles).unwrap();
    assert_eq!(uses(inode), (1, 1));
    drop(arrived);
    assert_eq!(uses(inode), (0, 0));
}
