//! Named arguments: the builder's type, its start, and its future.

use super::{body, companion, given, lints, setters, stored};
use crate::argument::Argument;
use crate::attrs::doc_line;
use crate::home::Home;
use crate::model::Task;
use crate::names::{self, local};
use crate::receiver::Receiver;
use crate::scan;
use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens as _, quote};
use syn::{Attribute, parse_quote};

/// `fn builder() -> FetchBuilder`
pub(super) fn start(task: &Task) -> TokenStream {
    let attrs = start_attrs(task);
    let vis = &task.vis;
    let name = &task.names.start;
    let builder = &task.names.builder;
    let generics = task.inner.declare(&[]);
    let where_clause = task.inner.where_clause(&task.bounds());
    let arguments = task.outer.arguments(&[]);
    let receiver = task.receiver.iter().map(Receiver::declare);
    let value = empty(task);
    quote! {
        #(#attrs)*
        #vis fn #name #generics(#(#receiver)*) -> #builder #arguments #where_clause {
            #value
        }
    }
}

fn start_attrs(task: &Task) -> Vec<Attribute> {
    let span = task.names.function.span();
    let shown = &task.names.shown;
    let mut attrs = task.attrs.cfg.clone();
    attrs.push(doc_line(
        &format!(" Starts a call of `{shown}` with named arguments."),
        span,
    ));
    attrs.extend_from_slice(&task.attrs.hidden);
    attrs.extend_from_slice(&task.attrs.lints);
    attrs.extend_from_slice(&task.attrs.deprecated);
    attrs.push(parse_quote!(#[allow(dead_code)]));
    attrs.extend(lints::of_signature(task));
    attrs
}

/// Writes a builder that was given no arguments yet.
fn empty(task: &Task) -> TokenStream {
    let private = &task.paths.private;
    let builder = &task.names.builder;
    let option = quote!(::core::option::Option);
    let this = task.receiver.iter().map(|receiver| {
        let owned = receiver.own(&task.paths);
        quote!(#option::Some(#owned),)
    });
    let finish = finish_path(task);
    let none = task.arguments.iter().map(|_| quote!(#option::None,));
    quote! {
        #builder {
            __pending: #private::Pending::new(
                (#(#this)* #(#none)*),
                #finish,
            ),
            __given: ::core::marker::PhantomData,
        }
    }
}

/// Writes the builder's type and all items for it.
pub(super) fn items(task: &Task) -> TokenStream {
    let states = given::states(task);
    let builder = builder_struct(task, &states);
    let setters = setters::setters(task, &states);
    let given = given::traits(task);
    let future = future(task, &states);
    let named = named_entry(task);
    quote!(#builder #setters #given #future #named)
}

fn builder_struct(task: &Task, states: &[Ident]) -> TokenStream {
    let (private, builder_path) = (&task.paths.private, &task.paths.builder);
    let cfg = &task.attrs.cfg;
    let hidden = &task.attrs.hidden;
    let lints = &task.attrs.lints;
    let vis = &task.vis;
    let name = &task.names.builder;
    let given = given::tuple(task, &stored::types(task));
    let nests_options = given::nests_options(task).then(|| quote!(, clippy::option_option));
    let states_missing = states
        .iter()
        .map(|state| quote!(#state = #builder_path::Missing));
    // The types in the impls of a type have to be as visible as the type itself, unless the type
    // names one that is less visible. So the builder names all types of the task: then a function
    // that is `pub` may have a private type, as without the attribute.
    let types = given::types_parameter(task, states);
    let default = companion::own_types(task);
    let own_types = types.iter().map(|types| quote!(#types = #default));
    let parameters: Vec<TokenStream> = states_missing.chain(own_types).collect();
    let types = types.iter();
    let generics = task.outer.declare(&parameters);
    let where_clause = task.outer.where_clause(&task.outside_bounds());
    let awaited = task.awaited(&task.checked_output_outside());
    let phantoms = task.outer.phantoms();
    let doc = format!(
        " The named arguments of a call of {}; awaiting the builder makes the call.",
        link(task)
    );
    let summary = summary(task).into_iter();
    quote! {
        #(#cfg)*
        #[doc = #doc]
        #(#[doc = ""] #[doc = #summary])*
        #(#hidden)*
        #(#lints)*
        #[must_use = "a call does nothing until it is awaited"]
        #[allow(dead_code, missing_debug_implementations, private_interfaces, clippy::type_complexity #nests_options)]
        #vis struct #name #generics #where_clause {
            __pending: #private::Pending<#given, #awaited>,
            __given: ::core::marker::PhantomData<fn() -> (#(#states,)* #(#types,)* #(#phantoms,)*)>,
        }
    }
}

/// Returns a list of the arguments. The page of the type shows only its bounds, which are hard to
/// read.
fn summary(task: &Task) -> Option<String> {
    let list = |title: &str, required: bool| {
        let is_listed = |argument: &&Argument| argument.required() == required;
        let names = task.arguments.iter().filter(is_listed);
        let names = names.map(|argument| format!("`{}`", names::unraw(&argument.ident)));
        let names: Vec<String> = names.collect();
        (!names.is_empty()).then(|| format!(" {title}: {}.", names.join(", ")))
    };
    let lists = [list("Required", true), list("Optional", false)];
    let text: String = lists.into_iter().flatten().collect();
    (!text.is_empty()).then_some(text)
}

/// Returns a link to the function, if rustdoc can resolve one.
fn link(task: &Task) -> String {
    let shown = &task.names.shown;
    let is_raw = task.names.function.to_string().starts_with("r#");
    let links = match &task.home {
        Home::Free => !is_raw,
        Home::Impl(home) => {
            let path = home.owner.to_token_stream().to_string();
            !is_raw && home.owner_name == path
        }
        Home::Bare => false,
    };
    if links {
        format!("[`{shown}()`]")
    } else {
        format!("`{shown}()`")
    }
}

/// Returns the path of `__finish`.
pub(super) fn finish_path(task: &Task) -> TokenStream {
    let owner = task.owner();
    let finish = &task.names.finish;
    let turbofish = task.inner.turbofish();
    quote!(#owner::#finish #turbofish)
}

/// Writes the impl of `Future`. With `IntoFuture`, the compiler would not report a missing argument
/// in the words of this crate, and `spawn` and `select!` would not take the builder as it is.
fn future(task: &Task, states: &[Ident]) -> TokenStream {
    let private = &task.paths.private;
    let cfg = &task.attrs.cfg;
    let name = &task.names.builder;
    let state_tokens: Vec<TokenStream> = states
        .iter()
        .map(quote::ToTokens::to_token_stream)
        .collect();
    let generics = task.outer.declare(&state_tokens);
    let arguments = task.outer.arguments(&state_tokens);
    let bounds = [
        task.outside_bounds(),
        given::all_given(task, states),
        takes_errors(task),
    ]
    .concat();
    let where_clause = task.outer.where_clause(&bounds);
    let awaited = task.awaited(&task.outside(&task.output.ty).to_token_stream());
    let checked = task.awaited(&task.checked_output_outside());
    let context = local("context");
    quote! {
        #(#cfg)*
        impl #generics ::core::future::Future for #name #arguments #where_clause {
            type Output = #awaited;

            fn poll(
                self: ::core::pin::Pin<&mut Self>,
                #context: &mut ::core::task::Context<'_>,
            ) -> ::core::task::Poll<Self::Output> {
                #private::Pending::<_, #checked>::poll(
                    &mut ::core::pin::Pin::get_mut(self).__pending,
                    #context,
                )
            }
        }
    }
}

/// Returns the bound that the result of a generic function can hold errors of the pool. Without it,
/// the compiler would report once more that the result cannot.
fn takes_errors(task: &Task) -> Vec<TokenStream> {
    let output = task.outside(&task.output.ty);
    let depends = scan::scan(&output).mentions(&task.outer.type_names());
    if !task.flat() || !depends {
        // No bound: the compiler reports a bound without a parameter at the bound itself.
        return Vec::new();
    }
    let private = &task.paths.private;
    vec![quote!(#output: #private::Outcome)]
}

/// Writes the functions of the type where calls start, for `builder = Name` on a free function:
/// there is no type of the function's name.
fn named_entry(task: &Task) -> TokenStream {
    if !task.has_named_entry() {
        return TokenStream::new();
    }
    let cfg = &task.attrs.cfg;
    let vis = &task.vis;
    let name = &task.names.builder;
    let companion = &task.names.companion;
    let generics = task.inner.declare(&[]);
    let arguments = task.inner.arguments(&[]);
    let where_clause = task.inner.where_clause(&task.bounds());
    let start_attrs = start_attrs(task);
    let value = empty(task);
    let identity = companion::identity(task, &quote!(#name));
    let blocking = blocking_entry(task, &quote!(#companion));
    quote! {
        #(#cfg)*
        impl #generics #name #arguments #where_clause {
            #(#start_attrs)*
            #vis fn builder() -> Self {
                #value
            }

            #blocking
        }
        #identity
    }
}

fn blocking_entry(task: &Task, companion: &TokenStream) -> TokenStream {
    let vis = &task.vis;
    let attrs = body::outer_attrs(task);
    let lifetimes = task.source.sig.generics.lifetimes();
    let output = &task.source.sig.output;
    let turbofish = task.inner.turbofish_named();
    let parameters = task.arguments.iter().map(|argument| {
        let (local, ty) = (&argument.local, &argument.named);
        quote!(#local: #ty)
    });
    let values = task.arguments.iter().map(|argument| &argument.local);
    quote! {
        #(#attrs)*
        #vis fn blocking<#(#lifetimes),*>(#(#parameters),*) #output {
            #companion::blocking #turbofish(#(#values),*)
        }
    }
}
