//! An annotated function as a type, and what is known of it when the program is compiled.

/// An annotated function.
///
/// `#[blocking_io] fn fetch(..)` makes, beside the function, a type of the same name that
/// implements this trait, so that generic code can name a task. A generic function has no such
/// implementation, since there is no single tuple of its arguments.
///
/// ```
/// use offloop::{Task, cpu_bound};
///
/// #[cpu_bound]
/// fn add(left: u32, right: u32) -> u32 {
///     left + right
/// }
///
/// fn name_of<T: Task<Args = (u32, u32)>>() -> &'static str {
///     T::NAME
/// }
/// assert!(name_of::<add>().ends_with("::add"));
/// ```
pub trait Task {
    /// The module path and the name of the function, or what the option `name` says.
    const NAME: &'static str;
    /// The arguments as they travel: owned, in the order of the function.
    type Args: Send + 'static;
    /// What the function itself returns.
    type Output: Send + 'static;
}

/// Where a task stands in the source, and a number that tells it from every other.
#[derive(Debug)]
pub struct TaskInfo {
    name: &'static str,
    file: &'static str,
    line: u32,
    column: u32,
    id: u64,
}

impl TaskInfo {
    /// Called by generated code. `signature` is a hash of the function's signature.
    #[must_use]
    pub const fn new(
        name: &'static str,
        file: &'static str,
        line: u32,
        column: u32,
        signature: u64,
    ) -> TaskInfo {
        // Two functions in two blocks may have the same path and name, therefore the place counts.
        let mut id = fnv1a(FNV_START, name.as_bytes());
        id = fnv1a(id, file.as_bytes());
        id = fnv1a(id, &line.to_le_bytes());
        id = fnv1a(id, &column.to_le_bytes());
        id = fnv1a(id, &signature.to_le_bytes());
        TaskInfo {
            name,
            file,
            line,
            column,
            id,
        }
    }

    pub(crate) const fn name(&self) -> &'static str {
        self.name
    }

    pub(crate) const fn id(&self) -> u64 {
        self.id
    }

    /// `file:line:column`, for messages.
    pub(crate) fn place(&self) -> String {
        format!("{}:{}:{}", self.file, self.line, self.column)
    }
}

pub(crate) const FNV_START: u64 = 0xcbf2_9ce4_8422_2325;

/// FNV-1a: a hash that a constant can be made of and that is the same in every build.
pub(crate) const fn fnv1a(mut hash: u64, bytes: &[u8]) -> u64 {
    let mut at = 0;
    while at < bytes.len() {
        hash ^= bytes[at] as u64;
        hash = hash.wrapping_mul(0x0000_0100_0000_01b3);
        at += 1;
    }
    hash
}
