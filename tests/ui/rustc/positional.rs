//! Mistakes in a call by position.
#![deny(unused_must_use)]

use offloop::blocking_io;

#[blocking_io]
fn fetch(url: &str, #[default = 3] retries: u32) -> Result<String, std::io::Error> {
    Ok(format!("{url} {retries}"))
}

async fn count() {
    let _ = fetch("u").await;
}

async fn kind() {
    let _ = fetch(1, "u").await;
}

async fn without_await() -> Result<(), std::io::Error> {
    let text: Result<String, std::io::Error> = fetch("u", 3);
    fetch("u", 3)?;
    Ok(())
}

fn main() {}
