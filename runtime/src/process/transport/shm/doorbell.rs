//! Whom a worker wakes when a call is done, so that no third party stands between the two.
//!
//! A call that is awaited on a tokio runtime is heard of by that runtime itself: each worker has a
//! descriptor, its *doorbell*, registered with the runtime, and what the runtime wakes when it
//! rings is not a task but [`Doorbell`], which takes in the worker's answers there and then. All
//! other calls are heard of by the pool's own thread, whose doorbell is number 0.
//!
//! Which doorbell is rung decides which listener comes, not whose calls it takes in: it takes in
//! all. So a runtime that ends costs nothing but its doorbell, and for one that is busy with
//! something else the pool stands in, which looks after its workers now and then while they have
//! calls.

/// The doorbell of the pool's own thread.
pub(crate) const OWN: usize = 0;
