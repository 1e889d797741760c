//! `#[offloop::on_worker_start]`: registers a function that runs in each worker before its first
//! call.

use crate::attrs::last_segment;
use crate::errors::Errors;
use crate::messages as say;
use crate::paths::Paths;
use crate::source::{Source, SourceFn};
use proc_macro2::TokenStream;
use quote::quote;
use syn::parse::{ParseStream, Parser as _};
use syn::{Path, Token};

/// Expands the attribute.
pub(crate) fn attribute(options: TokenStream, item: &TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let krate = crate_option.parse2(options).unwrap_or_else(|error| {
        errors.add(error);
        None
    });
    let private = Paths::below(krate.as_ref()).private;
    let function = match syn::parse2::<Source>(item.clone()) {
        Ok(Source::Function(function)) => Some(function),
        Ok(Source::Other(_, span)) => {
            errors.at_span(span, say::START_NOT_A_FUNCTION);
            None
        }
        Err(error) => {
            errors.add(error);
            None
        }
    };
    if let Some(function) = &function {
        check(function, &mut errors);
    }
    let (Some(function), true) = (function, errors.is_empty()) else {
        let errors = errors.into_tokens();
        return quote!(#item #(#errors)*);
    };
    let name = &function.sig.ident;
    let cfg = function
        .attrs
        .iter()
        .filter(|attr| last_segment(attr.path()) == "cfg");
    quote! {
        #item

        #(#cfg)*
        #[cfg(target_os = "linux")]
        const _: () = {
            #[#private::linkme::distributed_slice(#private::START_HOOKS)]
            #[linkme(crate = #private::linkme)]
            static HOOK: #private::StartHook = #private::StartHook::new(
                ::core::concat!(::core::module_path!(), "::", ::core::stringify!(#name)),
                || #private::StartOutcome::outcome(#name()),
            );
        };
    }
}

/// Reads `crate = ::path`, or nothing.
fn crate_option(input: ParseStream<'_>) -> syn::Result<Option<Path>> {
    if input.is_empty() {
        return Ok(None);
    }
    if !input.peek(Token![crate]) {
        return Err(input.error(say::START_OPTION));
    }
    input.parse::<Token![crate]>()?;
    input.parse::<Token![=]>()?;
    let path = input.call(Path::parse_mod_style)?;
    input.parse::<Option<Token![,]>>()?;
    if input.is_empty() {
        Ok(Some(path))
    } else {
        Err(input.error(say::START_OPTION))
    }
}

fn check(function: &SourceFn, errors: &mut Errors) {
    let sig = &function.sig;
    if !sig.inputs.is_empty() {
        errors.at(&sig.inputs, say::START_ARGUMENTS);
    }
    if !sig.generics.params.is_empty() {
        errors.at(&sig.generics, say::START_GENERIC);
    }
    if let Some(keyword) = &sig.asyncness {
        errors.at(keyword, say::START_ASYNC);
    }
    if let syn::Safety::Unsafe(keyword) = &sig.safety {
        errors.at(keyword, say::START_UNSAFE);
    }
}
