//! Prints how many calls the default pools run at a time, or why none. Its argument says how many
//! calls meet before any of them goes on.

use std::collections::HashSet;
use std::hash::Hash;
use std::path::Path;

use offloop::{Error, blocking_io, cpu_bound};
use offloop_tests::{Marks, eventually};

/// Goes on when so many others are at it, on other threads or in other processes.
fn meet(marks: &Path, place: &str, number: usize) {
    std::fs::write(marks.join(place), "").unwrap();
    eventually("all are here", || {
        std::fs::read_dir(marks).unwrap().count() >= number
    });
}

#[blocking_io]
fn thread_name(marks: &Path, number: usize) -> String {
    let thread = std::thread::current();
    let name = thread.name().unwrap_or_default();
    meet(marks, name, number);
    name.to_owned()
}

#[cpu_bound]
fn pid(marks: &Path, number: usize) -> u32 {
    let pid = std::process::id();
    meet(marks, &pid.to_string(), number);
    pid
}

/// Where calls run, of which there are more than run at a time.
async fn places<P: Hash + Eq + Send + 'static>(
    call: impl Fn(&Path) -> offloop::Call<Result<P, Error>>,
) -> Result<HashSet<P>, Error> {
    let marks = Marks::new();
    let calls: Vec<_> = (0..12).map(|_| tokio::spawn(call(marks.path()))).collect();
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
    let number = std::env::args().nth(1).unwrap_or_default();
    let number = number.parse().expect("an argument that is a number");
    match places(|marks| thread_name(marks, number)).await {
        Ok(places) => println!("offloop-io: {} at a time", places.len()),
        Err(error) => println!("{error}"),
    }
    match places(|marks| pid(marks, number)).await {
        Ok(pids) => {
            println!("global: {} at a time", pids.len());
            println!("in this process: {}", pids.contains(&std::process::id()));
        }
        Err(error) => println!("{error}"),
    }
}
