//! A worker process as its pool sees it: how it is given calls, what it replies, how it is killed
//! and reaped.

mod dispatch;
mod events;
mod handle;
mod kill;
mod pipeline;
mod reap;
mod replies;
mod said;
mod setup;
mod state;
mod watch;

pub(crate) use dispatch::Taken;
pub(crate) use handle::{Call, Report, Supervisor, WorkerHandle};
pub(crate) use kill::Stop;
pub(crate) use setup::Parts;
