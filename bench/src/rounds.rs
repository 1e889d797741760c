//! The rounds: every contender of a line in turn, each in a process of its own.

use std::env::current_exe;
use std::fmt::Write as _;
use std::io::{IsTerminal, Read, Write, stderr};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use crate::commands::MEASURE;
use crate::figures::{Figures, percentile};
use crate::line::Work;
use crate::lines::WORKS;
use crate::options::Options;
use crate::results::Results;
use crate::system::load;
use crate::who::Who;
use crate::{json, svg, table};

const README: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
const CHART: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/chart.svg");
const BEGIN: &str = "<!-- run: begin -->";
const END: &str = "<!-- run: end -->";

/// A contender that could not be measured at a line.
struct Absent {
    who: Who,
    work: &'static str,
    reason: String,
}

/// A measurement that takes longer hangs.
const LIMIT: Duration = Duration::from_secs(120);

pub(crate) fn run(options: &Options) -> Result<(), String> {
    let works: Vec<&'static Work> = WORKS
        .iter()
        .filter(|work| options.wants(work.name))
        .collect();
    let start = Instant::now();
    let mut results = Results::default();
    let mut absent = Vec::new();
    for round in 1..=options.rounds {
        for work in &works {
            progress(&format!(
                "round {round} of {}: {}",
                options.rounds, work.name
            ));
            line(work, options, &mut results, &mut absent);
        }
    }
    progress("");
    let mut text = table::of(&works, options, &results);
    add_notes(&mut text, options, absent, start.elapsed());
    print!("{text}");
    if options.write {
        write(README, &with_run(&read(README)?, &text)?)?;
        write(CHART, &svg::of(&results))?;
    }
    if let Some(path) = &options.json {
        write(path, &json::of(options, &results))?;
    }
    if let Some(path) = &options.svg {
        write(path, &svg::of(&results))?;
    }
    Ok(())
}

/// Who did not take part, and under which circumstances the others did.
fn add_notes(text: &mut String, options: &Options, mut absent: Vec<Absent>, took: Duration) {
    // In the order of contenders; often all lines have the same reason.
    absent.sort_by_key(|gone| gone.who);
    for gone in absent.chunk_by(|one, other| (one.who, &one.reason) == (other.who, &other.reason)) {
        let works: Vec<&str> = gone.iter().map(|gone| gone.work).collect();
        let (who, reason) = (gone[0].who.label(), &gone[0].reason);
        let _ = writeln!(text, "not measured: {who} ({}): {reason}", works.join(", "));
    }
    let _ = writeln!(
        text,
        "{} in {:.0} s on {} cores, load {}",
        match options.rounds {
            1 => "1 round".to_owned(),
            rounds => format!("{rounds} rounds, medians with the least and the most,"),
        },
        took.as_secs_f64(),
        thread::available_parallelism().map_or(1, std::num::NonZero::get),
        load(),
    );
}

/// The page with its run replaced by `run`.
fn with_run(page: &str, run: &str) -> Result<String, String> {
    let (before, rest) = page
        .split_once(BEGIN)
        .ok_or("README.md has lost its marks")?;
    let (_, after) = rest.split_once(END).ok_or("README.md has lost its marks")?;
    Ok(format!("{before}{BEGIN}\n```text\n{run}```\n{END}{after}"))
}

fn read(path: &str) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|error| format!("cannot read {path}: {error}"))
}

fn write(path: impl AsRef<Path>, text: &str) -> Result<(), String> {
    let path = path.as_ref();
    std::fs::write(path, text).map_err(|error| format!("cannot write {}: {error}", path.display()))
}

/// Overwrites the last one.
fn progress(text: &str) {
    if stderr().is_terminal() {
        eprint!("\r{text:50}\r");
        let _ = stderr().flush();
    }
}

/// All contenders of a line, once. One that fails takes no further part in it.
fn line(work: &'static Work, options: &Options, results: &mut Results, absent: &mut Vec<Absent>) {
    let mut samples: Vec<Vec<Figures>> = vec![Vec::new(); work.contenders.len()];
    for _ in 0..work.repeats {
        for (at, &who) in work.contenders.iter().enumerate() {
            let is_absent = |gone: &Absent| (gone.who, gone.work) == (who, work.name);
            if absent.iter().any(is_absent) {
                continue;
            }
            match measure(who, work, options) {
                Ok(figures) => samples[at].push(figures),
                Err(reason) => absent.push(Absent {
                    who,
                    work: work.name,
                    reason,
                }),
            }
        }
    }
    for (&who, samples) in work.contenders.iter().zip(samples) {
        if let Some(figures) = medians(&samples) {
            results.add(work.name, who, figures);
        }
    }
}

fn medians(samples: &[Figures]) -> Option<Figures> {
    let median = |key: &String| {
        let mut figures: Vec<f64> = samples
            .iter()
            .filter_map(|sample| sample.get(key).copied())
            .collect();
        figures.sort_unstable_by(f64::total_cmp);
        percentile(&figures, 50)
    };
    let keys = samples.first()?.keys();
    Some(
        keys.filter_map(|key| Some((key.clone(), median(key)?)))
            .collect(),
    )
}

fn measure(who: Who, work: &Work, options: &Options) -> Result<Figures, String> {
    let mut command = if who.is_python() {
        let mut command = Command::new("python3");
        command.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/python/peers.py"));
        command
    } else {
        Command::new(current_exe().map_err(|error| error.to_string())?)
    };
    command.args([MEASURE, work.name, who.name()]);
    if options.quick {
        command.arg("--quick");
    }
    if work.pinned || options.pinned {
        command.arg("--pinned");
    }
    let child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("cannot be started: {error}"))?;
    let (output, errors, success) = output(child)?;
    if !success {
        return Err(reason(&errors));
    }
    serde_json::from_str(last_line(&output)).map_err(|error| format!("no figures: {error}"))
}

fn last_line(text: &str) -> &str {
    text.trim_end().lines().last().unwrap_or("")
}

/// What the first panic said, or else the last words.
fn reason(errors: &str) -> String {
    let mut lines = errors
        .lines()
        .skip_while(|line| !line.contains("panicked at"));
    lines.nth(1).unwrap_or(last_line(errors)).to_owned()
}

/// What it printed, on both streams, and whether it went well. Kills it when it hangs.
fn output(mut child: Child) -> Result<(String, String, bool), String> {
    let (mut out, mut err) = (
        child.stdout.take().ok_or("no output")?,
        child.stderr.take().ok_or("no output")?,
    );
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let (mut output, mut errors) = (String::new(), String::new());
        let _ = out.read_to_string(&mut output);
        let _ = err.read_to_string(&mut errors);
        let _ = sender.send((output, errors));
    });
    let read = receiver.recv_timeout(LIMIT);
    if read.is_err() {
        let _ = child.kill();
    }
    let success = child.wait().is_ok_and(|status| status.success());
    let (output, errors) = read.map_err(|_| format!("took longer than {LIMIT:?}"))?;
    Ok((output, errors, success))
}
