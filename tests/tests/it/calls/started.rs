//! Calls that are submitted before they are awaited, that are never awaited, and that will not wait
//! long for their turn.

use std::sync::mpsc;
use std::time::Duration;

use offloop::{Call, Error, ProcessPool, Started, ThreadPool, cpu_bound};
use offloop_tests::eventually;

#[cpu_bound]
fn write(file: &str, millis: u64) -> Vec<u8> {
    std::thread::sleep(Duration::from_millis(millis));
    std::fs::write(file, "here").unwrap();
    vec![0; 1 << 20]
}

fn file_of(test: &str) -> String {
    let name = format!("offloop-{test}-{}", std::process::id());
    std::env::temp_dir().join(name).to_str().unwrap().to_owned()
}

fn has_run(file: &str) -> bool {
    std::fs::read(file).is_ok_and(|content| content == b"here")
}

#[test]
fn a_started_call_runs_before_it_is_awaited() {
    let file = file_of("started");
    let call = write(&file, 0).start();
    eventually("the call has run", || has_run(&file));
    assert_eq!(call.wait().unwrap().len(), 1 << 20);
    std::fs::remove_file(file).unwrap();

    let (sender, receiver) = mpsc::channel();
    let call = ThreadPool::global().run(move || sender.send(1)).start();
    assert_eq!(receiver.recv(), Ok(1));
    call.wait().unwrap().unwrap();
}

#[test]
fn a_started_call_that_fails_at_once_tells_it_when_it_is_awaited() {
    let pool = ThreadPool::new("closed");
    pool.close().wait();
    let call: Call<Result<u8, Error>> = pool.run(|| 1).start();
    assert!(matches!(call.wait(), Err(Error::Closed(_))));
}

#[test]
fn a_detached_call_runs_to_its_end_in_the_queue_too() {
    let pool = ProcessPool::new("detached").workers(1);
    let (first, second) = (file_of("detached-first"), file_of("detached-second"));
    write(&first, 20).on(&pool).detach();
    write(&second, 0).on(&pool).detach();
    eventually("both have run", || has_run(&first) && has_run(&second));
    pool.close().wait();
    std::fs::remove_file(first).unwrap();
    std::fs::remove_file(second).unwrap();

    let (sender, receiver) = mpsc::channel();
    ThreadPool::global().run(move || sender.send(2)).detach();
    assert_eq!(receiver.recv(), Ok(2));
}

#[test]
fn the_timeout_of_a_detached_call_holds() {
    let pool = ProcessPool::new("detached-late").workers(1);
    let late = file_of("detached-late");
    let limit = Duration::from_millis(20);
    write(&late, 1_000_000).on(&pool).timeout(limit).detach();
    let after = file_of("detached-after");
    write(&after, 0).on(&pool).wait().unwrap();
    assert!(!has_run(&late));
    std::fs::remove_file(after).unwrap();
}

#[test]
fn a_call_that_waits_too_long_in_the_queue_never_runs() {
    fn check(late: Call<Result<impl Send, Error>>) {
        let error = late
            .queue_timeout(Duration::from_millis(20))
            .wait()
            .err()
            .unwrap();
        assert!(matches!(error, Error::TimedOut(_)), "{error}");
        assert_eq!(error.started(), Started::No);
        assert!(
            error.to_string().contains("waited 20ms in the queue"),
            "{error}"
        );
    }

    let pool = ProcessPool::new("late").workers(1);
    let (busy, late) = (file_of("busy"), file_of("late"));
    let running = write(&busy, 1_000_000).on(&pool).start();
    check(write(&late, 0).on(&pool));
    drop(running);
    let patient = write(&busy, 0)
        .on(&pool)
        .queue_timeout(Duration::from_secs(60));
    patient.wait().unwrap();
    assert!(!has_run(&late));
    std::fs::remove_file(busy).unwrap();

    let pool = ThreadPool::new("late").threads(1);
    let (release, wait) = mpsc::channel::<()>();
    let running = pool.run(move || wait.recv()).start();
    check(pool.run(|| unreachable!("it must not run")));
    drop(release);
    running.wait().unwrap().unwrap_err();
    let patient = pool.run(|| 3).queue_timeout(Duration::from_secs(60));
    assert_eq!(patient.wait().unwrap(), 3);
}
