//! The page of promises names tests; here it is held to them, and they to it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Folders of this binary that are no section of the page.
const NO_SECTIONS: [&str; 1] = ["macros"];

fn tests() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests")
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn page() -> String {
    read(&tests().join("../../runtime/src/promises.md"))
}

/// The names between backticks that are paths: `section::file::test` for this binary, or
/// `binary::test` or `binary::file::test` for others.
fn tests_named_in(text: &str) -> impl Iterator<Item = &str> {
    let code = text.split('`').skip(1).step_by(2);
    code.filter(|name| {
        let parts: Vec<_> = name.split("::").collect();
        let is_name =
            |part: &&str| !part.is_empty() && part.chars().all(|c| c.is_alphanumeric() || c == '_');
        let placeholder = ["name", "test"].contains(parts.last().unwrap());
        parts.len() > 1 && parts.iter().all(is_name) && !placeholder
    })
}

/// The file that such a name says, of this binary or of another.
fn file_of(name: &str) -> (PathBuf, &str) {
    let (path, test) = name.rsplit_once("::").unwrap();
    let path = path.replace("::", "/") + ".rs";
    let here = tests().join("it").join(&path);
    if here.is_file() {
        (here, test)
    } else {
        (tests().join(path), test)
    }
}

fn has_test(source: &str, test: &str) -> bool {
    let lines: Vec<_> = source.lines().map(str::trim_start).collect();
    let at = lines.iter().position(|line| {
        let line = line.trim_start_matches("async ");
        line.starts_with(&format!("fn {test}("))
    });
    at.is_some_and(|at| {
        let above = lines[..at].iter().rev();
        let mut above = above.take_while(|line| line.starts_with(['#', '/']));
        above.any(|line| line.starts_with("#[test]") || line.starts_with("#[tokio::test"))
    })
}

#[test]
fn every_test_that_the_page_names_exists() {
    let page = page();
    let mut sources = BTreeMap::new();
    let mut named = 0;
    for name in tests_named_in(&page) {
        let (file, test) = file_of(name);
        let source = sources.entry(file.clone()).or_insert_with(|| read(&file));
        assert!(has_test(source, test), "there is no test `{name}`");
        named += 1;
    }
    assert!(named > 60, "only {named} tests were found on the page");
}

/// The folder of a section says its heading, and holds tests that the section names.
#[test]
fn every_section_of_the_page_has_its_folder() {
    let mut folders: Vec<_> = fs::read_dir(tests().join("it"))
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().into_string().unwrap())
        .filter(|folder| !NO_SECTIONS.contains(&folder.as_str()))
        .collect();
    for section in page().split("\n# ").skip(1) {
        let (heading, body) = section.split_once('\n').unwrap();
        let at = folders.iter().position(|folder| {
            let module = read(&tests().join("it").join(folder).join("mod.rs"));
            module.lines().next() == Some(&format!("//! {heading}."))
        });
        let at = at.unwrap_or_else(|| panic!("no folder is that of `{heading}`"));
        let folder = folders.swap_remove(at);
        let prefix = format!("{folder}::");
        let mut named = tests_named_in(body);
        assert!(
            named.any(|name| name.starts_with(&prefix)),
            "`{heading}` names no test of its folder `{folder}`"
        );
    }
    assert!(folders.is_empty(), "no section has the folders {folders:?}");
}

/// A file that is no module is not compiled, and its tests do not run.
#[test]
fn every_file_is_a_module() {
    fn check(folder: &Path) -> usize {
        let roots = ["main.rs", "mod.rs"].map(|name| folder.join(name));
        let root = roots.iter().find(|root| root.is_file());
        let root = read(root.unwrap_or_else(|| panic!("{} has no `mod.rs`", folder.display())));
        let mut files = 0;
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if roots.contains(&path) {
                continue;
            }
            let name = path.file_stem().unwrap().to_str().unwrap();
            let declares = |line: &str| line.ends_with(&format!("mod {name};"));
            assert!(
                root.lines().any(declares),
                "{} is no module",
                path.display()
            );
            files += if path.is_dir() { check(&path) } else { 1 };
        }
        files
    }
    let folders = fs::read_dir(tests()).unwrap();
    let folders = folders.map(|entry| entry.unwrap().path());
    let files: usize = folders
        .filter(|path| path.is_dir())
        .map(|folder| check(&folder))
        .sum();
    assert!(files > 40, "only {files} files were found");
}
