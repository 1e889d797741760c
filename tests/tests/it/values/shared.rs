//! `Shared`: what a program and its workers read in the same memory, wherever it goes.

use std::sync::Mutex;

use offloop::{Error, ProcessPool, Shared, Started, context, cpu_bound, run_in_place};
use offloop_tests::memory::{file_of, held};
use offloop_tests::{LIMIT, alone, eventually, kill, stop};
use serde::{Deserialize, Serialize};

type Bytes = Shared<[u8]>;

fn bytes(length: usize) -> Bytes {
    Shared::<[u8]>::with_len(length, |bytes| bytes.fill(7)).unwrap()
}

/// Whether they are the same memory in this process.
fn are_one(first: &Bytes, second: &Bytes) -> bool {
    let (first, second): (&[u8], &[u8]) = (first, second);
    std::ptr::eq(first, second)
}

#[cpu_bound]
fn pid() -> u32 {
    std::process::id()
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
fn an_argument_is_read_where_it_lies() {
    let _turn = alone();
    let pool = ProcessPool::new("argument").workers(1);
    for length in [1, 4096, 4097, 1 << 20] {
        let bytes = bytes(length);
        let text = Shared::<str>::copy_from(&"some ä".repeat(length)).unwrap();
        let numbers = Shared::<[f32]>::with_len(length, |numbers| numbers.fill(0.5)).unwrap();
        let here = [file_of(&*bytes), file_of(&*text), file_of(&*numbers)];
        assert!(here.iter().all(Option::is_some));
        for _ in 0..3 {
            let call = files(bytes.clone(), text.clone(), numbers.clone());
            assert_eq!(call.on(&pool).wait().unwrap(), here);
        }
    }
}

#[cpu_bound]
fn make(length: usize) -> (Option<u64>, Bytes, Shared<str>, Shared<[f32]>) {
    let bytes = bytes(length);
    let text = Shared::<str>::copy_from(&"t".repeat(length)).unwrap();
    let numbers = Shared::<[f32]>::copy_from(&vec![0.5; length]).unwrap();
    (file_of(&*bytes), bytes, text, numbers)
}

#[test]
fn a_result_is_read_where_it_was_made() {
    let _turn = alone();
    let pool = ProcessPool::new("result").workers(1);
    for length in [1, 4097, 1 << 20, 0] {
        let (file, bytes, text, numbers) = make(length).on(&pool).wait().unwrap();
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

/// Sent back, it is the memory that the program has already; a large `Vec` beside it lies elsewhere.
#[test]
fn it_goes_back_from_within_structs_and_beside_large_values() {
    let _turn = alone();
    let pool = ProcessPool::new("model").workers(1);
    let label = |text: &str| Shared::<str>::copy_from(text).unwrap();
    let model = Model {
        name: "m".repeat(100_000),
        weights: Shared::<[f32]>::copy_from(&vec![0.5; 5000]).unwrap(),
        labels: vec![label("one"), label(""), label("other")],
        index: Some(bytes(9)),
        none: None,
    };
    for length in [0, 3000, 200_000, 3 << 20, 10] {
        let padding = vec![9; length];
        let call = same_model(model.clone(), padding.clone());
        let (back, also) = call.on(&pool).wait().unwrap();
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
fn one_that_comes_up_more_than_once_is_sent_once() {
    let _turn = alone();
    let pool = ProcessPool::new("twice").workers(1);
    let one = bytes(100);
    let more = vec![one.clone(); 1000];
    let call = pair(one.clone(), one.clone(), more).on(&pool);
    let (same, first, second) = call.wait().unwrap();
    assert_eq!(same, 1001);
    assert!(are_one(&first, &second));
    assert_eq!(file_of(&*first), file_of(&*one));
}

static KEPT: Mutex<Vec<Shared<str>>> = Mutex::new(Vec::new());

#[cpu_bound]
fn keep(text: Shared<str>) {
    KEPT.lock().unwrap().push(text);
}

#[cpu_bound]
fn give_back() -> Vec<Shared<str>> {
    std::mem::take(&mut KEPT.lock().unwrap())
}

#[test]
fn a_worker_may_keep_it_when_the_program_has_dropped_it() {
    let _turn = alone();
    let pool = ProcessPool::new("kept").workers(1);
    for number in 0..50 {
        let text = Shared::<str>::copy_from(&format!("text {number}")).unwrap();
        keep(text).on(&pool).wait().unwrap();
    }
    eventually("the program has none", || held("offloop-shared") == 0);
    pid().on(&pool).wait().unwrap();
    let back = give_back().on(&pool).wait().unwrap();
    for (number, text) in back.iter().enumerate() {
        assert_eq!(**text, format!("text {number}"));
    }
    assert_eq!(back.len(), 50);
    drop(back);
    eventually("the program has none", || held("offloop-shared") == 0);
}

#[cpu_bound]
fn same(many: Vec<Bytes>) -> Vec<Bytes> {
    many
}

#[cpu_bound]
fn make_many(count: usize) -> Vec<Bytes> {
    (0..count).map(|_| bytes(1)).collect()
}

#[test]
fn many_go_at_once_and_too_many_are_an_error_of_their_call() {
    let _turn = alone();
    let pool = ProcessPool::new("many").workers(1);
    let worker = pid().on(&pool).wait().unwrap();
    for count in [200, 253, 254, 300] {
        let many: Vec<_> = (0..count).map(|_| bytes(1)).collect();
        let there = same(many.clone()).on(&pool).wait();
        let back = make_many(count).on(&pool).wait();
        if count <= 253 {
            assert!(there.unwrap() == many);
            assert!(back.unwrap() == many);
            continue;
        }
        for (error, started) in [
            (there.unwrap_err(), Started::No),
            (back.unwrap_err(), Started::Yes),
        ] {
            assert!(matches!(error, Error::Encode(_)), "{error}");
            assert!(error.to_string().contains("more than 253"), "{error}");
            assert_eq!(error.started(), started);
        }
    }
    assert_eq!(pid().on(&pool).wait().unwrap(), worker);
    eventually("none is left", || held("offloop-shared") == 0);
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
fn a_call_that_is_made_again_brings_it_to_the_next_worker() {
    let _turn = alone();
    let pool = ProcessPool::new("again").workers(1);
    for length in [0, 200_000] {
        let data = bytes(5000);
        let file = file_of(&*data);
        let call = crashes_until(3, data, vec![1; length]).on(&pool).retry(2);
        assert_eq!(call.wait().unwrap(), (file, length));
    }
    assert_eq!(pool.stats().workers_died, 4);
    eventually("none is left", || held("offloop-shared") == 0);
}

#[test]
fn a_call_that_its_worker_did_not_take_up_brings_it_to_another() {
    let _turn = alone();
    let pool = ProcessPool::new("moves").workers(1);
    for length in [0, 3000, 200_000] {
        let worker = pid().on(&pool).wait().unwrap();
        stop(worker);
        let data = bytes(5000);
        let file = file_of(&*data);
        let call = crashes_until(1, data, vec![1; length]).on(&pool).start();
        eventually("it was given to the worker", || pool.stats().running == 1);
        kill(worker);
        assert_eq!(call.wait().unwrap(), (file, length));
    }
}

/// Nobody takes in what was sent for them.
#[test]
fn calls_that_are_dropped_before_their_worker_takes_them_up_do_not_fill_its_mailbox() {
    let _turn = alone();
    let pool = ProcessPool::new("mailbox").workers(1);
    let worker = pid().on(&pool).wait().unwrap();
    stop(worker);
    let data = bytes(5000);
    let many: Vec<_> = (0..100).map(|_| bytes(1)).collect();
    for _ in 0..2000 {
        drop(same(vec![data.clone()]).on(&pool).start());
    }
    for _ in 0..20 {
        drop(same(many.clone()).on(&pool).start());
    }
    let call = same(vec![data.clone()]).on(&pool).timeout(LIMIT).start();
    // It may be gone by now, if it was found to be stuck.
    let _ = std::process::Command::new("kill")
        .args(["-s", "CONT", &worker.to_string()])
        .output();
    let back = call.wait().unwrap();
    assert_eq!(file_of(&*back[0]), file_of(&*data));
}

#[cpu_bound]
fn outer(data: Bytes) -> (Option<u64>, Vec<Bytes>) {
    let back = same(vec![data.clone(), data.clone()]).wait().unwrap();
    assert!(are_one(&back[0], &data));
    (file_of(&*data), back)
}

#[test]
fn in_place_and_within_a_worker_it_is_passed_on_as_it_is() {
    let _turn = alone();
    let data = bytes(5000);
    let file = file_of(&*data);
    let (there, back) = outer(data.clone()).wait().unwrap();
    assert_eq!((there, file_of(&*back[1])), (file, file));
    run_in_place(true);
    let back = same(vec![data.clone()]).wait();
    run_in_place(false);
    assert!(are_one(&back.unwrap()[0], &data));
}

#[test]
fn no_other_format_takes_it() {
    let _turn = alone();
    let data = bytes(10);
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
