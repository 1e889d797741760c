//! Prints tokens as a person would write them, for messages and docs.

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};
use quote::ToTokens;

/// `Vec < Option < u8 > >` becomes `Vec<Option<u8>>`.
pub(crate) fn tokens(tokens: impl ToTokens) -> String {
    let mut text = String::new();
    write(tokens.to_token_stream(), &mut text);
    text
}

fn write(tokens: TokenStream, text: &mut String) {
    let mut tokens = tokens.into_iter().peekable();
    let mut before_is_word = false;
    while let Some(tree) = tokens.next() {
        match tree {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::Brace => (" { ", " }"),
                    Delimiter::None => ("", ""),
                };
                if before_is_word && group.delimiter() == Delimiter::None {
                    text.push(' ');
                }
                text.push_str(open);
                write(group.stream(), text);
                text.push_str(close);
                before_is_word = group.delimiter() == Delimiter::None;
            }
            TokenTree::Punct(punct) => {
                let mark = punct.as_char();
                let tight = punct.spacing() == Spacing::Joint || mark == '\'';
                match mark {
                    ',' | ';' => {
                        text.push(mark);
                        if tokens.peek().is_some() {
                            text.push(' ');
                        }
                    }
                    '+' | '=' | '*' | '/' if before_is_word => {
                        text.push(' ');
                        text.push(mark);
                        if !tight {
                            text.push(' ');
                        }
                    }
                    '>' if text.ends_with('-') || text.ends_with('=') => {
                        text.push_str("> ");
                    }
                    ':' if !tight && !text.ends_with(':') => text.push_str(": "),
                    '-' if tight && !text.is_empty() => text.push_str(" -"),
                    _ => text.push(mark),
                }
                before_is_word = match mark {
                    '>' => !text.ends_with(' '),
                    // The second of a closure's two.
                    '|' => before_is_word || text.ends_with("||"),
                    _ => false,
                };
            }
            TokenTree::Ident(ident) => {
                if before_is_word {
                    text.push(' ');
                }
                text.push_str(&ident.to_string());
                before_is_word = true;
            }
            TokenTree::Literal(literal) => {
                if before_is_word {
                    text.push(' ');
                }
                text.push_str(&literal.to_string());
                before_is_word = true;
            }
        }
    }
}
