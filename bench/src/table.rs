//! The table: ratios to the baseline of the same round, and the targets with what was measured.

use std::fmt::Write;

use crate::figures::Spread;
use crate::line::{Better, Line, Metric};
use crate::options::Options;
use crate::results::Results;
use crate::targets::TARGETS;

pub(crate) fn of(lines: &[&'static Line], options: &Options, results: &Results) -> String {
    let mut text = String::new();
    for line in lines {
        let cores = match (options.pinned || line.pinned, options.quick) {
            (true, true) => " (one core, quick)",
            (true, false) => " (one core)",
            (false, true) => " (quick)",
            (false, false) => "",
        };
        let _ = writeln!(text, "{}: {}{cores}", line.name, line.title);
        for metric in line.metrics {
            add_metric(&mut text, line, metric, results);
        }
        text.push('\n');
    }
    add_targets(&mut text, results);
    text
}

fn add_metric(text: &mut String, line: &Line, metric: &Metric, results: &Results) {
    let base = results.rounds(line.name, line.baseline, metric.key);
    let better = match metric.better {
        Better::Less => "less is better",
        Better::More => "more is better",
    };
    let _ = match (&base, metric.compared) {
        (Some(_), true) => writeln!(
            text,
            "  {}, relative to {} ({better})",
            metric.title,
            line.baseline.label(),
        ),
        _ => writeln!(text, "  {}", metric.title),
    };
    for &who in line.contenders {
        let Some(rounds) = results.rounds(line.name, who, metric.key) else {
            continue;
        };
        let Some(itself) = Spread::of(rounds.iter().copied()) else {
            continue;
        };
        let absolute = format!("{} {}", number(itself.median), metric.unit);
        let ratio = base
            .as_ref()
            .filter(|_| metric.compared)
            .and_then(|base| Spread::of(rounds.iter().zip(base).map(|(own, base)| own / base)));
        let _ = match ratio {
            Some(ratio) => writeln!(
                text,
                "    {:29} {:>9} ×  {:22} {absolute:>14}",
                who.label(),
                number(ratio.median),
                range(ratio),
            ),
            None => writeln!(
                text,
                "    {:29} {absolute:>14}  {}",
                who.label(),
                range(itself)
            ),
        };
    }
}

fn add_targets(text: &mut String, results: &Results) {
    let verdicts: Vec<_> = TARGETS
        .iter()
        .filter_map(|target| target.judge(results))
        .collect();
    if verdicts.is_empty() {
        return;
    }
    let _ = writeln!(text, "targets");
    for verdict in &verdicts {
        let target = verdict.target;
        let beside = if target.ours == target.peer {
            String::new()
        } else {
            format!("beside {}", target.peer.label())
        };
        let other = verdict.other.map_or(String::new(), |(line, measured)| {
            let median = number(measured.median);
            format!("; {line} {median} {}", range(measured))
        });
        let _ = writeln!(
            text,
            "  {:6} {:18} {:8} {:16} {:29} {:>15} {:>9}  {}{other}",
            if verdict.met { "met" } else { "missed" },
            verdict.line,
            target.metric,
            target.ours.label(),
            beside,
            target.wanted(),
            number(verdict.measured.median),
            range(verdict.measured),
        );
    }
    let met = verdicts.iter().filter(|verdict| verdict.met).count();
    let _ = writeln!(
        text,
        "  {met} of {} met; what compiling costs: `--bin compile-cost`",
        verdicts.len()
    );
    text.push('\n');
}

/// Returns the least and the most as text, if they differ in it.
fn range(spread: Spread) -> String {
    let (least, most) = (number(spread.least), number(spread.most));
    if least == most {
        String::new()
    } else {
        format!("({least}–{most})")
    }
}

/// Returns the figure with three significant digits.
pub(crate) fn number(figure: f64) -> String {
    match figure.abs() {
        size if size >= 99.95 => format!("{figure:.0}"),
        size if size >= 9.995 => format!("{figure:.1}"),
        size if size >= 0.0995 || size == 0.0 => format!("{figure:.2}"),
        _ => format!("{figure:.3}"),
    }
}
