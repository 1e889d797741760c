//! The `self` of a method: what of it crosses to the pool.

use crate::errors::Errors;
use crate::messages as say;
use crate::scan::{self, generic_arguments, peel};
use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens as _, quote, quote_spanned};
use syn::visit_mut::{self, VisitMut};
use syn::{Expr, ReceiverKind, Type, parse_quote, parse_quote_spanned};

/// The receiver of a method, checked.
#[derive(Clone)]
pub(crate) struct Receiver {
    source: syn::Receiver,
    /// What is stored, in terms of `Self`.
    pub(crate) stored: Type,
    /// Whether what is stored is a clone of what the method is called on.
    cloned: bool,
}

impl Receiver {
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
            // `ReceiverKind::Value`, and whatever the language may add.
            _ => (this(), false),
        };
        Self {
            source: source.clone(),
            stored,
            cloned,
        }
    }

    /// The receiver of the generated methods: as written, without attributes and `mut`.
    pub(crate) fn declare(&self) -> TokenStream {
        let mut receiver = self.source.clone();
        receiver.attrs.clear();
        receiver.mutability = None;
        receiver.to_token_stream()
    }

    /// What is stored, made from `self`.
    pub(crate) fn own(&self, krate: &TokenStream) -> TokenStream {
        let this = &self.source.self_token;
        if self.cloned {
            let stored = &self.stored;
            // Written out in full, because `self.clone()` on a type without `Clone`
            // would clone the reference. At the place of `&self`, so that this is
            // where a missing `Clone` is reported.
            let span = scan::span(stored);
            let copy = quote_spanned!(span=> copy_self::<#stored>);
            quote!(#krate::__private::#copy(#this))
        } else {
            this.to_token_stream()
        }
    }

    /// What the function is called with, given the name of what is stored.
    pub(crate) fn lend(&self, stored: &Ident) -> TokenStream {
        if self.cloned {
            quote!(&#stored)
        } else {
            quote!(#stored)
        }
    }
}

/// `self: Arc<Self>` and the like.
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

/// Writes the type of the impl block for `Self`, for items outside of the block.
pub(crate) fn replace_self(mut ty: Type, owner: &Type) -> Type {
    ReplaceSelf { owner }.visit_type_mut(&mut ty);
    ty
}

/// The visitor behind [`replace_self`].
pub(crate) struct ReplaceSelf<'a> {
    pub(crate) owner: &'a Type,
}

impl VisitMut for ReplaceSelf<'_> {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        if let Type::Path(path) = ty {
            if path.qself.is_none() && starts_with_self(&path.path) {
                let owner = self.owner;
                let rest: Vec<_> = path.path.segments.iter().skip(1).cloned().collect();
                *ty = if rest.is_empty() {
                    owner.clone()
                } else {
                    parse_quote!(<#owner>::#(#rest)::*)
                };
                return;
            }
        }
        visit_mut::visit_type_mut(self, ty);
    }

    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        if let Expr::Path(path) = expr {
            if path.qself.is_none() && starts_with_self(&path.path) && path.path.segments.len() > 1
            {
                let owner = self.owner;
                let rest: Vec<_> = path.path.segments.iter().skip(1).cloned().collect();
                *expr = parse_quote!(<#owner>::#(#rest)::*);
                return;
            }
        }
        visit_mut::visit_expr_mut(self, expr);
    }
}

fn starts_with_self(path: &syn::Path) -> bool {
    path.leading_colon.is_none()
        && path
            .segments
            .first()
            .is_some_and(|first| first.ident == "Self")
}
