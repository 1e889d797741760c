//! What a function borrows, its worker lends it out of the message that it has received.

// Ten arguments need ten names.
#![allow(clippy::many_single_char_names)]

use offloop::{cpu_bound, methods};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

type Nothing = Result<(), offloop::Error>;

/// How many bytes lie between two values. Memory taken for each is a multiple of 16 away from the
/// other, whatever allocator gives it; in a message there is the length of the second, which is 8.
fn gap<A: ?Sized, B: ?Sized>(first: &A, second: &B) -> usize {
    let end = std::ptr::from_ref(first).cast::<u8>().addr() + size_of_val(first);
    let start = std::ptr::from_ref(second).cast::<u8>().addr();
    start.wrapping_sub(end)
}

const LENGTH: usize = 8;

/// Whether one follows the other in the message.
fn is_lent(gaps: &[usize]) -> bool {
    gaps.iter().all(|&gap| gap == LENGTH)
}

fn samples() -> Vec<f32> {
    vec![0.5; 1 << 16]
}

/// So long that bytes may begin where their length has ended.
const TEXT: &str = "0123456789abcdef";

#[cpu_bound]
fn gaps(samples: &[f32], text: &str, bytes: &[u8], _more: u8) -> (usize, usize, f32, u8) {
    (
        gap(samples, text),
        gap(text, bytes),
        samples.iter().sum(),
        bytes.iter().sum(),
    )
}

#[test]
fn slices_and_text_are_lent() -> Nothing {
    let (first, second, sum, bytes) = gaps(&samples(), TEXT, &[1, 2], 0).wait()?;
    assert!(is_lent(&[first, second]), "{first}, {second}");
    assert!((sum - 32768.0).abs() < f32::EPSILON);
    assert_eq!(bytes, 3);
    let by_name = gaps::builder().samples(samples()).text(TEXT).bytes([3]);
    let (first, second, ..) = by_name._more(0).call().wait()?;
    assert!(is_lent(&[first, second]), "{first}, {second}");
    Ok(())
}

#[test]
fn a_function_in_place_borrows_from_its_caller() {
    let (.., sum, bytes) = gaps::blocking(&samples(), TEXT, &[1, 2], 0);
    assert!((sum - 32768.0).abs() < f32::EPSILON);
    assert_eq!(bytes, 3);
}

#[cpu_bound]
fn within(text: &str) -> Result<usize, offloop::Error> {
    let (.., sum, bytes) = gaps(&samples(), text, &[1, 2], 0).wait()?;
    assert!((sum - 32768.0).abs() < f32::EPSILON);
    Ok(usize::from(bytes) + text.len())
}

/// A call inside a worker runs there, with what it owns.
#[test]
fn a_call_within_a_worker_is_lent_what_it_owns() -> Nothing {
    assert_eq!(within(TEXT).wait()?, 19);
    Ok(())
}

#[cpu_bound]
fn optional(first: Option<&[u64]>, second: Option<&str>) -> (Option<u64>, String, usize) {
    let distance = match (first, second) {
        (Some(first), Some(second)) => gap(first, second),
        _ => 0,
    };
    let sum = first.map(|numbers| numbers.iter().sum());
    (sum, second.unwrap_or("none").to_owned(), distance)
}

#[test]
fn options_are_lent() -> Nothing {
    let (sum, text, distance) = optional(Some(&[1, 2]), Some("text")).wait()?;
    assert_eq!((sum, &*text), (Some(3), "text"));
    // The word whether there is any takes a byte.
    assert_eq!(distance, LENGTH + 1);
    let nothing = (None, "none".to_owned(), 0);
    assert_eq!(optional(None, None).wait()?, nothing);
    assert_eq!(optional::builder().call().wait()?, nothing);
    assert_eq!(optional::blocking(None, None), nothing);
    let (sum, text, _) = optional::builder().first([4]).second("t").call().wait()?;
    assert_eq!((sum, &*text), (Some(4), "t"));
    let (sum, text, _) = optional(Some(&[]), Some("")).wait()?;
    assert_eq!((sum, &*text), (Some(0), ""));
    Ok(())
}

/// Whether each is borrowed, and all of it.
#[cpu_bound]
fn cows(text: Cow<'_, str>, numbers: Option<Cow<'_, [i16]>>) -> (bool, Option<bool>, String) {
    let numbers_are = numbers
        .as_ref()
        .map(|numbers| matches!(numbers, Cow::Borrowed(_)));
    let is = matches!(text, Cow::Borrowed(_));
    let sum: i16 = numbers.iter().flat_map(|numbers| numbers.iter()).sum();
    (is, numbers_are, format!("{text}{sum}"))
}

#[test]
fn a_cow_is_borrowed() -> Nothing {
    let lent = (true, Some(true), "a3".to_owned());
    let owned = vec![1, 2];
    let call = cows(Cow::Borrowed("a"), Some(Cow::Owned(owned.clone())));
    assert_eq!(call.wait()?, lent);
    let by_name = cows::builder().text("a").numbers(owned);
    assert_eq!(by_name.call().wait()?, lent);
    let none = (true, None, "b0".to_owned());
    assert_eq!(cows("b".into(), None).wait()?, none);
    Ok(())
}

/// A slice that the macro does not see.
type Hidden = [u8];

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Point(i32);

#[cpu_bound]
fn copied(hidden: &Hidden, points: &[Point], flags: &[bool], names: &[&'static str; 0]) -> usize {
    hidden.len() + points.len() + flags.len() + names.len()
}

#[test]
fn arguments_that_cannot_be_lent_are_copied() -> Nothing {
    assert_eq!(copied(&[1], &[Point(1), Point(2)], &[true], &[]).wait()?, 4);
    Ok(())
}

#[derive(Clone, Serialize, Deserialize)]
struct Store {
    name: String,
}

#[methods]
impl Store {
    #[cpu_bound]
    fn gap(&self, numbers: &[i64], text: &str) -> (String, usize) {
        let name = self.name.clone();
        (name + text, gap(numbers, text))
    }

    #[cpu_bound]
    fn first<'a>(numbers: &'a [u8], text: &'a str, default: &Self) -> usize {
        gap(numbers, text) + default.name.len()
    }
}

#[test]
fn methods_are_lent_their_arguments() -> Nothing {
    let store = Store {
        name: "s".to_owned(),
    };
    let lent = ("st".to_owned(), LENGTH);
    assert_eq!(store.gap(&[1, 2, 3], "t").wait()?, lent);
    let by_name = store.gap_builder().numbers([1]).text("t");
    assert_eq!(by_name.call().wait()?, lent);
    assert_eq!(Store::first(&[1], "t", &store).wait()?, LENGTH + 1);
    Ok(())
}

/// More than fit into one tuple of the runtime.
#[cpu_bound]
fn many(
    a: &[u8],
    b: &str,
    c: &[u16],
    d: &str,
    e: u8,
    f: Option<&str>,
    g: Cow<'_, str>,
    h: u8,
    i: &[f64],
    j: &str,
) -> (Vec<usize>, usize) {
    let copied = b.len() + usize::from(e + h) + f.map_or(0, str::len) + g.len();
    (vec![gap(a, b), gap(c, d), gap(i, j)], copied)
}

#[test]
fn many_arguments_are_lent() -> Nothing {
    let call = many(
        &[1],
        "b",
        &[1],
        "d",
        1,
        Some("f"),
        "g".into(),
        1,
        &[0.5],
        "j",
    );
    let (gaps, copied) = call.wait()?;
    assert!(is_lent(&gaps), "{gaps:?}");
    assert_eq!(copied, 5);
    Ok(())
}
