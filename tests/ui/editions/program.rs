//! Compiled in each edition by `tests/ui.rs`, with the library under another name.
#![deny(warnings, missing_docs, unreachable_pub)]
#![forbid(unsafe_code)]

use other::{blocking_io, cpu_bound};
use std::borrow::Cow;
use std::fmt::Display;
use std::path::Path;

/// Borrowed arguments, an option, a default.
#[blocking_io(crate = ::other)]
pub fn fetch(
    url: &str,
    path: &Path,
    cow: Cow<'_, str>,
    #[default = 3] retries: u32,
    tag: Option<&str>,
) -> std::io::Result<usize> {
    Ok(url.len() + path.as_os_str().len() + cow.len() + retries as usize + tag.map_or(0, str::len))
}

/// A trait object without the names that later preludes have.
#[cpu_bound(threads, crate = ::other)]
pub fn apply(with: Box<dyn Fn(u32) -> u32 + Send>, to: u32) -> u32 {
    with(to)
}

/// Across processes.
#[cpu_bound(crate = ::other)]
pub fn sum(numbers: Vec<u8>, #[default = 1] times: u64) -> u64 {
    numbers.iter().map(|number| u64::from(*number)).sum::<u64>() * times
}

/// With type parameters.
#[blocking_io(crate = ::other)]
pub fn render<T: Display, const N: usize>(items: [T; N], more: impl Display) -> String {
    let mut text = more.to_string();
    for item in &items {
        text.push_str(&item.to_string());
    }
    text
}

/// A word that some editions reserve.
#[blocking_io(crate = ::other)]
pub fn r#gen(r#try: u8) -> u8 {
    r#try
}

/// A type with methods.
#[derive(Clone, Debug)]
pub struct Store;

#[other::methods]
impl Store {
    /// A method.
    #[blocking_io(crate = ::other)]
    pub fn load(&self, key: &str) -> usize {
        key.len()
    }
}

/// Every way to call.
///
/// # Errors
///
/// Those of the calls.
pub async fn calls() -> Result<(), Box<dyn std::error::Error>> {
    fetch("u", Path::new("p"), Cow::Borrowed("c"), 1, None).await?;
    fetch::builder().url("u").path("p").cow("c").await?;
    apply::builder().with(Box::new(|n| n + 1)).to(1).await?;
    sum::builder().numbers(vec![1]).call().await?;
    render::builder().items([1, 2]).more("x").await?;
    r#gen::builder().r#try(1).await?;
    Store.load_builder().key("k").await?;
    Ok(())
}

fn main() {}
