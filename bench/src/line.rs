//! What a line of the table is made of.

use crate::who::Who;

/// What a line of the table measures.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Doing {
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

/// One figure of a measurement.
#[derive(Debug)]
pub(crate) struct Metric {
    /// As the child process reports it.
    pub(crate) key: &'static str,
    pub(crate) title: &'static str,
    pub(crate) unit: &'static str,
    pub(crate) better: Better,
    /// Whether it is printed as a ratio to the baseline. Otherwise it is one already.
    pub(crate) compared: bool,
}

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

pub(crate) const fn alone(key: &'static str, title: &'static str, unit: &'static str) -> Metric {
    Metric {
        key,
        title,
        unit,
        better: Better::Less,
        compared: false,
    }
}

#[derive(Debug)]
pub(crate) struct Work {
    pub(crate) name: &'static str,
    pub(crate) title: &'static str,
    pub(crate) doing: Doing,
    pub(crate) pinned: bool,
    pub(crate) current_thread: bool,
    /// How many threads or processes each contender has. `None`: as many as it takes by default.
    pub(crate) workers: Option<usize>,
    /// Processes that measure it in one round, for what a process can do only once.
    pub(crate) repeats: usize,
    pub(crate) metrics: &'static [Metric],
    pub(crate) base: Who,
    pub(crate) contenders: &'static [Who],
}

impl Work {
    pub(crate) const fn pinned(mut self) -> Work {
        self.pinned = true;
        self
    }

    pub(crate) const fn current_thread(mut self) -> Work {
        self.current_thread = true;
        self
    }

    pub(crate) const fn workers(mut self, workers: usize) -> Work {
        self.workers = Some(workers);
        self
    }

    pub(crate) const fn repeats(mut self, repeats: usize) -> Work {
        self.repeats = repeats;
        self
    }
}

pub(crate) const fn work(
    name: &'static str,
    title: &'static str,
    doing: Doing,
    metrics: &'static [Metric],
    base: Who,
    contenders: &'static [Who],
) -> Work {
    Work {
        name,
        title,
        doing,
        pinned: false,
        current_thread: false,
        workers: None,
        repeats: 1,
        metrics,
        base,
        contenders,
    }
}
