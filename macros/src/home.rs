//! Where a task's function stands: free, or in an impl block.

use crate::generics::Params;
use proc_macro2::Ident;
use syn::Type;

/// Where the function stands.
#[derive(Clone)]
pub(crate) enum Home {
    /// Not in an impl block.
    Free,
    /// In an impl block that `#[offloop::methods]` read.
    Impl(Box<ImplHome>),
    /// In an impl block that the attribute cannot see.
    Bare,
}

/// What a method has to know of its impl block.
#[derive(Clone)]
pub(crate) struct ImplHome {
    /// The type of the block.
    pub(crate) owner: Type,
    /// The last word of that type's path.
    pub(crate) owner_name: Ident,
    /// The type and const parameters of the block.
    pub(crate) params: Params,
}
