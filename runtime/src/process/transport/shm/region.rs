//! Memory that calls lie in which are too large for a slot. The `unsafe` of reading them where they
//! lie is here.
//!
//! The pool writes a call there and sends the memory to the worker, which maps it for reading only
//! and keeps it: the next large call to the same worker lies in the same memory, whose pages are
//! warm by then. Answers go the other way in memory that the worker has made.

#![allow(unsafe_code, reason = "two processes share this memory")]

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::atomic::{AtomicU64, Ordering};

use super::memory::Memory;
use crate::sys::MemoryError;
use crate::sys::mapping::Access;

/// Memory with a name that no other has, in this program.
#[derive(Debug)]
pub(crate) struct Region {
    id: u64,
    memory: Memory,
}

impl Region {
    /// Makes one with room for `length` bytes.
    pub(crate) fn create(length: usize) -> io::Result<Region> {
        // 0 stands for a slot.
        static NEXT: AtomicU64 = AtomicU64::new(1);
        Ok(Region {
            id: NEXT.fetch_add(1, Ordering::Relaxed),
            memory: Memory::create("offloop-calls", length)?,
        })
    }

    /// Maps one that the pool has made.
    pub(crate) fn open(id: u64, descriptor: OwnedFd) -> Result<Region, MemoryError> {
        let memory = Memory::open(descriptor, Access::Read)?;
        Ok(Region { id, memory })
    }

    pub(crate) fn id(&self) -> u64 {
        self.id
    }

    pub(crate) fn memory(&mut self) -> &mut Memory {
        &mut self.memory
    }

    /// Takes it apart, for [`with`](Region::with) to put it together again.
    pub(crate) fn into_parts(self) -> (u64, Memory) {
        (self.id, self.memory)
    }

    pub(crate) fn with(id: u64, memory: Memory) -> Region {
        Region { id, memory }
    }

    /// The call in the first `length` bytes, in the pool.
    pub(crate) fn written(&self, length: usize) -> Result<&[u8], MemoryError> {
        // SAFETY: this is the pool, which writes there only while it has the region to itself, and
        // the worker that may map it has done so for reading only.
        unsafe { self.memory.slice(0, length) }
    }

    /// The first `length` bytes: a call that the worker runs.
    pub(crate) fn call(&mut self, length: usize) -> Result<&[u8], MemoryError> {
        self.memory.catch_up(length)?;
        // SAFETY: the pool writes no other call there before this one is over, and this process has
        // mapped it for reading only.
        unsafe { self.memory.slice(0, length) }
    }
}

impl AsFd for Region {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.memory.descriptor()
    }
}
