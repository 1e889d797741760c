//! Arguments with `#[cfg]`. An attribute sees them before the compiler resolves them, so the
//! function is written once for each combination, under the condition for that combination.

use crate::attrs::last_segment;
use crate::errors::Errors;
use crate::messages as say;
use crate::source::SourceFn;
use proc_macro2::TokenStream;
use quote::quote;
use syn::punctuated::Punctuated;
use syn::{Attribute, FnArg, Meta, parse_quote};

/// How many different conditions the arguments of a function may have. Each doubles the code.
const MAX_CONDITIONS: usize = 3;

/// Returns a version of the function for each combination of its arguments' conditions; none if
/// they have no conditions.
pub(crate) fn versions(source: &SourceFn, errors: &mut Errors) -> Vec<SourceFn> {
    let conditions = conditions(source, errors);
    let mut versions = Vec::new();
    if conditions.is_empty() {
        return versions;
    }
    for bits in 0..1_usize << conditions.len() {
        let holds = |condition: &Condition| {
            let position = conditions.iter().position(|c| c.text == condition.text);
            position.is_some_and(|position| bits >> position & 1 == 1)
        };
        let mut version = source.clone();
        for (position, condition) in conditions.iter().enumerate() {
            let tokens = &condition.tokens;
            version.attrs.push(if bits >> position & 1 == 1 {
                parse_quote!(#[cfg(#tokens)])
            } else {
                parse_quote!(#[cfg(not(#tokens))])
            });
        }
        version.sig.inputs = source
            .sig
            .inputs
            .iter()
            .filter(|input| of_argument(input).iter().all(&holds))
            .map(without_cfg)
            .collect::<Punctuated<_, _>>();
        versions.push(version);
    }
    versions
}

/// The condition in a `#[cfg(..)]`.
struct Condition {
    tokens: TokenStream,
    text: String,
}

/// Returns the different conditions on a function's arguments.
fn conditions(source: &SourceFn, errors: &mut Errors) -> Vec<Condition> {
    let mut all: Vec<Condition> = Vec::new();
    for condition in source.sig.inputs.iter().flat_map(of_argument) {
        if all.iter().any(|known| known.text == condition.text) {
            continue;
        }
        if all.len() == MAX_CONDITIONS {
            errors.at(&condition.tokens, say::TOO_MANY_CFG);
            break;
        }
        all.push(condition);
    }
    all
}

fn of_argument(input: &FnArg) -> Vec<Condition> {
    let attrs = match input {
        FnArg::Receiver(_) => return Vec::new(),
        FnArg::Typed(input) => &input.attrs,
    };
    attrs
        .iter()
        .filter(|attr| is_cfg(attr))
        .map(|attr| {
            let tokens = match &attr.meta {
                Meta::List(list) => list.tokens.clone(),
                other => quote!(#other),
            };
            Condition {
                text: tokens.to_string(),
                tokens,
            }
        })
        .collect()
}

fn without_cfg(input: &FnArg) -> FnArg {
    let mut input = input.clone();
    if let FnArg::Typed(input) = &mut input {
        input.attrs.retain(|attr| !is_cfg(attr));
    }
    input
}

fn is_cfg(attr: &Attribute) -> bool {
    last_segment(attr.path()) == "cfg"
}
