//! The rules for a function as a whole; those for one argument are in `argument.rs`,
//! those for `self` in `receiver.rs`.

use crate::argument::Argument;
use crate::attrs::last_segment;
use crate::errors::Errors;
use crate::kind::Kind;
use crate::messages as say;
use crate::model::Home;
use crate::names;
use crate::options::{BuilderOption, Options};
use crate::scan::{self, peel};
use crate::source::SourceFn;
use std::collections::HashSet;
use syn::{FnArg, GenericParam, ReturnType, Safety, Signature, Type};

/// What stands before the arguments.
pub(crate) fn function(
    kind: Kind,
    options: &Options,
    source: &SourceFn,
    home: &Home,
    errors: &mut Errors,
) {
    for attr in &source.attrs {
        match last_segment(attr.path()).as_str() {
            name if name == kind.name() => errors.at(attr, say::attribute_twice(kind)),
            "blocking_io" | "cpu_bound" => errors.at(attr, say::BOTH_ATTRIBUTES),
            _ => {}
        }
    }
    let sig = &source.sig;
    if let Some(token) = &sig.constness {
        errors.at(token, say::CONST_FN);
    }
    if let Some(token) = &sig.asyncness {
        errors.at(token, say::async_fn(kind));
    }
    if let Safety::Unsafe(token) = &sig.safety {
        errors.at(token, say::UNSAFE_FN);
    }
    if let Some(abi) = &sig.abi {
        if abi.name.as_ref().is_none_or(|name| name.value() != "Rust") {
            errors.at(abi, say::FOREIGN_ABI);
        }
    }
    if sig.ident == "main" && matches!(home, Home::Free) {
        errors.at(&sig.ident, say::MAIN);
    }
    if let Some(variadic) = &sig.variadic {
        errors.at(variadic.dots, say::VARIADIC);
    }
    if source.body.is_none() {
        errors.at_span(sig.ident.span(), say::NO_BODY);
    }
    if kind == Kind::CpuBound && !options.threads {
        for_processes(sig, home, errors);
    }
    if matches!(home, Home::Bare) {
        bare(sig, options, errors);
    }
}

/// A worker finds the function by its name alone.
fn for_processes(sig: &Signature, home: &Home, errors: &mut Errors) {
    let is_type_or_const = |param: &&GenericParam| !matches!(param, GenericParam::Lifetime(_));
    if let Some(param) = sig.generics.params.iter().find(is_type_or_const) {
        errors.at(param, say::GENERIC_PROCESS);
        return;
    }
    for input in &sig.inputs {
        if let FnArg::Typed(input) = input {
            if let Some(found) = scan::scan(&input.ty).impl_trait {
                errors.at(found, say::GENERIC_PROCESS);
                return;
            }
        }
    }
    if let Home::Impl(home) = home {
        if !home.params.is_empty() {
            errors.at(&sig.ident, say::GENERIC_PROCESS);
        }
    }
    if matches!(home, Home::Bare) && sig.receiver().is_some() {
        errors.at(&sig.ident, say::CPU_BOUND_METHOD);
    }
}

/// In an impl block that the attribute cannot see.
fn bare(sig: &Signature, options: &Options, errors: &mut Errors) {
    if sig.receiver().is_none() {
        if let Some(span) = self_in(sig) {
            errors.at_span(span, say::SELF_OUTSIDE);
        }
    } else if let BuilderOption::Named(name) = &options.builder {
        errors.at(name, say::BUILDER_ON_BARE_METHOD);
    }
}

/// The first `Self` in a signature.
pub(crate) fn self_in(sig: &Signature) -> Option<proc_macro2::Span> {
    fn find(tokens: proc_macro2::TokenStream) -> Option<proc_macro2::Span> {
        tokens.into_iter().find_map(|tree| match tree {
            proc_macro2::TokenTree::Ident(ident) if ident == "Self" => Some(ident.span()),
            proc_macro2::TokenTree::Group(group) => find(group.stream()),
            _ => None,
        })
    }
    find(quote::ToTokens::to_token_stream(sig))
}

/// The arguments against each other and against the options.
pub(crate) fn arguments(
    options: &Options,
    home: &Home,
    arguments: &[Argument],
    errors: &mut Errors,
) {
    if matches!(home, Home::Bare) || matches!(options.builder, BuilderOption::Off) {
        let message = match options.builder {
            BuilderOption::Off => say::DEFAULT_WITHOUT_BUILDER,
            _ => say::DEFAULT_ON_BARE_METHOD,
        };
        for default in arguments.iter().filter_map(|a| a.default.as_ref()) {
            errors.at(default, message);
        }
        return;
    }
    let is_type = matches!(options.builder, BuilderOption::Named(_)) && matches!(home, Home::Free);
    let mut setters = HashSet::new();
    for argument in arguments {
        let name = names::plain(&argument.ident);
        let is_reserved = name == "call" || (is_type && (name == "builder" || name == "blocking"));
        if is_reserved {
            errors.at(&argument.ident, say::reserved_argument(&name));
        }
        setters.insert(name);
    }
    for argument in arguments.iter().filter(|argument| argument.optional) {
        let name = names::plain(&argument.ident);
        let second = format!("maybe_{name}");
        if setters.contains(&second) {
            errors.at(&argument.ident, say::setter_clash(&name, &second));
        }
    }
}

/// What the function returns.
pub(crate) fn output(sig: &Signature, errors: &mut Errors) {
    let ReturnType::Type(_, ty) = &sig.output else {
        return;
    };
    if matches!(peel(ty), Type::Never(_)) {
        errors.at(ty, say::RETURNS_NEVER);
        return;
    }
    let found = scan::scan(ty);
    if let Some(tokens) = found.impl_trait {
        errors.at(tokens, say::RETURNS_IMPL);
    } else if let Some(tokens) = found.borrowed {
        errors.at(tokens, say::RETURNS_BORROWED);
    }
}
