//! What a task returns, and what its call therefore awaits to.

use crate::scan::{self, peel};
use proc_macro2::{Span, TokenStream};
use quote::{ToTokens as _, quote, quote_spanned};
use syn::{ReturnType, Type};

/// The result of a task.
#[derive(Clone)]
pub(crate) struct Output {
    pub(crate) ty: Type,
    /// Whether its last word is `Result`: such a result has an error of its own.
    pub(crate) fallible: bool,
}

impl Output {
    pub(crate) fn read(source: &ReturnType) -> Self {
        let ty = match source {
            ReturnType::Default => syn::parse_quote!(()),
            ReturnType::Type(_, ty) => (**ty).clone(),
        };
        let fallible = matches!(
            peel(&ty),
            Type::Path(path) if crate::attrs::last_segment(&path.path) == "Result"
        );
        Self { ty, fallible }
    }

    /// The span of the user's type.
    pub(crate) fn span(&self) -> Span {
        scan::span(&self.ty)
    }

    /// What awaiting gives: the result itself where errors of the pool fit into it.
    pub(crate) fn awaited(&self, flat: bool, krate: &TokenStream) -> TokenStream {
        let ty = &self.ty;
        if flat {
            ty.to_token_stream()
        } else {
            quote!(::core::result::Result<#ty, #krate::Error>)
        }
    }

    /// The type of a call.
    pub(crate) fn call(&self, flat: bool, krate: &TokenStream) -> TokenStream {
        let awaited = self.awaited(flat, krate);
        let span = self.span();
        quote_spanned!(span=> #krate::Call<#awaited>)
    }
}
