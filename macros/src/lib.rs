//! The attributes of the `offloop` crate.
#![forbid(unsafe_code)]

mod argument;
mod attrs;
mod cfg;
mod check;
mod entry;
mod errors;
mod expand;
mod generics;
mod hash;
mod kind;
mod messages;
mod methods;
mod model;
mod names;
mod options;
mod output;
mod passing;
mod receiver;
mod render;
mod scan;
mod source;
#[cfg(test)]
mod tests;

use kind::Kind;
use proc_macro::TokenStream;

/// Makes a function run on a thread pool, and be awaited.
#[proc_macro_attribute]
pub fn blocking_io(options: TokenStream, item: TokenStream) -> TokenStream {
    entry::attribute(Kind::BlockingIo, options.into(), &item.into()).into()
}

/// Makes a function run in a worker process, and be awaited.
#[proc_macro_attribute]
pub fn cpu_bound(options: TokenStream, item: TokenStream) -> TokenStream {
    entry::attribute(Kind::CpuBound, options.into(), &item.into()).into()
}

/// Makes methods tasks.
#[proc_macro_attribute]
pub fn methods(options: TokenStream, item: TokenStream) -> TokenStream {
    methods::attribute(&options.into(), &item.into()).into()
}
