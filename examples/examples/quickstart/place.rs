//! Where a piece of code ran.

use std::fmt::Write as _;
use std::process;
use std::thread;

use serde::{Deserialize, Serialize};

/// A thread of a process.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Place {
    pid: u32,
    thread: String,
}

impl Place {
    /// Returns the current thread and process.
    pub(crate) fn here() -> Place {
        Place {
            pid: process::id(),
            thread: thread::current().name().unwrap_or("unnamed").to_owned(),
        }
    }
}

/// Describes places in a few words: how many threads of this program or worker processes, and
/// which.
pub(crate) fn describe(places: &[&Place]) -> String {
    let mut threads = Vec::new();
    let mut workers = Vec::new();
    for place in places {
        if place.pid == process::id() {
            threads.push(place.thread.clone());
        } else {
            workers.push(place.pid.to_string());
        }
    }
    let mut text = list("thread", "threads", threads);
    if !text.is_empty() && !workers.is_empty() {
        text.push_str(", ");
    }
    text += &list("worker process", "worker processes", workers);
    if text.is_empty() {
        "nowhere".to_owned()
    } else {
        text
    }
}

/// Up to this many names are all listed.
const LISTED: usize = 3;

fn list(one: &str, several: &str, mut names: Vec<String>) -> String {
    // `io-2` comes before `io-10`.
    names.sort_by(|a, b| (a.len(), a).cmp(&(b.len(), b)));
    names.dedup();
    let mut text = match names.len() {
        0 => return String::new(),
        1 => format!("{one} "),
        count => format!("{count} {several} "),
    };
    match &*names {
        [first, .., last] if names.len() > LISTED => {
            // Writing to a string does not fail.
            let _ = write!(text, "{first} … {last}");
        }
        _ => text.push_str(&names.join(", ")),
    }
    text
}
