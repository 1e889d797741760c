//! Every way to declare an argument, and every way to give one.
// Twenty arguments need twenty names.
#![allow(clippy::many_single_char_names)]

use offloop::{blocking_io, cpu_bound};
use std::borrow::Cow;
use std::ffi::{CStr, OsStr};
use std::io;
use std::path::Path;

type Nothing = Result<(), offloop::Error>;

#[blocking_io]
fn answer() -> u32 {
    42
}

#[blocking_io]
fn nothing() {}

#[test]
fn a_task_may_have_no_arguments_and_no_result() -> Nothing {
    assert_eq!(answer().wait()?, 42);
    assert_eq!(answer::builder().call().wait()?, 42);
    assert_eq!(answer::blocking(), 42);
    nothing().wait()?;
    nothing::builder().call().wait()
}

#[blocking_io]
fn twenty(
    a: u8,
    b: u8,
    c: u8,
    d: u8,
    e: u8,
    f: u8,
    g: u8,
    h: u8,
    i: u8,
    j: u8,
    k: u8,
    l: u8,
    m: u8,
    n: u8,
    o: u8,
    p: u8,
    q: u8,
    r: u8,
    s: u8,
    #[default = 20] t: u8,
) -> Vec<u8> {
    vec![a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t]
}

#[cpu_bound]
fn twenty_across(
    a: u8,
    b: u8,
    c: u8,
    d: u8,
    e: u8,
    f: u8,
    g: u8,
    h: u8,
    i: u8,
    j: u8,
    k: u8,
    l: u8,
    m: u8,
    n: u8,
    o: u8,
    p: u8,
    q: u8,
    r: u8,
    s: u8,
    #[default = 20] t: u8,
) -> Vec<u8> {
    vec![a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t]
}

#[test]
fn a_task_may_have_more_arguments_than_a_tuple_has_traits_for() -> Nothing {
    let all: Vec<u8> = (1..=20).collect();
    let by_position = twenty(
        1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20,
    );
    assert_eq!(by_position.wait()?, all);
    let by_name = twenty::builder()
        .s(19)
        .r(18)
        .q(17)
        .p(16)
        .o(15)
        .n(14)
        .m(13)
        .l(12)
        .k(11)
        .j(10)
        .i(9)
        .h(8)
        .g(7)
        .f(6)
        .e(5)
        .d(4)
        .c(3)
        .b(2)
        .a(1);
    assert_eq!(by_name.call().wait()?, all);
    let across = twenty_across(
        1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20,
    );
    assert_eq!(across.wait()?, all);
    Ok(())
}

#[derive(Clone, Debug, PartialEq)]
struct Config {
    depth: u32,
}

/// Owned by something that is not itself.
#[derive(Debug, PartialEq)]
struct Brick(u8);
struct Wall(Vec<Brick>);
impl std::borrow::Borrow<Brick> for Wall {
    fn borrow(&self) -> &Brick {
        &self.0[0]
    }
}
impl ToOwned for Brick {
    type Owned = Wall;
    fn to_owned(&self) -> Wall {
        Wall(vec![Brick(self.0)])
    }
}

#[blocking_io]
#[allow(clippy::too_many_arguments)]
fn borrowed(
    text: &str,
    bytes: &[u8],
    path: &Path,
    os: &OsStr,
    c: &CStr,
    array: &[u8; 2],
    config: &Config,
    brick: &Brick,
    cow: Cow<'_, str>,
    fixed: &'static str,
) -> String {
    let (path, os) = (path.display(), os.display());
    format!("{text} {bytes:?} {path} {os} {c:?} {array:?} {config:?} {brick:?} {cow} {fixed}")
}

const BORROWED: &str = "t [1] /p o \"c\" [2, 3] Config { depth: 4 } Brick(5) w f";

#[test]
fn borrowed_arguments_are_owned_when_the_call_is_made() -> Nothing {
    let call = {
        let text = String::from("t");
        let bytes = vec![1];
        let cow = String::from("w");
        let config = Config { depth: 4 };
        borrowed(
            &text,
            &bytes,
            Path::new("/p"),
            OsStr::new("o"),
            c"c",
            &[2, 3],
            &config,
            &Brick(5),
            Cow::Borrowed(&cow),
            "f",
        )
    };
    assert_eq!(call.wait()?, BORROWED);
    Ok(())
}

#[test]
fn setters_of_borrowed_arguments_take_what_converts() -> Nothing {
    let builder = borrowed::builder()
        .text("t")
        .bytes([1])
        .path("/p")
        .os("o")
        .c(c"c")
        .array([2, 3])
        .config(Config { depth: 4 })
        .brick(Wall(vec![Brick(5)]))
        .cow("w")
        .fixed("f");
    assert_eq!(builder.call().wait()?, BORROWED);
    Ok(())
}

#[blocking_io]
fn named_lifetimes<'a, 'b: 'a>(left: &'a str, right: &'b str, cow: Cow<'a, [u8]>) -> usize {
    let longer: &'a str = if left.len() > right.len() {
        left
    } else {
        right
    };
    longer.len() + cow.len()
}

#[test]
fn lifetimes_may_have_names() -> Nothing {
    assert_eq!(named_lifetimes("a", "bc", Cow::Borrowed(&[1])).wait()?, 3);
    let builder = named_lifetimes::builder().left("a").right("bc").cow([1]);
    assert_eq!(builder.call().wait()?, 3);
    Ok(())
}

#[blocking_io]
fn functions(
    pointer: fn(&str) -> usize,
    boxed: Box<dyn for<'a> Fn(&'a str) -> &'a str + Send>,
    text: &str,
) -> usize {
    pointer(boxed(text))
}

#[test]
fn lifetimes_inside_of_function_types_are_left_alone() -> Nothing {
    let call = functions(str::len, Box::new(|text| &text[1..]), "abc");
    assert_eq!(call.wait()?, 2);
    Ok(())
}

#[cpu_bound]
fn optional(
    number: Option<u32>,
    text: Option<&str>,
    bytes: std::option::Option<&[u8]>,
    cow: Option<Cow<'_, str>>,
    #[default = Some(5)] five: Option<u8>,
    #[default = Some("x")] x: Option<&str>,
) -> String {
    format!("{number:?} {text:?} {bytes:?} {cow:?} {five:?} {x:?}")
}

#[test]
fn options_are_given_as_values_or_as_options_or_not_at_all() -> Nothing {
    let none = "None None None None Some(5) Some(\"x\")";
    assert_eq!(optional::builder().call().wait()?, none);
    assert_eq!(
        optional(None, None, None, None, Some(5), Some("x")).wait()?,
        none
    );
    let all = "Some(1) Some(\"t\") Some([2]) Some(\"w\") Some(6) Some(\"y\")";
    let values = optional::builder()
        .number(1)
        .text("t")
        .bytes([2])
        .cow("w")
        .five(6)
        .x("y");
    assert_eq!(values.call().wait()?, all);
    let options = optional::builder()
        .maybe_number(Some(1))
        .maybe_text(Some("t".to_owned()))
        .maybe_bytes(Some(vec![2]))
        .maybe_cow(Some("w".to_owned()))
        .maybe_five(Some(6))
        .maybe_x(Some("y".to_owned()));
    assert_eq!(options.call().wait()?, all);
    let explicit = optional::builder().maybe_five(None).maybe_x(None);
    assert_eq!(explicit.call().wait()?, "None None None None None None");
    Ok(())
}

fn five() -> u32 {
    5
}

#[blocking_io]
#[allow(clippy::too_many_arguments)]
fn defaults(
    url: &str,
    #[default = 1] literal: u32,
    #[default = five()] called: u32,
    #[default = { let two = 2; two * 3 }] block: u32,
    #[default = Box::new(|x| x + 1)] closure: Box<dyn Fn(u32) -> u32 + Send>,
    #[default = -8] negative: i32,
    #[default = Vec::new()] list: Vec<u32>,
    #[default = url.len()] length: usize,
    #[default = first_word(url)] word: &str,
    #[default = &[9]] slice: &[u8],
    #[default = return 10] early: u32,
    #[default = Cow::Borrowed("c")] cow: Cow<'_, str>,
) -> String {
    let closed = closure(6);
    format!(
        "{url} {literal} {called} {block} {closed} {negative} {list:?} {length} {word} {slice:?} {early} {cow}"
    )
}

fn first_word(text: &str) -> &str {
    text.split(' ').next().unwrap_or_default()
}

#[test]
fn a_default_is_any_expression_and_sees_the_arguments_before_it() -> Nothing {
    let builder = defaults::builder().url("one two");
    assert_eq!(
        builder.call().wait()?,
        "one two 1 5 6 7 -8 [] 7 one [9] 10 c"
    );
    let builder = defaults::builder()
        .word("w")
        .url("u")
        .slice([1, 2])
        .early(3)
        .cow("d");
    assert_eq!(builder.call().wait()?, "u 1 5 6 7 -8 [] 1 w [1, 2] 3 d");
    Ok(())
}

#[blocking_io]
fn patterns(mut list: Vec<u8>, #[allow(unused_variables)] _unused: u8, mut text: &str) -> usize {
    list.push(1);
    text = &text[1..];
    list.len() + text.len()
}

#[test]
fn patterns_may_be_mut_and_names_may_start_with_an_underscore() -> Nothing {
    assert_eq!(patterns(vec![2], 3, "abc").wait()?, 4);
    assert_eq!(
        patterns::builder()
            .text("abc")
            .list(vec![2])
            ._unused(3)
            .call()
            .wait()?,
        4
    );
    Ok(())
}

#[cpu_bound]
fn r#match(r#type: u8, #[default = r#type] r#in: u8, r#fn: Option<u8>) -> (u8, u8, Option<u8>) {
    (r#type, r#in, r#fn)
}

#[test]
fn names_may_be_raw() -> Nothing {
    assert_eq!(r#match(1, 2, None).wait()?, (1, 2, None));
    let builder = r#match::builder().r#type(1).maybe_fn(Some(3));
    assert_eq!(builder.call().wait()?, (1, 1, Some(3)));
    assert_eq!(
        r#match::builder().r#type(1).r#in(2).r#fn(3).call().wait()?,
        (1, 2, Some(3))
    );
    let _: MatchBuilder = r#match::builder();
    assert!(<r#match as offloop::Task>::NAME.ends_with("::match"));
    Ok(())
}

#[cpu_bound]
#[allow(clippy::too_many_arguments, non_snake_case)]
fn awkward(
    args: u8,
    this: u8,
    cx: u8,
    context: u8,
    value: u8,
    poll: u8,
    builder: u8,
    blocking: u8,
    input: u8,
    out: u8,
    output: u8,
    job: u8,
    awkward: u8,
    #[default = args + this] Given: u8,
    into: u8,
) -> u8 {
    args + this
        + cx
        + context
        + value
        + poll
        + builder
        + blocking
        + input
        + out
        + output
        + job
        + awkward
        + Given
        + into
}

#[test]
fn arguments_may_be_named_like_generated_locals_and_methods() -> Nothing {
    assert_eq!(
        awkward(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1).wait()?,
        15
    );
    let builder = awkward::builder()
        .args(1)
        .this(1)
        .cx(1)
        .context(1)
        .value(1)
        .poll(1)
        .builder(1)
        .blocking(1)
        .input(1)
        .out(1)
        .output(1)
        .job(1)
        .awkward(1)
        .into(1);
    assert_eq!(builder.call().wait()?, 16);
    Ok(())
}

#[blocking_io]
fn factorial(n: u64) -> u64 {
    if n == 0 { 1 } else { n * factorial(n - 1) }
}

#[test]
fn recursion_stays_synchronous() -> Nothing {
    assert_eq!(factorial(5).wait()?, 120);
    Ok(())
}

#[blocking_io]
fn fails(text: &str) -> io::Result<u32> {
    text.parse().map_err(io::Error::other)
}

#[blocking_io(nested)]
fn nested(text: &str) -> Result<u32, std::num::ParseIntError> {
    text.parse()
}

#[cpu_bound(nested)]
fn nested_across(text: &str) -> Result<u32, String> {
    text.parse()
        .map_err(|error: std::num::ParseIntError| error.to_string())
}

#[blocking_io]
fn boxed(text: &str) -> Result<u32, Box<dyn std::error::Error + Send + Sync>> {
    Ok(text.parse()?)
}

#[test]
fn results_come_back_as_the_function_s_own() -> Result<(), Box<dyn std::error::Error + Send + Sync>>
{
    assert_eq!(fails("1").wait()?, 1);
    assert!(fails("x").wait().is_err());
    assert_eq!(nested("1").wait()?, Ok(1));
    assert!(nested("x").wait()?.is_err());
    assert_eq!(nested_across("1").wait()?, Ok(1));
    assert!(nested_across("x").wait()?.is_err());
    assert_eq!(boxed("1").wait()?, 1);
    assert!(boxed("x").wait().is_err());
    Ok(())
}
