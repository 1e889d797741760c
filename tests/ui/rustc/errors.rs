//! An error that cannot hold an error of the pool.

use offloop::{blocking_io, cpu_bound};

#[derive(Debug, serde::Serialize, serde::Deserialize)]
struct Own;

#[blocking_io]
fn threads() -> Result<u32, Own> {
    Err(Own)
}

#[cpu_bound]
fn processes() -> Result<u32, Own> {
    Err(Own)
}

#[blocking_io]
fn foreign(text: &str) -> Result<i32, std::num::ParseIntError> {
    text.parse()
}

#[cpu_bound]
fn foreign_in_processes(text: &str) -> Result<i32, std::num::ParseIntError> {
    text.parse()
}

fn main() {}
