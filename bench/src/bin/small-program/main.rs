//! What offloop adds to a program that has one `#[blocking_io]` function: bytes, threads and time.
//! The program is compared with a plain function and with tokio's `spawn_blocking`.
//!
//! `cargo run --release -p offloop-bench --bin small-program` prints the table of
//! `bench/README.md`. With `-- --write` the program also writes the table there. It needs Linux.

mod contender;

use contender::Contender;
use offloop_bench::generated::Workspace;
use offloop_bench::readme;
use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};
use std::{fs, io};

/// How often each program is started, in turn with the others.
const STARTS: usize = 200;

struct Measured {
    contender: Contender,
    bytes: u64,
    threads: String,
    /// The time from start to end: the least and the median.
    times: (Duration, Duration),
}

fn main() -> Result<(), Box<dyn Error>> {
    let workspace = create()?;
    // One by one: cargo gives packages that it builds together the features of each other.
    for contender in Contender::ALL {
        eprintln!("building {}", contender.package());
        let mut build = workspace.cargo("build", contender.package(), "target");
        if !build.arg("--release").status()?.success() {
            return Err(format!("{} cannot be built", contender.package()).into());
        }
    }
    let text = render(&measure(&workspace.folder("target/release"))?);
    println!("{text}");
    if std::env::args().any(|option| option == "--write") {
        readme::write_section("small-program", &text)?;
    }
    Ok(())
}

/// A workspace of the programs, in the target folder.
fn create() -> io::Result<Workspace> {
    let workspace = Workspace::create(
        "small-program",
        "tokio = { version = \"1\", default-features = false, features = [\"rt\"] }\n\n\
         [profile.release]\nstrip = true\n",
    )?;
    for contender in Contender::ALL {
        let source = workspace.add_package(contender.package(), contender.dependencies())?;
        fs::write(source.join("main.rs"), contender.source())?;
    }
    Ok(workspace)
}

fn measure(folder: &Path) -> Result<Vec<Measured>, Box<dyn Error>> {
    let mut times = vec![Vec::new(); Contender::ALL.len()];
    for _ in 0..STARTS {
        for (contender, times) in Contender::ALL.iter().zip(&mut times) {
            let start = Instant::now();
            if !Command::new(folder.join(contender.package()))
                .status()?
                .success()
            {
                return Err(format!("{} failed", contender.package()).into());
            }
            times.push(start.elapsed());
        }
    }
    let mut all = Vec::new();
    for (contender, mut times) in Contender::ALL.into_iter().zip(times) {
        times.sort();
        let program = folder.join(contender.package());
        let output = Command::new(&program).arg("threads").output()?;
        all.push(Measured {
            contender,
            bytes: fs::metadata(&program)?.len(),
            threads: String::from_utf8(output.stdout)?.trim().to_owned(),
            times: (times[0], times[STARTS / 2]),
        });
    }
    Ok(all)
}

fn render(all: &[Measured]) -> String {
    let mut text = String::from(
        "| one call, then the end | size, KiB | more | threads at rest | start to end, ms: least, median | more, median |\n\
         |---|---|---|---|---|---|\n",
    );
    for one in all {
        let base = one.contender.base();
        let base = all.iter().find(|other| other.contender == base);
        let base = base.expect("all contenders are measured");
        let more = (one.bytes - base.bytes.min(one.bytes)) / 1024;
        let milliseconds = |time: Duration| time.as_secs_f64() * 1e3;
        let (least, median) = (milliseconds(one.times.0), milliseconds(one.times.1));
        let later = median - milliseconds(base.times.1);
        let (name, kib, threads) = (one.contender.name(), one.bytes / 1024, &one.threads);
        let row = format!(
            "| {name} | {kib} | {more} | {threads} | {least:.2}, {median:.2} | {later:.2} |"
        );
        writeln!(text, "{row}").expect("a string takes all text");
    }
    text
}
