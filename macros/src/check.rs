//! The rules for a task as a whole. Rules for one of its parts stand where that part is read.

use crate::attrs::task_kind;
use crate::errors::Errors;
use crate::home::Home;
use crate::impl_block::{ImplBlock, Item};
use crate::messages as say;
use crate::model::Task;
use crate::names;
use crate::options::BuilderOption;
use crate::scan::{self, peel};
use crate::self_type;
use std::collections::HashSet;
use syn::{FnArg, GenericParam, ReturnType, Safety, Signature, Type};

/// Checks a function that is to be a task.
pub(crate) fn task(task: &Task, errors: &mut Errors) {
    attributes(task, errors);
    function(task, errors);
    if task.in_processes() {
        for_processes(&task.source.sig, &task.home, errors);
    }
    if matches!(task.home, Home::Bare) {
        without_block(task, errors);
    }
    defaults(task, errors);
    setters(task, errors);
    output(task, errors);
}

/// Checks an impl block that is to have tasks.
pub(crate) fn impl_block(block: &ImplBlock, errors: &mut Errors) {
    let mut items = block.items.iter();
    if let Some((path, _)) = &block.trait_path {
        errors.at(path, say::METHODS_ON_TRAIT_IMPL);
    } else if !items.any(|item| matches!(item, Item::Task(..))) {
        errors.at(block.impl_token, say::METHODS_WITHOUT_TASK);
    }
}

/// Refuses a second attribute that makes a task.
fn attributes(task: &Task, errors: &mut Errors) {
    for attr in &task.source.attrs {
        match task_kind(attr) {
            Some(second) if second == task.kind => errors.at(attr, say::attribute_twice(second)),
            Some(_) => errors.at(attr, say::BOTH_ATTRIBUTES),
            None => {}
        }
    }
}

/// Checks what stands before the arguments, and that there is a body.
fn function(task: &Task, errors: &mut Errors) {
    let sig = &task.source.sig;
    if let Some(token) = &sig.constness {
        errors.at(token, say::CONST_FN);
    }
    if let Some(token) = &sig.asyncness {
        errors.at(token, say::async_fn(task.kind));
    }
    if let Safety::Unsafe(token) = &sig.safety {
        errors.at(token, say::UNSAFE_FN);
    }
    if let Some(abi) = &sig.abi {
        if abi.name.as_ref().is_none_or(|name| name.value() != "Rust") {
            errors.at(abi, say::FOREIGN_ABI);
        }
    }
    if sig.ident == "main" && matches!(task.home, Home::Free) {
        errors.at(&sig.ident, say::MAIN);
    }
    if let Some(variadic) = &sig.variadic {
        errors.at(variadic.dots, say::VARIADIC);
    }
    if task.source.body.is_none() {
        errors.at_span(sig.ident.span(), say::NO_BODY);
    }
}

/// Refuses more than one function of a name: a worker process finds the function by its name.
fn for_processes(sig: &Signature, home: &Home, errors: &mut Errors) {
    let is_type_or_const = |param: &&GenericParam| !matches!(param, GenericParam::Lifetime(_));
    if let Some(param) = sig.generics.params.iter().find(is_type_or_const) {
        errors.at(param, say::GENERIC_PROCESS);
        return;
    }
    for input in &sig.inputs {
        if let FnArg::Typed(input) = input {
            if let Some(found) = scan::scan(&input.ty).impl_trait {
                errors.at(found, say::GENERIC_PROCESS);
                return;
            }
        }
    }
    if let Home::Impl(home) = home {
        if !home.params.is_empty() {
            errors.at(&sig.ident, say::GENERIC_PROCESS);
        }
    }
    if matches!(home, Home::Bare) && sig.receiver().is_some() {
        errors.at(&sig.ident, say::CPU_BOUND_METHOD);
    }
}

/// Checks a method of an impl block that the attribute cannot see.
fn without_block(task: &Task, errors: &mut Errors) {
    if task.receiver.is_none() {
        if let Some(span) = self_type::find(&task.source.sig) {
            errors.at_span(span, say::SELF_OUTSIDE);
        }
        return;
    }
    match &task.options.builder {
        BuilderOption::Default => {}
        BuilderOption::Off(value) => errors.at_span(*value, say::NO_BUILDER_ON_BARE_METHOD),
        BuilderOption::Named(name) => errors.at(name, say::BUILDER_ON_BARE_METHOD),
    }
}

/// Refuses defaults where arguments have no names: a default is for an argument that is left out.
fn defaults(task: &Task, errors: &mut Errors) {
    if task.has_builder() {
        return;
    }
    let message = match task.home {
        Home::Bare => say::DEFAULT_ON_BARE_METHOD,
        Home::Free | Home::Impl(_) => say::DEFAULT_WITHOUT_BUILDER,
    };
    for default in task.arguments.iter().filter_map(|a| a.default.as_ref()) {
        errors.at(default, message);
    }
}

/// Refuses setters with the name of a function of the builder, or of another setter.
fn setters(task: &Task, errors: &mut Errors) {
    if !task.has_builder() {
        return;
    }
    let is_entry = task.has_named_entry();
    let mut setters = HashSet::new();
    for argument in &task.arguments {
        let name = names::unraw(&argument.ident);
        if name == "call" || (is_entry && (name == "builder" || name == "blocking")) {
            errors.at(&argument.ident, say::reserved_argument(&name));
        }
        setters.insert(name);
    }
    for argument in task.arguments.iter().filter(|argument| argument.optional) {
        let name = names::unraw(&argument.ident);
        let second = format!("maybe_{name}");
        if setters.contains(&second) {
            errors.at(&argument.ident, say::setter_clash(&name, &second));
        }
    }
}

/// Checks what the function returns.
fn output(task: &Task, errors: &mut Errors) {
    if let Some(nested) = task.options.nested {
        if !task.output.fallible {
            errors.at_span(nested, say::NESTED_WITHOUT_RESULT);
        }
    }
    let ReturnType::Type(_, ty) = &task.source.sig.output else {
        return;
    };
    if matches!(peel(ty), Type::Never(_)) {
        errors.at(ty, say::RETURNS_NEVER);
        return;
    }
    let found = scan::scan(ty);
    if let Some(tokens) = found.impl_trait {
        errors.at(tokens, say::RETURNS_IMPL);
    } else if let Some(tokens) = found.borrowed {
        errors.at(tokens, say::RETURNS_BORROWED);
    }
}
