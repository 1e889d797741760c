//! Every message, and the place in the user's code that it points at.
//!
//! The tests in `tests/ui` show some of them to the compiler; here each message is one line.

mod arguments;
mod functions;
mod items;
mod methods;
mod on_worker_start;
mod options;

use super::{errors, expand};

/// The source of an item, and `line:column message` for each of its mistakes.
type Case = (&'static str, &'static [&'static str]);

#[test]
fn messages() {
    let tables = [
        options::CASES,
        items::CASES,
        functions::CASES,
        arguments::CASES,
        methods::CASES,
        on_worker_start::CASES,
    ];
    let mut wrong = Vec::new();
    for (source, expected) in tables.concat() {
        let found = errors(expand(source));
        if found != *expected {
            wrong.push(format!("{source}\n{found:#?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}
