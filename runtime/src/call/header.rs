//! [`CallHeader`]: what a worker process is told about a call, beside its arguments.

/// What a worker process is told about a call, beside its arguments. It has a fixed size.
///
/// Fields to come are the trace context of the caller and the deadline of the call. The head of a
/// slot in the shared memory has room for them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CallHeader {
    /// The id of the task.
    pub(crate) task: u64,
    /// The number of this attempt of the call, from 1 on.
    pub(crate) attempt: u32,
    /// Whether the caller wants to know how far the function is.
    pub(crate) wants_progress: bool,
}
