//! Every call ends, once.

mod listeners;
mod nested;
mod prefetch;
mod queue;
mod runtimes;
mod started;
