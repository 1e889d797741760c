//! The calls that a worker has, in the order in which it takes them up: the one that runs, and those
//! that lie ready behind it.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::process::host::scheduler::job::Job;
use crate::process::transport::{CallState, Ring, SLOTS};

/// Which slots of the ring hold which calls. Each entry is one slot, one behind the other.
#[derive(Debug, Default)]
pub(super) struct Pipeline {
    /// The position of the first entry.
    first: u64,
    entries: VecDeque<Entry>,
    /// How many entries are calls.
    calls: usize,
}

#[derive(Debug)]
enum Entry {
    Call {
        job: Arc<Job>,
        /// It was put behind another.
        prefetched: bool,
    },
    /// It was taken back, and the worker may not have passed its slot yet.
    Cancelled(u64),
}

/// What became of taking a call back.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Cancelled {
    Yes {
        prefetched: bool,
    },
    /// The worker has taken it up, or it is none of its calls.
    No,
}

impl Pipeline {
    pub(super) fn calls(&self) -> usize {
        self.calls
    }

    /// Where the next call goes, if there is room.
    pub(super) fn next(&mut self, ring: &Ring) -> Option<u64> {
        self.tidy(ring);
        let has_room = self.entries.len() < SLOTS;
        has_room.then(|| self.first + self.entries.len() as u64)
    }

    /// Forgets slots of calls that were taken back: at the end of the line they are used again, and
    /// if the worker has passed one, then also all before it.
    fn tidy(&mut self, ring: &Ring) {
        while let Some(Entry::Cancelled(call)) = self.entries.back() {
            let position = self.first + self.entries.len() as u64 - 1;
            if ring.reclaim(position, *call) {
                self.entries.pop_back();
                continue;
            }
            if self.calls == 0 {
                self.first += self.entries.len() as u64;
                self.entries.clear();
            }
            return;
        }
    }

    /// The call is in the slot that [`next`](Pipeline::next) told. Gives whether it is behind another.
    pub(super) fn push(&mut self, job: Arc<Job>) -> bool {
        let prefetched = self.calls > 0;
        self.entries.push_back(Entry::Call { job, prefetched });
        self.calls += 1;
        prefetched
    }

    /// The first call and its position, if the worker is done with it; `Err` if it cannot be.
    pub(super) fn first_done(&self, ring: &Ring) -> Result<Option<(u64, &Arc<Job>)>, ()> {
        // If it is done, the worker has passed whatever was taken back before it.
        let Some((position, job)) = self.all().next() else {
            return Ok(None);
        };
        match ring.call_state(position, job.id()) {
            CallState::Done => Ok(Some((position, job))),
            CallState::Waiting | CallState::Running | CallState::Revoked => Ok(None),
            CallState::Invalid => Err(()),
        }
    }

    /// Takes out the first call, which is done. Gives whether it was put behind another.
    pub(super) fn pop_done(&mut self) -> Option<(Arc<Job>, bool)> {
        loop {
            let entry = self.entries.pop_front()?;
            self.first += 1;
            if let Entry::Call { job, prefetched } = entry {
                self.calls -= 1;
                return Some((job, prefetched));
            }
        }
    }

    /// The position of a call.
    pub(super) fn position(&self, call: u64) -> Option<u64> {
        let at = self
            .entries
            .iter()
            .position(|entry| matches!(entry, Entry::Call { job, .. } if job.id() == call))?;
        Some(self.first + at as u64)
    }

    /// Takes back a call, unless the worker has taken it up.
    pub(super) fn cancel(&mut self, ring: &Ring, call: u64) -> Cancelled {
        let Some(position) = self.position(call) else {
            return Cancelled::No;
        };
        if !ring.cancel(position, call) {
            return Cancelled::No;
        }
        let entry = usize::try_from(position - self.first)
            .ok()
            .and_then(|at| self.entries.get_mut(at));
        let Some(entry) = entry else {
            return Cancelled::No;
        };
        let before = std::mem::replace(entry, Entry::Cancelled(call));
        self.calls -= 1;
        self.tidy(ring);
        Cancelled::Yes {
            prefetched: matches!(
                before,
                Entry::Call {
                    prefetched: true,
                    ..
                }
            ),
        }
    }

    /// Calls that lie ready behind the first and that the worker has not taken up, the last first. The
    /// first is the worker's own: it is about to take it up.
    pub(super) fn waiting<'a>(&'a self, ring: &'a Ring) -> impl Iterator<Item = &'a Arc<Job>> + 'a {
        let behind_the_first = self.calls.saturating_sub(1);
        self.all()
            .rev()
            .take(behind_the_first)
            .take_while(|(position, job)| {
                ring.call_state(*position, job.id()) == CallState::Waiting
            })
            .map(|(_, job)| job)
    }

    /// All calls with their positions.
    pub(super) fn all(&self) -> impl DoubleEndedIterator<Item = (u64, &Arc<Job>)> {
        self.entries
            .iter()
            .enumerate()
            .filter_map(|(at, entry)| match entry {
                Entry::Call { job, .. } => Some((self.first + at as u64, job)),
                Entry::Cancelled(_) => None,
            })
    }

    /// How many of them were put behind others.
    pub(super) fn prefetched(&self) -> usize {
        let is_prefetched = |entry: &&Entry| {
            matches!(
                entry,
                Entry::Call {
                    prefetched: true,
                    ..
                }
            )
        };
        self.entries.iter().filter(is_prefetched).count()
    }
}
