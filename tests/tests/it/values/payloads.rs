//! Arguments and results of every size: in the slot of the call, in memory that grows, encoded in
//! passing or on other threads. Whatever lay there before, what arrives is what was sent.

use std::path::Path;

use offloop::{ProcessPool, context, cpu_bound};
use offloop_tests::tasks::{exchange, hold, same_bytes};
use offloop_tests::{Marks, kill, pattern, wait};
use serde::{Deserialize, Serialize};

const KIB: usize = 1 << 10;
const MIB: usize = 1 << 20;

fn text(length: usize, seed: u8) -> String {
    let block: String = (0..26)
        .map(|at: u8| char::from(b'a' + at.wrapping_add(seed) % 26))
        .collect();
    let mut text = block.repeat(length / block.len() + 1);
    text.truncate(length);
    text
}

fn numbers(length: usize, seed: u8) -> Vec<f32> {
    let block: Vec<f32> = (0..253_u16)
        .map(|at| f32::from(at) + f32::from(seed))
        .collect();
    let mut numbers = block.repeat(length / block.len() + 1);
    numbers.truncate(length);
    numbers
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Record {
    id: u64,
    name: String,
    bytes: Vec<u8>,
    numbers: Vec<f32>,
    names: Vec<Option<String>>,
}

impl Record {
    fn new(length: usize, seed: u8) -> Record {
        Record {
            id: length as u64,
            name: text(length / 8, seed),
            bytes: pattern(length / 2, seed),
            numbers: numbers(length / 16, seed),
            names: (0..length / 400)
                .map(|at| (at % 3 > 0).then(|| text(at % 99, seed)))
                .collect(),
        }
    }
}

#[cpu_bound]
fn same_text(text: String) -> String {
    text
}

#[cpu_bound]
fn same_numbers(numbers: Vec<f32>) -> Vec<f32> {
    numbers
}

#[cpu_bound]
fn same_record(record: Record) -> Record {
    record
}

/// Whether they are the pattern of this seed.
#[cpu_bound]
fn are(bytes: &[u8], words: &str, floats: &[f32], length: usize, seed: u8) -> [bool; 3] {
    [
        bytes == pattern(length, seed),
        words == text(length, seed),
        floats == numbers(length / 4, seed),
    ]
}

fn goes_there_and_back(pool: &ProcessPool, length: usize, seed: u8) {
    let bytes = pattern(length, seed);
    let back = wait(same_bytes(bytes.clone()).on(pool)).unwrap();
    assert!(back == bytes, "{length} bytes");
    let words = text(length, seed);
    let back = wait(same_text(words.clone()).on(pool)).unwrap();
    assert!(back == words, "a text of {length} bytes");
    let floats = numbers(length / 4, seed);
    let back = wait(same_numbers(floats.clone()).on(pool)).unwrap();
    assert!(back == floats, "numbers of {length} bytes");
    let record = Record::new(length.min(MIB), seed);
    let back = wait(same_record(record.clone()).on(pool)).unwrap();
    assert!(back == record, "a record of some {length} bytes");
    for only in 0..4 {
        let size = |which| {
            if only == which || only == 3 {
                length
            } else {
                0
            }
        };
        let call = are(
            &bytes[..size(0)],
            &words[..size(1)],
            &floats[..size(2) / 4],
            length,
            seed,
        );
        let there = wait(call.on(pool)).unwrap();
        let wanted = [
            size(0) == length,
            size(1) == length,
            size(2) / 4 == length / 4,
        ];
        assert_eq!(there, wanted, "{length} bytes, borrowed");
    }
}

#[test]
fn values_of_every_size_around_every_border_arrive() {
    let pool = ProcessPool::new("borders").workers(1);
    // A slot holds less than 2 KiB, and what is encoded in passing 64 KiB; beside the value there
    // are some bytes that say what it is.
    let small = (0..40).chain(1800..2 * KIB + 2);
    let medium = 64 * KIB - 60..64 * KIB + 2;
    let large = [MIB - 1, MIB, MIB + 1];
    for (length, seed) in small.chain(medium).chain(large).zip((0..=250).cycle()) {
        goes_there_and_back(&pool, length, seed);
    }
    assert_eq!(pool.stats().workers_started, 1);
}

#[test]
fn values_of_64_mib_arrive() {
    let pool = ProcessPool::new("huge").workers(1);
    for length in [64 * MIB - 1, 64 * MIB + 1] {
        goes_there_and_back(&pool, length, 9);
    }
}

/// On its first attempt it waits to be killed, on the second it crashes, on the third it looks.
#[cpu_bound]
fn third_time(owned: Vec<u8>, lent: &[u8], seed: u8, marks: &Path) -> bool {
    match context::attempt() {
        1 => drop(hold::blocking(marks, "worker")),
        2 => std::process::abort(),
        _ => {}
    }
    owned == pattern(owned.len(), seed) && lent == pattern(lent.len(), seed)
}

#[test]
fn a_call_that_is_made_again_brings_the_same_bytes() {
    let pool = ProcessPool::new("next").workers(2);
    for (owned, lent) in [(0, 3000), (3000, 0), (MIB, 70_000), (70_000, 5 * MIB)] {
        let marks = Marks::new();
        let call = third_time(pattern(owned, 3), &pattern(lent, 3), 3, marks.path());
        let call = call.on(&pool).retry(2).start();
        // The other worker has large calls too.
        let got = wait(exchange(pattern(MIB, 8), 8, MIB).on(&pool));
        assert!(got.unwrap() == pattern(MIB, 9));
        kill(marks.wait_for_pids("worker")[0]);
        assert!(wait(call).unwrap(), "{owned}, {lent}");
    }
}
