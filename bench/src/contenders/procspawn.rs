//! `procspawn`: another pool of processes.
//!
//! Its handles block. For a call of no work the task that awaits it blocks, which takes the least
//! time.
//! Longer calls are awaited with `spawn_blocking`, as a tokio program has to.

use std::num::NonZero;
use std::sync::Arc;
use std::thread::available_parallelism;

use procspawn::Pool;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::task::spawn_blocking;

use super::Contender;
use crate::payload::{Record, Tree, count_values, sum_of_pages};

pub(crate) struct Procspawn {
    pool: Arc<Pool>,
}

const NO_FAILURE: &str = "no function of the bench fails";

impl Procspawn {
    fn call<A, R>(
        &self,
        argument: A,
        function: fn(A) -> R,
    ) -> impl Future<Output = R> + Send + 'static
    where
        A: Serialize + DeserializeOwned + Send + 'static,
        R: Serialize + DeserializeOwned + Send + 'static,
    {
        let pool = self.pool.clone();
        let call = spawn_blocking(move || pool.spawn(argument, function).join());
        async { call.await.expect("a thread waits").expect(NO_FAILURE) }
    }
}

impl Contender for Procspawn {
    fn start(workers: Option<usize>) -> Procspawn {
        let cores = || available_parallelism().map_or(1, NonZero::get);
        let pool = Pool::new(workers.unwrap_or_else(cores)).expect("processes can be started");
        Procspawn {
            pool: Arc::new(pool),
        }
    }

    fn echo(&self, number: u32) -> impl Future<Output = u32> + Send + 'static {
        let handle = self.pool.spawn(number, |number| number);
        async { handle.join().expect(NO_FAILURE) }
    }

    fn record(&self, record: Record) -> impl Future<Output = Record> + Send + 'static {
        let handle = self.pool.spawn(record, |record| record);
        async { handle.join().expect(NO_FAILURE) }
    }

    fn bytes(&self, bytes: Vec<u8>) -> impl Future<Output = Vec<u8>> + Send + 'static {
        self.call(bytes, |bytes| bytes)
    }

    fn read_pages(&self, bytes: Vec<u8>) -> impl Future<Output = u64> + Send + 'static {
        self.call(bytes, |bytes| sum_of_pages(&bytes))
    }

    fn keep(&self, _: &[u8]) {}

    /// Sends the copy: procspawn cannot share memory.
    fn read_kept(&self, copy: &mut Vec<u8>) -> impl Future<Output = u64> + Send + 'static {
        self.read_pages(std::mem::take(copy))
    }

    fn decode(&self, text: String) -> impl Future<Output = usize> + Send + 'static {
        self.call(text, |text| count_values(&text))
    }

    fn tree(&self, tree: Tree) -> impl Future<Output = Tree> + Send + 'static {
        self.call(tree, |tree| tree)
    }
}
