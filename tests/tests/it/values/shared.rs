//! `Shared`: what a program and its workers read in the same memory, wherever it goes.

use offloop::{ProcessPool, Shared, context, cpu_bound};
use offloop_tests::memory::{file_of, sevens};
use offloop_tests::tasks::pid;
use offloop_tests::{LIMIT, eventually, stop, try_signal, wait};
use serde::{Deserialize, Serialize};

type Bytes = Shared<[u8]>;

/// Whether they are the same memory in this process.
fn are_one(first: &Bytes, second: &Bytes) -> bool {
    let (first, second): (&[u8], &[u8]) = (first, second);
    std::ptr::eq(first, second)
}

/// In which file each lies, and whether it is what it should be.
#[cpu_bound]
fn files(bytes: Bytes, text: Shared<str>, numbers: Shared<[f32]>) -> [Option<u64>; 3] {
    assert!(bytes.iter().all(|&byte| byte == 7));
    assert!(text.starts_with("some ä"));
    assert!(
        numbers
            .iter()
            .all(|&number| number.to_bits() == 0.5_f32.to_bits())
    );
    [file_of(&*bytes), file_of(&*text), file_of(&*numbers)]
}

#[test]
fn a_shared_argument_is_read_where_it_was_made() {
    let pool = ProcessPool::new("argument").workers(1);
    for length in [1, 4096, 4097, 1 << 20] {
        let bytes = sevens(length);
        let text = Shared::<str>::copy_from(&"some ä".repeat(length)).unwrap();
        let numbers = Shared::<[f32]>::with_len(length, |numbers| numbers.fill(0.5)).unwrap();
        let here = [file_of(&*bytes), file_of(&*text), file_of(&*numbers)];
        assert!(here.iter().all(Option::is_some));
        for _ in 0..3 {
            let call = files(bytes.clone(), text.clone(), numbers.clone());
            assert_eq!(wait(call.on(&pool)).unwrap(), here);
        }
    }
}

#[cpu_bound]
fn make(length: usize) -> (Option<u64>, Bytes, Shared<str>, Shared<[f32]>) {
    let bytes = sevens(length);
    let text = Shared::<str>::copy_from(&"t".repeat(length)).unwrap();
    let numbers = Shared::<[f32]>::copy_from(&vec![0.5; length]).unwrap();
    (file_of(&*bytes), bytes, text, numbers)
}

#[test]
fn a_shared_result_is_read_where_it_was_made() {
    let pool = ProcessPool::new("result").workers(1);
    for length in [1, 4097, 1 << 20, 0] {
        let (file, bytes, text, numbers) = wait(make(length).on(&pool)).unwrap();
        assert_eq!(file_of(&*bytes), file);
        assert_eq!(file.is_some(), length > 0);
        assert_eq!(*bytes, vec![7; length]);
        assert_eq!(*text, "t".repeat(length));
        assert_eq!(*numbers, vec![0.5; length]);
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Model {
    name: String,
    weights: Shared<[f32]>,
    labels: Vec<Shared<str>>,
    index: Option<Bytes>,
    none: Option<Bytes>,
}

#[cpu_bound]
fn same_model(model: Model, padding: Vec<u8>) -> (Model, Vec<u8>) {
    (model, padding)
}

/// Sent back, it is the memory that the program has already; a large `Vec` beside it lies
/// elsewhere.
#[test]
fn a_shared_value_goes_back_from_within_structs_and_beside_large_values() {
    let pool = ProcessPool::new("model").workers(1);
    let label = |text: &str| Shared::<str>::copy_from(text).unwrap();
    let model = Model {
        name: "m".repeat(100_000),
        weights: Shared::<[f32]>::copy_from(&vec![0.5; 5000]).unwrap(),
        labels: vec![label("one"), label(""), label("other")],
        index: Some(sevens(9)),
        none: None,
    };
    for length in [0, 3000, 200_000, 3 << 20, 10] {
        let padding = vec![9; length];
        let call = same_model(model.clone(), padding.clone());
        let (back, also) = wait(call.on(&pool)).unwrap();
        assert!(back == model && also == padding);
        assert_eq!(file_of(&*back.weights), file_of(&*model.weights));
        assert_eq!(file_of(&*back.labels[2]), file_of(&*model.labels[2]));
    }
}

#[cpu_bound]
fn pair(first: Bytes, second: Bytes, more: Vec<Bytes>) -> (usize, Bytes, Bytes) {
    let all = more.iter().chain([&second]);
    let same = all.filter(|one| are_one(one, &first));
    (same.count(), first.clone(), second)
}

#[test]
fn a_shared_value_that_comes_up_more_than_once_is_sent_once() {
    let pool = ProcessPool::new("twice").workers(1);
    let one = sevens(100);
    let more = vec![one.clone(); 1000];
    let call = pair(one.clone(), one.clone(), more).on(&pool);
    let (same, first, second) = wait(call).unwrap();
    assert_eq!(same, 1001);
    assert!(are_one(&first, &second));
    assert_eq!(file_of(&*first), file_of(&*one));
}

#[cpu_bound]
fn same(many: Vec<Bytes>) -> Vec<Bytes> {
    many
}

/// Crashes on every attempt before this one.
#[cpu_bound]
fn crashes_until(attempt: u32, data: Bytes, padding: Vec<u8>) -> (Option<u64>, usize) {
    if context::attempt() < attempt {
        std::process::abort();
    }
    (file_of(&*data), padding.len())
}

#[test]
fn a_call_that_is_made_again_brings_its_shared_values_to_the_next_worker() {
    let pool = ProcessPool::new("again").workers(1);
    for length in [0, 200_000] {
        let data = sevens(5000);
        let file = file_of(&*data);
        let call = crashes_until(3, data, vec![1; length]).on(&pool).retry(2);
        assert_eq!(wait(call).unwrap(), (file, length));
    }
    assert_eq!(pool.stats().workers_died, 4);
}

#[test]
fn a_call_that_its_worker_did_not_take_up_brings_its_shared_values_to_another() {
    let pool = ProcessPool::new("moves").workers(1);
    for length in [0, 3000, 200_000] {
        let worker = wait(pid().on(&pool)).unwrap();
        stop(worker);
        let data = sevens(5000);
        let file = file_of(&*data);
        let call = crashes_until(1, data, vec![1; length]).on(&pool).start();
        eventually("it was given to the worker", || pool.stats().queued == 0);
        // The pool may have found it stuck by now.
        let _ = try_signal(worker, "KILL");
        assert_eq!(wait(call).unwrap(), (file, length));
    }
}

/// Nobody takes in what was sent for them.
#[test]
fn calls_that_are_dropped_before_their_worker_takes_them_up_do_not_fill_its_mailbox() {
    let pool = ProcessPool::new("mailbox").workers(1);
    let worker = wait(pid().on(&pool)).unwrap();
    stop(worker);
    let data = sevens(5000);
    let many: Vec<_> = (0..100).map(|_| sevens(1)).collect();
    for _ in 0..2000 {
        drop(same(vec![data.clone()]).on(&pool).start());
    }
    for _ in 0..20 {
        drop(same(many.clone()).on(&pool).start());
    }
    let call = same(vec![data.clone()]).on(&pool).timeout(LIMIT).start();
    // The pool may have found it stuck by now.
    let _ = try_signal(worker, "CONT");
    let back = wait(call).unwrap();
    assert_eq!(file_of(&*back[0]), file_of(&*data));
}

#[test]
fn a_shared_value_is_taken_by_no_other_format() {
    let data = sevens(10);
    for error in [
        serde_json::to_string(&data).unwrap_err(),
        serde_json::to_value(Some(vec![data])).unwrap_err(),
    ] {
        let error = error.to_string();
        assert!(error.contains("can only go to a worker process"), "{error}");
    }
    let error = serde_json::from_str::<Bytes>("[1, 2]").unwrap_err();
    assert!(error.to_string().contains("here is none"), "{error}");
}
