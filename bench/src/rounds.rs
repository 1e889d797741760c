//! The rounds: every contender of a line in turn, each in a process of its own.

use std::io::{IsTerminal, Write, stderr};
use std::time::{Duration, Instant};

use crate::figures::{Figures, percentile};
use crate::line::Line;
use crate::measurement::measure;
use crate::options::Options;
use crate::results::Results;
use crate::who::Who;

/// The outcome of all rounds.
pub(crate) struct Run {
    pub(crate) results: Results,
    pub(crate) absent: Vec<Absent>,
    pub(crate) took: Duration,
}

/// A contender that could not be measured for a line.
pub(crate) struct Absent {
    pub(crate) who: Who,
    pub(crate) line: &'static str,
    pub(crate) reason: String,
}

pub(crate) fn run(lines: &[&'static Line], options: &Options) -> Run {
    let start = Instant::now();
    let mut results = Results::default();
    let mut absent = Vec::new();
    for round in 1..=options.rounds {
        for line in lines {
            progress(&format!(
                "round {round} of {}: {}",
                options.rounds, line.name
            ));
            measure_line(line, options, &mut results, &mut absent);
        }
    }
    progress("");
    Run {
        results,
        absent,
        took: start.elapsed(),
    }
}

/// Overwrites the previous text.
fn progress(text: &str) {
    if stderr().is_terminal() {
        eprint!("\r{text:50}\r");
        let _ = stderr().flush();
    }
}

/// Measures all contenders of a line once. A contender that fails is left out from then on.
fn measure_line(
    line: &'static Line,
    options: &Options,
    results: &mut Results,
    absent: &mut Vec<Absent>,
) {
    let mut samples: Vec<Vec<Figures>> = vec![Vec::new(); line.contenders.len()];
    for _ in 0..line.repeats {
        for (at, &who) in line.contenders.iter().enumerate() {
            let is_absent = |gone: &Absent| (gone.who, gone.line) == (who, line.name);
            if absent.iter().any(is_absent) {
                continue;
            }
            match measure(who, line, options) {
                Ok(figures) => samples[at].push(figures),
                Err(reason) => absent.push(Absent {
                    who,
                    line: line.name,
                    reason,
                }),
            }
        }
    }
    for (&who, samples) in line.contenders.iter().zip(samples) {
        if let Some(figures) = medians(&samples) {
            results.add(line.name, who, figures);
        }
    }
}

/// Returns the median of each figure, or `None` if there is no sample.
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
