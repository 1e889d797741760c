//! A panic is an error of its call, on threads and in processes, and the worker goes on.

use offloop::{Error, ProcessPool, Started, ThreadPool, blocking_io, cpu_bound};

static ONE_THREAD: ThreadPool = ThreadPool::new("one-thread").threads(1);
static ONE_PROCESS: ProcessPool = ProcessPool::new("one-process").workers(1);

#[blocking_io(pool = ONE_THREAD)]
fn on_thread(word: &str) -> String {
    assert_ne!(word, "bad", "the word is {word}");
    format!("{:?}", std::thread::current().id())
}

#[cpu_bound(pool = ONE_PROCESS)]
fn in_process(word: &str) -> u32 {
    if word == "any" {
        std::panic::panic_any(7_u8);
    }
    assert_ne!(word, "bad", "the word is {word}");
    std::process::id()
}

fn check(error: &Error, task: &str, pool: &str, in_process: bool) {
    let Error::Panicked(panicked) = error else {
        panic!("{error}");
    };
    assert!(
        panicked.message.contains("the word is bad"),
        "{}",
        panicked.message
    );
    let location = panicked.location.as_deref().unwrap();
    let parts: Vec<_> = location.rsplitn(3, ':').collect();
    assert!(parts[2].ends_with("panics.rs"), "{location}");
    assert!(
        parts[0].parse::<u32>().is_ok() && parts[1].parse::<u32>().is_ok(),
        "{location}"
    );
    // The environment may forbid it.
    if std::env::var_os("RUST_BACKTRACE").is_none_or(|value| value != "0") {
        assert!(panicked.backtrace.as_ref().unwrap().contains("panics::"));
    }
    assert_eq!(panicked.pid.is_some(), in_process);
    assert_eq!(error.started(), Started::Yes);
    let text = error.to_string();
    assert!(
        text.contains(&format!("panics::{task}` panicked in pool `{pool}`: ")),
        "{text}"
    );
    assert!(text.ends_with(&format!("(at {location})")), "{text}");
}

#[tokio::test]
async fn a_panic_on_a_thread_is_an_error_of_its_call() {
    let before = on_thread("good").await.unwrap();
    check(
        &on_thread("bad").await.unwrap_err(),
        "on_thread",
        "one-thread",
        false,
    );
    assert_eq!(
        on_thread("good").await.unwrap(),
        before,
        "it is the same thread"
    );
}

#[tokio::test]
async fn a_panic_in_a_process_is_an_error_of_its_call() {
    let before = in_process("good").await.unwrap();
    check(
        &in_process("bad").await.unwrap_err(),
        "in_process",
        "one-process",
        true,
    );
    let error = in_process("any").await.unwrap_err();
    assert!(error.to_string().contains("not text"), "{error}");
    assert_eq!(
        in_process("good").await.unwrap(),
        before,
        "it is the same worker"
    );
}
