//! What a function borrows is in the message itself, wherever that is possible.

use std::borrow::Cow;
use std::fmt::Debug;

use super::super::{CodecError, Decoder, Encoder, Lend, Wire};
use super::encode;

/// Bytes that begin where memory of any number may begin, or `off` bytes after it.
struct Memory {
    words: Vec<u128>,
    off: usize,
    length: usize,
}

impl Memory {
    fn new(bytes: &[u8], off: usize) -> Memory {
        let mut words = vec![0; (off + bytes.len()).div_ceil(size_of::<u128>())];
        bytemuck::cast_slice_mut(&mut words)[off..][..bytes.len()].copy_from_slice(bytes);
        Memory {
            words,
            off,
            length: bytes.len(),
        }
    }

    fn bytes(&self) -> &[u8] {
        &bytemuck::cast_slice(&self.words)[self.off..][..self.length]
    }
}

fn lent<T: Lend + ?Sized>(bytes: &[u8]) -> Result<Cow<'_, T>, CodecError> {
    let mut decoder = Decoder::new(bytes);
    let value = T::decode("value", &mut decoder)?;
    decoder.end_of_arguments()?;
    Ok(value)
}

/// Returns whether a value is in these bytes.
fn is_within<T: ?Sized>(value: &T, bytes: &[u8]) -> bool {
    let start = std::ptr::from_ref(value).cast::<u8>();
    let range = bytes.as_ptr_range();
    (range.start..=range.end).contains(&start)
        && (range.start..=range.end).contains(&start.wrapping_add(size_of_val(value)))
}

/// The value is borrowed from an aligned message. From any other message it is borrowed if it can
/// be, and it is always equal.
#[track_caller]
fn lends<T>(owned: &T::Owned)
where
    T: Lend + ?Sized + PartialEq + Debug,
{
    let value: &T = std::borrow::Borrow::borrow(owned);
    let encoded = encode(owned).unwrap();
    for off in 0..16 {
        let memory = Memory::new(&encoded, off);
        let lent = lent::<T>(memory.bytes()).unwrap();
        assert_eq!(&*lent, value);
        let is_aligned = off % align_of_val(value) == 0;
        assert_eq!(matches!(lent, Cow::Borrowed(_)), is_aligned, "{off} off");
        assert_eq!(is_within(&*lent, memory.bytes()), is_aligned, "{off} off");
    }
    for end in 0..encoded.len() {
        assert!(lent::<T>(&encoded[..end]).is_err(), "{end} bytes");
    }
}

#[test]
fn aligned_values_are_lent_from_the_message() {
    lends::<str>(&"naïve".to_owned());
    lends::<[u8]>(&vec![1, 2, 3]);
    lends::<[i8]>(&vec![-1]);
    lends::<[u16]>(&vec![1, 2]);
    lends::<[i16]>(&vec![-1, 2]);
    lends::<[u32]>(&vec![1, 2]);
    lends::<[i32]>(&vec![1, 2]);
    lends::<[u64]>(&vec![u64::MAX]);
    lends::<[i64]>(&vec![i64::MIN]);
    lends::<[u128]>(&vec![u128::MAX]);
    lends::<[i128]>(&vec![i128::MIN]);
    lends::<[usize]>(&vec![1]);
    lends::<[isize]>(&vec![-1]);
    lends::<[f32]>(&vec![0.5; 1000]);
    lends::<[f64]>(&vec![0.5; 1000]);
}

#[test]
fn empty_values_are_lent_too() {
    let text = encode(&String::new()).unwrap();
    assert_eq!(lent::<str>(&text).unwrap(), "");
    let numbers = encode(&Vec::<f64>::new()).unwrap();
    for off in 0..16 {
        let memory = Memory::new(&numbers, off);
        assert!(lent::<[f64]>(memory.bytes()).unwrap().is_empty());
    }
}

/// The pool may have a header in front of the message, and the message something in front of the
/// values.
#[test]
fn alignment_counts_from_the_start_of_the_message() {
    for (header, front) in [(0, 0), (24, 8), (24, 0), (3, 5), (64, 1)] {
        let mut encoder = Encoder::new(vec![9; header + front]).with_message_at(header);
        encoder.argument("flag", &true).unwrap();
        encoder.argument("name", &"abc".to_owned()).unwrap();
        encoder.argument("samples", &vec![1.5_f64, 2.5]).unwrap();
        encoder.argument("wide", &vec![7_u128]).unwrap();
        let frame = encoder.into_bytes();
        let memory = Memory::new(&frame[header..], 0);
        let message = memory.bytes();
        let mut decoder = Decoder::new(&message[front..]).starting_at(front);
        assert_eq!(decoder.argument("flag"), Ok(true));
        let name = <str>::decode("name", &mut decoder).unwrap();
        let samples = <[f64]>::decode("samples", &mut decoder).unwrap();
        let wide = <[u128]>::decode("wide", &mut decoder).unwrap();
        decoder.end_of_arguments().unwrap();
        assert_eq!(
            (&*name, &*samples, &*wide),
            ("abc", &[1.5, 2.5][..], &[7][..])
        );
        assert!(is_within(&*name, message));
        assert!(is_within(&*samples, message));
        assert!(is_within(&*wide, message));
        // Aligned for SIMD, also where the type does not ask for it.
        assert_eq!(samples.as_ptr().addr() % 16, 0);
    }
}

#[test]
fn owned_and_boxed_forms_have_the_same_bytes() {
    fn owned<T: Wire + PartialEq + Debug>(value: &T) {
        assert_eq!(super::trip(value).as_ref(), Ok(value));
    }
    owned(&"naïve".to_owned());
    owned(&vec![1_u16, 2]);
    let boxed = encode(&Box::<[u16]>::from([1, 2])).unwrap();
    assert_eq!(*lent::<[u16]>(&boxed).unwrap(), [1, 2]);
}

#[test]
fn text_is_checked() {
    let mut bytes = encode(&"ab".to_owned()).unwrap();
    *bytes.last_mut().unwrap() = 0xff;
    let error = lent::<str>(&bytes).unwrap_err().to_string();
    assert!(
        error.starts_with("argument `value`: invalid utf-8"),
        "{error}"
    );
}

#[test]
fn a_length_that_is_not_there_is_an_error() {
    for length in [4_u64, 1 << 40, u64::MAX / 8, u64::MAX / 4 + 1, u64::MAX] {
        let mut bytes = length.to_ne_bytes().to_vec();
        bytes.extend([0; 11]);
        assert!(lent::<[u8]>(&bytes).is_err());
        assert!(lent::<[f32]>(&bytes).is_err());
        assert!(lent::<[u128]>(&bytes).is_err());
        assert!(length == 4 || lent::<str>(&bytes).is_err());
    }
}
