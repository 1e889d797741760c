"""Measures Python's executors under asyncio in the way of the contenders in Rust.

`peers.py measure LINE CONTENDER [--quick] [--pinned]` prints the figures as JSON. The lines and the
figures have the names that they have in `bench/src/lines.rs`.
"""

import asyncio
import json
import os
import sys
import time
from collections import deque
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor


def echo(value):
    return value


def block(seconds):
    time.sleep(seconds)


def executor(contender, workers):
    if contender == "python-threads":
        return ThreadPoolExecutor(workers)
    if contender == "python-processes":
        return ProcessPoolExecutor(workers)
    import loky

    return loky.get_reusable_executor(workers or len(os.sched_getaffinity(0)), timeout=None)


def percentile(times, percent):
    times = sorted(times)
    return times[min(len(times) * percent // 100, len(times) - 1)]


def children():
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/stat") as stat:
                parent = stat.read().rsplit(") ", 1)[1].split(" ")[1]
        except OSError:
            continue
        if parent == str(os.getpid()):
            found.append(pid)
    return found


def lines_of(path, *labels):
    try:
        with open(path) as status:
            return sum(int(line.split()[1]) for line in status if line.startswith(labels))
    except OSError:
        return 0


def switches():
    total = 0
    for pid in [str(os.getpid()), *children()]:
        for thread in os.listdir(f"/proc/{pid}/task"):
            path = f"/proc/{pid}/task/{thread}/status"
            total += lines_of(path, "voluntary_ctxt", "nonvoluntary_ctxt")
    return total


async def one_at_a_time(run, value, budget, max_calls, unit):
    for _ in range(min(max_calls, 50 if unit == 1e6 else 1)):
        await run(echo, value)
    times = []
    before = switches()
    end = time.perf_counter() + budget
    while len(times) < max_calls and (not times or time.perf_counter() < end):
        start = time.perf_counter()
        await run(echo, value)
        times.append((time.perf_counter() - start) * unit)
    return {
        "p50": percentile(times, 50),
        "p99": percentile(times, 99),
        "switches": (switches() - before) / len(times),
        "calls": len(times),
    }


async def many(run, budget):
    for _ in range(200):
        await run(echo, 0)
    before = switches()
    start = time.perf_counter()
    waiting = deque(run(echo, 0) for _ in range(1000))
    done = 0
    while waiting:
        await waiting.popleft()
        done += 1
        if time.perf_counter() - start < budget:
            waiting.append(run(echo, 0))
    took = time.perf_counter() - start
    return {"rate": done / took, "switches": (switches() - before) / done, "calls": done}


async def cold(contender):
    start = time.perf_counter()
    pool = executor(contender, 1)
    await asyncio.get_running_loop().run_in_executor(pool, echo, 7)
    return {"wall": (time.perf_counter() - start) * 1e3}


async def blocked(run):
    await run(echo, 0)
    before = lines_of("/proc/self/status", "VmRSS")
    start = time.perf_counter()
    await asyncio.gather(*(run(block, 0.05) for _ in range(1000)))
    wall = time.perf_counter() - start
    most = lines_of("/proc/self/status", "VmHWM")
    return {"wall": wall * 1e3, "memory": max(0, most - before)}


async def idle(run):
    await asyncio.gather(*(run(echo, 0) for _ in range(200)))
    await asyncio.sleep(0.1)
    own = lines_of("/proc/self/smaps_rollup", "Pss:")
    workers = sum(lines_of(f"/proc/{pid}/smaps_rollup", "Pss:") for pid in children())
    return {"workers": workers, "program": own}


async def measure(line, contender, quick):
    if line == "cold":
        return await cold(contender)
    loop = asyncio.get_running_loop()
    # The number of workers that the contenders in Rust may have; otherwise the default.
    workers = {"blocked": 512, "idle": 2}.get(line)
    pool = executor(contender, workers)

    def run(function, value):
        return loop.run_in_executor(pool, function, value)

    budget = 0.1 if quick else 0.3
    if line.startswith("one-"):
        return await one_at_a_time(run, 7, budget, 20_000, 1e6)
    if line.startswith("record-"):
        record = {"id": 7, "name": "a name of common length", "scores": [0.25, 0.5, 0.75, 1.0], "parent": None}
        return await one_at_a_time(run, record, budget, 20_000, 1e6)
    if line.startswith("mib"):
        size = (64 if line == "mib64" else 1) << 20
        return await one_at_a_time(run, bytes(size), budget, 4 if line == "mib64" else 100, 1e3)
    if line == "many":
        return await many(run, budget)
    if line == "blocked":
        return await blocked(run)
    if line == "idle":
        return await idle(run)
    raise SystemExit(f"no line `{line}`")


def main():
    _, _, line, contender, *options = sys.argv
    if "--pinned" in options:
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    if contender == "python-loky":
        try:
            import loky  # noqa: F401
        except ImportError:
            raise SystemExit("loky is not installed")
    print(json.dumps(asyncio.run(measure(line, contender, "--quick" in options))), flush=True)


if __name__ == "__main__":
    main()
