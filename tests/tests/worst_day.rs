//! The worst day: everything that can go wrong around a call, one after the other. After each of
//! them the same pool answers, its counters add up, and once it is closed no process, no descriptor
//! and no thread is left. A binary of its own because it counts what the whole process has, workers
//! included.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use offloop::{Error, Phase, ProcessPool, Started, cpu_bound};
use offloop_tests::tasks::{pid, spin};
use offloop_tests::{LIMIT, Marks, children_of, died, eventually, kill, tasks, wait};
use serde::de::Error as _;
use serde::ser::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

offloop_tests::settings_of_its_own!();

/// Workers have this in their environment, and whatever they start has it too.
const MARK: &str = "OFFLOOP_TEST_WORST_DAY";

/// Where a value is on its way from the caller to the worker and back.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
enum Moment {
    EncodeArgument,
    DecodeArgument,
    EncodeResult,
    DecodeResult,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
enum Fault {
    Fail,
    Panic,
    Exit,
    Abort,
}

/// A value that goes wrong at the moment for which it is armed.
#[derive(Clone, Debug)]
struct Armed {
    /// The process of the caller.
    home: u32,
    trap: (Moment, Fault),
    padding: Vec<u8>,
}

impl Armed {
    fn goes_off(&self, moment: Moment) -> Result<(), &'static str> {
        match self.trap {
            (armed, Fault::Fail) if armed == moment => Err("it failed as it was told"),
            (armed, Fault::Panic) if armed == moment => panic!("it panicked as it was told"),
            (armed, Fault::Exit) if armed == moment => std::process::exit(0),
            (armed, Fault::Abort) if armed == moment => std::process::abort(),
            _ => Ok(()),
        }
    }
}

impl Serialize for Armed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let moment = if self.home == std::process::id() {
            Moment::EncodeArgument
        } else {
            Moment::EncodeResult
        };
        self.goes_off(moment).map_err(S::Error::custom)?;
        (self.home, self.trap, &self.padding).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Armed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (home, trap, padding) = Deserialize::deserialize(deserializer)?;
        let value = Armed {
            home,
            trap,
            padding,
        };
        let moment = if home == std::process::id() {
            Moment::DecodeResult
        } else {
            Moment::DecodeArgument
        };
        value.goes_off(moment).map_err(D::Error::custom)?;
        Ok(value)
    }
}

#[cpu_bound]
fn pass(value: Armed) -> Armed {
    value
}

#[cpu_bound]
fn end_by(how: &str) {
    let signal_myself = |signal: &str| {
        let me = std::process::id().to_string();
        let _ = Command::new("kill").args([signal, &me]).status();
        spin::blocking();
    };
    match how {
        "abort" => std::process::abort(),
        "exit" => std::process::exit(0),
        "panic" => panic!("as it was told"),
        "overflow" => drop(overflow(1)),
        signal => signal_myself(signal),
    }
}

#[allow(unconditional_recursion, reason = "it is to overflow the stack")]
fn overflow(depth: u64) -> [u64; 64] {
    let mut frame = [depth; 64];
    frame[0] += overflow(std::hint::black_box(depth + 1))[1];
    std::hint::black_box(frame)
}

#[cpu_bound]
fn kill_other(pid: u32) {
    kill(pid);
}

/// Starts processes that start processes, of which none wants to end.
#[cpu_bound]
fn breed(file: &Path) {
    let script = "trap '' TERM INT HUP; (trap '' TERM INT HUP; sleep 1000 & sleep 1000) & wait";
    let mut child = Command::new("sh").args(["-c", script]).spawn().unwrap();
    std::fs::write(file, "").unwrap();
    let _ = child.wait();
}

#[cpu_bound]
fn leak() -> usize {
    let mut all = Vec::new();
    loop {
        all.push(vec![1_u8; 1 << 20]);
        std::hint::black_box(&all);
    }
}

#[cpu_bound]
fn leave_a_thread() {
    std::thread::spawn(|| {
        loop {
            std::thread::park();
        }
    });
}

fn values_that_go_wrong(pool: &ProcessPool) {
    use Fault::{Abort, Exit, Fail, Panic};
    use Moment::{DecodeArgument, DecodeResult, EncodeArgument, EncodeResult};
    // The larger ones are encoded and decoded on threads of their own.
    for length in [0, 200_000] {
        let outcome = |moment, fault| {
            let value = Armed {
                home: std::process::id(),
                trap: (moment, fault),
                padding: vec![7; length],
            };
            wait(pass(value).on(pool)).unwrap_err()
        };
        for fault in [Fail, Panic] {
            for (moment, started) in [(EncodeArgument, Started::No), (EncodeResult, Started::Yes)] {
                let error = outcome(moment, fault);
                assert!(matches!(error, Error::Encode(_)), "{moment:?}: {error}");
                assert_eq!(error.started(), started);
                assert!(error.to_string().contains("as it was told"), "{error}");
            }
            for (moment, started) in [(DecodeArgument, Started::No), (DecodeResult, Started::Yes)] {
                let error = outcome(moment, fault);
                assert!(matches!(error, Error::Decode(_)), "{moment:?}: {error}");
                assert_eq!(error.started(), started);
                assert!(error.to_string().contains("as it was told"), "{error}");
            }
        }
        for fault in [Exit, Abort] {
            for (moment, phase) in [
                (DecodeArgument, Phase::Decode),
                (EncodeResult, Phase::Encode),
            ] {
                assert_eq!(died::<Armed>(Err(outcome(moment, fault))).phase, phase);
            }
        }
    }
}

fn functions_that_end_their_worker(pool: &ProcessPool) {
    for (how, text) in [
        ("abort", "SIGABRT"),
        ("exit", "exited with code 0"),
        ("overflow", "SIGSEGV"),
        ("-9", "SIGKILL"),
        ("-TERM", "SIGTERM"),
        ("-INT", "SIGINT"),
    ] {
        let error = wait(end_by(how).on(pool)).unwrap_err();
        assert!(matches!(error, Error::WorkerDied(_)), "{how}: {error}");
        assert!(error.to_string().contains(text), "{how}: {error}");
    }
    let error = wait(end_by("panic").on(pool)).unwrap_err();
    assert!(matches!(error, Error::Panicked(_)), "{error}");
}

fn workers_that_kill_each_other(pool: &ProcessPool) {
    for _ in 0..5 {
        let marks = Marks::new();
        let victim = tasks::hold(marks.path(), "victim").on(pool).start();
        let worker = marks.wait_for_pids("victim")[0];
        wait(kill_other(worker).on(pool)).unwrap();
        assert_eq!(died(wait(victim)).phase, Phase::Run);
    }
}

fn workers_with_a_family(pool: &ProcessPool) {
    let marks = Marks::new();
    let call = breed(&marks.file("family")).on(pool).start();
    marks.wait_for("family");
    drop(call);
    let call = breed(&marks.file("second family"))
        .on(pool)
        .timeout(Duration::from_millis(200));
    assert!(matches!(wait(call), Err(Error::TimedOut(_))));
}

fn functions_that_never_end(pool: &ProcessPool) {
    for _ in 0..10 {
        let call = spin().on(pool).timeout(Duration::from_millis(20));
        assert!(matches!(wait(call), Err(Error::TimedOut(_))));
        let call = spin()
            .on(pool)
            .timeout(Duration::from_millis(20))
            .grace(Duration::from_millis(20));
        assert!(matches!(wait(call), Err(Error::TimedOut(_))));
        drop(spin().on(pool).start());
    }
}

fn functions_that_take_all_memory(pool: &ProcessPool) {
    for _ in 0..2 {
        let error = wait(leak().on(pool)).unwrap_err();
        assert!(error.to_string().contains("out of memory"), "{error}");
    }
}

fn threads_left_behind(pool: &ProcessPool) {
    for _ in 0..10 {
        wait(leave_a_thread().on(pool)).unwrap();
    }
}

fn calls_that_nobody_waits_for(pool: &ProcessPool) {
    for _ in 0..100 {
        drop(pid().on(pool).start());
        pid().on(pool).detach();
        end_by("abort").on(pool).detach();
    }
    let rests = || (pool.stats().running, pool.stats().queued) == (0, 0);
    eventually("all of them are over", rests);
}

/// What this process holds, that it must hold no longer when a pool has gone.
#[derive(Debug, PartialEq)]
struct Holdings {
    descriptors: usize,
    threads: BTreeSet<String>,
}

impl Holdings {
    fn now() -> Holdings {
        let names = std::fs::read_dir("/proc/self/task").unwrap();
        let names = names.filter_map(|task| {
            let path = task.ok()?.path().join("comm");
            Some(std::fs::read_to_string(path).ok()?.trim().to_owned())
        });
        // Those of the codec end when they have been idle for a while.
        let ours = names.filter(|name| name.starts_with("offloop") && !name.contains("codec"));
        Holdings {
            threads: ours.collect(),
            descriptors: std::fs::read_dir("/proc/self/fd").unwrap().count(),
        }
    }
}

/// Processes that a worker of this test is, or has started.
fn marked() -> Vec<String> {
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    let mark = format!("{MARK}={}", std::process::id());
    processes
        .filter(|process| {
            let environment = std::fs::read(process.path().join("environ")).unwrap_or_default();
            let mut variables = environment.split(|byte| *byte == 0);
            variables.any(|variable| variable == mark.as_bytes())
        })
        .map(|process| {
            let command = std::fs::read_to_string(process.path().join("cmdline"));
            format!("{}: {command:?}", process.path().display())
        })
        .collect()
}

/// What is done to a pool.
type Scenario = (&'static str, fn(&ProcessPool));

#[test]
fn a_fault_leaves_all_as_it_was_before() {
    let scenarios: &[Scenario] = &[
        ("nothing", |_| ()),
        ("values that go wrong", values_that_go_wrong),
        (
            "functions that end their worker",
            functions_that_end_their_worker,
        ),
        ("workers that kill each other", workers_that_kill_each_other),
        ("workers with a family", workers_with_a_family),
        ("functions that never end", functions_that_never_end),
        (
            "functions that take all memory",
            functions_that_take_all_memory,
        ),
        ("threads left behind", threads_left_behind),
        ("calls that nobody waits for", calls_that_nobody_waits_for),
    ];
    // Variables of a pool are as static as pools mostly are.
    let mark: &'static str = Box::leak(std::process::id().to_string().into_boxed_str());
    // A long backtrace would push out of the last lines what is said of a lack of memory.
    let envs: &'static [_] = Box::leak(Box::new([(MARK, mark), ("RUST_BACKTRACE", "0")]));
    let mut before = None;
    for (name, fault) in scenarios {
        let pool = ProcessPool::new("worst-day")
            .workers(2)
            .memory_limit(256 << 20)
            .envs(envs);
        // Threads that all pools share start with the first.
        wait(pid().on(&pool).timeout(LIMIT)).unwrap();

        fault(&pool);
        for _ in 0..4 {
            wait(pid().on(&pool)).unwrap_or_else(|error| panic!("{name}: {error}"));
        }
        let stats = pool.stats();
        assert_eq!((stats.running, stats.queued), (0, 0), "{name}: {stats:?}");
        let ended = stats.finished + stats.failed + stats.cancelled;
        assert_eq!(stats.submitted, ended, "{name}: {stats:?}");

        pool.close().wait();
        assert_eq!(pool.stats().workers, 0, "{name}");
        drop(pool);
        eventually(&format!("no process is left after {name}"), || {
            marked().is_empty() && children_of(std::process::id()).is_empty()
        });
        let before = before.get_or_insert_with(|| {
            eventually("four threads of ours are there", || {
                Holdings::now().threads.len() == 4
            });
            Holdings::now()
        });
        eventually(&format!("all is as before, after {name}"), || {
            Holdings::now() == *before
        });
    }
}
