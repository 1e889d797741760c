//! Tests that count what the process holds.

mod shared;
