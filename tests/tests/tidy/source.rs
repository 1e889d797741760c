//! A source file, and the report of a broken rule.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use crate::lexer::{self, Comment};

/// A Rust file.
pub(crate) struct Source {
    /// The path from the root of the repository.
    pub(crate) path: String,
    pub(crate) text: String,
    /// The text with blanks in place of comments and of quoted text.
    pub(crate) code: String,
    pub(crate) comments: Vec<Comment>,
}

impl Source {
    /// Reads a file; the path is from the root of the repository.
    pub(crate) fn read(path: &str) -> Source {
        let text = read(path);
        let (code, comments) = lexer::split(&text);
        Source {
            path: path.to_owned(),
            text,
            code,
            comments,
        }
    }

    /// Returns where the words stand in the code, each as a word of its own.
    pub(crate) fn words<'a>(&'a self, word: &'a str) -> impl Iterator<Item = usize> + 'a {
        self.code
            .match_indices(word)
            .map(|(at, _)| at)
            .filter(move |at| {
                !self.code[..*at].ends_with(lexer::is_of_word)
                    && !self.code[at + word.len()..].starts_with(lexer::is_of_word)
            })
    }

    /// Returns the place, as `file:line`.
    pub(crate) fn place(&self, at: usize) -> String {
        let line = 1 + self.text[..at].matches('\n').count();
        format!("{}:{line}", self.path)
    }
}

/// Reads a file of any kind; the path is from the root of the repository.
pub(crate) fn read(path: &str) -> String {
    let file = repository().join(path);
    fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

/// Reads all Rust files of a folder and of those within it, in the order of their names.
pub(crate) fn sources(folder: &str) -> Vec<Source> {
    let mut files = Vec::new();
    collect(&repository().join(folder), &mut files);
    files.sort();
    assert!(!files.is_empty(), "`{folder}` has no Rust file");
    files
        .iter()
        .map(|file| Source::read(&shown(file)))
        .collect()
}

/// Returns the root of the repository.
pub(crate) fn repository() -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests
        .parent()
        .expect("`tests` is in the repository")
        .to_owned()
}

fn shown(file: &Path) -> String {
    let path = file
        .strip_prefix(repository())
        .expect("a file of the repository");
    path.to_string_lossy().replace('\\', "/")
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder of the repository") {
        let path = entry.expect("an entry of a folder").path();
        if path.is_dir() && !path.ends_with("target") {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}

/// A place that breaks a rule: where, and what is wrong there.
pub(crate) type Fault = (String, String);

/// Fails if there are faults, and says where, which rule that is, and what to do.
pub(crate) fn hold(rule: &str, to_do: &str, faults: &[Fault]) {
    let mut message = String::new();
    for (place, what) in faults {
        let _ = writeln!(message, "{place}: {what}");
    }
    let count = faults.len();
    assert!(
        faults.is_empty(),
        "the rule \"{rule}\" is broken {count} times\n{message}to do: {to_do}"
    );
}
