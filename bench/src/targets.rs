//! The targets of offloop, each with the line that measures it.

use crate::figures::Spread;
use crate::line::Better;
use crate::lines;
use crate::results::Results;
use crate::who::Who;

/// What a target demands of a figure.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Bound {
    /// At most this multiple of the peer's figure.
    AtMost(f64),
    /// At least this many times as good as the peer.
    TimesBetter(f64),
    /// At most this much more than the peer, in the unit of the figure.
    Excess(f64),
    /// At most this figure, compared with no peer.
    Absolute(f64),
}

/// A figure that offloop aims at.
#[derive(Debug)]
pub(crate) struct Target {
    pub(crate) line: &'static str,
    /// Another line that reaches the target by other means. The better of the two counts.
    pub(crate) alternative: Option<&'static str>,
    pub(crate) metric: &'static str,
    pub(crate) ours: Who,
    pub(crate) peer: Who,
    pub(crate) bound: Bound,
}

const fn target(
    line: &'static str,
    metric: &'static str,
    ours: Who,
    peer: Who,
    bound: Bound,
) -> Target {
    Target {
        line,
        alternative: None,
        metric,
        ours,
        peer,
        bound,
    }
}

use Bound::{Absolute, AtMost, Excess, TimesBetter};
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
        Absolute(2.05),
    ),
    target("mib1", "p50", OffloopProcess, Procspawn, TimesBetter(25.0)),
    target(
        "mib1-borrowed",
        "p50",
        OffloopProcess,
        Procspawn,
        TimesBetter(60.0),
    )
    .alternative("mib1-shared"),
    target("mib64", "p50", OffloopProcess, Procspawn, TimesBetter(6.0)),
    target(
        "mib64-borrowed",
        "p50",
        OffloopProcess,
        Procspawn,
        TimesBetter(30.0),
    )
    .alternative("mib64-shared"),
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

/// A target with what was measured.
pub(crate) struct Verdict {
    pub(crate) target: &'static Target,
    /// The line that counts: that of the target or the alternative.
    pub(crate) line: &'static str,
    pub(crate) measured: Spread,
    pub(crate) met: bool,
    /// The line that does not count, if the target names two and both were measured.
    pub(crate) other: Option<(&'static str, Spread)>,
}

impl Target {
    const fn alternative(mut self, line: &'static str) -> Target {
        self.alternative = Some(line);
        self
    }

    /// Returns `None` if one of the two contenders was not measured.
    pub(crate) fn judge(&'static self, results: &Results) -> Option<Verdict> {
        let lines = [Some(self.line), self.alternative];
        let mut measured = lines
            .into_iter()
            .flatten()
            .filter_map(|line| Some((line, self.compare(line, results)?)));
        let (mut counts, mut other) = (measured.next()?, measured.next());
        if let Some(second) = other.filter(|second| self.is_better(second.1, counts.1)) {
            other = Some(std::mem::replace(&mut counts, second));
        }
        let (line, measured) = counts;
        let met = match self.bound {
            AtMost(most) | Excess(most) | Absolute(most) => measured.median <= most,
            TimesBetter(least) => measured.median >= least,
        };
        Some(Verdict {
            target: self,
            line,
            measured,
            met,
            other,
        })
    }

    fn is_better(&self, one: Spread, other: Spread) -> bool {
        match self.bound {
            AtMost(_) | Excess(_) | Absolute(_) => one.median < other.median,
            TimesBetter(_) => one.median > other.median,
        }
    }

    fn compare(&self, line: &'static str, results: &Results) -> Option<Spread> {
        let better = lines::named(line)?
            .metrics
            .iter()
            .find(|metric| metric.key == self.metric)?
            .better;
        let ours = results.rounds(line, self.ours, self.metric)?;
        let peer = results.rounds(line, self.peer, self.metric)?;
        let pairs = ours.iter().zip(peer);
        Spread::of(pairs.map(|(ours, peer)| match (self.bound, better) {
            (AtMost(_), _) | (TimesBetter(_), Better::More) => ours / peer,
            (TimesBetter(_), Better::Less) => peer / ours,
            (Excess(_), _) => ours - peer,
            (Absolute(_), _) => *ours,
        }))
    }

    /// Returns the demand as text.
    pub(crate) fn wanted(&self) -> String {
        match self.bound {
            AtMost(most) => format!("≤ {most} ×"),
            TimesBetter(least) => format!("≥ {least} × better"),
            Excess(most) => format!("≤ {most} ms more"),
            Absolute(most) => format!("≤ {most}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::TARGETS;
    use crate::lines;

    #[test]
    fn each_target_names_a_line_with_its_figure_and_its_contenders() {
        for target in TARGETS {
            for name in [Some(target.line), target.alternative]
                .into_iter()
                .flatten()
            {
                let line = lines::named(name).unwrap_or_else(|| panic!("no line {name}"));
                let has_figure = line
                    .metrics
                    .iter()
                    .any(|metric| metric.key == target.metric);
                assert!(has_figure, "{target:?}");
                assert!(line.contenders.contains(&target.ours), "{target:?}");
                assert!(line.contenders.contains(&target.peer), "{target:?}");
            }
        }
    }
}
