//! Names of generated items: made from the user's names, with the user's spans.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::format_ident;
use std::collections::HashSet;
use syn::ext::IdentExt as _;

/// Returns the name without `r#`.
pub(crate) fn unraw(ident: &Ident) -> String {
    ident.unraw().to_string()
}

/// Returns a name in camel case: `MaxRetries` for `max_retries`.
pub(crate) fn camel(name: &str) -> String {
    let mut camel = String::with_capacity(name.len());
    for word in name.split('_') {
        let mut letters = word.chars();
        if let Some(first) = letters.next() {
            camel.extend(first.to_uppercase());
            camel.push_str(letters.as_str());
        }
    }
    camel
}

/// Returns the name at the same place, but out of reach of the user's tokens: an argument called
/// `args` cannot be confused with the `args` of generated code, and lints see that the code around
/// it is generated.
pub(crate) fn hygienic(ident: &Ident) -> Ident {
    let mut ident = ident.clone();
    ident.set_span(ident.span().resolved_at(Span::mixed_site()));
    ident
}

/// Returns the name of a local of generated code. It is out of reach of the user's tokens, and its
/// underscores keep it apart from the arguments, which have their own names in generated code.
pub(crate) fn local(name: &str) -> Ident {
    Ident::new(&format!("__{name}"), Span::mixed_site())
}

/// The names of everything that is generated for one task.
#[derive(Clone)]
pub(crate) struct Names {
    /// The user's name of the function.
    pub(crate) function: Ident,
    /// The name in messages and docs: `fetch`, or `Store::load`.
    pub(crate) shown: String,
    /// The companion type, if the task has one.
    pub(crate) companion: Ident,
    /// The builder's type.
    pub(crate) builder: Ident,
    /// The type that stands for every type of a task with mistakes.
    pub(crate) broken: Ident,
    /// The constant whose body asks of the user's types what a pool asks of them.
    pub(crate) check: Ident,
    /// The types that are stored, under the condition that `check` has no errors.
    pub(crate) values: Ident,
    /// The type of the result, under the condition that `check` has no errors.
    pub(crate) output: Ident,
    /// The constant whose body asks whether references can be copied.
    pub(crate) copies: Ident,
    /// The associated function that is the user's function.
    pub(crate) blocking: Ident,
    /// The associated function that starts a builder.
    pub(crate) start: Ident,
    /// The associated function that makes a call of owned arguments.
    pub(crate) call: Ident,
    /// The associated function that makes a call of a builder's arguments.
    pub(crate) finish: Ident,
    /// The start of all names in camel case.
    stem: String,
}

impl Names {
    /// Returns the names of a free function.
    pub(crate) fn free(function: &Ident) -> Self {
        let name = unraw(function);
        let associated = ["blocking", "builder", "__call", "__finish"].map(str::to_owned);
        Self {
            companion: function.clone(),
            ..Self::new(function, &name, camel(&name), &name, associated)
        }
    }

    /// Returns the names of a function inside `impl owner`; the owner is `None` if the attribute
    /// cannot see the impl block.
    pub(crate) fn method(function: &Ident, owner: Option<&Ident>) -> Self {
        let name = unraw(function);
        let owner_name = owner.map(unraw).unwrap_or_default();
        let shown = match owner {
            Some(_) => format!("{owner_name}::{name}"),
            None => name.clone(),
        };
        let stem = format!("{owner_name}{}", camel(&name));
        let constants = format!("{owner_name}_{name}");
        let associated = [
            format!("{name}_blocking"),
            format!("{name}_builder"),
            format!("__{name}_call"),
            format!("__{name}_finish"),
        ];
        Self::new(function, &shown, stem, &constants, associated)
    }

    /// Makes types of `stem` and constants of `constants`; the associated functions are in the
    /// order of their fields.
    fn new(
        function: &Ident,
        shown: &str,
        stem: String,
        constants: &str,
        associated: [String; 4],
    ) -> Self {
        let span = function.span();
        let constants = constants.to_uppercase();
        let [blocking, start, call, finish] = associated.map(|name| Ident::new(&name, span));
        Self {
            function: function.clone(),
            shown: shown.to_owned(),
            companion: format_ident!("__{stem}Task", span = span),
            builder: format_ident!("{stem}Builder", span = span),
            broken: format_ident!("__{stem}Broken", span = span),
            check: format_ident!("__{constants}_CHECK"),
            copies: format_ident!("__{constants}_COPIES"),
            values: format_ident!("__{stem}Values"),
            output: format_ident!("__{stem}Output"),
            blocking,
            start,
            call,
            finish,
            stem,
        }
    }

    /// Renames the companion, so that the function's name is free among types.
    pub(crate) fn hide_companion(&mut self) {
        self.companion = format_ident!("__{}Task", self.stem, span = self.function.span());
    }

    /// Returns the name of the trait whose message says that this argument is missing.
    pub(crate) fn given(&self, argument: &Ident) -> Ident {
        let argument_stem = camel(&unraw(argument));
        format_ident!(
            "__{}{argument_stem}Given",
            self.stem,
            span = argument.span()
        )
    }
}

/// The identifiers in some tokens.
pub(crate) struct Words(HashSet<String>);

impl Words {
    /// Collects the identifiers, also those inside of groups.
    pub(crate) fn of(tokens: TokenStream) -> Self {
        let mut words = Self(HashSet::new());
        words.collect(tokens);
        words
    }

    /// Returns whether this identifier is among them.
    pub(crate) fn contains(&self, word: &str) -> bool {
        self.0.contains(word)
    }

    fn collect(&mut self, tokens: TokenStream) {
        for tree in tokens {
            match tree {
                TokenTree::Ident(ident) => {
                    self.0.insert(unraw(&ident));
                }
                TokenTree::Group(group) => self.collect(group.stream()),
                TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
        }
    }
}

/// Makes names of type parameters that the user's signature does not contain.
pub(crate) struct Fresh {
    taken: Words,
}

impl Fresh {
    /// Starts with the names of a signature.
    pub(crate) fn new(signature: TokenStream) -> Self {
        Self {
            taken: Words::of(signature),
        }
    }

    /// Returns `wish`, with underscores at its end if the name is taken.
    pub(crate) fn name(&mut self, wish: &str, span: Span) -> Ident {
        let mut name = wish.to_owned();
        while !self.taken.0.insert(name.clone()) {
            name.push('_');
        }
        Ident::new(&name, span)
    }
}
