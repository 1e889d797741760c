//! offloop beside what a tokio program has without it, in one run.
//!
//! `cargo run --release -p offloop-bench` prints ratios, not times: machines differ, and what is
//! measured side by side differs alike. The contenders take turns in each round, and the median
//! round counts.

use std::time::{Duration, Instant};

use offloop::{Call, Error, ThreadPool, cpu_bound};
use tokio::task::{JoinSet, spawn_blocking};

const ROUNDS: usize = 9;
/// Calls of a round, one at a time.
const CALLS: u32 = 2_000;
/// Calls of a round with many at a time, and how many.
const MANY: u32 = 20_000;
const IN_FLIGHT: usize = 1_000;

#[cpu_bound]
fn in_process(number: u32) -> u32 {
    number
}

fn on_thread(number: u32) -> Call<Result<u32, Error>> {
    ThreadPool::global().run(move || number)
}

#[derive(Clone, Copy, PartialEq)]
enum Contender {
    SpawnBlocking,
    Thread,
    Process,
}

impl Contender {
    const ALL: [Contender; 3] = [
        Contender::SpawnBlocking,
        Contender::Thread,
        Contender::Process,
    ];

    fn name(self) -> &'static str {
        match self {
            Contender::SpawnBlocking => "tokio::task::spawn_blocking",
            Contender::Thread => "offloop, thread",
            Contender::Process => "offloop, process",
        }
    }

    async fn call(self, number: u32) -> u32 {
        let result = match self {
            Contender::SpawnBlocking => spawn_blocking(move || number).await.ok(),
            Contender::Thread => on_thread(number).await.ok(),
            Contender::Process => in_process(number).await.ok(),
        };
        result.expect("a call that does nothing succeeds")
    }

    async fn one_at_a_time(self) -> Duration {
        let start = Instant::now();
        for number in 0..CALLS {
            assert_eq!(self.call(number).await, number);
        }
        start.elapsed() / CALLS
    }

    async fn many_at_a_time(self) -> Duration {
        let start = Instant::now();
        let mut calls = JoinSet::new();
        for number in 0..MANY {
            if calls.len() == IN_FLIGHT {
                calls.join_next().await;
            }
            calls.spawn(self.call(number));
        }
        while calls.join_next().await.is_some() {}
        start.elapsed() / MANY
    }
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

#[tokio::main]
async fn main() {
    let mut alone = [const { Vec::new() }; 3];
    let mut many = [const { Vec::new() }; 3];
    for round in 0..=ROUNDS {
        for (at, contender) in Contender::ALL.into_iter().enumerate() {
            let times = (
                contender.one_at_a_time().await,
                contender.many_at_a_time().await,
            );
            // The first round starts threads and processes.
            if round > 0 {
                alone[at].push(times.0);
                many[at].push(times.1);
            }
        }
    }
    let (alone, many) = (alone.map(median), many.map(median));
    println!("time per call as a multiple of spawn_blocking's; below 1 is faster\n");
    println!("{:28} {:>14} {:>18}", "", "one at a time", "1000 in flight");
    for (at, contender) in Contender::ALL.into_iter().enumerate() {
        println!(
            "{:28} {:>14.2} {:>18.2}",
            contender.name(),
            alone[at].as_secs_f64() / alone[0].as_secs_f64(),
            many[at].as_secs_f64() / many[0].as_secs_f64(),
        );
    }
    println!(
        "\nspawn_blocking itself: {:?} and {:?} per call; {ROUNDS} rounds, medians",
        alone[0], many[0]
    );
}
