//! A function that crashes, as a decoder written in C may on a file that is not what it seems.

use offloop::cpu_bound;

use crate::photos::IMAGES;

/// Writes where a field of a struct at the null address would be.
///
/// On a thread that is the end of the program. In a worker process it is an error of this call.
#[cpu_bound(pool = IMAGES)]
pub(crate) fn write_to_null() {
    let field = std::ptr::without_provenance_mut::<u8>(16);
    // SAFETY: there is none, this is the bug. The first page of memory is never mapped, so the
    // processor stops the process here.
    unsafe { field.write_volatile(1) }
}
