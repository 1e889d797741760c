//! What generated code names. Do not use it in your own code: it may change with any release.
//!
//! - `dispatch`: how generated code makes a call.
//! - `checks`: what the types of a function must be, so that it can be a task.
//! - Everything else is re-exported from its own room.

mod checks;
mod dispatch;

pub use linkme;

pub use self::checks::{
    Copied, CopiedSelf, assert_arg, assert_copied, assert_fallible, assert_outcome, assert_output,
    assert_wire, copy_self, no_processes,
};
pub use self::dispatch::{process_call, process_call_flat, thread_call, thread_call_flat};
pub use crate::builder::{Pending, Referred};
pub use crate::call::{Backend, Call, TaskCall};
pub use crate::error::{Error, Outcome};
pub use crate::pool::options::{CallOptions, OnProgress, Options};
#[cfg(target_os = "linux")]
pub use crate::process::ProcessPool;
pub use crate::task::{Task, TaskInfo};
pub use crate::tasks::arguments::{Argument, ArgumentList, Borrowed, BorrowedOption, More};
pub use crate::tasks::erased::{Entry, LentList, ProcessTask, ResultCodec};
pub use crate::tasks::hooks::{START_HOOKS, StartHook, StartOutcome};
pub use crate::tasks::registry::TASKS;
pub use crate::thread::ThreadPool;
pub use crate::wire::{CodecError, Decoder, Encoder, Lend, Wire, WireError};
