//! What is measured, for whom, and beside which baseline.

use crate::line::{Better, Doing, Metric, Work, alone, metric, work};
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
    alone("switches", "context switches per call", ""),
];
const RATE: &[Metric] = &[
    metric("rate", "calls per second", "/s", More),
    alone("switches", "context switches per call", ""),
];
const TIME: &[Metric] = &[metric("p50", "time of a call, p50", "µs", Less)];
const TRANSFER: &[Metric] = &[metric("p50", "time of a call, p50", "ms", Less)];
const BATCH: &[Metric] = &[
    metric("wall", "time of all", "ms", Less),
    alone("gap", "longest pause of a 1 ms ticker", "ms"),
];

const EVERYONE: &[Who] = &[
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
const THAT_CARRY: &[Who] = &[
    Procspawn,
    OffloopProcess,
    IpcChannel,
    LimitMemcpy,
    PythonProcesses,
    PythonLoky,
];
const THAT_BORROW: &[Who] = &[Procspawn, OffloopProcess, IpcChannel, LimitMemcpy];

const THAT_SHARE: &[Who] = &[Procspawn, OffloopProcess, IpcChannel];

pub(crate) static WORKS: &[Work] = &[
    work(
        "one-pinned",
        "a call of no work, one at a time, all on one core",
        Doing::OneAtATime,
        LATENCY,
        SpawnBlocking,
        EVERYONE,
    )
    .pinned(),
    work(
        "one-free",
        "the same, free to use all cores",
        Doing::OneAtATime,
        LATENCY,
        SpawnBlocking,
        EVERYONE,
    ),
    work(
        "one-pinned-current",
        "the same on one core, awaited on tokio's current-thread runtime",
        Doing::OneAtATime,
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
    work(
        "one-free-current",
        "the same on all cores, awaited on tokio's current-thread runtime",
        Doing::OneAtATime,
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
    work(
        "record-pinned",
        "a small struct in and out, one call at a time, all on one core",
        Doing::Record,
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
    work(
        "many",
        "calls of no work, 1000 in flight, started by one task and awaited in order",
        Doing::Many,
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
    work(
        "tasks",
        "calls of no work by 1000 tasks, each awaits its own",
        Doing::Tasks,
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
    work(
        "mib1",
        "1 MiB `Vec<u8>` in and out",
        Doing::Bytes(MIB),
        TRANSFER,
        Procspawn,
        THAT_CARRY,
    ),
    work(
        "mib1-borrowed",
        "1 MiB `&[u8]` in, one number out",
        Doing::Borrowed(MIB),
        TRANSFER,
        Procspawn,
        THAT_BORROW,
    ),
    work(
        "mib1-shared",
        "1 MiB of `Shared<[u8]>` in, one number out",
        Doing::Shared(MIB),
        TRANSFER,
        Procspawn,
        THAT_SHARE,
    ),
    work(
        "mib64",
        "64 MiB `Vec<u8>` in and out",
        Doing::Bytes(64 * MIB),
        TRANSFER,
        Procspawn,
        THAT_CARRY,
    ),
    work(
        "mib64-borrowed",
        "64 MiB `&[u8]` in, one number out",
        Doing::Borrowed(64 * MIB),
        TRANSFER,
        Procspawn,
        THAT_BORROW,
    ),
    work(
        "mib64-shared",
        "64 MiB of `Shared<[u8]>` in, one number out",
        Doing::Shared(64 * MIB),
        TRANSFER,
        Procspawn,
        THAT_SHARE,
    ),
    work(
        "documents",
        "16 JSON documents of 20 MB decoded on 2 workers",
        Doing::Documents,
        BATCH,
        SpawnBlocking,
        &[SpawnBlocking, OffloopThread, OffloopProcess, Procspawn],
    )
    .workers(2),
    work(
        "trees",
        "16 deep values of 20 MB in and out of 2 workers",
        Doing::Trees,
        BATCH,
        Procspawn,
        &[Procspawn, OffloopProcess],
    )
    .workers(2),
    work(
        "ticker",
        "64 MiB in and out beside a 1 ms ticker, on the current-thread runtime",
        Doing::Ticker,
        &[alone("gap", "longest pause of the ticker", "ms")],
        SpawnBlocking,
        &[SpawnBlocking, OffloopThread, OffloopProcess, Procspawn],
    )
    .current_thread(),
    work(
        "cold",
        "first result of a pool of one process that was not started yet",
        Doing::Cold,
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
    work(
        "blocked",
        "1000 calls at once that block for 50 ms each",
        Doing::Blocked,
        &[
            metric("wall", "time of all", "ms", Less),
            metric("memory", "memory they take (peak)", "KiB", Less),
        ],
        SpawnBlocking,
        &[SpawnBlocking, OffloopThread, Blocking, PythonThreads],
    ),
    work(
        "idle",
        "memory of a pool of 2 processes that has nothing to do (PSS)",
        Doing::Idle,
        &[
            metric("workers", "all workers", "KiB", Less),
            metric("program", "the program", "KiB", Less),
        ],
        Procspawn,
        &[Procspawn, OffloopProcess, PythonProcesses, PythonLoky],
    )
    .workers(2),
    work(
        "growth",
        "calls per second, 1000 in flight, as a multiple of one worker's",
        Doing::Growth,
        &[
            alone("growth2", "2 workers", "×"),
            alone("growth4", "4 workers", "×"),
            alone("growth8", "8 workers", "×"),
        ],
        Procspawn,
        &[OffloopThread, OffloopProcess, Rayon, Procspawn],
    ),
];

pub(crate) fn named(name: &str) -> Option<&'static Work> {
    WORKS.iter().find(|work| work.name == name)
}
