//! The memory that a worker and its pool share: the slots that calls and their answers lie in, and
//! what each side wants the other to see. The `unsafe` of having it in two processes is here.
//!
//! The pool makes it and the worker maps it. Slots are used in a ring: the pool fills them ahead,
//! the worker takes them up in that order, one at a time. A call that fits lies in its slot; of a
//! larger one the slot says in which other memory it lies.
//!
//! Whatever the worker has written counts as bytes, never as a value: it is copied out before it is
//! looked at.

#![allow(unsafe_code, reason = "two processes share this memory")]

use std::ops::Range;
use std::os::fd::{BorrowedFd, OwnedFd};
use std::ptr::NonNull;
use std::sync::atomic::Ordering;

use rustix::time::{ClockId, clock_gettime};

use super::event_count::ASLEEP;
use super::event_ring::Overfull;
use super::layout::flags::WANTS_PROGRESS;
use super::layout::lending::{AWAITED, FREE, LENT};
use super::layout::{DOORBELLS, EVENT_RESERVE, EVENTS, Head, INLINE, Layout, SLOTS};
use super::memory::Memory;
use super::slot_state::{CallState, Claim};
use crate::call::header::CallHeader;
use crate::context::Progress;
use crate::error::Phase;
use crate::error::fault::{PoolFault, ProtocolFault};
use crate::sys::futex;
use crate::sys::mapping::Access;

/// Where a call lies, or its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::process) struct Place {
    /// 0: in the slot.
    pub(in crate::process) memory: u64,
    pub(in crate::process) length: usize,
}

/// A call on its way into a slot.
#[derive(Clone, Copy, Debug)]
pub(in crate::process) struct Placed<'a> {
    pub(in crate::process) call: u64,
    pub(in crate::process) header: CallHeader,
    pub(in crate::process) doorbell: usize,
    pub(in crate::process) fd_messages: u64,
    pub(in crate::process) at: Place,
    /// What lies in the slot itself.
    pub(in crate::process) bytes: &'a [u8],
}

/// The mapping.
#[derive(Debug)]
pub(crate) struct Ring {
    memory: Memory,
}

impl Ring {
    /// Makes one, in the pool.
    pub(in crate::process) fn create() -> std::io::Result<Ring> {
        let memory = Memory::create("offloop-ring", size_of::<Layout>())?;
        Ok(Ring { memory })
    }

    /// Maps the one that the pool has made, in the worker.
    pub(in crate::process) fn open(descriptor: OwnedFd) -> Result<Ring, PoolFault> {
        let memory = Memory::open(descriptor, Access::ReadWrite).map_err(ProtocolFault::Memory)?;
        if memory.len() < size_of::<Layout>() {
            return Err(PoolFault::ShortRing);
        }
        Ok(Ring { memory })
    }

    pub(in crate::process) fn descriptor(&self) -> BorrowedFd<'_> {
        self.memory.descriptor()
    }

    fn fields(&self) -> &Layout {
        let layout: NonNull<Layout> = self.memory.address().cast();
        // SAFETY: the memory is mapped as long as `self` lives, begins at a page, is long enough
        // and cannot shrink. All in it are atomics and bytes in cells, for which every bit pattern
        // is a value and which may change while there is a reference to them.
        unsafe { layout.as_ref() }
    }

    fn head(&self, position: u64) -> &Head {
        &self.fields().slots[index(position)].head
    }

    /// Where the bytes of a slot begin: `INLINE` of them.
    fn bytes(&self, position: u64) -> *mut u8 {
        self.fields().slots[index(position)].bytes.get().cast()
    }
}

// It is less than `SLOTS`.
#[allow(clippy::cast_possible_truncation)]
fn index(position: u64) -> usize {
    (position % SLOTS as u64) as usize
}

/// The pool's side.
impl Ring {
    /// Puts a call into a slot that is free, and wakes the worker if it sleeps.
    pub(in crate::process) fn publish(&self, position: u64, placed: &Placed<'_>) {
        let head = self.head(position);
        let length = placed.bytes.len().min(INLINE);
        // SAFETY: the slot is free, so that the worker neither reads nor writes it; it has room for
        // `INLINE` bytes, and they are not those of `placed`.
        unsafe {
            std::ptr::copy_nonoverlapping(placed.bytes.as_ptr(), self.bytes(position), length);
        }
        let set = Ordering::Relaxed;
        head.fd_messages.store(placed.fd_messages, set);
        head.length.store(placed.at.length as u64, set);
        head.memory.store(placed.at.memory, set);
        head.doorbell
            .store(u16::try_from(placed.doorbell).unwrap_or_default(), set);
        set_header(head, placed.call, placed.header);
        head.phase.store(number(Phase::Idle), set);
        head.state.publish(placed.call);
        self.wake_worker();
    }

    fn wake_worker(&self) {
        let worker = &self.fields().worker;
        if worker.notify() {
            futex::wake_one(worker.word());
        }
    }

    /// Lets the worker end when it has no more calls.
    pub(in crate::process) fn close(&self) {
        self.fields().is_over.store(1, Ordering::Release);
        self.wake_worker();
    }

    pub(in crate::process) fn call_state(&self, position: u64, call: u64) -> CallState {
        self.head(position).state.call_state(call)
    }

    /// Takes a call back, unless the worker has taken it up.
    pub(in crate::process) fn cancel(&self, position: u64, call: u64) -> bool {
        self.head(position).state.cancel(call)
    }

    /// Takes the slot of such a call back too, unless the worker has passed by.
    pub(in crate::process) fn reclaim(&self, position: u64, call: u64) -> bool {
        self.head(position).state.reclaim(call)
    }

    /// Ends a call that runs, for the worker to be killed.
    pub(in crate::process) fn interrupt(&self, position: u64, call: u64) -> bool {
        self.head(position).state.interrupt(call)
    }

    /// Of what kind an answer is, as the worker says, and where it lies.
    pub(in crate::process) fn answer(&self, position: u64) -> (u32, Place) {
        let head = self.head(position);
        let get = Ordering::Relaxed;
        let length = usize::try_from(head.length.load(get)).unwrap_or(usize::MAX);
        let memory = head.memory.load(get);
        (head.kind.load(get), Place { memory, length })
    }

    /// Copies an answer out of its slot.
    pub(in crate::process) fn copy_answer(&self, position: u64, length: usize) -> Vec<u8> {
        let length = length.min(INLINE);
        let mut copy: Vec<u8> = Vec::with_capacity(length);
        // SAFETY: the slot has `INLINE` bytes, and so many were reserved. A worker that has lost
        // its mind may write them meanwhile, which makes other bytes of them and nothing else.
        unsafe {
            std::ptr::copy_nonoverlapping(self.bytes(position), copy.as_mut_ptr(), length);
        }
        // SAFETY: they have been written.
        unsafe { copy.set_len(length) };
        copy
    }

    /// The slot is free again.
    pub(in crate::process) fn release(&self, position: u64) {
        self.head(position).state.release();
    }

    /// What the worker did, or was doing, for the call in this slot.
    pub(in crate::process) fn phase(&self, position: u64) -> Phase {
        let phase = self.head(position).phase.load(Ordering::Acquire);
        [Phase::Idle, Phase::Decode, Phase::Run, Phase::Encode]
            .into_iter()
            .find(|known| number(*known) == phase)
            .unwrap_or(Phase::Unknown)
    }

    /// For how long the call in this slot has run.
    pub(in crate::process) fn ran_for(&self, position: u64) -> std::time::Duration {
        let started = self.head(position).started.load(Ordering::Acquire);
        std::time::Duration::from_nanos(now().saturating_sub(started))
    }

    /// How far the function of a call is that runs in this slot, if it has said so, and the number
    /// of what it has said: another number is something newer.
    pub(in crate::process) fn progress(&self, position: u64, call: u64) -> Option<(u32, Progress)> {
        let (version, done, total) = self.head(position).progress.get(owner(call))?;
        Some((version, Progress { done, total }))
    }

    /// Copies the events that the worker has said after the first `read` bytes of them, and moves
    /// `read` on. `None` if there are none.
    ///
    /// # Errors
    /// The worker says that there are more than there is room for.
    pub(in crate::process) fn read_events(
        &self,
        read: &mut u64,
    ) -> Result<Option<Vec<u8>>, Overfull> {
        let fields = self.fields();
        let unread = fields.events.unread(*read)?;
        if unread == 0 {
            return Ok(None);
        }
        let (first, second) = in_two(*read, unread);
        let mut copy = Vec::with_capacity(first.len() + second.len());
        for piece in [first, second] {
            let to = copy.spare_capacity_mut().as_mut_ptr().cast::<u8>();
            // SAFETY: the piece is within the `EVENTS` bytes.
            let from = unsafe { fields.event_bytes.get().cast::<u8>().add(piece.start) };
            // SAFETY: so many bytes can be read from there, as said, and written to `to`, because
            // there is room for both pieces. The worker does not write these bytes before
            // `release`. One that has lost its mind may do so, which makes other bytes of them and
            // nothing else.
            unsafe { std::ptr::copy_nonoverlapping(from, to, piece.len()) };
            // SAFETY: so many bytes have just been written behind the old length.
            unsafe { copy.set_len(copy.len() + piece.len()) };
        }
        *read = read.wrapping_add(unread);
        fields.events.release(*read);
        Ok(Some(copy))
    }

    /// How many events there was no room for, as the worker says.
    pub(in crate::process) fn dropped_events(&self) -> u64 {
        self.fields().events.dropped()
    }

    /// Asks the function of this call to stop.
    pub(in crate::process) fn ask_to_stop(&self, call: u64) {
        self.fields().stop.store(call, Ordering::Release);
    }

    pub(in crate::process) fn resident(&self) -> u64 {
        self.fields().resident.load(Ordering::Acquire)
    }

    /// From now on the worker wakes this listener, once, when a call is done. The listener has to
    /// look once more after that.
    pub(in crate::process) fn listen(&self, doorbell: usize) {
        self.fields().listeners[doorbell].prepare_wait();
    }

    /// The memory of the last large answer may be used again.
    pub(in crate::process) fn give_back(&self) {
        let lent = &self.fields().lent;
        if lent.swap(FREE, Ordering::AcqRel) == AWAITED {
            futex::wake_one(lent);
        }
    }
}

/// The worker's side.
impl Ring {
    /// Waits for the call in the slot at `position`, which moves on to where it is, and takes it
    /// up. `None` if there is none and none will come.
    pub(in crate::process) fn claim(&self, position: &mut u64) -> Option<u64> {
        let sleeper = &self.fields().worker;
        let is_over = || self.fields().is_over.load(Ordering::Acquire) != 0;
        let mut lies = false;
        loop {
            match self.head(*position).state.claim() {
                Claim::Call(call) => {
                    if lies {
                        sleeper.cancel_wait();
                    }
                    let head = self.head(*position);
                    head.started.store(now(), Ordering::Relaxed);
                    head.phase.store(number(Phase::Decode), Ordering::Release);
                    return Some(call);
                }
                Claim::Cancelled => *position += 1,
                Claim::Empty if is_over() => return None,
                Claim::Empty if !lies => {
                    sleeper.prepare_wait();
                    lies = true;
                }
                Claim::Empty => {
                    futex::wait(sleeper.word(), ASLEEP);
                    lies = false;
                }
            }
        }
    }

    /// How many descriptors must have come before the call in this slot can be read.
    pub(in crate::process) fn fd_messages(&self, position: u64) -> u64 {
        self.head(position).fd_messages.load(Ordering::Relaxed)
    }

    /// Where the call in this slot lies.
    pub(in crate::process) fn place_of(&self, position: u64) -> Place {
        let head = self.head(position);
        let length = usize::try_from(head.length.load(Ordering::Relaxed)).unwrap_or(usize::MAX);
        let memory = head.memory.load(Ordering::Relaxed);
        Place { memory, length }
    }

    /// The call in this slot, which the worker has taken up.
    pub(in crate::process) fn request(&self, position: u64, length: usize) -> &[u8] {
        let length = length.min(INLINE);
        // SAFETY: the slot has `INLINE` bytes. The pool does not touch them before the call is
        // done, and the worker writes the answer only when it has let go of this.
        unsafe { std::slice::from_raw_parts(self.bytes(position), length) }
    }

    /// What travels with the call in this slot beside its arguments.
    pub(in crate::process) fn header(&self, position: u64) -> CallHeader {
        let head = self.head(position);
        CallHeader {
            task: head.task.load(Ordering::Relaxed),
            attempt: head.attempt.load(Ordering::Relaxed),
            wants_progress: head.flags.load(Ordering::Relaxed) & WANTS_PROGRESS != 0,
        }
    }

    /// Says how far the function of this call is, if the caller wants to know.
    pub(in crate::process) fn set_progress(&self, position: u64, call: u64, progress: Progress) {
        let head = self.head(position);
        if head.flags.load(Ordering::Relaxed) & WANTS_PROGRESS != 0 {
            head.progress
                .set(owner(call), progress.done, progress.total);
        }
    }

    /// Says an event, as bytes that the pool understands. There is room for it if so many bytes are
    /// free, and after that as many as the event has to spare for others. Otherwise it is dropped
    /// and counted. No other thread may say an event meanwhile.
    pub(in crate::process) fn write_event(&self, bytes: &[u8], may_use_reserve: bool) {
        let fields = self.fields();
        let spare = if may_use_reserve { 0 } else { EVENT_RESERVE };
        let length = bytes.len() as u64;
        let Some(at) = fields.events.reserve(length, spare as u64) else {
            return self.drop_event();
        };
        let (first, second) = in_two(at, length);
        let (head, tail) = bytes.split_at(first.len());
        for (piece, from) in [(first, head), (second, tail)] {
            // SAFETY: the piece is within the `EVENTS` bytes.
            let to = unsafe { fields.event_bytes.get().cast::<u8>().add(piece.start) };
            // SAFETY: the piece is as long as what is copied. It is free, so the pool does not read
            // it before `publish`.
            unsafe { std::ptr::copy_nonoverlapping(from.as_ptr(), to, from.len()) };
        }
        fields.events.publish(at.wrapping_add(length));
    }

    /// Counts an event that cannot be said.
    pub(in crate::process) fn drop_event(&self) {
        self.fields().events.count_dropped();
    }

    pub(in crate::process) fn set_phase(&self, position: u64, phase: Phase) {
        self.head(position)
            .phase
            .store(number(phase), Ordering::Release);
    }

    /// The call that is asked to stop.
    pub(in crate::process) fn asked_to_stop(&self) -> u64 {
        self.fields().stop.load(Ordering::Acquire)
    }

    pub(in crate::process) fn set_resident(&self, bytes: u64) {
        self.fields().resident.store(bytes, Ordering::Release);
    }

    /// Waits until the pool has read the last large answer, and takes the memory for the next.
    pub(in crate::process) fn borrow_memory(&self) {
        let lent = &self.fields().lent;
        if lent
            .compare_exchange(FREE, LENT, Ordering::AcqRel, Ordering::Acquire)
            .is_ok()
        {
            return;
        }
        while lent.swap(AWAITED, Ordering::AcqRel) != FREE {
            futex::wait(lent, AWAITED);
        }
    }

    /// Puts the answer into the slot of the call. `bytes` is what lies in the slot itself. Gives
    /// whom to wake, if anybody; `Err` if the pool has ended the call.
    pub(in crate::process) fn complete(
        &self,
        position: u64,
        call: u64,
        kind: u32,
        at: Place,
        bytes: &[u8],
    ) -> Result<Option<usize>, Interrupted> {
        let head = self.head(position);
        let length = bytes.len().min(INLINE);
        // SAFETY: the slot has room for `INLINE` bytes, which nobody else touches before the call
        // is done, and they are not those of `bytes`.
        unsafe {
            std::ptr::copy_nonoverlapping(bytes.as_ptr(), self.bytes(position), length);
        }
        head.kind.store(kind, Ordering::Relaxed);
        head.length.store(at.length as u64, Ordering::Relaxed);
        head.memory.store(at.memory, Ordering::Relaxed);
        let doorbell = head.doorbell.load(Ordering::Relaxed) as usize % DOORBELLS;
        if !head.state.complete(call) {
            return Err(Interrupted);
        }
        let is_to_be_woken = self.fields().listeners[doorbell].notify();
        Ok(is_to_be_woken.then_some(doorbell))
    }
}

/// The pool has ended the call, and is about to kill this process.
#[derive(Debug)]
pub(in crate::process) struct Interrupted;

/// Stays where it is until the pool has killed this process.
pub(in crate::process) fn wait_for_death() -> ! {
    futex::sleep_for_ever()
}

fn now() -> u64 {
    let now = clock_gettime(ClockId::Monotonic);
    let seconds = u64::try_from(now.tv_sec).unwrap_or_default();
    seconds * 1_000_000_000 + u64::try_from(now.tv_nsec).unwrap_or_default()
}

/// Writes what travels with a call into the head of its slot.
fn set_header(head: &Head, call: u64, header: CallHeader) {
    let set = Ordering::Relaxed;
    // Each field by name, so that a new one is not forgotten here.
    let CallHeader {
        task,
        attempt,
        wants_progress,
    } = header;
    head.task.store(task, set);
    head.attempt.store(attempt, set);
    let mut flags = 0;
    if wants_progress {
        flags |= WANTS_PROGRESS;
        head.progress.reset(owner(call));
    }
    head.flags.store(flags, set);
}

/// What a slot's progress belongs to: enough of a call to tell it from those that were in the slot
/// before.
// The lower half.
#[allow(clippy::cast_possible_truncation)]
fn owner(call: u64) -> u32 {
    call as u32
}

/// Where in the ring of events `length` bytes from `at` on are, which is not more than it has: in
/// one piece, or in two.
fn in_two(at: u64, length: u64) -> (Range<usize>, Range<usize>) {
    let size = EVENTS as u64;
    // Both are at most `EVENTS`.
    #[allow(clippy::cast_possible_truncation)]
    let (start, length) = ((at % size) as usize, length.min(size) as usize);
    let first = length.min(EVENTS - start);
    (start..start + first, 0..length - first)
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
