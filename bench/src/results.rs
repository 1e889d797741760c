//! All figures of a run, by line, contender and round.

use std::collections::BTreeMap;

use crate::figures::Figures;
use crate::who::Who;

#[derive(Default)]
pub(crate) struct Results {
    /// One item for each round.
    by_line: BTreeMap<(&'static str, Who), Vec<Figures>>,
}

impl Results {
    pub(crate) fn add(&mut self, line: &'static str, who: Who, figures: Figures) {
        self.by_line.entry((line, who)).or_default().push(figures);
    }

    /// Returns one figure of each round. `None` if it was not measured.
    pub(crate) fn rounds(&self, line: &'static str, who: Who, metric: &str) -> Option<Vec<f64>> {
        self.by_line
            .get(&(line, who))?
            .iter()
            .map(|figures| figures.get(metric).copied())
            .collect()
    }

    pub(crate) fn lines(&self) -> impl Iterator<Item = (&'static str, Who, &Vec<Figures>)> {
        self.by_line
            .iter()
            .map(|(&(line, who), rounds)| (line, who, rounds))
    }
}
