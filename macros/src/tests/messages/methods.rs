//! Methods that cannot be tasks.

use super::Case;

pub(super) const CASES: &[Case] = &[
    (
        "#[methods] impl S { #[blocking_io] fn f(&mut self) {} }",
        &[
            "1:41 `&mut self` cannot cross to another thread; take `self` and return it, or `&self` with a `Mutex`",
        ],
    ),
    (
        "#[methods] impl S { #[blocking_io] fn f(self: &mut Self) {} }",
        &[
            "1:41 `&mut self` cannot cross to another thread; take `self` and return it, or `&self` with a `Mutex`",
        ],
    ),
    (
        "#[methods] impl S { #[blocking_io] fn f(self: Rc<Self>) {} }",
        &["1:47 `Rc<Self>` cannot cross to another thread; use `Arc<Self>`"],
    ),
    (
        "#[methods] impl S { #[blocking_io] fn f(self: &std::rc::Rc<Self>) {} }",
        &["1:47 `Rc<Self>` cannot cross to another thread; use `Arc<Self>`"],
    ),
    (
        "#[methods] impl S { #[blocking_io] fn f(#[default = 1] self) {} }",
        &["1:41 `self` takes no attributes, because a call always has it; remove the attribute"],
    ),
    (
        "#[methods] impl S { #[blocking_io] #[cpu_bound] fn f(self) {} }",
        &["1:36 `#[blocking_io]` and `#[cpu_bound]` exclude each other; keep one"],
    ),
    (
        "#[methods] impl S { #[blocking_io(bulder)] fn f(self) {} }",
        &[
            "1:35 unknown option `bulder`; expected one of: `pool`, `timeout`, `nested`, `name`, `builder`, `crate`",
        ],
    ),
    (
        "#[methods] impl S { #[cpu_bound] fn f<T>(self) {} }",
        &[
            "1:39 worker processes look the function up by name, so it cannot be generic; wrap the type that you need in a plain function, or use `#[cpu_bound(threads)]`",
        ],
    ),
    (
        "#[methods] impl<T> S<T> { #[cpu_bound] fn f(self) {} }",
        &[
            "1:43 worker processes look the function up by name, so it cannot be generic; wrap the type that you need in a plain function, or use `#[cpu_bound(threads)]`",
        ],
    ),
    (
        "#[blocking_io] fn f(a: u8) -> Self {}",
        &[
            "1:31 this function uses `Self`, so it is inside an impl block; put `#[offloop::methods]` on the block",
        ],
    ),
    (
        "#[blocking_io] fn f(a: Vec<Self>) {}",
        &[
            "1:28 this function uses `Self`, so it is inside an impl block; put `#[offloop::methods]` on the block",
        ],
    ),
    (
        "#[cpu_bound] fn f(&self) {}",
        &["1:17 `#[cpu_bound]` on a method needs `#[offloop::methods]` on the impl block"],
    ),
    (
        "#[blocking_io] fn f(&self, #[default = 1] a: u8) {}",
        &[
            "1:40 a default is for named arguments, and those need `#[offloop::methods]` on the impl block",
        ],
    ),
    (
        "#[blocking_io(builder = false)] fn f(&self, #[default = 1] a: u8) {}",
        &[
            "1:25 without `#[offloop::methods]` on the impl block a method has no builder anyway; remove `builder = false`",
            "1:57 a default is for named arguments, and those need `#[offloop::methods]` on the impl block",
        ],
    ),
    (
        "#[blocking_io(builder = F)] fn f(&self) {}",
        &["1:25 a builder for a method needs `#[offloop::methods]` on the impl block"],
    ),
    (
        "#[blocking_io] fn f(&mut self, (x, y): (u8, u8)) {}",
        &[
            "1:21 `&mut self` cannot cross to another thread; take `self` and return it, or `&self` with a `Mutex`",
            "1:32 give the argument a name, `point: (u8, u8)`, and destructure it in the body",
        ],
    ),
];
