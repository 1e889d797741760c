//! No option is accepted that does nothing.

use super::{errors, expand};
use crate::kind::{Form, Kind};
use crate::options::{Applies, Key};

/// Functions of each kind that options look at: in all places, with and without a `Result`.
const ITEMS: &[&str] = &[
    "ATTRIBUTE fn f(a: u8) -> u8 { 0 }",
    "ATTRIBUTE fn f(a: u8) -> io::Result<u8> { Ok(0) }",
    "ATTRIBUTE fn f(&self, a: u8) -> u8 { 0 }",
    "ATTRIBUTE fn f(&self, a: u8) -> io::Result<u8> { Ok(0) }",
    "#[methods] impl S { ATTRIBUTE fn f(&self, a: u8) -> u8 { 0 } }",
    "#[methods] impl S { ATTRIBUTE fn f(&self, a: u8) -> io::Result<u8> { Ok(0) } }",
];

/// Returns the expansion of an item with these options; `None` if it is refused.
fn expansion(kind: Kind, options: &[String], item: &str) -> Option<String> {
    let attribute = format!("#[{}({})]", kind.name(), options.join(", "));
    let tokens = expand(&item.replace("ATTRIBUTE", &attribute));
    let text = tokens.to_string();
    errors(tokens).is_empty().then_some(text)
}

#[test]
fn an_option_that_is_accepted_changes_the_code() {
    let threads = Key::Threads.word().to_owned();
    for (kind, before) in [
        (Kind::BlockingIo, vec![]),
        (Kind::CpuBound, vec![]),
        (Kind::CpuBound, vec![threads.clone()]),
    ] {
        for key in Key::ALL {
            let option = key.example();
            let with = [&before[..], std::slice::from_ref(&option)].concat();
            let mut is_accepted = false;
            for item in ITEMS {
                if let Some(with) = expansion(kind, &with, item) {
                    is_accepted = true;
                    let without = expansion(kind, &before, item);
                    assert_ne!(Some(with), without, "`{option}` does nothing for {item}");
                }
            }
            let form = Form::of(kind, with.contains(&threads));
            let is_twice = before.contains(&option);
            let applies = matches!(key.applies(form), Applies::Yes) && !is_twice;
            assert_eq!(is_accepted, applies, "{}({option})", kind.name());
        }
    }
}
