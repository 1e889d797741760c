//! The calls that a worker has, in the order in which it takes them up: the one that runs, and
//! those that were prefetched behind it.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::process::transport::{CallState, Ring, SLOTS};

/// Which slots of the ring hold which calls. Each entry is one slot, one behind the other. `C` is a
/// call.
#[derive(Debug)]
pub(super) struct Pipeline<C> {
    /// The position of the first entry.
    first: u64,
    entries: VecDeque<Entry<C>>,
    /// How many entries are calls.
    calls: usize,
}

#[derive(Debug)]
enum Entry<C> {
    Call {
        id: u64,
        call: Arc<C>,
        /// The call was put behind another.
        prefetched: bool,
    },
    /// The call of this id was taken back, and the worker may not have passed its slot yet.
    Cancelled(u64),
}

/// A call of a pipeline, and where it is.
#[derive(Debug)]
pub(super) struct Placed<'a, C> {
    pub(super) position: u64,
    pub(super) id: u64,
    pub(super) call: &'a Arc<C>,
}

/// What became of taking a call back.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Cancelled {
    Yes {
        /// The call had been put behind another.
        prefetched: bool,
    },
    /// The worker has taken the call up, or it is none of the worker's calls.
    No,
}

impl<C> Default for Pipeline<C> {
    fn default() -> Pipeline<C> {
        Pipeline {
            first: 0,
            entries: VecDeque::new(),
            calls: 0,
        }
    }
}

impl<C> Pipeline<C> {
    /// Returns how many calls the worker has.
    pub(super) fn calls(&self) -> usize {
        self.calls
    }

    /// Returns where the next call goes, if there is room.
    pub(super) fn next(&mut self, ring: &Ring) -> Option<u64> {
        self.tidy(ring);
        let has_room = self.entries.len() < SLOTS;
        has_room.then(|| self.first + self.entries.len() as u64)
    }

    /// Forgets slots of calls that were taken back. Those at the end are used again; if the worker
    /// has passed one, then also all before it.
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

    /// Notes that the call is in the slot that [`next`](Pipeline::next) returned. Returns whether
    /// it is behind another.
    pub(super) fn push(&mut self, id: u64, call: Arc<C>) -> bool {
        let prefetched = self.calls > 0;
        self.entries.push_back(Entry::Call {
            id,
            call,
            prefetched,
        });
        self.calls += 1;
        prefetched
    }

    /// Returns the first call, if the worker is done with it; `Err` if its slot says what cannot
    /// be.
    pub(super) fn first_done(&self, ring: &Ring) -> Result<Option<Placed<'_, C>>, ()> {
        // If it is done, the worker has passed all that was taken back before it.
        let Some(first) = self.all().next() else {
            return Ok(None);
        };
        match ring.call_state(first.position, first.id) {
            CallState::Done => Ok(Some(first)),
            CallState::Waiting | CallState::Running | CallState::Revoked => Ok(None),
            CallState::Invalid => Err(()),
        }
    }

    /// Takes out the first call, which is done. Returns whether it was put behind another.
    pub(super) fn pop_done(&mut self) -> Option<(Arc<C>, bool)> {
        loop {
            let entry = self.entries.pop_front()?;
            self.first += 1;
            if let Entry::Call {
                call, prefetched, ..
            } = entry
            {
                self.calls -= 1;
                return Some((call, prefetched));
            }
        }
    }

    /// Returns the position of a call.
    pub(super) fn position(&self, call: u64) -> Option<u64> {
        let is_it = |entry: &Entry<C>| matches!(entry, Entry::Call { id, .. } if *id == call);
        let at = self.entries.iter().position(is_it)?;
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
            prefetched: before.is_prefetched(),
        }
    }

    /// Returns the prefetched calls that the worker has not taken up, the last first. The first
    /// call is none of them: the worker is about to take it up.
    pub(super) fn waiting<'a>(
        &'a self,
        ring: &'a Ring,
    ) -> impl Iterator<Item = Placed<'a, C>> + 'a {
        let behind_the_first = self.calls.saturating_sub(1);
        self.all()
            .rev()
            .take(behind_the_first)
            .take_while(|placed| ring.call_state(placed.position, placed.id) == CallState::Waiting)
    }

    /// Returns all calls.
    pub(super) fn all(&self) -> impl DoubleEndedIterator<Item = Placed<'_, C>> {
        self.entries
            .iter()
            .enumerate()
            .filter_map(|(at, entry)| match entry {
                Entry::Call { id, call, .. } => Some(Placed {
                    position: self.first + at as u64,
                    id: *id,
                    call,
                }),
                Entry::Cancelled(_) => None,
            })
    }

    /// Returns how many calls were put behind others.
    pub(super) fn prefetched(&self) -> usize {
        let entries = self.entries.iter();
        entries.filter(|entry| entry.is_prefetched()).count()
    }
}

impl<C> Entry<C> {
    fn is_prefetched(&self) -> bool {
        matches!(
            self,
            Entry::Call {
                prefetched: true,
                ..
            }
        )
    }
}
