//! Functions that cannot run when a worker starts.

use super::Case;

pub(super) const CASES: &[Case] = &[
    ("#[on_worker_start] fn f() {}", &[]),
    ("#[on_worker_start(crate = ::other)] fn f() {}", &[]),
    (
        "#[on_worker_start] struct S;",
        &["1:20 `#[offloop::on_worker_start]` goes on a function without arguments"],
    ),
    (
        "#[on_worker_start(pool = DB)] fn f() {}",
        &["1:19 `#[offloop::on_worker_start]` takes no option but `crate = ::path`"],
    ),
    (
        "#[on_worker_start(crate = ::other, more)] fn f() {}",
        &["1:36 `#[offloop::on_worker_start]` takes no option but `crate = ::path`"],
    ),
    (
        "#[on_worker_start] fn f(a: u8) {}",
        &["1:25 a worker has no arguments for this function when it starts; remove them"],
    ),
    (
        "#[on_worker_start] fn f<T>() {}",
        &[
            "1:24 a function that runs when a worker starts cannot be generic, because nothing says for which type",
        ],
    ),
    (
        "#[on_worker_start] async unsafe fn f() {}",
        &[
            "1:20 a worker has no event loop when it starts; remove `async`",
            "1:26 an `unsafe fn` cannot be run by the worker; wrap the call in a safe function",
        ],
    ),
];
