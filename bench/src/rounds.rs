//! The rounds: every contender of a line in turn, each in a process of its own.

use std::env::current_exe;
use std::io::{IsTerminal, Read, Write, stderr};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use crate::child::MEASURE;
use crate::contenders::Who;
use crate::options::Options;
use crate::plan::{WORKS, Work};
use crate::results::{Figures, Results, percentile};
use crate::{json, svg, table};

/// A measurement that takes longer hangs.
const LIMIT: Duration = Duration::from_secs(120);

pub(crate) fn run(options: &Options) -> Result<(), String> {
    let works: Vec<&'static Work> = WORKS
        .iter()
        .filter(|work| options.wants(work.name))
        .collect();
    let start = Instant::now();
    let mut results = Results::default();
    let mut absent: Vec<(Who, &'static str, String)> = Vec::new();
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
    table::print(&works, options, &results);
    // In the order of contenders; often all lines have the same reason.
    absent.sort_by_key(|(who, ..)| *who);
    for gone in absent.chunk_by(|one, other| (one.0, &one.2) == (other.0, &other.2)) {
        let works: Vec<&str> = gone.iter().map(|(_, work, _)| *work).collect();
        println!(
            "not measured: {} ({}): {}",
            gone[0].0.label(),
            works.join(", "),
            gone[0].2
        );
    }
    println!(
        "{} in {:.0} s on {} cores, load {}",
        match options.rounds {
            1 => "1 round".to_owned(),
            rounds => format!("{rounds} rounds, medians with the least and the most,"),
        },
        start.elapsed().as_secs_f64(),
        thread::available_parallelism().map_or(1, std::num::NonZero::get),
        load(),
    );
    if let Some(path) = &options.json {
        std::fs::write(path, json::of(options, &results))
            .map_err(|error| format!("cannot write {}: {error}", path.display()))?;
    }
    if let Some(path) = &options.svg {
        std::fs::write(path, svg::of(&results))
            .map_err(|error| format!("cannot write {}: {error}", path.display()))?;
    }
    Ok(())
}

/// Overwrites the last one.
fn progress(text: &str) {
    if stderr().is_terminal() {
        eprint!("\r{text:50}\r");
        let _ = stderr().flush();
    }
}

/// All contenders of a line, once. One that fails takes no further part in it.
fn line(
    work: &'static Work,
    options: &Options,
    results: &mut Results,
    absent: &mut Vec<(Who, &'static str, String)>,
) {
    let mut samples: Vec<Vec<Figures>> = vec![Vec::new(); work.contenders.len()];
    for _ in 0..work.repeats {
        for (at, &who) in work.contenders.iter().enumerate() {
            if absent
                .iter()
                .any(|(gone, at, _)| (*gone, *at) == (who, work.name))
            {
                continue;
            }
            match measure(who, work, options) {
                Ok(figures) => samples[at].push(figures),
                Err(reason) => absent.push((who, work.name, reason)),
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

/// The load of the last minute, which tells whether others were at work.
pub(crate) fn load() -> String {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').next().unwrap_or("unknown").to_owned()
}
