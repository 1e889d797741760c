//! Every call ends, once.

mod listeners;
mod nested;
mod pool_kinds;
mod prefetch;
mod progress;
mod queue;
mod runtimes;
mod started;
