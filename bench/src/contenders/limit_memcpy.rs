//! Limit: the bytes are copied there and back, into memory that was used before.

use std::hint::black_box;
use std::sync::Mutex;

use super::{Contender, answered};
use crate::payload::look;

pub(crate) struct LimitMemcpy {
    there: Mutex<Vec<u8>>,
}

impl LimitMemcpy {
    fn copy_there(&self, bytes: &[u8]) -> std::sync::MutexGuard<'_, Vec<u8>> {
        let mut there = self.there.lock().expect("no other call panics");
        there.resize(bytes.len(), 0);
        there.copy_from_slice(bytes);
        black_box(there)
    }
}

impl Contender for LimitMemcpy {
    fn start(_: Option<usize>) -> LimitMemcpy {
        LimitMemcpy {
            there: Mutex::default(),
        }
    }

    fn nothing(&self, number: u32) -> impl Future<Output = u32> + Send + 'static {
        answered(number)
    }

    fn bytes(&self, mut bytes: Vec<u8>) -> impl Future<Output = Vec<u8>> + Send + 'static {
        let there = self.copy_there(&bytes);
        bytes.copy_from_slice(&there);
        answered(bytes)
    }

    /// One copy: the bytes have to get there somehow.
    fn look(&self, bytes: Vec<u8>) -> impl Future<Output = u64> + Send + 'static {
        let there = self.copy_there(&bytes);
        answered(look(&there))
    }
}
