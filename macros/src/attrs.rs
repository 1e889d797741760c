//! Decides which of the generated items get an attribute of the user's function.

use crate::kind::Kind;
use proc_macro2::Span;
use quote::quote_spanned;
use syn::{Attribute, Expr, ExprLit, Lit, Meta, parse_quote};

/// The attributes of a task, sorted by what they are for.
#[derive(Clone, Default)]
pub(crate) struct ItemAttrs {
    /// The docs: for the function that is awaited.
    pub(crate) docs: Vec<Attribute>,
    /// `#[doc(hidden)]`: for every item that is public.
    pub(crate) hidden: Vec<Attribute>,
    /// Conditions that the compiler has not resolved yet: for every item.
    pub(crate) cfg: Vec<Attribute>,
    /// Lints that the user allows or expects, as `allow`: for every item. An `expect` on an item
    /// that does not bring up the lint would be reported.
    pub(crate) lints: Vec<Attribute>,
    /// `#[deprecated]`: for each way to make a call.
    pub(crate) deprecated: Vec<Attribute>,
    /// `#[must_use]`: for the synchronous function; a call has its own.
    pub(crate) must_use: Vec<Attribute>,
    /// All other attributes (`#[instrument]`, `#[inline]`, `#[track_caller]`, …): for the function
    /// with the body.
    pub(crate) body: Vec<Attribute>,
}

impl ItemAttrs {
    /// Sorts the attributes of a function.
    pub(crate) fn sort(attrs: Vec<Attribute>) -> Self {
        let mut sorted = Self::default();
        for attr in attrs {
            let name = subject(&attr);
            match name.as_str() {
                "doc" if is_hidden(&attr) => sorted.hidden.push(attr),
                "doc" => sorted.docs.push(attr),
                "cfg" => sorted.cfg.push(attr),
                "allow" | "expect" => sorted.lints.push(as_allow(attr)),
                "deprecated" => sorted.deprecated.push(attr),
                "must_use" => sorted.must_use.push(attr),
                _ => sorted.body.push(attr),
            }
        }
        sorted
    }

    /// Returns each `#[must_use = "…"]`, which says more than the `#[must_use]` of a call. A bare
    /// one says nothing more, and clippy reports it as a double.
    pub(crate) fn must_use_with_reason(&self) -> impl Iterator<Item = &Attribute> {
        self.must_use
            .iter()
            .filter(|attr| !matches!(attr.meta, Meta::Path(_)))
    }
}

/// Returns the name of an attribute; for `cfg_attr`, the name of the first attribute inside, so
/// that `#[cfg_attr(docsrs, doc(…))]` is treated as `#[doc(…)]`.
fn subject(attr: &Attribute) -> String {
    let name = last_segment(attr.path());
    if name != "cfg_attr" {
        return name;
    }
    let inner = attr.parse_args_with(|input: syn::parse::ParseStream<'_>| {
        input.parse::<Meta>()?;
        input.parse::<syn::Token![,]>()?;
        let inner: syn::Path = input.parse()?;
        input.parse::<proc_macro2::TokenStream>()?;
        Ok(inner)
    });
    match inner.map(|path| last_segment(&path)).as_deref() {
        Ok("doc") => "doc".to_owned(),
        Ok("deprecated") => "deprecated".to_owned(),
        _ => name,
    }
}

/// Returns which of `#[blocking_io]` and `#[cpu_bound]` this is; `None` for any other attribute.
pub(crate) fn task_kind(attr: &Attribute) -> Option<Kind> {
    Kind::of_name(&last_segment(attr.path()))
}

/// Returns the last word of a path: `blocking_io` of `offloop::blocking_io`.
pub(crate) fn last_segment(path: &syn::Path) -> String {
    path.segments
        .last()
        .map(|segment| crate::names::unraw(&segment.ident))
        .unwrap_or_default()
}

fn is_hidden(attr: &Attribute) -> bool {
    matches!(&attr.meta, Meta::List(list) if list.tokens.to_string() == "hidden")
}

fn as_allow(mut attr: Attribute) -> Attribute {
    if let Meta::List(list) = &mut attr.meta {
        list.path = parse_quote!(allow);
    }
    attr
}

/// Returns where a generated paragraph may stand among the user's docs: before the first heading,
/// so that it does not read as a part of `# Errors`; at the end if there is no heading, or nothing
/// before it.
pub(crate) fn end_of_introduction(docs: &[Attribute]) -> usize {
    let mut is_code = false;
    for (at, doc) in docs.iter().enumerate() {
        let text = doc_text(doc).unwrap_or_default();
        for (line_at, line) in text.lines().map(str::trim_start).enumerate() {
            if line.starts_with("```") || line.starts_with("~~~") {
                is_code = !is_code;
            }
            // In a code block, `# ` starts a hidden line.
            let is_heading = line.starts_with('#') && line.trim_start_matches('#').starts_with(' ');
            if is_heading && !is_code {
                let splits = at > 0 && line_at == 0;
                return if splits { at } else { docs.len() };
            }
        }
    }
    docs.len()
}

fn doc_text(attr: &Attribute) -> Option<String> {
    let Meta::NameValue(doc) = &attr.meta else {
        return None;
    };
    match &doc.value {
        Expr::Lit(ExprLit {
            lit: Lit::Str(text),
            ..
        }) => Some(text.value()),
        _ => None,
    }
}

/// Returns a line of a doc comment, at the place of the item that it documents.
pub(crate) fn doc_line(text: &str, span: Span) -> Attribute {
    let tokens = quote_spanned!(span=> #[doc = #text]);
    parse_quote!(#tokens)
}
