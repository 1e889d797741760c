//! Every call ends, once.

mod listeners;
mod nested;
mod prefetch;
mod runtimes;
mod started;
