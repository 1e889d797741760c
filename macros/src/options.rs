//! The options of an attribute: `#[cpu_bound(pool = IMAGES, timeout = LIMIT)]`.

use crate::errors::Errors;
use crate::kind::Kind;
use crate::messages as say;
use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::ext::IdentExt as _;
use syn::parse::{Parse as _, ParseStream, Parser as _};
use syn::{Expr, Ident, LitStr, Path, Token};

/// What the user wrote in the attribute's parentheses.
#[derive(Clone, Default)]
pub(crate) struct Options {
    /// `pool = PATH`: the pool to run in, in place of the default one.
    pub(crate) pool: Option<Path>,
    /// `threads`: threads in place of worker processes.
    pub(crate) threads: bool,
    /// `timeout = EXPR`: limit of each call.
    pub(crate) timeout: Option<Expr>,
    /// `retry = EXPR`: how often to repeat after the worker died.
    pub(crate) retry: Option<Expr>,
    /// `name = ".."`: the name of the task.
    pub(crate) name: Option<LitStr>,
    /// `nested`: await to a result of a result.
    pub(crate) nested: bool,
    /// `builder = false | Name`: no named arguments, or another type for them.
    pub(crate) builder: BuilderOption,
    /// `crate = ::path`: where to find `offloop`.
    pub(crate) krate: Option<Path>,
}

#[derive(Clone, Default)]
pub(crate) enum BuilderOption {
    #[default]
    Default,
    Off,
    Named(Ident),
}

impl Options {
    /// Reads all options, also those after a mistake.
    pub(crate) fn parse(kind: Kind, tokens: TokenStream, errors: &mut Errors) -> Self {
        let mut options = Self::default();
        let read = |input: ParseStream<'_>| {
            let mut seen = Vec::new();
            while !input.is_empty() {
                if let Err(error) = options.parse_one(kind, input, &mut seen, errors) {
                    errors.add(error);
                }
                skip_to_comma(input);
            }
            Ok(())
        };
        if let Err(error) = read.parse2(tokens) {
            errors.add(error);
        }
        options
    }

    fn parse_one(
        &mut self,
        kind: Kind,
        input: ParseStream<'_>,
        seen: &mut Vec<String>,
        errors: &mut Errors,
    ) -> syn::Result<()> {
        if !input.peek(Ident::peek_any) {
            return Err(input.error(say::expected_option(kind)));
        }
        let key = input.call(Ident::parse_any)?;
        let name = key.to_string();
        if !kind.options().contains(&name.as_str()) {
            let message = if name == "threads" {
                say::threads_on_blocking_io()
            } else {
                say::unknown_option(kind, &name)
            };
            return Err(syn::Error::new(key.span(), message));
        }
        if seen.contains(&name) {
            return Err(syn::Error::new(key.span(), say::option_twice(&name)));
        }
        seen.push(name.clone());
        match name.as_str() {
            "threads" => self.threads = flag(&key, input)?,
            "nested" => self.nested = flag(&key, input)?,
            "pool" => {
                self.pool = Some(value(&key, input, |input| {
                    Path::parse_mod_style(input)
                        .map_err(|error| syn::Error::new(error.span(), say::POOL_VALUE))
                })?);
            }
            "timeout" => self.timeout = Some(value(&key, input, Expr::parse)?),
            "retry" => self.retry = Some(value(&key, input, Expr::parse)?),
            "name" => self.name = Some(value(&key, input, task_name)?),
            "builder" => self.builder = value(&key, input, builder)?,
            _ => {
                let path = value(&key, input, Path::parse_mod_style)?;
                if !is_absolute(&path) {
                    errors.at(&path, say::CRATE_RELATIVE);
                }
                self.krate = Some(path);
            }
        }
        if !input.is_empty() && !input.peek(Token![,]) {
            return Err(input.error(say::after_option(&name)));
        }
        Ok(())
    }
}

/// An option that is there or not.
fn flag(key: &Ident, input: ParseStream<'_>) -> syn::Result<bool> {
    if input.peek(Token![=]) || input.peek(syn::token::Paren) {
        return Err(syn::Error::new(key.span(), say::flag_with_value(key)));
    }
    Ok(true)
}

/// An option with a value.
fn value<T>(
    key: &Ident,
    input: ParseStream<'_>,
    parse: impl FnOnce(ParseStream<'_>) -> syn::Result<T>,
) -> syn::Result<T> {
    if !input.peek(Token![=]) {
        return Err(syn::Error::new(key.span(), say::option_without_value(key)));
    }
    input.parse::<Token![=]>()?;
    if input.is_empty() || input.peek(Token![,]) {
        return Err(syn::Error::new(key.span(), say::option_without_value(key)));
    }
    parse(input)
}

fn builder(input: ParseStream<'_>) -> syn::Result<BuilderOption> {
    if input.peek(syn::LitBool) {
        let switch: syn::LitBool = input.parse()?;
        return if switch.value {
            Err(syn::Error::new(switch.span, say::BUILDER_VALUE))
        } else {
            Ok(BuilderOption::Off)
        };
    }
    let name: Ident = input
        .parse()
        .map_err(|error| syn::Error::new(error.span(), say::BUILDER_VALUE))?;
    Ok(BuilderOption::Named(name))
}

fn task_name(input: ParseStream<'_>) -> syn::Result<LitStr> {
    let name: LitStr = input
        .parse()
        .map_err(|error| syn::Error::new(error.span(), say::NAME_VALUE))?;
    if name.value().is_empty() {
        return Err(syn::Error::new(name.span(), say::NAME_VALUE));
    }
    Ok(name)
}

/// `::offloop`, `crate::offloop` and `$crate::offloop`; a relative path would mean
/// something else in each module.
fn is_absolute(path: &Path) -> bool {
    path.leading_colon.is_some()
        || path
            .segments
            .first()
            .is_some_and(|first| first.ident == "crate" || first.ident == "$crate")
}

/// After a mistake, go on with the next option.
fn skip_to_comma(input: ParseStream<'_>) {
    while !input.is_empty() {
        if input.parse::<Token![,]>().is_ok() {
            return;
        }
        if input.parse::<proc_macro2::TokenTree>().is_err() {
            return;
        }
    }
}

impl Options {
    /// Where the generated code finds this library.
    pub(crate) fn crate_path(&self) -> TokenStream {
        self.krate
            .as_ref()
            .map_or_else(|| quote!(::offloop), ToTokens::to_token_stream)
    }
}
