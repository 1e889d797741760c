//! What a worker process needs: how to find the task, and how its arguments and its
//! result are written and read.

use super::{companion, local, wrapper};
use crate::argument::Argument;
use crate::known_types;
use crate::model::Task;
use crate::names;
use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};

/// The statement that makes the call.
pub(super) fn dispatch(task: &Task) -> TokenStream {
    let krate = &task.krate;
    let companion = &task.names.companion;
    let function = if task.flat() {
        let span = task.output.span();
        quote_spanned!(span=> process_call_flat)
    } else {
        quote!(process_call)
    };
    let pool = wrapper::pool(task, &quote!(#krate::ProcessPool::global()));
    let list = list(task, &listed(task));
    let call = local("call");
    quote! {
        let #call = #krate::__private::#function::<#companion>(#pool, #list);
    }
}

/// The `ProcessTask` of the companion, and its place in the registry.
pub(super) fn items(task: &Task) -> TokenStream {
    let cfg = &task.attrs.cfg;
    let krate = &task.krate;
    let private = quote!(#krate::__private);
    let companion = &task.names.companion;
    let info = wrapper::info(task);
    let args = local("args");
    let stored = wrapper::stored_names(task);
    let list_pattern = list(task, &stored);
    let list_type = list_type(task);
    let words = words(task);
    let blocking = &task.names.blocking;
    let owner = task.owner();
    let arguments = task.outside_arguments();
    let lent = wrapper::lent_arguments(task, &arguments, Argument::lend_listed);
    let codec = if task.output.fallible {
        quote!(fallible)
    } else {
        quote!(plain)
    };
    let deprecated = super::uses_deprecated(task);
    let name = &task.names.function;
    let no_processes = quote_spanned!(name.span()=> no_processes);
    // The list is taken apart in a statement: of a pattern in place of the argument the compiler would
    // say more if one of the user's types is wrong.
    quote! {
        #(#cfg)*
        #[cfg(not(target_os = "linux"))]
        #private::#no_processes! {}

        #(#cfg)*
        impl #private::ProcessTask for #companion {
            type List = #list_type;
            const INFO: &'static #private::TaskInfo = #info;

            const NAMES: &'static [&'static str] = &[#(#words),*];
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

/// The longest tuple that the runtime encodes.
const LONGEST: usize = 8;

/// All of these as the runtime takes them: a tuple, or `More` of several. Values and patterns are
/// written alike.
fn list(task: &Task, of: &[impl ToTokens]) -> TokenStream {
    if of.len() <= LONGEST {
        return quote!((#(#of,)*));
    }
    let krate = &task.krate;
    let (first, rest) = of.split_at(LONGEST);
    let rest = list(task, rest);
    quote!(#krate::__private::More((#(#first,)*), #rest))
}

/// The elements: what is stored, and for each argument whether the function borrows it.
fn listed(task: &Task) -> Vec<TokenStream> {
    let receiver = task
        .receiver
        .iter()
        .map(|_| local("this").to_token_stream());
    let arguments = task.arguments.iter();
    let arguments = arguments.map(|argument| argument.listed(&task.krate));
    receiver.chain(arguments).collect()
}

/// The type of the list.
fn list_type(task: &Task) -> TokenStream {
    let mut arguments = task.arguments.iter();
    let is_lent = arguments.any(|argument| argument.passing.lendable().is_some());
    let types = companion::listed_types(task);
    if types.len() <= LONGEST && !is_lent {
        return task.names.values.to_token_stream();
    }
    let krate = &task.krate;
    let mut chunks = types.chunks(LONGEST).rev();
    let tuple = |types: &[TokenStream]| quote!((#(#types,)*));
    let last = chunks.next().map(tuple);
    let list = chunks.fold(quote!(#last), |rest, first| {
        let first = tuple(first);
        quote!(#krate::__private::More<#first, #rest>)
    });
    if known_types::are_arguments_plain(task) {
        return list;
    }
    task.checked(&list)
}

/// What errors call each argument.
fn words(task: &Task) -> Vec<String> {
    let receiver = task.receiver.iter().map(|_| "self".to_owned());
    let arguments = task
        .arguments
        .iter()
        .map(|argument| names::plain(&argument.ident));
    receiver.chain(arguments).collect()
}
