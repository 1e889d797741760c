//! The chart of README.md: how many times as good as a baseline each contender is.

use std::fmt::Write;

use crate::figures::Spread;
use crate::line::{Better, Work};
use crate::lines;
use crate::results::Results;
use crate::table::number;
use crate::who::Who;

/// The lines that it shows, and the figure of each.
const PANELS: &[(&str, &str)] = &[
    ("one-pinned", "p50"),
    ("tasks", "rate"),
    ("many", "rate"),
    ("mib1", "p50"),
    ("mib64", "p50"),
    ("cold", "wall"),
];

const WIDTH: f64 = 820.0;
const LABELS: f64 = 190.0;
const BAR: f64 = 16.0;
const STEP: f64 = 21.0;
/// Room for the number beside the longest bar.
const NUMBERS: f64 = 70.0;

pub(crate) fn of(results: &Results) -> String {
    let mut body = String::new();
    let mut y = 28.0;
    for &(name, key) in PANELS {
        if let Some(work) = lines::named(name) {
            panel(&mut body, &mut y, work, key, results);
        }
    }
    let _ = writeln!(
        body,
        "<text x=\"12\" y=\"{:.0}\" fill=\"#64748b\">logarithmic: from line to line ten times as fast</text>",
        y - 8.0
    );
    y += 10.0;
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {y}\" width=\"{WIDTH}\" \
         height=\"{y}\" font-family=\"system-ui, sans-serif\" font-size=\"13\">\n\
         <rect width=\"{WIDTH}\" height=\"{y}\" fill=\"#ffffff\"/>\n{body}</svg>\n"
    )
}

fn panel(body: &mut String, y: &mut f64, work: &'static Work, key: &str, results: &Results) {
    let Some(metric) = work.metrics.iter().find(|metric| metric.key == key) else {
        return;
    };
    let Some(base) = results.rounds(work.name, work.base, key) else {
        return;
    };
    let mut bars: Vec<(Who, f64)> = work
        .contenders
        .iter()
        .filter_map(|&who| {
            let own = results.rounds(work.name, who, key)?;
            let ratios = own
                .iter()
                .zip(&base)
                .map(|(own, base)| match metric.better {
                    Better::Less => base / own,
                    Better::More => own / base,
                });
            Some((who, Spread::of(ratios)?.median))
        })
        .collect();
    bars.sort_by(|one, other| other.1.total_cmp(&one.1));
    let logs = || bars.iter().map(|(_, ratio)| ratio.log10());
    // Whole powers of ten, of which 1 is always one.
    let least = logs().fold(0.0, f64::min).floor();
    let most = logs().fold(0.0, f64::max);
    let scale = (WIDTH - LABELS - NUMBERS) / (most - least).max(1.0);
    let x = |log: f64| LABELS + (log - least) * scale;

    let _ = writeln!(
        body,
        "<text x=\"12\" y=\"{y:.0}\" font-weight=\"600\">{}: times as fast as {}</text>",
        escaped(work.title),
        work.base.label(),
    );
    *y += 10.0;
    let bottom = *y + STEP * bars.len() as f64;
    for power in least as i32..=most.ceil() as i32 {
        let at = x(f64::from(power));
        if at <= WIDTH - NUMBERS / 2.0 {
            let colour = if power == 0 { "#64748b" } else { "#e2e8f0" };
            let _ = writeln!(
                body,
                "<line x1=\"{at:.1}\" x2=\"{at:.1}\" y1=\"{y:.1}\" y2=\"{bottom:.1}\" \
                 stroke=\"{colour}\"/>",
            );
        }
    }
    for (who, ratio) in bars {
        let colour = match () {
            () if who.is_ours() => "#c2410c",
            () if who.label().starts_with("limit") => "#cbd5e1",
            () => "#64748b",
        };
        // To the right of 1 what is better than the baseline, to the left what is worse.
        let (one, end) = (x(0.0), x(ratio.log10()));
        let _ = writeln!(
            body,
            "<text x=\"{:.0}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>\
             <rect x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{BAR}\" fill=\"{colour}\"/>\
             <text x=\"{:.1}\" y=\"{:.1}\">{} ×</text>",
            LABELS - 8.0,
            *y + 15.0,
            escaped(who.label()),
            end.min(one),
            *y + 3.0,
            (end - one).abs().max(2.0),
            end.max(one) + 6.0,
            *y + 15.0,
            number(ratio),
        );
        *y += STEP;
    }
    *y += 34.0;
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
