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

#[blocking_io]
fn join<T>(handle: std::thread::JoinHandle<T>) -> std::thread::Result<T> {
    handle.join()
}

#[offloop::cpu_bound(threads)]
fn opaque(values: impl Iterator<Item = u32>) -> Result<u32, Own> {
    values.max().ok_or(Own)
}

struct Queue<T>(Vec<T>);

#[offloop::methods]
impl<T> Queue<T> {
    #[blocking_io]
    fn first(self) -> Result<T, Own> {
        self.0.into_iter().next().ok_or(Own)
    }
}

impl<T: Send + 'static> Queue<T> {
    #[blocking_io]
    fn alone(self) -> Result<usize, Own> {
        Ok(self.0.len())
    }
}

fn main() {}
