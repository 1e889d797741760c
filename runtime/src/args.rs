//! What a generated builder knows of each of its arguments, as types: given, or missing.

/// The argument has not been given.
#[derive(Debug)]
pub struct Missing(());

/// The argument has been given.
#[derive(Debug)]
pub struct Given(());

/// What an argument must be so that it can be set: not given yet.
#[diagnostic::on_unimplemented(
    message = "this argument is set more than once",
    label = "set a second time here",
    note = "each argument of a call is given once; remove one of the two"
)]
pub trait NotGiven {}

#[diagnostic::do_not_recommend]
impl NotGiven for Missing {}
