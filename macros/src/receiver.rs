//! The `self` of a method, and how it crosses to the pool.

use crate::errors::Errors;
use crate::messages as say;
use crate::paths::Paths;
use crate::scan::{self, generic_arguments, peel};
use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens as _, quote, quote_spanned};
use syn::{ReceiverKind, Type, parse_quote_spanned};

/// The receiver of a method.
#[derive(Clone)]
pub(crate) struct Receiver {
    source: syn::Receiver,
    /// The type that is stored, in terms of `Self`.
    pub(crate) stored: Type,
    /// Whether a clone is stored of what the method is called on.
    cloned: bool,
}

impl Receiver {
    /// Reads the receiver; refuses one that cannot cross.
    pub(crate) fn read(source: &syn::Receiver, errors: &mut Errors) -> Self {
        if let Some(attr) = source.attrs.first() {
            errors.at(attr, say::ATTRIBUTE_ON_SELF);
        }
        let span = source.self_token.span;
        let this = || parse_quote_spanned!(span=> Self);
        let (stored, cloned) = match &source.kind {
            ReceiverKind::Reference(_, _, Some(_)) => {
                errors.at(source, say::MUT_SELF);
                (this(), true)
            }
            ReceiverKind::Reference(_, Some(lifetime), None) if lifetime.ident == "static" => {
                (parse_quote_spanned!(span=> &'static Self), false)
            }
            ReceiverKind::Reference(and, _, None) => (parse_quote_spanned!(and.span=> Self), true),
            ReceiverKind::Typed(_, ty) => typed(source, ty, errors),
            // `ReceiverKind::Value`, and kinds that the language may add.
            _ => (this(), false),
        };
        Self {
            source: source.clone(),
            stored,
            cloned,
        }
    }

    /// Returns the receiver of the generated methods: as written, without attributes and `mut`.
    pub(crate) fn declare(&self) -> TokenStream {
        let mut receiver = self.source.clone();
        receiver.attrs.clear();
        receiver.mutability = None;
        receiver.to_token_stream()
    }

    /// Returns an expression for what is stored, made from `self`.
    pub(crate) fn own(&self, paths: &Paths) -> TokenStream {
        let this = &self.source.self_token;
        if self.cloned {
            let stored = &self.stored;
            // Written out in full, because `self.clone()` on a type without `Clone` would clone the
            // reference. At the place of `&self`, so that the compiler reports a missing `Clone`
            // there.
            let span = scan::span(stored);
            let copy = quote_spanned!(span=> copy_self::<#stored>);
            let private = &paths.private;
            quote!(#private::#copy(#this))
        } else {
            this.to_token_stream()
        }
    }

    /// Returns what the function is called with, from the name of what is stored.
    pub(crate) fn lend(&self, stored: &Ident) -> TokenStream {
        if self.cloned {
            quote!(&#stored)
        } else {
            quote!(#stored)
        }
    }
}

/// Reads the type of `self: Arc<Self>` and similar receivers.
fn typed(source: &syn::Receiver, ty: &Type, errors: &mut Errors) -> (Type, bool) {
    let (stored, cloned) = match peel(ty) {
        Type::Reference(reference) if reference.mutability.is_some() => {
            errors.at(source, say::MUT_SELF);
            (&*reference.elem, true)
        }
        Type::Reference(reference) => {
            let is_static = reference
                .lifetime
                .as_ref()
                .is_some_and(|lifetime| lifetime.ident == "static");
            if is_static {
                (ty, false)
            } else {
                (&*reference.elem, true)
            }
        }
        _ => (ty, false),
    };
    if generic_arguments(stored, "Rc").is_some() {
        errors.at(ty, say::RC_SELF);
    }
    (stored.clone(), cloned)
}
