//! What travels with a call beside its arguments.

/// What travels with a call to the process that runs it, in words of fixed size beside the
/// arguments.
///
/// Later fields are the trace context of the caller and the deadline of the call. The head of a slot
/// has room for them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CallHeader {
    /// The id of the task.
    pub(crate) task: u64,
    /// Which attempt of the call it is, from 1 on.
    pub(crate) attempt: u32,
    /// Whether the caller wants to know how far the call is.
    pub(crate) wants_progress: bool,
}
