//! What pages cost: the first touch of a page is a fault, and faults are what large data waits for.

use std::collections::TryReserveError;
use std::io;

use rustix::mm::Advice;

/// What one large page holds, in bytes. It is 2 MiB on the machines that matter; where it is not,
/// advice is given a little too early or too late.
pub(super) const HUGE: usize = 2 << 20;

/// The length in whole pages, in bytes.
pub(super) fn whole_pages(length: usize) -> io::Result<usize> {
    length
        .checked_next_multiple_of(rustix::param::page_size())
        // The kernel counts the bytes of a file with a sign.
        .filter(|&length| isize::try_from(length).is_ok())
        .ok_or_else(|| io::ErrorKind::OutOfMemory.into())
}

/// An empty `Vec` with room for `length` bytes, which is about to be filled in one go.
///
/// A large one comes with the advice to use large pages: one fault instead of 512.
pub(crate) fn fresh_vec(length: usize) -> Result<Vec<u8>, TryReserveError> {
    let mut bytes: Vec<u8> = Vec::new();
    bytes.try_reserve_exact(length)?;
    let room = bytes.spare_capacity_mut();
    // The kernel takes whole pages. What lies on the first and the last may be another's, and stays
    // without advice.
    let page = rustix::param::page_size();
    let skipped = room.as_ptr().align_offset(page).min(room.len());
    let whole = (room.len() - skipped) / page * page;
    if whole >= HUGE {
        let start = room[skipped..].as_mut_ptr();
        // SAFETY: the range is within what has just been reserved. The advice changes no contents.
        // It stays with the addresses when the `Vec` is dropped, and is harmless for what comes next.
        let _ = unsafe { rustix::mm::madvise(start.cast(), whole, Advice::LinuxHugepage) };
    }
    Ok(bytes)
}
