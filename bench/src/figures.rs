//! The figures of a measurement, and what is computed from several of them.

use std::collections::BTreeMap;
use std::time::Duration;

/// The figures of one measurement. A key is that of a [`Metric`](crate::line::Metric).
pub(crate) type Figures = BTreeMap<String, f64>;

/// Returns these keys and figures as a map.
pub(crate) fn figures<const N: usize>(figures: [(&str, f64); N]) -> Figures {
    figures
        .into_iter()
        .map(|(key, figure)| (key.to_owned(), figure))
        .collect()
}

/// Returns the time in milliseconds.
pub(crate) fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// The median of several figures, and the range that they cover.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spread {
    pub(crate) median: f64,
    pub(crate) least: f64,
    pub(crate) most: f64,
}

impl Spread {
    /// Returns `None` if there is no figure.
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

/// Returns a percentile of sorted figures, or `None` if there is no figure.
pub(crate) fn percentile(sorted: &[f64], percent: usize) -> Option<f64> {
    let at = (sorted.len() * percent / 100).min(sorted.len().checked_sub(1)?);
    Some(sorted[at])
}
