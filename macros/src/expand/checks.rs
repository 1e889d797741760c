//! Asks of the user's types what a pool asks of them.

use super::stored;
use crate::argument::Argument;
use crate::home::Home;
use crate::known_types;
use crate::model::Task;
use crate::scan;
use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote, quote_spanned};
use syn::Type;

/// The checks of a task without parameters, in constants of their own, and the types of the task
/// under the condition that they hold. A task with parameters is checked in its call.
pub(super) fn checks(task: &Task) -> TokenStream {
    if !task.is_concrete() || matches!(task.home, Home::Bare) {
        return TokenStream::new();
    }
    let cfg = &task.attrs.cfg;
    let check = &task.names.check;
    let assertions = assertions(task, &task.outside_arguments(), |ty| task.outside(ty));
    let (values, output) = (&task.names.values, &task.names.output);
    let types = stored::unchecked_types(task);
    let mut checked_values = quote!((#(#types,)*));
    if !task.are_arguments_plain() {
        checked_values = task.checked(&checked_values);
    }
    let mut checked_output = task.outside(&task.output.ty).into_token_stream();
    if !known_types::is_plain(&task.output.ty) {
        checked_output = task.checked(&checked_output);
    }
    let check = (!assertions.is_empty()).then(|| {
        quote! {
            #(#cfg)*
            #[allow(clippy::no_effect)]
            const #check: usize = {
                #assertions
                0
            };
        }
    });
    let copies = copies(task);
    quote! {
        #copies
        #check
        #(#cfg)*
        #[allow(dead_code)]
        type #values = #checked_values;
        #(#cfg)*
        type #output = #checked_output;
    }
}

/// Asks whether what references lead to can be copied. This is a constant of its own, because the
/// other questions are about the copies.
fn copies(task: &Task) -> Option<TokenStream> {
    let private = &task.paths.private;
    let arguments = task.outside_arguments();
    let asked: Vec<TokenStream> = arguments
        .iter()
        .filter(|argument| argument.passing.is_asked())
        .map(|argument| {
            let target = argument.passing.target();
            let span = scan::span(target);
            let check = quote_spanned!(span=> assert_copied);
            quote_spanned!(span=> #private::#check::<#target>();)
        })
        .collect();
    let cfg = &task.attrs.cfg;
    let copies = &task.names.copies;
    (!asked.is_empty()).then(|| {
        quote! {
            #(#cfg)*
            #[allow(clippy::no_effect)]
            const #copies: usize = {
                #(#asked)*
                0
            };
        }
    })
}

/// Asks of each type what the pool asks of it, at the place of the type, so that this is where the
/// compiler reports what is missing.
pub(super) fn assertions(
    task: &Task,
    arguments: &[Argument],
    outside: impl Fn(&Type) -> Type,
) -> TokenStream {
    let private = &task.paths.private;
    let argument_check = if task.in_processes() {
        quote!(assert_wire)
    } else {
        quote!(assert_arg)
    };
    let check = |ty: &TokenStream, span| {
        let check = quote_spanned!(span=> #argument_check);
        quote_spanned!(span=> #private::#check::<#ty>();)
    };
    let receiver = task.receiver.iter().map(|receiver| {
        let stored = outside(&receiver.stored).into_token_stream();
        check(&stored, scan::span(&receiver.stored))
    });
    let arguments = arguments
        .iter()
        .filter(|argument| !argument.is_plain())
        .map(|argument| check(&argument.owned(), scan::span(argument.passing.target())));
    let output = output_assertions(task, &outside(&task.output.ty));
    quote!(#(#receiver)* #(#arguments)* #output)
}

fn output_assertions(task: &Task, ty: &Type) -> TokenStream {
    if known_types::is_plain(&task.output.ty) {
        return TokenStream::new();
    }
    let private = &task.paths.private;
    let span = task.output.span();
    let wire = match (task.in_processes(), task.output.fallible) {
        (false, _) => TokenStream::new(),
        (true, false) => quote_spanned!(span=> #private::assert_wire::<#ty>();),
        (true, true) => quote_spanned! {span=>
            #private::assert_fallible(::core::marker::PhantomData::<fn() -> #ty>);
        },
    };
    if task.flat() && task.in_processes() {
        // In a constant of its own, so that a result that cannot come back at all is one error.
        let wired = quote_spanned!(span=> __WIRED);
        let wired_type = quote_spanned!(span=> <[#ty; #wired] as ::core::iter::IntoIterator>::Item);
        let outcome = quote_spanned!(span=> assert_outcome);
        return quote! {
            const #wired: usize = {
                #private::assert_output::<#ty>();
                #wire
                0
            };
            #private::#outcome::<#wired_type>();
        };
    }
    // In a generic function `thread_call_flat` itself asks it, at the same place.
    let is_asked = task.flat() && task.is_concrete();
    let outcome = is_asked.then(|| quote_spanned!(span=> #private::assert_outcome::<#ty>();));
    quote_spanned! {span=>
        #private::assert_output::<#ty>();
        #outcome
        #wire
    }
}
