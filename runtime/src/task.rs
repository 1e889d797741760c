//! [`Task`]: an annotated function as a type. [`TaskInfo`]: its name, its place and its id.

/// An annotated function.
///
/// `#[blocking_io] fn fetch(..)` makes a type named `fetch` beside the function. The type
/// implements this trait, so that generic code can name a task. A generic function has no such
/// type, because its arguments have no single type.
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
    /// The path of the function, or the value of the option `name` of its attribute.
    const NAME: &'static str;
    /// The arguments as the call owns them, as a tuple in the order of the function.
    type Args: Send + 'static;
    /// The type that the function returns.
    type Output: Send + 'static;
}

/// The name of a task, its place in the source, and an id that tells it from every other task.
#[derive(Debug)]
pub struct TaskInfo {
    name: &'static str,
    file: &'static str,
    line: u32,
    column: u32,
    id: u64,
}

impl TaskInfo {
    /// Returns the description of a task. Generated code calls this. `signature` is a hash of the
    /// signature of the function.
    #[must_use]
    pub const fn new(
        name: &'static str,
        file: &'static str,
        line: u32,
        column: u32,
        signature: u64,
    ) -> TaskInfo {
        // Two functions in two blocks can have the same path, so the place is part of the id.
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

    /// Returns `file:line:column`, for messages.
    pub(crate) fn place(&self) -> String {
        format!("{}:{}:{}", self.file, self.line, self.column)
    }
}

/// The hash of no bytes: the first `hash` for [`fnv1a`].
pub(crate) const FNV_START: u64 = 0xcbf2_9ce4_8422_2325;

/// Adds `bytes` to an FNV-1a hash. This hash can be computed in constants, and it is equal in every
/// build.
pub(crate) const fn fnv1a(mut hash: u64, bytes: &[u8]) -> u64 {
    let mut at = 0;
    while at < bytes.len() {
        hash ^= bytes[at] as u64;
        hash = hash.wrapping_mul(0x0000_0100_0000_01b3);
        at += 1;
    }
    hash
}
