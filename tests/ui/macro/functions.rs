//! Functions that cannot be tasks.

use offloop::{blocking_io, cpu_bound};

#[blocking_io]
async fn asynchronous() -> u32 {
    std::future::ready(1).await
}

#[cpu_bound]
async fn asynchronous_across() {}

#[blocking_io]
const fn constant() -> u32 {
    1
}

#[blocking_io]
unsafe fn not_safe(pointer: usize) -> usize {
    pointer
}

#[blocking_io]
extern "C" fn foreign() {}

#[blocking_io]
unsafe extern "C" fn variadic(count: usize, _: ...) {}

#[blocking_io]
fn without_body(a: u32);

#[blocking_io]
fn opaque(limit: u32) -> impl Iterator<Item = u32> {
    0..limit
}

#[blocking_io]
fn opaque_inside(limit: u32) -> Result<Box<impl Fn()>, std::io::Error> {
    let _ = limit;
    Ok(Box::new(|| ()))
}

#[blocking_io]
fn borrowed(text: &str) -> &str {
    text
}

#[blocking_io]
fn borrowed_inside<'a>(text: &'a str) -> Option<std::borrow::Cow<'a, str>> {
    Some(text.into())
}

#[blocking_io]
fn never() -> ! {
    loop {}
}

#[cpu_bound]
fn generic<T>(value: T) -> T {
    value
}

#[cpu_bound]
fn constant_parameter<const N: usize>() -> usize {
    N
}

#[cpu_bound]
fn opaque_argument(path: impl AsRef<std::path::Path>) -> bool {
    path.as_ref().exists()
}

#[blocking_io]
fn main() {}
