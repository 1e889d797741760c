//! The first program of the README: a function that blocks, and one that computes.

use offloop::{blocking_io, cpu_bound};

#[blocking_io]
fn size_of(path: &str) -> std::io::Result<u64> {
    Ok(std::fs::metadata(path)?.len())
}

#[cpu_bound]
fn sum(numbers: &[u64], #[default = 1] factor: u64) -> (u32, u64) {
    (std::process::id(), numbers.iter().sum::<u64>() * factor)
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    println!("{} bytes on disk", size_of("/proc/self/exe").await?);
    let (pid, sum) = sum::builder().numbers([1, 2, 3]).await?;
    println!("{sum}, computed by process {pid}");
    Ok(())
}
