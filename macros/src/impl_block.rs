//! `#[offloop::methods]`: reads an impl block without parsing the bodies in it, and
//! expands the functions that are marked.

use crate::attrs::last_segment;
use crate::driver;
use crate::errors::Errors;
use crate::expand::Parts;
use crate::generics::Params;
use crate::kind::Kind;
use crate::messages as say;
use crate::model::{Home, ImplHome};
use crate::scan::{self, peel};
use crate::source::{self, SourceFn};
use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens as _, quote};
use syn::parse::{Parse, ParseStream};
use syn::{Attribute, GenericParam, Generics, Meta, Path, Token, Type, WhereClause};

/// An impl block; the functions in it are read, everything else is passed through.
struct ImplBlock {
    attrs: Vec<Attribute>,
    impl_token: Token![impl],
    generics: Generics,
    trait_path: Option<(Path, Token![for])>,
    owner: Type,
    where_clause: Option<WhereClause>,
    items: Vec<Item>,
}

enum Item {
    Task(Kind, TokenStream, Box<SourceFn>),
    Other(TokenStream),
}

/// Expands the attribute.
pub(crate) fn attribute(options: &TokenStream, item: &TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    if !options.is_empty() {
        errors.at(options, say::METHODS_OPTION);
    }
    let block = match syn::parse2::<ImplBlock>(item.clone()) {
        Ok(block) => block,
        Err(error) => {
            match what(item) {
                Some((keyword, span)) if keyword != "impl" => {
                    errors.at_span(span, say::methods_not_an_impl(&keyword));
                }
                _ => errors.add(error),
            }
            let errors = errors.into_tokens();
            return quote!(#item #(#errors)*);
        }
    };
    block.expand(errors)
}

impl ImplBlock {
    fn expand(self, mut errors: Errors) -> TokenStream {
        if let Some((path, _)) = &self.trait_path {
            errors.at(path, say::METHODS_ON_TRAIT_IMPL);
        } else if !self.items.iter().any(|item| matches!(item, Item::Task(..))) {
            errors.at(self.impl_token, say::METHODS_WITHOUT_TASK);
        }
        if !errors.is_empty() {
            return self.as_written(errors);
        }
        let Some(owner_name) = self.check_owner(&mut errors) else {
            return self.as_written(errors);
        };
        let mut generics = self.generics.clone();
        generics.where_clause.clone_from(&self.where_clause);
        let params = Params::read(&generics, &mut errors);
        if !errors.is_empty() {
            return self.as_written(errors);
        }
        let home = Home::Impl(Box::new(ImplHome {
            owner: self.owner.clone(),
            owner_name,
            params,
        }));
        let cfg: Vec<Attribute> = self
            .attrs
            .iter()
            .filter(|attr| last_segment(attr.path()) == "cfg")
            .cloned()
            .collect();
        let mut parts = Parts::default();
        for item in &self.items {
            match item {
                Item::Other(tokens) => parts.inside.extend(tokens.clone()),
                Item::Task(kind, options, source) => {
                    let mut source = (**source).clone();
                    source.attrs.extend_from_slice(&cfg);
                    parts.extend(driver::function(*kind, options.clone(), source, &home));
                }
            }
        }
        let block = self.around(&parts.inside);
        let outside = &parts.outside;
        quote!(#block #outside)
    }

    /// The last word of the owner's path, for the names of generated types; or what is
    /// wrong with the owner.
    fn check_owner(&self, errors: &mut Errors) -> Option<Ident> {
        for param in &self.generics.params {
            if let GenericParam::Lifetime(param) = param {
                errors.at(&param.lifetime, say::IMPL_LIFETIME);
                return None;
            }
        }
        if let Some(borrowed) = scan::scan(&self.owner).borrowed {
            errors.at(borrowed, say::IMPL_LIFETIME);
            return None;
        }
        match peel(&self.owner) {
            Type::Path(path) => path.path.segments.last().map(|last| last.ident.clone()),
            _ => None,
        }
        .or_else(|| {
            errors.at(&self.owner, say::OWNER_WITHOUT_NAME);
            None
        })
    }

    /// The block without our attributes, so that the rest of it goes on being checked.
    fn as_written(&self, errors: Errors) -> TokenStream {
        let mut items = TokenStream::new();
        for item in &self.items {
            match item {
                Item::Other(tokens) => items.extend(tokens.clone()),
                Item::Task(_, _, source) => items.extend(crate::expand::as_written(source)),
            }
        }
        let block = self.around(&items);
        let errors = errors.into_tokens();
        quote!(#block #(#errors)*)
    }

    fn around(&self, items: &TokenStream) -> TokenStream {
        let Self {
            attrs,
            impl_token,
            generics,
            trait_path,
            owner,
            where_clause,
            ..
        } = self;
        let of_trait = trait_path
            .as_ref()
            .map(|(path, for_token)| quote!(#path #for_token));
        quote! {
            #(#attrs)*
            #impl_token #generics #of_trait #owner #where_clause { #items }
        }
    }
}

impl Parse for ImplBlock {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let attrs = input.call(Attribute::parse_outer)?;
        let impl_token = input.parse()?;
        let generics = if input.peek(Token![<]) && !starts_qualified(input) {
            input.parse()?
        } else {
            Generics::default()
        };
        let first: Type = input.parse()?;
        let (trait_path, owner) = if input.peek(Token![for]) {
            let for_token = input.parse()?;
            let path = syn::parse2(first.to_token_stream())?;
            (Some((path, for_token)), input.parse()?)
        } else {
            (None, first)
        };
        let where_clause = input.parse()?;
        let body: Group = input.parse()?;
        if body.delimiter() != Delimiter::Brace {
            return Err(syn::Error::new(
                body.span(),
                "expected the items of an impl block",
            ));
        }
        let items = syn::parse::Parser::parse2(items, body.stream())?;
        Ok(Self {
            attrs,
            impl_token,
            generics,
            trait_path,
            owner,
            where_clause,
            items,
        })
    }
}

/// `impl <T as Trait>::Type { .. }` has no generics.
fn starts_qualified(input: ParseStream<'_>) -> bool {
    let ahead = input.fork();
    ahead.parse::<Generics>().is_err()
}

fn items(input: ParseStream<'_>) -> syn::Result<Vec<Item>> {
    let mut items = Vec::new();
    while !input.is_empty() {
        items.push(item(input)?);
    }
    Ok(items)
}

fn item(input: ParseStream<'_>) -> syn::Result<Item> {
    let ahead = input.fork();
    let attrs = ahead.call(Attribute::parse_outer)?;
    let is_task = attrs.iter().any(driver::is_ours);
    ahead.parse::<syn::Visibility>()?;
    if !source::is_function(&ahead) || !is_task {
        return Ok(Item::Other(other(input)?));
    }
    let mut source: SourceFn = input.parse()?;
    let mut found = None;
    // The first of our attributes is the task's; a second one stays and is refused.
    source.attrs.retain(|attr| {
        if found.is_some() || !driver::is_ours(attr) {
            return true;
        }
        let kind = if last_segment(attr.path()) == Kind::CpuBound.name() {
            Kind::CpuBound
        } else {
            Kind::BlockingIo
        };
        let options = match &attr.meta {
            Meta::List(list) => list.tokens.clone(),
            Meta::Path(_) | Meta::NameValue(_) => TokenStream::new(),
        };
        found = Some((kind, options));
        false
    });
    let (kind, options) = found.unwrap_or((Kind::BlockingIo, TokenStream::new()));
    Ok(Item::Task(kind, options, Box::new(source)))
}

/// The tokens of an item that is passed through: up to a `;`, or to the braces of a
/// function or a macro.
fn other(input: ParseStream<'_>) -> syn::Result<TokenStream> {
    let mut tokens = TokenStream::new();
    for attr in input.call(Attribute::parse_outer)? {
        attr.to_tokens(&mut tokens);
    }
    let ahead = input.fork();
    ahead.parse::<syn::Visibility>()?;
    let ends_with_semicolon = !source::is_function(&ahead)
        && (ahead.peek(Token![const]) || ahead.peek(Token![type]) || ahead.peek(Token![default]));
    while !input.is_empty() {
        let tree: TokenTree = input.parse()?;
        let ends = match &tree {
            TokenTree::Punct(punct) => punct.as_char() == ';',
            TokenTree::Group(group) => {
                group.delimiter() == Delimiter::Brace && !ends_with_semicolon
            }
            TokenTree::Ident(_) | TokenTree::Literal(_) => false,
        };
        tokens.extend([tree]);
        if ends {
            break;
        }
    }
    Ok(tokens)
}

/// Which item this is.
fn what(item: &TokenStream) -> Option<(String, Span)> {
    let read = |input: ParseStream<'_>| {
        input.call(Attribute::parse_outer)?;
        input.parse::<syn::Visibility>()?;
        let is_function = source::is_function(input);
        let found = source::item_keyword(input)?;
        input.parse::<TokenStream>()?;
        Ok(if is_function {
            ("fn".to_owned(), found.1)
        } else {
            found
        })
    };
    syn::parse::Parser::parse2(read, item.clone()).ok()
}
