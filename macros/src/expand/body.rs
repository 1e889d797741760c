//! The synchronous function itself: `fetch::blocking`, `store.load_blocking`.

use crate::attrs::{doc_line, last_segment};
use crate::model::{Home, Task};
use crate::names;
use proc_macro2::{Ident, TokenStream};
use quote::quote;
use syn::{Attribute, FnArg, Signature};

/// Lints about signatures that clippy does not apply to exported functions. The function
/// inside of ours is never exported, whatever the user's visibility is. Arguments by value
/// are what a task takes, and many of them are what names are for.
const EXEMPT: [&str; 14] = [
    "box_collection",
    "large_types_passed_by_value",
    "linkedlist",
    "needless_pass_by_value",
    "option_option",
    "owned_cow",
    "rc_buffer",
    "redundant_allocation",
    "ref_option",
    "too_many_arguments",
    "trivially_copy_pass_by_ref",
    "unnecessary_box_returns",
    "unnecessary_wraps",
    "vec_box",
];

/// The function with its body: the one place where the body is written out.
pub(super) fn blocking(task: &Task) -> TokenStream {
    match task.home {
        Home::Free => nested(task),
        Home::Impl(_) | Home::Bare => renamed(task),
    }
}

/// A free function keeps its name inside of `blocking`: recursion stays synchronous, and
/// attributes such as `#[instrument]` see the name that the user gave.
fn nested(task: &Task) -> TokenStream {
    let vis = &task.vis;
    let sig = stripped(&task.source.sig);
    let attrs = &task.attrs.body;
    let lints = &task.attrs.lints;
    let body = &task.body;
    let name = &sig.ident;
    let turbofish = task.inner.turbofish_named();
    let arguments = parameter_names(task);
    let exempt = exempt();
    let outer_sig = plain_signature(task);
    let outer_attrs = outer_attrs(task);
    quote! {
        #(#outer_attrs)*
        #[allow(dead_code)]
        #vis #outer_sig {
            #(#attrs)*
            #(#lints)*
            #exempt
            #sig
            #body
            #name #turbofish(#(#arguments),*)
        }
    }
}

/// A method has to be in the impl block, where only another name is free.
fn renamed(task: &Task) -> TokenStream {
    let vis = &task.vis;
    let mut sig = stripped(&task.source.sig);
    sig.ident = task.names.blocking.clone();
    let attrs = &task.attrs.body;
    let body = &task.body;
    let exempt = exempt();
    let outer_attrs = outer_attrs(task);
    quote! {
        #(#outer_attrs)*
        #(#attrs)*
        #exempt
        #[allow(dead_code, clippy::missing_panics_doc)]
        #vis #sig
        #body
    }
}

fn exempt() -> TokenStream {
    let lints = EXEMPT.map(|lint| quote::format_ident!("{lint}"));
    quote!(#[allow(#(clippy::#lints),*)])
}

/// What stands on the function under its generated name.
pub(super) fn outer_attrs(task: &Task) -> Vec<Attribute> {
    let span = task.names.function.span();
    let shown = &task.names.shown;
    let mut attrs = task.attrs.cfg.clone();
    attrs.push(doc_line(
        &format!(" `{shown}` in place: runs the function here and now, on this thread."),
        span,
    ));
    if task.output.fallible {
        attrs.extend(
            ["", " # Errors", "", " Those of the function itself."]
                .map(|line| doc_line(line, span)),
        );
    }
    attrs.extend_from_slice(&task.attrs.hidden);
    attrs.extend_from_slice(&task.attrs.lints);
    attrs.extend_from_slice(&task.attrs.must_use);
    attrs.push(syn::parse_quote!(#[allow(clippy::must_use_candidate, clippy::too_many_arguments)]));
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

/// The signature without the attributes on arguments that are ours.
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

/// The same for a function that goes out as it was: whatever we did not understand on an
/// argument goes too, the compiler would not understand it either.
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

/// The signature with a plain name for each argument.
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

/// An argument called like the function would be hidden by the function inside.
fn parameter_names(task: &Task) -> Vec<Ident> {
    let function = &task.names.function;
    task.arguments
        .iter()
        .map(|argument| {
            if argument.ident == *function {
                super::local(&names::plain(function))
            } else {
                argument.local.clone()
            }
        })
        .collect()
}
