//! Rules of this repository that no compiler holds. Each rule is a test of its own; its message has
//! the file and the line of every place that breaks it, and says what to do.
//!
//! The rules:
//! - [`rooms`]: which room imports which.
//! - [`circles`]: no two modules import each other.
//! - [`unsafe_code`]: the files that may have `unsafe`.
//! - [`systems`]: the files that may tell operating systems apart.
//! - [`comments`]: the width of comments, and words that are not in them.
//! - [`lists`]: lists that stand in two places and agree.
//!
//! How they read the sources:
//! - [`source`]: a file, and the report of a broken rule.
//! - [`lexer`]: tells comments and quoted text from code.
//! - [`names`]: what the code of one file declares, imports and names.
//! - [`modules`]: the modules of a crate, and which module names which.

mod circles;
mod comments;
mod lexer;
mod lists;
mod modules;
mod names;
mod rooms;
mod source;
mod systems;
mod unsafe_code;
