//! An argument without a default is not given.

use offloop::{blocking_io, cpu_bound};

#[blocking_io]
fn fetch(url: &str, #[default = 3] retries: u32) -> Result<String, std::io::Error> {
    Ok(format!("{url} {retries}"))
}

#[cpu_bound]
fn two(left: u32, right: u32, third: Option<u32>) -> u32 {
    left + right + third.unwrap_or(0)
}

#[derive(Clone)]
struct Store;

#[offloop::methods]
impl Store {
    #[blocking_io]
    fn load(&self, key: &str) -> usize {
        key.len()
    }
}

async fn awaited() {
    let _ = fetch::builder().retries(2).await;
}

async fn both() {
    let _ = two::builder().await;
}

fn call() {
    let _ = fetch::builder().call();
}

fn spawned() {
    tokio::spawn(fetch::builder());
}

async fn method() {
    let _ = Store.load_builder().await;
}

fn main() {}
