//! Arguments that a task cannot have.

use super::Case;

pub(super) const CASES: &[Case] = &[
    (
        "#[blocking_io] fn f(a: &mut u8) {}",
        &["1:24 `&mut` arguments cannot cross to another thread; take the value and return it"],
    ),
    (
        "#[blocking_io] fn f(a: Option<&mut u8>) {}",
        &["1:24 `&mut` arguments cannot cross to another thread; take the value and return it"],
    ),
    (
        "#[blocking_io] fn f<T: ?Sized + Serialize>(a: &T) {}",
        &["1:48 `T` may have no size, and a call owns its arguments; \
             remove `?Sized` and add `Clone`, or add `ToOwned`"],
    ),
    (
        "#[blocking_io] fn f<T>(a: Option<&T>) where T: ?Sized {}",
        &["1:35 `T` may have no size, and a call owns its arguments; \
             remove `?Sized` and add `Clone`, or add `ToOwned`"],
    ),
    (
        "#[blocking_io] fn f<T: ?Sized + ToOwned>(a: &T, b: Box<T>) {}",
        &[],
    ),
    (
        "#[blocking_io] fn f((x, y): (f64, f64)) {}",
        &["1:21 give the argument a name, `point: (f64, f64)`, and destructure it in the body"],
    ),
    (
        "#[blocking_io] fn f(Point { x, y }: geo::Point<f64>) {}",
        &[
            "1:21 give the argument a name, `point: geo::Point<f64>`, and destructure it in the body",
        ],
    ),
    (
        "#[blocking_io] fn f(Box(x): Box<u8>, [y]: [u8; 1]) {}",
        &[
            "1:21 give the argument a name, `value: Box<u8>`, and destructure it in the body",
            "1:38 give the argument a name, `point: [u8; 1]`, and destructure it in the body",
        ],
    ),
    (
        "#[blocking_io] fn f(a @ (x, _): (u8, u8)) {}",
        &["1:21 give the argument a name, `a: (u8, u8)`, and destructure it in the body"],
    ),
    (
        "#[blocking_io] fn f(_: Vec<u8>) {}",
        &["1:21 an argument needs a name, by which a caller can set it; write `_unused: Vec<u8>`"],
    ),
    (
        "#[blocking_io] fn f(ref a: u8) {}",
        &["1:21 `ref` is not supported here; take the argument by name"],
    ),
    (
        "#[blocking_io] fn f(#[default = 1] #[default = 2] a: u8) {}",
        &["1:36 `#[default]` is given twice for `a`; keep one"],
    ),
    (
        "#[blocking_io] fn f(#[default] a: u8, #[default(3)] b: u8) {}",
        &[
            "1:21 `#[default]` needs a value here; write `#[default = 3]`",
            "1:39 `#[default]` needs a value here; write `#[default = 3]`",
        ],
    ),
    (
        "#[blocking_io(builder = false)] fn f(#[default = 1] a: u8) {}",
        &[
            "1:50 a default is for named arguments, and `builder = false` removes them; remove one of the two",
        ],
    ),
    (
        "#[blocking_io] fn f(#[cfg_attr(test, default = 1)] a: u8) {}",
        &[
            "1:21 `cfg_attr` on an argument is resolved too late for this macro; use `#[cfg]` on two arguments",
        ],
    ),
    (
        "#[blocking_io] fn f(#[cfg(a)] a: u8, #[cfg(b)] b: u8, #[cfg(c)] c: u8, #[cfg(d)] d: u8) {}",
        &[
            "1:78 at most three `#[cfg]` conditions on arguments; put `#[cfg]` on two versions of the function",
        ],
    ),
    (
        "#[blocking_io] fn f(#[cfg(a)] a: u8, #[cfg(b)] b: u8, #[cfg(c)] c: u8, #[cfg(a)] d: u8) {}",
        &[],
    ),
    (
        "#[blocking_io] fn f(#[cfg(a)] a: &mut u8) {}",
        &["1:34 `&mut` arguments cannot cross to another thread; take the value and return it"],
    ),
    (
        "#[blocking_io] fn f(#[defualt = 1] a: u8, #[serde(skip)] b: u8) {}",
        &[
            "1:23 unknown argument attribute `defualt`; expected `default` or a doc comment",
            "1:45 unknown argument attribute `serde`; expected `default` or a doc comment",
        ],
    ),
    (
        "#[blocking_io] fn f(call: u8, builder: u8, blocking: u8) {}",
        &[
            "1:21 `call` is a function of the builder; rename the argument, or write `builder = false`",
        ],
    ),
    (
        "#[blocking_io(builder = F)] fn f(call: u8, builder: u8, blocking: u8) {}",
        &[
            "1:34 `call` is a function of the builder; rename the argument, or write `builder = false`",
            "1:44 `builder` is a function of the builder; rename the argument, or write `builder = false`",
            "1:57 `blocking` is a function of the builder; rename the argument, or write `builder = false`",
        ],
    ),
    ("#[blocking_io(builder = false)] fn f(call: u8) {}", &[]),
    (
        "#[blocking_io] fn f(x: Option<u8>, maybe_x: u8) {}",
        &[
            "1:21 `x` is an `Option` and has a second setter, `maybe_x`, which is the name of another argument; rename one of the two",
        ],
    ),
    (
        "#[blocking_io] fn f(a: &[&str], b: Vec<Cow<'_, str>>, c: Box<dyn T + '_>) {}",
        &[
            "1:26 `&str` borrows from the caller, and the call may outlive the caller; take an owned value in its place",
            "1:44 `'_` borrows from the caller, and the call may outlive the caller; take an owned value in its place",
            "1:70 `'_` borrows from the caller, and the call may outlive the caller; take an owned value in its place",
        ],
    ),
    (
        "#[blocking_io] fn f<'a>(a: HashMap<&'a str, u8>) {}",
        &[
            "1:36 `&'a str` borrows from the caller, and the call may outlive the caller; take an owned value in its place",
        ],
    ),
    (
        "#[blocking_io] fn f<'a>(a: &'a str, b: Cow<'a, str>, c: Option<&'a [u8]>) {}",
        &[],
    ),
    (
        "#[blocking_io] fn f(a: &dyn T, b: &(dyn T + Send)) {}",
        &[
            "1:24 `&dyn T` cannot be copied for the call; take `Arc<dyn T + Send + Sync>`",
            "1:35 `&dyn T + Send` cannot be copied for the call; take `Arc<dyn T + Send + Sync>`",
        ],
    ),
    (
        "#[blocking_io] fn f<'a, T: A<'a> + 'a, U>(a: T, b: U) where U: A<'a>, 'a: 'a {}",
        &[
            "1:30 this bound names a lifetime of the caller, and the call may outlive the caller; use `'static` or `for<'a>`",
            "1:66 this bound names a lifetime of the caller, and the call may outlive the caller; use `'static` or `for<'a>`",
        ],
    ),
    (
        "#[blocking_io] fn f<T: for<'a> A<'a>, U>(a: T, b: U) where U: for<'a> A<'a> {}",
        &[],
    ),
    (
        "#[blocking_io]\nasync fn f(\n    a: &mut u8,\n    (x, y): (u8, u8),\n) {}",
        &[
            "2:1 `#[blocking_io]` takes a synchronous function; remove `async`, or remove the attribute and await the function as it is",
            "3:8 `&mut` arguments cannot cross to another thread; take the value and return it",
            "4:5 give the argument a name, `point: (u8, u8)`, and destructure it in the body",
        ],
    ),
];
