//! A program without an async runtime: `.wait()` blocks until the outcome of a call is there.
//!
//! It uses the pools of async programs. So a function that crashes or never ends is an error of one
//! call here too.

use std::time::Duration;

use offloop::{Error, cpu_bound};

#[cpu_bound]
fn sum_of_squares(up_to: u64) -> u64 {
    (1..=up_to).map(|n| n * n).sum()
}

#[cpu_bound(timeout = Duration::from_millis(200))]
fn never_ends() {
    loop {
        std::thread::sleep(Duration::from_secs(1));
    }
}

fn main() -> Result<(), Error> {
    let sum = sum_of_squares(1_000).wait()?;
    println!("the squares up to 1000 make {sum}");

    // By name.
    let sum = sum_of_squares::builder().up_to(2_000).call().wait()?;
    println!("the squares up to 2000 make {sum}");

    match never_ends().wait() {
        Err(error @ Error::TimedOut(_)) => println!("{error}"),
        other => other?,
    }
    Ok(())
}
