//! A file that is mapped. All `unsafe` of mapping anonymous files is here.

#![allow(unsafe_code, reason = "files are mapped")]

use std::io;
use std::os::fd::AsFd;
use std::ptr::NonNull;

use rustix::mm::{Advice, MapFlags, MremapFlags, ProtFlags};

use crate::sys::{MemoryError, huge_pages};

/// What a process may do with memory that another has made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    Read,
    ReadWrite,
}

/// The beginning of a file, mapped and shared with all processes that map it. Dropping it unmaps
/// it.
#[derive(Debug)]
pub(crate) struct Mapping {
    start: NonNull<u8>,
    length: usize,
}

// SAFETY: a mapping belongs to the process, not to a thread.
unsafe impl Send for Mapping {}
// SAFETY: `&self` gives its place and no more; who reads or writes there says why that may be.
unsafe impl Sync for Mapping {}

impl Mapping {
    /// Maps the first `length` bytes of the file. It must have them, for good: it must be sealed
    /// against becoming shorter, or be known to nobody else.
    pub(crate) fn new(file: impl AsFd, length: usize, access: Access) -> io::Result<Mapping> {
        let protection = match access {
            Access::Read => ProtFlags::READ,
            Access::ReadWrite => ProtFlags::READ | ProtFlags::WRITE,
        };
        Mapping::map(file, length, protection, MapFlags::SHARED)
    }

    /// Maps a file that is sealed against writing, for reading.
    pub(crate) fn sealed(file: impl AsFd, length: usize) -> io::Result<Mapping> {
        // Kernels before 6.7 map such a file not even for reading if it is to be seen what others
        // write. As nobody does, a private mapping is the same: of the file's own pages.
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

    /// Where it is mapped, until it is mapped anew or dropped.
    pub(crate) fn start(&self) -> NonNull<u8> {
        self.start
    }

    /// Maps the file up to `length`, which it must have.
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

    /// Where the range begins, if all of it is mapped.
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

    /// All pages that it needs, now: it is faster than one by one, and a lack of them is an error
    /// here, where touching a page that cannot be had would kill the process.
    pub(crate) fn populate(&self) -> io::Result<()> {
        match self.advise(Advice::LinuxPopulateWrite) {
            // A kernel older than 5.14: the pages come one by one.
            Err(rustix::io::Errno::INVAL) => Ok(()),
            done => Ok(done?),
        }
    }

    /// Children of this process do not get it. (What `exec` starts never does.)
    pub(crate) fn keep_from_children(&self) -> io::Result<()> {
        Ok(self.advise(Advice::LinuxDontFork)?)
    }

    /// It helps where the administrator allows large pages in shared memory, or does nothing.
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
