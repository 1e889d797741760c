//! Names and texts that are made of the user's.

use crate::attrs::{doc_line, end_of_introduction};
use crate::names::{Fresh, camel, unraw};
use crate::render;
use proc_macro2::{Ident, Span};
use quote::quote;

#[test]
fn names_in_camel_case() {
    assert_eq!(camel("max_retries"), "MaxRetries");
    assert_eq!(camel("_unused"), "Unused");
    assert_eq!(camel("a__b_"), "AB");
    assert_eq!(camel("größe_2"), "Größe2");
    assert_eq!(camel("Already"), "Already");
}

#[test]
fn raw_names_without_their_prefix() {
    assert_eq!(unraw(&Ident::new_raw("type", Span::call_site())), "type");
}

#[test]
fn names_that_are_taken_get_underscores() {
    let mut fresh = Fresh::new(quote!(
        fn f<ArgUrl>(url: Vec<ArgUrl_>)
    ));
    assert_eq!(
        fresh.name("ArgUrl", Span::call_site()).to_string(),
        "ArgUrl__"
    );
    assert_eq!(
        fresh.name("ArgUrl", Span::call_site()).to_string(),
        "ArgUrl___"
    );
    assert_eq!(
        fresh.name("ArgTag", Span::call_site()).to_string(),
        "ArgTag"
    );
}

#[test]
fn tokens_as_a_person_writes_them() {
    let same = [
        "Vec<Option<u8>>",
        "&'a str",
        "HashMap<String, Vec<u8>>",
        "Duration::from_secs(30)",
        "[1, 2, 3]",
        "-8",
        "a + b",
        "dyn Display + Send",
        "fn(&str) -> usize",
        "Some(\"x\")",
        "Vec::new()",
        "url.len()",
        "[u8; 4]",
        "!flag",
        "3",
        "\"a  b\"",
        "Box<dyn Fn(u8) -> u8 + Send>",
        "impl Iterator<Item = u8>",
        "<T as Trait>::Type",
        "|x| x + 1",
        "|| 3",
        "&[9]",
        "{ five() }",
        "Config { depth: 4 }",
    ];
    for text in same {
        let tokens: proc_macro2::TokenStream = text.parse().unwrap();
        assert_eq!(render::tokens(tokens).trim(), text);
    }
}

#[test]
fn a_paragraph_of_ours_stands_before_the_first_heading() {
    let end = |lines: &[&str]| {
        let docs = lines.iter().map(|line| doc_line(line, Span::call_site()));
        end_of_introduction(&docs.collect::<Vec<_>>())
    };
    assert_eq!(end(&[" Loads.", "", " # Errors", " None."]), 2);
    assert_eq!(end(&[" Loads.", " #1 is first."]), 2);
    assert_eq!(end(&[" ```", " # use hidden;", " ```", " ## Errors"]), 3);
    assert_eq!(end(&[" # Title first", " Loads."]), 2);
    assert_eq!(end(&[" Loads.\n # Errors\n in a block", " More."]), 2);
}
