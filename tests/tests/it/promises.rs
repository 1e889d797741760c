//! The page of promises names tests; here it is held to them.

use std::collections::BTreeMap;
use std::path::Path;

#[test]
fn every_test_that_is_named_exists() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = std::fs::read_to_string(folder.join("../runtime/src/promises.md")).unwrap();
    let mut files = BTreeMap::new();
    let mut named = 0;
    for name in page.split('`').skip(1).step_by(2) {
        let Some((file, test)) = name.split_once("::") else {
            continue;
        };
        if (file, test) == ("file", "name") {
            continue;
        }
        let source = files.entry(file).or_insert_with(|| {
            let path = folder.join("tests").join(file).with_extension("rs");
            std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path:?}: {error}"))
        });
        let lines: Vec<_> = source.lines().map(str::trim_start).collect();
        let at = lines.iter().position(|line| {
            line.trim_start_matches("async ")
                .starts_with(&format!("fn {test}("))
        });
        let is_test = at.is_some_and(|at| {
            let above = lines[..at].iter().rev();
            let mut above = above.take_while(|line| line.starts_with(['#', '/']));
            above.any(|line| line.starts_with("#[test]") || line.starts_with("#[tokio::test"))
        });
        assert!(is_test, "{file}.rs has no test `{test}`");
        named += 1;
    }
    assert!(named > 30, "only {named} tests were found on the page");
}
