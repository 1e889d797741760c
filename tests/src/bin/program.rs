//! A program as a user writes it, for the tests that look at its end: it makes one process call,
//! prints the pids of its workers, and then does what it is told.

use std::io::Write;
use std::time::Duration;

use offloop::{ProcessPool, cpu_bound};

static POOL: ProcessPool = ProcessPool::new("program").workers(2);

#[cpu_bound(pool = POOL)]
fn pid() -> u32 {
    std::process::id()
}

#[cpu_bound(pool = POOL)]
fn spin() {
    loop {
        std::hint::spin_loop();
    }
}

#[tokio::main]
async fn main() {
    let how = std::env::args().nth(1).unwrap_or_default();
    let idle = pid().await;
    match idle {
        Ok(pid) => println!("{pid}"),
        Err(error) => println!("{error}"),
    }
    let spinning = tokio::spawn(spin());
    tokio::time::sleep(Duration::from_millis(50)).await;
    println!("ready");
    let _ = std::io::stdout().flush();
    match how.as_str() {
        "return" => {}
        "panic" => panic!("as it was told"),
        "exit" => std::process::exit(3),
        _ => drop(spinning.await),
    }
}
