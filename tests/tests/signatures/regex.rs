//! `regex`: its methods as functions, so that a long text is searched elsewhere.

use ::regex::{Error, Regex, RegexBuilder, RegexSet};
use offloop::cpu_bound;
use std::collections::HashMap;
use std::ops::Range;

#[cpu_bound(threads, nested)]
fn new(re: &str) -> Result<Regex, Error> {
    Regex::new(re)
}
#[cpu_bound(threads, nested)]
fn new_set<I, S>(exprs: I) -> Result<RegexSet, Error>
where
    S: AsRef<str>,
    I: IntoIterator<Item = S>,
{
    RegexSet::new(exprs)
}
#[cpu_bound(threads, nested)]
fn build(builder: &RegexBuilder) -> Result<Regex, Error> {
    builder.build()
}
#[cpu_bound(threads)]
fn is_match(re: &Regex, haystack: &str) -> bool {
    re.is_match(haystack)
}
#[cpu_bound(threads)]
fn is_match_at(re: &Regex, haystack: &str, start: usize) -> bool {
    re.is_match_at(haystack, start)
}
#[cpu_bound(threads)]
fn shortest_match(re: &Regex, haystack: &str) -> Option<usize> {
    re.shortest_match(haystack)
}
// adapted: a match borrows the text, its place does not
#[cpu_bound(threads)]
fn find(re: &Regex, haystack: &str) -> Option<Range<usize>> {
    re.find(haystack).map(|found| found.range())
}
// adapted: the result must not borrow the text
#[cpu_bound(threads)]
fn find_iter(re: &Regex, haystack: &str) -> Vec<Range<usize>> {
    re.find_iter(haystack).map(|found| found.range()).collect()
}
// adapted: the result must not borrow the text
#[cpu_bound(threads)]
fn replace_all<R: ::regex::Replacer>(re: &Regex, haystack: &str, rep: R) -> String {
    re.replace_all(haystack, rep).into_owned()
}
// adapted: the result must not borrow the text
#[cpu_bound(threads)]
fn split(re: &Regex, haystack: &str) -> Vec<String> {
    re.split(haystack).map(str::to_owned).collect()
}
#[cpu_bound(threads)]
fn matches(set: &RegexSet, haystack: &str) -> ::regex::SetMatches {
    set.matches(haystack)
}
// own
#[cpu_bound]
fn captures(
    pattern: &str,
    haystack: &str,
) -> Result<HashMap<String, String>, Box<dyn std::error::Error + Send + Sync>> {
    let re = Regex::new(pattern)?;
    let Some(found) = re.captures(haystack) else {
        return Ok(HashMap::new());
    };
    let named = re.capture_names().flatten();
    let named =
        named.filter_map(|name| Some((name.to_owned(), found.name(name)?.as_str().to_owned())));
    Ok(named.collect())
}

#[test]
fn texts_are_searched() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let re = new(r"\d+").wait()??;
    assert!(is_match(&re, "a1").wait()?);
    assert_eq!(find(&re, "a12b").wait()?, Some(1..3));
    assert_eq!(
        split::builder()
            .re(re.clone())
            .haystack("a1b2c")
            .call()
            .wait()?,
        ["a", "b", "c"]
    );
    assert_eq!(replace_all(&re, "a1b22", "#").wait()?, "a#b#");
    assert!(new("(").wait()?.is_err());
    let set = new_set(["a", "b"]).wait()??;
    assert!(matches(&set, "b").wait()?.matched(1));
    let found = captures(r"(?<key>\w)=(?<value>\w)", "a=1").wait()?;
    assert_eq!((&*found["key"], &*found["value"]), ("a", "1"));
    assert!(captures("(", "").wait().is_err());
    Ok(())
}
