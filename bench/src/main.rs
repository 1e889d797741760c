//! offloop beside its peers and beside what the machine allows, in one run.
//!
//! `cargo run --release -p offloop-bench -- --help` tells the options, `bench/README.md` what each
//! line means. Each measurement is a process of its own, this program started again with a hidden
//! command, so that the threads and the memory of one contender do not disturb the next.
#![allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "figures are rounded long before the precision of a float matters"
)]

mod child;
mod commands;
mod contenders;
mod figures;
mod json;
mod line;
mod lines;
mod measurement;
mod options;
mod payload;
mod report;
mod results;
mod rounds;
mod scale;
mod svg;
mod system;
mod table;
mod targets;
mod who;
mod workloads;

use std::process::ExitCode;

use options::Options;

fn main() -> ExitCode {
    // procspawn starts this program again as a worker of its own, which begins here. offloop's
    // workers never come so far.
    procspawn::init();
    if child::is_hidden_command() {
        return child::run();
    }
    match Options::read(std::env::args().skip(1)) {
        Ok(Some(options)) => {
            let works = options.works();
            let run = rounds::run(&works, &options);
            match report::write(&works, &options, &run) {
                Ok(()) => ExitCode::SUCCESS,
                Err(error) => {
                    eprintln!("{error}");
                    ExitCode::FAILURE
                }
            }
        }
        Ok(None) => {
            print!("{}", options::help());
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}; `--help` tells what there is");
            ExitCode::FAILURE
        }
    }
}
