//! Prints how many calls the default pools run at a time, or why none.

use std::collections::HashSet;
use std::hash::Hash;

use offloop::{Error, blocking_io, cpu_bound};

#[blocking_io]
fn thread_name() -> String {
    std::thread::sleep(std::time::Duration::from_millis(50));
    std::thread::current().name().unwrap_or_default().to_owned()
}

#[cpu_bound]
fn pid() -> u32 {
    std::thread::sleep(std::time::Duration::from_millis(50));
    std::process::id()
}

/// Makes calls until no new place turns up.
async fn places<P: Hash + Eq + Send + 'static>(
    call: impl Fn() -> offloop::Call<Result<P, Error>>,
) -> Result<HashSet<P>, Error> {
    let calls: Vec<_> = (0..12).map(|_| tokio::spawn(call())).collect();
    let mut places = HashSet::new();
    for call in calls {
        if let Ok(place) = call.await {
            places.insert(place?);
        }
    }
    Ok(places)
}

#[tokio::main]
async fn main() {
    match places(thread_name).await {
        Ok(places) => println!("offloop-io: {} at a time", places.len()),
        Err(error) => println!("{error}"),
    }
    match places(pid).await {
        Ok(pids) => {
            println!("global: {} at a time", pids.len());
            println!("in this process: {}", pids.contains(&std::process::id()));
        }
        Err(error) => println!("{error}"),
    }
}
