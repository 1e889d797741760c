//! [`Latest`]: a pair of numbers of which only the newest counts. The threads that write it never
//! wait for those that read it.

#[cfg(all(test, offloop_loom))]
use loom::hint::spin_loop;
#[cfg(all(test, offloop_loom))]
use loom::sync::atomic::{AtomicU64, Ordering, fence};
#[cfg(not(all(test, offloop_loom)))]
use std::hint::spin_loop;
#[cfg(not(all(test, offloop_loom)))]
use std::sync::atomic::{AtomicU64, Ordering, fence};

/// How often a side tries before it gives up, while the other side is between two stores or was
/// stopped there.
#[cfg(not(all(test, offloop_loom)))]
const TRIES: u32 = 64;
/// In a model it is small, because the model follows each try in each order.
#[cfg(all(test, offloop_loom))]
const TRIES: u32 = 2;

/// The lowest bit of the version. It is set while the pair is being written.
const WRITING: u64 = 1;

/// A pair of numbers that belongs to one owner, which is a number too. It may be in memory that
/// another process writes: every bit pattern is a value.
///
/// The version is odd while the pair is being written, and it is a new one afterwards. A reader
/// that finds one even version before and after it has read the pair as it was written. The upper
/// half of the version is the owner, so that a late thread cannot write into the pair of the next
/// owner.
#[derive(Debug)]
#[repr(C)]
pub(crate) struct Latest {
    version: AtomicU64,
    first: AtomicU64,
    second: AtomicU64,
}

impl Default for Latest {
    fn default() -> Latest {
        Latest {
            version: AtomicU64::new(0),
            first: AtomicU64::new(0),
            second: AtomicU64::new(0),
        }
    }
}

impl Latest {
    /// Makes this the pair of `owner`, without a value.
    pub(crate) fn reset(&self, owner: u32) {
        self.version
            .store(u64::from(owner) << 32, Ordering::Release);
    }

    /// Writes a pair, unless it belongs to another owner. It stops trying if another thread writes
    /// it and does not finish.
    pub(crate) fn set(&self, owner: u32, first: u64, second: u64) {
        let mut version = self.version.load(Ordering::Relaxed);
        for _ in 0..TRIES {
            if version >> 32 != u64::from(owner) {
                return;
            }
            if version & WRITING != 0 {
                spin_loop();
                version = self.version.load(Ordering::Relaxed);
                continue;
            }
            let begun = self.version.compare_exchange(
                version,
                version | WRITING,
                Ordering::Acquire,
                Ordering::Relaxed,
            );
            match begun {
                Ok(_) => {
                    // No reader sees the new pair before the version says that it is being written.
                    fence(Ordering::Release);
                    self.first.store(first, Ordering::Relaxed);
                    self.second.store(second, Ordering::Relaxed);
                    self.version.store(next(version), Ordering::Release);
                    return;
                }
                Err(now) => version = now,
            }
        }
    }

    /// Returns the newest pair and its version. `None` if the owner has written none, or if a
    /// writer did not finish in time.
    pub(crate) fn get(&self, owner: u32) -> Option<(u32, u64, u64)> {
        for _ in 0..TRIES {
            let version = self.version.load(Ordering::Acquire);
            let count = count(version);
            if version >> 32 != u64::from(owner) || count == 0 {
                return None;
            }
            if version & WRITING == 0 {
                let first = self.first.load(Ordering::Relaxed);
                let second = self.second.load(Ordering::Relaxed);
                // If one of the two was written in the meantime, the version shows it now.
                fence(Ordering::Acquire);
                if self.version.load(Ordering::Relaxed) == version {
                    return Some((count, first, second));
                }
            }
            spin_loop();
        }
        None
    }
}

/// Returns the lower half of a version: how often the owner has written, times two.
#[allow(clippy::cast_possible_truncation)]
fn count(version: u64) -> u32 {
    version as u32
}

/// Returns the version after this one, with its owner. It is never the version of an owner that has
/// written nothing.
fn next(version: u64) -> u64 {
    let count = count(version).wrapping_add(2).max(2);
    version >> 32 << 32 | u64::from(count)
}

#[cfg(all(test, not(offloop_loom)))]
mod tests {
    use super::*;

    #[test]
    fn the_newest_pair_of_the_owner_is_read() {
        let latest = Latest::default();
        latest.reset(7);
        assert_eq!(latest.get(7), None);
        latest.set(7, 1, 2);
        latest.set(7, 3, 4);
        assert_eq!(latest.get(7), Some((4, 3, 4)));
        latest.set(8, 5, 6);
        assert_eq!(latest.get(7), Some((4, 3, 4)), "8 is not the owner");
        latest.reset(8);
        assert_eq!((latest.get(7), latest.get(8)), (None, None));
    }

    #[test]
    fn versions_start_again_without_that_of_nothing() {
        let latest = Latest::default();
        latest
            .version
            .store(u64::from(u32::MAX - 1), Ordering::Relaxed);
        latest.set(0, 1, 2);
        assert_eq!(latest.get(0), Some((2, 1, 2)));
    }

    #[test]
    fn nobody_waits_for_a_writer_that_has_stopped() {
        let latest = Latest::default();
        latest.version.store(WRITING, Ordering::Relaxed);
        latest.set(0, 1, 2);
        assert_eq!(latest.get(0), None);
        assert_eq!(latest.first.load(Ordering::Relaxed), 0);
    }
}

/// All orders in which writers and a reader can meet:
/// `RUSTFLAGS='--cfg offloop_loom' cargo test -p offloop --lib every_order`.
///
/// They can fail. Half of a pair was read without the fence of the writer, without that of the
/// reader, and with a relaxed load of the version before; it was left by two writers with a store
/// for the exchange, a relaxed one, and with a relaxed store of the version afterwards.
#[cfg(all(test, offloop_loom))]
mod every_order {
    use super::*;
    use loom::sync::Arc;
    use loom::thread;

    fn write(latest: &Arc<Latest>, numbers: [u64; 2]) -> thread::JoinHandle<()> {
        let latest = Arc::clone(latest);
        thread::spawn(move || {
            for number in numbers {
                latest.set(7, number, number);
            }
        })
    }

    #[test]
    fn half_of_a_pair_is_never_read() {
        loom::model(|| {
            let latest = Arc::new(Latest::default());
            latest.reset(7);
            let writer = write(&latest, [1, 2]);
            // On a thread of its own: the model does not follow all orders of the thread that
            // begins.
            let reader = {
                let latest = Arc::clone(&latest);
                thread::spawn(move || latest.get(7))
            };
            if let Some((_, first, second)) = reader.join().unwrap() {
                assert_eq!(first, second);
            }
            writer.join().unwrap();
            assert_eq!(latest.get(7), Some((4, 2, 2)), "the last one is there");
        });
    }

    #[test]
    fn two_writers_leave_a_whole_pair() {
        loom::model(|| {
            let latest = Arc::new(Latest::default());
            latest.reset(7);
            let writers = [[1, 2], [3, 4]].map(|numbers| write(&latest, numbers));
            for writer in writers {
                writer.join().unwrap();
            }
            let (_, first, second) = latest.get(7).unwrap();
            assert_eq!(first, second);
        });
    }
}
