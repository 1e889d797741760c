//! Types that can cross to any pool, known by their names, so that nothing has to be asked about
//! them: each question is something more to compile.
//!
//! If such a name means something else, the code behind asks all the same; only the message is
//! then less to the point.

use crate::argument::Argument;
use crate::model::Task;
use crate::scan::peel;
use syn::{GenericArgument, PathArguments, Type};

const NAMES: [&str; 17] = [
    "bool", "char", "f32", "f64", "i8", "i16", "i32", "i64", "i128", "isize", "u8", "u16", "u32",
    "u64", "u128", "usize", "String",
];

/// Whether values of this type, which is owned, can go anywhere.
pub(crate) fn is_plain(ty: &Type) -> bool {
    match peel(ty) {
        Type::Tuple(tuple) => tuple.elems.is_empty(),
        Type::Path(path) if path.qself.is_none() && path.path.segments.len() == 1 => {
            let word = &path.path.segments[0];
            match &word.arguments {
                PathArguments::None => NAMES.iter().any(|name| word.ident == name),
                PathArguments::AngleBracketed(arguments) => {
                    let arguments: Vec<_> = arguments.args.iter().collect();
                    (word.ident == "Vec" || word.ident == "Option")
                        && matches!(arguments[..], [GenericArgument::Type(inner)] if is_plain(inner))
                }
                PathArguments::Parenthesized(_) => false,
            }
        }
        _ => false,
    }
}

/// The same for what is stored of an argument.
pub(crate) fn is_plain_argument(argument: &Argument) -> bool {
    let target = argument.passing.target();
    if !argument.passing.copies() {
        return is_plain(target);
    }
    match peel(target) {
        Type::Slice(slice) => is_plain(&slice.elem),
        Type::Path(path) => path.path.is_ident("str"),
        _ => false,
    }
}

/// Whether all that is stored of a task is plain.
pub(crate) fn are_arguments_plain(task: &Task) -> bool {
    task.receiver.is_none() && task.arguments.iter().all(is_plain_argument)
}
