//! Looks through a type for what decides how it can cross to another thread.

use proc_macro2::{Span, TokenStream};
use quote::ToTokens as _;
use std::collections::HashSet;
use syn::spanned::Spanned as _;
use syn::visit_mut::{self, VisitMut};
use syn::{
    BoundLifetimes, GenericParam, Lifetime, ParenthesizedGenericArguments, Type, TypeFnPtr,
    TypeImplTrait, TypeReference,
};

/// Returns the type without the parentheses and invisible groups around it.
pub(crate) fn peel(ty: &Type) -> &Type {
    match ty {
        Type::Group(group) => peel(&group.elem),
        Type::Paren(paren) => peel(&paren.elem),
        other => other,
    }
}

/// What a type contains.
#[derive(Default)]
pub(crate) struct Found {
    /// The tokens of the first part that borrows from the caller.
    pub(crate) borrowed: Option<TokenStream>,
    /// The first `impl Trait`.
    pub(crate) impl_trait: Option<TokenStream>,
    /// The first word of each path: type parameters are among them.
    pub(crate) names: HashSet<String>,
    /// The first word of each longer path: the `T` of `T::Item`.
    pub(crate) heads: HashSet<String>,
    /// Whether there is a `<T as Trait>::Item`.
    pub(crate) qualified: bool,
}

impl Found {
    /// Returns whether the type names one of these type parameters.
    pub(crate) fn mentions(&self, params: &HashSet<String>) -> bool {
        !self.names.is_disjoint(params)
    }

    /// Returns whether the type names a type that belongs to one of these parameters, such as
    /// `T::Item`. Its bounds do not follow from those of the parameter.
    pub(crate) fn projects(&self, params: &HashSet<String>) -> bool {
        self.mentions(params) && (self.qualified || !self.heads.is_disjoint(params))
    }
}

/// Returns what a type contains.
pub(crate) fn scan(ty: &Type) -> Found {
    let mut scan = Scan::default();
    // The visitor of `syn` for types that do not change is one more feature to compile.
    scan.visit_type_mut(&mut ty.clone());
    scan.found
}

/// Returns the first part of a bound or a predicate that borrows from the caller.
pub(crate) fn borrowed_in(visit: impl FnOnce(&mut Scan)) -> Option<TokenStream> {
    let mut scan = Scan::default();
    visit(&mut scan);
    scan.found.borrowed
}

/// The visitor that collects [`Found`].
#[derive(Default)]
pub(crate) struct Scan {
    found: Found,
    /// Lifetimes that a `for<'a>` around this place declares.
    bound: Vec<String>,
    /// Whether this place is inside `fn(..)` or `Fn(..)`, where `&str` means `for<'a> &'a str`.
    elision_is_local: bool,
}

impl Scan {
    fn borrows(&mut self, tokens: TokenStream) {
        self.found.borrowed.get_or_insert(tokens);
    }

    fn is_local(&self, lifetime: &Lifetime) -> bool {
        let name = lifetime.ident.to_string();
        name == "static" || (name == "_" && self.elision_is_local) || self.bound.contains(&name)
    }

    fn within(&mut self, lifetimes: Option<&BoundLifetimes>, visit: impl FnOnce(&mut Self)) {
        let before = self.bound.len();
        if let Some(lifetimes) = lifetimes {
            for param in &lifetimes.lifetimes {
                if let GenericParam::Lifetime(param) = param {
                    self.bound.push(param.lifetime.ident.to_string());
                }
            }
        }
        visit(self);
        self.bound.truncate(before);
    }

    fn with_local_elision(&mut self, visit: impl FnOnce(&mut Self)) {
        let before = std::mem::replace(&mut self.elision_is_local, true);
        visit(self);
        self.elision_is_local = before;
    }
}

impl VisitMut for Scan {
    fn visit_type_reference_mut(&mut self, ty: &mut TypeReference) {
        let borrows = match &ty.lifetime {
            Some(lifetime) => !self.is_local(lifetime),
            None => !self.elision_is_local,
        };
        if borrows {
            self.borrows(ty.to_token_stream());
        }
        visit_mut::visit_type_mut(self, &mut ty.elem);
    }

    fn visit_lifetime_mut(&mut self, lifetime: &mut Lifetime) {
        if !self.is_local(lifetime) {
            self.borrows(lifetime.to_token_stream());
        }
    }

    fn visit_type_fn_ptr_mut(&mut self, ty: &mut TypeFnPtr) {
        let lifetimes = ty.lifetimes.clone();
        self.within(lifetimes.as_ref(), |scan| {
            scan.with_local_elision(|scan| {
                for input in &mut ty.inputs {
                    scan.visit_type_mut(&mut input.ty);
                }
                scan.visit_return_type_mut(&mut ty.output);
            });
        });
    }

    fn visit_parenthesized_generic_arguments_mut(
        &mut self,
        arguments: &mut ParenthesizedGenericArguments,
    ) {
        self.with_local_elision(|scan| {
            visit_mut::visit_parenthesized_generic_arguments_mut(scan, arguments);
        });
    }

    fn visit_trait_bound_mut(&mut self, bound: &mut syn::TraitBound) {
        let lifetimes = bound.lifetimes.clone();
        self.within(lifetimes.as_ref(), |scan| {
            scan.visit_path_mut(&mut bound.path);
        });
    }

    fn visit_predicate_type_mut(&mut self, predicate: &mut syn::PredicateType) {
        let lifetimes = predicate.lifetimes.clone();
        self.within(lifetimes.as_ref(), |scan| {
            scan.visit_type_mut(&mut predicate.bounded_ty);
            for bound in &mut predicate.bounds {
                scan.visit_type_param_bound_mut(bound);
            }
        });
    }

    fn visit_type_impl_trait_mut(&mut self, ty: &mut TypeImplTrait) {
        self.found.impl_trait.get_or_insert(ty.to_token_stream());
        visit_mut::visit_type_impl_trait_mut(self, ty);
    }

    fn visit_type_path_mut(&mut self, ty: &mut syn::TypePath) {
        if ty.qself.is_some() {
            self.found.qualified = true;
        }
        visit_mut::visit_type_path_mut(self, ty);
    }

    fn visit_path_mut(&mut self, path: &mut syn::Path) {
        if let Some(first) = path.segments.first() {
            let name = first.ident.to_string();
            if path.segments.len() > 1 {
                self.found.heads.insert(name.clone());
            }
            self.found.names.insert(name);
        }
        visit_mut::visit_path_mut(self, path);
    }
}

/// Returns the arguments of `name<..>`, if `name` is the last word of the type.
pub(crate) fn generic_arguments<'a>(
    ty: &'a Type,
    name: &str,
) -> Option<Vec<&'a syn::GenericArgument>> {
    let Type::Path(path) = peel(ty) else {
        return None;
    };
    if path.qself.is_some() {
        return None;
    }
    let last = path.path.segments.last()?;
    if last.ident != name {
        return None;
    }
    match &last.arguments {
        syn::PathArguments::AngleBracketed(arguments) => Some(arguments.args.iter().collect()),
        syn::PathArguments::None | syn::PathArguments::Parenthesized(_) => None,
    }
}

/// Returns the place of a type, for types that are generated from it.
pub(crate) fn span(ty: &Type) -> Span {
    ty.span()
}
