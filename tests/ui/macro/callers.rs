//! Callers of a function with mistakes see no error of their own: only the definitions
//! are reported.

use offloop::{Task, blocking_io, cpu_bound};
// Used by the bodies alone: they go on being checked.
use std::collections::HashMap;

#[blocking_io(bulder = false)]
fn option(url: &str, retries: u32) -> Result<String, std::io::Error> {
    let _: HashMap<u8, u8> = HashMap::new();
    Ok(format!("{url} {retries}"))
}

#[blocking_io]
async fn asynchronous(url: &str) -> u32 {
    std::future::ready(url.len() as u32).await
}

#[cpu_bound]
fn generic<T>(value: T) -> T {
    value
}

#[blocking_io(builder = Renamed, nested = 1)]
fn named(a: u32) -> u32 {
    a
}

#[blocking_io(builder = false, nested = 1)]
fn without_builder(a: u32) -> u32 {
    a
}

#[derive(Clone)]
struct Store;

#[offloop::methods]
impl Store {
    #[blocking_io]
    fn load(&mut self, key: &str) -> usize {
        key.len()
    }

    #[blocking_io(bulder = false)]
    fn open(key: &str) -> usize {
        key.len()
    }
}

impl Store {
    #[blocking_io]
    fn alone(&mut self, key: &str) -> usize {
        key.len()
    }
}

fn name<T: Task>() -> &'static str {
    T::NAME
}

async fn calls(mut store: Store) -> Result<(), std::io::Error> {
    let text: String = option("u", 3).await?;
    let text: String = option::builder().url("u").await? + &text;
    let text: String = option::builder().url(text).call().await?;
    let _: Result<String, std::io::Error> = option::blocking(&text, 3);
    let _: u64 = asynchronous("u").await;
    let _ = asynchronous::builder().nonsense(1).await;
    let _: u8 = generic(3).await;
    let _: u8 = named(3).await;
    let _: u8 = Renamed::builder().a(1).await;
    let _: u8 = without_builder(3).await;
    let _: u32 = store.load("k").await;
    let _: u32 = store.load_builder().key("k").await;
    let _: usize = store.load_blocking("k");
    let _: u32 = Store::open("k").await;
    let _: u32 = store.alone("k").await;
    let _ = name::<option>();
    Ok(())
}

fn main() {
    let _ = calls(Store);
}
