//! Generic tasks: type parameters, const parameters, `where`, `impl Trait`.
// Bounds in both places are what some of these tests are about.
#![allow(clippy::multiple_bound_locations)]

use offloop::{blocking_io, cpu_bound};
use std::fmt::{Debug, Display};
use std::path::Path;
use std::str::FromStr;

type Nothing = Result<(), offloop::Error>;

#[blocking_io]
fn render<T: Display, const N: usize>(items: [T; N], separator: Option<String>) -> String
where
    T: Clone,
{
    let items: Vec<String> = items.iter().map(ToString::to_string).collect();
    items.join(&separator.unwrap_or_default())
}

#[test]
fn types_and_constants_are_inferred_from_the_setters() -> Nothing {
    assert_eq!(render([1, 2], None).wait()?, "12");
    let builder = render::builder()
        .items(["a", "b", "c"])
        .separator("-".to_owned());
    assert_eq!(builder.call().wait()?, "a-b-c");
    assert_eq!(render::<u8, 1>([1], None).wait()?, "1");
    assert_eq!(render::builder::<u8, 1>().items([1]).call().wait()?, "1");
    assert_eq!(render::blocking([1, 2], None), "12");
    Ok(())
}

#[blocking_io]
fn parse<T: FromStr>(text: &str) -> Option<T> {
    text.parse().ok()
}

#[blocking_io]
fn size_of<T>() -> usize {
    size_of_type::<T>()
}

fn size_of_type<T>() -> usize {
    std::mem::size_of::<T>()
}

#[test]
fn type_parameters_that_no_argument_has_are_named() -> Nothing {
    assert_eq!(parse::<u8>("7").wait()?, Some(7));
    let parsed: Option<i64> = parse::builder().text("-7").call().wait()?;
    assert_eq!(parsed, Some(-7));
    assert_eq!(size_of::<u64>().wait()?, 8);
    assert_eq!(size_of::builder::<u16>().call().wait()?, 2);
    Ok(())
}

#[blocking_io]
fn fallible<T: FromStr + Clone>(
    text: &str,
    #[default = None] fallback: Option<T>,
) -> std::io::Result<T> {
    let parsed = text.parse().ok().or(fallback);
    parsed.ok_or_else(|| std::io::Error::other("neither"))
}

#[test]
fn a_result_may_be_of_a_type_parameter() {
    assert_eq!(fallible("x", Some(3)).wait().ok(), Some(3));
    assert!(fallible::builder::<u8>().text("x").call().wait().is_err());
}

#[cpu_bound(threads)]
fn impls(
    path: impl AsRef<Path>,
    items: Vec<impl Debug>,
    hook: Option<impl Fn(&str) -> usize>,
    lent: &(impl Display + Clone),
) -> String {
    let hook = hook.map(|hook| hook("abc"));
    format!("{} {items:?} {hook:?} {lent}", path.as_ref().display())
}

#[test]
fn arguments_may_be_impl_trait() -> Nothing {
    assert_eq!(
        impls("/p", vec![1], Some(str::len), &2).wait()?,
        "/p [1] Some(3) 2"
    );
    let builder = impls::builder()
        .path("/p")
        .items(vec!["x"])
        .hook(|text: &str| text.len())
        .lent(2);
    assert_eq!(builder.call().wait()?, "/p [\"x\"] Some(3) 2");
    Ok(())
}

#[blocking_io]
fn turbofish_beside_impl<T: Default + Debug>(_hint: impl Debug) -> String {
    format!("{:?}", T::default())
}

#[test]
fn named_type_parameters_may_stand_beside_impl_trait() -> Nothing {
    assert_eq!(turbofish_beside_impl::<u8>("x").wait()?, "0");
    Ok(())
}

#[blocking_io]
fn references<T: Clone + Debug>(one: &T, all: &[T], maybe: Option<&T>) -> String {
    format!("{one:?} {all:?} {maybe:?}")
}

#[test]
fn arguments_may_be_references_to_a_type_parameter() -> Nothing {
    assert_eq!(
        references(&1, &[2, 3], Some(&4)).wait()?,
        "1 [2, 3] Some(4)"
    );
    let builder = references::builder().one(1).all(vec![2, 3]).maybe(4);
    assert_eq!(builder.call().wait()?, "1 [2, 3] Some(4)");
    Ok(())
}

#[blocking_io]
fn projections<I: Iterator>(first: I::Item, rest: Vec<<I as Iterator>::Item>) -> Vec<I::Item> {
    let mut all = rest;
    all.push(first);
    all
}

#[test]
fn arguments_may_be_of_associated_types() -> Nothing {
    let call = projections::<std::vec::IntoIter<u8>>(1, vec![2]);
    assert_eq!(call.wait()?, [2, 1]);
    Ok(())
}

#[blocking_io]
fn unsized_target<T: ?Sized + ToOwned + Debug>(value: &T) -> String {
    format!("{value:?}")
}

#[test]
fn type_parameters_may_be_unsized() -> Nothing {
    assert_eq!(unsized_target("x").wait()?, "\"x\"");
    assert_eq!(unsized_target(&[1, 2][..]).wait()?, "[1, 2]");
    Ok(())
}

#[blocking_io]
fn higher_ranked<F>(measure: F, text: &str) -> usize
where
    F: for<'a> Fn(&'a str) -> usize,
{
    measure(text)
}

#[blocking_io]
fn outlives<'a, T: 'a + Clone>(value: &'a T) -> T
where
    T: 'a,
{
    value.clone()
}

#[test]
fn bounds_may_have_lifetimes() -> Nothing {
    assert_eq!(higher_ranked(str::len, "abc").wait()?, 3);
    assert_eq!(
        higher_ranked::builder()
            .measure(str::len)
            .text("ab")
            .call()
            .wait()?,
        2
    );
    assert_eq!(outlives(&5).wait()?, 5);
    Ok(())
}

#[blocking_io]
#[allow(non_camel_case_types)]
fn names_that_states_would_take<ArgValue: Debug, ImplOther: Debug>(
    value: ArgValue,
    other: ImplOther,
    more: impl Debug,
) -> String {
    format!("{value:?} {other:?} {more:?}")
}

#[test]
fn type_parameters_may_be_named_like_generated_ones() -> Nothing {
    let builder = names_that_states_would_take::builder()
        .value(1)
        .other(2)
        .more(3);
    assert_eq!(builder.call().wait()?, "1 2 3");
    Ok(())
}
