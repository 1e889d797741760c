//! What a worker process needs: how to find the task, and how its arguments and its
//! result are written and read.

use super::{local, wrapper};
use crate::model::Task;
use crate::names;
use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote, quote_spanned};

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
    let stored = stored_names(task);
    let call = local("call");
    quote! {
        let #call = #krate::__private::#function::<#companion>(#pool, (#(#stored,)*));
    }
}

/// The `ProcessTask` of the companion, and its place in the registry.
pub(super) fn items(task: &Task) -> TokenStream {
    let cfg = &task.attrs.cfg;
    let krate = &task.krate;
    let private = quote!(#krate::__private);
    let companion = &task.names.companion;
    let info = wrapper::info(task);
    let (args, input, output, out) = (local("args"), local("input"), local("output"), local("out"));
    let stored = stored_names(task);
    let words = words(task);
    let indexes = (0..stored.len()).map(Literal::usize_unsuffixed);
    let blocking = &task.names.blocking;
    let owner = task.owner();
    let lent = wrapper::lent_arguments(task, &task.outside_arguments());
    let method = if task.output.fallible {
        format_ident!("fallible")
    } else {
        format_ident!("output")
    };
    let result = |ty: TokenStream| quote!(::core::result::Result<#ty, #private::CodecError>);
    let deprecated = super::uses_deprecated(task);
    let written = result(quote!(()));
    let read = result(quote!(Self::Output));
    let name = &task.names.function;
    let no_processes = quote_spanned!(name.span()=> no_processes);
    quote! {
        #(#cfg)*
        #[cfg(not(target_os = "linux"))]
        #private::#no_processes! {}

        #(#cfg)*
        impl #private::ProcessTask for #companion {
            const INFO: &'static #private::TaskInfo = #info;

            #[allow(unused_variables)]
            fn encode(#args: &Self::Args, #out: &mut #private::Encoder) -> #written {
                #(#private::Encoder::argument(#out, #words, &#args.#indexes)?;)*
                ::core::result::Result::Ok(())
            }

            #deprecated
            fn run(#args: Self::Args) -> Self::Output {
                let (#(#stored,)*) = #args;
                #owner::#blocking(#(#lent),*)
            }

            fn serve(#input: &mut #private::Decoder<'_>) -> #read {
                #(let #stored = #private::Decoder::argument(#input, #words)?;)*
                #private::Decoder::end_of_arguments(#input)?;
                ::core::result::Result::Ok(Self::run((#(#stored,)*)))
            }

            fn encode_output(#output: &Self::Output, #out: &mut #private::Encoder) -> #written {
                #private::Encoder::#method(#out, #output)
            }

            fn decode_output(#input: &mut #private::Decoder<'_>) -> #read {
                #private::Decoder::#method(#input)
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

/// The locals that hold what is stored.
fn stored_names(task: &Task) -> Vec<proc_macro2::Ident> {
    let receiver = task.receiver.iter().map(|_| local("this"));
    let arguments = task.arguments.iter().map(|argument| argument.local.clone());
    receiver.chain(arguments).collect()
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
