//! Writes the code for a task: one file for each generated part.
//!
//! Rules for all of them: absolute paths, no prelude names, no `unsafe`. Locals of generated code
//! are hygienic, see [`names::local`](crate::names::local). An item that the user can name has the
//! user's span and visibility. Of the runtime, only the two modules of
//! [`Paths`](crate::paths::Paths) are named.

mod awaited;
mod body;
mod builder;
mod call;
mod checks;
mod companion;
mod fallback;
mod finish;
mod given;
mod lints;
mod parts;
mod process;
mod setters;
mod stored;

pub(crate) use fallback::{as_written, fallback};
pub(crate) use parts::Parts;

use crate::home::Home;
use crate::model::Task;
use proc_macro2::TokenStream;
use quote::quote;

/// Writes everything that is generated for a task without mistakes.
pub(crate) fn task(task: &Task) -> Parts {
    let blocking = body::blocking(task);
    let call = call::call(task);
    let awaited = awaited::awaited(task);
    let mut inside = quote!(#blocking #call);
    let mut outside = TokenStream::new();
    if task.has_builder() {
        inside.extend(finish::finish(task));
        inside.extend(builder::start(task));
        outside.extend(builder::items(task));
    }
    if task.in_processes() {
        outside.extend(process::items(task));
    }
    outside.extend(checks::checks(task));
    match task.home {
        Home::Free => {
            let companion = companion::companion(task, &inside);
            Parts {
                inside: TokenStream::new(),
                outside: quote!(#companion #awaited #outside),
            }
        }
        Home::Impl(_) => {
            let companion = companion::of_method(task);
            Parts {
                inside: quote!(#awaited #inside),
                outside: quote!(#companion #outside),
            }
        }
        Home::Bare => Parts {
            inside: TokenStream::new(),
            outside: quote!(#awaited #inside),
        },
    }
}
