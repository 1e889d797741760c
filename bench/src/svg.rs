//! The chart of README.md: how many times as fast as the baseline each contender is.

use std::fmt::Write;

use crate::figures::Spread;
use crate::line::{Better, Line};
use crate::lines;
use crate::results::Results;
use crate::table::number;
use crate::who::Who;

/// The lines that the chart shows, and the figure of each.
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
/// The room for the number after the longest bar.
const NUMBERS: f64 = 70.0;

const GREY: &str = "#64748b";
const LIGHT_GREY: &str = "#cbd5e1";
const LIGHTEST_GREY: &str = "#e2e8f0";
const ORANGE: &str = "#c2410c";

pub(crate) fn of(results: &Results) -> String {
    let mut chart = Chart {
        body: String::new(),
        y: 28.0,
    };
    for &(name, key) in PANELS {
        if let Some(line) = lines::named(name) {
            chart.add_panel(line, key, results);
        }
    }
    chart.finish()
}

struct Chart {
    body: String,
    /// The y of what is drawn next.
    y: f64,
}

impl Chart {
    fn add_panel(&mut self, line: &'static Line, key: &str, results: &Results) {
        let Some(bars) = bars(line, key, results) else {
            return;
        };
        let axis = Axis::of(&bars);
        let _ = writeln!(
            self.body,
            "<text x=\"12\" y=\"{:.0}\" font-weight=\"600\">{}: times as fast as {}</text>",
            self.y,
            escaped(line.title),
            line.baseline.label(),
        );
        self.y += 10.0;
        self.add_grid(&axis, self.y + STEP * bars.len() as f64);
        for (who, ratio) in bars {
            self.add_bar(&axis, who, ratio);
        }
        self.y += 34.0;
    }

    /// Draws a vertical line at each power of ten.
    fn add_grid(&mut self, axis: &Axis, bottom: f64) {
        for power in axis.least as i32..=axis.most.ceil() as i32 {
            let x = axis.x(f64::from(power));
            if x <= WIDTH - NUMBERS / 2.0 {
                let colour = if power == 0 { GREY } else { LIGHTEST_GREY };
                let _ = writeln!(
                    self.body,
                    "<line x1=\"{x:.1}\" x2=\"{x:.1}\" y1=\"{:.1}\" y2=\"{bottom:.1}\" \
                     stroke=\"{colour}\"/>",
                    self.y,
                );
            }
        }
    }

    /// Draws a bar from 1 to the right if the contender is better than the baseline, else to the
    /// left.
    fn add_bar(&mut self, axis: &Axis, who: Who, ratio: f64) {
        let colour = match () {
            () if who.is_ours() => ORANGE,
            () if who.label().starts_with("limit") => LIGHT_GREY,
            () => GREY,
        };
        let (one, end) = (axis.x(0.0), axis.x(ratio.log10()));
        let _ = writeln!(
            self.body,
            "<text x=\"{:.0}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>\
             <rect x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{BAR}\" fill=\"{colour}\"/>\
             <text x=\"{:.1}\" y=\"{:.1}\">{} ×</text>",
            LABELS - 8.0,
            self.y + 15.0,
            escaped(who.label()),
            end.min(one),
            self.y + 3.0,
            (end - one).abs().max(2.0),
            end.max(one) + 6.0,
            self.y + 15.0,
            number(ratio),
        );
        self.y += STEP;
    }

    fn finish(self) -> String {
        let Chart { mut body, y } = self;
        let _ = writeln!(
            body,
            "<text x=\"12\" y=\"{:.0}\" fill=\"{GREY}\">logarithmic: each line is ten times as \
             fast as the one before</text>",
            y - 8.0
        );
        let height = y + 10.0;
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" \
             width=\"{WIDTH}\" height=\"{height}\" font-family=\"system-ui, sans-serif\" \
             font-size=\"13\">\n<rect width=\"{WIDTH}\" height=\"{height}\" fill=\"#ffffff\"/>\n\
             {body}</svg>\n"
        )
    }
}

/// Returns how many times as good as the baseline each contender is, the best one first. `None` if
/// the baseline was not measured.
fn bars(line: &'static Line, key: &str, results: &Results) -> Option<Vec<(Who, f64)>> {
    let metric = line.metrics.iter().find(|metric| metric.key == key)?;
    let base = results.rounds(line.name, line.baseline, key)?;
    let ratio = |(own, base): (&f64, &f64)| match metric.better {
        Better::Less => base / own,
        Better::More => own / base,
    };
    let mut bars: Vec<(Who, f64)> = line
        .contenders
        .iter()
        .filter_map(|&who| {
            let own = results.rounds(line.name, who, key)?;
            Some((who, Spread::of(own.iter().zip(&base).map(ratio))?.median))
        })
        .collect();
    bars.sort_by(|one, other| other.1.total_cmp(&one.1));
    Some(bars)
}

/// The logarithmic axis of a panel.
struct Axis {
    /// The logarithm of the left end, a whole number.
    least: f64,
    /// The logarithm of the longest bar to the right.
    most: f64,
}

impl Axis {
    fn of(bars: &[(Who, f64)]) -> Axis {
        let logs = || bars.iter().map(|(_, ratio)| ratio.log10());
        Axis {
            least: logs().fold(0.0, f64::min).floor(),
            most: logs().fold(0.0, f64::max),
        }
    }

    fn x(&self, log: f64) -> f64 {
        let scale = (WIDTH - LABELS - NUMBERS) / (self.most - self.least).max(1.0);
        LABELS + (log - self.least) * scale
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::PANELS;
    use crate::lines;

    #[test]
    fn each_panel_names_a_line_and_one_of_its_figures() {
        for (name, key) in PANELS {
            let line = lines::named(name).unwrap_or_else(|| panic!("no line {name}"));
            assert!(
                line.metrics.iter().any(|metric| metric.key == *key),
                "{name}, {key}"
            );
        }
    }
}
