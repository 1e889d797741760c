//! What a function must be so that it can be a task: checked at the types of the function, with messages in
//! the user's words.

use std::marker::PhantomData;

use crate::error::Outcome;
use crate::wire::{Wire, WireError};

/// What a `&T` leads to, if it can be copied for a call.
#[diagnostic::on_unimplemented(
    message = "`&{Self}` cannot be copied for the call",
    label = "the call outlives this reference, and `{Self}` is not `Clone`",
    note = "take `{Self}` by value, or as `Arc<{Self}>` or `&'static {Self}`",
    note = "or derive `Clone` for it: each call then takes a copy"
)]
pub trait Copied {}

#[diagnostic::do_not_recommend]
impl<T: ?Sized + ToOwned> Copied for T {}

/// The reference can be copied.
pub const fn assert_copied<T: ?Sized + Copied>() {}

/// What a method is called on, if it can be copied for a call.
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

/// A clone of what a method is called on.
pub fn copy_self<T: CopiedSelf>(this: &T) -> T {
    T::copied(this)
}

/// What a task that needs worker processes comes to where there are none.
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

/// The argument can go to another thread.
pub const fn assert_arg<T: Send + 'static>() {}

/// The result can come from another thread.
pub const fn assert_output<T: Send + 'static>() {}

/// The value can go to another process.
pub const fn assert_wire<T: Wire>() {}

/// Both sides of a result can come from another process.
pub const fn assert_fallible<T: Wire, E: WireError<K>, K>(_: PhantomData<fn() -> Result<T, E>>) {}

/// The result can tell that the call has failed.
pub const fn assert_outcome<R: Outcome>() {}
