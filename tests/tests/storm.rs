//! Many calls, and everything happens to them at once: nothing is lost, nothing runs twice, nothing
//! hangs, and the counters add up. A binary of its own so that it can be run for any time, with
//! nothing beside it.
//!
//! `OFFLOOP_TEST_SECONDS` sets how long the storms last that have no number of rounds.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::Poll;
use std::time::{Duration, Instant};

use offloop::{Call, ProcessPool, Stats, ThreadPool, cpu_bound};
use offloop_tests::tasks::pid;
use offloop_tests::{
    LIMIT, Marks, Random, children_of, died, eventually, poll_once, try_signal, wait,
};

offloop_tests::settings_of_its_own!();

/// How long a storm lasts.
fn duration() -> Duration {
    let seconds = std::env::var("OFFLOOP_TEST_SECONDS");
    Duration::from_secs(seconds.map_or(4, |seconds| seconds.parse().unwrap()))
}

fn spin(micros: u64) {
    let start = Instant::now();
    while start.elapsed() < Duration::from_micros(micros) {
        std::hint::spin_loop();
    }
}

/// Notes in `file` that the call of this number has begun, then works for a while.
#[cpu_bound]
fn noted(file: &Path, number: u64, micros: u64) -> u64 {
    use std::io::Write;
    let file = std::fs::OpenOptions::new().append(true).open(file);
    // So few bytes are appended as one.
    file.unwrap().write_all(&number.to_le_bytes()).unwrap();
    spin(micros);
    number
}

/// What the calls of one test have noted.
struct Notes(Marks);

impl Notes {
    fn new() -> Notes {
        let notes = Notes(Marks::new());
        std::fs::write(notes.file(), "").unwrap();
        notes
    }

    fn file(&self) -> PathBuf {
        self.0.file("notes")
    }

    /// How often each call has begun.
    fn read(&self) -> HashMap<u64, u32> {
        let mut begun = HashMap::new();
        for number in std::fs::read(self.file()).unwrap().chunks(8) {
            let number = u64::from_le_bytes(number.try_into().unwrap());
            *begun.entry(number).or_default() += 1;
        }
        begun
    }
}

#[track_caller]
fn adds_up(stats: Stats) {
    let parts = stats.finished + stats.failed + stats.cancelled + stats.running + stats.queued;
    assert_eq!(stats.submitted, parts, "{stats:?}");
}

/// The pool has come to rest, and has seen so many calls.
fn at_rest(stats: impl Fn() -> Stats, submitted: u64) {
    eventually("the pool has come to rest", || {
        let stats = stats();
        adds_up(stats);
        (stats.running, stats.queued) == (0, 0)
    });
    assert_eq!(stats().submitted, submitted);
}

/// Polls the call some times, and drops it: before it is submitted, in the queue, while it is sent,
/// runs, is answered, or after that; some are waited for. Gives its result if it came.
fn give_up<R: offloop::Outcome>(mut call: Call<R>, random: &mut Random) -> Option<R> {
    let polls = match random.below(5) {
        0 => return Some(wait(call)),
        polls => polls - 1,
    };
    for _ in 0..polls {
        if let Poll::Ready(outcome) = poll_once(&mut call) {
            return Some(outcome);
        }
        spin(random.below(100) as u64);
    }
    None
}

#[test]
fn ten_thousand_calls_are_given_up_at_any_moment() {
    const FOR_EVER: u64 = u64::MAX;

    let notes = Notes::new();
    let pool = ProcessPool::new("given-up").workers(2);
    let threads = ThreadPool::new("given-up").threads(2);
    let ran = Arc::new(AtomicU64::new(0));
    let mut random = Random::new(11);
    let mut finished = HashSet::new();
    for number in 0..10_000 {
        let micros = random.below(30) as u64;
        if number % 100 == 0 {
            // On a busy machine chance alone would hardly ever meet a call that runs.
            let call = noted(&notes.file(), number, FOR_EVER).on(&pool).start();
            eventually("it runs", || notes.read().contains_key(&number));
            drop(call);
            adds_up(pool.stats());
            adds_up(threads.stats());
        } else if number % 2 == 0 {
            // Most meet a worker that is free; the others find those busy, or starting.
            if random.below(4) > 0 {
                eventually("a worker is free", || {
                    pool.stats().idle > 0 || pool.stats().workers == 0
                });
            }
            let call = noted(&notes.file(), number, micros).on(&pool);
            if let Some(outcome) = give_up(call, &mut random) {
                finished.insert(outcome.unwrap());
            }
        } else {
            let ran = Arc::clone(&ran);
            let call = threads.run(move || {
                ran.fetch_add(1, Ordering::Relaxed);
                spin(micros);
            });
            if let Some(outcome) = give_up(call, &mut random) {
                outcome.unwrap();
            }
        }
    }
    let submitted = pool.stats().submitted;
    at_rest(|| pool.stats(), submitted);
    at_rest(|| threads.stats(), threads.stats().submitted);
    let begun = notes.read();
    assert!(
        begun.values().all(|times| *times == 1),
        "nothing runs twice"
    );
    assert!(finished.iter().all(|number| begun.contains_key(number)));
    let stats = pool.stats();
    assert_eq!(stats.failed, 0, "{stats:?}");
    assert!(begun.len() as u64 >= stats.finished, "{stats:?}");
    assert!(ran.load(Ordering::Relaxed) >= threads.stats().finished);
    assert!(
        stats.cancelled >= 100 && stats.finished > 100,
        "{stats:?}: each kind of end has come up"
    );
    eventually("all that were killed are counted", || {
        pool.stats().workers_died >= 100
    });
    // And both still work.
    wait(pid().on(&pool)).unwrap();
    wait(threads.run(|| ())).unwrap();
}

#[test]
fn workers_are_killed_from_outside_under_load() {
    let notes = Notes::new();
    let pool = ProcessPool::new("killed").workers(2);
    let stop = AtomicBool::new(false);
    let (numbers, deaths, finished) = (AtomicU64::new(0), AtomicU64::new(0), AtomicU64::new(0));
    let mut kills = 0;
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while !stop.load(Ordering::Relaxed) {
                    let number = numbers.fetch_add(1, Ordering::Relaxed);
                    match wait(noted(&notes.file(), number, 100).on(&pool)) {
                        Ok(back) => {
                            assert_eq!(back, number);
                            finished.fetch_add(1, Ordering::Relaxed);
                        }
                        outcome => {
                            let death = died(outcome);
                            assert!(death.to_string().contains("SIGKILL"), "{death}");
                            deaths.fetch_add(1, Ordering::Relaxed);
                        }
                    }
                    adds_up(pool.stats());
                }
            });
        }
        let mut random = Random::new(3);
        let start = Instant::now();
        // For so long, and on a busy machine until all of it has come up.
        let is_through = |kills| {
            start.elapsed() >= duration()
                && kills > 20
                && deaths.load(Ordering::Relaxed) > 0
                && finished.load(Ordering::Relaxed) > 100
        };
        while !is_through(kills) && start.elapsed() < duration() + LIMIT {
            std::thread::sleep(Duration::from_millis(random.below(20) as u64));
            let workers: Vec<_> = children_of(std::process::id())
                .into_iter()
                .filter(|pid| command_of(*pid).contains("killed"))
                .collect();
            if !workers.is_empty() {
                let worker = workers[random.below(workers.len())];
                // It may have gone by itself since.
                kills += u64::from(try_signal(worker, "KILL"));
            }
        }
        stop.store(true, Ordering::Relaxed);
        assert!(is_through(kills), "{kills} kills, {:?}", pool.stats());
    });
    let [calls, deaths, finished] = [numbers, deaths, finished].map(AtomicU64::into_inner);
    println!("{calls} calls, {kills} kills: {finished} results, {deaths} errors");
    assert_eq!(deaths + finished, calls);
    at_rest(|| pool.stats(), calls);
    let stats = pool.stats();
    assert_eq!((stats.finished, stats.failed), (finished, deaths));
    let begun = notes.read();
    assert!(
        begun.values().all(|times| *times == 1),
        "nothing runs twice"
    );
}

fn command_of(pid: u32) -> String {
    std::fs::read_to_string(format!("/proc/{pid}/cmdline")).unwrap_or_default()
}

/// Ten threads, on two runtimes, submit, await and drop calls on the same pools.
#[test]
fn two_runtimes_share_the_pools() {
    static PROCESSES: ProcessPool = ProcessPool::new("shared").workers(2).queue(8);
    static THREADS: ThreadPool = ThreadPool::new("shared").threads(3).queue(8);
    let runtimes = [1, 4].map(|threads| {
        tokio::runtime::Builder::new_multi_thread()
            .worker_threads(threads)
            .enable_all()
            .build()
            .unwrap()
    });
    let end = Instant::now() + duration();
    let calls = AtomicU64::new(0);
    std::thread::scope(|scope| {
        for number in 0..10 {
            let runtime = runtimes[number % 2].handle().clone();
            let calls = &calls;
            scope.spawn(move || {
                let mut random = Random::new(number as u64 + 1);
                while Instant::now() < end {
                    let call = pid().on(&PROCESSES);
                    let thread_call = THREADS.run(|| 7);
                    let patience = Duration::from_micros(random.below(300) as u64);
                    match random.below(5) {
                        0 => drop(call.start()),
                        1 => call.detach(),
                        2 => drop(runtime.block_on(call.try_now())),
                        3 => drop(
                            runtime.block_on(async { tokio::time::timeout(patience, call).await }),
                        ),
                        _ => {
                            runtime.block_on(call).unwrap();
                        }
                    }
                    match random.below(3) {
                        0 => drop(thread_call.start()),
                        1 => drop(runtime.block_on(thread_call.try_now())),
                        _ => assert_eq!(runtime.block_on(thread_call).unwrap(), 7),
                    }
                    calls.fetch_add(1, Ordering::Relaxed);
                    adds_up(PROCESSES.stats());
                    adds_up(THREADS.stats());
                }
            });
        }
    });
    for stats in [|| PROCESSES.stats(), || THREADS.stats()] {
        at_rest(stats, stats().submitted);
        let stats = stats();
        let all = stats.submitted + stats.refused;
        assert_eq!(all, calls.load(Ordering::Relaxed), "{stats:?}");
        assert_eq!(stats.failed, 0, "{stats:?}");
    }
}
