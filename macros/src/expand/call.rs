//! The call with owned arguments: every way to make a call ends here.

use super::{checks, lints, process, stored};
use crate::argument::Argument;
use crate::kind::Form;
use crate::known_types;
use crate::model::Task;
use crate::names::local;
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned as _;

/// `fn __call(url: String, ..) -> Call<..>`
pub(super) fn call(task: &Task) -> TokenStream {
    let cfg = &task.attrs.cfg;
    let user_lints = &task.attrs.lints;
    let name = &task.names.call;
    let generics = task.inner.declare(&[]);
    let where_clause = task.inner.where_clause(&task.bounds());
    let parameters = stored::parameters(task);
    let call_type = task.call_type();
    let checks = if task.is_concrete() {
        TokenStream::new()
    } else {
        checks::assertions(task, &task.arguments, Clone::clone)
    };
    let pool = pool(task);
    let dispatch = if task.in_processes() {
        process::dispatch(task, &pool)
    } else {
        dispatch_to_threads(task, &pool)
    };
    let call = local("call");
    let options = options(task, &call);
    let deprecated = lints::of_deprecated(task);
    let signature_lints = lints::of_signature(task);
    quote! {
        #(#cfg)*
        #(#user_lints)*
        #deprecated
        #signature_lints
        fn #name #generics(#(#parameters),*) -> #call_type #where_clause {
            #checks
            #dispatch
            #(let #call = #options;)*
            #call
        }
    }
}

/// Returns a reference to the pool; at the place of the user's path, so that the compiler reports
/// a pool of the wrong kind there.
fn pool(task: &Task) -> TokenStream {
    let private = &task.paths.private;
    match (&task.options.pool, task.form) {
        (Some(path), _) => quote_spanned!(path.span()=> &#path),
        (None, Form::BlockingIo) => quote!(#private::ThreadPool::global()),
        (None, Form::CpuBoundThreads) => quote!(#private::ThreadPool::cpu()),
        (None, Form::CpuBound) => quote!(#private::ProcessPool::global()),
    }
}

fn dispatch_to_threads(task: &Task, pool: &TokenStream) -> TokenStream {
    let private = &task.paths.private;
    let blocking = &task.names.blocking;
    let turbofish = task.inner.turbofish_named();
    let lent = stored::lent(task, &task.arguments, Argument::lend);
    let output_type = &task.output.ty;
    let function = match (task.flat(), task.is_concrete()) {
        (true, true) => quote_spanned!(task.output.span()=> thread_call_flat),
        // Here the compiler first sees that the result cannot hold errors of the pool, and reports
        // it at the type.
        (true, false) => quote!(thread_call_flat::<_, #output_type>),
        (false, _) => quote!(thread_call),
    };
    let name = task.name_const();
    let stored = stored::names(task);
    let mut list = quote!((#(#stored,)*));
    let mut list_type = None;
    let mut checked = None;
    if task.is_concrete() && !task.are_arguments_plain() {
        // Of a type that is known to be wrong if one of them cannot cross, so that this is not
        // reported again.
        let (values, local) = (&task.names.values, local("list"));
        checked = Some(quote!(let #local: #values = #list;));
        list_type = Some(quote!(: #values));
        list = quote!(#local);
    }
    let output = task.checked_output();
    let is_checked = task.is_concrete() && !known_types::is_plain(&task.output.ty);
    let mut run = quote!(Self::#blocking #turbofish(#(#lent),*));
    if is_checked {
        run = quote!(-> #output { #run });
    }
    let call = local("call");
    // A closure that captures nothing: boxing one for each task would be more to compile.
    quote! {
        #checked
        let #call = #private::#function(
            #name,
            #pool,
            #list,
            |(#(#stored,)*) #list_type| #run,
        );
    }
}

/// Returns the options of the attribute that are options of the call.
fn options(task: &Task, call: &Ident) -> Vec<TokenStream> {
    let private = &task.paths.private;
    let options = [
        ("timeout", &task.options.timeout),
        ("retry", &task.options.retry),
    ];
    let given = options
        .into_iter()
        .filter_map(|(method, value)| Some((format_ident!("{method}"), value.as_ref()?)));
    given
        .map(|(method, value)| quote!(#private::Call::#method(#call, #value)))
        .collect()
}
