//! What an annotated function costs to compile, compared with a plain one and with one that has
//! `bon`'s builder.
//!
//! `cargo run --release -p offloop-bench --bin compile-cost` prints the table of `bench/README.md`.
//! With `-- --write` the program also writes the table there; with `-- --rounds 3` it takes less
//! time. It needs Linux, which counts the processor time of its children.

mod contender;
mod measure;
mod scratch;
mod table;

use contender::Contender;
use measure::{Costs, Job};
use offloop_bench::readme;
use scratch::{SIZES, Scratch};
use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    let options: Vec<String> = std::env::args().skip(1).collect();
    let rounds = match options.iter().position(|option| option == "--rounds") {
        Some(at) => options
            .get(at + 1)
            .ok_or("`--rounds` takes a number")?
            .parse()?,
        None => 7,
    };

    let scratch = Scratch::create()?;
    let mut costs = Costs::new();
    // The first round compiles the dependencies and is not counted.
    for round in 0..=rounds {
        eprintln!("round {round} of {rounds}");
        for size in SIZES {
            for job in Job::ALL {
                for contender in Contender::ALL {
                    let cost = measure::job(&scratch, job, size, contender, round)?;
                    if round > 0 {
                        costs.entry((job, size, contender)).or_default().push(cost);
                    }
                }
            }
        }
    }
    let mut with_dependencies = Vec::new();
    for contender in [Contender::Plain, Contender::BlockingIo, Contender::Bon] {
        eprintln!("{} with its dependencies", contender.name());
        let cost = measure::with_dependencies(&scratch, contender)?;
        with_dependencies.push((contender, cost));
    }

    let text = table::render(&costs, &with_dependencies, rounds);
    println!("{text}");
    if options.iter().any(|option| option == "--write") {
        readme::write_section("compile-cost", &text)?;
    }
    Ok(())
}
