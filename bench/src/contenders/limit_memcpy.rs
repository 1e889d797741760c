//! Limit: the bytes are copied to memory that was used before, and copied back.

use std::hint::black_box;
use std::sync::Mutex;

use super::{Contender, answered};
use crate::payload::sum_of_pages;

pub(crate) struct LimitMemcpy {
    copy: Mutex<Vec<u8>>,
}

impl LimitMemcpy {
    fn copy_of(&self, bytes: &[u8]) -> std::sync::MutexGuard<'_, Vec<u8>> {
        let mut copy = self.copy.lock().expect("no other call panics");
        copy.resize(bytes.len(), 0);
        copy.copy_from_slice(bytes);
        black_box(copy)
    }
}

impl Contender for LimitMemcpy {
    fn start(_: Option<usize>) -> LimitMemcpy {
        LimitMemcpy {
            copy: Mutex::default(),
        }
    }

    fn echo(&self, number: u32) -> impl Future<Output = u32> + Send + 'static {
        answered(number)
    }

    fn bytes(&self, mut bytes: Vec<u8>) -> impl Future<Output = Vec<u8>> + Send + 'static {
        let copy = self.copy_of(&bytes);
        bytes.copy_from_slice(&copy);
        answered(bytes)
    }

    /// Copies once: another process cannot read the bytes without one copy.
    fn read_pages(&self, bytes: Vec<u8>) -> impl Future<Output = u64> + Send + 'static {
        let copy = self.copy_of(&bytes);
        answered(sum_of_pages(&copy))
    }
}
