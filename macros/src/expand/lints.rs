//! Lints that are allowed on generated code, because they would not be about the user's own code.

use crate::model::Task;
use crate::names::Words;
use proc_macro2::TokenStream;
use quote::{ToTokens as _, format_ident, quote};
use syn::{Attribute, Type, parse_quote};

/// How many arguments a function may have before `clippy::too_many_arguments` reports it.
const CLIPPY_MAX_ARGUMENTS: usize = 7;

/// Lints about signatures that clippy does not apply to exported functions, and the words in a
/// signature that bring them up. The function inside of the generated one is never exported, even
/// if the user's is `pub`. A task takes its arguments by value, and may take many, because it has
/// names for them.
const OF_EXPORTED: [(&str, &[&str]); 12] = [
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
    // With any words.
    ("large_types_passed_by_value", &[]),
    ("needless_pass_by_value", &[]),
];

/// Allows lints about the user's function, which is not where the user put it.
pub(super) fn of_moved_function(task: &Task) -> TokenStream {
    let arguments = &task.arguments;
    let words = Words::of(task.source.sig.to_token_stream());
    let mut lints: Vec<&str> = OF_EXPORTED
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
    if arguments.len() > CLIPPY_MAX_ARGUMENTS {
        lints.push("too_many_arguments");
    }
    if lints.is_empty() {
        return TokenStream::new();
    }
    let lints = lints.into_iter().map(|lint| format_ident!("{lint}"));
    quote!(#[allow(#(clippy::#lints),*)])
}

/// Allows lints about a signature that a generated function brings up and the user's does not.
pub(super) fn of_signature(task: &Task) -> Option<Attribute> {
    let many = (task.arguments.len() >= CLIPPY_MAX_ARGUMENTS).then(|| quote!(too_many_arguments));
    let bounds = (!task.inner.is_empty()).then(|| quote!(multiple_bound_locations));
    let nested = is_nearly_complex(&task.output.ty).then(|| quote!(type_complexity));
    let lints: Vec<TokenStream> = many.into_iter().chain(bounds).chain(nested).collect();
    (!lints.is_empty()).then(|| parse_quote!(#[allow(#(clippy::#lints),*)]))
}

/// Returns whether clippy may call a type complex once it is inside of a `Call`.
fn is_nearly_complex(ty: &Type) -> bool {
    ty.to_token_stream().to_string().matches('<').count() > 2
}

/// Allows generated code to use a function that the user has marked as deprecated.
pub(super) fn of_deprecated(task: &Task) -> Option<TokenStream> {
    (!task.attrs.deprecated.is_empty()).then(|| quote!(#[allow(deprecated)]))
}
