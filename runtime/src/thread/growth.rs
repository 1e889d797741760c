//! When more threads are worth their start.
//!
//! Short calls are best served by few threads, calls that block by many, and nobody knows which they
//! are. What shows is how many come back in a while in which others wait:
//!
//! - None: all threads are blocked, and as many again are started. So the number doubles until
//!   calls come back, none waits any more, or the pool has all its threads.
//! - Few, so that a call takes longer than a thread takes to start: some more are started.
//! - Many: a thread more would come too late, and be in the way of the others. So much so that even of
//!   those that are there no more are used than there are cores.
//!
//! Time alone proves nothing on a machine that is busy: threads that got no core look as those do
//! that are blocked. So nobody looks before the threads that were started last are there.

use std::time::{Duration, Instant};

/// If nothing has come back for so long, all threads are blocked.
pub(super) const PATIENCE: Duration = Duration::from_micros(200);
/// Over so long it is counted how many calls come back, where some do.
const WHILE: Duration = Duration::from_millis(1);
/// A call that takes longer is worth a thread of its own.
const LONG: Duration = Duration::from_millis(1);
/// A call that takes less is not worth a thread: starting one takes about as long.
const SHORT: Duration = Duration::from_micros(60);

/// How many calls the pool has had so far.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Flow {
    pub(super) queued: u64,
    /// Taken out of the queue by a thread.
    pub(super) taken: u64,
    /// Given back by a thread.
    pub(super) returned: u64,
}

/// The time over which it is counted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Window {
    since: Instant,
    then: Flow,
}

/// What a look at the queue has shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Finding {
    /// It takes so much longer to tell.
    TooEarly(Duration),
    /// The calls are so short that more threads than cores would only be in each other's way.
    Short,
    /// So many more threads would serve the calls better.
    More(usize),
}

impl Window {
    pub(super) fn new(since: Instant, then: Flow) -> Window {
        Window { since, then }
    }

    /// When it is worth to look, from its beginning on. `moves`: whether calls came back before it.
    pub(super) fn first_look(moves: bool) -> Duration {
        if moves { WHILE } else { PATIENCE }
    }

    /// Whether calls have come back.
    pub(super) fn moves(&self, flow: Flow) -> bool {
        flow.returned != self.then.returned
    }

    /// Whether as many calls wait that `threads` should be more, if each of these has a call.
    pub(super) fn judge(&self, now: Instant, flow: Flow, threads: usize) -> Finding {
        let passed = now.saturating_duration_since(self.since);
        let returned = flow.returned - self.then.returned;
        let enough = if returned == 0 { PATIENCE } else { WHILE };
        let rest = enough.saturating_sub(passed);
        if !rest.is_zero() {
            return Finding::TooEarly(rest);
        }
        if returned == 0 {
            return Finding::More(threads.max(1));
        }
        // First come, first served: then one that waited at the beginning waits still.
        let is_late = flow.taken < self.then.queued;
        let each = passed.as_nanos() * threads as u128 / u128::from(returned);
        if each < SHORT.as_nanos() {
            return Finding::Short;
        }
        Finding::More(if !is_late {
            0
        } else if each < LONG.as_nanos() {
            1
        } else {
            (threads / 4).max(1)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flow(queued: u64, taken: u64, returned: u64) -> Flow {
        Flow {
            queued,
            taken,
            returned,
        }
    }

    /// What is found `micros` after a window of 100 calls on 4 threads has begun.
    fn found(micros: u64, flow_then: Flow) -> Finding {
        let start = Instant::now();
        let window = Window::new(start, flow(100, 4, 0));
        window.judge(start + Duration::from_micros(micros), flow_then, 4)
    }

    #[test]
    fn threads_of_which_none_comes_back_are_doubled() {
        assert_eq!(found(200, flow(100, 4, 0)), Finding::More(4));
        // That more calls come, or new threads take some, changes nothing.
        assert_eq!(found(200, flow(900, 8, 0)), Finding::More(4));
    }

    #[test]
    fn it_is_not_told_too_early() {
        let early = |micros| Finding::TooEarly(Duration::from_micros(micros));
        assert_eq!(found(150, flow(100, 4, 0)), early(50));
        assert_eq!(found(300, flow(100, 6, 2)), early(700));
    }

    #[test]
    fn short_calls_get_no_thread_and_longer_ones_few() {
        // Over 1 ms, on 4 threads: 40 µs each, 400 µs each, 2 ms each.
        assert_eq!(found(1_000, flow(200, 99, 100)), Finding::Short);
        assert_eq!(found(1_000, flow(200, 14, 10)), Finding::More(1));
        assert_eq!(found(1_000, flow(200, 6, 2)), Finding::More(1));
        let start = Instant::now();
        let window = Window::new(start, flow(1_000, 400, 0));
        let later = start + Duration::from_millis(1);
        let finding = window.judge(later, flow(1_000, 600, 200), 400);
        assert_eq!(finding, Finding::More(100));
    }

    #[test]
    fn calls_that_have_not_waited_long_need_no_thread() {
        assert_eq!(found(1_000, flow(150, 104, 2)), Finding::More(0));
    }
}
