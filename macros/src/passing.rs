//! How an argument crosses to another thread: what the call stores, how that is made from what the
//! caller passed, and how it is lent to the function.

use crate::generics::Params;
use crate::known_types;
use crate::paths::Paths;
use crate::scan::{self, generic_arguments, peel};
use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens as _, quote, quote_spanned};
use syn::{GenericArgument, Type};

/// The ways to own an argument.
#[derive(Clone)]
pub(crate) enum Passing {
    /// `T`: moved.
    Value(Type),
    /// `&T`: copied by `ToOwned`, lent to the function.
    Reference(Type, Option<Copies>),
    /// `&T` of a type parameter, which can only be cloned.
    Cloned(Type),
    /// `Cow<'_, T>`: stored in its owned form.
    Cow(Type),
}

/// The constant that asks whether a reference can be copied, so that the compiler reports only
/// there that it cannot.
#[derive(Clone)]
pub(crate) struct Copies {
    paths: Paths,
    constant: Ident,
}

impl Passing {
    /// Returns how a type is owned; `&'static T` and `Cow<'static, T>` are values.
    pub(crate) fn of(ty: &Type, params: &Params) -> Self {
        if let Type::Reference(reference) = peel(ty) {
            let is_static = reference
                .lifetime
                .as_ref()
                .is_some_and(|lifetime| lifetime.ident == "static");
            if !is_static && reference.mutability.is_none() {
                let target = (*reference.elem).clone();
                return if params.is_cloned(&target) {
                    Self::Cloned(target)
                } else {
                    Self::Reference(target, None)
                };
            }
        }
        if let Some(arguments) = generic_arguments(ty, "Cow") {
            if let [
                GenericArgument::Lifetime(lifetime),
                GenericArgument::Type(target),
            ] = arguments.as_slice()
            {
                if lifetime.ident != "static" {
                    return Self::Cow(target.clone());
                }
            }
        }
        Self::Value(ty.clone())
    }

    /// Returns this way to own, of another type.
    pub(crate) fn map(&self, change: impl FnOnce(&Type) -> Type) -> Self {
        match self {
            Self::Value(ty) => Self::Value(change(ty)),
            Self::Reference(ty, copies) => Self::Reference(change(ty), copies.clone()),
            Self::Cloned(ty) => Self::Cloned(change(ty)),
            Self::Cow(ty) => Self::Cow(change(ty)),
        }
    }

    /// Returns whether the stored type is another one than the type that the function takes.
    pub(crate) fn copies(&self) -> bool {
        !matches!(self, Self::Value(_))
    }

    /// Returns whether the stored type is named as `<T as ToOwned>::Owned`.
    pub(crate) fn is_projected(&self) -> bool {
        match self {
            Self::Value(_) | Self::Cloned(_) => false,
            Self::Reference(target, _) | Self::Cow(target) => match peel(target) {
                Type::Slice(_) => false,
                Type::Path(path) => !path.path.is_ident("str"),
                _ => true,
            },
        }
    }

    /// Sets the constant that asks whether the reference can be copied.
    pub(crate) fn ask_at(&mut self, paths: &Paths, constant: &Ident) {
        let is_asked = self.is_projected();
        if let Self::Reference(target, copies) = self {
            // With the meaning that they have everywhere, but shown at the user's type.
            let span = scan::span(target);
            *copies = is_asked.then(|| Copies {
                paths: paths.shown_at(span),
                constant: Ident::new(&constant.to_string(), constant.span().located_at(span)),
            });
        }
    }

    /// Returns whether a constant asks if the reference can be copied.
    pub(crate) fn is_asked(&self) -> bool {
        matches!(self, Self::Reference(_, Some(_)))
    }

    /// Returns the type behind the reference, or the type itself.
    pub(crate) fn target(&self) -> &Type {
        match self {
            Self::Value(ty) | Self::Reference(ty, _) | Self::Cloned(ty) | Self::Cow(ty) => ty,
        }
    }

    /// Returns the type behind the reference, if a worker can lend it without a copy.
    pub(crate) fn lendable(&self) -> Option<&Type> {
        match self {
            Self::Value(_) | Self::Cloned(_) => None,
            Self::Reference(target, _) | Self::Cow(target) => {
                known_types::is_lendable(target).then_some(target)
            }
        }
    }

    /// Returns the type that is stored, at the place of the user's type.
    pub(crate) fn owned(&self) -> TokenStream {
        match self {
            Self::Value(ty) | Self::Cloned(ty) => ty.to_token_stream(),
            Self::Reference(target, _) | Self::Cow(target) => {
                let span = scan::span(target);
                match (peel(target), self) {
                    (Type::Slice(slice), _) => {
                        let element = &slice.elem;
                        quote_spanned!(span=> ::std::vec::Vec<#element>)
                    }
                    (Type::Path(path), _) if path.path.is_ident("str") => {
                        quote_spanned!(span=> ::std::string::String)
                    }
                    (_, Self::Reference(_, Some(Copies { paths, constant }))) => {
                        let builder = &paths.builder;
                        quote_spanned!(span=> #builder::Owned<#target, #constant>)
                    }
                    _ => quote_spanned!(span=> <#target as ::std::borrow::ToOwned>::Owned),
                }
            }
        }
    }

    /// Returns a function from what the caller passed to what is stored; `None` for a move. The
    /// types of the function are inferred where `impl Trait` has no name, as in the user's
    /// signature.
    pub(crate) fn copy_function(&self, is_inferred: bool) -> Option<TokenStream> {
        match self {
            Self::Value(_) => None,
            Self::Reference(target, Some(Copies { paths, constant })) => {
                let span = scan::span(target);
                let private = &paths.private;
                let target = quote_spanned!(span=> #private::Referred<#target, #constant>);
                Some(quote_spanned!(span=> <#target as ::std::borrow::ToOwned>::to_owned))
            }
            Self::Reference(target, None) => {
                let span = scan::span(target);
                Some(if is_inferred {
                    quote_spanned!(span=> ::std::borrow::ToOwned::to_owned)
                } else {
                    quote_spanned!(span=> <#target as ::std::borrow::ToOwned>::to_owned)
                })
            }
            Self::Cloned(target) => {
                let span = scan::span(target);
                Some(quote_spanned!(span=> ::core::clone::Clone::clone))
            }
            Self::Cow(_) => Some(quote!(::std::borrow::Cow::into_owned)),
        }
    }

    /// Returns what the function is called with, from the name of what is stored.
    pub(crate) fn lend(&self, stored: &Ident) -> TokenStream {
        match self {
            Self::Value(_) => quote!(#stored),
            Self::Cloned(_) => quote!(&#stored),
            Self::Reference(target, _) => match peel(target) {
                Type::Slice(_) => quote!(&#stored),
                Type::Path(path) if path.path.is_ident("str") => quote!(&#stored),
                _ => quote!(<_ as ::core::borrow::Borrow<#target>>::borrow(&#stored)),
            },
            Self::Cow(target) => quote!(::std::borrow::Cow::<#target>::Owned(#stored)),
        }
    }

    /// Returns what the function is called with, from the name of an `Option` of what is stored.
    pub(crate) fn lend_option(&self, stored: &Ident) -> TokenStream {
        match self {
            Self::Value(_) => quote!(#stored),
            Self::Cloned(_) => quote!(::core::option::Option::as_ref(&#stored)),
            Self::Reference(..) if !self.is_projected() => {
                quote!(::core::option::Option::as_deref(&#stored))
            }
            Self::Reference(target, _) => {
                let owned = self.owned();
                quote! {
                    ::core::option::Option::map(
                        ::core::option::Option::as_ref(&#stored),
                        <#owned as ::core::borrow::Borrow<#target>>::borrow,
                    )
                }
            }
            Self::Cow(target) => quote! {
                ::core::option::Option::map(#stored, ::std::borrow::Cow::<#target>::Owned)
            },
        }
    }
}
