//! What a generated builder knows of each of its arguments, as types: given, or missing.

mod pending;

use std::ops::Deref;

#[doc(hidden)]
pub use self::pending::Pending;

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

/// What a call keeps of an argument that the function takes as `&T`: a copy, of the type that
/// [`ToOwned`] names, such as `PathBuf` for a `&Path`.
///
/// `COPIES` is for the compiler, so that it says only once that a type cannot be copied.
pub type Owned<T, const COPIES: usize = 0> = <Referred<T, COPIES> as ToOwned>::Owned;

/// What a reference leads to, if `COPIES` is a constant and not an error.
///
/// The length of an array is evaluated with its type, and with a length that has errors the type is
/// an error itself, about which the compiler says nothing more. So a reference that cannot be copied
/// is reported once, and not for each use that generated code makes of its type.
type Referred<T, const COPIES: usize> =
    <<[&'static T; COPIES] as IntoIterator>::Item as Deref>::Target;
