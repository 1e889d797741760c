//! What a builder was given so far: as values, and as types that the compiler checks.

use crate::model::Task;
use crate::names::{self, Fresh};
use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;

/// Returns the type parameter of each argument, which says whether the argument was given.
pub(super) fn states(task: &Task) -> Vec<Ident> {
    let mut fresh = Fresh::new(signature_around(task));
    task.arguments
        .iter()
        .map(|argument| {
            let wish = format!("Arg{}", names::camel(&names::unraw(&argument.ident)));
            fresh.name(&wish, argument.ident.span())
        })
        .collect()
}

/// Returns the type parameter that names the task's own types. A generic task has none: its types
/// depend on bounds that a default cannot see.
pub(super) fn types_parameter(task: &Task, states: &[Ident]) -> Option<Ident> {
    if !task.is_concrete() {
        return None;
    }
    let mut fresh = Fresh::new(signature_around(task));
    for state in states {
        fresh.name(&state.to_string(), state.span());
    }
    Some(fresh.name("Types", task.names.function.span()))
}

/// Returns all names that the builder's items may meet.
fn signature_around(task: &Task) -> TokenStream {
    let sig = &task.source.sig;
    let params = task.outer.declare(&[]);
    let owner = task.owner();
    quote!(#sig #params #owner)
}

/// Returns the type of what was given so far: a tuple with an `Option` for each argument. A struct
/// would be one more type for the compiler to look at.
pub(super) fn tuple(task: &Task, stored: &[TokenStream]) -> TokenStream {
    let receivers = task.receiver.iter().len();
    let types = stored.iter().enumerate().map(|(index, stored)| {
        let argument = index
            .checked_sub(receivers)
            .and_then(|index| task.arguments.get(index));
        if argument.is_some_and(|argument| argument.optional && argument.default.is_none()) {
            quote!(#stored,)
        } else {
            quote!(::core::option::Option<#stored>,)
        }
    });
    quote!((#(#types)*))
}

/// Returns the field of that tuple that holds an argument.
pub(super) fn field(task: &Task, index: usize) -> Literal {
    Literal::usize_unsuffixed(task.receiver.iter().len() + index)
}

/// Returns whether an `Option` of an `Option` is among its fields.
pub(super) fn nests_options(task: &Task) -> bool {
    let mut arguments = task.arguments.iter();
    arguments.any(|argument| argument.optional && argument.default.is_some())
}

/// Returns the bounds that say that everything required was given.
pub(super) fn all_given(task: &Task, states: &[Ident]) -> Vec<TokenStream> {
    task.arguments
        .iter()
        .zip(states)
        .filter(|(argument, _)| argument.required())
        .map(|(argument, state)| {
            let given = task.names.given(&argument.ident);
            quote!(#state: #given)
        })
        .collect()
}

/// Writes a trait for each required argument. Only `Given` implements it, and its message says
/// which argument is missing.
pub(super) fn traits(task: &Task) -> TokenStream {
    let cfg = &task.attrs.cfg;
    let builder_path = &task.paths.builder;
    let vis = &task.vis;
    let shown = &task.names.shown;
    let required = task.arguments.iter().filter(|argument| argument.required());
    let traits = required.map(|argument| {
        let name = names::unraw(&argument.ident);
        let given = task.names.given(&argument.ident);
        let message = format!("missing argument `{name}` in the call of `{shown}`");
        let label = format!("`{name}` was never given");
        let note = format!("add `.{name}(...)`");
        quote! {
            #(#cfg)*
            #[doc(hidden)]
            #[diagnostic::on_unimplemented(message = #message, label = #label, note = #note)]
            #[allow(non_camel_case_types)]
            #vis trait #given {}
            #(#cfg)*
            #[diagnostic::do_not_recommend]
            impl #given for #builder_path::Given {}
        }
    });
    quote!(#(#traits)*)
}
