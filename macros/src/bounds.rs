//! The bounds that crossing to a thread takes: `Send + 'static`, and no lifetime of the caller.

use crate::attrs::last_segment;
use crate::errors::Errors;
use crate::messages as say;
use crate::scan;
use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::punctuated::Punctuated;
use syn::visit_mut::VisitMut;
use syn::{
    Generics, Token, Type, TypeImplTrait, TypeParamBound, WherePredicate, parse_quote_spanned,
};

/// The bounds of a type parameter.
pub(crate) type Bounds = Punctuated<TypeParamBound, Token![+]>;

/// Removes lifetimes of the caller: `T: 'a` follows from `T: 'static`, which every task asks for.
pub(crate) fn without_lifetimes(bounds: Bounds) -> Bounds {
    let is_of_caller = |bound: &TypeParamBound| matches!(bound, TypeParamBound::Lifetime(lifetime) if lifetime.ident != "static");
    bounds
        .into_iter()
        .filter(|bound| !is_of_caller(bound))
        .collect()
}

/// Returns the bounds without lifetimes of the caller; refuses a bound with such a lifetime inside.
pub(crate) fn owned(bounds: Bounds, errors: &mut Errors) -> Bounds {
    let bounds = without_lifetimes(bounds);
    for bound in &bounds {
        let borrowed = scan::borrowed_in(|scan| {
            scan.visit_type_param_bound_mut(&mut bound.clone());
        });
        if let Some(tokens) = borrowed {
            errors.at(tokens, say::BOUND_LIFETIME);
        }
    }
    bounds
}

/// Adds `Send + 'static` to each `impl Trait` in the type of an argument.
pub(crate) fn bound_impls(ty: &mut Type) {
    struct BoundImpls;
    impl VisitMut for BoundImpls {
        fn visit_type_impl_trait_mut(&mut self, ty: &mut TypeImplTrait) {
            add_to(&mut ty.bounds, ty.impl_token.span);
        }
    }
    BoundImpls.visit_type_mut(ty);
}

/// Adds `Send + 'static` to each type parameter, in the place where it has its other bounds: clippy
/// wants all bounds in one place.
pub(crate) fn bound_types(generics: &mut Generics) {
    let mut in_where = generics.where_clause.take();
    for param in generics.type_params_mut() {
        let span = param.ident.span();
        let predicates = in_where
            .iter_mut()
            .flat_map(|clause| &mut clause.predicates);
        let predicate = predicates
            .filter_map(|predicate| match predicate {
                WherePredicate::Type(predicate) => Some(predicate),
                _ => None,
            })
            .find(|predicate| {
                predicate.lifetimes.is_none()
                    && matches!(&predicate.bounded_ty, Type::Path(path)
                        if path.path.is_ident(&param.ident))
            });
        match predicate {
            Some(predicate) if param.bounds.is_empty() => {
                add_to(&mut predicate.bounds, span);
            }
            _ => add_to(&mut param.bounds, span),
        }
    }
    generics.where_clause = in_where;
}

/// Adds `Send` and `'static`, if they are missing.
pub(crate) fn add_to(bounds: &mut Bounds, span: Span) {
    let has_send = bounds.iter().any(|bound| match bound {
        TypeParamBound::Trait(bound) => last_segment(&bound.path) == "Send",
        _ => false,
    });
    let has_static = bounds
        .iter()
        .any(|bound| matches!(bound, TypeParamBound::Lifetime(bound) if bound.ident == "static"));
    if !has_send {
        bounds.push(parse_quote_spanned!(span=> ::core::marker::Send));
    }
    if !has_static {
        bounds.push(parse_quote_spanned!(span=> 'static));
    }
}

/// Returns the predicate `ty: Send + 'static`, at the place of the type.
pub(crate) fn crossing(ty: &Type) -> TokenStream {
    let span = scan::span(ty);
    quote_spanned!(span=> #ty: ::core::marker::Send + 'static)
}

/// Returns a `where` with these predicates; nothing if there are none.
pub(crate) fn where_all(predicates: &[TokenStream]) -> TokenStream {
    if predicates.is_empty() {
        return TokenStream::new();
    }
    quote!(where #(#predicates,)*)
}
