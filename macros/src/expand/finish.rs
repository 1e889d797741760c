//! The function that makes a call of a builder's arguments. It has the defaults, because it is
//! inside the impl block, where `Self` has the meaning that it has for the user.

use super::{given, lints, stored};
use crate::argument::Argument;
use crate::model::Task;
use crate::names::{self, local};
use crate::passing::Passing;
use crate::scan::peel;
use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{Expr, Type};

/// `fn __finish(args: &mut (Option<String>, ..)) -> Call<..>`
pub(super) fn finish(task: &Task) -> TokenStream {
    let cfg = &task.attrs.cfg;
    let lints = &task.attrs.lints;
    let name = &task.names.finish;
    let call = &task.names.call;
    let generics = task.inner.declare(&[]);
    let turbofish = task.inner.turbofish();
    let where_clause = task.inner.where_clause(&task.bounds());
    let given_type = given::tuple(task, &stored::types_inside(task));
    let nests_options = given::nests_options(task).then(|| quote!(clippy::option_option,));
    // Of the checked type, because the builder polls a call of that type.
    let awaited = task.awaited(&task.checked_output());
    let private = &task.paths.private;
    let call_type = quote!(#private::Call<#awaited>);
    let signature_lints = lints::of_signature(task);
    let args = local("args");
    let this = task
        .receiver
        .iter()
        .map(|_| quote!(::core::option::Option::expect(#args.0.take(), "`self` was given")));
    let values = values(task, &args);
    let given = task.arguments.iter().map(|argument| &argument.ident);
    quote! {
        #(#cfg)*
        #(#lints)*
        #[allow(unused_variables, clippy::type_complexity, #nests_options clippy::used_underscore_binding)]
        #signature_lints
        fn #name #generics(#args: &mut #given_type) -> #call_type #where_clause {
            #values
            Self::#call #turbofish(#(#this,)* #(#given),*)
        }
    }
}

/// Writes a `let` for each argument, in order: a default sees the arguments before it.
fn values(task: &Task, args: &Ident) -> TokenStream {
    let mut values = TokenStream::new();
    for (index, argument) in task.arguments.iter().enumerate() {
        let ident = &argument.ident;
        let stored = task.stored(argument);
        let field = given::field(task, index);
        let given = quote!(#args.#field.take());
        let value = match &argument.default {
            Some(default) => {
                let before = seen_by(default, &task.arguments[..index]);
                let default = owned_default(argument, default);
                let (value, option) = (local("value"), quote!(::core::option::Option));
                if leaves(quote!(#default)) {
                    // Inside of a closure, `return` and `?` leave only the default.
                    quote! {
                        #option::unwrap_or_else(#given, || {
                            #before
                            #default
                        })
                    }
                } else {
                    quote! {
                        match #given {
                            #option::Some(#value) => #value,
                            #option::None => {
                                #before
                                #default
                            }
                        }
                    }
                }
            }
            None if argument.optional => given,
            None => {
                let message = format!("`{}` was given", names::unraw(ident));
                quote!(::core::option::Option::expect(#given, #message))
            }
        };
        values.extend(quote!(let #ident: #stored = #value;));
    }
    values
}

/// Returns the default, which is of the argument's declared type, as what is stored.
fn owned_default(argument: &Argument, default: &Expr) -> TokenStream {
    let copy = match &argument.passing {
        Passing::Value(_) => return quote!(#default),
        Passing::Reference(target, copies) => match argument.passing.copy_function(false) {
            Some(copy) if copies.is_some() => copy,
            _ => quote!(<#target as ::std::borrow::ToOwned>::to_owned),
        },
        Passing::Cloned(target) => quote!(<#target as ::core::clone::Clone>::clone),
        Passing::Cow(target) => quote!(::std::borrow::Cow::<#target>::into_owned),
    };
    let span = default.span();
    if argument.optional {
        quote_spanned!(span=> ::core::option::Option::map(#default, #copy))
    } else {
        quote_spanned!(span=> #copy(#default))
    }
}

/// Writes a `let` for each argument that a default names, of the type that the user declared: a
/// `url: &str` is stored as a `String`, but the default was written for a `&str`.
fn seen_by(default: &Expr, before: &[Argument]) -> TokenStream {
    let mut seen = TokenStream::new();
    for argument in before {
        let (Passing::Reference(target, _) | Passing::Cloned(target)) = &argument.passing else {
            continue;
        };
        let ident = &argument.ident;
        if !names_ident(quote!(#default), ident) {
            continue;
        }
        let lent = if argument.optional {
            argument.lend(ident)
        } else {
            match peel(target) {
                Type::Slice(_) => quote!(&*#ident),
                Type::Path(path) if path.path.is_ident("str") => quote!(&*#ident),
                _ => argument.lend(ident),
            }
        };
        seen.extend(quote!(let #ident = #lent;));
    }
    seen
}

/// Returns whether an expression may leave the function that it is in.
fn leaves(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|tree| match tree {
        TokenTree::Ident(ident) => ident == "return",
        TokenTree::Punct(punct) => punct.as_char() == '?',
        TokenTree::Group(group) => leaves(group.stream()),
        TokenTree::Literal(_) => false,
    })
}

fn names_ident(tokens: TokenStream, wanted: &Ident) -> bool {
    tokens.into_iter().any(|tree| match tree {
        TokenTree::Ident(ident) => ident == *wanted,
        TokenTree::Group(group) => names_ident(group.stream(), wanted),
        TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    })
}
