//! What a task returns.

use crate::scan::{self, peel};
use proc_macro2::Span;
use syn::{ReturnType, Type};

/// The result of a task.
#[derive(Clone)]
pub(crate) struct Output {
    /// The type as the user wrote it; `()` if there is none.
    pub(crate) ty: Type,
    /// Whether the last word of the type is `Result`: such a result has an error of its own.
    pub(crate) fallible: bool,
}

impl Output {
    /// Reads the result of a function.
    pub(crate) fn read(source: &ReturnType) -> Self {
        let ty = match source {
            ReturnType::Default => syn::parse_quote!(()),
            ReturnType::Type(_, ty) => (**ty).clone(),
        };
        let fallible = matches!(
            peel(&ty),
            Type::Path(path) if crate::attrs::last_segment(&path.path) == "Result"
        );
        Self { ty, fallible }
    }

    /// Returns the span of the user's type.
    pub(crate) fn span(&self) -> Span {
        scan::span(&self.ty)
    }
}
