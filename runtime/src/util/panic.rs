//! Catches a panic of a user's function, with its text, its place and a backtrace.
//!
//! The place and the backtrace are known only inside the panic hook. So this module puts a hook of
//! its own before the program's hook. It notes both for threads that are inside [`catch`], then
//! calls the program's hook, which prints what it always prints.

use std::any::Any;
use std::backtrace::Backtrace;
use std::cell::{Cell, RefCell};
use std::panic::{self, AssertUnwindSafe};
use std::sync::{Once, OnceLock};

use serde::{Deserialize, Serialize};

/// A panic that was caught: its text, its place and a backtrace.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Report {
    pub(crate) message: String,
    pub(crate) location: Option<String>,
    pub(crate) backtrace: Option<String>,
}

/// Is told the message and the place of each panic.
type Witness = Box<dyn Fn(&str, &str) + Send + Sync>;

/// Is told of each panic in this process, also of those that end it.
static WITNESS: OnceLock<Witness> = OnceLock::new();

thread_local! {
    /// How many calls of [`catch`] this thread is inside of.
    static DEPTH: Cell<usize> = const { Cell::new(0) };
    /// The place and the backtrace of the last panic of this thread inside [`catch`].
    static LAST: RefCell<Option<(String, Option<String>)>> = const { RefCell::new(None) };
}

/// Runs `function` and returns its value, or a [`Report`] if it panics.
pub(crate) fn catch<R>(function: impl FnOnce() -> R) -> Result<R, Report> {
    install_hook();
    DEPTH.set(DEPTH.get() + 1);
    // The function was moved here with all that it owns, and nothing of it is used afterwards.
    let result = panic::catch_unwind(AssertUnwindSafe(function));
    DEPTH.set(DEPTH.get() - 1);
    result.map_err(|payload| {
        let (location, backtrace) = match LAST.take() {
            Some((location, backtrace)) => (Some(location), backtrace),
            None => (None, None),
        };
        let report = Report {
            message: text_of(&*payload),
            location,
            backtrace,
        };
        swallow_panic(|| drop(payload));
        report
    })
}

/// Runs `action` and drops a panic of it. This is for code of the user's that has no caller to
/// tell, such as the drop of a result that no caller takes. The panic hook has printed the panic
/// already.
pub(crate) fn swallow_panic(action: impl FnOnce()) {
    if let Err(payload) = panic::catch_unwind(AssertUnwindSafe(action)) {
        // Its own `drop` may panic in turn.
        std::mem::forget(payload);
    }
}

/// Tells `witness` the message and the place of each panic in this process, before anything else
/// follows from it. There is one witness; a second one is told nothing.
#[allow(
    dead_code,
    reason = "on systems without process pools there is no witness"
)]
pub(crate) fn set_witness(witness: impl Fn(&str, &str) + Send + Sync + 'static) {
    let _ = WITNESS.set(Box::new(witness));
    install_hook();
}

fn text_of(payload: &(dyn Any + Send)) -> String {
    if let Some(text) = payload.downcast_ref::<&'static str>() {
        (*text).to_owned()
    } else if let Some(text) = payload.downcast_ref::<String>() {
        text.clone()
    } else {
        "the panic carried a value that is not text".to_owned()
    }
}

fn install_hook() {
    static INSTALLED: Once = Once::new();
    // `take_hook` panics on a thread that is unwinding; such a thread leaves it to the next one.
    if std::thread::panicking() {
        return;
    }
    INSTALLED.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            let place = || {
                info.location()
                    .map_or_else(String::new, ToString::to_string)
            };
            if let Some(witness) = WITNESS.get() {
                witness(&text_of(info.payload()), &place());
            }
            if DEPTH.get() > 0 {
                LAST.set(Some((place(), backtrace())));
            }
            before(info);
        }));
    });
}

/// Returns the backtrace as text, unless `RUST_BACKTRACE=0` forbids it. Without the variable it is
/// taken too: on the day on which a backtrace is needed, the variable was not set.
fn backtrace() -> Option<String> {
    match std::env::var_os("RUST_BACKTRACE") {
        Some(value) if value == "0" => None,
        _ => Some(Backtrace::force_capture().to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_has_text_place_and_backtrace() {
        let report = catch(|| panic!("number {}", 7)).unwrap_err();
        assert_eq!(report.message, "number 7");
        assert!(report.location.unwrap().contains("panic.rs:"));
        let backtrace = report
            .backtrace
            .expect("RUST_BACKTRACE=0 is not set in tests");
        assert!(backtrace.contains("a_report_has_text_place_and_backtrace"));
    }

    #[test]
    fn a_payload_that_is_not_text_is_named_so() {
        let report = catch(|| panic::panic_any(7_u8)).unwrap_err();
        assert!(report.message.contains("not text"));
    }

    #[test]
    fn a_payload_that_panics_when_dropped_is_survived() {
        struct Bomb;
        impl Drop for Bomb {
            fn drop(&mut self) {
                panic!("dropped");
            }
        }
        assert!(catch(|| panic::panic_any(Bomb)).is_err());
    }
}
