//! The width of comments, and words that are not in them.

use crate::source::{Fault, hold, sources};

/// As `rustfmt.toml` says.
const WIDTH: usize = 100;

/// The folders with code of this project.
const FOLDERS: &[&str] = &[
    "runtime/src",
    "macros/src",
    "bench/src",
    "tests/src",
    "tests/tests",
    "examples",
    "fuzz/src",
];

/// Words that say less than the field's own, and what to write in their place.
const WORDS: &[(&str, &str)] = &[
    (
        "whoever",
        "name the actor: the pool, the worker, the caller",
    ),
    (
        "somebody",
        "name the actor: the pool, the worker, the caller",
    ),
    ("lies ready", "is prefetched"),
    ("lie ready", "are prefetched"),
    ("caller has gone", "the caller dropped the call"),
    ("Gives ", "Returns"),
];

#[test]
fn comments_have_one_width() {
    let mut faults: Vec<Fault> = Vec::new();
    for source in FOLDERS.iter().flat_map(|folder| sources(folder)) {
        if is_expected_output(&source.path) {
            continue;
        }
        for comment in &source.comments {
            let line = source
                .text
                .lines()
                .nth(comment.line - 1)
                .unwrap_or_default();
            let content = comment.content();
            // A table row and a link cannot be broken.
            let may_be_long = content.starts_with('|') || content.contains("://");
            if line.chars().count() > WIDTH && !may_be_long {
                let place = format!("{}:{}", source.path, comment.line);
                faults.push((place, format!("{} columns", line.chars().count())));
            }
        }
    }
    hold(
        "a comment is at most 100 columns wide",
        "break the line",
        &faults,
    );
}

#[test]
fn comments_name_the_actor_and_say_returns() {
    let mut faults: Vec<Fault> = Vec::new();
    for source in ["runtime/src", "macros/src"]
        .iter()
        .flat_map(|folder| sources(folder))
    {
        for comment in &source.comments {
            let content = comment.content();
            let continues = content.starts_with("...");
            let words = WORDS.iter().filter(|(word, _)| content.contains(word));
            let found = words.map(|(word, better)| format!("`{}`: {better}", word.trim()));
            let found = found.chain(continues.then(|| "begins with `...`: a new sentence".into()));
            let place = format!("{}:{}", source.path, comment.line);
            faults.extend(found.map(|what| (place.clone(), what)));
        }
    }
    hold(
        "a comment reads alone",
        "write the sentence again, with its subject",
        &faults,
    );
}

#[test]
fn rustfmt_says_the_width() {
    let config = crate::source::read("rustfmt.toml");
    assert!(
        config.contains(&format!("max_width = {WIDTH}")),
        "rustfmt.toml:1: the width is {WIDTH} in `tests/tests/tidy/comments.rs`"
    );
}

/// What the macros are expected to write is not broken by hand.
fn is_expected_output(path: &str) -> bool {
    path.contains("/snapshots/") || path.ends_with("snapshots.rs")
}
