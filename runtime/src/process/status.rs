//! The page of memory that a worker and its pool both map: what the worker is at, readable also
//! after the worker has died. The `unsafe` of mapping it is all here.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use rustix::fs::{MemfdFlags, SealFlags};
use rustix::io;
use rustix::mm::{MapFlags, ProtFlags, mmap, munmap};

use crate::error::Phase;

/// The whole file is one page, the smallest that can be mapped.
const LENGTH: usize = 4096;

#[repr(C)]
struct Fields {
    /// The call that the worker has taken up last.
    call: AtomicU64,
    /// What it does for that call, as a number of [`Phase`].
    phase: AtomicU32,
}

/// The mapping. The worker writes, the pool reads.
#[derive(Debug)]
pub(crate) struct StatusPage {
    memory: NonNull<Fields>,
}

// SAFETY: the memory stays mapped as long as the value lives and holds only atomics.
unsafe impl Send for StatusPage {}
// SAFETY: as above.
unsafe impl Sync for StatusPage {}

impl StatusPage {
    /// Makes a page, in the worker. The descriptor goes to the pool.
    pub(crate) fn create() -> io::Result<(StatusPage, OwnedFd)> {
        let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
        let file = rustix::fs::memfd_create("offloop-status", flags)?;
        rustix::fs::ftruncate(&file, LENGTH as u64)?;
        rustix::fs::fcntl_add_seals(&file, SealFlags::SHRINK | SealFlags::GROW | SealFlags::SEAL)?;
        Ok((StatusPage::map(file.as_fd())?, file))
    }

    /// Maps the page that a worker has sent. A file that could still be made shorter is refused,
    /// because reading behind its end would kill this process.
    pub(crate) fn open(file: &OwnedFd) -> Result<StatusPage, String> {
        let describe = |error: io::Errno| format!("its status page cannot be mapped: {error}");
        let length = rustix::fs::fstat(file).map_err(describe)?.st_size;
        let seals = rustix::fs::fcntl_get_seals(file).map_err(describe)?;
        if usize::try_from(length) != Ok(LENGTH) || !seals.contains(SealFlags::SHRINK) {
            return Err("its status page is not one".to_owned());
        }
        StatusPage::map(file.as_fd()).map_err(describe)
    }

    fn map(file: BorrowedFd<'_>) -> io::Result<StatusPage> {
        let protection = ProtFlags::READ | ProtFlags::WRITE;
        // SAFETY: a new mapping at an address of the kernel's choice touches no memory of ours.
        let memory = unsafe {
            mmap(
                std::ptr::null_mut(),
                LENGTH,
                protection,
                MapFlags::SHARED,
                file,
                0,
            )?
        };
        let memory = NonNull::new(memory.cast()).ok_or(io::Errno::NOMEM)?;
        Ok(StatusPage { memory })
    }

    fn fields(&self) -> &Fields {
        // SAFETY: the page is mapped as long as `self` lives, is zero or was written through these
        // atomics, is aligned (it begins a page), and is long enough. It cannot shrink: sealed.
        unsafe { self.memory.as_ref() }
    }

    /// The worker has taken up a call.
    pub(crate) fn begin(&self, call: u64) {
        self.fields()
            .phase
            .store(number(Phase::Decode), Ordering::Release);
        self.fields().call.store(call, Ordering::Release);
    }

    pub(crate) fn set_phase(&self, phase: Phase) {
        self.fields().phase.store(number(phase), Ordering::Release);
    }

    /// What the worker does now; asked by itself.
    pub(crate) fn phase(&self) -> Phase {
        self.phase_of(self.fields().call.load(Ordering::Acquire))
    }

    /// What the worker did, or was doing, for this call.
    pub(crate) fn phase_of(&self, call: u64) -> Phase {
        if self.fields().call.load(Ordering::Acquire) != call {
            return Phase::Idle;
        }
        let phase = self.fields().phase.load(Ordering::Acquire);
        [Phase::Idle, Phase::Decode, Phase::Run, Phase::Encode]
            .into_iter()
            .find(|known| number(*known) == phase)
            .unwrap_or(Phase::Unknown)
    }
}

impl Drop for StatusPage {
    fn drop(&mut self) {
        // SAFETY: it was mapped with this length and no reference outlives `self`.
        let unmapped = unsafe { munmap(self.memory.as_ptr().cast(), LENGTH) };
        debug_assert!(unmapped.is_ok());
    }
}

fn number(phase: Phase) -> u32 {
    match phase {
        Phase::Idle => 0,
        Phase::Decode => 1,
        Phase::Run => 2,
        Phase::Encode => 3,
        Phase::Unknown => u32::MAX,
    }
}
