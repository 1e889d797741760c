//! Writes the code for a task: one file for each generated part.
//!
//! Rules for all of them: absolute paths, no prelude names, no `unsafe`; our own locals
//! are hygienic; whatever the user can name keeps the user's span and visibility.

mod body;
mod builder;
mod companion;
mod fallback;
mod finish;
mod process;
mod setters;
mod wrapper;

pub(crate) use fallback::{as_written, fallback};

use crate::model::{Home, Task};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens as _, quote};

/// Generated code for one function.
#[derive(Default)]
pub(crate) struct Parts {
    /// Items for the impl block of a method.
    pub(crate) inside: TokenStream,
    /// Items beside it; everything, for a free function.
    pub(crate) outside: TokenStream,
}

impl Parts {
    pub(crate) fn extend(&mut self, other: Self) {
        self.inside.extend(other.inside);
        self.outside.extend(other.outside);
    }
}

/// Everything that is generated for a task without mistakes.
pub(crate) fn task(task: &Task) -> Parts {
    let blocking = body::blocking(task);
    let call = wrapper::call(task);
    let awaited = wrapper::wrapper(task);
    let mut inside = quote!(#blocking #call);
    let mut outside = TokenStream::new();
    if task.has_builder() {
        inside.extend(finish::finish(task));
        inside.extend(builder::start(task));
        outside.extend(builder::items(task));
    }
    if task.in_processes() {
        outside.extend(process::items(task));
    }
    outside.extend(companion::checks(task));
    match task.home {
        Home::Free => {
            let companion = companion::companion(task, &inside);
            Parts {
                inside: TokenStream::new(),
                outside: quote!(#companion #awaited #outside),
            }
        }
        Home::Impl(_) => {
            let companion = companion::of_method(task);
            Parts {
                inside: quote!(#awaited #inside),
                outside: quote!(#companion #outside),
            }
        }
        Home::Bare => Parts {
            inside: TokenStream::new(),
            outside: quote!(#awaited #inside),
        },
    }
}

/// A local of ours: out of reach of the user's tokens, and told by its underscores from
/// the arguments, which generated code holds under their own names.
fn local(name: &str) -> Ident {
    Ident::new(&format!("__{name}"), Span::mixed_site())
}

/// A `where` with these predicates; nothing without any.
fn where_all(bounds: &[TokenStream]) -> TokenStream {
    if bounds.is_empty() {
        return TokenStream::new();
    }
    quote!(where #(#bounds,)*)
}

/// As many arguments as clippy finds no fault with.
const FEW_ARGUMENTS: usize = 7;

/// Allowances for lints about a signature that ours has and the user's has not.
fn signature_lints(task: &Task) -> Option<syn::Attribute> {
    let many = (task.arguments.len() >= FEW_ARGUMENTS).then(|| quote!(too_many_arguments));
    let bounds = (!task.inner.is_empty()).then(|| quote!(multiple_bound_locations));
    let nested = is_nearly_complex(&task.output.ty).then(|| quote!(type_complexity));
    let lints: Vec<TokenStream> = many.into_iter().chain(bounds).chain(nested).collect();
    (!lints.is_empty()).then(|| syn::parse_quote!(#[allow(#(clippy::#lints),*)]))
}

/// Whether clippy, which finds no fault with the type, may do so once it is that of a `Call`.
fn is_nearly_complex(ty: &syn::Type) -> bool {
    ty.to_token_stream().to_string().matches('<').count() > 2
}

/// For our own use of a function that the user has marked as deprecated.
fn uses_deprecated(task: &Task) -> Option<TokenStream> {
    (!task.attrs.deprecated.is_empty()).then(|| quote!(#[allow(deprecated)]))
}
