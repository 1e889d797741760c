//! Linux.

pub(crate) mod huge_pages;
