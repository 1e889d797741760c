//! Random days of a pool: whatever comes in whatever order, the counts agree with what has
//! happened.

use std::sync::atomic::{AtomicBool, Ordering};

use proptest::prelude::*;

use super::*;

/// A worker, and what it has been through.
#[derive(Debug, Default)]
struct Fake {
    is_retiring: AtomicBool,
    is_ready: AtomicBool,
    has_room: AtomicBool,
}

impl Member for Fake {
    fn is_retiring(&self) -> bool {
        self.is_retiring.load(Ordering::Relaxed)
    }

    fn mark_retiring(&self) {
        assert!(
            !self.is_retiring.swap(true, Ordering::Relaxed),
            "it was told twice"
        );
    }

    fn has_room(&self) -> bool {
        self.has_room.load(Ordering::Relaxed)
    }
}

/// What happens to a pool. The numbers choose one of the workers that it can happen to.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// So many calls wait.
    Queue(usize),
    /// A worker that is starting gets a process.
    Appear,
    Ready(usize),
    StartFails,
    /// A worker with a process dies before it is ready.
    DiesStarting(usize),
    Dies(usize),
    Outgrows(usize),
    /// An idle worker gets a call.
    Work,
    /// A worker has nothing to do any more.
    Rest(usize),
    Room(usize, bool),
    /// A worker has been idle for too long.
    Unused,
    Resize(usize),
    Close,
}

fn step() -> impl Strategy<Value = Step> {
    let which = 0..8_usize;
    prop_oneof![
        3 => which.clone().prop_map(Step::Queue),
        4 => Just(Step::Appear),
        4 => which.clone().prop_map(Step::Ready),
        1 => Just(Step::StartFails),
        1 => which.clone().prop_map(Step::DiesStarting),
        1 => which.clone().prop_map(Step::Dies),
        2 => which.clone().prop_map(Step::Outgrows),
        4 => Just(Step::Work),
        5 => which.clone().prop_map(Step::Rest),
        1 => (which.clone(), any::<bool>()).prop_map(|(at, room)| Step::Room(at, room)),
        1 => Just(Step::Unused),
        1 => (1..6_usize).prop_map(Step::Resize),
        1 => Just(Step::Close),
    ]
}

/// A pool that knows only what it was told, to compare the roster with.
struct Pool {
    roster: Roster<Fake>,
    /// Workers that were asked for and have no process yet.
    asked_for: usize,
    live: Vec<Arc<Fake>>,
    /// The most workers that there ever were allowed to be.
    widest: usize,
    /// How many workers were to be replaced because they had outgrown their limit.
    replaced: usize,
    deaths: u64,
    is_closed: bool,
}

impl Pool {
    fn new(min: usize, max: usize) -> Pool {
        Pool {
            roster: Roster::new(min, max),
            asked_for: 0,
            live: Vec::new(),
            widest: max,
            replaced: 0,
            deaths: 0,
            is_closed: false,
        }
    }

    /// Returns the `at`th worker of those for which `is_one` holds.
    fn choose(&self, at: usize, is_one: impl Fn(&Fake) -> bool) -> Option<Arc<Fake>> {
        let mut fitting: Vec<_> = self.live.iter().filter(|worker| is_one(worker)).collect();
        let count = fitting.len().max(1);
        (!fitting.is_empty()).then(|| Arc::clone(fitting.swap_remove(at % count)))
    }

    fn is_idle(&self, worker: &Fake) -> bool {
        let mut idle = self.roster.idle.iter();
        idle.any(|(_, idle)| is_same(idle, worker))
    }

    fn ends(&mut self, worker: &Fake) {
        self.live.retain(|other| !is_same(other, worker));
    }

    fn take(&mut self, step: Step) {
        let is_starting = |worker: &Fake| !worker.is_ready.load(Ordering::Relaxed);
        match step {
            Step::Queue(calls) => self.asked_for += self.roster.start_for(calls),
            Step::Appear if self.asked_for > 0 => {
                self.asked_for -= 1;
                let number = self.roster.number();
                assert_eq!(number as u64, self.roster.started());
                let worker = Arc::new(Fake::default());
                self.roster.add(&worker);
                self.live.push(worker);
            }
            Step::Ready(at) => {
                if let Some(worker) = self.choose(at, is_starting) {
                    worker.is_ready.store(true, Ordering::Relaxed);
                    if let Some(old) = self.roster.ready() {
                        assert!(old.is_retiring() && !self.is_idle(&old));
                    }
                    self.rest(&worker);
                }
            }
            Step::StartFails if self.asked_for > 0 => {
                self.asked_for -= 1;
                self.roster.start_failed();
            }
            Step::DiesStarting(at) => {
                if let Some(worker) = self.choose(at, is_starting) {
                    self.roster.remove(&worker);
                    self.roster.start_failed();
                    self.ends(&worker);
                }
            }
            Step::Dies(at) => {
                if let Some(worker) =
                    self.choose(at, |worker| worker.is_ready.load(Ordering::Relaxed))
                {
                    self.deaths += u64::from(!worker.is_retiring());
                    self.roster.count_death(&worker);
                    self.roster.gone(&worker);
                    self.ends(&worker);
                }
            }
            Step::Outgrows(at) => {
                if let Some(worker) =
                    self.choose(at, |worker| worker.is_ready.load(Ordering::Relaxed))
                {
                    let is_new = !self.is_closed && self.roster.replace(&worker);
                    self.asked_for += usize::from(is_new);
                    self.replaced += usize::from(is_new);
                    assert!(
                        !is_new || !self.roster.replace(&worker),
                        "it is asked for once"
                    );
                }
            }
            Step::Work => {
                if let Some(worker) = self.roster.pop_idle() {
                    assert!(!worker.is_retiring(), "it would get a call and end");
                    assert!(!self.is_idle(&worker), "it would get two calls");
                }
            }
            Step::Rest(at) => {
                let works = |worker: &Fake| {
                    worker.is_ready.load(Ordering::Relaxed) && !self.is_idle(worker)
                };
                if let Some(worker) = self.choose(at, works) {
                    self.rest(&worker);
                }
            }
            Step::Room(at, has_room) => {
                if let Some(worker) = self.choose(at, |_| true) {
                    worker.has_room.store(has_room, Ordering::Relaxed);
                }
                let found = self.roster.with_room();
                assert!(found.is_none_or(|worker| worker.has_room()));
            }
            Step::Unused => {
                let (unused, next) = self.roster.retire_unused(Duration::ZERO);
                assert!(unused.iter().all(|worker| worker.is_retiring()));
                assert_eq!(next, None);
            }
            Step::Resize(max) => {
                self.widest = self.widest.max(max);
                let surplus = self.roster.resize(max);
                assert!(surplus.iter().all(|worker| worker.is_retiring()));
                assert!(!self.roster.has_surplus() || self.roster.idle() == 0);
            }
            Step::Close => {
                self.is_closed = true;
                let idle = self.roster.close();
                assert!(idle.iter().all(|worker| worker.is_retiring()));
                assert_eq!((self.roster.idle(), self.roster.min), (0, 0));
            }
            Step::Appear | Step::StartFails => {}
        }
    }

    /// As the pool does it with a worker that has nothing to do.
    fn rest(&mut self, worker: &Arc<Fake>) {
        if worker.is_retiring() {
            return;
        }
        if self.is_closed || self.roster.has_surplus() {
            self.roster.mark_retiring(worker);
        } else {
            self.roster.push_idle(worker);
        }
    }

    fn check(&self) {
        let roster = &self.roster;
        let is_in = |worker: &Arc<Fake>| self.live.iter().any(|live| is_same(live, worker));
        let count =
            |is_one: fn(&Fake) -> bool| self.live.iter().filter(|worker| is_one(worker)).count();
        let starting = self.asked_for + count(|worker| !worker.is_ready.load(Ordering::Relaxed));
        assert_eq!(roster.starting, starting);
        assert_eq!(roster.count, self.asked_for + self.live.len());
        assert_eq!(roster.retiring, count(Fake::is_retiring));
        assert_eq!(roster.died, self.deaths);
        assert_eq!(roster.live.len(), self.live.len());
        assert!(roster.live.iter().all(is_in));
        for (at, (since, worker)) in roster.idle.iter().enumerate() {
            assert!(
                is_in(worker) && worker.is_ready.load(Ordering::Relaxed) && !worker.is_retiring()
            );
            let later = &roster.idle[at + 1..];
            assert!(later.iter().all(|(after, _)| since <= after));
            assert!(later.iter().all(|(_, other)| !Arc::ptr_eq(other, worker)));
        }
        for (at, worker) in roster.outgrown.iter().enumerate() {
            assert!(is_in(worker) && !worker.is_retiring());
            let later = &roster.outgrown[at + 1..];
            assert!(later.iter().all(|other| !Arc::ptr_eq(other, worker)));
        }
        // A worker that starts in the place of another is beyond the limit, until that one ends.
        assert!(roster.count - roster.retiring <= self.widest + self.replaced);
        assert!(roster.min <= roster.max);
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 2000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn the_counts_of_a_pool_agree_with_what_has_happened(
        (min, max) in (1..5_usize).prop_flat_map(|max| (0..=max, Just(max))),
        steps in prop::collection::vec(step(), 0..80),
    ) {
        let mut pool = Pool::new(min, max);
        for step in steps {
            pool.take(step);
            pool.check();
        }
    }

    #[test]
    fn workers_are_started_for_calls_and_for_the_minimum_but_no_more_than_there_may_be(
        (min, max) in (1..9_usize).prop_flat_map(|max| (0..=max, Just(max))),
        queued in prop::collection::vec(0..12_usize, 1..6),
    ) {
        let mut roster = Roster::<Fake>::new(min, max);
        for calls in queued {
            let before = roster.starting;
            let asked_for = roster.start_for(calls);
            assert_eq!(before + asked_for, calls.max(min).max(before).min(max));
            assert_eq!(roster.start_for(calls), 0, "they are on their way");
        }
    }
}
