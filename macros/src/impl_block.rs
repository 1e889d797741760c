//! Reads an impl block and leaves the bodies in it alone.

use crate::attrs::{last_segment, task_kind};
use crate::errors::Errors;
use crate::generics::Params;
use crate::home::ImplHome;
use crate::kind::Kind;
use crate::messages as say;
use crate::scan::{self, peel};
use crate::source::{self, SourceFn};
use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens as _, quote};
use syn::parse::{Parse, ParseStream, Parser as _};
use syn::{Attribute, GenericParam, Generics, Meta, Path, Token, Type, Visibility, WhereClause};

/// An impl block. The functions that are tasks are read, everything else in it is passed through.
pub(crate) struct ImplBlock {
    attrs: Vec<Attribute>,
    pub(crate) impl_token: Token![impl],
    generics: Generics,
    pub(crate) trait_path: Option<(Path, Token![for])>,
    owner: Type,
    where_clause: Option<WhereClause>,
    pub(crate) items: Vec<Item>,
}

/// What is in an impl block.
pub(crate) enum Item {
    /// A function that is to be a task: which attribute it has, the options of that, and the
    /// function without the attribute.
    Task(Kind, TokenStream, Box<SourceFn>),
    /// Any other item.
    Other(TokenStream),
}

impl ImplBlock {
    /// Reads the block; `None` if the tokens are no impl block, which is then in `errors`.
    pub(crate) fn read(tokens: &TokenStream, errors: &mut Errors) -> Option<Self> {
        match syn::parse2::<Self>(tokens.clone()) {
            Ok(block) => Some(block),
            Err(error) => {
                match item_keyword(tokens) {
                    Some((keyword, span)) if keyword != "impl" => {
                        errors.at_span(span, say::methods_not_an_impl(&keyword));
                    }
                    _ => errors.add(error),
                }
                None
            }
        }
    }

    /// Returns what the tasks in the block know of it; `None` if its type cannot have tasks.
    pub(crate) fn home(&self, errors: &mut Errors) -> Option<ImplHome> {
        let owner_name = self.owner_name(errors)?;
        let mut generics = self.generics.clone();
        generics.where_clause.clone_from(&self.where_clause);
        Some(ImplHome {
            owner: self.owner.clone(),
            owner_name,
            params: Params::read(&generics, errors),
        })
    }

    /// Returns the last word of the type's path, for the names of generated types.
    fn owner_name(&self, errors: &mut Errors) -> Option<Ident> {
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
        if let Type::Path(path) = peel(&self.owner) {
            if let Some(last) = path.path.segments.last() {
                return Some(last.ident.clone());
            }
        }
        errors.at(&self.owner, say::OWNER_WITHOUT_NAME);
        None
    }

    /// Returns the function with the conditions of the block, for items beside the block.
    pub(crate) fn under_its_conditions(&self, source: &SourceFn) -> SourceFn {
        let mut source = source.clone();
        let is_cfg = |attr: &&Attribute| last_segment(attr.path()) == "cfg";
        source
            .attrs
            .extend(self.attrs.iter().filter(is_cfg).cloned());
        source
    }

    /// Writes the block with other items in it.
    pub(crate) fn with_items(&self, items: &TokenStream) -> TokenStream {
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
            return Err(syn::Error::new(body.span(), say::NO_ITEMS));
        }
        Ok(Self {
            attrs,
            impl_token,
            generics,
            trait_path,
            owner,
            where_clause,
            items: items.parse2(body.stream())?,
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
    ahead.parse::<Visibility>()?;
    // The first attribute that makes a task counts; a second one stays and is refused.
    let ours = attrs
        .iter()
        .enumerate()
        .find_map(|(at, attr)| Some((at, task_kind(attr)?)));
    let Some((at, kind)) = ours.filter(|_| source::is_function(&ahead)) else {
        return Ok(Item::Other(other(input)?));
    };
    let mut source: SourceFn = input.parse()?;
    let options = match source.attrs.remove(at).meta {
        Meta::Path(_) => TokenStream::new(),
        Meta::List(list) => list.tokens,
        // Refused where options are read.
        Meta::NameValue(meta) => {
            let (equals, value) = (meta.eq_token, meta.value);
            quote!(#equals #value)
        }
    };
    Ok(Item::Task(kind, options, Box::new(source)))
}

/// Returns the tokens of an item that is passed through: up to a `;`, or to the braces of a
/// function or a macro.
fn other(input: ParseStream<'_>) -> syn::Result<TokenStream> {
    let mut tokens = TokenStream::new();
    for attr in input.call(Attribute::parse_outer)? {
        attr.to_tokens(&mut tokens);
    }
    let ahead = input.fork();
    ahead.parse::<Visibility>()?;
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

/// Returns the keyword that says which item the tokens are.
fn item_keyword(tokens: &TokenStream) -> Option<(String, Span)> {
    let read = |input: ParseStream<'_>| {
        input.call(Attribute::parse_outer)?;
        input.parse::<Visibility>()?;
        let is_function = source::is_function(input);
        let found = source::item_keyword(input)?;
        input.parse::<TokenStream>()?;
        Ok(if is_function {
            ("fn".to_owned(), found.1)
        } else {
            found
        })
    };
    read.parse2(tokens.clone()).ok()
}
