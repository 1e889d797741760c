//! Type parameters of a task: with names for `impl Trait`, without lifetimes of the caller, and
//! with the bounds that crossing to a thread takes.

use crate::bounds;
use crate::errors::Errors;
use crate::messages as say;
use crate::names::{self, Fresh};
use crate::scan;
use crate::self_type;
use proc_macro2::{Ident, TokenStream};
use quote::quote;
use std::collections::HashSet;
use syn::visit_mut::{self, VisitMut};
use syn::{GenericParam, Generics, Type, TypeParam, TypeParamBound, WherePredicate, parse_quote};

/// Type and const parameters with their bounds. There are no lifetimes, because a call owns what it
/// stores.
#[derive(Clone, Default)]
pub(crate) struct Params {
    all: Vec<GenericParam>,
    predicates: Vec<WherePredicate>,
    /// How many of `all` the user named; the rest were `impl Trait`.
    named: usize,
}

impl Params {
    /// Reads the parameters of a function or an impl block.
    pub(crate) fn read(generics: &Generics, errors: &mut Errors) -> Self {
        let mut generics = generics.clone();
        bounds::bound_types(&mut generics);
        let mut params: Vec<GenericParam> = Vec::new();
        for param in &generics.params {
            match param.clone() {
                GenericParam::Lifetime(_) => {}
                GenericParam::Type(mut param) => {
                    param.attrs.clear();
                    param.bounds = bounds::owned(param.bounds, errors);
                    params.push(GenericParam::Type(param));
                }
                GenericParam::Const(mut param) => {
                    param.attrs.clear();
                    params.push(GenericParam::Const(param));
                }
            }
        }
        let mut predicates = Vec::new();
        for predicate in generics.where_clause.iter().flat_map(|c| &c.predicates) {
            if let WherePredicate::Type(predicate) = predicate {
                let mut predicate = predicate.clone();
                let borrowed = scan::borrowed_in(|scan| {
                    let mut lifetimes_dropped = predicate.clone();
                    lifetimes_dropped.bounds = bounds::without_lifetimes(lifetimes_dropped.bounds);
                    scan.visit_predicate_type_mut(&mut lifetimes_dropped);
                });
                if let Some(tokens) = borrowed {
                    errors.at(tokens, say::BOUND_LIFETIME);
                    continue;
                }
                predicate.bounds = bounds::without_lifetimes(predicate.bounds);
                predicates.push(WherePredicate::Type(predicate));
            }
        }
        let named = params.len();
        Self {
            all: params,
            predicates,
            named,
        }
    }

    /// Returns the parameters of the impl block and then these, for items outside of the block.
    pub(crate) fn within(&self, around: &Self, owner: &Type) -> Self {
        let mut inner = self.clone();
        let mut replace = self_type::Replace { owner };
        for param in &mut inner.all {
            replace.visit_generic_param_mut(param);
        }
        for predicate in &mut inner.predicates {
            replace.visit_where_predicate_mut(predicate);
        }
        Self {
            all: [&around.all[..], &inner.all].concat(),
            predicates: [&around.predicates[..], &inner.predicates].concat(),
            named: around.named + inner.named,
        }
    }

    /// Returns whether there are no parameters.
    pub(crate) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Returns the parameters that are types.
    pub(crate) fn types(&self) -> impl Iterator<Item = &TypeParam> {
        self.all.iter().filter_map(|param| match param {
            GenericParam::Type(param) => Some(param),
            GenericParam::Lifetime(_) | GenericParam::Const(_) => None,
        })
    }

    /// Returns the names of the parameters that are types.
    pub(crate) fn type_names(&self) -> HashSet<String> {
        self.types().map(|param| param.ident.to_string()).collect()
    }

    /// Returns `<T: Display, const N: usize, EXTRA>`, or nothing.
    pub(crate) fn declare(&self, extra: &[TokenStream]) -> TokenStream {
        let params = &self.all;
        if params.is_empty() && extra.is_empty() {
            return TokenStream::new();
        }
        quote!(<#(#params,)* #(#extra),*>)
    }

    /// Returns `<T, N, EXTRA>`, or nothing.
    pub(crate) fn arguments(&self, extra: &[TokenStream]) -> TokenStream {
        let names = self.all.iter().map(ident_of);
        if self.all.is_empty() && extra.is_empty() {
            return TokenStream::new();
        }
        quote!(<#(#names,)* #(#extra),*>)
    }

    /// Returns `::<T, N>`, for a function that is declared as the user wrote it: there, `impl
    /// Trait` takes no argument.
    pub(crate) fn turbofish_named(&self) -> TokenStream {
        let names: Vec<_> = self.all[..self.named].iter().map(ident_of).collect();
        if names.is_empty() {
            return TokenStream::new();
        }
        quote!(::<#(#names),*>)
    }

    /// Returns `::<T, N, _>`, for a function that is declared with all parameters, called where
    /// those of `impl Trait` have no name.
    pub(crate) fn turbofish_inferred(&self) -> TokenStream {
        let names: Vec<_> = self.all[..self.named].iter().map(ident_of).collect();
        if names.is_empty() {
            return TokenStream::new();
        }
        let inferred = self.all[self.named..].iter().map(|_| quote!(_));
        quote!(::<#(#names,)* #(#inferred),*>)
    }

    /// Returns `::<T, N, ImplPath>`, where all parameters have names.
    pub(crate) fn turbofish(&self) -> TokenStream {
        let names: Vec<_> = self.all.iter().map(ident_of).collect();
        if names.is_empty() {
            return TokenStream::new();
        }
        quote!(::<#(#names),*>)
    }

    /// Returns a `where` with the user's predicates and more, or nothing.
    pub(crate) fn where_clause(&self, more: &[TokenStream]) -> TokenStream {
        let predicates = &self.predicates;
        if predicates.is_empty() && more.is_empty() {
            return TokenStream::new();
        }
        quote!(where #(#predicates,)* #(#more,)*)
    }

    /// Returns a `PhantomData` for each type, for structs that do not store all of them.
    pub(crate) fn phantoms(&self) -> Vec<TokenStream> {
        self.types()
            .map(|param| {
                let name = &param.ident;
                quote!(::core::marker::PhantomData<#name>)
            })
            .collect()
    }

    /// Returns the types that the user named.
    pub(crate) fn named_types(&self) -> impl Iterator<Item = Type> {
        self.all[..self.named]
            .iter()
            .filter_map(|param| match param {
                GenericParam::Type(param) => {
                    let name = &param.ident;
                    Some(parse_quote!(#name))
                }
                GenericParam::Lifetime(_) | GenericParam::Const(_) => None,
            })
    }

    /// Returns whether the type parameter with this name may be unsized.
    pub(crate) fn may_be_unsized(&self, name: &str) -> bool {
        let is_maybe = |bound: &&TypeParamBound| matches!(bound, TypeParamBound::Trait(bound) if bound.maybe.is_some());
        self.types()
            .any(|param| param.ident == name && self.bounds_of(param).iter().any(is_maybe))
    }

    /// Returns whether `ty` is a parameter `T` whose `&T` can only be owned as a `T`.
    pub(crate) fn is_cloned(&self, ty: &Type) -> bool {
        self.param_without_to_owned(ty)
            .is_some_and(|param| !self.may_be_unsized(&param.ident.to_string()))
    }

    /// Returns the parameter that `ty` is, if nothing that a call could own can be made of `&T`.
    pub(crate) fn never_owned(&self, ty: &Type) -> Option<&Ident> {
        let param = self.param_without_to_owned(ty)?;
        self.may_be_unsized(&param.ident.to_string())
            .then_some(&param.ident)
    }

    fn param_without_to_owned(&self, ty: &Type) -> Option<&TypeParam> {
        let Type::Path(path) = scan::peel(ty) else {
            return None;
        };
        let is_to_owned = |bound: &TypeParamBound| {
            matches!(bound, TypeParamBound::Trait(bound)
                if crate::attrs::last_segment(&bound.path) == "ToOwned")
        };
        self.types().find(|param| {
            path.path.is_ident(&param.ident)
                && !self.bounds_of(param).iter().any(|bound| is_to_owned(bound))
        })
    }

    /// Returns all bounds of a type parameter, inline and in the `where`.
    fn bounds_of<'a>(&'a self, param: &'a TypeParam) -> Vec<&'a TypeParamBound> {
        let in_where = self
            .predicates
            .iter()
            .filter_map(|predicate| match predicate {
                WherePredicate::Type(predicate)
                    if matches!(&predicate.bounded_ty, Type::Path(path)
                    if path.path.is_ident(&param.ident)) =>
                {
                    Some(&predicate.bounds)
                }
                _ => None,
            });
        param.bounds.iter().chain(in_where.flatten()).collect()
    }

    /// Replaces each `impl Trait` in the type of an argument by a new type parameter.
    pub(crate) fn name_impls(&mut self, ty: &mut Type, argument: &Ident, fresh: &mut Fresh) {
        let mut namer = NameImpls {
            params: self,
            wish: format!("Impl{}", names::camel(&names::unraw(argument))),
            fresh,
        };
        namer.visit_type_mut(ty);
    }
}

fn ident_of(param: &GenericParam) -> &Ident {
    match param {
        GenericParam::Type(param) => &param.ident,
        GenericParam::Const(param) => &param.ident,
        GenericParam::Lifetime(param) => &param.lifetime.ident,
    }
}

/// The visitor behind [`Params::name_impls`].
struct NameImpls<'a> {
    params: &'a mut Params,
    wish: String,
    fresh: &'a mut Fresh,
}

impl VisitMut for NameImpls<'_> {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        // With the parentheses, which `&(impl A + B)` needs and a name does not.
        if let Type::ImplTrait(found) = scan::peel(ty) {
            let name = self.fresh.name(&self.wish, found.impl_token.span);
            let mut bounds = found.bounds.clone();
            bounds::add_to(&mut bounds, found.impl_token.span);
            self.params.all.push(parse_quote!(#name: #bounds));
            *ty = parse_quote!(#name);
            return;
        }
        visit_mut::visit_type_mut(self, ty);
    }
}
