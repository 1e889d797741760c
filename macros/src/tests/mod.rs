//! Tests of expansions as tokens: the messages about mistakes, and the code.

mod docs;
mod effects;
mod messages;
mod snapshots;
mod words;
mod written;

use crate::kind::Kind;
use crate::{driver, on_worker_start};
use proc_macro2::{TokenStream, TokenTree};

/// Expands an item whose first attribute is one of this crate.
fn expand(source: &str) -> TokenStream {
    let tokens: TokenStream = source.parse().unwrap();
    let mut tokens = tokens.into_iter();
    let (Some(TokenTree::Punct(_)), Some(TokenTree::Group(attribute))) =
        (tokens.next(), tokens.next())
    else {
        panic!("the source does not start with an attribute: {source}");
    };
    let mut inside = attribute.stream().into_iter();
    let name = inside.next().unwrap().to_string();
    let options = match inside.next() {
        Some(TokenTree::Group(options)) => options.stream(),
        _ => TokenStream::new(),
    };
    let item = tokens.collect();
    match name.as_str() {
        "blocking_io" => driver::attribute(Kind::BlockingIo, options, &item),
        "cpu_bound" => driver::attribute(Kind::CpuBound, options, &item),
        "methods" => driver::methods(&options, &item),
        "on_worker_start" => on_worker_start::attribute(options, &item),
        other => panic!("not an attribute of this crate: {other}"),
    }
}

/// `line:column message` for each error that an expansion holds, in order.
fn errors(tokens: TokenStream) -> Vec<String> {
    let mut found = Vec::new();
    collect(tokens, &mut found);
    found.sort();
    found
        .into_iter()
        .map(|(line, column, message)| format!("{line}:{column} {message}"))
        .collect()
}

fn collect(tokens: TokenStream, found: &mut Vec<(usize, usize, String)>) {
    let mut tokens = tokens.into_iter().peekable();
    while let Some(tree) = tokens.next() {
        match tree {
            TokenTree::Ident(ident) if ident == "compile_error" => {
                tokens.next();
                if let Some(TokenTree::Group(group)) = tokens.next() {
                    let message: syn::LitStr = syn::parse2(group.stream()).unwrap();
                    let start = ident.span().start();
                    found.push((start.line, start.column + 1, message.value()));
                }
            }
            TokenTree::Group(group) => collect(group.stream(), found),
            TokenTree::Ident(_) | TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}
