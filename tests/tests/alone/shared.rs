//! What is left of a `Shared` when nobody has it any more: nothing, however its call has ended.

use std::path::Path;
use std::sync::Mutex;
use std::time::Duration;

use offloop::{Error, ProcessPool, Shared, cpu_bound};
use offloop_tests::memory::{file_of, held, holders_of};
use offloop_tests::{alone, eventually, signal, stop};
use serde::de::Error as _;
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

type Bytes = Shared<[u8]>;

fn bytes(length: usize) -> Bytes {
    Shared::<[u8]>::with_len(length, |bytes| bytes.fill(7)).unwrap()
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
enum End {
    Return,
    Sleep,
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
    data: Bytes,
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
fn make(given: Bytes, length: usize, end: End, ready: &Path) -> Made {
    let made = Made {
        data: bytes(given.len()),
        padding: vec![1; length],
        end,
    };
    std::fs::write(ready, "").unwrap();
    match end {
        End::Sleep => std::thread::sleep(Duration::from_secs(600)),
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
    let folder = tempfile::tempdir().unwrap();
    let ready = folder.path().join("ready");
    let before = pool.stats();
    let mut call = make(bytes(5000), length, end, &ready).on(pool);
    if matches!(caller, Caller::IsTimed) {
        call = call.timeout(Duration::from_millis(20));
    }
    let call = call.start();
    let is_over = || {
        let (now, had) = (pool.stats(), before);
        now.running + now.queued == 0 && now.submitted > had.submitted
    };
    match caller {
        Caller::Waits | Caller::IsTimed => match call.wait() {
            Ok(made) => assert_eq!((end, made.data.len()), (made.end, 5000)),
            Err(error) => assert!(end != End::Return || matches!(error, Error::TimedOut(_))),
        },
        Caller::Detaches => call.detach(),
        Caller::Leaves => {
            eventually("it runs", || ready.exists());
            drop(call);
        }
        Caller::LeavesLate => {
            if end != End::Sleep {
                eventually("it is over", is_over);
            }
            drop(call);
        }
    }
    eventually("it is over", is_over);
}

#[test]
fn nothing_of_it_is_left_however_the_call_ends() {
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
        End::Sleep,
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
                if end == End::Sleep && matches!(caller, Caller::Waits | Caller::Detaches) {
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

#[cpu_bound]
fn pid() -> u32 {
    std::process::id()
}

#[test]
fn nothing_is_left_of_arguments_that_never_arrive() {
    let _turn = alone();
    let pool = ProcessPool::new("never").workers(1);
    let folder = tempfile::tempdir().unwrap();
    let ready = folder.path().join("ready");
    for length in [0, 30_000, 300_000] {
        // Refused, before it was sent.
        let many = (0..254).map(|_| bytes(1)).collect();
        assert!(keep(many).on(&pool).wait().is_err());
        // Taken back, after it was sent; in the queue behind it, never sent.
        let worker = pid().on(&pool).wait().unwrap();
        stop(worker);
        let calls: Vec<_> = (0..10)
            .map(|_| {
                let call = make(bytes(10), length, End::Return, &ready);
                call.on(&pool).start()
            })
            .collect();
        drop(calls);
        eventually("nothing is left", || held("offloop-shared") == 0);
        signal(worker, "CONT");
        assert_eq!(pid().on(&pool).wait().unwrap(), worker);
        assert!(!ready.exists());
    }
}

static KEPT: Mutex<Vec<Bytes>> = Mutex::new(Vec::new());

#[cpu_bound]
fn keep(many: Vec<Bytes>) -> u32 {
    KEPT.lock().unwrap().extend(many);
    std::process::id()
}

#[cpu_bound]
fn forget() {
    KEPT.lock().unwrap().clear();
}

#[cpu_bound]
fn abort() {
    std::process::abort();
}

#[test]
fn it_is_free_when_its_last_holder_is_gone_or_has_crashed() {
    let _turn = alone();
    let pool = ProcessPool::new("holders").workers(1);
    for crash in [false, true] {
        let data = bytes(5000);
        let file = file_of(&*data).unwrap();
        let worker = keep(vec![data.clone()]).on(&pool).wait().unwrap();
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
            assert!(abort().on(&pool).wait().is_err());
        } else {
            forget().on(&pool).wait().unwrap();
        }
        eventually("nobody holds it", || holders().is_empty());
    }
}
