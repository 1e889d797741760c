//! One argument of a task: its name, type, default and docs.

use crate::attrs::last_segment;
use crate::errors::Errors;
use crate::generics::Params;
use crate::known_types;
use crate::messages as say;
use crate::names::{self, Fresh};
use crate::passing::Passing;
use crate::paths::Paths;
use crate::scan::{self, generic_arguments, peel};
use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens as _, quote, quote_spanned};
use syn::{Attribute, Expr, GenericArgument, Meta, Pat, PatType, Type};

/// An argument, checked.
#[derive(Clone)]
pub(crate) struct Argument {
    /// The user's own token: for items and expressions that the user sees.
    pub(crate) ident: Ident,
    /// The name of the local in generated code, see [`names::hygienic`].
    pub(crate) local: Ident,
    /// The type as the user wrote it.
    pub(crate) ty: Type,
    /// The type with a type parameter for each `impl Trait`.
    pub(crate) named: Type,
    /// How the call owns the argument; for an `Option`, how it owns the value inside.
    pub(crate) passing: Passing,
    /// Whether the argument is an `Option`.
    pub(crate) optional: bool,
    /// The value of `#[default = ..]`.
    pub(crate) default: Option<Expr>,
    /// The doc comment of the argument.
    pub(crate) docs: Vec<Attribute>,
}

impl Argument {
    /// Reads an argument; `None` if it has no name.
    pub(crate) fn read(
        source: &PatType,
        params: &mut Params,
        fresh: &mut Fresh,
        errors: &mut Errors,
    ) -> Option<Self> {
        let ident = name(source, errors);
        let label = ident.as_ref().map(names::unraw).unwrap_or_default();
        let sorted = sort_attributes(&source.attrs, &label, errors);
        let inner = option_inner(&source.ty);
        let as_written = Passing::of(inner.unwrap_or(&source.ty), params);
        check_type(&source.ty, &as_written, params, errors);
        let ident = ident?;
        let mut named = (*source.ty).clone();
        params.name_impls(&mut named, &ident, fresh);
        let inner = option_inner(&named);
        let passing = Passing::of(inner.unwrap_or(&named), params);
        Some(Self {
            local: names::hygienic(&ident),
            ident,
            ty: (*source.ty).clone(),
            passing,
            optional: inner.is_some(),
            named,
            default: sorted.default,
            docs: sorted.docs,
        })
    }

    /// Returns the argument with other types.
    pub(crate) fn map_types(&self, change: impl Fn(&Type) -> Type) -> Self {
        Self {
            ty: change(&self.ty),
            named: change(&self.named),
            passing: self.passing.map(change),
            ..self.clone()
        }
    }

    /// Returns whether the call cannot be made without this argument.
    pub(crate) fn required(&self) -> bool {
        !self.optional && self.default.is_none()
    }

    /// Returns the type that the call stores.
    pub(crate) fn owned(&self) -> TokenStream {
        let owned = self.passing.owned();
        if self.optional && self.passing.copies() {
            let span = scan::span(&self.ty);
            quote_spanned!(span=> ::core::option::Option<#owned>)
        } else if self.optional {
            self.named.to_token_stream()
        } else {
            owned
        }
    }

    /// Returns an expression for what is stored, made from one for what the caller passed.
    pub(crate) fn to_owned(&self, given: TokenStream) -> TokenStream {
        let is_inferred = scan::scan(&self.ty).impl_trait.is_some();
        match self.passing.copy_function(is_inferred) {
            None => given,
            Some(copy) if self.optional => quote!(::core::option::Option::map(#given, #copy)),
            Some(copy) => quote!(#copy(#given)),
        }
    }

    /// Returns the type of the element in the list that is sent to a worker. It is a type of the
    /// runtime if the function borrows what the worker can lend, and else the stored type.
    pub(crate) fn listed_type(&self, paths: &Paths) -> TokenStream {
        match self.borrowed(paths) {
            Some(borrowed) => borrowed,
            None => self.owned(),
        }
    }

    /// Returns an expression for that element.
    pub(crate) fn listed(&self, paths: &Paths) -> TokenStream {
        let stored = &self.local;
        match self.borrowed(paths) {
            Some(borrowed) => quote!(#borrowed(#stored)),
            None => stored.to_token_stream(),
        }
    }

    /// Returns the type of the runtime for an argument that the worker can lend. The tokens are its
    /// constructor too.
    fn borrowed(&self, paths: &Paths) -> Option<TokenStream> {
        let target = self.passing.lendable()?;
        let name = if self.optional {
            quote!(BorrowedOption)
        } else {
            quote!(Borrowed)
        };
        let private = &paths.private;
        Some(quote!(#private::#name::<#target>))
    }

    /// Returns whether what is stored can go to any pool, known by the names of its types.
    pub(crate) fn is_plain(&self) -> bool {
        let target = self.passing.target();
        if !self.passing.copies() {
            return known_types::is_plain(target);
        }
        match peel(target) {
            Type::Slice(slice) => known_types::is_plain(&slice.elem),
            Type::Path(path) => path.path.is_ident("str"),
            _ => false,
        }
    }

    /// Returns what the function is called with in a worker, from the name of what the worker
    /// lends.
    pub(crate) fn lend_listed(&self, lent: &Ident) -> TokenStream {
        match &self.passing {
            // The worker lends a `Cow`.
            Passing::Cow(target) if known_types::is_lendable(target) => lent.to_token_stream(),
            // A `Cow` dereferences to the same type as its owned form.
            _ => self.lend(lent),
        }
    }

    /// Returns what the function is called with, from the name of what is stored.
    pub(crate) fn lend(&self, stored: &Ident) -> TokenStream {
        if self.optional {
            self.passing.lend_option(stored)
        } else {
            self.passing.lend(stored)
        }
    }
}

/// Returns the name of an argument; refuses any other pattern.
fn name(source: &PatType, errors: &mut Errors) -> Option<Ident> {
    match &*source.pat {
        Pat::Ident(pat) => {
            if pat.by_ref.is_some() {
                errors.at(pat, say::REF_PATTERN);
            }
            if pat.subpat.is_some() {
                errors.at(
                    pat,
                    say::destructured(suggestion(source, Some(&pat.ident)).as_deref()),
                );
            }
            Some(pat.ident.clone())
        }
        Pat::Wild(pat) => {
            errors.at(pat, say::wildcard(&crate::render::tokens(&source.ty)));
            None
        }
        pat => {
            errors.at(pat, say::destructured(suggestion(source, None).as_deref()));
            None
        }
    }
}

/// Returns what to write for a pattern: `point: (f64, f64)` for `Point { x, y }: (f64, f64)`.
fn suggestion(source: &PatType, name: Option<&Ident>) -> Option<String> {
    let ty = crate::render::tokens(&source.ty);
    let name = match (name, peel(&source.ty)) {
        (Some(name), _) => names::unraw(name),
        (None, Type::Path(path)) => {
            let word = names::unraw(&path.path.segments.last()?.ident).to_lowercase();
            // A type's name may be a keyword in lower case, as `Box` is.
            syn::parse_str::<Ident>(&word).map_or("value".to_owned(), |word| word.to_string())
        }
        (None, _) => "point".to_owned(),
    };
    Some(format!("{name}: {ty}"))
}

/// The attributes of an argument, by what they are for.
#[derive(Default)]
struct Sorted {
    default: Option<Expr>,
    docs: Vec<Attribute>,
}

fn sort_attributes(attrs: &[Attribute], argument: &str, errors: &mut Errors) -> Sorted {
    let mut sorted = Sorted::default();
    let mut seen_default = false;
    for attr in attrs {
        let name = last_segment(attr.path());
        match name.as_str() {
            "default" => {
                if seen_default {
                    errors.at(attr, say::default_twice(argument));
                }
                seen_default = true;
                match &attr.meta {
                    Meta::NameValue(meta) => sorted.default = Some(meta.value.clone()),
                    Meta::Path(_) | Meta::List(_) => errors.at(attr, say::DEFAULT_WITHOUT_VALUE),
                }
            }
            "doc" => sorted.docs.push(attr.clone()),
            "cfg_attr" => errors.at(attr, say::CFG_ATTR),
            // `cfg.rs` handles conditions; lint levels stay on the parameter of the user's
            // function.
            "cfg" | "allow" | "expect" | "warn" | "deny" | "forbid" => {}
            _ => errors.at(attr.path(), say::unknown_argument_attribute(&name)),
        }
    }
    sorted
}

/// Returns the `T` of `Option<T>`.
fn option_inner(ty: &Type) -> Option<&Type> {
    match generic_arguments(ty, "Option")?.as_slice() {
        [GenericArgument::Type(inner)] => Some(inner),
        _ => None,
    }
}

/// Refuses a type of which a call cannot own a value.
fn check_type(ty: &Type, passing: &Passing, params: &Params, errors: &mut Errors) {
    if let Type::Reference(reference) = peel(passing.target()) {
        if reference.mutability.is_some() {
            errors.at(ty, say::MUT_REFERENCE);
            return;
        }
    }
    if passing.copies() {
        if let Type::TraitObject(object) = peel(passing.target()) {
            errors.at(ty, say::borrowed_dyn(&crate::render::tokens(object)));
            return;
        }
    }
    if passing.copies() {
        if let Some(param) = params.never_owned(passing.target()) {
            let message = say::unsized_parameter(&param.to_string());
            errors.at(passing.target(), message);
            return;
        }
    }
    if let Some(borrowed) = scan::scan(passing.target()).borrowed {
        let text = crate::render::tokens(&borrowed);
        errors.at(borrowed, say::borrowed_inside(&text));
    }
}
