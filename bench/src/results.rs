//! What was measured: figures by line, contender and round.

use std::collections::BTreeMap;

use crate::contenders::Who;

/// The figures of one measurement, by their keys.
pub(crate) type Figures = BTreeMap<String, f64>;

#[derive(Default)]
pub(crate) struct Results {
    /// One set of figures for each round.
    by_line: BTreeMap<(&'static str, Who), Vec<Figures>>,
}

impl Results {
    pub(crate) fn add(&mut self, work: &'static str, who: Who, figures: Figures) {
        self.by_line.entry((work, who)).or_default().push(figures);
    }

    /// A figure of every round. `None` if it was not measured.
    pub(crate) fn rounds(&self, work: &'static str, who: Who, metric: &str) -> Option<Vec<f64>> {
        self.by_line
            .get(&(work, who))?
            .iter()
            .map(|figures| figures.get(metric).copied())
            .collect()
    }

    pub(crate) fn lines(&self) -> impl Iterator<Item = (&'static str, Who, &Vec<Figures>)> {
        self.by_line
            .iter()
            .map(|(&(work, who), rounds)| (work, who, rounds))
    }
}

/// The median of some figures, and how far they are apart.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spread {
    pub(crate) median: f64,
    pub(crate) least: f64,
    pub(crate) most: f64,
}

impl Spread {
    pub(crate) fn of(figures: impl IntoIterator<Item = f64>) -> Option<Spread> {
        let mut figures: Vec<f64> = figures.into_iter().collect();
        figures.sort_unstable_by(f64::total_cmp);
        Some(Spread {
            median: percentile(&figures, 50)?,
            least: *figures.first()?,
            most: *figures.last()?,
        })
    }
}

/// Of figures that are sorted.
pub(crate) fn percentile(sorted: &[f64], percent: usize) -> Option<f64> {
    let at = (sorted.len() * percent / 100).min(sorted.len().checked_sub(1)?);
    Some(sorted[at])
}
