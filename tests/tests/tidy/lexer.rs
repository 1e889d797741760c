//! Tells comments and quoted text from code.

/// One line of a comment.
pub(crate) struct Comment {
    pub(crate) line: usize,
    /// The text with its marker, such as `//`.
    pub(crate) text: String,
}

impl Comment {
    /// Returns the text without its marker and the space after it.
    pub(crate) fn content(&self) -> &str {
        let text = self.text.trim_start();
        let text = ["///", "//!", "//", "/**", "/*!", "/*"]
            .iter()
            .find_map(|marker| text.strip_prefix(marker))
            .unwrap_or(text);
        text.strip_prefix(' ').unwrap_or(text)
    }
}

enum Kind {
    Code,
    Quoted,
    Comment,
}

/// Returns the code with blanks in place of comments and of quoted text, so that every offset and
/// every line is where it was; and the comments.
pub(crate) fn split(text: &str) -> (String, Vec<Comment>) {
    let mut code = String::with_capacity(text.len());
    let mut comments = Vec::new();
    let mut rest = text;
    let mut line = 1;
    while !rest.is_empty() {
        let (kind, length) = first(rest);
        let (part, after) = rest.split_at(length);
        if matches!(kind, Kind::Code) {
            code.push_str(part);
        } else {
            code.push_str(&blanks(part));
        }
        if matches!(kind, Kind::Comment) {
            comments.extend(part.lines().enumerate().map(|(index, text)| Comment {
                line: line + index,
                text: text.to_owned(),
            }));
        }
        line += part.matches('\n').count();
        rest = after;
    }
    (code, comments)
}

/// Returns as many blanks as the text has bytes. Its line ends stay.
pub(crate) fn blanks(text: &str) -> String {
    let blank = |byte| if byte == b'\n' { '\n' } else { ' ' };
    text.bytes().map(blank).collect()
}

pub(crate) fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Returns what a text begins with, and how many bytes that has.
fn first(text: &str) -> (Kind, usize) {
    if text.starts_with("//") {
        return (Kind::Comment, text.find('\n').unwrap_or(text.len()));
    }
    if text.starts_with("/*") {
        return (Kind::Comment, block_comment(text));
    }
    let word = text.find(|c| !is_of_word(c)).unwrap_or(text.len());
    let quoted = match &text[..word] {
        "r" | "br" | "cr" => raw_string(&text[word..]),
        "" | "b" | "c" => string(&text[word..]).or_else(|| character(&text[word..])),
        _ => None,
    };
    match quoted {
        Some(length) => (Kind::Quoted, word + length),
        None if word > 0 => (Kind::Code, word),
        None => (Kind::Code, text.chars().next().map_or(0, char::len_utf8)),
    }
}

/// Returns the length of the block comment that the text begins with, with those within it.
fn block_comment(text: &str) -> usize {
    let mut depth = 0;
    let mut at = 0;
    while at < text.len() {
        let rest = &text.as_bytes()[at..];
        if rest.starts_with(b"/*") {
            depth += 1;
            at += 2;
        } else if rest.starts_with(b"*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    text.len()
}

fn string(text: &str) -> Option<usize> {
    text.starts_with('"').then(|| end_of_quote(text, '"'))
}

/// Returns the length of the character that the text begins with. None for a lifetime.
fn character(text: &str) -> Option<usize> {
    let inside = text.strip_prefix('\'')?;
    let mut chars = inside.chars();
    let is_character = chars.next()? == '\\' || chars.next()? == '\'';
    is_character.then(|| end_of_quote(text, '\''))
}

/// Returns where the quote ends that the text begins with.
fn end_of_quote(text: &str, mark: char) -> usize {
    let mut chars = text.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        if c == '\\' {
            chars.next();
        } else if c == mark {
            return at + 1;
        }
    }
    text.len()
}

/// Returns the length of a raw string, from after its `r`. None for a raw name.
fn raw_string(text: &str) -> Option<usize> {
    let hashes = text.find(|c| c != '#')?;
    let inside = text[hashes..].strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    let length = inside.find(&end).map_or(inside.len(), |at| at + end.len());
    Some(hashes + 1 + length)
}

#[test]
fn comments_and_quotes_are_told_from_code() {
    let text = r##"a("x // \" y", 'b', '\'', b'"', r#"z "quoted" z"#, r"c"); // one
/// two 'a "
fn f<'a>(x: &'a str, r#type: char) /* three /* four */
five */ { '"' }"##;
    let (code, comments) = split(text);
    let words: Vec<&str> = code.split_whitespace().collect();
    assert_eq!(
        words.join(" "),
        "a( , , , , , ); fn f<'a>(x: &'a str, r#type: char) { }"
    );
    assert_eq!(code.len(), text.len());
    let found: Vec<_> = comments.iter().map(|c| (c.line, c.content())).collect();
    assert_eq!(
        found,
        [
            (1, "one"),
            (2, "two 'a \""),
            (3, "three /* four */"),
            (4, "five */"),
        ]
    );
}
