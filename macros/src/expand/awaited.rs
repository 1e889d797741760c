//! The function that is awaited: it has the name and the arguments of the user's function.

use super::lints;
use crate::attrs::{doc_line, end_of_introduction};
use crate::bounds::{self, where_all};
use crate::home::Home;
use crate::kind::Form;
use crate::model::Task;
use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote};
use syn::{Attribute, Type, parse_quote};

/// `fn fetch(url: &str) -> Call<..>`: what the user's function becomes.
pub(super) fn awaited(task: &Task) -> TokenStream {
    let attrs = attrs(task);
    let vis = &task.vis;
    let sig = &task.source.sig;
    let fn_token = &sig.fn_token;
    let name = &task.names.function;
    let mut generics = sig.generics.clone();
    bounds::bound_types(&mut generics);
    let predicates = generics
        .where_clause
        .iter()
        .flat_map(|clause| &clause.predicates);
    let predicates: Vec<TokenStream> = predicates
        .map(quote::ToTokens::to_token_stream)
        .chain(task.bounds())
        .collect();
    let where_clause = where_all(&predicates);
    let receiver = task.receiver.iter().map(|receiver| {
        let declared = receiver.declare();
        quote!(#declared,)
    });
    let arguments = task.arguments.iter().map(|argument| {
        let ty = declared(&argument.ty);
        let local = &argument.local;
        quote!(#local: #ty)
    });
    let call_type = task.call_type();
    let owner = match task.home {
        Home::Free => task.names.companion.to_token_stream(),
        Home::Impl(_) | Home::Bare => quote!(Self),
    };
    let call = &task.names.call;
    let turbofish = task.inner.turbofish_inferred();
    let values = owned_arguments(task);
    quote! {
        #(#attrs)*
        #vis #fn_token #name #generics(#(#receiver)* #(#arguments),*) -> #call_type
        #where_clause
        {
            #owner::#call #turbofish(#(#values),*)
        }
    }
}

/// Returns the type of a parameter as written, where each `impl Trait` can cross to a thread.
fn declared(ty: &Type) -> Type {
    let mut ty = ty.clone();
    bounds::bound_impls(&mut ty);
    ty
}

/// Returns what is stored, made of what the caller passed.
fn owned_arguments(task: &Task) -> Vec<TokenStream> {
    let receiver = task
        .receiver
        .iter()
        .map(|receiver| receiver.own(&task.paths));
    let arguments = task.arguments.iter().map(|argument| {
        let local = &argument.local;
        argument.to_owned(quote!(#local))
    });
    receiver.chain(arguments).collect()
}

fn attrs(task: &Task) -> Vec<Attribute> {
    let attrs = &task.attrs;
    let span = task.names.function.span();
    let mut all = attrs.cfg.clone();
    let (introduction, sections) = attrs.docs.split_at(end_of_introduction(&attrs.docs));
    all.extend_from_slice(introduction);
    if !attrs.docs.is_empty() {
        all.push(doc_line("", span));
        all.push(doc_line(&ways_to_call(task), span));
    }
    if !sections.is_empty() {
        all.push(doc_line("", span));
        all.extend_from_slice(sections);
    }
    all.extend_from_slice(&attrs.hidden);
    all.extend_from_slice(&attrs.lints);
    all.extend(attrs.must_use_with_reason().cloned());
    all.extend_from_slice(&attrs.deprecated);
    all.extend(lints::of_signature(task));
    if task.has_builder() {
        // Calls may all be by name.
        all.push(parse_quote!(#[allow(dead_code)]));
    }
    all
}

/// Returns a paragraph for the reader of the rendered page, who sees only this function.
fn ways_to_call(task: &Task) -> String {
    let runs = match task.form {
        Form::BlockingIo => "on a thread pool",
        Form::CpuBoundThreads => "on a thread pool with a thread for each core",
        Form::CpuBound => "in a pool of worker processes",
    };
    let (start, blocking) = (&task.names.start, &task.names.blocking);
    let ways = match task.entry() {
        Some(entry) => format!(
            " `{entry}::builder()` takes the arguments by name, `{entry}::blocking()` runs in place."
        ),
        None if task.has_builder() => {
            format!(" `{start}()` takes the arguments by name, `{blocking}()` runs in place.")
        }
        None if matches!(task.home, Home::Free) => String::new(),
        None => format!(" `{blocking}()` runs in place."),
    };
    format!(" Runs {runs} when awaited.{ways}")
}
