//! `#[cfg]` on arguments, functions and methods: an attribute macro sees it unresolved.
// The receiver is not what these methods are about.
#![allow(clippy::unused_self)]

use offloop::{blocking_io, cpu_bound};

type Nothing = Result<(), offloop::Error>;

#[blocking_io]
fn arguments(
    a: u8,
    #[cfg(not(windows))] there: &str,
    #[cfg(windows)] gone: NoSuchType,
    #[cfg(not(windows))]
    #[default = 7]
    last: u8,
) -> usize {
    #[cfg(windows)]
    let () = gone;
    usize::from(a) + there.len() + usize::from(last)
}

#[cpu_bound]
fn across(#[cfg(windows)] gone: NoSuchType, #[cfg(not(windows))] there: u8) -> u8 {
    there
}

#[test]
fn cfg_may_leave_out_arguments() -> Nothing {
    assert_eq!(arguments(1, "ab", 3).wait()?, 6);
    assert_eq!(arguments::builder().a(1).there("ab").call().wait()?, 10);
    assert_eq!(arguments::blocking(1, "ab", 3), 6);
    assert_eq!(across::builder().there(2).call().wait()?, 2);
    Ok(())
}

#[cfg(windows)]
#[blocking_io]
fn before(gone: NoSuchType) -> NoSuchType {
    gone
}

#[blocking_io]
#[cfg(windows)]
fn after(gone: &NoSuchType) -> NoSuchType {
    gone
}

#[cpu_bound]
#[cfg(windows)]
fn after_across(gone: NoSuchType) -> NoSuchType {
    gone
}

#[cfg(not(windows))]
#[blocking_io]
fn before(a: u8) -> u8 {
    a
}

#[blocking_io]
#[cfg(not(windows))]
fn after(a: u8) -> u8 {
    a
}

#[cpu_bound]
#[cfg(not(windows))]
fn after_across(a: u8) -> u8 {
    a
}

#[test]
fn cfg_may_leave_out_functions() -> Nothing {
    assert_eq!(before::builder().a(1).call().wait()?, 1);
    assert_eq!(after::builder().a(1).call().wait()?, 1);
    assert_eq!(after_across::builder().a(1).call().wait()?, 1);
    Ok(())
}

#[derive(Clone, serde::Serialize, serde::Deserialize)]
struct Store;

#[offloop::methods]
impl Store {
    #[blocking_io]
    #[cfg(windows)]
    fn method(&self, gone: NoSuchType) -> NoSuchType {
        gone
    }

    #[cfg(not(windows))]
    #[blocking_io]
    fn method(&self, a: u8, #[cfg(windows)] gone: NoSuchType) -> u8 {
        a
    }

    #[cpu_bound]
    #[cfg(windows)]
    fn across(&self, gone: NoSuchType) -> NoSuchType {
        gone
    }

    #[cpu_bound]
    #[cfg(not(windows))]
    fn across(&self, a: u8) -> u8 {
        a
    }
}

#[offloop::methods]
#[cfg(windows)]
impl NoSuchType {
    #[cpu_bound]
    fn method(&self, a: u8) -> u8 {
        a
    }
}

#[test]
fn cfg_may_leave_out_methods_and_blocks() -> Nothing {
    assert_eq!(Store.method_builder().a(1).call().wait()?, 1);
    assert_eq!(Store.across_builder().a(1).call().wait()?, 1);
    Ok(())
}
