//! The parts of a line of the table.

use crate::who::Who;

/// What the contenders do for a line. `README.md` describes each workload with its lines.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Workload {
    OneAtATime,
    Record,
    Many,
    Tasks,
    Bytes(usize),
    Borrowed(usize),
    Shared(usize),
    Documents,
    Trees,
    Ticker,
    Cold,
    Blocked,
    Idle,
    Growth,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Better {
    Less,
    More,
}

/// One figure that a line reports.
#[derive(Debug)]
pub(crate) struct Metric {
    /// The name under which the child reports the figure.
    pub(crate) key: &'static str,
    pub(crate) title: &'static str,
    pub(crate) unit: &'static str,
    pub(crate) better: Better,
    /// Whether the figure is printed as a ratio to the baseline. If not, it means something by
    /// itself.
    pub(crate) compared: bool,
}

/// A figure that is compared with the baseline.
pub(crate) const fn metric(
    key: &'static str,
    title: &'static str,
    unit: &'static str,
    better: Better,
) -> Metric {
    Metric {
        key,
        title,
        unit,
        better,
        compared: true,
    }
}

/// A figure that means something by itself.
pub(crate) const fn absolute(key: &'static str, title: &'static str, unit: &'static str) -> Metric {
    Metric {
        key,
        title,
        unit,
        better: Better::Less,
        compared: false,
    }
}

/// One line of the table: a workload, who takes part, and what is reported.
#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    pub(crate) workload: Workload,
    /// Whether the contender and all that it starts stay on one core.
    pub(crate) pinned: bool,
    /// Whether calls are awaited on tokio's current-thread runtime.
    pub(crate) current_thread: bool,
    /// How many threads or processes each contender has. `None`: the number that it has by default.
    pub(crate) workers: Option<usize>,
    /// How many processes measure each contender in one round: several, if a process can measure
    /// only once.
    pub(crate) repeats: usize,
    pub(crate) metrics: &'static [Metric],
    /// The contender with which the others are compared.
    pub(crate) baseline: Who,
    pub(crate) contenders: &'static [Who],
}

impl Line {
    pub(crate) const fn pinned(mut self) -> Line {
        self.pinned = true;
        self
    }

    pub(crate) const fn current_thread(mut self) -> Line {
        self.current_thread = true;
        self
    }

    pub(crate) const fn workers(mut self, workers: usize) -> Line {
        self.workers = Some(workers);
        self
    }

    pub(crate) const fn repeats(mut self, repeats: usize) -> Line {
        self.repeats = repeats;
        self
    }
}

pub(crate) const fn line(
    name: &'static str,
    title: &'static str,
    workload: Workload,
    metrics: &'static [Metric],
    baseline: Who,
    contenders: &'static [Who],
) -> Line {
    Line {
        name,
        title,
        workload,
        pinned: false,
        current_thread: false,
        workers: None,
        repeats: 1,
        metrics,
        baseline,
        contenders,
    }
}
