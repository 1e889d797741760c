//! The docs in `lib.rs` list the options that the parser takes.

use crate::kind::{Form, Kind};
use crate::options::{self, Applies, Key};

/// What the docs of an option say if it is not for `#[cpu_bound(threads)]`.
const NOT_WITH_THREADS: &str = "not with `threads`";

/// A row of a table of options.
struct Row {
    /// The options of the row.
    words: Vec<String>,
    meaning: String,
}

/// Returns the rows below `# Options` in the docs of an attribute.
fn rows(kind: Kind) -> Vec<Row> {
    let source = include_str!("../lib.rs");
    let function = format!("\npub fn {}(", kind.name());
    let (before, _) = source.split_once(&function).unwrap();
    let lines = before.lines().rev();
    let docs = lines
        .skip_while(|line| line.starts_with("#["))
        .map_while(|line| line.strip_prefix("///"));
    let mut docs: Vec<&str> = docs.collect();
    docs.reverse();
    let below = docs.into_iter().skip_while(|line| *line != " # Options");
    let table = below.skip(2).take_while(|line| line.starts_with(" |"));
    // The first two lines are the head.
    table.skip(2).map(row).collect()
}

/// Reads a row such as `` | `pool = PATH` | the pool | ``.
fn row(line: &str) -> Row {
    let mut cells = line.split('|').skip(1);
    let (options, meaning) = (cells.next().unwrap(), cells.next().unwrap());
    let in_backticks = options.split('`').skip(1).step_by(2);
    let words = in_backticks.map(|option| option.split(' ').next().unwrap().to_owned());
    Row {
        words: words.collect(),
        meaning: meaning.to_owned(),
    }
}

#[test]
fn docs_list_the_options_of_the_table() {
    for kind in [Kind::BlockingIo, Kind::CpuBound] {
        let mut words: Vec<String> = rows(kind).into_iter().flat_map(|row| row.words).collect();
        // `builder` has a row for each form of its value.
        words.dedup();
        let accepted = options::accepted(Form::of(kind, false));
        assert_eq!(words, accepted, "the docs of {}", kind.attribute());
    }
}

#[test]
fn docs_say_which_options_are_not_for_threads() {
    let rows = rows(Kind::CpuBound);
    for key in Key::ALL {
        let row = rows
            .iter()
            .find(|row| row.words.iter().any(|word| word == key.word()));
        let says_so = row.unwrap().meaning.contains(NOT_WITH_THREADS);
        let is_so = matches!(key.applies(Form::CpuBoundThreads), Applies::No(_));
        assert_eq!(says_so, is_so, "the docs of `{}`", key.word());
    }
}
