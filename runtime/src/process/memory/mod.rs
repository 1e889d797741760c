//! Memory that two processes map: an anonymous file of the kernel's, which has no name on any disk
//! and is gone with its last holder, however that one ended.
//!
//! All `unsafe` of mapping such files is here. What lies in the memory is the business of whoever
//! asks for it.
//!
//! # What the other process can do
//!
//! It may be broken, and write at any time. So bytes are copied in and out, and only
//! [`slice`](Memory::slice) gives a reference, to those who know that nobody writes. It cannot make
//! the file shorter, which would kill whoever reads behind the end: that is sealed, and a file
//! without this seal is not mapped. It can make the file longer, which harms nobody, because each
//! side uses what it has mapped.

#[cfg(test)]
mod tests;

use std::any::Any;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::ptr::NonNull;

use rustix::fs::{FallocateFlags, MemfdFlags, SealFlags};
use rustix::mm::{Advice, MapFlags, MremapFlags, ProtFlags};

use crate::fresh::HUGE;
use crate::wire::Room;

/// What a process may do with memory that another has made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    Read,
    ReadWrite,
}

/// A mapped anonymous file. Dropping it unmaps it and closes its descriptor.
#[derive(Debug)]
pub(crate) struct Memory {
    file: OwnedFd,
    start: NonNull<u8>,
    /// How many bytes of the file are mapped. The file may have grown since.
    length: usize,
    access: Access,
    /// Up to here, pages were written to. Behind, each touch of a page would be a fault.
    warm: usize,
}

// SAFETY: a mapping belongs to the process, not to a thread.
unsafe impl Send for Memory {}
// SAFETY: through `&self` the bytes are only read; whatever changes them or the mapping from within
// this process takes `&mut self`.
unsafe impl Sync for Memory {}

impl Memory {
    /// Makes memory of at least `length` bytes, all zero. `name` is seen in `/proc/PID/maps` only.
    pub(crate) fn create(name: &str, length: usize) -> io::Result<Memory> {
        let length = whole_pages(length.max(1))?;
        let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
        let file = rustix::fs::memfd_create(name, flags)?;
        rustix::fs::ftruncate(&file, length as u64)?;
        rustix::fs::fcntl_add_seals(&file, SealFlags::SHRINK)?;
        Memory::map(file, length, Access::ReadWrite)
    }

    /// Maps what another process has made, all of it.
    ///
    /// # Errors
    /// The descriptor is not one of such a file, or cannot be mapped; in words.
    pub(crate) fn open(file: OwnedFd, access: Access) -> Result<Memory, String> {
        let length = sealed_length(&file, SealFlags::SHRINK)?;
        Memory::map(file, length, access).map_err(|error| unmappable(&error))
    }

    fn map(file: OwnedFd, length: usize, access: Access) -> io::Result<Memory> {
        let protection = match access {
            Access::Read => ProtFlags::READ,
            Access::ReadWrite => ProtFlags::READ | ProtFlags::WRITE,
        };
        // SAFETY: a new mapping at an address of the kernel's choice touches no memory of ours.
        let start = unsafe {
            rustix::mm::mmap(
                std::ptr::null_mut(),
                length,
                protection,
                MapFlags::SHARED,
                &file,
                0,
            )?
        };
        let start = NonNull::new(start.cast()).ok_or(io::ErrorKind::OutOfMemory)?;
        let memory = Memory {
            file,
            start,
            length,
            access,
            warm: 0,
        };
        memory.advise();
        Ok(memory)
    }

    /// How many bytes are mapped.
    pub(crate) fn len(&self) -> usize {
        self.length
    }

    /// The file, for another process to [`open`](Memory::open).
    pub(crate) fn descriptor(&self) -> BorrowedFd<'_> {
        self.file.as_fd()
    }

    /// Makes room for at least `length` bytes. What was there stays, in pages that stay warm.
    ///
    /// It grows to twice its size at least, so that growing bit by bit costs little in sum.
    pub(crate) fn grow(&mut self, length: usize) -> io::Result<()> {
        if length <= self.length {
            return Ok(());
        }
        let asked = whole_pages(length)?;
        let wanted = asked.max(self.length.saturating_mul(2));
        match self.grow_to(wanted) {
            // Less may still be had.
            Err(_) if asked < wanted => self.grow_to(asked),
            grown => grown,
        }
    }

    fn grow_to(&mut self, length: usize) -> io::Result<()> {
        // The other side may have grown it further already, even just now, and it never gets shorter.
        let lacks = || Ok::<_, io::Error>(file_length(&self.file)? < length as u64);
        if lacks()? {
            let grown = rustix::fs::ftruncate(&self.file, length as u64);
            if lacks()? {
                grown?;
            }
        }
        self.remap(length)
    }

    /// Maps what the other side has grown by, so that at least `length` bytes are mapped.
    ///
    /// # Errors
    /// The file is not that long, or it cannot be mapped; in words.
    pub(crate) fn catch_up(&mut self, length: usize) -> Result<(), String> {
        if length <= self.length {
            return Ok(());
        }
        let there = sealed_length(&self.file, SealFlags::SHRINK)?;
        if there < length {
            return Err(format!(
                "its shared memory is said to have {length} bytes and has {there}"
            ));
        }
        self.remap(there).map_err(|error| unmappable(&error))
    }

    /// Maps the file up to `length`, which it has.
    fn remap(&mut self, length: usize) -> io::Result<()> {
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
        self.advise();
        Ok(())
    }

    /// Writes `bytes` from `at` on.
    ///
    /// What lies behind all that was written before goes through the kernel, which fills new pages
    /// faster than they can be touched one by one (64 MiB: 2.1 GiB/s against 1.2), and says so when
    /// there are none, where a touch would kill this process. The rest is copied (8 GiB/s).
    ///
    /// # Errors
    /// They do not fit, or the memory is for reading only, or the system has no more of it.
    pub(crate) fn copy_in(&mut self, at: usize, bytes: &[u8]) -> io::Result<()> {
        if self.access == Access::Read {
            return Err(io::ErrorKind::PermissionDenied.into());
        }
        let to = self.place(at, bytes.len()).map_err(io::Error::other)?;
        let end = at + bytes.len();
        if end > self.warm && !bytes.is_empty() {
            self.write_through(at, bytes)?;
            self.warm = end;
            return Ok(());
        }
        // SAFETY: `place` has checked that the target is mapped as long as `self` lives, and it is
        // mapped for writing. `bytes` lies elsewhere, because no `&mut` to the mapping's owner and
        // reference into it live together. The other process may read meanwhile: it gets what it gets.
        unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), to.as_ptr(), bytes.len()) };
        Ok(())
    }

    fn write_through(&self, mut at: usize, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            match rustix::io::pwrite(&self.file, bytes, at as u64) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(written) => {
                    at += written;
                    bytes = &bytes[written..];
                }
                Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// Fills `into` with the bytes from `at` on.
    ///
    /// # Errors
    /// So many are not mapped; in words.
    pub(crate) fn copy_to(&self, at: usize, into: &mut [u8]) -> Result<(), String> {
        let from = self.place(at, into.len())?;
        // SAFETY: `place` has checked that the source is mapped as long as `self` lives. `into` is a
        // unique reference, so it lies elsewhere. The other process may write meanwhile; what has
        // been copied no longer changes.
        unsafe { std::ptr::copy_nonoverlapping(from.as_ptr(), into.as_mut_ptr(), into.len()) };
        Ok(())
    }

    /// Appends `length` bytes from `at` on to `into`. For much, see [`fresh_vec`](crate::fresh::fresh_vec).
    ///
    /// # Errors
    /// So many are not mapped, or there is no memory for them; in words.
    pub(crate) fn copy_out(
        &self,
        at: usize,
        length: usize,
        into: &mut Vec<u8>,
    ) -> Result<(), String> {
        let from = self.place(at, length)?;
        into.try_reserve(length)
            .map_err(|error| format!("there is no memory for {length} bytes: {error}"))?;
        let to = into.spare_capacity_mut().as_mut_ptr().cast();
        // SAFETY: `place` has checked that the source is mapped as long as `self` lives, and so much
        // has been reserved. The other process may write meanwhile; what has been copied no longer
        // changes.
        unsafe { std::ptr::copy_nonoverlapping(from.as_ptr(), to, length) };
        // SAFETY: so many bytes have just been written behind the old length.
        unsafe { into.set_len(into.len() + length) };
        Ok(())
    }

    /// The `length` bytes from `at` on, where they lie.
    ///
    /// # Errors
    /// So many are not mapped; in words.
    ///
    /// # Safety
    /// As long as the reference lives, no process may write these bytes.
    pub(crate) unsafe fn slice(&self, at: usize, length: usize) -> Result<&[u8], String> {
        let from = self.place(at, length)?;
        // SAFETY: `place` has checked that they are mapped as long as `self` lives; all bytes of a
        // mapping have a value; nobody writes them, says the caller.
        Ok(unsafe { std::slice::from_raw_parts(from.as_ptr(), length) })
    }

    /// Where the range begins, if all of it is mapped.
    fn place(&self, at: usize, length: usize) -> Result<NonNull<u8>, String> {
        match at.checked_add(length) {
            // SAFETY: `at` is at most the length of the mapping.
            Some(end) if end <= self.length => Ok(unsafe { self.start.add(at) }),
            _ => Err(format!(
                "{length} bytes at {at} are not in shared memory of {}",
                self.length
            )),
        }
    }

    /// Gives the pages behind the first `keep` bytes back to the system. They read as zero, and cost
    /// as much as new ones when they are used again.
    pub(crate) fn release(&mut self, keep: usize) -> io::Result<()> {
        let keep = whole_pages(keep)?;
        if keep >= self.length {
            return Ok(());
        }
        let flags = FallocateFlags::PUNCH_HOLE | FallocateFlags::KEEP_SIZE;
        let length = self.length - keep;
        self.warm = self.warm.min(keep);
        rustix::fs::fallocate(&self.file, flags, keep as u64, length as u64)?;
        Ok(())
    }

    /// Asks for pages that come cheaply. It helps or does nothing.
    fn advise(&self) {
        if self.length >= HUGE {
            // SAFETY: the range is our mapping; the advice changes no contents.
            let _ = unsafe {
                rustix::mm::madvise(
                    self.start.as_ptr().cast(),
                    self.length,
                    Advice::LinuxHugepage,
                )
            };
        }
    }
}

/// So that values are encoded into it.
impl Room for Memory {
    fn grow(&mut self, length: usize) -> io::Result<()> {
        Memory::grow(self, length)
    }

    fn write(&mut self, at: usize, bytes: &[u8]) -> io::Result<()> {
        self.copy_in(at, bytes)
    }

    fn read(&self, at: usize, into: &mut [u8]) -> io::Result<()> {
        self.copy_to(at, into).map_err(io::Error::other)
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        // SAFETY: it was mapped with this length, and no reference into it outlives `self`.
        let unmapped = unsafe { rustix::mm::munmap(self.start.as_ptr().cast(), self.length) };
        debug_assert!(unmapped.is_ok(), "{unmapped:?}");
    }
}

/// The length in whole pages, in bytes.
fn whole_pages(length: usize) -> io::Result<usize> {
    length
        .checked_next_multiple_of(rustix::param::page_size())
        // The kernel counts the bytes of a file with a sign.
        .filter(|&length| isize::try_from(length).is_ok())
        .ok_or_else(|| io::ErrorKind::OutOfMemory.into())
}

/// How long the file is, if it is an anonymous one with these seals.
fn sealed_length(file: &OwnedFd, wanted: SealFlags) -> Result<usize, String> {
    let seals = rustix::fs::fcntl_get_seals(file)
        .map_err(|error| format!("what was sent as shared memory is none: {error}"))?;
    if !seals.contains(wanted) {
        return Err("what was sent as shared memory could still be changed in length".to_owned());
    }
    let length = file_length(file).map_err(|error| unmappable(&error))?;
    match usize::try_from(length) {
        Ok(0) => Err("what was sent as shared memory is empty".to_owned()),
        Ok(length) => Ok(length),
        Err(_) => Err(format!(
            "no process can map shared memory of {length} bytes"
        )),
    }
}

fn file_length(file: &OwnedFd) -> io::Result<u64> {
    let length = rustix::fs::fstat(file)?.st_size;
    u64::try_from(length).map_err(|_| io::ErrorKind::InvalidData.into())
}

fn unmappable(error: &io::Error) -> String {
    format!("its shared memory cannot be mapped: {error}")
}
