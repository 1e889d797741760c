//! Functions that cannot be tasks.

use super::Case;

pub(super) const CASES: &[Case] = &[
    (
        "#[blocking_io] async fn f() {}",
        &[
            "1:16 `#[blocking_io]` takes a synchronous function; remove `async`, or remove the attribute and await the function as it is",
        ],
    ),
    (
        "#[cpu_bound] async fn f() {}",
        &[
            "1:14 `#[cpu_bound]` takes a synchronous function; remove `async`, or remove the attribute and await the function as it is",
        ],
    ),
    (
        "#[blocking_io] const fn f() {}",
        &["1:16 a `const fn` cannot run on the pool; remove `const`"],
    ),
    (
        "#[blocking_io] unsafe fn f() {}",
        &[
            "1:16 an `unsafe fn` cannot be a task, because its contract would have to hold until the call ends; wrap the call in a safe function",
        ],
    ),
    (
        "#[blocking_io] extern \"C\" fn f() {}",
        &[
            "1:16 only a function with the Rust ABI can be a task; call this one from a plain function",
        ],
    ),
    ("#[blocking_io] extern \"Rust\" fn f() {}", &[]),
    (
        "#[blocking_io] unsafe extern \"C\" fn f(_a: u8, ...) {}",
        &[
            "1:16 an `unsafe fn` cannot be a task, because its contract would have to hold until the call ends; wrap the call in a safe function",
            "1:23 only a function with the Rust ABI can be a task; call this one from a plain function",
            "1:47 a variadic function cannot be a task; take a slice or a `Vec`",
        ],
    ),
    (
        "#[blocking_io] fn main() {}",
        &[
            "1:19 `main` cannot be a task; move the work to another function and await that function",
        ],
    ),
    ("#[blocking_io] fn f();", &["1:19 expected a function body"]),
    (
        "#[blocking_io] fn f() -> impl Iterator {}",
        &[
            "1:26 the result must have a name so that the call has a type; return a `Box<dyn Trait + Send>` or a named type",
        ],
    ),
    (
        "#[blocking_io] fn f() -> Result<Vec<impl T>, E> {}",
        &[
            "1:37 the result must have a name so that the call has a type; return a `Box<dyn Trait + Send>` or a named type",
        ],
    ),
    (
        "#[blocking_io] fn f(a: &str) -> &str {}",
        &[
            "1:33 the result cannot borrow from the arguments, which are dropped when the call ends; return an owned value",
        ],
    ),
    (
        "#[blocking_io] fn f<'a>(a: &'a str) -> Vec<Cow<'a, str>> {}",
        &[
            "1:48 the result cannot borrow from the arguments, which are dropped when the call ends; return an owned value",
        ],
    ),
    (
        "#[blocking_io] fn f() -> (&'static str, fn(&str) -> &str, Box<dyn Fn(&str)>) {}",
        &[],
    ),
    (
        "#[blocking_io] fn f() -> ! {}",
        &[
            "1:26 a task must return, and `!` never does; use `std::thread::spawn` for work without an end",
        ],
    ),
    (
        "#[cpu_bound] fn f<T>(a: T) {}",
        &[
            "1:19 worker processes look the function up by name, so it cannot be generic; wrap the type that you need in a plain function, or use `#[cpu_bound(threads)]`",
        ],
    ),
    (
        "#[cpu_bound] fn f<'a, const N: usize>(a: &'a str) {}",
        &[
            "1:23 worker processes look the function up by name, so it cannot be generic; wrap the type that you need in a plain function, or use `#[cpu_bound(threads)]`",
        ],
    ),
    (
        "#[cpu_bound] fn f(a: &impl T) {}",
        &[
            "1:23 worker processes look the function up by name, so it cannot be generic; wrap the type that you need in a plain function, or use `#[cpu_bound(threads)]`",
        ],
    ),
    ("#[cpu_bound(threads)] fn f<T>(a: T, b: impl U) {}", &[]),
];
