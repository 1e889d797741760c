//! Prints tokens as a person would write them, for messages and docs.

use proc_macro2::{Delimiter, Group, Punct, Spacing, TokenStream, TokenTree};
use quote::ToTokens;

/// Returns the tokens as text: `Vec<Option<u8>>`, and not `Vec < Option < u8 > >`.
pub(crate) fn tokens(tokens: impl ToTokens) -> String {
    let mut printer = Printer::default();
    printer.print(tokens.to_token_stream());
    printer.text
}

#[derive(Default)]
struct Printer {
    text: String,
    /// Whether a word that follows needs a space before it.
    after_word: bool,
}

impl Printer {
    fn print(&mut self, tokens: TokenStream) {
        self.after_word = false;
        let mut tokens = tokens.into_iter().peekable();
        while let Some(tree) = tokens.next() {
            match tree {
                TokenTree::Group(group) => self.group(&group),
                TokenTree::Punct(punct) => self.punct(&punct, tokens.peek().is_some()),
                TokenTree::Ident(ident) => self.word(&ident.to_string()),
                TokenTree::Literal(literal) => self.word(&literal.to_string()),
            }
        }
    }

    fn word(&mut self, word: &str) {
        if self.after_word {
            self.text.push(' ');
        }
        self.text.push_str(word);
        self.after_word = true;
    }

    fn group(&mut self, group: &Group) {
        let (open, close) = match group.delimiter() {
            Delimiter::Parenthesis => ("(", ")"),
            Delimiter::Bracket => ("[", "]"),
            Delimiter::Brace => (" { ", " }"),
            Delimiter::None => ("", ""),
        };
        let is_invisible = group.delimiter() == Delimiter::None;
        if self.after_word && is_invisible {
            self.text.push(' ');
        }
        self.text.push_str(open);
        self.print(group.stream());
        self.text.push_str(close);
        self.after_word = is_invisible;
    }

    fn punct(&mut self, punct: &Punct, has_next: bool) {
        let text = &mut self.text;
        let mark = punct.as_char();
        let is_tight = punct.spacing() == Spacing::Joint || mark == '\'';
        match mark {
            ',' | ';' => {
                text.push(mark);
                if has_next {
                    text.push(' ');
                }
            }
            '+' | '=' | '*' | '/' if self.after_word => {
                text.push(' ');
                text.push(mark);
                if !is_tight {
                    text.push(' ');
                }
            }
            '>' if text.ends_with('-') || text.ends_with('=') => text.push_str("> "),
            ':' if !is_tight && !text.ends_with(':') => text.push_str(": "),
            '-' if is_tight && !text.is_empty() => text.push_str(" -"),
            _ => text.push(mark),
        }
        self.after_word = match mark {
            '>' => !text.ends_with(' '),
            // Is this the second `|` of a closure?
            '|' => self.after_word || text.ends_with("||"),
            _ => false,
        };
    }
}
