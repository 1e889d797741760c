//! A large answer, in the memory of the worker that gave it, for as long as the pool reads it
//! there.

use std::fmt;
use std::sync::Arc;

use super::memory::Memory;
use crate::sys::MemoryError;

/// Takes the memory of an answer back when the pool has read it.
pub(in crate::process) trait Lender: Send + Sync {
    /// The worker may write its next large answer into this memory.
    fn take_back(&self, memory: Memory);
}

/// An answer in the memory of a worker. The worker writes no other answer there before this is
/// dropped.
pub(crate) struct Lease {
    lender: Arc<dyn Lender>,
    /// Always there until the lease ends.
    memory: Option<Memory>,
    length: usize,
}

impl Lease {
    /// Lends an answer of `length` bytes, at the start of `memory`.
    pub(in crate::process) fn new(lender: Arc<dyn Lender>, memory: Memory, length: usize) -> Lease {
        Lease {
            lender,
            memory: Some(memory),
            length,
        }
    }

    /// Copies the answer. The worker cannot change the copy any more.
    ///
    /// # Errors
    /// There is no memory for the copy, or the answer is not in the memory.
    pub(in crate::process) fn copy(&self) -> Result<Vec<u8>, MemoryError> {
        let mut bytes = Vec::new();
        if let Some(memory) = &self.memory {
            memory.copy_out(0, self.length, &mut bytes)?;
        }
        Ok(bytes)
    }

    /// Returns the answer where it is, for those who only copy it.
    ///
    /// # Errors
    /// The answer is not in the memory.
    pub(in crate::process) fn look(&self) -> Result<&[u8], MemoryError> {
        match &self.memory {
            Some(memory) => memory.bytes_to_copy(self.length),
            None => Ok(&[]),
        }
    }
}

/// The bytes of an answer, in the pool.
#[derive(Debug)]
pub(crate) enum Body {
    /// A copy of them.
    Copied(Vec<u8>),
    /// They are in the memory of the worker.
    Lent(Lease),
}

impl Body {
    /// Returns a copy of the bytes, which the worker cannot change.
    ///
    /// # Errors
    /// They cannot be copied.
    pub(in crate::process) fn into_bytes(self) -> Result<Vec<u8>, MemoryError> {
        match self {
            Body::Copied(bytes) => Ok(bytes),
            Body::Lent(lease) => lease.copy(),
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if let Some(memory) = self.memory.take() {
            self.lender.take_back(memory);
        }
    }
}

impl fmt::Debug for Lease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lease")
            .field("length", &self.length)
            .finish_non_exhaustive()
    }
}
