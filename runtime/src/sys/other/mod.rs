//! Systems that have no module of their own.

pub(crate) mod huge_pages;
