//! [`SealedMemory`]: memory that no process can change any more, so that all processes may read it
//! in place.
//!
//! The kernel enforces the seals of its file: the file cannot be written, grow or shrink, and the
//! seals cannot be removed. So a process that receives such a file need not trust the one that made
//! it.

#![allow(unsafe_code, reason = "sealed memory is read where it is mapped")]

use std::io;
use std::os::fd::OwnedFd;
use std::sync::Arc;

use rustix::fs::SealFlags;

use super::mapping::{Access, Mapping};
use super::memfd;
use crate::sys::MemoryError;

/// The name of the files, as `/proc/PID/maps` shows it.
const NAME: &str = "offloop-shared";

/// The seals that a file must have. Without them another process could change its bytes or its
/// length.
const SEALS: SealFlags = SealFlags::WRITE
    .union(SealFlags::GROW)
    .union(SealFlags::SHRINK);

/// Immutable bytes, at least one. They begin at a page, so they are aligned for every type.
#[derive(Debug)]
pub(crate) struct SealedMemory {
    /// All of the file, for reading. The file has all `SEALS`.
    mapping: Mapping,
    /// The file, to send it to another process. This may be done after the mapping was dropped.
    file: Arc<OwnedFd>,
}

impl SealedMemory {
    /// Returns a copy of `bytes`. There must be at least one byte.
    pub(crate) fn copy_from(bytes: &[u8]) -> io::Result<SealedMemory> {
        let file = memfd::create(NAME, bytes.len())?;
        // The kernel fills new pages faster than they can be touched one by one.
        memfd::write_all(&file, 0, bytes)?;
        SealedMemory::seal(file)
    }

    /// Returns `length` bytes that `fill` has written in place. They are 0 when `fill` gets them.
    /// `length` must be at least 1.
    pub(crate) fn fill<E: From<io::Error>>(
        length: usize,
        fill: impl FnOnce(&mut [u8]) -> Result<(), E>,
    ) -> Result<SealedMemory, E> {
        let file = memfd::create(NAME, length)?;
        let draft = Mapping::new(&file, length, Access::ReadWrite)?;
        // The kernel refuses to seal a file that a forked child still maps for writing.
        draft.keep_from_children()?;
        draft.populate()?;
        // SAFETY: it is mapped for writing, with this length, as long as the reference lives.
        // Only this function knows the file and the mapping, and its bytes have values: zero.
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

    /// Maps a file that another process has made.
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
