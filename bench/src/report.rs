//! What a run prints and writes: the table with notes, the chart, the figures, README.md.

use std::fmt::Write as _;
use std::fs;
use std::num::NonZero;
use std::path::Path;
use std::thread::available_parallelism;

use offloop_bench::readme;

use crate::line::Line;
use crate::options::Options;
use crate::rounds::Run;
use crate::system::load;
use crate::{json, svg, table};

const CHART: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/chart.svg");

pub(crate) fn write(lines: &[&'static Line], options: &Options, run: &Run) -> Result<(), String> {
    let mut text = table::of(lines, options, &run.results);
    add_notes(&mut text, options, run);
    print!("{text}");
    if options.write {
        readme::write_section("run", &format!("```text\n{text}```\n"))?;
        write_file(CHART, &svg::of(&run.results))?;
    }
    if let Some(path) = &options.json {
        write_file(path, &json::of(lines, options, &run.results))?;
    }
    if let Some(path) = &options.svg {
        write_file(path, &svg::of(&run.results))?;
    }
    Ok(())
}

/// Says which contenders are missing and why, how long the run took, and on what machine.
fn add_notes(text: &mut String, options: &Options, run: &Run) {
    // A contender is often missing from all lines for one reason.
    let mut absent: Vec<_> = run.absent.iter().collect();
    absent.sort_by_key(|gone| gone.who);
    for gone in absent.chunk_by(|one, other| (one.who, &one.reason) == (other.who, &other.reason)) {
        let lines: Vec<&str> = gone.iter().map(|gone| gone.line).collect();
        let (who, reason) = (gone[0].who.label(), &gone[0].reason);
        let _ = writeln!(text, "not measured: {who} ({}): {reason}", lines.join(", "));
    }
    let _ = writeln!(
        text,
        "{} in {:.0} s on {} cores, load {}",
        match options.rounds {
            1 => "1 round".to_owned(),
            rounds => format!("{rounds} rounds, medians with the least and the most,"),
        },
        run.took.as_secs_f64(),
        available_parallelism().map_or(1, NonZero::get),
        load(),
    );
}

fn write_file(path: impl AsRef<Path>, text: &str) -> Result<(), String> {
    let path = path.as_ref();
    fs::write(path, text).map_err(|error| format!("cannot write {}: {error}", path.display()))
}
