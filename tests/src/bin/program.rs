//! A program as a user writes it, for the tests that look at its end: it makes one process call,
//! prints the pids of its workers, and then does what it is told.

use std::io::Write;
use std::os::fd::FromRawFd;
use std::sync::OnceLock;
use std::time::Duration;

use offloop::{ProcessPool, ThreadPool, cpu_bound};
use offloop_tests::{eventually, tasks};
use tokio::signal::unix::{SignalKind, signal};

static POOL: ProcessPool = ProcessPool::new("program").workers(2);

#[cpu_bound(pool = POOL)]
fn pid() -> u32 {
    std::process::id()
}

/// Has its worker write this file at its exit, as a tool that measures coverage does.
#[cpu_bound(pool = POOL)]
fn write_at_exit(file: String) {
    static FILE: OnceLock<String> = OnceLock::new();
    extern "C" fn at_exit() {
        if let Some(file) = FILE.get() {
            let _ = std::fs::write(file, "");
        }
    }
    FILE.get_or_init(|| file);
    // SAFETY: the function is there as long as the program, and does not unwind.
    assert_eq!(unsafe { libc::atexit(at_exit) }, 0);
}

/// Goes on until the file is there.
#[cpu_bound(pool = POOL)]
fn wait_for(file: &str) -> u32 {
    eventually("the file is there", || std::path::Path::new(file).exists());
    7
}

/// Writes so many lines to standard output and to standard error, by the standard library and past
/// it.
#[cpu_bound(pool = POOL)]
fn write_much(lines: usize) {
    for _ in 0..lines {
        println!("printed");
        eprintln!("printed");
    }
    for (descriptor, line) in [(1, "raw out\n"), (2, "raw err\n")] {
        // SAFETY: the descriptor is open, and is not closed by this.
        let mut file =
            std::mem::ManuallyDrop::new(unsafe { std::fs::File::from_raw_fd(descriptor) });
        file.write_all(line.repeat(lines).as_bytes()).unwrap();
    }
}

/// The threads and workers of a pool stay with the process that has them.
async fn use_pools_after_fork() {
    let worker = pid().await.unwrap();
    ThreadPool::global().run(|| ()).await.unwrap();
    // SAFETY: the child uses no lock that another thread of this process may hold: those of the
    // pools are free, since nothing happens on them.
    let child = unsafe { libc::fork() };
    if child == 0 {
        let in_process = pid().start().wait().map(drop);
        let on_thread = ThreadPool::global().run(|| ()).start().wait();
        for error in [in_process.unwrap_err(), on_thread.unwrap_err()] {
            println!("{error}");
        }
        // This concerns the child alone.
        POOL.shutdown(Duration::ZERO).wait();
        let own = ProcessPool::new("own");
        println!("{}", pid().on(&own).start().wait().map(drop).unwrap_err());
        let _ = std::io::stdout().flush();
        // SAFETY: it ends the process, and nothing else.
        unsafe { libc::_exit(0) };
    }
    // SAFETY: the child is waited for once, and its status is not asked for.
    unsafe { libc::waitpid(child, std::ptr::null_mut(), 0) };
    assert_eq!(pid().await.unwrap(), worker, "it goes on as before");
}

/// Is interrupted, and lets what runs come to its end.
async fn until_interrupted(file: &str) {
    let call = wait_for(file).start();
    eventually("it runs", || POOL.stats().running == 1);
    let mut interrupts = signal(SignalKind::interrupt()).unwrap();
    println!("ready");
    interrupts.recv().await;
    println!("interrupted");
    println!("{:?}", call.await.map_err(|error| error.to_string()));
    POOL.close().await;
}

#[tokio::main]
async fn main() {
    let how = std::env::args().nth(1).unwrap_or_default();
    let file = std::env::args().nth(2).unwrap_or_default();
    match how.as_str() {
        "interrupt" => return until_interrupted(&file).await,
        "fork" => return use_pools_after_fork().await,
        "output" => return write_much(file.parse().unwrap()).await.unwrap(),
        "exit-handler" => return write_at_exit(file).await.unwrap(),
        _ => {}
    }
    let spinning = tasks::spin().on(&POOL).start();
    eventually("one worker spins", || POOL.stats().running == 1);
    // The other one, which is idle from then on.
    match pid().await {
        Ok(pid) => println!("{pid}"),
        Err(error) => println!("{error}"),
    }
    println!("ready");
    let _ = std::io::stdout().flush();
    match how.as_str() {
        "return" => {}
        "panic" => panic!("as it was told"),
        "exit" => std::process::exit(3),
        _ => drop(spinning.await),
    }
}
