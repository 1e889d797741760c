//! The paths by which generated code reaches the runtime.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::Path;

/// The two modules of the runtime that generated code names.
#[derive(Clone)]
pub(crate) struct Paths {
    /// What generated code calls. It has no compatibility promise, and users do not see it.
    pub(crate) private: TokenStream,
    /// What a builder says of its arguments. Users see it in the docs of a builder.
    pub(crate) builder: TokenStream,
}

impl Paths {
    /// Returns the paths below the value of the option `crate`, or below `::offloop`.
    pub(crate) fn below(krate: Option<&Path>) -> Self {
        let krate = krate.map_or_else(|| quote!(::offloop), |path| quote!(#path));
        Self {
            private: quote!(#krate::__private),
            builder: quote!(#krate::builder),
        }
    }

    /// Returns the paths with the same meaning, but shown to the user at `span`.
    pub(crate) fn shown_at(&self, span: Span) -> Self {
        let show = |path: &TokenStream| {
            let trees = path.clone().into_iter().map(|mut tree| {
                tree.set_span(tree.span().located_at(span));
                tree
            });
            trees.collect()
        };
        Self {
            private: show(&self.private),
            builder: show(&self.builder),
        }
    }
}
