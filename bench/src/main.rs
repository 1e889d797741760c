//! Compares offloop with its peers and with the limits of the machine, in one run.
//!
//! `cargo run --release -p offloop-bench -- --help` lists the options; `bench/README.md` says what
//! each line measures. For each measurement this program starts itself again with a hidden command,
//! so that the threads and the memory of one contender do not disturb the next.
#![allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "figures are rounded to three digits, which a float holds exactly enough"
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
    // procspawn starts this program as a worker, which begins to serve here. A worker of offloop
    // begins to serve before `main`.
    procspawn::init();
    if child::is_hidden_command() {
        return child::run();
    }
    let options = match Options::read(std::env::args().skip(1)) {
        Ok(Some(options)) => options,
        Ok(None) => {
            print!("{}", options::help());
            return ExitCode::SUCCESS;
        }
        Err(error) => {
            eprintln!("{error}; `--help` lists the options");
            return ExitCode::FAILURE;
        }
    };
    let lines = options.lines();
    let run = rounds::run(&lines, &options);
    if let Err(error) = report::write(&lines, &options, &run) {
        eprintln!("{error}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
