//! A worker that writes over the memory which it shares with its pool costs at most the calls that it
//! has: the program goes on, each call ends, and the next ones are served by another worker. A binary of
//! its own so that it can be run again and again, and with the program's memory watched.

use std::future::Future;
use std::time::Duration;

use offloop::{Error, ProcessPool, cpu_bound};
use offloop_tests::Random;
use tokio::time::timeout;

offloop_tests::settings_of_its_own!();

/// What the memory is overwritten with.
#[derive(Clone, Copy, Debug, serde::Serialize, serde::Deserialize)]
enum Scribble {
    Fill(u8),
    Random(u64),
}

/// Where the slots begin, each of 2048 bytes.
const SLOTS: usize = 64;

/// Where the memory is mapped in this process, and how long it is.
fn channel() -> (u64, usize) {
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
    let line = maps.lines().find(|line| line.contains("offloop-ring"));
    let (range, _) = line.unwrap().split_once(' ').unwrap();
    let (start, end) = range.split_once('-').unwrap();
    let number = |text| u64::from_str_radix(text, 16).unwrap();
    let length = number(end) - number(start);
    (number(start), usize::try_from(length).unwrap())
}

/// Overwrites `length` bytes from `at` on, or all from there.
fn overwrite(at: usize, length: Option<usize>, scribble: Scribble) {
    use std::os::unix::fs::FileExt;
    let (start, all) = channel();
    let length = length.unwrap_or(all - at);
    let bytes: Vec<u8> = match scribble {
        Scribble::Fill(byte) => vec![byte; length],
        Scribble::Random(seed) => {
            let mut random = Random::new(seed);
            (0..length)
                .map(|_| u8::try_from(random.below(256)).unwrap())
                .collect()
        }
    };
    // The kernel writes where the process itself could.
    let memory = std::fs::File::options().write(true).open("/proc/self/mem");
    let memory = memory.unwrap();
    memory.write_all_at(&bytes, start + at as u64).unwrap();
}

/// Overwrites, then ends as the memory lets it. It waits until others lie ready behind it.
#[cpu_bound]
fn scribble(at: usize, length: Option<usize>, with: Scribble) -> u32 {
    std::thread::sleep(Duration::from_millis(2));
    overwrite(at, length, with);
    std::process::id()
}

#[cpu_bound]
fn double(number: u32) -> u32 {
    number * 2
}

/// A large answer, in memory of its own.
#[cpu_bound]
fn zeros(length: usize) -> Vec<u8> {
    vec![0; length]
}

/// One worker scribbles while other calls lie ready; then the pool serves the next.
async fn survive(pool: &'static ProcessPool, at: usize, length: Option<usize>, with: Scribble) {
    let what = format!("{with:?} at {at}, {length:?} bytes");
    // A worker that has destroyed the word that says how far it is looks like one that runs for ever.
    let limit = Duration::from_millis(500);
    let bad = scribble(at, length, with).on(pool).timeout(limit).start();
    let mut behind = Vec::new();
    for number in 0..4 {
        behind.push(double(number).on(pool).start());
    }
    // Calls without a limit of their own end with the worker.
    let end = async {
        let bad = bad.await;
        assert!(!matches!(bad, Err(Error::Panicked(_))), "{bad:?}");
        let mut hanging = Vec::new();
        for (number, call) in (0..).zip(behind) {
            let mut call = call;
            match timeout(limit, &mut call).await {
                Ok(Ok(double)) => assert_eq!(double, 2 * number, "{what}"),
                Ok(Err(error)) => assert!(!error.to_string().is_empty()),
                // Its caller may leave at any time.
                Err(_) => hanging.push(call),
            }
        }
        drop(hanging);
        // The worker may be found at fault only by the calls that follow.
        loop {
            match double(21).on(pool).timeout(limit).await {
                Ok(double) => break assert_eq!(double, 42, "{what}"),
                Err(error) => assert!(!error.to_string().is_empty()),
            }
        }
        loop {
            match zeros(1 << 20).on(pool).timeout(limit).await {
                Ok(zeros) => break assert!(zeros == vec![0; 1 << 20], "{what}"),
                Err(error) => assert!(!error.to_string().is_empty()),
            }
        }
    };
    timeout(offloop_tests::LIMIT, end).await.expect(&what);
}

fn run<F: Future<Output = ()>>(test: F) {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
        .block_on(test);
}

#[test]
fn a_worker_that_overwrites_all_shared_memory_costs_only_its_calls() {
    static POOL: ProcessPool = ProcessPool::new("all").workers(1);
    run(async {
        for round in 0..3 {
            for with in [
                Scribble::Fill(0xff),
                Scribble::Fill(0),
                Scribble::Random(round),
            ] {
                survive(&POOL, 0, None, with).await;
            }
        }
    });
}

#[test]
fn a_worker_that_overwrites_any_field_costs_only_its_calls() {
    static POOL: ProcessPool = ProcessPool::new("fields").workers(1);
    run(async {
        // The words before the slots, and those at the head of each of the first ones.
        let heads =
            (0..3).flat_map(|slot| (0..64).step_by(8).map(move |at| SLOTS + slot * 2048 + at));
        for at in (0..SLOTS).step_by(8).chain(heads) {
            for with in [Scribble::Fill(0xff), Scribble::Fill(0)] {
                survive(&POOL, at, Some(8), with).await;
            }
        }
    });
}
