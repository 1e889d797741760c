//! What is written for a function with mistakes.
//!
//! The mistakes are told, and callers see no second error: every type they could meet is
//! one that the compiler already knows to be wrong, and about such a type it keeps quiet.
//! That type is an array whose length is the first of our messages. The user's function is
//! kept beside it, so that its own body goes on being checked and imports stay used.

use super::{Parts, body};
use crate::attrs::{ItemAttrs, last_segment};
use crate::errors::Errors;
use crate::model::Home;
use crate::names::Names;
use crate::options::{BuilderOption, Options};
use crate::source::SourceFn;
use proc_macro2::TokenStream;
use quote::{ToTokens as _, format_ident, quote};
use syn::{FnArg, Safety};

/// The messages, and a stand-in for each public item of the task.
pub(crate) fn fallback(source: &SourceFn, options: &Options, home: &Home, errors: Errors) -> Parts {
    let attrs = ItemAttrs::sort(source.attrs.clone());
    let cfg = &attrs.cfg;
    let mut errors = errors.into_tokens().into_iter();
    let first = errors.next();
    let others: Vec<TokenStream> = errors.map(|error| quote!(#(#cfg)* #error)).collect();
    if source.sig.ident == "main" && matches!(home, Home::Free) {
        // A program without its own `main` would be one more mistake.
        let original = original(source, &source.sig.ident);
        return Parts {
            inside: TokenStream::new(),
            outside: quote!(#(#cfg)* #original #first #(#others)*),
        };
    }
    let original_name = match home {
        Home::Free => source.sig.ident.clone(),
        Home::Impl(_) | Home::Bare => format_ident!("__offloop_{}", source.sig.ident),
    };
    let original = original(source, &original_name);
    let others = quote!(#(#others)*);
    match home {
        Home::Free => {
            let names = Names::free(&source.sig.ident).with_builder(&options.builder);
            let broken = &names.broken;
            let awaited = stand_in(source, cfg, &broken.to_token_stream());
            let types = types(source, cfg, options, &names);
            Parts {
                inside: TokenStream::new(),
                outside: quote! {
                    #(#cfg)*
                    #[allow(dead_code)]
                    type #broken = [(); #first];
                    #others
                    #awaited
                    #types
                    #(#cfg)*
                    const _: () = { #original };
                },
            }
        }
        Home::Impl(home) => {
            let names = Names::method(&source.sig.ident, Some(&home.owner_name));
            let broken = &names.broken;
            let ty = broken.to_token_stream();
            let awaited = stand_in(source, cfg, &ty);
            let blocking = renamed_stand_in(source, cfg, &ty, &names.blocking);
            let builder = builder_stand_in(source, cfg, &ty, &names.start);
            Parts {
                inside: quote!(#awaited #blocking #builder #(#cfg)* #original),
                outside: quote! {
                    #(#cfg)*
                    #[allow(dead_code)]
                    type #broken = [(); #first];
                    #others
                },
            }
        }
        Home::Bare => {
            // Only items of an impl block can be written here.
            let awaited = stand_in(source, cfg, &quote!([(); #first]));
            Parts {
                inside: TokenStream::new(),
                outside: quote!(#awaited #others #(#cfg)* #original),
            }
        }
    }
}

/// The companion type, and the builder's if it has a name of its own.
fn types(
    source: &SourceFn,
    cfg: &[syn::Attribute],
    options: &Options,
    names: &Names,
) -> TokenStream {
    let vis = &source.vis;
    let broken = names.broken.to_token_stream();
    let entry = match &options.builder {
        BuilderOption::Default => &names.companion,
        BuilderOption::Named(name) => name,
        BuilderOption::Off => return TokenStream::new(),
    };
    let krate = options.crate_path();
    let blocking = renamed_stand_in(source, cfg, &broken, &names.blocking);
    let builder = &names.builder;
    let builder_type = match &options.builder {
        BuilderOption::Default => quote! {
            #(#cfg)*
            #[doc(hidden)]
            #[allow(dead_code)]
            #vis type #builder = #broken;
        },
        _ => TokenStream::new(),
    };
    let task = if options.krate.is_some() {
        // The path itself may be the mistake.
        TokenStream::new()
    } else {
        quote! {
            #(#cfg)*
            impl #krate::Task for #entry {
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
        #task
    }
}

/// The function that is awaited: same name, same arguments.
fn stand_in(source: &SourceFn, cfg: &[syn::Attribute], broken: &TokenStream) -> TokenStream {
    renamed_stand_in(source, cfg, broken, &source.sig.ident)
}

fn renamed_stand_in(
    source: &SourceFn,
    cfg: &[syn::Attribute],
    broken: &TokenStream,
    name: &proc_macro2::Ident,
) -> TokenStream {
    let vis = &source.vis;
    let generics = &source.sig.generics;
    let where_clause = &generics.where_clause;
    let inputs = source.sig.inputs.iter().map(|input| match input {
        FnArg::Receiver(receiver) => {
            let mut receiver = receiver.clone();
            receiver.attrs.clear();
            receiver.mutability = None;
            quote!(#receiver)
        }
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

fn builder_stand_in(
    source: &SourceFn,
    cfg: &[syn::Attribute],
    broken: &TokenStream,
    name: &proc_macro2::Ident,
) -> TokenStream {
    let vis = &source.vis;
    let receiver = source.sig.receiver().map(|receiver| {
        let mut receiver = receiver.clone();
        receiver.attrs.clear();
        receiver.mutability = None;
        quote!(#receiver)
    });
    quote! {
        #(#cfg)*
        #[doc(hidden)]
        #[allow(dead_code)]
        #vis fn #name(#receiver) -> #broken { loop {} }
    }
}

/// The user's function as it was, for the sake of its body. One without a body, or one
/// that the language itself refuses, is left out.
fn original(source: &SourceFn, name: &proc_macro2::Ident) -> TokenStream {
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

/// A function of an impl block that is written back without being a task.
pub(crate) fn as_written(source: &SourceFn) -> TokenStream {
    let attrs = source
        .attrs
        .iter()
        .filter(|attr| !crate::driver::is_ours(attr));
    let vis = &source.vis;
    let sig = body::stripped_for_rustc(&source.sig);
    let end = source
        .body
        .as_ref()
        .map_or_else(|| quote!(;), quote::ToTokens::to_token_stream);
    quote!(#(#attrs)* #vis #sig #end)
}
