//! One run of cargo, and what it cost.

use crate::contender::Contender;
use crate::scratch::Scratch;
use std::error::Error;
use std::ffi::OsString;
use std::path::Path;
use std::process::Command;
use std::time::Instant;
use std::{fs, io};

/// What cargo is asked to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Job {
    pub(crate) command: &'static str,
    pub(crate) start: Start,
}

/// What the compiler remembers of the crate, in its incremental cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Start {
    /// Nothing, as when it is compiled for the first time.
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

/// In milliseconds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cost {
    pub(crate) wall: f64,
    /// Of all processors, in the compiler and in the kernel.
    pub(crate) processor: f64,
}

/// Compiles one crate whose dependencies are compiled already.
pub(crate) fn job(
    scratch: &Scratch,
    job: Job,
    size: u32,
    contender: Contender,
    round: u32,
) -> Result<Cost, Box<dyn Error>> {
    match job.start {
        Start::Fresh => scratch.forget(contender, size)?,
        Start::Edited => {}
    }
    let edit = match job.start {
        Start::Fresh => 0,
        Start::Edited => round + 1,
    };
    scratch.write_source(contender, size, edit)?;
    cargo(scratch, job.command, size, contender, &scratch.target())
}

/// Compiles a crate of one function with all its dependencies.
pub(crate) fn cold(scratch: &Scratch, contender: Contender) -> Result<Cost, Box<dyn Error>> {
    let target = scratch.root().join("target-cold");
    match fs::remove_dir_all(&target) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
        _ => {}
    }
    cargo(scratch, "build", 1, contender, &target)
}

fn cargo(
    scratch: &Scratch,
    command: &str,
    size: u32,
    contender: Contender,
    target: &Path,
) -> Result<Cost, Box<dyn Error>> {
    let package = Scratch::package(contender, size);
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let mut run = Command::new(cargo);
    run.args([command, "--quiet", "--package", &package])
        .current_dir(scratch.root())
        .env("CARGO_TARGET_DIR", target)
        .env("CARGO_INCREMENTAL", "1");
    let (start, before) = (Instant::now(), children()?);
    let status = run.status()?;
    let cost = Cost {
        wall: start.elapsed().as_secs_f64() * 1e3,
        processor: children()? - before,
    };
    if !status.success() {
        return Err(format!("`cargo {command}` of {package} failed").into());
    }
    Ok(cost)
}

/// The processor time of all children that have ended, and of theirs, in milliseconds.
fn children() -> Result<f64, Box<dyn Error>> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    // The program's name may have anything in it but ends with the last parenthesis.
    let (_, fields) = stat.rsplit_once(')').ok_or("no name in /proc/self/stat")?;
    let mut fields = fields.split_whitespace().skip(13);
    let mut ticks = || fields.next().and_then(|field| field.parse::<f64>().ok());
    let (user, system) = (ticks().ok_or("no cutime")?, ticks().ok_or("no cstime")?);
    // A tick is a hundredth of a second, as far as a program can see.
    Ok((user + system) * 10.0)
}
