//! What a call stores of each argument and of `self`, and what the function is called with.

use crate::argument::Argument;
use crate::model::Task;
use crate::names::local;
use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens as _, quote};

/// Returns the locals that hold what is stored.
pub(super) fn names(task: &Task) -> Vec<Ident> {
    let receiver = task.receiver.iter().map(|_| local("this"));
    let arguments = task.arguments.iter().map(|argument| argument.local.clone());
    receiver.chain(arguments).collect()
}

/// Returns those locals with their types, as parameters of a function in the impl block.
pub(super) fn parameters(task: &Task) -> Vec<TokenStream> {
    let stored = names(task);
    let types = types_inside(task);
    let parameters = stored.iter().zip(types);
    parameters.map(|(name, ty)| quote!(#name: #ty)).collect()
}

/// Returns the types that are stored, as items in the impl block write them.
pub(super) fn types_inside(task: &Task) -> Vec<TokenStream> {
    let receiver = task.receiver.iter().map(|r| r.stored.to_token_stream());
    let arguments = task.arguments.iter().map(|argument| task.stored(argument));
    receiver.chain(arguments).collect()
}

/// Returns the types that are stored, as items outside of the impl block write them.
pub(super) fn types(task: &Task) -> Vec<TokenStream> {
    types_by(task, |argument| task.stored(argument))
}

/// Returns those types without the check of [`Task::checked`].
pub(super) fn unchecked_types(task: &Task) -> Vec<TokenStream> {
    types_by(task, Argument::owned)
}

/// Returns the types of the elements of the list that is sent to a worker.
pub(super) fn listed_types(task: &Task) -> Vec<TokenStream> {
    types_by(task, |argument| argument.listed_type(&task.paths))
}

fn types_by(task: &Task, of: impl Fn(&Argument) -> TokenStream) -> Vec<TokenStream> {
    let receiver = task
        .receiver
        .iter()
        .map(|receiver| task.outside(&receiver.stored).into_token_stream());
    let arguments = task.outside_arguments();
    receiver.chain(arguments.iter().map(of)).collect()
}

/// Returns what the function is called with: `lend` makes it from the name of what is stored.
pub(super) fn lent(
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
