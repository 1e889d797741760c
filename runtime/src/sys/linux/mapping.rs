//! [`Mapping`]: an anonymous file that is mapped. All `unsafe` of mapping such files is here.

#![allow(unsafe_code, reason = "files are mapped")]

use std::io;
use std::os::fd::AsFd;
use std::ptr::NonNull;

use rustix::mm::{Advice, MapFlags, MremapFlags, ProtFlags};

use crate::sys::{MemoryError, huge_pages};

/// What this process may do with the mapped memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    Read,
    ReadWrite,
}

/// The first bytes of a file, mapped into this process. Dropping it unmaps them.
#[derive(Debug)]
pub(crate) struct Mapping {
    start: NonNull<u8>,
    length: usize,
}

// SAFETY: a mapping belongs to the process, not to a thread.
unsafe impl Send for Mapping {}
// SAFETY: `&self` only returns the address. Code that reads or writes there says why it may.
unsafe impl Sync for Mapping {}

impl Mapping {
    /// Maps the first `length` bytes of the file. The file must keep them for as long as this
    /// exists: it must be sealed against shrinking, or no other process must have it.
    pub(crate) fn new(file: impl AsFd, length: usize, access: Access) -> io::Result<Mapping> {
        let protection = match access {
            Access::Read => ProtFlags::READ,
            Access::ReadWrite => ProtFlags::READ | ProtFlags::WRITE,
        };
        Mapping::map(file, length, protection, MapFlags::SHARED)
    }

    /// Maps a file that is sealed against writing, for reading.
    pub(crate) fn sealed(file: impl AsFd, length: usize) -> io::Result<Mapping> {
        // Kernels before 6.7 refuse a shared mapping of such a file, even for reading. A private
        // mapping has the same pages, because no process writes to them.
        Mapping::map(file, length, ProtFlags::READ, MapFlags::PRIVATE)
    }

    fn map(
        file: impl AsFd,
        length: usize,
        protection: ProtFlags,
        flags: MapFlags,
    ) -> io::Result<Mapping> {
        // SAFETY: a new mapping at an address of the kernel's choice touches no memory of ours.
        let start =
            unsafe { rustix::mm::mmap(std::ptr::null_mut(), length, protection, flags, file, 0)? };
        let start = NonNull::new(start.cast()).ok_or(io::ErrorKind::OutOfMemory)?;
        let mapping = Mapping { start, length };
        mapping.want_large_pages();
        Ok(mapping)
    }

    pub(crate) fn len(&self) -> usize {
        self.length
    }

    /// Returns the address of the first byte. It is valid until this is remapped or dropped.
    pub(crate) fn start(&self) -> NonNull<u8> {
        self.start
    }

    /// Maps the first `length` bytes of the file instead. The file must have that many. The address
    /// may change.
    pub(crate) fn remap(&mut self, length: usize) -> io::Result<()> {
        // SAFETY: the range is our mapping, all of it, and no reference into it lives, because this
        // takes `&mut self`. On failure it stays as it is.
        let start = unsafe {
            rustix::mm::mremap(
                self.start.as_ptr().cast(),
                self.length,
                length,
                MremapFlags::MAYMOVE,
            )?
        };
        self.start = NonNull::new(start.cast()).ok_or(io::ErrorKind::OutOfMemory)?;
        self.length = length;
        self.want_large_pages();
        Ok(())
    }

    /// Returns the address of the byte at `at`, if `length` bytes from there on are mapped.
    ///
    /// # Errors
    /// Not all of the range is mapped.
    pub(crate) fn place(&self, at: usize, length: usize) -> Result<NonNull<u8>, MemoryError> {
        match at.checked_add(length) {
            // SAFETY: `at` is at most the length of the mapping.
            Some(end) if end <= self.length => Ok(unsafe { self.start.add(at) }),
            _ => Err(MemoryError::OutOfRange {
                at,
                length,
                mapped: self.length,
            }),
        }
    }

    /// Gets all pages from the kernel now. This is faster than one page fault for each. And a lack
    /// of memory is an error here; later it would kill the process that touches the page.
    pub(crate) fn populate(&self) -> io::Result<()> {
        match self.advise(Advice::LinuxPopulateWrite) {
            // A kernel older than 5.14: the pages come one by one.
            Err(rustix::io::Errno::INVAL) => Ok(()),
            done => Ok(done?),
        }
    }

    /// Keeps the mapping out of children that are forked from this process. (A program that `exec`
    /// starts never has it.)
    pub(crate) fn keep_from_children(&self) -> io::Result<()> {
        Ok(self.advise(Advice::LinuxDontFork)?)
    }

    /// Asks for huge pages. This has an effect where the administrator allows huge pages in shared
    /// memory.
    fn want_large_pages(&self) {
        if self.length >= huge_pages::SIZE {
            let _ = self.advise(Advice::LinuxHugepage);
        }
    }

    fn advise(&self, advice: Advice) -> rustix::io::Result<()> {
        // SAFETY: the range is our mapping, and none of the advice given here changes its contents.
        unsafe { rustix::mm::madvise(self.start.as_ptr().cast(), self.length, advice) }
    }
}

impl Drop for Mapping {
    fn drop(&mut self) {
        // SAFETY: it was mapped with this length, and no reference into it outlives `self`.
        let unmapped = unsafe { rustix::mm::munmap(self.start.as_ptr().cast(), self.length) };
        debug_assert!(unmapped.is_ok(), "{unmapped:?}");
    }
}
