//! The setters of a builder.

use super::given;
use crate::argument::Argument;
use crate::attrs::doc_line;
use crate::bounds::where_all;
use crate::model::Task;
use crate::names;
use crate::scan;
use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens as _, format_ident, quote};
use std::collections::HashSet;
use syn::Attribute;

/// Writes the impl block with all setters, and `call`.
pub(super) fn setters(task: &Task, states: &[Ident]) -> TokenStream {
    let cfg = &task.attrs.cfg;
    let private = &task.paths.private;
    let vis = &task.vis;
    let name = &task.names.builder;
    let state_tokens: Vec<TokenStream> = states
        .iter()
        .map(quote::ToTokens::to_token_stream)
        .collect();
    let generics = task.outer.declare(&state_tokens);
    let arguments = task.outer.arguments(&state_tokens);
    let where_clause = task.outer.where_clause(&task.outside_bounds());
    let params: HashSet<String> = task.outer.type_names();
    let outside = task.outside_arguments();
    let setters = outside
        .iter()
        .enumerate()
        .map(|(index, argument)| of_argument(task, states, &params, index, argument));
    let call_type = task.call_type_outside();
    let awaited = task.awaited(&task.checked_output_outside());
    let call_where = where_all(&given::all_given(task, states));
    let lints = &task.attrs.lints;
    quote! {
        #(#cfg)*
        #(#lints)*
        #[allow(dead_code)]
        impl #generics #name #arguments #where_clause {
            #(#setters)*

            /// Returns the call, so that it can have options before it is awaited.
            #vis fn call(self) -> #call_type #call_where {
                #private::Pending::<_, #awaited>::into_call(self.__pending)
            }
        }
    }
}

/// Writes the setter of an argument; two for an `Option`.
fn of_argument(
    task: &Task,
    states: &[Ident],
    params: &HashSet<String>,
    index: usize,
    argument: &Argument,
) -> TokenStream {
    let ident = &argument.ident;
    let value = &argument.local;
    let target = argument.passing.target();
    let owned = argument.passing.owned();
    // The compiler could not infer the `T` of `impl Into<Vec<T>>`.
    let converts = argument.passing.copies() && !scan::scan(target).mentions(params);
    let (ty, given) = if converts {
        (
            quote!(impl ::core::convert::Into<#owned>),
            quote!(::core::convert::Into::into(#value)),
        )
    } else {
        (owned.clone(), quote!(#value))
    };
    let some = quote!(::core::option::Option::Some);
    let has_default = argument.default.is_some();
    let stored = if argument.optional && has_default {
        quote!(#some(#some(#given)))
    } else {
        quote!(#some(#given))
    };
    let first = setter(task, states, index, ident, &docs(argument), &ty, &stored);
    if !argument.optional {
        return first;
    }
    let maybe = format_ident!("maybe_{}", names::unraw(ident), span = ident.span());
    let ty = argument.owned();
    let stored = if has_default {
        quote!(#some(#value))
    } else {
        quote!(#value)
    };
    let name = names::unraw(ident);
    let doc = doc_line(&format!(" Sets `{name}`, also to `None`."), ident.span());
    let second = setter(task, states, index, &maybe, &[doc], &ty, &stored);
    quote!(#first #second)
}

fn setter(
    task: &Task,
    states: &[Ident],
    index: usize,
    name: &Ident,
    docs: &[Attribute],
    ty: &TokenStream,
    stored: &TokenStream,
) -> TokenStream {
    let builder_path = &task.paths.builder;
    let vis = &task.vis;
    let builder = &task.names.builder;
    let field = given::field(task, index);
    let state = &states[index];
    let after: Vec<TokenStream> = states
        .iter()
        .enumerate()
        .map(|(position, state)| {
            if position == index {
                quote!(#builder_path::Given)
            } else {
                state.to_token_stream()
            }
        })
        .collect();
    let after = task.outer.arguments(&after);
    // The argument's own name, because the docs show it.
    let value = &task.arguments[index].local;
    quote! {
        #(#docs)*
        #vis fn #name(mut self, #value: #ty) -> #builder #after
        where
            #state: #builder_path::NotGiven,
        {
            self.__pending.args.#field = #stored;
            #builder {
                __pending: self.__pending,
                __given: ::core::marker::PhantomData,
            }
        }
    }
}

/// Returns the argument's own docs, and a note on what happens without the argument.
fn docs(argument: &Argument) -> Vec<Attribute> {
    let span = argument.ident.span();
    let name = names::unraw(&argument.ident);
    let mut docs = argument.docs.clone();
    if docs.is_empty() {
        docs.push(doc_line(&format!(" Sets `{name}`."), span));
    }
    let note = match &argument.default {
        Some(default) => {
            let default = crate::render::tokens(default);
            Some(format!(" _Optional; default `{default}`._"))
        }
        None if argument.optional => Some(" _Optional._".to_owned()),
        None => None,
    };
    if let Some(note) = note {
        docs.push(doc_line("", span));
        docs.push(doc_line(&note, span));
    }
    docs
}
