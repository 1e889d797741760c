//! A pool of the other kind.

use offloop::{ProcessPool, ThreadPool, blocking_io, cpu_bound};

static SIZE: usize = 4;
static THREADS: ThreadPool = ThreadPool::new("threads");
static PROCESSES: ProcessPool = ProcessPool::new("processes");

#[blocking_io(pool = PROCESSES)]
fn threads() {}

#[cpu_bound(pool = SIZE)]
fn processes() {}

#[cpu_bound(timeout = 3, retry = "often")]
fn options() {}

fn main() {}
