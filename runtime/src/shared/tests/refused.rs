//! The formats that do not take shared buffers, and the bytes that are not taken for one.

use std::io;
use std::os::fd::OwnedFd;

use serde::{Deserialize, Serialize};

use super::{Flat, Shared, bytes, receive, send};
use crate::sys::sealed::SealedMemory;
use crate::wire::{Decoder, Encoder, Wire};

#[track_caller]
fn refused<T: Wire + std::fmt::Debug>(message: &[u8], handles: Vec<OwnedFd>, text: &str) {
    let error = receive::<T>(message, handles).unwrap_err().to_string();
    assert!(error.contains(text), "said: {error}");
}

#[test]
fn other_formats_are_refused() {
    let text = "can only go to a worker process and back, not into this format";
    let value = Flat {
        flat: Some(Some(Shared::<[f32]>::copy_from(&[1.5]).unwrap())),
    };
    let json = serde_json::to_string(&value).unwrap_err();
    assert!(json.to_string().contains(text), "{json}");
    assert!(serde_json::to_value(bytes(b"")).is_err());
    let packed = rmp_serde::to_vec(&value).unwrap_err();
    assert!(packed.to_string().contains(text), "{packed}");

    let text = "can only come with a message of a worker process or its pool";
    let json = serde_json::from_str::<Shared<[u8]>>("[1,2,3]").unwrap_err();
    assert!(json.to_string().contains(text), "{json}");
    let mut encoder = Encoder::new(Vec::new());
    encoder.argument("value", &bytes(b"x")).unwrap();
    let message = encoder.into_bytes();
    let error = Decoder::new(&message).argument::<Shared<[u8]>>("value");
    let error = error.unwrap_err().to_string();
    assert!(error.contains(text), "{error}");
}

/// A type that writes its content as JSON, in a message.
#[derive(Debug)]
struct Json(Shared<[u8]>);

impl Serialize for Json {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let json = serde_json::to_string(&self.0).map_err(serde::ser::Error::custom)?;
        serializer.serialize_str(&json)
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = String::deserialize(deserializer)?;
        let content = serde_json::from_str(&json).map_err(serde::de::Error::custom)?;
        Ok(Json(content))
    }
}

/// A type whose fields serde stores, to write them later.
#[derive(Debug, Serialize, Deserialize)]
struct FlatVariant {
    #[serde(flatten)]
    flat: Variant,
}

#[derive(Debug, Serialize, Deserialize)]
enum Variant {
    Fields { buffer: Shared<[u8]> },
}

#[test]
fn other_formats_within_a_message_are_refused() {
    let text = "not into this format";
    let mut encoder = Encoder::new(Vec::new());
    let error = encoder.argument("value", &Json(bytes(b"x"))).unwrap_err();
    assert!(error.to_string().contains(text), "{error}");
    let value = FlatVariant {
        flat: Variant::Fields {
            buffer: bytes(b"x"),
        },
    };
    let error = encoder.argument("value", &value).unwrap_err();
    assert!(error.to_string().contains(text), "{error}");
    assert!(encoder.take_handles().is_empty());

    let (message, _) = send(&"\"no ticket\"".to_owned());
    assert!(receive::<Json>(&message, Vec::new()).is_err());
}

/// A type that says it is a `Shared`.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename = "$offloop::Shared")]
struct Pretender(Vec<u8>);

#[test]
fn a_pretender_is_refused() {
    let mut encoder = Encoder::new(Vec::new());
    let pretender = Pretender(vec![0; 12]);
    let error = encoder.argument("value", &pretender).unwrap_err();
    assert!(error.to_string().contains("offers nothing"), "{error}");
}

#[test]
fn tickets_are_not_trusted() {
    type Bytes = Shared<[u8]>;
    let (message, handles) = send(&bytes(b"four"));
    let own = || vec![handles[0].try_clone().unwrap()];
    assert_eq!(receive(&message, own()), Ok(bytes(b"four")));
    refused::<Bytes>(&message, Vec::new(), "came with 0");
    refused::<Shared<[u64]>>(&message, own(), "no whole number of `u64`");
    let longer = vec![
        SealedMemory::copy_from(b"longer")
            .unwrap()
            .file()
            .try_clone()
            .unwrap(),
    ];
    refused::<Bytes>(&message, longer, "of 4 bytes that came with 6");
    let (pipe, _writer) = io::pipe().unwrap();
    refused::<Bytes>(&message, vec![pipe.into()], "is none");
    let flags = rustix::fs::MemfdFlags::CLOEXEC | rustix::fs::MemfdFlags::ALLOW_SEALING;
    let open = rustix::fs::memfd_create("offloop-test", flags).unwrap();
    rustix::fs::ftruncate(&open, 4).unwrap();
    refused::<Bytes>(&message, vec![open], "could still be written to");

    let (message, handles) = send(&bytes(&[0xff, 0xfe]));
    refused::<Shared<str>>(&message, handles, "a `Shared` text: invalid utf-8");

    for length in 0..20 {
        let (message, _) = send(&serde_bytes::ByteBuf::from(vec![0xff; length]));
        assert!(receive::<Bytes>(&message, own()).is_err());
    }
    let (message, _) = send(&vec![(1_u8, "x".to_owned())]);
    refused::<Bytes>(&message, own(), "expected a `Shared` buffer");
}

#[test]
fn one_message_has_253_buffers_at_most() {
    let many = |count: usize| {
        (0..count)
            .map(|i| bytes(&i.to_le_bytes()))
            .collect::<Vec<_>>()
    };
    let mut encoder = Encoder::new(Vec::new());
    encoder.argument("value", &many(253)).unwrap();
    assert_eq!(encoder.take_handles().len(), 253);
    let error = encoder.argument("value", &many(254)).unwrap_err();
    assert!(error.to_string().contains("more than 253"), "{error}");
}

#[test]
fn descriptors_of_a_message_are_known_until_it_is_read() {
    let read = || serde_json::from_str::<Shared<[u8]>>("\"a ticket..\"");
    let known = || !read().unwrap_err().to_string().contains("here is none");
    let (message, handles) = send(&bytes(b"x"));
    let mut decoder = Decoder::new(&message).with_handles(handles);
    assert!(known());
    let (other, handles) = send(&1_u8);
    let mut inner = Decoder::new(&other).with_handles(handles);
    assert_eq!(inner.output(), Ok(1_u8));
    inner.end().unwrap();
    assert!(known());
    assert_eq!(decoder.argument("value"), Ok(bytes(b"x")));
    decoder.end_of_arguments().unwrap();
    assert!(!known());
}
