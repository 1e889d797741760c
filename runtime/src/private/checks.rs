//! What the types of a function must be, so that it can be a task. Generated code names these
//! checks at the types in the signature, so that the messages of the compiler point there.

use std::marker::PhantomData;

use crate::error::Outcome;
use crate::wire::{Wire, WireError};

/// A type `T` whose `&T` can be copied for a call.
#[diagnostic::on_unimplemented(
    message = "`&{Self}` cannot be copied for the call",
    label = "the call outlives this reference, and `{Self}` is not `Clone`",
    note = "take `{Self}` by value, or as `Arc<{Self}>` or `&'static {Self}`",
    note = "or derive `Clone` for it: each call then takes a copy"
)]
pub trait Copied {}

#[diagnostic::do_not_recommend]
impl<T: ?Sized + ToOwned> Copied for T {}

/// Compiles if a `&T` can be copied for a call.
pub const fn assert_copied<T: ?Sized + Copied>() {}

/// A type whose `&self` can be copied for the call of a method.
#[diagnostic::on_unimplemented(
    message = "`&self` cannot be copied for the call",
    label = "the call outlives this reference, and `{Self}` is not `Clone`",
    note = "take `self: Arc<Self>` or `self`",
    note = "or derive `Clone` for `{Self}`: each call then takes a copy"
)]
pub trait CopiedSelf: Sized {
    #[doc(hidden)]
    fn copied(this: &Self) -> Self;
}

#[diagnostic::do_not_recommend]
impl<T: Clone> CopiedSelf for T {
    fn copied(this: &T) -> T {
        this.clone()
    }
}

/// Returns a clone of the value that a method is called on.
pub fn copy_self<T: CopiedSelf>(this: &T) -> T {
    T::copied(this)
}

/// The compile error of a task that needs worker processes, on a system that has none.
#[doc(hidden)]
#[macro_export]
macro_rules! __no_processes {
    () => {
        ::core::compile_error!(
            "`#[cpu_bound]` runs in worker processes, which exist on Linux only for now; \
             write `#[cpu_bound(threads)]`, or put `#[cfg(target_os = \"linux\")]` on the function"
        );
    };
}
pub use crate::__no_processes as no_processes;

/// Compiles if an argument of type `T` can go to another thread.
pub const fn assert_arg<T: Send + 'static>() {}

/// Compiles if a result of type `T` can come from another thread.
pub const fn assert_output<T: Send + 'static>() {}

/// Compiles if a value of type `T` can go to another process.
pub const fn assert_wire<T: Wire>() {}

/// Compiles if both sides of a `Result<T, E>` can come from another process.
pub const fn assert_fallible<T: Wire, E: WireError<K>, K>(_: PhantomData<fn() -> Result<T, E>>) {}

/// Compiles if a value of type `R` can say that a call has failed.
pub const fn assert_outcome<R: Outcome>() {}
