//! A library with links to tasks: [`fetch`], [`fetch()`], [`sum`], [`generic`], [`named`],
//! [`without_builder`], [`Store::load`], [`inner::deep`], and to what they make:
//! [`NamedCall`], [`StoreLoadBuilder`], [`FetchBuilder`].
#![deny(missing_docs)]

/// See [`sum`] and [`Store`].
///
/// # Errors
/// None of its own; [`offloop::Error`] if the pool has one.
#[offloop::blocking_io]
pub fn fetch(
    /// As [`sum`] would take it.
    url: &str,
    /// Not less than [`LEAST`].
    #[default = LEAST] retries: u32,
) -> Result<String, std::io::Error> {
    Ok(format!("{url} {retries}"))
}

/// For [`fetch`].
pub const LEAST: u32 = 3;

/// See [`fetch`].
#[offloop::cpu_bound]
pub fn sum(numbers: &[u64]) -> u64 {
    numbers.iter().sum()
}

/// See [`fetch`] and [`generic`].
#[offloop::blocking_io]
pub fn generic<T: Clone>(value: &T, other: Option<T>) -> T {
    other.unwrap_or_else(|| value.clone())
}

/// See [`NamedCall::builder`].
#[offloop::blocking_io(builder = NamedCall)]
pub fn named(a: u8) -> u8 {
    a
}

/// See [`named`].
#[offloop::blocking_io(builder = false)]
pub fn without_builder(a: u8) -> u8 {
    a
}

/// Has [`load`](Store::load).
#[derive(Clone)]
pub struct Store;

#[offloop::methods]
impl Store {
    /// See [`fetch`], [`Self::load_builder`] and [`Store::load_blocking`].
    #[blocking_io]
    pub fn load(&self, key: &str) -> usize {
        key.len()
    }
}

/// Links from below.
pub mod inner {
    /// See [`super::fetch`], [`crate::sum`] and [`super::Store::load`].
    #[offloop::blocking_io]
    pub fn deep() {}
}
