//! Calls with arguments by position: the call site changes by `.await` alone.

use std::borrow::Cow;
use std::path::Path;

use offloop::{Task, blocking_io, cpu_bound};

/// Repeats a name.
#[blocking_io]
fn repeat(name: &str, times: u32) -> String {
    name.repeat(times as usize)
}

#[cpu_bound]
fn sum(numbers: &[u64], plus: Option<u64>) -> (u32, u64) {
    let sum = numbers.iter().sum::<u64>() + plus.unwrap_or(0);
    (std::process::id(), sum)
}

#[cpu_bound]
fn lengths(path: &Path, text: Cow<'_, str>, bytes: Vec<u8>) -> (usize, usize, usize) {
    (path.as_os_str().len(), text.len(), bytes.len())
}

/// Not serialisable, which threads do not mind.
struct Handle(std::rc::Rc<u8>);

struct Sendable(fn() -> Handle);

#[cpu_bound(threads)]
fn on_threads(make: Sendable) -> u8 {
    *(make.0)().0
}

#[blocking_io]
fn nothing() {}

#[tokio::test]
async fn a_thread_call_gives_the_result() {
    assert_eq!(repeat("ab", 2).await.unwrap(), "abab");
    nothing().await.unwrap();
}

#[tokio::test]
async fn a_process_call_gives_the_result_from_another_process() {
    let (pid, total) = sum(&[1, 2, 3], Some(4)).await.unwrap();
    assert_ne!(pid, std::process::id());
    assert_eq!(total, 10);
    assert_eq!(sum(&[], None).await.unwrap().1, 0);
}

#[tokio::test]
async fn borrowed_arguments_are_owned_when_the_call_is_made() {
    let call = {
        let path = std::path::PathBuf::from("/tmp");
        let text = String::from("four");
        lengths(&path, Cow::Borrowed(&text), vec![0; 3])
    };
    assert_eq!(call.await.unwrap(), (4, 4, 3));
}

#[tokio::test]
async fn a_thread_task_needs_no_serde() {
    let make = Sendable(|| Handle(std::rc::Rc::new(7)));
    assert_eq!(on_threads(make).await.unwrap(), 7);
}

#[test]
fn a_plain_test_can_wait() {
    assert_eq!(repeat("x", 3).wait().unwrap(), "xxx");
    assert_ne!(sum(&[], None).wait().unwrap().0, std::process::id());
}

#[test]
fn blocking_is_the_function_itself() {
    assert_eq!(repeat::blocking("x", 3), "xxx");
    assert_eq!(sum::blocking(&[2], None), (std::process::id(), 2));
}

#[test]
fn a_call_does_nothing_before_it_is_polled() {
    static RUNS: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);

    #[blocking_io]
    fn count() {
        RUNS.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
    }

    drop(count());
    let later = count();
    count().wait().unwrap();
    assert_eq!(RUNS.load(std::sync::atomic::Ordering::SeqCst), 1);
    later.wait().unwrap();
    assert_eq!(RUNS.load(std::sync::atomic::Ordering::SeqCst), 2);
}

#[test]
fn a_task_is_also_a_type() {
    fn name<T: Task<Args = (Vec<u64>, Option<u64>), Output = (u32, u64)>>() -> &'static str {
        T::NAME
    }
    assert_eq!(name::<sum>(), "positional::sum");
}
