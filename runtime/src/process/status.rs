//! The page of memory that a worker and its pool both map: what the worker is at, readable also
//! after the worker has died. The `unsafe` of mapping it is all here.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use rustix::fs::{MemfdFlags, SealFlags};
use rustix::io;
use rustix::mm::{MapFlags, ProtFlags, mmap, munmap};

use crate::context::Asked;
use crate::error::Phase;

/// The whole file is one page, the smallest that can be mapped.
const LENGTH: usize = 4096;

#[repr(C)]
struct Fields {
    /// The call that the worker has taken up last.
    call: AtomicU64,
    /// What it does for that call, as a number of [`Phase`].
    phase: AtomicU32,
    /// Which attempt the call is that was sent last. Written by the pool.
    attempt: AtomicU32,
    /// The call that is asked to stop. Written by the pool.
    stop: AtomicU64,
    /// How much memory the worker took after its last call, in bytes, if it was told to look.
    resident: AtomicU64,
}

/// The mapping. Each field has one side that writes it; both read.
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

    /// The call that is sent next is this attempt of it.
    pub(crate) fn set_attempt(&self, attempt: u32) {
        self.fields().attempt.store(attempt, Ordering::Release);
    }

    /// Which attempt the running call is; asked by the worker.
    pub(crate) fn attempt(&self) -> u32 {
        self.fields().attempt.load(Ordering::Acquire)
    }

    /// Asks the function of this call to stop.
    pub(crate) fn ask_to_stop(&self, call: u64) {
        self.fields().stop.store(call, Ordering::Release);
    }

    /// Whether the running call is asked to stop; asked by the worker.
    pub(crate) fn is_asked_to_stop(&self) -> bool {
        let stop = self.fields().stop.load(Ordering::Acquire);
        stop != 0 && stop == self.fields().call.load(Ordering::Acquire)
    }

    pub(crate) fn set_resident(&self, bytes: u64) {
        self.fields().resident.store(bytes, Ordering::Release);
    }

    pub(crate) fn resident(&self) -> u64 {
        self.fields().resident.load(Ordering::Acquire)
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

/// A worker asks for the one call that it runs.
impl Asked for StatusPage {
    fn is_cancelled(&self) -> bool {
        self.is_asked_to_stop()
    }

    fn attempt(&self) -> u32 {
        StatusPage::attempt(self)
    }
}
