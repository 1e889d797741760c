//! The types in the signature of a generated builder. `task::builder()` returns a builder, and its
//! type says of each argument whether it was set ([`Given`]) or not ([`Missing`]). The compiler so
//! checks that each argument is set once.

mod pending;

use std::ops::Deref;

#[doc(hidden)]
pub use self::pending::Pending;

/// Marks an argument that was not set yet.
#[derive(Debug)]
pub struct Missing(());

/// Marks an argument that was set.
#[derive(Debug)]
pub struct Given(());

/// Marks an argument that can be set, because it was not set yet.
#[diagnostic::on_unimplemented(
    message = "this argument is set more than once",
    label = "set a second time here",
    note = "each argument of a call is given once; remove one of the two"
)]
pub trait NotGiven {}

#[diagnostic::do_not_recommend]
impl NotGiven for Missing {}

/// The type that a call keeps of an argument that the function takes as `&T`. It is the type of an
/// owned copy, as [`ToOwned`] says: for example `PathBuf` for a `&Path`.
///
/// Leave `COPIES` out. Generated code uses it, so that the compiler reports only once that a type
/// cannot be copied.
pub type Owned<T, const COPIES: usize = 0> = <Referred<T, COPIES> as ToOwned>::Owned;

/// The type `T`, if the constant `COPIES` can be evaluated.
///
/// The compiler evaluates the length of an array with the type of the array. If the length has an
/// error, the whole type is an error, about which the compiler reports nothing more. So a reference
/// that cannot be copied is reported once, and not for each use of its type in generated code.
#[doc(hidden)]
pub type Referred<T, const COPIES: usize> =
    <<[&'static T; COPIES] as IntoIterator>::Item as Deref>::Target;
