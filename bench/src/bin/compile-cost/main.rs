//! What an annotated function costs to compile, beside a plain one and beside one with `bon`'s
//! builder.
//!
//! `cargo run --release -p offloop-bench --bin compile-cost` prints the table of `bench/README.md`;
//! with `-- --write` it also writes it there, `-- --rounds 3` makes it shorter. It needs Linux, for
//! the processor time of what it starts.

mod contender;
mod measure;
mod scratch;
mod table;

use contender::Contender;
use measure::{Cost, Job};
use scratch::Scratch;
use std::collections::BTreeMap;
use std::error::Error;

/// Functions of a crate.
const SIZES: [u32; 3] = [1, 20, 100];

/// What was measured, for each job, size and contender: one cost a round.
type Costs = BTreeMap<(Job, u32, Contender), Vec<Cost>>;

fn main() -> Result<(), Box<dyn Error>> {
    let options: Vec<String> = std::env::args().skip(1).collect();
    let rounds = match options.iter().position(|option| option == "--rounds") {
        Some(at) => options
            .get(at + 1)
            .ok_or("`--rounds` takes a number")?
            .parse()?,
        None => 7,
    };

    let scratch = Scratch::create(&SIZES)?;
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
    let mut cold = Vec::new();
    for contender in [Contender::Plain, Contender::BlockingIo, Contender::Bon] {
        eprintln!("{} with its dependencies", contender.name());
        cold.push((contender, measure::cold(&scratch, contender)?));
    }

    let text = table::render(&costs, &cold, rounds);
    println!("{text}");
    if options.iter().any(|option| option == "--write") {
        table::write_readme(&text)?;
    }
    Ok(())
}
