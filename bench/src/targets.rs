//! The aims of the design, each with the line that measures it.

use crate::figures::Spread;
use crate::line::Better;
use crate::lines;
use crate::results::Results;
use crate::who::Who;

#[derive(Clone, Copy, Debug)]
pub(crate) enum Bound {
    /// At most so many times the peer's figure.
    AtMost(f64),
    /// At least so many times as good as the peer.
    TimesBetter(f64),
    /// At most so much more than the peer, in the unit of the figure.
    Excess(f64),
    /// At most that, whoever else there is.
    Itself(f64),
}

#[derive(Debug)]
pub(crate) struct Target {
    pub(crate) work: &'static str,
    /// Another line that does the same by other means. The better of the two counts.
    pub(crate) or: Option<&'static str>,
    pub(crate) metric: &'static str,
    pub(crate) ours: Who,
    pub(crate) peer: Who,
    pub(crate) bound: Bound,
}

const fn target(
    work: &'static str,
    metric: &'static str,
    ours: Who,
    peer: Who,
    bound: Bound,
) -> Target {
    Target {
        work,
        or: None,
        metric,
        ours,
        peer,
        bound,
    }
}

use Bound::{AtMost, Excess, Itself, TimesBetter};
use Who::{
    Command, LimitFutex, OffloopProcess, OffloopThread, Procspawn, PythonProcesses, SpawnBlocking,
};

pub(crate) static TARGETS: &[Target] = &[
    target(
        "one-pinned",
        "p50",
        OffloopProcess,
        LimitFutex,
        AtMost(1.25),
    ),
    target(
        "one-pinned",
        "p50",
        OffloopProcess,
        SpawnBlocking,
        AtMost(1.1),
    ),
    target(
        "one-pinned",
        "p50",
        OffloopProcess,
        Procspawn,
        TimesBetter(9.0),
    ),
    target(
        "one-free",
        "p50",
        OffloopProcess,
        Procspawn,
        TimesBetter(15.0),
    ),
    target(
        "one-pinned",
        "p50",
        OffloopThread,
        SpawnBlocking,
        AtMost(0.9),
    ),
    target("one-free", "p50", OffloopThread, SpawnBlocking, AtMost(0.9)),
    target(
        "many",
        "rate",
        OffloopThread,
        SpawnBlocking,
        TimesBetter(10.0),
    ),
    target(
        "tasks",
        "rate",
        OffloopThread,
        SpawnBlocking,
        TimesBetter(10.0),
    ),
    target(
        "many",
        "rate",
        OffloopProcess,
        SpawnBlocking,
        TimesBetter(3.0),
    ),
    target(
        "tasks",
        "rate",
        OffloopProcess,
        SpawnBlocking,
        TimesBetter(3.0),
    ),
    target("many", "rate", OffloopProcess, Procspawn, TimesBetter(25.0)),
    target(
        "many",
        "rate",
        OffloopProcess,
        PythonProcesses,
        TimesBetter(60.0),
    ),
    target(
        "many",
        "switches",
        OffloopProcess,
        OffloopProcess,
        Itself(2.05),
    ),
    target("mib1", "p50", OffloopProcess, Procspawn, TimesBetter(25.0)),
    target(
        "mib1-borrowed",
        "p50",
        OffloopProcess,
        Procspawn,
        TimesBetter(60.0),
    )
    .or("mib1-shared"),
    target("mib64", "p50", OffloopProcess, Procspawn, TimesBetter(6.0)),
    target(
        "mib64-borrowed",
        "p50",
        OffloopProcess,
        Procspawn,
        TimesBetter(30.0),
    )
    .or("mib64-shared"),
    target(
        "documents",
        "wall",
        OffloopProcess,
        Procspawn,
        TimesBetter(1.3),
    ),
    target(
        "documents",
        "wall",
        OffloopProcess,
        SpawnBlocking,
        AtMost(1.0),
    ),
    target("ticker", "gap", OffloopProcess, SpawnBlocking, Excess(5.0)),
    target("cold", "wall", OffloopProcess, Command, AtMost(1.5)),
    target("cold", "wall", OffloopProcess, Procspawn, TimesBetter(2.0)),
    target("blocked", "wall", OffloopThread, SpawnBlocking, AtMost(1.0)),
    target(
        "blocked",
        "memory",
        OffloopThread,
        SpawnBlocking,
        AtMost(1.0),
    ),
];

/// A target beside what was measured.
pub(crate) struct Verdict {
    pub(crate) target: &'static Target,
    /// The line that counts.
    pub(crate) work: &'static str,
    pub(crate) measured: Spread,
    pub(crate) met: bool,
    /// The other line, if the target names two and both were measured.
    pub(crate) other: Option<(&'static str, Spread)>,
}

impl Target {
    const fn or(mut self, work: &'static str) -> Target {
        self.or = Some(work);
        self
    }

    /// `None` when one of the two contenders was not measured.
    pub(crate) fn judge(&'static self, results: &Results) -> Option<Verdict> {
        let works = [Some(self.work), self.or];
        let mut measured = works
            .into_iter()
            .flatten()
            .filter_map(|work| Some((work, self.compare(work, results)?)));
        let (mut counts, mut other) = (measured.next()?, measured.next());
        if let Some(second) = other.filter(|second| self.is_better(second.1, counts.1)) {
            other = Some(std::mem::replace(&mut counts, second));
        }
        let (work, measured) = counts;
        let met = match self.bound {
            AtMost(most) | Excess(most) | Itself(most) => measured.median <= most,
            TimesBetter(least) => measured.median >= least,
        };
        Some(Verdict {
            target: self,
            work,
            measured,
            met,
            other,
        })
    }

    fn is_better(&self, one: Spread, other: Spread) -> bool {
        match self.bound {
            AtMost(_) | Excess(_) | Itself(_) => one.median < other.median,
            TimesBetter(_) => one.median > other.median,
        }
    }

    fn compare(&self, work: &'static str, results: &Results) -> Option<Spread> {
        let better = lines::named(work)?
            .metrics
            .iter()
            .find(|metric| metric.key == self.metric)?
            .better;
        let ours = results.rounds(work, self.ours, self.metric)?;
        let peer = results.rounds(work, self.peer, self.metric)?;
        let pairs = ours.iter().zip(peer);
        Spread::of(pairs.map(|(ours, peer)| match (self.bound, better) {
            (AtMost(_), _) | (TimesBetter(_), Better::More) => ours / peer,
            (TimesBetter(_), Better::Less) => peer / ours,
            (Excess(_), _) => ours - peer,
            (Itself(_), _) => *ours,
        }))
    }

    pub(crate) fn wanted(&self) -> String {
        match self.bound {
            AtMost(most) => format!("≤ {most} ×"),
            TimesBetter(least) => format!("≥ {least} × better"),
            Excess(most) => format!("≤ {most} ms more"),
            Itself(most) => format!("≤ {most}"),
        }
    }
}
