//! The rule by which a thread pool decides whether to start more threads.
//!
//! Short calls need few threads, and calls that block need many. The pool cannot know which kind
//! its calls are. So it counts how many calls return in a short time (a [`Window`]) while others
//! wait:
//!
//! - None returns: all threads are blocked. The pool doubles the number of threads, until calls
//!   return, no call waits, or the pool has all its threads.
//! - Few return, so that a call takes longer than the start of a thread: the pool starts some more.
//! - Many return: a further thread would come too late and compete with the others for the cores.
//!   The pool starts none, and uses no more of its threads than there are cores.
//!
//! On a busy machine the time alone proves nothing: a thread that got no core looks like a blocked
//! one. So the pool does not judge before the threads that it started last have come to the queue.

use std::time::{Duration, Instant};

/// If no call returns for this long, all threads are blocked.
pub(super) const PATIENCE: Duration = Duration::from_micros(200);
/// The length of a window in which some calls return.
const WHILE: Duration = Duration::from_millis(1);
/// A call that takes longer is worth a thread of its own.
const LONG: Duration = Duration::from_millis(1);
/// A call that takes less is not worth a thread: the start of one takes about as long.
const SHORT: Duration = Duration::from_micros(60);

/// Counts of the calls of a pool, from its beginning.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Flow {
    /// Calls that were put into the queue.
    pub(super) queued: u64,
    /// Calls that a thread took out of the queue.
    pub(super) taken: u64,
    /// Calls that a thread has finished.
    pub(super) returned: u64,
}

/// A time over which the pool counts the calls that return.
#[derive(Clone, Copy, Debug)]
pub(super) struct Window {
    since: Instant,
    then: Flow,
}

/// What [`Window::judge`] finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Finding {
    /// It is too early to tell. Judge again after this time.
    TooEarly(Duration),
    /// The calls are so short that more threads than cores would only compete for the cores.
    Short,
    /// Start this many more threads, or none for 0.
    More(usize),
}

impl Window {
    pub(super) fn new(since: Instant, then: Flow) -> Window {
        Window { since, then }
    }

    /// Returns how long after the beginning of a window the pool should judge it. `moves` says
    /// whether calls returned in the window before.
    pub(super) fn first_look(moves: bool) -> Duration {
        if moves { WHILE } else { PATIENCE }
    }

    /// Returns whether calls have returned since the window began.
    pub(super) fn moves(&self, flow: Flow) -> bool {
        flow.returned != self.then.returned
    }

    /// Judges whether the pool needs more than `threads` threads, of which each has a call.
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
        // Calls leave the queue in order. So this tells whether one that waited when the window
        // began still waits.
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

    /// Returns the finding `micros` after a window of 100 calls on 4 threads began.
    fn found(micros: u64, flow_then: Flow) -> Finding {
        let start = Instant::now();
        let window = Window::new(start, flow(100, 4, 0));
        window.judge(start + Duration::from_micros(micros), flow_then, 4)
    }

    #[test]
    fn threads_of_which_none_comes_back_are_doubled() {
        assert_eq!(found(200, flow(100, 4, 0)), Finding::More(4));
        // More calls in the queue, and more that threads take, change nothing.
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
