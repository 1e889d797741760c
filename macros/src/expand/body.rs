//! The synchronous function itself: `fetch::blocking`, `store.load_blocking`.

use super::FEW_ARGUMENTS;
use crate::attrs::{doc_line, last_segment};
use crate::model::{Home, Task};
use crate::names::{self, Words};
use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens as _, format_ident, quote};
use syn::{Attribute, FnArg, Signature, parse_quote};

/// Lints about signatures that clippy does not apply to exported functions, and the words
/// in a signature that bring them up. The function inside of ours is never exported,
/// whatever the user's visibility is. Arguments by value are what a task takes, and many
/// of them are what names are for.
const EXEMPT: [(&str, &[&str]); 12] = [
    ("box_collection", &["Box"]),
    ("linkedlist", &["LinkedList"]),
    ("option_option", &["Option"]),
    ("owned_cow", &["Cow"]),
    ("rc_buffer", &["Rc", "Arc"]),
    ("redundant_allocation", &["Box", "Rc", "Arc"]),
    ("ref_option", &["Option"]),
    ("unnecessary_box_returns", &["Box"]),
    ("unnecessary_wraps", &["Option", "Result"]),
    ("vec_box", &["Vec"]),
    // Whatever the words are.
    ("large_types_passed_by_value", &[]),
    ("needless_pass_by_value", &[]),
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
    let exempt = exempt(task);
    let outer_sig = plain_signature(task);
    let outer_attrs = outer_attrs(task);
    quote! {
        #(#outer_attrs)*
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
    let exempt = exempt(task);
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

fn exempt(task: &Task) -> TokenStream {
    let arguments = &task.arguments;
    let words = Words::of(task.source.sig.to_token_stream());
    let mut lints: Vec<&str> = EXEMPT
        .iter()
        .filter(|(_, words_of)| {
            (words_of.is_empty() && !arguments.is_empty())
                || words_of.iter().any(|word| words.contains(word))
        })
        .map(|(lint, _)| *lint)
        .collect();
    if arguments.iter().any(|argument| argument.passing.copies()) {
        lints.push("trivially_copy_pass_by_ref");
    }
    if arguments.len() > FEW_ARGUMENTS {
        lints.push("too_many_arguments");
    }
    if lints.is_empty() {
        return TokenStream::new();
    }
    let lints = lints.into_iter().map(|lint| format_ident!("{lint}"));
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
    attrs.push(parse_quote!(#[allow(dead_code, clippy::must_use_candidate)]));
    attrs.extend(super::signature_lints(task));
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
