//! The raw form of bulk data: which types have one, and what its bytes may not do.

use std::fmt::Debug;

use super::super::raw::has_raw_form;
use super::super::{Decoder, Encoder, Wire};
use super::{decode, encode, same};

/// The value has a raw form: the count, zeros up to where the elements may begin, and as many bytes
/// as its memory has.
#[track_caller]
fn raw<T: Wire + PartialEq + Debug>(value: &T, begins_at: usize, bytes: usize) {
    assert!(has_raw_form::<T>());
    let encoded = encode(value).unwrap();
    assert_eq!(encoded.len(), begins_at + bytes);
    assert!(
        encoded[size_of::<u64>()..begins_at]
            .iter()
            .all(|&byte| byte == 0)
    );
    same(value);
}

#[track_caller]
fn text<T: Wire + PartialEq + Debug>(value: &T, bytes: usize) {
    raw(value, size_of::<u64>(), bytes);
}

#[track_caller]
fn numbers<T: Wire + PartialEq + Debug>(value: &T, bytes: usize) {
    raw(value, 16, bytes);
}

#[test]
fn bulk_data_is_sent_as_its_memory() {
    text(&"naïve".to_owned(), 6);
    text(&Box::<str>::from("x"), 1);
    numbers(&vec![0_u8, 255], 2);
    numbers(&Box::<[u8]>::from([1, 2, 3]), 3);
    numbers(&vec![-1_i8, 1], 2);
    numbers(&vec![1_u16, u16::MAX], 4);
    numbers(&vec![i16::MIN], 2);
    numbers(&vec![u32::MAX, 0, 1], 12);
    numbers(&vec![i32::MIN], 4);
    numbers(&vec![u64::MAX], 8);
    numbers(&vec![i64::MIN], 8);
    numbers(&vec![1_usize], size_of::<usize>());
    numbers(&vec![-1_isize], size_of::<usize>());
    numbers(&vec![u128::MAX], 16);
    numbers(&vec![i128::MIN], 16);
    numbers(&vec![1.5_f32, f32::INFINITY], 8);
    numbers(&vec![0.1_f64, -0.0], 16);
    numbers(&Box::<[f64]>::from([0.1]), 8);
    numbers(&Vec::<f32>::new(), 0);
    text(&String::new(), 0);
}

#[test]
fn other_types_have_no_raw_form() {
    assert!(!has_raw_form::<u8>());
    assert!(!has_raw_form::<Vec<bool>>());
    assert!(!has_raw_form::<Vec<char>>());
    assert!(!has_raw_form::<Vec<String>>());
    assert!(!has_raw_form::<Option<String>>());
    assert!(!has_raw_form::<[u64; 3]>());
    assert!(!has_raw_form::<(u64, u64)>());
}

#[test]
fn every_bit_of_a_float_is_kept() {
    let floats = vec![
        f32::from_bits(0xffc0_1234),
        f32::from_bits(0x7f80_0001),
        -0.0,
    ];
    let back: Vec<f32> = decode(&encode(&floats).unwrap()).unwrap();
    assert_eq!(
        back.iter().map(|f| f.to_bits()).collect::<Vec<_>>(),
        [0xffc0_1234, 0x7f80_0001, 0x8000_0000]
    );
}

/// The message may begin at any address, and numbers may follow anything.
#[test]
fn numbers_need_no_alignment() {
    let mut encoder = Encoder::new(Vec::new());
    encoder.argument("flag", &true).unwrap();
    encoder.argument("samples", &vec![1_u64, 2, 3]).unwrap();
    encoder.argument("name", &"x".to_owned()).unwrap();
    let bytes = encoder.into_bytes();
    let mut decoder = Decoder::new(&bytes);
    assert_eq!(decoder.argument("flag"), Ok(true));
    assert_eq!(decoder.argument("samples"), Ok(vec![1_u64, 2, 3]));
    assert_eq!(decoder.argument("name"), Ok("x".to_owned()));
    decoder.end_of_arguments().unwrap();
}

#[test]
fn a_length_that_is_not_there_is_an_error() {
    for length in [4_u64, 1 << 40, u64::MAX / 8, u64::MAX / 4 + 1, u64::MAX] {
        let mut bytes = length.to_ne_bytes().to_vec();
        bytes.extend([0; 11]);
        assert!(decode::<Vec<u8>>(&bytes).is_err());
        assert!(decode::<Vec<f32>>(&bytes).is_err());
        assert!(decode::<Vec<u128>>(&bytes).is_err());
        assert!(decode::<String>(&bytes).is_err());
    }
    let mut not_text = 1_u64.to_ne_bytes().to_vec();
    not_text.push(0xff);
    assert!(
        decode::<String>(&not_text)
            .unwrap_err()
            .to_string()
            .contains("utf-8")
    );
}
