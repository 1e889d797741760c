//! What this crate adds to a program that has one `#[blocking_io]` and nothing else: bytes, threads
//! and time to start, beside the same with plain functions and with tokio's `spawn_blocking`.
//!
//! `cargo run --release -p offloop-bench --bin small-program` prints the table of `bench/README.md`;
//! with `-- --write` it also writes it there. It needs Linux.

mod contender;

use contender::Contender;
use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};
use std::{fs, io};

/// Each program is started so many times, in turn with the others.
const STARTS: usize = 200;
const README: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
const BEGIN: &str = "<!-- small-program: begin -->\n";
const END: &str = "<!-- small-program: end -->\n";

struct Measured {
    contender: Contender,
    bytes: u64,
    threads: String,
    /// From start to end, the least and the median.
    times: (Duration, Duration),
}

fn main() -> Result<(), Box<dyn Error>> {
    let root = create()?;
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    // One by one: together, cargo would give each the features that another one wants.
    for contender in Contender::ALL {
        eprintln!("building {}", contender.package());
        let mut build = Command::new(&cargo);
        build.args(["build", "--release", "--quiet"]);
        build.args(["--package", contender.package()]);
        build.current_dir(&root);
        build.env("CARGO_TARGET_DIR", root.join("target"));
        if !build.status()?.success() {
            return Err(format!("{} cannot be built", contender.package()).into());
        }
    }
    let text = render(&measure(&root.join("target/release"))?);
    println!("{text}");
    if std::env::args().any(|option| option == "--write") {
        write_readme(&text)?;
    }
    Ok(())
}

/// A workspace of the programs, in the target folder.
fn create() -> io::Result<PathBuf> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let target = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    let root = target
        .unwrap_or_else(|| here.with_file_name("target"))
        .join("small-program");
    fs::create_dir_all(&root)?;
    let runtime = here.with_file_name("runtime").display().to_string();
    let manifest = format!(
        "[workspace]\nresolver = \"3\"\nmembers = [\"crates/*\"]\n\n[workspace.dependencies]\n\
         offloop = {{ path = {runtime:?} }}\n\
         tokio = {{ version = \"1\", default-features = false, features = [\"rt\"] }}\n\n\
         [profile.release]\nstrip = true\n"
    );
    fs::write(root.join("Cargo.toml"), manifest)?;
    for contender in Contender::ALL {
        let package = contender.package();
        let folder = root.join("crates").join(package);
        fs::create_dir_all(folder.join("src"))?;
        let dependencies = contender.dependencies();
        let manifest = format!(
            "[package]\nname = \"{package}\"\nedition = \"2024\"\n\n[dependencies]\n{dependencies}"
        );
        fs::write(folder.join("Cargo.toml"), manifest)?;
        fs::write(folder.join("src/main.rs"), contender.source())?;
    }
    Ok(root)
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
        writeln!(text, "{row}").expect("a string takes all that is written to it");
    }
    text
}

/// Puts the text between the two marks in the README.
fn write_readme(text: &str) -> io::Result<()> {
    let readme = fs::read_to_string(README)?;
    let no_mark = || io::Error::other(format!("no `{}` in {README}", BEGIN.trim()));
    let (before, rest) = readme.split_once(BEGIN).ok_or_else(no_mark)?;
    let (_, after) = rest.split_once(END).ok_or_else(no_mark)?;
    fs::write(README, format!("{before}{BEGIN}{text}{END}{after}"))
}
