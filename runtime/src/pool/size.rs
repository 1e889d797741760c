//! The size of a default pool, as the environment sets it.

use crate::error::InvalidPool;

/// Returns the number in the environment variable, or `None` if the variable is not set.
///
/// # Errors
/// The value of the variable is not a whole number of at least 1.
pub(crate) fn size_from_environment(
    variable: &str,
    pool: &'static str,
) -> Result<Option<usize>, Box<InvalidPool>> {
    let Some(value) = std::env::var_os(variable) else {
        return Ok(None);
    };
    match value.to_str().and_then(|text| text.parse().ok()) {
        Some(size) if size > 0 => Ok(Some(size)),
        _ => Err(Box::new(InvalidPool::new(
            pool,
            format!("`{variable}` is {value:?}; it takes a whole number of at least 1"),
        ))),
    }
}
