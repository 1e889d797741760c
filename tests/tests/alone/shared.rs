//! What is left of a `Shared` when nobody has it any more: nothing, however its call has ended.

use std::path::Path;
use std::sync::Mutex;
use std::time::Duration;

use offloop::{Error, ProcessPool, Shared, Started, cpu_bound, run_in_place};
use offloop_tests::memory::{file_of, held, holders_of, sevens};
use offloop_tests::tasks::{abort, pid};
use offloop_tests::{Marks, alone, eventually, stop, try_signal, wait};
use serde::de::Error as _;
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
enum End {
    Return,
    Never,
    Panic,
    Abort,
    FailToEncode,
    PanicInEncode,
    AbortInEncode,
    FailToDecode,
    PanicInDecode,
}

/// A result with a `Shared` in it, that goes wrong after that.
#[derive(Debug)]
struct Made {
    data: Shared<[u8]>,
    padding: Vec<u8>,
    end: End,
}

impl Serialize for Made {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        struct After(End);
        impl Serialize for After {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self.0 {
                    End::FailToEncode => Err(S::Error::custom("as it was told")),
                    End::PanicInEncode => panic!("as it was told"),
                    End::AbortInEncode => std::process::abort(),
                    other => other.serialize(serializer),
                }
            }
        }
        (&self.data, &self.padding, After(self.end)).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Made {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Made, D::Error> {
        let (data, padding, end) = Deserialize::deserialize(deserializer)?;
        match end {
            End::FailToDecode => Err(D::Error::custom("as it was told")),
            End::PanicInDecode => panic!("as it was told"),
            end => Ok(Made { data, padding, end }),
        }
    }
}

/// Makes one beside that which it got, says so, and ends like this.
#[cpu_bound]
fn make(given: Shared<[u8]>, length: usize, end: End, ready: &Path) -> Made {
    let made = Made {
        data: sevens(given.len()),
        padding: vec![1; length],
        end,
    };
    std::fs::write(ready, "").unwrap();
    match end {
        End::Never => loop {
            std::thread::park();
        },
        End::Panic => panic!("as it was told"),
        End::Abort => std::process::abort(),
        _ => {}
    }
    made
}

/// How the caller takes it.
#[derive(Clone, Copy, Debug)]
enum Caller {
    Waits,
    Detaches,
    /// Drops the call once it runs, or later.
    Leaves,
    /// Drops the call once it is over.
    LeavesLate,
    IsTimed,
}

fn run(pool: &ProcessPool, caller: Caller, end: End, length: usize) {
    let marks = Marks::new();
    let before = pool.stats();
    let mut call = make(sevens(5000), length, end, &marks.file("ready")).on(pool);
    if matches!(caller, Caller::IsTimed) {
        call = call.timeout(Duration::from_millis(20));
    }
    let call = call.start();
    let is_over = || {
        let (now, had) = (pool.stats(), before);
        now.running + now.queued == 0 && now.submitted > had.submitted
    };
    match caller {
        Caller::Waits | Caller::IsTimed => match wait(call) {
            Ok(made) => assert_eq!((end, made.data.len()), (made.end, 5000)),
            Err(error) => assert!(end != End::Return || matches!(error, Error::TimedOut(_))),
        },
        Caller::Detaches => call.detach(),
        Caller::Leaves => {
            marks.wait_for("ready");
            drop(call);
        }
        Caller::LeavesLate => {
            if end != End::Never {
                eventually("it is over", is_over);
            }
            drop(call);
        }
    }
    eventually("it is over", is_over);
}

#[test]
fn nothing_of_a_shared_value_is_left_however_its_call_ends() {
    let _turn = alone();
    let pool = ProcessPool::new("ends").workers(2);
    let ends = [
        End::Return,
        End::Panic,
        End::Abort,
        End::FailToEncode,
        End::PanicInEncode,
        End::AbortInEncode,
        End::FailToDecode,
        End::PanicInDecode,
        End::Never,
    ];
    for length in [0, 30_000, 300_000] {
        for end in ends {
            for caller in [
                Caller::Waits,
                Caller::Detaches,
                Caller::Leaves,
                Caller::LeavesLate,
                Caller::IsTimed,
            ] {
                if end == End::Never && matches!(caller, Caller::Waits | Caller::Detaches) {
                    continue;
                }
                run(&pool, caller, end, length);
                let what = format!("nothing is left of {end:?}, {caller:?}, {length}");
                eventually(&what, || held("offloop-shared") == 0);
            }
        }
    }
    pool.close().wait();
    eventually("no memory of calls is left", || held("offloop-") == 0);
}

#[test]
fn nothing_of_a_shared_value_is_left_that_never_arrives() {
    let _turn = alone();
    for length in [0, 30_000, 300_000] {
        let pool = ProcessPool::new("never").workers(1);
        let marks = Marks::new();
        // Refused, before it was sent.
        let many = (0..254).map(|_| sevens(1)).collect();
        assert!(wait(keep(many).on(&pool)).is_err());
        // Taken back, after it was sent; in the queue behind it, never sent.
        let worker = wait(pid().on(&pool)).unwrap();
        stop(worker);
        let calls: Vec<_> = (0..10)
            .map(|_| {
                let call = make(sevens(10), length, End::Return, &marks.file("ready"));
                call.on(&pool).start()
            })
            .collect();
        drop(calls);
        eventually("nothing is left", || held("offloop-shared") == 0);
        let _ = try_signal(worker, "CONT");
        let next = wait(pid().on(&pool)).unwrap();
        // On a busy machine the pool may have found it stuck before the calls were dropped.
        if pool.stats().workers_died == 0 {
            assert_eq!(next, worker);
            assert!(!marks.has("ready"));
        }
    }
}

static KEPT: Mutex<Vec<Shared<[u8]>>> = Mutex::new(Vec::new());

#[cpu_bound]
fn keep(many: Vec<Shared<[u8]>>) -> u32 {
    KEPT.lock().unwrap().extend(many);
    std::process::id()
}

#[cpu_bound]
fn forget() {
    KEPT.lock().unwrap().clear();
}

#[cpu_bound]
fn give_back() -> Vec<Shared<[u8]>> {
    std::mem::take(&mut KEPT.lock().unwrap())
}

#[test]
fn the_memory_of_a_shared_value_is_free_when_its_last_holder_is_gone_or_has_crashed() {
    let _turn = alone();
    let pool = ProcessPool::new("holders").workers(1);
    for crash in [false, true] {
        let data = sevens(5000);
        let file = file_of(&*data).unwrap();
        let worker = wait(keep(vec![data.clone()]).on(&pool)).unwrap();
        let mut both = vec![std::process::id(), worker];
        both.sort_unstable();
        let holders = || {
            let mut holders = holders_of(file);
            holders.sort_unstable();
            holders
        };
        eventually("both hold it", || holders() == both);
        drop(data);
        eventually("the worker holds it", || holders() == [worker]);
        if crash {
            assert!(wait(abort().on(&pool)).is_err());
        } else {
            wait(forget().on(&pool)).unwrap();
        }
        eventually("nobody holds it", || holders().is_empty());
    }
}

#[test]
fn a_worker_may_keep_a_shared_value_that_the_program_has_dropped() {
    let _turn = alone();
    let pool = ProcessPool::new("kept").workers(1);
    for number in 0..50 {
        let bytes = Shared::<[u8]>::copy_from(&[number; 10]).unwrap();
        wait(keep(vec![bytes]).on(&pool)).unwrap();
    }
    eventually("the program has none", || held("offloop-shared") == 0);
    let back = wait(give_back().on(&pool)).unwrap();
    assert_eq!(back.len(), 50);
    for (number, bytes) in (0..).zip(&back) {
        assert_eq!(**bytes, [number; 10]);
    }
    drop(back);
    eventually("the program has none", || held("offloop-shared") == 0);
}

#[cpu_bound]
fn same(many: Vec<Shared<[u8]>>) -> Vec<Shared<[u8]>> {
    many
}

#[cpu_bound]
fn make_many(count: usize) -> Vec<Shared<[u8]>> {
    (0..count).map(|_| sevens(1)).collect()
}

#[test]
fn shared_values_go_many_at_once_and_too_many_are_an_error_of_their_call() {
    let _turn = alone();
    let pool = ProcessPool::new("many").workers(1);
    let worker = wait(pid().on(&pool)).unwrap();
    for count in [200, 253, 254, 300] {
        let many: Vec<_> = (0..count).map(|_| sevens(1)).collect();
        let there = wait(same(many.clone()).on(&pool));
        let back = wait(make_many(count).on(&pool));
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
    assert_eq!(wait(pid().on(&pool)).unwrap(), worker);
    eventually("none is left", || held("offloop-shared") == 0);
}

fn are_one(first: &Shared<[u8]>, second: &Shared<[u8]>) -> bool {
    let (first, second): (&[u8], &[u8]) = (first, second);
    std::ptr::eq(first, second)
}

#[cpu_bound]
fn outer(data: Shared<[u8]>) -> (Option<u64>, Vec<Shared<[u8]>>) {
    let back = same(vec![data.clone(), data.clone()]).wait().unwrap();
    assert!(are_one(&back[0], &data));
    (file_of(&*data), back)
}

#[test]
fn a_shared_value_is_passed_on_as_it_is_in_place_and_within_a_worker() {
    let _turn = alone();
    let pool = ProcessPool::new("outer").workers(1);
    let data = sevens(5000);
    let file = file_of(&*data);
    let (there, back) = wait(outer(data.clone()).on(&pool)).unwrap();
    assert_eq!((there, file_of(&*back[1])), (file, file));
    run_in_place(true);
    let back = wait(same(vec![data.clone()]));
    run_in_place(false);
    assert!(are_one(&back.unwrap()[0], &data));
}
