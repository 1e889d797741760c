//! The sections of `bench/README.md` that the programs of the bench write.

use std::fs;

const README: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");

/// Replaces the text between `<!-- NAME: begin -->` and `<!-- NAME: end -->`.
///
/// # Errors
///
/// README.md cannot be read or written, or one of the two marks is missing.
pub fn write_section(name: &str, text: &str) -> Result<(), String> {
    let page =
        fs::read_to_string(README).map_err(|error| format!("cannot read {README}: {error}"))?;
    let page = with_section(&page, name, text)?;
    fs::write(README, page).map_err(|error| format!("cannot write {README}: {error}"))
}

fn with_section(page: &str, name: &str, text: &str) -> Result<String, String> {
    let (begin, end) = (
        format!("<!-- {name}: begin -->\n"),
        format!("<!-- {name}: end -->"),
    );
    let missing = |mark: &str| format!("{README} has no `{}`", mark.trim());
    let (before, rest) = page.split_once(&begin).ok_or_else(|| missing(&begin))?;
    let (_, after) = rest.split_once(&end).ok_or_else(|| missing(&end))?;
    Ok(format!("{before}{begin}{text}{end}{after}"))
}

#[cfg(test)]
mod tests {
    use super::with_section;

    const PAGE: &str = "one\n<!-- a: begin -->\nold\n<!-- a: end -->\ntwo\n";

    #[test]
    fn a_section_is_replaced_and_the_rest_stays() {
        let expected = "one\n<!-- a: begin -->\nnew\n<!-- a: end -->\ntwo\n";
        assert_eq!(with_section(PAGE, "a", "new\n").as_deref(), Ok(expected));
    }

    #[test]
    fn a_missing_mark_is_named() {
        let error = with_section(PAGE, "b", "").expect_err("there is no section `b`");
        assert!(error.ends_with("has no `<!-- b: begin -->`"), "{error}");
        let error = with_section("<!-- a: begin -->\n", "a", "").expect_err("it has no end");
        assert!(error.ends_with("has no `<!-- a: end -->`"), "{error}");
    }
}
