//! The attribute on something that it is not for.

use super::Case;

pub(super) const CASES: &[Case] = &[
    (
        "#[blocking_io] struct S;",
        &["1:16 `#[blocking_io]` goes on a function; this is a `struct`"],
    ),
    (
        "#[cpu_bound] pub enum E {}",
        &["1:18 `#[cpu_bound]` goes on a function; this is an `enum`"],
    ),
    (
        "#[blocking_io] const X: u8 = 3;",
        &["1:16 `#[blocking_io]` goes on a function; this is a `const`"],
    ),
    (
        "#[blocking_io] unsafe impl S {}",
        &["1:23 use `#[offloop::methods]` on the impl block and `#[blocking_io]` on its functions"],
    ),
    (
        "#[blocking_io] #[cpu_bound] fn f() {}",
        &["1:16 `#[blocking_io]` and `#[cpu_bound]` exclude each other; keep one"],
    ),
    (
        "#[blocking_io] #[offloop::blocking_io] fn f() {}",
        &["1:16 `#[blocking_io]` is given twice; keep one"],
    ),
    (
        "#[methods] pub struct S;",
        &["1:16 `#[offloop::methods]` goes on an impl block; this is a `struct`"],
    ),
    (
        "#[methods] pub fn f() {}",
        &[
            "1:16 `#[offloop::methods]` goes on an impl block; a function takes `#[blocking_io]` or `#[cpu_bound]` alone",
        ],
    ),
    (
        "#[methods] trait T {}",
        &[
            "1:12 functions of a trait keep the trait's signature; put the task on an inherent method that calls it",
        ],
    ),
    (
        "#[methods] impl S {}",
        &["1:12 no function in this impl block is marked `#[blocking_io]` or `#[cpu_bound]`"],
    ),
    (
        "#[methods(pool = DB)] impl S { #[blocking_io] fn f() {} }",
        &[
            "1:11 `#[offloop::methods]` takes no options; give them to the attributes of its functions",
        ],
    ),
    (
        "#[methods] impl T for S { #[blocking_io] fn f(&self) {} }",
        &[
            "1:17 functions of a trait impl keep the trait's signature; put the task on an inherent method",
        ],
    ),
    (
        "#[methods] impl<'a> S<'a> { #[blocking_io] fn f(self) {} }",
        &[
            "1:17 the call outlives what `Self` borrows here; put the task on a type without lifetimes, or make it a free function of owned arguments",
        ],
    ),
    (
        "#[methods] impl S<'_> { #[blocking_io] fn f(self) {} }",
        &[
            "1:19 the call outlives what `Self` borrows here; put the task on a type without lifetimes, or make it a free function of owned arguments",
        ],
    ),
    (
        "#[methods] impl dyn T { #[blocking_io] fn f(self: Box<Self>) {} }",
        &[
            "1:17 the names of generated types come from the type of the impl block; use a type with a name",
        ],
    ),
    (
        "#[methods] impl<T: A<'a>> S<T> { #[blocking_io] fn f(self) {} }",
        &[
            "1:22 this bound names a lifetime of the caller, and the call may outlive the caller; use `'static` or `for<'a>`",
        ],
    ),
    // What the parser says of tokens that are no such item at all.
    ("#[blocking_io] 3 + 4", &["1:16 expected a function"]),
    (
        "#[methods] impl S { #[blocking_io] fn }",
        &["1:1 unexpected end of input, expected identifier"],
    ),
    (
        "#[methods] impl S (#[blocking_io] fn f() {})",
        &["1:19 expected the items of an impl block"],
    ),
];
