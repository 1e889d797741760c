//! Collects the mistakes of an item, so that the compiler reports all of them at once.

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;
use std::fmt::Display;

/// The mistakes found so far, in the order in which they were found.
#[derive(Default)]
pub(crate) struct Errors {
    list: Vec<syn::Error>,
}

impl Errors {
    /// Adds a mistake; the compiler will underline `tokens`.
    pub(crate) fn at(&mut self, tokens: impl ToTokens, message: impl Display) {
        self.list.push(syn::Error::new_spanned(tokens, message));
    }

    /// Adds a mistake at a place for which there are no tokens.
    pub(crate) fn at_span(&mut self, span: Span, message: impl Display) {
        self.list.push(syn::Error::new(span, message));
    }

    /// Adds a mistake that the parser found.
    pub(crate) fn add(&mut self, error: syn::Error) {
        self.list.extend(error);
    }

    /// Returns whether there are no mistakes.
    pub(crate) fn is_empty(&self) -> bool {
        self.list.is_empty()
    }

    /// Returns a `compile_error!` for each mistake.
    pub(crate) fn into_tokens(self) -> Vec<TokenStream> {
        self.list.iter().map(syn::Error::to_compile_error).collect()
    }
}
