//! A worker that writes over the memory which it shares with its pool costs at most the calls that
//! it has: the program goes on, each call ends, and the next ones are served by another worker. A
//! binary of its own so that it can be run again and again, and with the program's memory watched.

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

/// Where the slots begin, each of 2048 bytes, with a head of 128.
const SLOTS: usize = 128;

/// Where the words of the events are: how much was written, how much was dropped, how much was
/// read.
const EVENTS: usize = SLOTS + 32 * 2048;
const EVENTS_READ: usize = EVENTS + 64;

/// Where the bytes of the events are, and how many.
const EVENT_BYTES: usize = EVENTS + 128;
const EVENTS_LENGTH: usize = 16 << 10;

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

/// The bytes of this process, which the kernel reads and writes where the process itself could.
fn memory() -> std::fs::File {
    let mut options = std::fs::File::options();
    options
        .read(true)
        .write(true)
        .open("/proc/self/mem")
        .unwrap()
}

/// Overwrites what is there from `at` on.
fn write(at: usize, bytes: &[u8]) {
    use std::os::unix::fs::FileExt;
    memory()
        .write_all_at(bytes, channel().0 + at as u64)
        .unwrap();
}

/// Overwrites `length` bytes from `at` on, or all from there.
fn overwrite(at: usize, length: Option<usize>, scribble: Scribble) {
    let length = length.unwrap_or(channel().1 - at);
    let bytes: Vec<u8> = match scribble {
        Scribble::Fill(byte) => vec![byte; length],
        Scribble::Random(seed) => {
            let mut random = Random::new(seed);
            (0..length)
                .map(|_| u8::try_from(random.below(256)).unwrap())
                .collect()
        }
    };
    write(at, &bytes);
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
    // A worker that has destroyed the word that says how far it is looks like one that runs for
    // ever.
    let limit = Duration::from_millis(500);
    let bad = scribble(at, length, with)
        .on(pool)
        .timeout(limit)
        .on_progress(|progress| {
            let _ = progress.fraction();
        })
        .start();
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
            (0..3).flat_map(|slot| (0..128).step_by(8).map(move |at| SLOTS + slot * 2048 + at));
        let events = (EVENTS..EVENT_BYTES).step_by(8);
        for at in (0..64).step_by(8).chain(heads).chain(events) {
            for with in [Scribble::Fill(0xff), Scribble::Fill(0)] {
                survive(&POOL, at, Some(8), with).await;
            }
        }
    });
}

/// An event of this kind that announces so many bytes, with so many behind.
fn event(kind: u32, announced: u32, bytes: usize) -> Vec<u8> {
    let mut event = [kind.to_le_bytes(), announced.to_le_bytes()].concat();
    event.resize(8 + bytes.next_multiple_of(8), b'x');
    event
}

/// Says these events, and that there are so many bytes of them. The worker has said none before.
#[cpu_bound]
fn say(events: Vec<u8>, announced: u64) -> u32 {
    write(EVENT_BYTES, &events);
    write(EVENTS, &announced.to_ne_bytes());
    std::process::id()
}

/// One worker says events that are none. It is killed for it, and says nothing wrong otherwise.
async fn is_found_at_fault(pool: &'static ProcessPool, events: Vec<u8>, announced: u64) {
    let what = format!("{announced} bytes: {:?}", events.get(..16));
    let end = async {
        let said = say(events, announced).on(pool).await;
        // The fault is found with the answer, or by a sweep before.
        let fault = match said {
            Err(Error::WorkerDied(died)) => died.fault.clone().unwrap_or_default(),
            other => panic!("{what}: {other:?}"),
        };
        assert!(fault.contains("event"), "{what}: {fault}");
        assert_eq!(double(21).on(pool).await.unwrap(), 42, "{what}");
    };
    timeout(offloop_tests::LIMIT, end).await.expect(&what);
}

#[test]
fn a_worker_that_says_what_is_no_event() {
    static POOL: ProcessPool = ProcessPool::new("events").workers(1);
    const STOPPING: u32 = 2;
    let length = EVENTS_LENGTH as u64;
    run(async {
        // More than there is room for; what no event is long; longer than what is there.
        for announced in [length + 1, length + 8, u64::MAX, 1 << 63] {
            is_found_at_fault(&POOL, Vec::new(), announced).await;
        }
        for (kind, announced, bytes) in [
            (STOPPING, 1 << 20, 1024),
            (STOPPING, u32::MAX, 1024),
            (STOPPING, 1025, 1032),
            (STOPPING, 16, 8),
            (1, 4, 8),
            (77, 8, 8),
        ] {
            let event = event(kind, announced, bytes);
            let length = event.len() as u64;
            is_found_at_fault(&POOL, event, length).await;
        }
        // Part of a head; bytes that are no text.
        is_found_at_fault(&POOL, event(STOPPING, 0, 0), 3).await;
        let mut no_text = event(STOPPING, 8, 8);
        no_text[8] = 0xff;
        is_found_at_fault(&POOL, no_text, 16).await;
    });
}

/// Leaves a thread behind that fills the ring with events as soon as the pool has read any.
#[cpu_bound]
fn flood() -> u32 {
    use std::os::unix::fs::FileExt;
    write(EVENT_BYTES, &event(2, 8, 8).repeat(EVENTS_LENGTH / 16));
    std::thread::spawn(|| {
        let (memory, start) = (memory(), channel().0);
        loop {
            let mut read = [0; 8];
            let at = start + EVENTS_READ as u64;
            memory.read_exact_at(&mut read, at).unwrap();
            let written = u64::from_ne_bytes(read) + EVENTS_LENGTH as u64;
            let at = start + EVENTS as u64;
            memory.write_all_at(&written.to_ne_bytes(), at).unwrap();
        }
    });
    std::process::id()
}

#[test]
fn a_worker_that_never_stops_saying_events() {
    static POOL: ProcessPool = ProcessPool::new("flood").workers(1);
    run(async {
        let end = async {
            let flooding = flood().on(&POOL).await.unwrap();
            for number in 0..1000 {
                assert_eq!(double(number).on(&POOL).await.unwrap(), 2 * number);
            }
            // It is no fault to say much.
            assert_eq!(pid().on(&POOL).await.unwrap(), flooding);
            assert!(zeros(1 << 20).on(&POOL).await.unwrap() == vec![0; 1 << 20]);
        };
        timeout(offloop_tests::LIMIT, end).await.unwrap();
    });
}

#[cpu_bound]
fn pid() -> u32 {
    std::process::id()
}
