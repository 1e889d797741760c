//! The tables of what was measured.

use crate::contender::Contender;
use crate::measure::{Cost, Costs, Job, Start};
use crate::scratch::SIZES;
use std::fmt::Write as _;

pub(crate) fn render(
    costs: &Costs,
    with_dependencies: &[(Contender, Cost)],
    rounds: u32,
) -> String {
    let mut text = String::new();
    for job in Job::ALL {
        text.push_str(&job_table(costs, job));
        text.push('\n');
    }
    text.push_str("One function with all dependencies, compiled once (`cargo build`):\n\n");
    text.push_str("| | wall | processor |\n|---|---|---|\n");
    for (contender, cost) in with_dependencies {
        let (wall, processor) = (cost.wall / 1e3, cost.processor / 1e3);
        let name = contender.name();
        write(
            &mut text,
            format_args!("| {name} | {wall:.1} s | {processor:.1} s |\n"),
        );
    }
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    write(
        &mut text,
        format_args!("\n{rounds} rounds, {cores} cores.\n"),
    );
    text
}

fn job_table(costs: &Costs, job: Job) -> String {
    let Job { command, start } = job;
    let start = match start {
        Start::Fresh => "for the first time",
        Start::Edited => "after an edit",
    };
    let mut text = format!("`cargo {command}`, {start}:\n\n|");
    for size in SIZES {
        write(&mut text, format_args!(" | {size}"));
    }
    text.push_str(" | × plain | ms per function | by processor time |\n|");
    text.push_str(&"---|".repeat(SIZES.len() + 4));
    text.push('\n');

    let most = SIZES[SIZES.len() - 1];
    let get = |size, contender| costs[&(job, size, contender)].as_slice();
    let plain = get(most, Contender::Plain);
    for contender in Contender::ALL {
        write(&mut text, format_args!("| {}", contender.name()));
        for size in SIZES {
            let walls = sorted(get(size, contender), wall);
            let (median, first, last) = (median(&walls), walls[0], walls[walls.len() - 1]);
            write(
                &mut text,
                format_args!(" | {median:.0} ({first:.0}–{last:.0})"),
            );
        }
        if contender == Contender::Plain {
            text.push_str(" | 1 | | |\n");
            continue;
        }
        let own = get(most, contender);
        let times = least(own, wall) / least(plain, wall);
        let [by_wall, by_processor] =
            [wall, processor].map(|what| (least(own, what) - least(plain, what)) / f64::from(most));
        write(
            &mut text,
            format_args!(" | {times:.1} | {by_wall:.1} | {by_processor:.1} |\n"),
        );
    }
    text
}

fn wall(cost: &Cost) -> f64 {
    cost.wall
}

fn processor(cost: &Cost) -> f64 {
    cost.processor
}

/// The cost of the fastest round, which has the least noise.
fn least(costs: &[Cost], what: fn(&Cost) -> f64) -> f64 {
    sorted(costs, what)[0]
}

fn sorted(costs: &[Cost], what: fn(&Cost) -> f64) -> Vec<f64> {
    let mut values: Vec<f64> = costs.iter().map(what).collect();
    values.sort_by(f64::total_cmp);
    values
}

fn median(sorted: &[f64]) -> f64 {
    sorted[sorted.len() / 2]
}

fn write(text: &mut String, more: std::fmt::Arguments<'_>) {
    text.write_fmt(more).expect("a string takes all text");
}
