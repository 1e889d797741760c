//! Encoding into memory that grows on demand. That it gives the same bytes is held by every test of the codec,
//! through `encode`.

use std::any::Any;
use std::io;

use super::super::{CodecError, Decoder, Encoder, Spill, Wire};

/// Where the values begin: in front, there may be something else.
const AT: usize = 7;

/// Memory of this process, which ends at `most` bytes.
struct Fake {
    bytes: Vec<u8>,
    most: usize,
}

impl Fake {
    fn new(most: usize) -> Self {
        Fake {
            bytes: vec![9; AT],
            most,
        }
    }
}

impl Spill for Fake {
    fn grow(&mut self, length: usize) -> io::Result<()> {
        if length > self.most {
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

/// What comes of encoding one argument into a spill, and the bytes that are there then.
pub(super) fn encode_spilling<T: Wire>(
    value: &T,
    piece: usize,
) -> (Result<(), CodecError>, Vec<u8>) {
    let mut encoder = Encoder::spilling_into(Box::new(Fake::new(usize::MAX)), AT, vec![5; 3]);
    encoder.set_piece(piece);
    let encoded = encoder.argument("value", value);
    let end = encoder.finish().unwrap();
    let (mut spill, _) = encoder.into_spill::<Fake>().unwrap();
    assert_eq!(spill.bytes[..AT], [9; AT]);
    (encoded, spill.bytes.drain(AT..end).collect())
}

#[test]
fn one_value_after_another() {
    let mut encoder = Encoder::spilling_into(Box::new(Fake::new(usize::MAX)), AT, Vec::new());
    let long = vec![1.5_f64; 100_000];
    encoder.argument("small", &(1, "x".to_owned())).unwrap();
    encoder.argument("long", &long).unwrap();
    encoder.argument("small", &Some(3_u8)).unwrap();
    let end = encoder.finish().unwrap();
    assert_eq!(encoder.finish().unwrap(), end);
    let (spill, spare) = encoder.into_spill::<Fake>().unwrap();
    assert!(
        spare.capacity() < 100_000,
        "what is long should not have gathered"
    );
    let mut decoder = Decoder::new(&spill.bytes[AT..end]);
    assert_eq!(decoder.argument("small"), Ok((1, "x".to_owned())));
    assert_eq!(decoder.argument("long"), Ok(long));
    assert_eq!(decoder.argument("small"), Ok(Some(3_u8)));
    decoder.end_of_arguments().unwrap();
}

#[test]
fn the_limit_counts_from_the_beginning_of_the_room() {
    let text = "x".repeat(100);
    for (limit, fits) in [(AT + 108, true), (AT + 107, false), (0, false)] {
        let mut encoder = Encoder::spilling_into(Box::new(Fake::new(usize::MAX)), AT, Vec::new())
            .with_limit(limit);
        encoder.set_piece(16);
        let encoded = encoder.argument("text", &text);
        assert_eq!(encoded.is_ok(), fits, "{encoded:?}");
    }
    let mut encoder =
        Encoder::spilling_into(Box::new(Fake::new(usize::MAX)), AT, Vec::new()).with_limit(AT + 20);
    let error = encoder.argument("text", &vec![text]).unwrap_err();
    assert!(error.is_too_large(), "{error}");
}

/// Goes on after any error.
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
fn a_room_that_cannot_grow_is_an_error() {
    let words = "there is no shared memory for a message of ";
    let small = || Encoder::spilling_into(Box::new(Fake::new(1000)), AT, Vec::new());

    let mut encoder = small();
    let error = encoder.argument("bytes", &vec![0_u8; 100_000]).unwrap_err();
    assert!(error.to_string().contains(words), "{error}");
    assert!(!error.is_too_large());
    assert!(encoder.into_spill::<Fake>().is_some());

    let mut encoder = small();
    let texts = vec!["x".repeat(50); 10_000];
    let error = encoder.argument("texts", &texts).unwrap_err();
    assert!(error.to_string().contains(words), "{error}");

    let mut encoder = small();
    let numbers = Stubborn(vec![u64::MAX; 100_000]);
    encoder.argument("numbers", &numbers).unwrap_err();

    // What gathers is short, and fits only until it goes on.
    let mut encoder = small();
    encoder.argument("text", &"x".repeat(2000)).unwrap();
    let error = encoder.finish().unwrap_err();
    assert!(error.to_string().contains(words), "{error}");
}

#[test]
fn errors_name_keys_that_have_gone_on() {
    let map = std::collections::BTreeMap::from([(
        "key".to_owned(),
        vec![serde_json::Value::Null; 100]
            .into_iter()
            .map(Some)
            .collect::<Vec<_>>(),
    )]);
    let mut encoder = Encoder::spilling_into(Box::new(Fake::new(100)), AT, Vec::new());
    encoder.set_piece(16);
    let error = encoder.argument("map", &map).unwrap_err().to_string();
    assert!(error.contains("at `.key["), "{error}");
}

#[test]
fn another_kind_of_room_is_not_given() {
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
    let encoder = Encoder::spilling_into(Box::new(Other), 0, Vec::new());
    assert!(encoder.into_spill::<Fake>().is_none());
    assert!(Encoder::new(Vec::new()).into_spill::<Fake>().is_none());
}
