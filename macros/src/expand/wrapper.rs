//! The function that is awaited, and the call with owned arguments behind it.

use super::local;
use crate::argument::Argument;
use crate::attrs::{doc_line, end_of_introduction};
use crate::kind::Kind;
use crate::known_types;
use crate::model::{self, Home, Task};
use crate::options::BuilderOption;
use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{Attribute, parse_quote};

/// `fn fetch(url: &str) -> Call<..>`: what the user's function becomes.
pub(super) fn wrapper(task: &Task) -> TokenStream {
    let attrs = wrapper_attrs(task);
    let vis = &task.vis;
    let sig = &task.source.sig;
    let fn_token = &sig.fn_token;
    let name = &task.names.function;
    let generics = declared_generics(task);
    let predicates = generics
        .where_clause
        .iter()
        .flat_map(|clause| &clause.predicates);
    let predicates: Vec<TokenStream> = predicates
        .map(ToTokens::to_token_stream)
        .chain(task.bounds())
        .collect();
    let where_clause = super::where_all(&predicates);
    let receiver = task.receiver.iter().map(|receiver| {
        let declared = receiver.declare();
        quote!(#declared,)
    });
    let arguments = task.arguments.iter().map(|argument| {
        let ty = model::declared(&argument.ty);
        let local = &argument.local;
        quote!(#local: #ty)
    });
    let call_type = task.call_type();
    let owner = match task.home {
        Home::Free => {
            let companion = &task.names.companion;
            quote!(#companion)
        }
        Home::Impl(_) | Home::Bare => quote!(Self),
    };
    let call = &task.names.call;
    let turbofish = task.inner.turbofish_inferred();
    let values = owned_arguments(task);
    quote! {
        #(#attrs)*
        #vis #fn_token #name #generics(#(#receiver)* #(#arguments),*) -> #call_type
        #where_clause
        {
            #owner::#call #turbofish(#(#values),*)
        }
    }
}

/// The user's parameters, which now have to cross to a thread.
fn declared_generics(task: &Task) -> syn::Generics {
    let mut generics = task.source.sig.generics.clone();
    crate::generics::bound_types(&mut generics);
    generics
}

/// From what the caller gave to what is stored.
fn owned_arguments(task: &Task) -> Vec<TokenStream> {
    let receiver = task
        .receiver
        .iter()
        .map(|receiver| receiver.own(&task.krate));
    let arguments = task.arguments.iter().map(|argument| {
        let local = &argument.local;
        argument.to_owned(quote!(#local))
    });
    receiver.chain(arguments).collect()
}

fn wrapper_attrs(task: &Task) -> Vec<Attribute> {
    let attrs = &task.attrs;
    let span = task.names.function.span();
    let mut all = attrs.cfg.clone();
    let (introduction, sections) = attrs.docs.split_at(end_of_introduction(&attrs.docs));
    all.extend_from_slice(introduction);
    if !attrs.docs.is_empty() {
        all.extend(ways_to_call(task).map(|line| doc_line(&line, span)));
    }
    if !sections.is_empty() {
        all.push(doc_line("", span));
        all.extend_from_slice(sections);
    }
    all.extend_from_slice(&attrs.hidden);
    all.extend_from_slice(&attrs.lints);
    all.extend(attrs.must_use_with_reason().cloned());
    all.extend_from_slice(&attrs.deprecated);
    all.extend(super::signature_lints(task));
    if task.has_builder() {
        // Calls may all be by name.
        all.push(parse_quote!(#[allow(dead_code)]));
    }
    all
}

/// A paragraph for the reader of the rendered page, who sees only this function.
fn ways_to_call(task: &Task) -> impl Iterator<Item = String> {
    let runs = match (task.kind, task.options.threads) {
        (Kind::BlockingIo, _) => "on a thread pool",
        (Kind::CpuBound, true) => "on a thread pool with a thread for each core",
        (Kind::CpuBound, false) => "in a pool of worker processes",
    };
    let names = &task.names;
    let has_own_type = matches!(task.options.builder, BuilderOption::Named(_));
    let entry = if has_own_type && matches!(task.home, Home::Free) {
        Some(names.builder.to_string())
    } else if task.has_builder() && matches!(task.home, Home::Free) {
        Some(names.companion.to_string())
    } else {
        None
    };
    let (start, blocking) = (&names.start, &names.blocking);
    let ways = match entry {
        Some(entry) => format!(
            " `{entry}::builder()` takes the arguments by name, `{entry}::blocking()` runs in place."
        ),
        None if task.has_builder() => {
            format!(" `{start}()` takes the arguments by name, `{blocking}()` runs in place.")
        }
        None if matches!(task.home, Home::Free) => String::new(),
        None => format!(" `{blocking}()` runs in place."),
    };
    let text = format!(" Runs {runs} when awaited.{ways}");
    [String::new(), text].into_iter()
}

/// The call with owned arguments: every way to make a call ends here.
pub(super) fn call(task: &Task) -> TokenStream {
    let cfg = &task.attrs.cfg;
    let lints = &task.attrs.lints;
    let name = &task.names.call;
    let generics = task.inner.declare(&[]);
    let where_clause = task.inner.where_clause(&task.bounds());
    let parameters = owned_parameters(task);
    let call_type = task.call_type();
    let checks = if task.is_concrete() {
        TokenStream::new()
    } else {
        super::companion::assertions(task, &task.arguments, Clone::clone)
    };
    let dispatch = if task.in_processes() {
        super::process::dispatch(task)
    } else {
        dispatch_to_threads(task)
    };
    let call = local("call");
    let options = call_options(task);
    let deprecated = super::uses_deprecated(task);
    let signature_lints = super::signature_lints(task);
    quote! {
        #(#cfg)*
        #(#lints)*
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

/// The names and types of what is stored.
fn owned_parameters(task: &Task) -> Vec<TokenStream> {
    let this = local("this");
    let receiver = task.receiver.iter().map(|receiver| {
        let stored = &receiver.stored;
        quote!(#this: #stored)
    });
    let arguments = task.arguments.iter().map(|argument| {
        let (local, stored) = (&argument.local, task.stored(argument));
        quote!(#local: #stored)
    });
    receiver.chain(arguments).collect()
}

/// What the function is called with: `lend` gives it, from the name of what is there.
pub(super) fn lent_arguments(
    task: &Task,
    arguments: &[Argument],
    lend: fn(&Argument, &Ident) -> TokenStream,
) -> Vec<TokenStream> {
    let this = local("this");
    let receiver = task.receiver.iter().map(|receiver| receiver.lend(&this));
    let arguments = arguments
        .iter()
        .map(|argument| lend(argument, &argument.local));
    receiver.chain(arguments).collect()
}

fn dispatch_to_threads(task: &Task) -> TokenStream {
    let call = local("call");
    let krate = &task.krate;
    let blocking = &task.names.blocking;
    let turbofish = task.inner.turbofish_named();
    let lent = lent_arguments(task, &task.arguments, Argument::lend);
    let output_type = &task.output.ty;
    let function = match (task.flat(), task.is_concrete()) {
        (true, true) => quote_spanned!(task.output.span()=> thread_call_flat),
        // Here the compiler sees it for the first time if the result cannot hold errors of the
        // pool, and reports it at the type.
        (true, false) => quote!(thread_call_flat::<_, #output_type>),
        (false, _) => quote!(thread_call),
    };
    let default = match task.kind {
        Kind::BlockingIo => quote!(global),
        Kind::CpuBound => quote!(cpu),
    };
    let pool = pool(task, &quote!(#krate::ThreadPool::#default()));
    let name = task.name_const();
    let stored = stored_names(task);
    let mut list = quote!((#(#stored,)*));
    let mut list_type = None;
    let mut checked = None;
    if task.is_concrete() && !known_types::are_arguments_plain(task) {
        // Of a type that is known to be wrong if one of them cannot cross, so that it is not
        // reported again.
        let (values, local) = (&task.names.values, local("list"));
        checked = Some(quote!(let #local: #values = #list;));
        list_type = Some(quote!(: #values));
        list = quote!(#local);
    }
    let output = task.checked_output();
    let is_checked = task.is_concrete() && !known_types::is_plain(&task.output.ty);
    let returns = is_checked.then(|| quote!(-> #output));
    let run = quote!(Self::#blocking #turbofish(#(#lent),*));
    let run = if returns.is_some() {
        quote!({ #run })
    } else {
        run
    };
    // A closure that captures nothing: boxing one for each task would be more to compile.
    quote! {
        #checked
        let #call = #krate::__private::#function(
            #name,
            #pool,
            #list,
            |(#(#stored,)*) #list_type| #returns #run,
        );
    }
}

/// The locals that hold what is stored.
pub(super) fn stored_names(task: &Task) -> Vec<Ident> {
    let receiver = task.receiver.iter().map(|_| local("this"));
    let arguments = task.arguments.iter().map(|argument| argument.local.clone());
    receiver.chain(arguments).collect()
}

/// A reference to the pool; at the place of the user's path, so that a pool of the wrong
/// kind is reported there.
pub(super) fn pool(task: &Task, default: &TokenStream) -> TokenStream {
    match &task.options.pool {
        Some(path) => quote_spanned!(path.span()=> &#path),
        None => default.clone(),
    }
}

/// The `TaskInfo` of a task: an expression for a constant.
pub(super) fn info(task: &Task) -> TokenStream {
    let krate = &task.krate;
    let name = task.name_expr();
    let span = task.names.function.span();
    let place = quote_spanned! {span=>
        ::core::file!(), ::core::line!(), ::core::column!()
    };
    let sig = &task.source.sig;
    let signature = crate::hash::of(&quote!(#sig));
    quote!(&#krate::__private::TaskInfo::new(#name, #place, #signature))
}

/// The options of the attribute that are options of a call.
fn call_options(task: &Task) -> Vec<TokenStream> {
    let krate = &task.krate;
    let call = local("call");
    let timeout = task
        .options
        .timeout
        .iter()
        .map(|timeout| quote!(#krate::Call::timeout(#call, #timeout)));
    let retry = task
        .options
        .retry
        .iter()
        .map(|retry| quote!(#krate::Call::retry(#call, #retry)));
    timeout.chain(retry).collect()
}
