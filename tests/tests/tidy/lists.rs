//! Lists that stand in two places and agree.

use std::collections::BTreeSet;

use crate::source::read;

#[test]
fn the_limit_of_a_tuple_is_one_number() {
    let macros = read("macros/src/expand/process.rs");
    let limit = between(&macros, "const LONGEST_TUPLE: usize = ", ";");
    let arguments = read("runtime/src/tasks/arguments.rs");
    let longest = between(&arguments, "tuples! {", "\n}");
    let longest = longest
        .lines()
        .filter_map(|line| line.trim().strip_prefix('('));
    let longest = longest
        .map(|line| line.split_whitespace().count() / 2)
        .max();
    assert_eq!(
        limit.parse().ok(),
        longest,
        "`LONGEST_TUPLE` in macros/src/expand/process.rs is the longest of `tuples!` in \
         runtime/src/tasks/arguments.rs"
    );
}

#[test]
fn the_numbers_that_are_copied_as_memory_are_the_same_everywhere() {
    let raw = read("runtime/src/wire/raw.rs");
    let raw = words(between(&raw, "$then! {", "}"));
    let shared = read("runtime/src/shared/content.rs");
    let shared = words(between(&shared, "numbers! {", "}"));
    let macros = read("macros/src/known_types.rs");
    let macros =
        words(&between(&macros, "const NUMBERS: [&str; 14] = [", "]").replace(['"', ','], " "));
    assert_eq!(
        raw, shared,
        "runtime/src/wire/raw.rs and runtime/src/shared/content.rs"
    );
    let missing: Vec<_> = raw.difference(&macros).collect();
    assert!(
        missing.is_empty(),
        "macros/src/known_types.rs does not know {missing:?} of runtime/src/wire/raw.rs"
    );
}

#[test]
fn the_changelog_has_the_version_or_what_is_not_released() {
    let workspace = read("Cargo.toml");
    let version = between(&workspace, "\nversion = \"", "\"");
    let changelog = read("CHANGELOG.md");
    let is_there =
        changelog.contains(&format!("## {version}")) || changelog.contains("## Unreleased");
    assert!(
        is_there,
        "CHANGELOG.md has neither `## {version}` nor `## Unreleased`"
    );
}

#[test]
fn every_example_is_run_by_ci() {
    let ci = read(".ci/run");
    let examples = crate::source::repository().join("examples/examples");
    for entry in std::fs::read_dir(examples).expect("the examples") {
        let path = entry.expect("an example").path();
        let name = path
            .file_stem()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        assert!(
            ci.contains(&format!("--example {name}")),
            ".ci/run does not run `--example {name}`"
        );
    }
}

fn between<'a>(text: &'a str, start: &str, end: &str) -> &'a str {
    let (_, rest) = text
        .split_once(start)
        .unwrap_or_else(|| panic!("there is no `{start}`"));
    let (between, _) = rest
        .split_once(end)
        .unwrap_or_else(|| panic!("there is no `{end}`"));
    between
}

fn words(text: &str) -> BTreeSet<String> {
    text.split_whitespace().map(ToOwned::to_owned).collect()
}
