//! Generated code is clean where the user's crate is strict.
#![deny(
    warnings,
    missing_docs,
    unreachable_pub,
    missing_debug_implementations,
    unused,
    unused_qualifications,
    unused_results,
    single_use_lifetimes,
    elided_lifetimes_in_paths,
    explicit_outlives_requirements,
    let_underscore_drop,
    trivial_casts,
    trivial_numeric_casts,
    clippy::all,
    clippy::pedantic,
    clippy::nursery,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::std_instead_of_core,
    clippy::allow_attributes,
    clippy::missing_inline_in_public_items,
    clippy::module_name_repetitions
)]
#![forbid(unsafe_code)]

use core::fmt::Display;
use offloop::{blocking_io, cpu_bound};
use std::path::{Path, PathBuf};

/// A public module, whose items are seen from outside.
pub mod open {
    use super::{Display, Path, PathBuf, blocking_io, cpu_bound};

    /// On threads.
    #[blocking_io]
    #[inline]
    pub fn threads(
        /// Text.
        text: &str,
        path: &Path,
        #[default = 3] number: u32,
        maybe: Option<PathBuf>,
        list: Vec<u8>,
        reference: &u64,
        _unused: bool,
    ) -> std::io::Result<usize> {
        let maybe = maybe.map_or(0, |path| path.as_os_str().len());
        let number = usize::try_from(number).map_err(std::io::Error::other)?;
        let reference = usize::try_from(*reference).map_err(std::io::Error::other)?;
        Ok(text.len() + path.as_os_str().len() + number + maybe + list.len() + reference)
    }

    /// In processes.
    #[cpu_bound]
    #[inline]
    pub fn processes(bytes: &[u8], #[default = None] maybe: Option<u8>) -> Vec<u8> {
        let mut bytes = bytes.to_vec();
        bytes.extend(maybe);
        bytes
    }

    /// With parameters.
    #[blocking_io]
    #[inline]
    pub fn generic<T: Display + Clone, const N: usize>(
        items: [T; N],
        more: impl Display,
    ) -> String {
        let mut text = more.to_string();
        for item in items {
            text.push_str(&item.to_string());
        }
        text
    }

    /// A type with methods.
    #[derive(Clone, Debug)]
    #[non_exhaustive]
    pub struct Store {
        /// A part.
        pub part: u8,
    }

    #[offloop::methods]
    impl Store {
        /// Makes one.
        #[must_use]
        #[inline]
        pub const fn new() -> Self {
            Self { part: 1 }
        }

        /// On threads.
        #[blocking_io]
        #[inline]
        pub fn method(&self, text: &str, maybe: Option<u8>) -> usize {
            usize::from(self.part) + text.len() + usize::from(maybe.unwrap_or(0))
        }
    }

    impl Default for Store {
        #[inline]
        fn default() -> Self {
            Self::new()
        }
    }
}

#[blocking_io]
fn private(text: String, #[default = true] flag: bool) -> String {
    if flag { text } else { String::new() }
}

#[test]
fn generated_code_is_clean_and_works() -> std::io::Result<()> {
    let threads = open::threads::builder()
        .text("a")
        .path("b")
        .list(vec![1])
        .reference(2_u64)
        ._unused(true);
    assert_eq!(threads.call().wait()?, 8);
    assert_eq!(open::processes::builder().bytes([1]).call().wait()?, [1]);
    assert_eq!(open::generic([1], 2).wait()?, "21");
    assert_eq!(
        open::Store::new()
            .method_builder()
            .text("a")
            .call()
            .wait()?,
        2
    );
    assert_eq!(private("a".to_owned(), true).wait()?, "a");
    Ok(())
}
