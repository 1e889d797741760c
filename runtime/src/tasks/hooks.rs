//! Start hooks: the functions that run in each worker process when it starts. The attribute
//! `#[offloop::on_worker_start]` makes them.

use std::error::Error as StdError;
use std::fmt;

use crate::util::panic::{self, Report};

/// A function that runs when a worker process starts.
#[derive(Debug)]
pub struct StartHook {
    name: &'static str,
    run: fn() -> Result<(), String>,
}

/// All start hooks of this program. Generated code adds an entry for each.
#[linkme::distributed_slice]
pub static START_HOOKS: [StartHook];

impl StartHook {
    /// Returns a start hook. `name` is the path of its function.
    #[must_use]
    pub const fn new(name: &'static str, run: fn() -> Result<(), String>) -> StartHook {
        StartHook { name, run }
    }
}

/// A type that a start hook may return.
#[diagnostic::on_unimplemented(
    message = "a function that runs when a worker starts returns nothing or a `Result`, not `{Self}`",
    label = "this value would be dropped",
    note = "return `()`, or `Result<(), E>` where `E` is an error, a `String` or a `&str`"
)]
pub trait StartOutcome {
    /// Returns what the hook returned, with the error as text.
    ///
    /// # Errors
    /// The hook failed. The text has the error and its causes.
    fn outcome(self) -> Result<(), String>;
}

impl StartOutcome for () {
    fn outcome(self) -> Result<(), String> {
        Ok(())
    }
}

impl<E: Into<Box<dyn StdError>>> StartOutcome for Result<(), E> {
    fn outcome(self) -> Result<(), String> {
        self.map_err(|error| {
            let error = error.into();
            let mut text = error.to_string();
            let mut cause = error.source();
            while let Some(error) = cause {
                text.push_str(": ");
                text.push_str(&error.to_string());
                cause = error.source();
            }
            text
        })
    }
}

/// Runs all start hooks in the order of their names, until one fails.
///
/// # Errors
/// A hook returned an error or panicked.
pub(crate) fn run_all() -> Result<(), HookFault> {
    let mut hooks: Vec<_> = START_HOOKS.iter().collect();
    hooks.sort_unstable_by_key(|hook| hook.name);
    for hook in hooks {
        match panic::catch(hook.run) {
            Ok(Ok(())) => {}
            Ok(Err(reason)) => return Err(HookFault::Failed(hook.name, reason)),
            Err(report) => return Err(HookFault::Panicked(hook.name, report)),
        }
    }
    Ok(())
}

/// Which start hook went wrong, and how.
#[derive(Debug)]
pub(crate) enum HookFault {
    /// It returned this error.
    Failed(&'static str, String),
    Panicked(&'static str, Report),
}

impl fmt::Display for HookFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            HookFault::Failed(name, reason) => {
                write!(f, "`{name}`, run when a worker starts, failed: {reason}")
            }
            HookFault::Panicked(name, report) => {
                let message = &report.message;
                write!(f, "`{name}`, run when a worker starts, panicked: {message}")?;
                match &report.location {
                    Some(place) => write!(f, " (at {place})"),
                    None => Ok(()),
                }
            }
        }
    }
}

/// Returns the names of all start hooks for a message, or an empty text if there are none.
pub(crate) fn names() -> String {
    let mut names: Vec<_> = START_HOOKS
        .iter()
        .map(|hook| format!("`{}`", hook.name))
        .collect();
    names.sort_unstable();
    names.join(", ")
}
