//! From the tokens of an attribute and its item to generated code: parse, check, expand.

use crate::cfg;
use crate::check;
use crate::errors::Errors;
use crate::expand::{self, Parts};
use crate::home::Home;
use crate::impl_block::{ImplBlock, Item};
use crate::kind::Kind;
use crate::messages as say;
use crate::model::Task;
use crate::options::Options;
use crate::self_type;
use crate::source::{Source, SourceFn};
use proc_macro2::TokenStream;
use quote::quote;

/// Expands `#[blocking_io]` or `#[cpu_bound]` on an item of its own.
pub(crate) fn attribute(kind: Kind, options: TokenStream, item: &TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    match syn::parse2::<Source>(item.clone()) {
        Ok(Source::Function(source)) => {
            let is_method =
                source.sig.receiver().is_some() || self_type::find(&source.sig).is_some();
            let home = if is_method { Home::Bare } else { Home::Free };
            return function(kind, options, &source, &home).outside;
        }
        Ok(Source::Other(keyword, span)) => {
            errors.at_span(span, say::not_a_function(kind, &keyword));
        }
        Err(error) => errors.add(error),
    }
    let errors = errors.into_tokens();
    quote!(#item #(#errors)*)
}

/// Expands `#[offloop::methods]` on an impl block.
pub(crate) fn methods(options: &TokenStream, item: &TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    if !options.is_empty() {
        errors.at(options, say::METHODS_OPTION);
    }
    let Some(block) = ImplBlock::read(item, &mut errors) else {
        let errors = errors.into_tokens();
        return quote!(#item #(#errors)*);
    };
    check::impl_block(&block, &mut errors);
    let Some(home) = block.home(&mut errors).filter(|_| errors.is_empty()) else {
        return as_written(&block, errors);
    };
    let home = Home::Impl(Box::new(home));
    let mut parts = Parts::default();
    for item in &block.items {
        match item {
            Item::Other(tokens) => parts.inside.extend(tokens.clone()),
            Item::Task(kind, options, source) => {
                let source = block.under_its_conditions(source);
                parts.extend(function(*kind, options.clone(), &source, &home));
            }
        }
    }
    let outside = parts.outside;
    let block = block.with_items(&parts.inside);
    quote!(#block #outside)
}

/// Writes an impl block that has mistakes. The attributes of tasks are left out, so that the
/// compiler checks the rest of the block.
fn as_written(block: &ImplBlock, errors: Errors) -> TokenStream {
    let mut items = TokenStream::new();
    for item in &block.items {
        match item {
            Item::Other(tokens) => items.extend(tokens.clone()),
            Item::Task(_, _, source) => items.extend(expand::as_written(source)),
        }
    }
    let block = block.with_items(&items);
    let errors = errors.into_tokens();
    quote!(#block #(#errors)*)
}

/// Expands one function.
fn function(kind: Kind, options: TokenStream, source: &SourceFn, home: &Home) -> Parts {
    let mut errors = Errors::default();
    let parsed = Parsed::read(kind, options, source, home, &mut errors);
    check::task(&parsed.task, &mut errors);
    if errors.is_empty() {
        parsed.expand()
    } else {
        expand::fallback(&parsed.task, errors)
    }
}

/// A function after the first step.
struct Parsed {
    /// The function with all arguments, also those with conditions. This is what is checked, so
    /// that a mistake is reported once.
    task: Task,
    /// The versions that are expanded in place of `task` if its arguments have conditions.
    versions: Vec<Task>,
}

impl Parsed {
    fn read(
        kind: Kind,
        options: TokenStream,
        source: &SourceFn,
        home: &Home,
        errors: &mut Errors,
    ) -> Self {
        let options = Options::parse(kind, options, errors);
        let versions = cfg::versions(source, errors);
        let task = Task::read(kind, &options, source, home, errors);
        // A mistake of a version is one of the whole function too.
        let versions = versions
            .iter()
            .map(|version| Task::read(kind, &options, version, home, &mut Errors::default()));
        Self {
            task,
            versions: versions.collect(),
        }
    }

    fn expand(&self) -> Parts {
        if self.versions.is_empty() {
            return expand::task(&self.task);
        }
        let mut parts = Parts::default();
        for version in &self.versions {
            parts.extend(expand::task(version));
        }
        parts
    }
}
