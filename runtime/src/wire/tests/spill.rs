//! Encoding into memory that grows on demand. Every test of the codec checks, through `encode`,
//! that the bytes are the same.

use std::any::Any;
use std::io;

use super::super::{CodecError, Decoder, Encoder, Spill, Wire};

/// Where the values begin. Something else may be in front of them.
const AT: usize = 7;

/// Memory of this process that cannot grow beyond `limit` bytes.
struct Fake {
    bytes: Vec<u8>,
    limit: usize,
}

impl Fake {
    fn new(limit: usize) -> Self {
        Fake {
            bytes: vec![9; AT],
            limit,
        }
    }
}

impl Spill for Fake {
    fn grow(&mut self, length: usize) -> io::Result<()> {
        if length > self.limit {
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.bytes.resize(length.max(self.bytes.len()), 0xee);
        Ok(())
    }

    fn write(&mut self, at: usize, bytes: &[u8]) -> io::Result<()> {
        self.bytes[at..at + bytes.len()].copy_from_slice(bytes);
        Ok(())
    }

    fn read(&self, at: usize, into: &mut [u8]) -> io::Result<()> {
        into.copy_from_slice(&self.bytes[at..at + into.len()]);
        Ok(())
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}

/// Returns an encoder into memory that cannot grow beyond `limit` bytes.
fn encoder(limit: usize) -> Encoder {
    Encoder::spilling_into(Box::new(Fake::new(limit)), AT, Vec::new())
}

/// Encodes one argument in pieces of this size. Returns the outcome, and the bytes that were
/// written.
pub(super) fn encode_spilling<T: Wire>(
    value: &T,
    piece: usize,
) -> (Result<(), CodecError>, Vec<u8>) {
    let mut out = Encoder::spilling_into(Box::new(Fake::new(usize::MAX)), AT, vec![5; 3]);
    out.set_piece(piece);
    let encoded = out.argument("value", value);
    let end = out.finish().unwrap();
    let (mut memory, _) = out.into_spill::<Fake>().unwrap();
    assert_eq!(memory.bytes[..AT], [9; AT]);
    (encoded, memory.bytes.drain(AT..end).collect())
}

#[test]
fn one_value_after_another() {
    let mut out = encoder(usize::MAX);
    let long = vec![1.5_f64; 100_000];
    out.argument("small", &(1, "x".to_owned())).unwrap();
    out.argument("long", &long).unwrap();
    out.argument("small", &Some(3_u8)).unwrap();
    let end = out.finish().unwrap();
    assert_eq!(out.finish().unwrap(), end);
    let (memory, spare) = out.into_spill::<Fake>().unwrap();
    assert!(
        spare.capacity() < 100_000,
        "what is long should not have gathered"
    );
    let mut decoder = Decoder::new(&memory.bytes[AT..end]);
    assert_eq!(decoder.argument("small"), Ok((1, "x".to_owned())));
    assert_eq!(decoder.argument("long"), Ok(long));
    assert_eq!(decoder.argument("small"), Ok(Some(3_u8)));
    decoder.end_of_arguments().unwrap();
}

#[test]
fn the_limit_counts_from_the_beginning_of_the_memory() {
    let text = "x".repeat(100);
    for (limit, fits) in [(AT + 108, true), (AT + 107, false), (0, false)] {
        let mut out = encoder(usize::MAX).with_limit(limit);
        out.set_piece(16);
        let encoded = out.argument("text", &text);
        assert_eq!(encoded.is_ok(), fits, "{encoded:?}");
    }
    let mut out = encoder(usize::MAX).with_limit(AT + 20);
    let error = out.argument("text", &vec![text]).unwrap_err();
    assert!(error.is_too_large(), "{error}");
}

/// A list that goes on after any error.
#[derive(serde::Deserialize)]
struct Stubborn(Vec<u64>);

impl serde::Serialize for Stubborn {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeSeq;
        let mut list = serializer.serialize_seq(Some(self.0.len()))?;
        for number in &self.0 {
            let _ = list.serialize_element(number);
        }
        list.end()
    }
}

#[test]
fn memory_that_cannot_grow_is_an_error() {
    let text = "there is no shared memory for a message of ";
    let mut out = encoder(1000);
    let error = out.argument("bytes", &vec![0_u8; 100_000]).unwrap_err();
    assert!(error.to_string().contains(text), "{error}");
    assert!(!error.is_too_large());
    assert!(out.into_spill::<Fake>().is_some());

    let mut out = encoder(1000);
    let texts = vec!["x".repeat(50); 10_000];
    let error = out.argument("texts", &texts).unwrap_err();
    assert!(error.to_string().contains(text), "{error}");

    let mut out = encoder(1000);
    let numbers = Stubborn(vec![u64::MAX; 100_000]);
    out.argument("numbers", &numbers).unwrap_err();

    // A short value gathers first, and fails only when it spills.
    let mut out = encoder(1000);
    out.argument("text", &"x".repeat(2000)).unwrap();
    let error = out.finish().unwrap_err();
    assert!(error.to_string().contains(text), "{error}");
}

#[test]
fn errors_name_keys_that_have_spilled() {
    let map = std::collections::BTreeMap::from([(
        "key".to_owned(),
        vec![serde_json::Value::Null; 100]
            .into_iter()
            .map(Some)
            .collect::<Vec<_>>(),
    )]);
    let mut out = encoder(100);
    out.set_piece(16);
    let error = out.argument("map", &map).unwrap_err().to_string();
    assert!(error.contains("at `.key["), "{error}");
}

#[test]
fn memory_of_another_type_is_not_returned() {
    struct Other;
    impl Spill for Other {
        fn grow(&mut self, _: usize) -> io::Result<()> {
            Ok(())
        }
        fn write(&mut self, _: usize, _: &[u8]) -> io::Result<()> {
            Ok(())
        }
        fn read(&self, _: usize, _: &mut [u8]) -> io::Result<()> {
            Ok(())
        }
        fn into_any(self: Box<Self>) -> Box<dyn Any> {
            self
        }
    }
    let out = Encoder::spilling_into(Box::new(Other), 0, Vec::new());
    assert!(out.into_spill::<Fake>().is_none());
    assert!(Encoder::new(Vec::new()).into_spill::<Fake>().is_none());
}
