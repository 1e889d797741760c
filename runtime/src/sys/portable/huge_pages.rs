//! Large buffers, without advice to the system about their pages.

use std::collections::TryReserveError;

/// Returns an empty `Vec` with room for `length` elements.
pub(crate) fn new_vec<T>(length: usize) -> Result<Vec<T>, TryReserveError> {
    let mut elements = Vec::new();
    elements.try_reserve_exact(length)?;
    Ok(elements)
}
