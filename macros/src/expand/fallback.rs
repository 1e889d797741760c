//! What is written for a function with mistakes.
//!
//! The mistakes are reported, and callers see no second error: every type that they could meet is
//! one that the compiler already knows to be wrong, and about such a type it says nothing more.
//! That type is an array whose length is the first of the messages. The user's function is kept
//! beside it, so that the compiler checks its body and sees that imports are used.

use super::body;
use super::parts::Parts;
use crate::attrs::{last_segment, task_kind};
use crate::errors::Errors;
use crate::home::Home;
use crate::model::Task;
use crate::options::BuilderOption;
use crate::source::SourceFn;
use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens as _, format_ident, quote};
use syn::{FnArg, Receiver, Safety};

/// Writes the messages, and a stand-in for each public item of the task.
pub(crate) fn fallback(task: &Task, errors: Errors) -> Parts {
    let source = &task.source;
    let cfg = &task.attrs.cfg;
    let mut errors = errors.into_tokens().into_iter();
    let first = errors.next();
    let others: Vec<TokenStream> = errors.map(|error| quote!(#(#cfg)* #error)).collect();
    let others = quote!(#(#others)*);
    if source.sig.ident == "main" && matches!(task.home, Home::Free) {
        // A program without its own `main` would be one more mistake.
        let original = original(source, &source.sig.ident);
        return Parts {
            inside: TokenStream::new(),
            outside: quote!(#(#cfg)* #original #first #others),
        };
    }
    let broken = &task.names.broken;
    let broken_type = quote!(#(#cfg)* #[allow(dead_code)] type #broken = [(); #first]; #others);
    let name = &source.sig.ident;
    let moved = format_ident!("__offloop_{name}");
    match &task.home {
        Home::Free => {
            let awaited = stand_in(task, name, broken);
            let types = types(task);
            let original = original(source, name);
            Parts {
                inside: TokenStream::new(),
                outside: quote! {
                    #broken_type
                    #awaited
                    #types
                    #(#cfg)*
                    const _: () = { #original };
                },
            }
        }
        Home::Impl(_) => {
            let awaited = stand_in(task, name, broken);
            let blocking = stand_in(task, &task.names.blocking, broken);
            let start = start_stand_in(task);
            let original = original(source, &moved);
            Parts {
                inside: quote!(#awaited #blocking #start #(#cfg)* #original),
                outside: broken_type,
            }
        }
        Home::Bare => {
            // Only items of an impl block can be written here.
            let awaited = stand_in(task, name, &quote!([(); #first]));
            let original = original(source, &moved);
            Parts {
                inside: TokenStream::new(),
                outside: quote!(#awaited #others #(#cfg)* #original),
            }
        }
    }
}

/// Writes the type where calls with named arguments start, and the builder's if it has a name of
/// its own.
fn types(task: &Task) -> TokenStream {
    let Some(entry) = task.entry() else {
        return TokenStream::new();
    };
    let cfg = &task.attrs.cfg;
    let vis = &task.vis;
    let (broken, builder) = (&task.names.broken, &task.names.builder);
    let blocking = stand_in(task, &task.names.blocking, broken);
    let builder_type = match &task.options.builder {
        BuilderOption::Default => quote! {
            #(#cfg)*
            #[doc(hidden)]
            #[allow(dead_code)]
            #vis type #builder = #broken;
        },
        BuilderOption::Off(_) | BuilderOption::Named(_) => TokenStream::new(),
    };
    let identity = if task.options.krate.is_some() {
        // The path itself may be the mistake.
        TokenStream::new()
    } else {
        let private = &task.paths.private;
        quote! {
            #(#cfg)*
            impl #private::Task for #entry {
                const NAME: &'static str = "";
                type Args = #broken;
                type Output = #broken;
            }
        }
    };
    quote! {
        #(#cfg)*
        #[doc(hidden)]
        #[allow(dead_code, non_camel_case_types)]
        #vis struct #entry {}
        #(#cfg)*
        impl #entry {
            #(#cfg)*
            #[doc(hidden)]
            #[allow(dead_code)]
            #vis fn builder() -> #broken { loop {} }
            #blocking
        }
        #builder_type
        #identity
    }
}

/// Writes a function with the arguments of the user's.
fn stand_in(task: &Task, name: &Ident, broken: &impl quote::ToTokens) -> TokenStream {
    let cfg = &task.attrs.cfg;
    let vis = &task.vis;
    let sig = &task.source.sig;
    let generics = &sig.generics;
    let where_clause = &generics.where_clause;
    let inputs = sig.inputs.iter().map(|input| match input {
        FnArg::Receiver(receiver) => plain_receiver(receiver).into_token_stream(),
        FnArg::Typed(input) => {
            let conditions = input
                .attrs
                .iter()
                .filter(|attr| last_segment(attr.path()) == "cfg");
            let ty = &input.ty;
            quote!(#(#conditions)* _: #ty)
        }
    });
    quote! {
        #(#cfg)*
        #[doc(hidden)]
        #[allow(dead_code)]
        #vis fn #name #generics(#(#inputs),*) -> #broken #where_clause { loop {} }
    }
}

/// Writes the function of a method that starts a call with named arguments.
fn start_stand_in(task: &Task) -> TokenStream {
    let cfg = &task.attrs.cfg;
    let vis = &task.vis;
    let (name, broken) = (&task.names.start, &task.names.broken);
    let receiver = task.source.sig.receiver().map(plain_receiver);
    quote! {
        #(#cfg)*
        #[doc(hidden)]
        #[allow(dead_code)]
        #vis fn #name(#receiver) -> #broken { loop {} }
    }
}

fn plain_receiver(receiver: &Receiver) -> Receiver {
    let mut receiver = receiver.clone();
    receiver.attrs.clear();
    receiver.mutability = None;
    receiver
}

/// Writes the user's function, so that the compiler checks its body. A function without a body, or
/// one that the language itself refuses, is left out.
fn original(source: &SourceFn, name: &Ident) -> TokenStream {
    let Some(body) = &source.body else {
        return TokenStream::new();
    };
    if source.sig.variadic.is_some() {
        return TokenStream::new();
    }
    let mut sig = body::stripped_for_rustc(&source.sig);
    sig.ident = name.clone();
    let unsafe_attr = match &sig.safety {
        Safety::Unsafe(_) => quote!(#[allow(clippy::missing_safety_doc)]),
        _ => TokenStream::new(),
    };
    quote! {
        #[allow(dead_code)]
        #unsafe_attr
        #sig
        #body
    }
}

/// Writes a function of an impl block that is written back without being a task.
pub(crate) fn as_written(source: &SourceFn) -> TokenStream {
    let attrs = source.attrs.iter().filter(|attr| task_kind(attr).is_none());
    let vis = &source.vis;
    let sig = body::stripped_for_rustc(&source.sig);
    let end = source
        .body
        .as_ref()
        .map_or_else(|| quote!(;), quote::ToTokens::to_token_stream);
    quote!(#(#attrs)* #vis #sig #end)
}
