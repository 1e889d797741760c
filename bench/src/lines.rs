//! The lines of the table: what is measured, who takes part, and which contender is the baseline.

use crate::line::{Better, Line, Metric, Workload, absolute, line, metric};
use crate::who::Who;

use Better::{Less, More};
use Who::{
    Blocking, Command, IpcChannel, LimitEventfd, LimitFutex, LimitMemcpy, LimitPipes, LimitThread,
    OffloopProcess, OffloopThread, Procspawn, PythonLoky, PythonProcesses, PythonThreads, Rayon,
    SpawnBlocking,
};

const MIB: usize = 1 << 20;

const LATENCY: &[Metric] = &[
    metric("p50", "time of a call, p50", "µs", Less),
    metric("p99", "time of a call, p99", "µs", Less),
    absolute("switches", "context switches per call", ""),
];
const RATE: &[Metric] = &[
    metric("rate", "calls per second", "/s", More),
    absolute("switches", "context switches per call", ""),
];
const TIME: &[Metric] = &[metric("p50", "time of a call, p50", "µs", Less)];
const TRANSFER: &[Metric] = &[metric("p50", "time of a call, p50", "ms", Less)];
const BATCH: &[Metric] = &[
    metric("wall", "time of all", "ms", Less),
    absolute("gap", "longest pause of a 1 ms ticker", "ms"),
];

/// All contenders but the limits of copying and of starting a process.
const LATENCY_CONTENDERS: &[Who] = &[
    SpawnBlocking,
    OffloopThread,
    OffloopProcess,
    Blocking,
    Rayon,
    Procspawn,
    IpcChannel,
    LimitThread,
    LimitPipes,
    LimitFutex,
    LimitEventfd,
    PythonThreads,
    PythonProcesses,
    PythonLoky,
];
/// Those that copy owned bytes there and back.
const OWNED_CONTENDERS: &[Who] = &[
    Procspawn,
    OffloopProcess,
    IpcChannel,
    LimitMemcpy,
    PythonProcesses,
    PythonLoky,
];
/// Those that copy borrowed bytes, or lend them.
const BORROWED_CONTENDERS: &[Who] = &[Procspawn, OffloopProcess, IpcChannel, LimitMemcpy];

/// Those that share bytes between calls, and the baseline.
const SHARED_CONTENDERS: &[Who] = &[Procspawn, OffloopProcess, IpcChannel];

pub(crate) static LINES: &[Line] = &[
    line(
        "one-pinned",
        "a call of no work, one at a time, all on one core",
        Workload::OneAtATime,
        LATENCY,
        SpawnBlocking,
        LATENCY_CONTENDERS,
    )
    .pinned(),
    line(
        "one-free",
        "a call of no work, one at a time, free to use all cores",
        Workload::OneAtATime,
        LATENCY,
        SpawnBlocking,
        LATENCY_CONTENDERS,
    ),
    line(
        "one-pinned-current",
        "a call of no work, one at a time, on one core, on tokio's current-thread runtime",
        Workload::OneAtATime,
        LATENCY,
        SpawnBlocking,
        &[
            SpawnBlocking,
            OffloopThread,
            OffloopProcess,
            Procspawn,
            LimitFutex,
            LimitEventfd,
        ],
    )
    .pinned()
    .current_thread(),
    line(
        "one-free-current",
        "a call of no work, one at a time, on all cores, on tokio's current-thread runtime",
        Workload::OneAtATime,
        LATENCY,
        SpawnBlocking,
        &[
            SpawnBlocking,
            OffloopThread,
            OffloopProcess,
            Procspawn,
            LimitFutex,
            LimitEventfd,
        ],
    )
    .current_thread(),
    line(
        "record-pinned",
        "a small struct in and out, one call at a time, all on one core",
        Workload::Record,
        TIME,
        SpawnBlocking,
        &[
            SpawnBlocking,
            OffloopThread,
            OffloopProcess,
            Procspawn,
            IpcChannel,
            PythonProcesses,
        ],
    )
    .pinned(),
    line(
        "many",
        "calls of no work, 1000 in flight, started by one task and awaited in order",
        Workload::Many,
        RATE,
        SpawnBlocking,
        &[
            SpawnBlocking,
            OffloopThread,
            OffloopProcess,
            Blocking,
            Rayon,
            Procspawn,
            LimitPipes,
            PythonThreads,
            PythonProcesses,
            PythonLoky,
        ],
    ),
    line(
        "tasks",
        "calls of no work by 1000 tasks, each awaits its own",
        Workload::Tasks,
        RATE,
        SpawnBlocking,
        &[
            SpawnBlocking,
            OffloopThread,
            OffloopProcess,
            Blocking,
            Rayon,
        ],
    ),
    line(
        "mib1",
        "1 MiB `Vec<u8>` in and out",
        Workload::Bytes(MIB),
        TRANSFER,
        Procspawn,
        OWNED_CONTENDERS,
    ),
    line(
        "mib1-borrowed",
        "1 MiB `&[u8]` in, one number out",
        Workload::Borrowed(MIB),
        TRANSFER,
        Procspawn,
        BORROWED_CONTENDERS,
    ),
    line(
        "mib1-shared",
        "1 MiB of `Shared<[u8]>` in, one number out",
        Workload::Shared(MIB),
        TRANSFER,
        Procspawn,
        SHARED_CONTENDERS,
    ),
    line(
        "mib64",
        "64 MiB `Vec<u8>` in and out",
        Workload::Bytes(64 * MIB),
        TRANSFER,
        Procspawn,
        OWNED_CONTENDERS,
    ),
    line(
        "mib64-borrowed",
        "64 MiB `&[u8]` in, one number out",
        Workload::Borrowed(64 * MIB),
        TRANSFER,
        Procspawn,
        BORROWED_CONTENDERS,
    ),
    line(
        "mib64-shared",
        "64 MiB of `Shared<[u8]>` in, one number out",
        Workload::Shared(64 * MIB),
        TRANSFER,
        Procspawn,
        SHARED_CONTENDERS,
    ),
    line(
        "documents",
        "16 JSON documents of 20 MB decoded on 2 workers",
        Workload::Documents,
        BATCH,
        SpawnBlocking,
        &[SpawnBlocking, OffloopThread, OffloopProcess, Procspawn],
    )
    .workers(2),
    line(
        "trees",
        "16 deep values of 20 MB in and out of 2 workers",
        Workload::Trees,
        BATCH,
        Procspawn,
        &[Procspawn, OffloopProcess],
    )
    .workers(2),
    line(
        "ticker",
        "64 MiB in and out beside a 1 ms ticker, on the current-thread runtime",
        Workload::Ticker,
        &[absolute("gap", "longest pause of the ticker", "ms")],
        SpawnBlocking,
        &[SpawnBlocking, OffloopThread, OffloopProcess, Procspawn],
    )
    .current_thread(),
    line(
        "cold",
        "first result of a pool of one process that was not started yet",
        Workload::Cold,
        &[metric("wall", "time", "ms", Less)],
        Command,
        &[
            Command,
            OffloopProcess,
            Procspawn,
            PythonProcesses,
            PythonLoky,
        ],
    )
    .workers(1)
    .repeats(11),
    line(
        "blocked",
        "1000 calls at once that block for 50 ms each",
        Workload::Blocked,
        &[
            metric("wall", "time of all", "ms", Less),
            metric("memory", "memory that they add at the peak", "KiB", Less),
        ],
        SpawnBlocking,
        &[SpawnBlocking, OffloopThread, Blocking, PythonThreads],
    ),
    line(
        "idle",
        "memory of a pool of 2 processes that has nothing to do (PSS)",
        Workload::Idle,
        &[
            metric("workers", "all workers", "KiB", Less),
            metric("program", "the program", "KiB", Less),
        ],
        Procspawn,
        &[Procspawn, OffloopProcess, PythonProcesses, PythonLoky],
    )
    .workers(2),
    line(
        "growth",
        "calls per second, 1000 in flight, as a multiple of one worker's",
        Workload::Growth,
        &[
            absolute("growth2", "2 workers", "×"),
            absolute("growth4", "4 workers", "×"),
            absolute("growth8", "8 workers", "×"),
        ],
        Procspawn,
        &[OffloopThread, OffloopProcess, Rayon, Procspawn],
    ),
];

/// Returns the line with this name.
pub(crate) fn named(name: &str) -> Option<&'static Line> {
    LINES.iter().find(|line| line.name == name)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::LINES;
    use crate::who::Who;

    #[test]
    fn each_line_has_a_name_of_its_own() {
        let names: BTreeSet<_> = LINES.iter().map(|line| line.name).collect();
        assert_eq!(names.len(), LINES.len());
    }

    #[test]
    fn each_line_measures_its_baseline() {
        for line in LINES {
            let is_compared = line.metrics.iter().any(|metric| metric.compared);
            if is_compared {
                assert!(line.contenders.contains(&line.baseline), "{}", line.name);
            }
        }
    }

    #[test]
    fn each_contender_of_a_line_is_found_by_its_name() {
        for who in LINES.iter().flat_map(|line| line.contenders) {
            assert_eq!(Who::named(who.name()), Some(*who));
        }
    }
}
