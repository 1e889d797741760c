//! How far a function is, at its caller.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use offloop::{Call, Error, ProcessPool, Progress, blocking_io, cpu_bound};
use offloop_tests::{Marks, eventually, wait};

/// Says `steps` times how far it is, and between two of them waits for this file.
#[cpu_bound]
fn count(steps: u64, pause_at: u64, release: &Path) -> u64 {
    for done in 1..=steps {
        offloop::context::progress(done, steps);
        while done == pause_at && !release.exists() {
            thread::sleep(Duration::from_millis(1));
        }
    }
    steps
}

#[blocking_io]
fn count_on_a_thread(steps: u64, pause_at: u64, release: &Path) -> u64 {
    count::blocking(steps, pause_at, release)
}

/// What a call has shown so far.
#[derive(Clone, Default)]
struct Shown(Arc<Mutex<Vec<Progress>>>);

impl Shown {
    fn watch<R: offloop::Outcome>(&self, call: Call<R>) -> Call<R> {
        let shown = self.clone();
        call.on_progress(move |progress| shown.0.lock().unwrap().push(progress))
    }

    fn all(&self) -> Vec<u64> {
        self.0
            .lock()
            .unwrap()
            .iter()
            .map(|shown| shown.done)
            .collect()
    }
}

/// Each state is shown while the function runs, in order, and the last one before the outcome.
fn is_shown(call: impl Fn(u64, u64, &Path) -> Call<Result<u64, Error>>) {
    let marks = Marks::new();
    let release = marks.file("release");
    let shown = Shown::default();
    let call = shown.watch(call(1000, 500, &release));
    let waits = thread::spawn(move || wait(call));
    eventually("the state at the pause is shown", || {
        shown.all().last() == Some(&500)
    });
    std::fs::write(&release, "").unwrap();
    assert_eq!(waits.join().unwrap().unwrap(), 1000);
    let all = shown.all();
    assert_eq!(all.last(), Some(&1000));
    assert!(all.is_sorted_by(|one, next| one < next), "{all:?}");
    let totals = shown.0.lock().unwrap();
    assert!(totals.iter().all(|shown| shown.total == 1000));
}

#[test]
fn progress_on_a_thread_is_shown() {
    is_shown(count_on_a_thread);
}

#[test]
fn progress_in_a_process_is_shown() {
    static POOL: ProcessPool = ProcessPool::new("progress").workers(1);
    is_shown(|steps, at, release| count(steps, at, release).on(&POOL));
}

#[test]
fn progress_of_each_of_many_calls_is_its_own() {
    let pool = ProcessPool::new("progress-many").workers(2);
    let release = Path::new("/");
    let calls: Vec<_> = (1..=200)
        .map(|steps| {
            let shown = Shown::default();
            let call = shown.watch(count(steps, 0, release).on(&pool)).start();
            (steps, shown, call)
        })
        .collect();
    for (steps, shown, call) in calls {
        assert_eq!(wait(call).unwrap(), steps);
        let all = shown.all();
        assert_eq!(all.last(), Some(&steps), "of a call with {steps} steps");
        assert!(all.iter().all(|done| *done <= steps));
    }
}

#[test]
fn progress_is_shown_some_thirty_times_a_second_at_most() {
    #[cpu_bound]
    fn busy(millis: u64) -> u64 {
        let start = Instant::now();
        let mut done = 0;
        while start.elapsed() < Duration::from_millis(millis) {
            done += 1;
            offloop::context::progress(done, 0);
        }
        done
    }
    let pool = ProcessPool::new("progress-often").workers(1);
    let shown = Shown::default();
    let start = Instant::now();
    let done = wait(shown.watch(busy(500).on(&pool))).unwrap();
    let most = start.elapsed().as_millis() / 33 + 2;
    let all = shown.all();
    assert_eq!(all.last(), Some(&done));
    assert!(all.len() as u128 <= most, "{} times", all.len());
    assert!(shown.0.lock().unwrap()[0].fraction().is_none());
}

#[test]
fn progress_from_several_threads_of_a_worker_is_never_half_of_two_reports() {
    /// Each report is one of these pairs.
    #[cpu_bound]
    fn count_on_threads(steps: u64) {
        thread::scope(|scope| {
            for thread in 1..=4 {
                scope.spawn(move || {
                    for step in 1..=steps {
                        let number = 10 * step + thread;
                        offloop::context::progress(number, 3 * number);
                    }
                });
            }
        });
    }

    let pool = ProcessPool::new("progress-threads").workers(1);
    let shown = Shown::default();
    wait(shown.watch(count_on_threads(300_000).on(&pool))).unwrap();
    let shown = shown.0.lock().unwrap();
    assert!(!shown.is_empty());
    for pair in &*shown {
        assert_eq!(pair.total, 3 * pair.done, "{pair:?}");
    }
}

#[test]
fn progress_before_the_death_of_the_worker_is_shown() {
    #[cpu_bound]
    fn die_at(step: u64) {
        offloop::context::progress(step, 2 * step);
        std::process::abort();
    }

    let pool = ProcessPool::new("progress-death").workers(1);
    let shown = Shown::default();
    let outcome = wait(shown.watch(die_at(7).on(&pool)));
    assert!(matches!(outcome, Err(Error::WorkerDied(_))), "{outcome:?}");
    assert_eq!(shown.all(), [7]);
}

#[test]
fn progress_that_nobody_wants_costs_nothing_and_is_said_outside_of_a_call_too() {
    offloop::context::progress(1, 2);
    let pool = ProcessPool::new("progress-unwanted").workers(1);
    assert_eq!(
        wait(count(1000, 0, Path::new("/")).on(&pool)).unwrap(),
        1000
    );
}
