//! What was measured: figures by line, contender and round.

use std::collections::BTreeMap;

use crate::figures::Figures;
use crate::who::Who;

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
