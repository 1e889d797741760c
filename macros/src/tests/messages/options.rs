//! Mistakes in the options of an attribute.

use super::Case;

const RETRY_ON_BLOCKING_IO: &str = "1:15 `retry` repeats a call whose worker process died, \
     and a thread does not die alone; repeat inside the function, or use `#[cpu_bound]`";

const NESTED_WITHOUT_RESULT: &str = "1:15 `nested` is for a result type called `Result`, \
     and any other type is kept apart from errors of the pool anyway; remove `nested`";

pub(super) const CASES: &[Case] = &[
    (
        "#[blocking_io(bulder = false)] fn f() {}",
        &[
            "1:15 unknown option `bulder`; expected one of: `pool`, `timeout`, `nested`, `name`, `builder`, `crate`",
        ],
    ),
    (
        "#[cpu_bound(bulder, timeot = 3)] fn f() {}",
        &[
            "1:13 unknown option `bulder`; expected one of: `pool`, `threads`, `timeout`, `retry`, `nested`, `name`, `builder`, `crate`",
            "1:21 unknown option `timeot`; expected one of: `pool`, `threads`, `timeout`, `retry`, `nested`, `name`, `builder`, `crate`",
        ],
    ),
    (
        "#[blocking_io(threads)] fn f() {}",
        &[
            "1:15 `threads` is an option of `#[cpu_bound]`; `#[blocking_io]` always runs on threads, remove it",
        ],
    ),
    (
        "#[blocking_io(builder = false, pool = DB, builder = Load)] fn f() {}",
        &["1:43 `builder` is given twice; keep one"],
    ),
    (
        "#[blocking_io(pool)] fn f() {}",
        &["1:15 expected `=` and a value after `pool`, as in `pool = DB`"],
    ),
    (
        "#[cpu_bound(timeout =, retry)] fn f() {}",
        &[
            "1:13 expected `=` and a value after `timeout`, as in `timeout = Duration::from_secs(5)`",
            "1:24 expected `=` and a value after `retry`, as in `retry = 2`",
        ],
    ),
    // Options that would do nothing, also with a value that is wrong.
    (
        "#[blocking_io(retry = 2)] fn f() {}",
        &[RETRY_ON_BLOCKING_IO],
    ),
    ("#[blocking_io(retry)] fn f() {}", &[RETRY_ON_BLOCKING_IO]),
    (
        "#[cpu_bound(threads, retry = 2)] fn f() {}",
        &[
            "1:22 `retry` repeats a call whose worker process died, and a thread does not die alone; repeat inside the function, or remove `threads`",
        ],
    ),
    (
        "#[cpu_bound(retry = 2, threads)] fn f() {}",
        &[
            "1:13 `retry` repeats a call whose worker process died, and a thread does not die alone; repeat inside the function, or remove `threads`",
        ],
    ),
    (
        "#[cpu_bound(bulder, threads)] fn f() {}",
        &[
            "1:13 unknown option `bulder`; expected one of: `pool`, `threads`, `timeout`, `nested`, `name`, `builder`, `crate`",
        ],
    ),
    ("#[blocking_io(nested)] fn f() {}", &[NESTED_WITHOUT_RESULT]),
    (
        "#[blocking_io(nested)] fn f() -> image::ImageResult<u8> {}",
        &[NESTED_WITHOUT_RESULT],
    ),
    ("#[blocking_io(nested)] fn f() -> io::Result<()> {}", &[]),
    (
        "#[methods] impl S { #[blocking_io = DB] fn f(&self) {} }",
        &["1:35 expected one of: `pool`, `timeout`, `nested`, `name`, `builder`, `crate`"],
    ),
    (
        "#[blocking_io(name, crate, builder)] fn f() {}",
        &[
            "1:15 expected `=` and a value after `name`, as in `name = \"fetch\"`",
            "1:21 expected `=` and a value after `crate`, as in `crate = ::my_crate::offloop`",
            "1:28 expected `=` and a value after `builder`, as in `builder = false`",
        ],
    ),
    (
        "#[blocking_io(pool = \"db\")] fn f() {}",
        &["1:22 `pool` takes the path of a pool, as in `pool = DB` or `pool = crate::pools::DB`"],
    ),
    (
        "#[blocking_io(builder = \"Load\")] fn f() {}",
        &["1:25 `builder` takes `false` or a type name"],
    ),
    (
        "#[blocking_io(builder = true)] fn f() {}",
        &["1:25 `builder` takes `false` or a type name"],
    ),
    (
        "#[blocking_io(name = fetch)] fn f() {}",
        &["1:22 `name` takes a string that is not empty, as in `name = \"fetch\"`"],
    ),
    (
        "#[blocking_io(name = \"\")] fn f() {}",
        &["1:22 `name` takes a string that is not empty, as in `name = \"fetch\"`"],
    ),
    (
        "#[blocking_io(nested = true)] fn f() {}",
        &["1:15 `nested` takes no value; write `nested`, or leave it out"],
    ),
    (
        "#[cpu_bound(threads(2))] fn f() {}",
        &["1:13 `threads` takes no value; write `threads`, or leave it out"],
    ),
    (
        "#[blocking_io(pool = DB nested)] fn f() {}",
        &["1:25 expected `,` after the option `pool`"],
    ),
    (
        "#[blocking_io(3)] fn f() {}",
        &["1:15 expected one of: `pool`, `timeout`, `nested`, `name`, `builder`, `crate`"],
    ),
    (
        "#[blocking_io(crate = offloop)] fn f() {}",
        &["1:23 `crate` takes an absolute path; write `::my_crate::offloop` or `crate::offloop`"],
    ),
    (
        "#[blocking_io(crate = ::offloop, pool = crate::DB, nested,)] fn f() -> Result<(), E> {}",
        &[],
    ),
];
