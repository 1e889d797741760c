//! Reads a function without parsing its body.
//!
//! The body stays one opaque group of tokens: a half-typed body still expands, and the body is
//! written out exactly once.

use crate::messages as say;
use proc_macro2::{Group, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::ext::IdentExt as _;
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, Ident, Signature, Token, Visibility};

/// A function, free or in an impl block.
#[derive(Clone)]
pub(crate) struct SourceFn {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) vis: Visibility,
    pub(crate) sig: Signature,
    /// `None` for a declaration that ends with `;`.
    pub(crate) body: Option<Group>,
}

/// What the attribute was put on.
pub(crate) enum Source {
    Function(Box<SourceFn>),
    /// Another item: its keyword, and where the keyword is.
    Other(String, Span),
}

impl Parse for SourceFn {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let attrs = input.call(Attribute::parse_outer)?;
        let vis = input.parse()?;
        let sig = input.parse()?;
        let body = if input.peek(syn::token::Brace) {
            match input.parse()? {
                TokenTree::Group(group) => Some(group),
                other => return Err(syn::Error::new(other.span(), say::NO_BODY)),
            }
        } else {
            input.parse::<Token![;]>()?;
            None
        };
        Ok(Self {
            attrs,
            vis,
            sig,
            body,
        })
    }
}

impl Parse for Source {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let ahead = input.fork();
        ahead.call(Attribute::parse_outer)?;
        ahead.parse::<Visibility>()?;
        if is_function(&ahead) {
            return Ok(Self::Function(input.parse()?));
        }
        let (keyword, span) = item_keyword(&ahead)?;
        input.parse::<TokenStream>()?;
        Ok(Self::Other(keyword, span))
    }
}

/// Returns whether a function follows, after the visibility.
pub(crate) fn is_function(input: ParseStream<'_>) -> bool {
    let ahead = input.fork();
    loop {
        if ahead.peek(Token![fn]) {
            return true;
        }
        let is_modifier = ahead.peek(Token![const])
            || ahead.peek(Token![async])
            || ahead.peek(Token![unsafe])
            || ahead.peek(Token![extern])
            || ahead.peek(syn::LitStr)
            || ahead.peek(Token![default]);
        if !is_modifier || ahead.parse::<TokenTree>().is_err() {
            return false;
        }
    }
}

/// Returns the word that says which item this is: the first keyword that is no modifier.
pub(crate) fn item_keyword(input: ParseStream<'_>) -> syn::Result<(String, Span)> {
    let mut last = None;
    while input.peek(Ident::peek_any) {
        let word = input.call(Ident::parse_any)?;
        let text = word.to_string();
        let span = word.span();
        match text.as_str() {
            "unsafe" | "auto" | "default" => {}
            "const" | "extern" => last = Some((text, span)),
            _ => return Ok(last.unwrap_or((text, span))),
        }
    }
    last.ok_or_else(|| input.error(say::NO_FUNCTION))
}

impl ToTokens for SourceFn {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let Self {
            attrs,
            vis,
            sig,
            body,
        } = self;
        tokens.extend(quote!(#(#attrs)* #vis #sig));
        match body {
            Some(body) => body.to_tokens(tokens),
            None => Token![;](sig.ident.span()).to_tokens(tokens),
        }
    }
}
