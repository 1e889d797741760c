//! Other attributes beside ours go where they are meant for.

use offloop::{blocking_io, cpu_bound};
use std::panic::Location;

type Nothing = Result<(), offloop::Error>;

#[blocking_io]
#[deprecated(note = "old")]
fn old(a: u8) -> u8 {
    a
}

#[blocking_io]
#[must_use = "really"]
fn must(a: u8) -> u8 {
    a
}

#[blocking_io]
#[must_use]
fn must_without_a_reason(a: u8) -> u8 {
    a
}

#[cpu_bound]
#[inline]
#[cold]
fn hints(a: u8) -> u8 {
    a
}

#[blocking_io]
#[allow(non_snake_case, unused_variables)]
#[expect(clippy::unused_unit, clippy::many_single_char_names, dead_code)]
fn Lints(Upper: u8, unused: u8) -> () {}

#[blocking_io]
#[expect(clippy::unwrap_used, reason = "of the body")]
fn expects(text: &str) -> u8 {
    text.parse().unwrap()
}

#[blocking_io]
#[cfg_attr(all(), deprecated = "also old")]
#[cfg_attr(all(), inline)]
fn conditional(a: u8) -> u8 {
    a
}

#[test]
#[allow(deprecated)]
fn attributes_beside_ours_do_what_they_are_meant_for() -> Nothing {
    assert_eq!(old(1).wait()?, 1);
    assert_eq!(old::builder().a(1).call().wait()?, 1);
    assert_eq!(must(1).wait()?, 1);
    assert_eq!(must_without_a_reason(1).wait()?, 1);
    assert_eq!(hints(1).wait()?, 1);
    assert_eq!(expects("1").wait()?, 1);
    assert_eq!(conditional(1).wait()?, 1);
    Ok(())
}

#[blocking_io]
#[track_caller]
fn caller() -> u32 {
    Location::caller().line()
}

#[test]
fn a_function_in_place_tracks_its_caller() {
    assert_eq!(caller::blocking(), line!());
}

/// Stands for `#[instrument]`: sees the name that the user gave.
macro_rules! name_of {
    ($function:item) => {
        $function
    };
}

#[blocking_io]
fn own_name() -> &'static str {
    fn type_name_of<T>(_: T) -> &'static str {
        std::any::type_name::<T>()
    }
    name_of! { fn here() {} }
    type_name_of(here)
}

#[test]
fn the_body_runs_under_the_function_s_own_name() -> Nothing {
    let name = own_name().wait()?;
    assert!(name.ends_with("::own_name::here"), "{name}");
    Ok(())
}

/// A function whose docs go to the wrapper and its setters.
///
/// See [`documented()`], [`documented::builder`] and [`DocumentedBuilder`].
#[blocking_io]
pub fn documented(
    /// Where to look.
    ///
    /// More.
    place: &str,
    #[doc = "How often."]
    #[default = 2]
    times: u8,
) -> usize {
    place.len() * usize::from(times)
}

#[test]
fn arguments_may_have_docs() -> Nothing {
    assert_eq!(documented::builder().place("ab").call().wait()?, 4);
    Ok(())
}
