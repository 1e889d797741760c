//! All figures of all rounds as JSON, to be read by programs.

use std::num::NonZero;
use std::thread::available_parallelism;

use serde_json::{Value, json};

use crate::line::{Better, Line, Metric};
use crate::options::Options;
use crate::results::Results;
use crate::system::load;
use crate::targets::{TARGETS, Verdict};

pub(crate) fn of(lines: &[&'static Line], options: &Options, results: &Results) -> String {
    let figures = lines.iter().flat_map(|line| {
        let metrics = line.metrics.iter();
        metrics.map(|metric| figure(line, metric))
    });
    let measured = results.lines().map(
        |(line, who, rounds)| json!({ "line": line, "contender": who.name(), "rounds": rounds }),
    );
    let targets = TARGETS
        .iter()
        .filter_map(|target| target.judge(results))
        .map(|verdict| target(&verdict));
    let all = json!({
        "cores": available_parallelism().map_or(1, NonZero::get),
        "load": load(),
        "rounds": options.rounds,
        "quick": options.quick,
        "pinned": options.pinned,
        "figures": figures.collect::<Vec<_>>(),
        "lines": measured.collect::<Vec<_>>(),
        "targets": targets.collect::<Vec<_>>(),
    });
    format!("{all:#}\n")
}

/// Describes a figure. The rounds have it by its key.
fn figure(line: &Line, metric: &Metric) -> Value {
    json!({
        "line": line.name,
        "figure": metric.key,
        "title": metric.title,
        "unit": metric.unit,
        "more_is_better": metric.better == Better::More,
        "baseline": line.baseline.name(),
    })
}

fn target(verdict: &Verdict) -> Value {
    json!({
        "line": verdict.line,
        "figure": verdict.target.metric,
        "contender": verdict.target.ours.name(),
        "beside": verdict.target.peer.name(),
        "wanted": verdict.target.wanted(),
        "measured": verdict.measured.median,
        "least": verdict.measured.least,
        "most": verdict.measured.most,
        "met": verdict.met,
        "other_line": verdict.other.map(|(line, _)| line),
        "measured_there": verdict.other.map(|(_, measured)| measured.median),
    })
}
