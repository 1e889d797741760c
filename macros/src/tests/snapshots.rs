//! A few expansions as a person reads them.
//!
//! After a change, `UPDATE_EXPECT=1 cargo test -p offloop-macros` writes them anew.

use super::{errors, expand};
use crate::paths::Paths;
use expect_test::{ExpectFile, expect_file};

fn check(source: &str, expected: &ExpectFile) {
    let tokens = expand(source);
    assert_eq!(errors(tokens.clone()), [] as [&str; 0]);
    let file: syn::File = syn::parse2(tokens).unwrap();
    expected.assert_eq(&prettyplease::unparse(&file));
}

#[test]
fn on_threads() {
    check(
        "#[blocking_io]
        /// Loads one page.
        pub fn fetch(
            /// The address.
            url: &str,
            #[default = 3] retries: u32,
        ) -> Result<String, io::Error> { BODY }",
        &expect_file!["snapshots/on_threads.rs"],
    );
}

#[test]
fn in_processes() {
    check(
        "#[cpu_bound(pool = IMAGES, timeout = LIMIT, builder = false)]
        fn thumbnail(jpeg: &[u8], height: Option<u32>) -> Vec<u8> { BODY }",
        &expect_file!["snapshots/in_processes.rs"],
    );
}

#[test]
fn with_parameters() {
    check(
        "#[blocking_io(nested)]
        fn render<T: Display, const N: usize>(items: [T; N], path: impl AsRef<Path>) -> io::Result<()>
        where T: Clone { BODY }",
        &expect_file!["snapshots/with_parameters.rs"],
    );
}

#[test]
fn methods() {
    check(
        "#[methods]
        impl<T: Clone> Cache<T> {
            const LIMIT: usize = { 3 };
            #[blocking_io]
            pub fn get(&self, key: &Path, #[default = Self::LIMIT] limit: usize) -> Option<T> { BODY }
            fn other(&self) {}
        }",
        &expect_file!["snapshots/methods.rs"],
    );
}

#[test]
fn with_a_mistake() {
    let tokens = expand("#[blocking_io(bulder)] pub fn fetch(url: &str) -> String { BODY }");
    let file: syn::File = syn::parse2(tokens).unwrap();
    expect_file!["snapshots/with_a_mistake.rs"].assert_eq(&prettyplease::unparse(&file));
}

#[test]
fn generated_code_names_two_modules_of_the_runtime() {
    let paths = Paths::below(None);
    let modules = [paths.private.to_string(), paths.builder.to_string()];
    for source in [
        "#[blocking_io] fn f(a: &Path, b: Option<u8>, #[default = 1] c: u8) -> io::Result<u8> { 0 }",
        "#[cpu_bound(timeout = T, retry = 2)] fn f(a: &str, b: Row) -> u8 { 0 }",
        "#[cpu_bound(threads, builder = F, nested)] fn f<T: Tr>(a: T) -> Result<T::Item, E> { 0 }",
        "#[methods] impl S { #[cpu_bound] fn f(&self, a: Cow<'_, [u8]>) -> Result<u8, E> { 0 } }",
        "#[blocking_io] fn f(&self) -> u8 { 0 }",
        "#[blocking_io(bulder)] fn f(a: u8) -> u8 { 0 }",
        "#[on_worker_start] fn f() {}",
    ] {
        let written = expand(source).to_string();
        for (at, _) in written.match_indices(":: offloop") {
            let path = &written[at..];
            let is_known = modules.iter().any(|module| path.starts_with(module));
            assert!(is_known, "{source}\n{path}");
        }
    }
}

#[test]
fn the_same_source_gives_the_same_code() {
    let source = "#[cpu_bound] fn f(#[cfg(unix)] a: u8, #[cfg(windows)] b: Vec<u8>) -> u8 { 0 }";
    assert_eq!(expand(source).to_string(), expand(source).to_string());
}

#[test]
fn a_half_typed_body_still_expands() {
    for source in [
        "#[blocking_io] fn f(a: u8) -> u8 { let b = a. }",
        "#[cpu_bound] fn f(a: u8) -> u8 { match a { 1 => , }",
        "#[methods] impl S { fn other(&self) { self. } #[blocking_io] fn f(&self) -> u8 { self.x( } }",
    ] {
        // Brackets are closed before any macro runs.
        let closed = source
            .replace("1 => , }", "1 => , } }")
            .replace("self.x( }", "self.x() + }");
        assert_eq!(errors(expand(&closed)), [] as [&str; 0]);
    }
}

#[test]
fn the_body_is_written_once() {
    for source in [
        "#[blocking_io] fn f(a: u8) -> u8 { BODY }",
        "#[cpu_bound] fn f(a: u8) -> u8 { BODY }",
        "#[methods] impl S { #[cpu_bound] fn f(&self) -> u8 { BODY } }",
        "#[blocking_io(bulder)] fn f(a: u8) -> u8 { BODY }",
    ] {
        let written = expand(source).to_string();
        assert_eq!(written.matches("BODY").count(), 1, "{written}");
        assert!(!written.contains("unsafe"), "{written}");
    }
}
