//! The companion type of a task: what the rest of the program knows it by.

use crate::model::Task;
use proc_macro2::TokenStream;
use quote::quote;
use syn::Visibility;

/// `struct fetch`: the function's name as a type, with the functions of the task. It is hidden in
/// docs, because the page of the function has all that there is to tell.
///
/// It is no module: a module would not see types that are local to a function body, and would make
/// a doc link to the function ambiguous.
pub(super) fn companion(task: &Task, items: &TokenStream) -> TokenStream {
    let declaration = declaration(task, &task.vis);
    let cfg = &task.attrs.cfg;
    let name = &task.names.companion;
    let identity = identity(task, &quote!(#name));
    quote! {
        #declaration
        #(#cfg)*
        impl #name {
            #items
        }
        #identity
    }
}

/// The companion of a method, which needs one only if workers have to find it.
pub(super) fn of_method(task: &Task) -> TokenStream {
    if !task.in_processes() {
        return TokenStream::new();
    }
    let declaration = declaration(task, &Visibility::Inherited);
    let name = &task.names.companion;
    let identity = identity(task, &quote!(#name));
    quote!(#declaration #identity)
}

fn declaration(task: &Task, vis: &Visibility) -> TokenStream {
    let cfg = &task.attrs.cfg;
    let lints = &task.attrs.lints;
    let name = &task.names.companion;
    // As in the builder: a private type of the user's must not be more private than this one.
    let (parameter, field) = if task.is_concrete() {
        let own_types = own_types(task);
        (
            quote!(<Types = #own_types>),
            quote!(__types: ::core::marker::PhantomData<Types>,),
        )
    } else {
        (TokenStream::new(), TokenStream::new())
    };
    quote! {
        #(#cfg)*
        #[doc(hidden)]
        #(#lints)*
        #[allow(
            dead_code,
            non_camel_case_types,
            missing_debug_implementations,
            private_interfaces,
            clippy::type_complexity
        )]
        #vis struct #name #parameter {
            __never: ::core::convert::Infallible,
            #field
        }
    }
}

/// `impl Task` for a type, where the task has exactly one list of types.
pub(super) fn identity(task: &Task, name: &TokenStream) -> TokenStream {
    if !task.is_concrete() {
        return TokenStream::new();
    }
    let cfg = &task.attrs.cfg;
    let private = &task.paths.private;
    let task_name = task.name_expr();
    let args = &task.names.values;
    let output = &task.names.output;
    quote! {
        #(#cfg)*
        impl #private::Task for #name {
            const NAME: &'static str = #task_name;
            type Args = #args;
            type Output = #output;
        }
    }
}

/// Returns all types that the task has of the user's, in one.
pub(super) fn own_types(task: &Task) -> TokenStream {
    // As they are written: the compiler does not look through an associated type here.
    let receiver = task
        .receiver
        .iter()
        .map(|receiver| task.outside(&receiver.stored));
    let arguments = task.outside_arguments();
    let targets = arguments
        .iter()
        .map(|argument| argument.passing.target().clone());
    let output = task.outside(&task.output.ty);
    let types = receiver.chain(targets).chain([output]);
    quote!((#(::core::marker::PhantomData<#types>,)*))
}
