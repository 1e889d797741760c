//! The synchronous function itself: `fetch::blocking`, `store.load_blocking`.

use super::lints;
use crate::attrs::{doc_line, last_segment};
use crate::home::Home;
use crate::model::Task;
use crate::names::{self, local};
use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::{Attribute, FnArg, Signature, parse_quote};

/// Writes the function with its body. The body is written out only here.
pub(super) fn blocking(task: &Task) -> TokenStream {
    match task.home {
        Home::Free => nested(task),
        Home::Impl(_) | Home::Bare => renamed(task),
    }
}

/// Writes a free function inside of `blocking`, where it keeps its name: recursion stays
/// synchronous, and attributes such as `#[instrument]` see the user's name.
fn nested(task: &Task) -> TokenStream {
    let vis = &task.vis;
    let sig = stripped(&task.source.sig);
    let attrs = &task.attrs.body;
    let user_lints = &task.attrs.lints;
    let body = &task.source.body;
    let name = &sig.ident;
    let turbofish = task.inner.turbofish_named();
    let arguments = parameter_names(task);
    let exempt = lints::of_moved_function(task);
    let outer_sig = plain_signature(task);
    let outer_attrs = outer_attrs(task);
    quote! {
        #(#outer_attrs)*
        #vis #outer_sig {
            #(#attrs)*
            #(#user_lints)*
            #exempt
            #sig
            #body
            #name #turbofish(#(#arguments),*)
        }
    }
}

/// Writes a method, which has to be in the impl block, where its own name is taken.
fn renamed(task: &Task) -> TokenStream {
    let vis = &task.vis;
    let mut sig = stripped(&task.source.sig);
    sig.ident = task.names.blocking.clone();
    let attrs = &task.attrs.body;
    let body = &task.source.body;
    let exempt = lints::of_moved_function(task);
    let outer_attrs = outer_attrs(task);
    quote! {
        #(#outer_attrs)*
        #(#attrs)*
        #exempt
        #[allow(clippy::missing_panics_doc)]
        #vis #sig
        #body
    }
}

/// Returns the attributes of the function under its generated name.
pub(super) fn outer_attrs(task: &Task) -> Vec<Attribute> {
    let span = task.names.function.span();
    let shown = &task.names.shown;
    let mut attrs = task.attrs.cfg.clone();
    attrs.push(doc_line(
        &format!(" Runs `{shown}` in place: on this thread, without a pool."),
        span,
    ));
    if task.output.fallible {
        attrs.extend(
            ["", " # Errors", "", " The errors of the function itself."]
                .map(|line| doc_line(line, span)),
        );
    }
    attrs.extend_from_slice(&task.attrs.hidden);
    attrs.extend_from_slice(&task.attrs.lints);
    attrs.extend_from_slice(&task.attrs.must_use);
    attrs.push(parse_quote!(#[allow(dead_code, clippy::must_use_candidate)]));
    attrs.extend(lints::of_signature(task));
    attrs.extend_from_slice(&task.attrs.deprecated);
    if matches!(task.home, Home::Free) {
        let tracks = task.attrs.body.iter();
        attrs.extend(
            tracks
                .filter(|attr| last_segment(attr.path()) == "track_caller")
                .cloned(),
        );
    }
    attrs
}

/// Returns the signature without the attributes on arguments that are for this crate.
fn stripped(sig: &Signature) -> Signature {
    let mut sig = sig.clone();
    for input in &mut sig.inputs {
        if let FnArg::Typed(input) = input {
            input.attrs.retain(|attr| {
                let name = last_segment(attr.path());
                !matches!(name.as_str(), "default" | "doc" | "cfg")
            });
        }
    }
    sig
}

/// Returns the signature of a function that is written without being a task. Only those attributes
/// on arguments stay that the compiler accepts there.
pub(super) fn stripped_for_rustc(sig: &Signature) -> Signature {
    let mut sig = sig.clone();
    for input in &mut sig.inputs {
        let attrs = match input {
            FnArg::Typed(input) => &mut input.attrs,
            FnArg::Receiver(input) => &mut input.attrs,
        };
        attrs.retain(|attr| {
            let name = last_segment(attr.path());
            matches!(
                name.as_str(),
                "cfg" | "allow" | "expect" | "warn" | "deny" | "forbid"
            )
        });
    }
    sig
}

/// Writes the signature of `blocking`, without patterns such as `mut a`.
fn plain_signature(task: &Task) -> TokenStream {
    let sig = &task.source.sig;
    let generics = &sig.generics;
    let where_clause = &generics.where_clause;
    let name = &task.names.blocking;
    let fn_token = &sig.fn_token;
    let output = &sig.output;
    let arguments =
        parameter_names(task)
            .into_iter()
            .zip(&task.arguments)
            .map(|(name, argument)| {
                let ty = &argument.ty;
                quote!(#name: #ty)
            });
    quote!(#fn_token #name #generics(#(#arguments),*) #output #where_clause)
}

/// Returns the names of the arguments in `blocking`. An argument with the name of the function has
/// another name there, because the function inside would hide it.
fn parameter_names(task: &Task) -> Vec<Ident> {
    let function = &task.names.function;
    task.arguments
        .iter()
        .map(|argument| {
            if argument.ident == *function {
                local(&names::unraw(function))
            } else {
                argument.local.clone()
            }
        })
        .collect()
}
