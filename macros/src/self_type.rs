//! `Self`, and the type of the impl block that stands for it outside of the block.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::visit_mut::{self, VisitMut};
use syn::{Expr, Path, PathSegment, Signature, Type, parse_quote};

/// Returns where a signature first says `Self`.
pub(crate) fn find(sig: &Signature) -> Option<Span> {
    find_in(sig.to_token_stream())
}

fn find_in(tokens: TokenStream) -> Option<Span> {
    tokens.into_iter().find_map(|tree| match tree {
        TokenTree::Ident(ident) if ident == "Self" => Some(ident.span()),
        TokenTree::Group(group) => find_in(group.stream()),
        _ => None,
    })
}

/// Writes the type of the impl block for `Self`, for items outside of the block.
pub(crate) fn replace(mut ty: Type, owner: &Type) -> Type {
    Replace { owner }.visit_type_mut(&mut ty);
    ty
}

/// The visitor behind [`replace`].
pub(crate) struct Replace<'a> {
    pub(crate) owner: &'a Type,
}

impl VisitMut for Replace<'_> {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        if let Type::Path(path) = ty {
            if path.qself.is_none() && starts_with_self(&path.path) {
                let owner = self.owner;
                let rest = after_self(&path.path);
                *ty = if rest.is_empty() {
                    owner.clone()
                } else {
                    parse_quote!(<#owner>::#(#rest)::*)
                };
                return;
            }
        }
        visit_mut::visit_type_mut(self, ty);
    }

    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        if let Expr::Path(path) = expr {
            let rest = after_self(&path.path);
            if path.qself.is_none() && starts_with_self(&path.path) && !rest.is_empty() {
                let owner = self.owner;
                *expr = parse_quote!(<#owner>::#(#rest)::*);
                return;
            }
        }
        visit_mut::visit_expr_mut(self, expr);
    }
}

fn starts_with_self(path: &Path) -> bool {
    path.leading_colon.is_none()
        && path
            .segments
            .first()
            .is_some_and(|first| first.ident == "Self")
}

fn after_self(path: &Path) -> Vec<PathSegment> {
    path.segments.iter().skip(1).cloned().collect()
}
