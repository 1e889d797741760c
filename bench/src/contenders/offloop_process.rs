//! offloop: a call in a process.

use std::sync::OnceLock;

use offloop::{ProcessPool, Shared, cpu_bound};

use super::Contender;
use crate::payload::{self, Record, Tree};

#[cpu_bound]
fn echo(number: u32) -> u32 {
    number
}

#[cpu_bound]
fn echo_record(record: Record) -> Record {
    record
}

#[cpu_bound]
fn echo_bytes(bytes: Vec<u8>) -> Vec<u8> {
    bytes
}

#[cpu_bound]
fn read_pages(bytes: &[u8]) -> u64 {
    payload::sum_of_pages(bytes)
}

#[cpu_bound]
fn read_shared(bytes: Shared<[u8]>) -> u64 {
    payload::sum_of_pages(&bytes)
}

#[cpu_bound]
fn decode(text: &str) -> usize {
    payload::count_values(text)
}

#[cpu_bound]
fn echo_tree(tree: Tree) -> Tree {
    tree
}

pub(crate) struct OffloopProcess {
    pool: &'static ProcessPool,
    kept: OnceLock<Shared<[u8]>>,
}

const NO_FAILURE: &str = "no function of the bench fails";

impl Contender for OffloopProcess {
    fn start(workers: Option<usize>) -> OffloopProcess {
        let pool = workers.map_or(ProcessPool::global(), |workers| {
            Box::leak(Box::new(ProcessPool::new("bench").workers(workers)))
        });
        OffloopProcess {
            pool,
            kept: OnceLock::new(),
        }
    }

    fn echo(&self, number: u32) -> impl Future<Output = u32> + Send + 'static {
        let call = echo(number).on(self.pool);
        async { call.await.expect(NO_FAILURE) }
    }

    fn submit(&self, number: u32) -> impl Future<Output = u32> + Send + 'static {
        let call = echo(number).on(self.pool).start();
        async { call.await.expect(NO_FAILURE) }
    }

    fn record(&self, record: Record) -> impl Future<Output = Record> + Send + 'static {
        let call = echo_record(record).on(self.pool);
        async { call.await.expect(NO_FAILURE) }
    }

    fn bytes(&self, bytes: Vec<u8>) -> impl Future<Output = Vec<u8>> + Send + 'static {
        let call = echo_bytes(bytes).on(self.pool);
        async { call.await.expect(NO_FAILURE) }
    }

    fn read_pages(&self, bytes: Vec<u8>) -> impl Future<Output = u64> + Send + 'static {
        // The builder moves an owned value into the call where the function borrows one.
        let call = read_pages::builder().bytes(bytes).call().on(self.pool);
        async { call.await.expect(NO_FAILURE) }
    }

    fn keep(&self, bytes: &[u8]) {
        self.kept
            .get_or_init(|| Shared::<[u8]>::copy_from(bytes).expect("there is memory"));
    }

    fn read_kept(&self, _: &mut Vec<u8>) -> impl Future<Output = u64> + Send + 'static {
        let kept = self.kept.get().expect("it was kept").clone();
        let call = read_shared(kept).on(self.pool);
        async { call.await.expect(NO_FAILURE) }
    }

    fn decode(&self, text: String) -> impl Future<Output = usize> + Send + 'static {
        let call = decode::builder().text(text).call().on(self.pool);
        async { call.await.expect(NO_FAILURE) }
    }

    fn tree(&self, tree: Tree) -> impl Future<Output = Tree> + Send + 'static {
        let call = echo_tree(tree).on(self.pool);
        async { call.await.expect(NO_FAILURE) }
    }
}
