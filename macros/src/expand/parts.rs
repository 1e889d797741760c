//! What an expansion consists of.

use proc_macro2::TokenStream;

/// Generated code for one function.
#[derive(Default)]
pub(crate) struct Parts {
    /// Items for the impl block of a method.
    pub(crate) inside: TokenStream,
    /// Items beside the impl block. For a free function, all items.
    pub(crate) outside: TokenStream,
}

impl Parts {
    /// Adds the code for another function.
    pub(crate) fn extend(&mut self, other: Self) {
        self.inside.extend(other.inside);
        self.outside.extend(other.outside);
    }
}
