//! What the attributes make of a function.

mod arguments;
mod attributes;
mod cfg;
mod design;
mod futures;
mod generics;
mod hygiene;
mod imports;
pub mod lints;
pub mod methods;
mod shapes;
mod ways;
