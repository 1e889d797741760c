//! One run of cargo, and what it cost.

use crate::contender::Contender;
use crate::scratch::{Scratch, TARGET};
use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::time::Instant;

/// What cargo is asked to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Job {
    pub(crate) command: &'static str,
    pub(crate) start: Start,
}

/// What the compiler finds in its incremental cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Start {
    /// Nothing, as when the crate is compiled for the first time.
    Fresh,
    /// All but the body of one function, as after an edit.
    Edited,
}

impl Job {
    pub(crate) const ALL: [Job; 4] = [
        Job {
            command: "check",
            start: Start::Fresh,
        },
        Job {
            command: "check",
            start: Start::Edited,
        },
        Job {
            command: "build",
            start: Start::Fresh,
        },
        Job {
            command: "build",
            start: Start::Edited,
        },
    ];
}

/// The times of one run of cargo, in milliseconds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cost {
    pub(crate) wall: f64,
    /// The time of all processors, in the compiler and in the kernel.
    pub(crate) processor: f64,
}

/// The costs of all rounds, for each job, number of functions and contender.
pub(crate) type Costs = BTreeMap<(Job, u32, Contender), Vec<Cost>>;

/// Compiles one crate whose dependencies are compiled already.
pub(crate) fn job(
    scratch: &Scratch,
    job: Job,
    size: u32,
    contender: Contender,
    round: u32,
) -> Result<Cost, Box<dyn Error>> {
    let edit = match job.start {
        Start::Fresh => {
            scratch.clear_incremental_cache(contender, size)?;
            0
        }
        Start::Edited => round + 1,
    };
    scratch.write_source(contender, size, edit)?;
    cargo(scratch, job.command, size, contender, TARGET)
}

/// Compiles a crate of one function with all its dependencies.
pub(crate) fn with_dependencies(
    scratch: &Scratch,
    contender: Contender,
) -> Result<Cost, Box<dyn Error>> {
    let target = "target-cold";
    scratch.remove_target(target)?;
    cargo(scratch, "build", 1, contender, target)
}

fn cargo(
    scratch: &Scratch,
    command: &str,
    size: u32,
    contender: Contender,
    target: &str,
) -> Result<Cost, Box<dyn Error>> {
    let mut run = scratch.cargo(command, contender, size, target);
    run.env("CARGO_INCREMENTAL", "1");
    let (start, before) = (Instant::now(), processor_time_of_children()?);
    let status = run.status()?;
    let cost = Cost {
        wall: start.elapsed().as_secs_f64() * 1e3,
        processor: processor_time_of_children()? - before,
    };
    if !status.success() {
        let name = contender.name();
        return Err(format!("`cargo {command}` of {size} {name} failed").into());
    }
    Ok(cost)
}

/// The processor time of all children that have ended, and of their children, in milliseconds.
fn processor_time_of_children() -> Result<f64, Box<dyn Error>> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    // The name of the program may contain anything, but ends with the last parenthesis.
    let (_, fields) = stat.rsplit_once(')').ok_or("no name in /proc/self/stat")?;
    let mut fields = fields.split_whitespace().skip(13);
    let mut ticks = || fields.next().and_then(|field| field.parse::<f64>().ok());
    let (user, system) = (ticks().ok_or("no cutime")?, ticks().ok_or("no cstime")?);
    // Linux shows programs a tick of a hundredth of a second.
    Ok((user + system) * 10.0)
}
