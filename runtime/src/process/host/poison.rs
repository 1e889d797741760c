//! Arguments that have killed workers, so that calls which repeat themselves do not kill all of
//! them.
//!
//! Only calls that may be repeated are looked at: for those the caller has said that the same
//! arguments mean the same call.

use std::collections::HashMap;
use std::hash::{BuildHasher, DefaultHasher, Hasher, RandomState};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, OnceLock};
use std::time::{Duration, Instant};

use crate::util::sync::lock;

/// How long arguments are remembered after the last worker that they killed.
const MEMORY: Duration = Duration::from_secs(600);
/// How many different arguments are remembered.
const MOST: usize = 1024;

/// What stands for a task and its arguments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Key(u128);

impl Key {
    /// Returns the key of an encoded call.
    pub(crate) fn of(message: &[u8]) -> Key {
        Key::hash(|hasher| hasher.write(message))
    }

    /// Returns the key of the same call with this beside it.
    pub(crate) fn and(self, other: u64) -> Key {
        Key::hash(|hasher| {
            hasher.write_u128(self.0);
            hasher.write_u64(other);
        })
    }

    fn hash(write: impl Fn(&mut DefaultHasher)) -> Key {
        // Two hashes with keys of their own, drawn once: 128 bits do not meet by accident.
        static KEYS: OnceLock<(RandomState, RandomState)> = OnceLock::new();
        let (one, other) = KEYS.get_or_init(Default::default);
        let half = |state: &RandomState| {
            let mut hasher = state.build_hasher();
            write(&mut hasher);
            u128::from(hasher.finish())
        };
        Key(half(one) << 64 | half(other))
    }
}

#[derive(Debug, Default)]
pub(crate) struct Poison {
    /// Spares calls a look at their arguments as long as none has ever killed a worker.
    any: AtomicBool,
    deaths: Mutex<HashMap<Key, (u32, Instant)>>,
}

impl Poison {
    /// Returns how many workers these arguments have killed.
    pub(crate) fn deaths(&self, key: impl FnOnce() -> Key) -> u32 {
        if !self.any.load(Ordering::Relaxed) {
            return 0;
        }
        // Before the lock is taken: to make it takes the lock of the call, which comes first.
        let key = key();
        match lock(&self.deaths).get(&key) {
            Some((deaths, last)) if last.elapsed() < MEMORY => *deaths,
            _ => 0,
        }
    }

    /// Notes that the arguments have killed a worker. Returns how many they have killed now.
    pub(crate) fn killed(&self, key: Key) -> u32 {
        self.any.store(true, Ordering::Relaxed);
        let mut deaths = lock(&self.deaths);
        deaths.retain(|_, (_, last)| last.elapsed() < MEMORY);
        if deaths.len() >= MOST && !deaths.contains_key(&key) {
            let oldest = deaths.iter().min_by_key(|(_, (_, last))| *last);
            if let Some(oldest) = oldest.map(|(key, _)| *key) {
                deaths.remove(&oldest);
            }
        }
        let entry = deaths.entry(key).or_insert((0, Instant::now()));
        *entry = (entry.0 + 1, Instant::now());
        entry.0
    }

    /// Notes that a call with these arguments has come through, which forgives them.
    pub(crate) fn survived(&self, key: impl FnOnce() -> Key) {
        if self.any.load(Ordering::Relaxed) {
            lock(&self.deaths).remove(&key());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_told_apart_and_forgiven() {
        let poison = Poison::default();
        let (one, other) = (Key::of(b"one"), Key::of(b"other"));
        assert_eq!(poison.deaths(|| unreachable!("nothing has died")), 0);
        assert_eq!((poison.killed(one), poison.killed(one)), (1, 2));
        assert_eq!((poison.deaths(|| one), poison.deaths(|| other)), (2, 0));
        poison.survived(|| one);
        assert_eq!(poison.deaths(|| one), 0);
    }

    #[test]
    fn the_memory_is_bounded() {
        let poison = Poison::default();
        for number in 0..2 * MOST {
            poison.killed(Key::of(&number.to_le_bytes()));
        }
        assert_eq!(lock(&poison.deaths).len(), MOST);
    }
}
