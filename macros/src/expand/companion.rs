//! The companion type of a task, and the checks of the user's types.

use crate::argument::Argument;
use crate::known_types;
use crate::model::{Home, Task};
use crate::scan;
use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote, quote_spanned};
use syn::{Type, Visibility};

/// `struct fetch`: the function's name as a type. It carries what belongs to the task,
/// and is hidden, because the function's page tells about it.
///
/// A module would not see types that are local to a function body, and would make a doc
/// link to the function ambiguous.
pub(super) fn companion(task: &Task, items: &TokenStream) -> TokenStream {
    let declaration = declaration(task, &task.vis);
    let cfg = &task.attrs.cfg;
    let name = &task.names.companion;
    let identity = identity(task, &quote!(#name));
    quote! {
        #declaration
        #(#cfg)*
        impl #name {
            #items
        }
        #identity
    }
}

/// A method needs a type of its own only if workers have to find it.
pub(super) fn of_method(task: &Task) -> TokenStream {
    if !task.in_processes() {
        return TokenStream::new();
    }
    let declaration = declaration(task, &Visibility::Inherited);
    let name = &task.names.companion;
    let identity = identity(task, &quote!(#name));
    quote!(#declaration #identity)
}

fn declaration(task: &Task, vis: &Visibility) -> TokenStream {
    let cfg = &task.attrs.cfg;
    let lints = &task.attrs.lints;
    let name = &task.names.companion;
    // As in the builder: a private type of the user's must not be more private than this one.
    let (parameter, field) = if task.is_concrete() {
        let own_types = own_types(task);
        (
            quote!(<Types = #own_types>),
            quote!(__types: ::core::marker::PhantomData<Types>,),
        )
    } else {
        (TokenStream::new(), TokenStream::new())
    };
    quote! {
        #(#cfg)*
        #[doc(hidden)]
        #(#lints)*
        #[allow(
            dead_code,
            non_camel_case_types,
            missing_debug_implementations,
            private_interfaces,
            clippy::type_complexity
        )]
        #vis struct #name #parameter {
            __never: ::core::convert::Infallible,
            #field
        }
    }
}

/// `impl Task`, where there is one type for it.
pub(super) fn identity(task: &Task, name: &TokenStream) -> TokenStream {
    if !task.is_concrete() {
        return TokenStream::new();
    }
    let cfg = &task.attrs.cfg;
    let krate = &task.krate;
    let task_name = task.name_expr();
    let args = &task.names.values;
    let output = &task.names.output;
    quote! {
        #(#cfg)*
        impl #krate::Task for #name {
            const NAME: &'static str = #task_name;
            type Args = #args;
            type Output = #output;
        }
    }
}

/// All types that the task has of the user's, in one.
pub(super) fn own_types(task: &Task) -> TokenStream {
    // As they are written: through an associated type the compiler does not look here.
    let receiver = task
        .receiver
        .iter()
        .map(|receiver| task.outside(&receiver.stored));
    let arguments = task.outside_arguments();
    let targets = arguments
        .iter()
        .map(|argument| argument.passing.target().clone());
    let output = task.outside(&task.output.ty);
    let types = receiver.chain(targets).chain([output]);
    quote!((#(::core::marker::PhantomData<#types>,)*))
}

/// What is stored, as items outside of an impl block write it.
pub(super) fn owned_types(task: &Task) -> Vec<TokenStream> {
    types_by(task, Argument::owned)
}

/// The same as elements of a list that is sent to a worker.
pub(super) fn listed_types(task: &Task) -> Vec<TokenStream> {
    types_by(task, |argument| argument.listed_type(&task.krate))
}

/// The same for the places where it is stored.
pub(super) fn stored_types(task: &Task) -> Vec<TokenStream> {
    types_by(task, |argument| task.stored(argument))
}

fn types_by(task: &Task, of: impl Fn(&Argument) -> TokenStream) -> Vec<TokenStream> {
    let receiver = task
        .receiver
        .iter()
        .map(|receiver| task.outside(&receiver.stored).into_token_stream());
    let arguments = task.outside_arguments();
    receiver.chain(arguments.iter().map(of)).collect()
}

/// The checks of a task that is one function, in a place of their own.
pub(super) fn checks(task: &Task) -> TokenStream {
    if !task.is_concrete() || matches!(task.home, Home::Bare) {
        return TokenStream::new();
    }
    let cfg = &task.attrs.cfg;
    let check = &task.names.check;
    let assertions = assertions(task, &task.outside_arguments(), |ty| task.outside(ty));
    let (values, output) = (&task.names.values, &task.names.output);
    let types = owned_types(task);
    let mut checked_values = quote!((#(#types,)*));
    if !known_types::are_arguments_plain(task) {
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

/// Asks whether what references lead to can be copied, in a constant of its own: the other
/// questions are about what the copies are.
fn copies(task: &Task) -> Option<TokenStream> {
    let krate = &task.krate;
    let arguments = task.outside_arguments();
    let asked: Vec<TokenStream> = arguments
        .iter()
        .filter(|argument| argument.passing.is_asked())
        .map(|argument| {
            let target = argument.passing.target();
            let span = scan::span(target);
            let check = quote_spanned!(span=> assert_copied);
            quote_spanned!(span=> #krate::__private::#check::<#target>();)
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

/// Asks of each type what the pool asks of it, at the place of the type, so that this is
/// where the compiler reports what is missing.
pub(super) fn assertions(
    task: &Task,
    arguments: &[Argument],
    outside: impl Fn(&Type) -> Type,
) -> TokenStream {
    let krate = &task.krate;
    let argument_check = if task.in_processes() {
        quote!(assert_wire)
    } else {
        quote!(assert_arg)
    };
    let check = |ty: &TokenStream, span| {
        let check = quote_spanned!(span=> #argument_check);
        quote_spanned!(span=> #krate::__private::#check::<#ty>();)
    };
    let receiver = task.receiver.iter().map(|receiver| {
        let stored = outside(&receiver.stored).into_token_stream();
        check(&stored, scan::span(&receiver.stored))
    });
    let arguments = arguments
        .iter()
        .filter(|argument| !known_types::is_plain_argument(argument))
        .map(|argument| check(&argument.owned(), scan::span(argument.passing.target())));
    let output = if known_types::is_plain(&task.output.ty) {
        TokenStream::new()
    } else {
        let ty = outside(&task.output.ty);
        let span = task.output.span();
        let wire = match (task.in_processes(), task.output.fallible) {
            (false, _) => TokenStream::new(),
            (true, false) => quote_spanned!(span=> #krate::__private::assert_wire::<#ty>();),
            (true, true) => quote_spanned! {span=>
                #krate::__private::assert_fallible(
                    ::core::marker::PhantomData::<fn() -> #ty>
                );
            },
        };
        if task.flat() && task.in_processes() {
            // In a constant of its own, because what cannot come back at all needs no second error.
            let wired = quote_spanned!(span=> __WIRED);
            let wired_type =
                quote_spanned!(span=> <[#ty; #wired] as ::core::iter::IntoIterator>::Item);
            let outcome = quote_spanned!(span=> assert_outcome);
            quote! {
                const #wired: usize = {
                    #krate::__private::assert_output::<#ty>();
                    #wire
                    0
                };
                #krate::__private::#outcome::<#wired_type>();
            }
        } else {
            // In a generic function `thread_call_flat` itself asks it, at the same place.
            let is_asked = task.flat() && task.is_concrete();
            let outcome = is_asked
                .then(|| quote_spanned!(span=> #krate::__private::assert_outcome::<#ty>();));
            quote_spanned! {span=>
                #krate::__private::assert_output::<#ty>();
                #outcome
                #wire
            }
        }
    };
    quote!(#(#receiver)* #(#arguments)* #output)
}
