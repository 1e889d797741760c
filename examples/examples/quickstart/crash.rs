//! A function that crashes, as a decoder written in C may do with a damaged file.

use offloop::cpu_bound;

use crate::photos::IMAGES;

/// Writes to a field of a struct at the null address.
///
/// On a thread this would end the program. In a worker process it is an error of one call.
#[cpu_bound(pool = IMAGES)]
pub(crate) fn write_to_null() {
    let field = std::ptr::without_provenance_mut::<u8>(16);
    // SAFETY: this is not safe, it is the bug. The first page of memory is never mapped, so the
    // kernel ends the process here.
    unsafe { field.write_volatile(1) }
}
