//! Types that can cross to any pool, known by their names. Generated code has no check for them,
//! because each check takes time to compile.
//!
//! If such a name means another type, the functions of the runtime still check it; only the message
//! of the compiler is then less precise.

use crate::scan::peel;
use syn::{GenericArgument, PathArguments, Type};

/// Types of numbers. The runtime implements `Lend` for slices of each of them.
const NUMBERS: [&str; 14] = [
    "f32", "f64", "i8", "i16", "i32", "i64", "i128", "isize", "u8", "u16", "u32", "u64", "u128",
    "usize",
];

/// Other types whose values can go to any pool.
const OTHERS: [&str; 3] = ["bool", "char", "String"];

/// Returns whether a worker can lend a value of this type to a function without a copy: text and
/// slices of numbers, which are `Lend` in the runtime.
pub(crate) fn is_lendable(ty: &Type) -> bool {
    match peel(ty) {
        Type::Slice(slice) => match peel(&slice.elem) {
            Type::Path(path) => NUMBERS.iter().any(|name| path.path.is_ident(name)),
            _ => false,
        },
        Type::Path(path) => path.path.is_ident("str"),
        _ => false,
    }
}

/// Returns whether values of this type, which is owned, can go to any pool.
pub(crate) fn is_plain(ty: &Type) -> bool {
    match peel(ty) {
        Type::Tuple(tuple) => tuple.elems.is_empty(),
        Type::Path(path) if path.qself.is_none() && path.path.segments.len() == 1 => {
            let word = &path.path.segments[0];
            match &word.arguments {
                PathArguments::None => NUMBERS.iter().chain(&OTHERS).any(|name| word.ident == name),
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
