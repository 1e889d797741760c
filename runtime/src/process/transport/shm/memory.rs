//! Memory that two processes map: an anonymous file of the kernel's, which has no name on any disk
//! and is gone with its last holder, however that one ended.
//!
//! [`Memory`] is for messages: it grows, and both sides may write. [`SealedMemory`] is for data
//! that is never copied: nobody can write any more. How files are mapped is in `mapping.rs`.
//!
//! # What the other process can do
//!
//! It may be broken, and write at any time. So bytes are copied in and out, and only
//! [`slice`](Memory::slice) gives a reference, to those who know that nobody writes. It cannot make
//! the file shorter, which would kill a process that reads behind the end: that is sealed, and a
//! file without this seal is not mapped. It can make the file longer, which harms nobody, because
//! each side uses what it has mapped.

#![allow(unsafe_code, reason = "two processes share this memory")]

#[cfg(test)]
mod tests;

use std::any::Any;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::ptr::NonNull;

use rustix::fs::SealFlags;

use crate::sys::mapping::{Access, Mapping};
use crate::sys::{MemoryError, memfd};
use crate::wire::Spill;

/// A mapped anonymous file. Dropping it unmaps it and closes its descriptor.
#[derive(Debug)]
pub(crate) struct Memory {
    /// The file may have grown since.
    mapping: Mapping,
    file: OwnedFd,
    access: Access,
    /// Up to here, pages were written to. Behind, each touch of a page would be a fault.
    warm: usize,
}

impl Memory {
    /// Makes memory of at least `length` bytes, all zero. `name` is seen in `/proc/PID/maps` only.
    pub(crate) fn create(name: &str, length: usize) -> io::Result<Memory> {
        let length = memfd::whole_pages(length.max(1))?;
        let file = memfd::create(name, length)?;
        rustix::fs::fcntl_add_seals(&file, SealFlags::SHRINK)?;
        Memory::map(file, length, Access::ReadWrite)
    }

    /// Maps what another process has made, all of it.
    ///
    /// # Errors
    /// The descriptor is not one of such a file, or cannot be mapped.
    pub(crate) fn open(file: OwnedFd, access: Access) -> Result<Memory, MemoryError> {
        let length = memfd::sealed_length(&file, SealFlags::SHRINK)?;
        Memory::map(file, length, access).map_err(MemoryError::Unmappable)
    }

    fn map(file: OwnedFd, length: usize, access: Access) -> io::Result<Memory> {
        Ok(Memory {
            mapping: Mapping::new(&file, length, access)?,
            file,
            access,
            warm: 0,
        })
    }

    /// How many bytes are mapped.
    pub(crate) fn len(&self) -> usize {
        self.mapping.len()
    }

    /// Where it is mapped, until it grows.
    pub(crate) fn address(&self) -> NonNull<u8> {
        self.mapping.start()
    }

    /// The file, for another process to [`open`](Memory::open).
    pub(crate) fn descriptor(&self) -> BorrowedFd<'_> {
        self.file.as_fd()
    }

    /// Makes room for at least `length` bytes. What was there stays, in pages that stay warm.
    ///
    /// It grows to twice its size at least, so that growing bit by bit costs little in sum.
    pub(crate) fn grow(&mut self, length: usize) -> io::Result<()> {
        if length <= self.len() {
            return Ok(());
        }
        let asked = memfd::whole_pages(length)?;
        let wanted = asked.max(self.len().saturating_mul(2));
        match self.grow_to(wanted) {
            // Less may still be had.
            Err(_) if asked < wanted => self.grow_to(asked),
            grown => grown,
        }
    }

    fn grow_to(&mut self, length: usize) -> io::Result<()> {
        // The other side may have grown it further already, even just now, and it never gets
        // shorter.
        let lacks = || Ok::<_, io::Error>(memfd::length(&self.file)? < length as u64);
        if lacks()? {
            let grown = rustix::fs::ftruncate(&self.file, length as u64);
            if lacks()? {
                grown?;
            }
        }
        self.mapping.remap(length)
    }

    /// Maps what the other side has grown by, so that at least `length` bytes are mapped.
    ///
    /// # Errors
    /// The file is not that long, or it cannot be mapped.
    pub(crate) fn catch_up(&mut self, length: usize) -> Result<(), MemoryError> {
        if length <= self.len() {
            return Ok(());
        }
        let there = memfd::sealed_length(&self.file, SealFlags::SHRINK)?;
        if there < length {
            return Err(MemoryError::Shorter {
                said: length,
                found: there,
            });
        }
        self.mapping.remap(there).map_err(MemoryError::Unmappable)
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
        let to = self
            .mapping
            .place(at, bytes.len())
            .map_err(io::Error::other)?;
        let end = at + bytes.len();
        if end > self.warm && !bytes.is_empty() {
            memfd::write_all(&self.file, at, bytes)?;
            self.warm = end;
            return Ok(());
        }
        // SAFETY: `place` has checked that the target is mapped as long as `self` lives, and it is
        // mapped for writing. `bytes` lies elsewhere, because no `&mut` to the mapping's owner and
        // reference into it live together. The other process may read meanwhile: it gets what it
        // gets.
        unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), to.as_ptr(), bytes.len()) };
        Ok(())
    }

    /// Fills `into` with the bytes from `at` on.
    ///
    /// # Errors
    /// So many are not mapped.
    pub(crate) fn copy_to(&self, at: usize, into: &mut [u8]) -> Result<(), MemoryError> {
        let from = self.mapping.place(at, into.len())?;
        // SAFETY: `place` has checked that the source is mapped as long as `self` lives. `into` is
        // a unique reference, so it lies elsewhere. The other process may write meanwhile; what has
        // been copied no longer changes.
        unsafe { std::ptr::copy_nonoverlapping(from.as_ptr(), into.as_mut_ptr(), into.len()) };
        Ok(())
    }

    /// Appends `length` bytes from `at` on to `into`. For much, see
    /// [`new_vec`](crate::sys::huge_pages::new_vec).
    ///
    /// # Errors
    /// So many are not mapped, or there is no memory for them.
    pub(crate) fn copy_out(
        &self,
        at: usize,
        length: usize,
        into: &mut Vec<u8>,
    ) -> Result<(), MemoryError> {
        let from = self.mapping.place(at, length)?;
        into.try_reserve(length)
            .map_err(|error| MemoryError::NoCopy(length, error))?;
        let to = into.spare_capacity_mut().as_mut_ptr().cast();
        // SAFETY: `place` has checked that the source is mapped as long as `self` lives, and so
        // much has been reserved. The other process may write meanwhile; what has been copied no
        // longer changes.
        unsafe { std::ptr::copy_nonoverlapping(from.as_ptr(), to, length) };
        // SAFETY: so many bytes have just been written behind the old length.
        unsafe { into.set_len(into.len() + length) };
        Ok(())
    }

    /// The `length` bytes from `at` on, where they lie.
    ///
    /// # Errors
    /// So many are not mapped.
    ///
    /// # Safety
    /// As long as the reference lives, no process may write these bytes.
    pub(crate) unsafe fn slice(&self, at: usize, length: usize) -> Result<&[u8], MemoryError> {
        let from = self.mapping.place(at, length)?;
        // SAFETY: `place` has checked that they are mapped as long as `self` lives; all bytes of a
        // mapping have a value; nobody writes them, says the caller.
        Ok(unsafe { std::slice::from_raw_parts(from.as_ptr(), length) })
    }

    /// The first `length` bytes, for those who copy each byte once and look at the copy only.
    ///
    /// # Errors
    /// So many are not mapped.
    pub(crate) fn bytes_to_copy(&self, length: usize) -> Result<&[u8], MemoryError> {
        // SAFETY: the other process does not write as long as this side has the memory. One that
        // has lost its mind may do so all the same; then other bytes are copied, which is all that
        // can come of it.
        unsafe { self.slice(0, length) }
    }
}

/// So that values are encoded into it.
impl Spill for Memory {
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
