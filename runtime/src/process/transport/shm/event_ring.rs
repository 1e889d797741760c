//! How far the ring of events is written and read: the words in shared memory by which one writer
//! in the worker hands bytes to one reader in the pool.
//!
//! Both count all bytes that have ever gone through. The writer publishes bytes that are whole, and
//! the reader copies them before it says that their room is free. Neither waits for the other: if
//! there is no room, the writer drops the event and counts it.

#[cfg(all(test, offloop_loom))]
use loom::sync::atomic::{AtomicU64, Ordering};
#[cfg(not(all(test, offloop_loom)))]
use std::sync::atomic::{AtomicU64, Ordering};

/// The counts of a ring of `CAPACITY` bytes. The pool believes none of what the worker writes here.
#[derive(Debug)]
#[repr(C)]
pub(super) struct EventRing<const CAPACITY: u64> {
    writer: Writer,
    reader: Reader,
}

/// What the worker writes. The pool reads `written` each time it takes in answers, so nothing that
/// changes more often is beside it.
#[derive(Debug)]
#[repr(C, align(64))]
struct Writer {
    written: AtomicU64,
    dropped: AtomicU64,
}

/// What the pool writes.
#[derive(Debug)]
#[repr(C, align(64))]
struct Reader {
    read: AtomicU64,
}

/// The ring is said to hold so many bytes, which is more than it has room for.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::process) struct Overfull(pub(in crate::process) u64);

impl<const CAPACITY: u64> EventRing<CAPACITY> {
    #[cfg(test)]
    fn new() -> EventRing<CAPACITY> {
        EventRing {
            writer: Writer {
                written: AtomicU64::new(0),
                dropped: AtomicU64::new(0),
            },
            reader: Reader {
                read: AtomicU64::new(0),
            },
        }
    }

    /// Worker: returns where to write `length` bytes, so that at least `spare` bytes stay free.
    /// `None` if there is no room. Only one thread may be between this and
    /// [`publish`](Self::publish).
    pub(super) fn reserve(&self, length: u64, spare: u64) -> Option<u64> {
        let written = self.writer.written.load(Ordering::Relaxed);
        // What the pool has read before it said so can be overwritten.
        let read = self.reader.read.load(Ordering::Acquire);
        let free = CAPACITY.checked_sub(written.wrapping_sub(read))?;
        (free >= length.checked_add(spare)?).then_some(written)
    }

    /// Worker: all bytes before `end` have been written.
    pub(super) fn publish(&self, end: u64) {
        self.writer.written.store(end, Ordering::Release);
    }

    /// Worker: counts an event that was dropped.
    pub(super) fn count_dropped(&self) {
        self.writer.dropped.fetch_add(1, Ordering::Relaxed);
    }

    /// Pool: returns how many bytes were written after the first `read`.
    ///
    /// # Errors
    /// The worker says that it has written more than there is room for.
    pub(super) fn unread(&self, read: u64) -> Result<u64, Overfull> {
        let unread = self
            .writer
            .written
            .load(Ordering::Acquire)
            .wrapping_sub(read);
        if unread <= CAPACITY {
            Ok(unread)
        } else {
            Err(Overfull(unread))
        }
    }

    /// Pool: has copied the first `read` bytes, whose room is free now.
    pub(super) fn release(&self, read: u64) {
        self.reader.read.store(read, Ordering::Release);
    }

    /// Pool: returns how many events were dropped, as the worker says.
    pub(super) fn dropped(&self) -> u64 {
        self.writer.dropped.load(Ordering::Relaxed)
    }
}

#[cfg(all(test, not(offloop_loom)))]
mod tests {
    use super::*;

    #[test]
    fn a_full_ring_takes_nothing_before_it_is_read() {
        let ring = EventRing::<16>::new();
        assert_eq!(ring.unread(0), Ok(0));
        assert_eq!(ring.reserve(17, 0), None);
        assert_eq!(ring.reserve(8, 0), Some(0));
        ring.publish(8);
        assert_eq!(ring.reserve(8, 1), None, "a byte is to be spared");
        assert_eq!(ring.reserve(8, 0), Some(8));
        ring.publish(16);
        assert_eq!(ring.reserve(1, 0), None);
        assert_eq!(ring.unread(0), Ok(16));
        ring.release(16);
        assert_eq!(ring.reserve(16, 0), Some(16));
        assert_eq!(ring.unread(16), Ok(0));
    }

    #[test]
    fn counts_that_cannot_be_are_found() {
        let ring = EventRing::<16>::new();
        ring.publish(17);
        assert_eq!(ring.unread(0), Err(Overfull(17)));
        ring.publish(u64::MAX);
        assert_eq!(ring.unread(0), Err(Overfull(u64::MAX)));
        assert_eq!(ring.reserve(1, 0), None);
        assert_eq!(ring.reserve(u64::MAX, 1), None);
        // All counts that can be are those of a ring that has been in use for long.
        ring.publish(3);
        ring.release(u64::MAX);
        assert_eq!(ring.unread(u64::MAX), Ok(4));
        assert_eq!(ring.reserve(12, 0), Some(3));
        assert_eq!(ring.reserve(13, 0), None);
    }
}

/// All orders in which the writer and the reader can meet:
/// `RUSTFLAGS='--cfg offloop_loom' cargo test -p offloop --lib every_order`.
///
/// It can fail. Each of the four orderings of `written` and `read` was made a relaxed one, and each
/// time the model found a cell that both sides used at once.
#[cfg(all(test, offloop_loom))]
#[allow(
    unsafe_code,
    reason = "a cell of loom is read and written through a pointer"
)]
mod every_order {
    use super::*;
    use loom::cell::UnsafeCell;
    use loom::sync::Arc;
    use loom::thread;

    const CAPACITY: u64 = 2;

    struct Shared {
        ring: EventRing<CAPACITY>,
        /// Stand for the bytes. The model reports a cell that both sides use at a time.
        cells: [UnsafeCell<u64>; CAPACITY as usize],
    }

    // SAFETY: the counts say which side uses a cell; if they did not, the model would report it.
    unsafe impl Sync for Shared {}

    impl Shared {
        fn write(&self, number: u64) -> bool {
            let Some(at) = self.ring.reserve(1, 0) else {
                self.ring.count_dropped();
                return false;
            };
            // SAFETY: the cell is free, so the reader does not use it.
            self.cells[(at % CAPACITY) as usize].with_mut(|cell| unsafe { *cell = number });
            self.ring.publish(at + 1);
            true
        }

        fn read(&self, read: &mut u64, into: &mut Vec<u64>) {
            let unread = self.ring.unread(*read).unwrap();
            for at in *read..*read + unread {
                // SAFETY: the cell is written, and not free before it is released below.
                into.push(self.cells[(at % CAPACITY) as usize].with(|cell| unsafe { *cell }));
            }
            *read += unread;
            self.ring.release(*read);
        }
    }

    #[test]
    fn no_record_is_lost_or_torn_and_what_finds_no_room_is_counted() {
        loom::model(|| {
            let shared = Arc::new(Shared {
                ring: EventRing::new(),
                cells: [UnsafeCell::new(0), UnsafeCell::new(0)],
            });
            let writer = {
                let shared = Arc::clone(&shared);
                thread::spawn(move || (1..=4).filter(|number| shared.write(*number)).collect())
            };
            let reader = {
                let shared = Arc::clone(&shared);
                thread::spawn(move || {
                    let (mut read, mut seen) = (0, Vec::new());
                    shared.read(&mut read, &mut seen);
                    shared.read(&mut read, &mut seen);
                    (read, seen)
                })
            };
            let written: Vec<u64> = writer.join().unwrap();
            let (mut read, mut seen) = reader.join().unwrap();
            shared.read(&mut read, &mut seen);
            assert_eq!(seen, written, "in order, each once");
            assert!(written.starts_with(&[1, 2]), "there was room for these");
            assert_eq!(shared.ring.dropped(), 4 - written.len() as u64);
        });
    }
}
