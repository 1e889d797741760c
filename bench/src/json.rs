//! All figures of all rounds, for programs.

use std::num::NonZero;
use std::thread::available_parallelism;

use serde_json::{Value, json};

use crate::line::Better;
use crate::lines;
use crate::options::Options;
use crate::results::Results;
use crate::system::load;
use crate::targets::TARGETS;

pub(crate) fn of(options: &Options, results: &Results) -> String {
    let lines: Vec<Value> = results
        .lines()
        .map(|(work, who, rounds)| {
            json!({ "line": work, "contender": who.name(), "rounds": rounds })
        })
        .collect();
    let units: Vec<Value> = results
        .lines()
        .filter_map(|(work, ..)| lines::named(work))
        .flat_map(|work| work.metrics.iter().map(move |metric| (work, metric)))
        .map(|(work, metric)| {
            json!({
                "line": work.name,
                "figure": metric.key,
                "title": metric.title,
                "unit": metric.unit,
                "more_is_better": metric.better == Better::More,
                "baseline": work.base.name(),
            })
        })
        .collect();
    let mut units = units;
    units.dedup();
    let targets: Vec<Value> = TARGETS
        .iter()
        .filter_map(|target| target.judge(results))
        .map(|verdict| {
            json!({
                "line": verdict.work,
                "figure": verdict.target.metric,
                "contender": verdict.target.ours.name(),
                "beside": verdict.target.peer.name(),
                "wanted": verdict.target.wanted(),
                "measured": verdict.measured.median,
                "least": verdict.measured.least,
                "most": verdict.measured.most,
                "met": verdict.met,
                "other_line": verdict.other.map(|(work, _)| work),
                "measured_there": verdict.other.map(|(_, measured)| measured.median),
            })
        })
        .collect();
    let all = json!({
        "cores": available_parallelism().map_or(1, NonZero::get),
        "load": load(),
        "rounds": options.rounds,
        "quick": options.quick,
        "pinned": options.pinned,
        "figures": units,
        "lines": lines,
        "targets": targets,
    });
    format!("{all:#}\n")
}
