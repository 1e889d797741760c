//! From the tokens of an attribute and its item to generated code.

use crate::attrs::last_segment;
use crate::cfg;
use crate::check;
use crate::errors::Errors;
use crate::expand::{self, Parts};
use crate::kind::Kind;
use crate::messages as say;
use crate::model::{Home, Task};
use crate::options::Options;
use crate::source::{Source, SourceFn};
use proc_macro2::TokenStream;
use quote::quote;

/// `#[blocking_io]` or `#[cpu_bound]` on an item of its own.
pub(crate) fn attribute(kind: Kind, options: TokenStream, item: &TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    match syn::parse2::<Source>(item.clone()) {
        Ok(Source::Function(source)) => {
            let is_method =
                source.sig.receiver().is_some() || check::self_in(&source.sig).is_some();
            let home = if is_method { Home::Bare } else { Home::Free };
            return function(kind, options, *source, &home).outside;
        }
        Ok(Source::Other(keyword, span)) => {
            errors.at_span(span, say::not_a_function(kind, &keyword));
        }
        Err(error) => errors.add(error),
    }
    let errors = errors.into_tokens();
    quote!(#item #(#errors)*)
}

/// The parts for one function.
pub(crate) fn function(
    kind: Kind,
    options: TokenStream,
    mut source: SourceFn,
    home: &Home,
) -> Parts {
    let mut errors = Errors::default();
    let options = Options::parse(kind, options, &mut errors);
    let versions = cfg::versions(&source, &mut errors);
    // Checked as a whole, so that a mistake is not told once for each version.
    let read = Task::read(
        kind,
        options.clone(),
        source.clone(),
        home.clone(),
        &mut errors,
    );
    if !errors.is_empty() {
        source.attrs.retain(|attr| !is_ours(attr));
        return expand::fallback(&source, &options, home, errors);
    }
    if let (1, Some(task)) = (versions.len(), &read) {
        return expand::task(task);
    }
    let mut parts = Parts::default();
    for version in versions {
        let task = Task::read(kind, options.clone(), version, home.clone(), &mut errors);
        parts.extend(task.as_ref().map(expand::task).unwrap_or_default());
    }
    parts
}

/// Whether this is one of our attributes.
pub(crate) fn is_ours(attr: &syn::Attribute) -> bool {
    matches!(
        last_segment(attr.path()).as_str(),
        "blocking_io" | "cpu_bound"
    )
}
