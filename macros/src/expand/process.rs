//! What a worker process needs: how to find the task, and how to write and read its arguments and
//! its result.

use super::{lints, stored};
use crate::argument::Argument;
use crate::model::Task;
use crate::names::{self, local};
use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};

/// Writes the statement that makes the call.
pub(super) fn dispatch(task: &Task, pool: &TokenStream) -> TokenStream {
    let private = &task.paths.private;
    let companion = &task.names.companion;
    let function = if task.flat() {
        let span = task.output.span();
        quote_spanned!(span=> process_call_flat)
    } else {
        quote!(process_call)
    };
    let list = list(task, &listed(task));
    let call = local("call");
    quote! {
        let #call = #private::#function::<#companion>(#pool, #list);
    }
}

/// Writes the `ProcessTask` of the companion, and its entry in the registry.
pub(super) fn items(task: &Task) -> TokenStream {
    let cfg = &task.attrs.cfg;
    let private = &task.paths.private;
    let companion = &task.names.companion;
    let info = info(task);
    let args = local("args");
    let stored = stored::names(task);
    let list_pattern = list(task, &stored);
    let list_type = list_type(task);
    let argument_names = argument_names(task);
    let blocking = &task.names.blocking;
    let owner = task.owner();
    let arguments = task.outside_arguments();
    let lent = stored::lent(task, &arguments, Argument::lend_listed);
    let codec = if task.output.fallible {
        quote!(fallible)
    } else {
        quote!(plain)
    };
    let deprecated = lints::of_deprecated(task);
    let name = &task.names.function;
    let no_processes = quote_spanned!(name.span()=> no_processes);
    // A statement destructures the list: with a pattern as the parameter, the compiler would report
    // more errors if one of the user's types is wrong.
    quote! {
        #(#cfg)*
        #[cfg(not(target_os = "linux"))]
        #private::#no_processes! {}

        #(#cfg)*
        impl #private::ProcessTask for #companion {
            type List = #list_type;
            const INFO: &'static #private::TaskInfo = #info;

            const NAMES: &'static [&'static str] = &[#(#argument_names),*];
            const RESULT: #private::ResultCodec<Self::Output> =
                #private::ResultCodec::<Self::Output>::#codec();

            #deprecated
            fn run(#args: #private::LentList<'_, Self>) -> Self::Output {
                let #list_pattern = #args;
                #owner::#blocking(#(#lent),*)
            }
        }

        #(#cfg)*
        const _: () = {
            #[#private::linkme::distributed_slice(#private::TASKS)]
            #[linkme(crate = #private::linkme)]
            static TASK: #private::Entry = #private::Entry::new::<#companion>();
        };
    }
}

/// Writes the `TaskInfo` of a task: an expression for a constant.
fn info(task: &Task) -> TokenStream {
    let private = &task.paths.private;
    let name = task.name_expr();
    let span = task.names.function.span();
    let place = quote_spanned! {span=>
        ::core::file!(), ::core::line!(), ::core::column!()
    };
    let sig = &task.source.sig;
    let signature = crate::hash::of(&quote!(#sig));
    quote!(&#private::TaskInfo::new(#name, #place, #signature))
}

/// The length of the longest tuple that the runtime takes as a list of arguments.
const LONGEST_TUPLE: usize = 8;

/// Writes the list of arguments as the runtime takes it: a tuple, or `More` of several tuples. The
/// elements are values or patterns.
fn list(task: &Task, of: &[impl ToTokens]) -> TokenStream {
    if of.len() <= LONGEST_TUPLE {
        return quote!((#(#of,)*));
    }
    let private = &task.paths.private;
    let (first, rest) = of.split_at(LONGEST_TUPLE);
    let rest = list(task, rest);
    quote!(#private::More((#(#first,)*), #rest))
}

/// Returns the elements of the list.
fn listed(task: &Task) -> Vec<TokenStream> {
    let receiver = task
        .receiver
        .iter()
        .map(|_| local("this").to_token_stream());
    let arguments = task.arguments.iter();
    let arguments = arguments.map(|argument| argument.listed(&task.paths));
    receiver.chain(arguments).collect()
}

/// Writes the type of the list.
fn list_type(task: &Task) -> TokenStream {
    let mut arguments = task.arguments.iter();
    let is_lent = arguments.any(|argument| argument.passing.lendable().is_some());
    let types = stored::listed_types(task);
    if types.len() <= LONGEST_TUPLE && !is_lent {
        return task.names.values.to_token_stream();
    }
    let private = &task.paths.private;
    let mut chunks = types.chunks(LONGEST_TUPLE).rev();
    let tuple = |types: &[TokenStream]| quote!((#(#types,)*));
    let last = chunks.next().map(tuple);
    let list = chunks.fold(quote!(#last), |rest, first| {
        let first = tuple(first);
        quote!(#private::More<#first, #rest>)
    });
    if task.are_arguments_plain() {
        return list;
    }
    task.checked(&list)
}

/// Returns the names of the arguments in errors.
fn argument_names(task: &Task) -> Vec<String> {
    let receiver = task.receiver.iter().map(|_| "self".to_owned());
    let arguments = task
        .arguments
        .iter()
        .map(|argument| names::unraw(&argument.ident));
    receiver.chain(arguments).collect()
}
