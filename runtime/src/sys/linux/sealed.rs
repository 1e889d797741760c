//! Memory that no process can change any more, so that all may read it where it lies.
//!
//! The seals of its file say so, and the kernel holds them: no writing, no growing, no shrinking,
//! and no taking them off. Whoever has received such a file need not trust who has made it.

#![allow(unsafe_code, reason = "sealed memory is read where it is mapped")]

use std::io;
use std::os::fd::OwnedFd;
use std::sync::Arc;

use rustix::fs::SealFlags;

use super::mapping::{Access, Mapping};
use super::memfd;
use crate::sys::MemoryError;

/// Seen in `/proc/PID/maps`.
const NAME: &str = "offloop-shared";

/// Without these, another process could still change what this process reads, or its length.
const SEALS: SealFlags = SealFlags::WRITE
    .union(SealFlags::GROW)
    .union(SealFlags::SHRINK);

/// Immutable bytes, at least one. They begin at a page, so they are aligned for every type.
#[derive(Debug)]
pub(crate) struct SealedMemory {
    /// Of a file with the seals above, all of it, for reading.
    mapping: Mapping,
    /// To be sent to another process, which may be done after the mapping has gone.
    file: Arc<OwnedFd>,
}

impl SealedMemory {
    /// A copy of `bytes`, of which there must be one at least.
    pub(crate) fn copy_from(bytes: &[u8]) -> io::Result<SealedMemory> {
        let file = memfd::create(NAME, bytes.len())?;
        // The kernel fills new pages faster than they can be touched one by one.
        memfd::write_all(&file, 0, bytes)?;
        SealedMemory::seal(file)
    }

    /// Bytes that are written where they stay. They are zero before; there must be one at least.
    pub(crate) fn fill<E: From<io::Error>>(
        length: usize,
        fill: impl FnOnce(&mut [u8]) -> Result<(), E>,
    ) -> Result<SealedMemory, E> {
        let file = memfd::create(NAME, length)?;
        let draft = Mapping::new(&file, length, Access::ReadWrite)?;
        // In a child it would stand against sealing as long as the child has it.
        draft.keep_from_children()?;
        draft.populate()?;
        // SAFETY: it is mapped for writing, with this length, as long as the reference lives.
        // Neither the file nor the mapping is known to anybody else, and its bytes have values:
        // zero.
        let bytes = unsafe { std::slice::from_raw_parts_mut(draft.start().as_ptr(), length) };
        fill(bytes)?;
        // The kernel refuses to seal what is still mapped for writing.
        drop(draft);
        Ok(SealedMemory::seal(file)?)
    }

    fn seal(file: OwnedFd) -> io::Result<SealedMemory> {
        rustix::fs::fcntl_add_seals(&file, SEALS | SealFlags::SEAL)?;
        let length = usize::try_from(memfd::length(&file)?).map_err(io::Error::other)?;
        Ok(SealedMemory {
            mapping: Mapping::sealed(&file, length)?,
            file: Arc::new(file),
        })
    }

    /// Maps what another process has made.
    ///
    /// # Errors
    /// It could still be changed, or is no such file, or cannot be mapped.
    pub(crate) fn open(file: Arc<OwnedFd>) -> Result<SealedMemory, MemoryError> {
        let length = memfd::sealed_length(&file, SEALS)?;
        let mapping = Mapping::sealed(&file, length).map_err(MemoryError::Unmappable)?;
        Ok(SealedMemory { mapping, file })
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        let start = self.mapping.start().as_ptr();
        // SAFETY: so much is mapped as long as `self` lives. The file is sealed: no process writes
        // to it and its length stays, so this holds whatever other processes do.
        unsafe { std::slice::from_raw_parts(start, self.mapping.len()) }
    }

    /// The file, for another process to [`open`](SealedMemory::open).
    pub(crate) fn file(&self) -> &Arc<OwnedFd> {
        &self.file
    }
}
