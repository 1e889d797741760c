//! Collects every mistake of an item, so that the user is told all of them in one go.

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;
use std::fmt::Display;

/// The mistakes found so far, in the order in which they were found.
#[derive(Default)]
pub(crate) struct Errors {
    list: Vec<syn::Error>,
}

impl Errors {
    /// Notes a mistake; the compiler will underline `tokens`.
    pub(crate) fn at(&mut self, tokens: impl ToTokens, message: impl Display) {
        self.list.push(syn::Error::new_spanned(tokens, message));
    }

    /// Notes a mistake at a place that is not a token of its own.
    pub(crate) fn at_span(&mut self, span: Span, message: impl Display) {
        self.list.push(syn::Error::new(span, message));
    }

    /// Takes over a mistake that the parser found.
    pub(crate) fn add(&mut self, error: syn::Error) {
        self.list.extend(error);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// One `compile_error!` for each mistake.
    pub(crate) fn into_tokens(self) -> Vec<TokenStream> {
        self.list.iter().map(syn::Error::to_compile_error).collect()
    }
}
