//! What the code of one file declares, imports and names.

use crate::lexer::{blanks, is_of_word};

/// The names in the code of one file. Items that are compiled for tests only are left out.
#[derive(Default)]
pub(crate) struct Names {
    pub(crate) modules: Vec<Declared>,
    pub(crate) imports: Vec<Import>,
    pub(crate) paths: Vec<Named>,
}

/// A `mod name;`, whose code is in a file of its own.
pub(crate) struct Declared {
    pub(crate) at: usize,
    pub(crate) name: String,
}

/// A path that stands in the code.
#[derive(Clone)]
pub(crate) struct Named {
    pub(crate) at: usize,
    /// The modules around it that are written out in this file, from the outside in.
    pub(crate) scope: Vec<String>,
    pub(crate) path: Vec<String>,
}

/// One leaf of the tree of a `use`.
pub(crate) struct Import {
    pub(crate) of: Named,
    /// The name that it has here. None for all names of a module, `*`.
    pub(crate) name: Option<String>,
}

/// Reads the names of a file, whose code has blanks in place of comments and quoted text.
pub(crate) fn read(code: &str) -> Names {
    let code = without_tests(code);
    let mut reader = Reader {
        tokens: tokens(&code),
        next: 0,
        depth: 0,
        scope: Vec::new(),
        names: Names::default(),
    };
    while reader.next < reader.tokens.len() {
        reader.step();
    }
    reader.names
}

type Token<'a> = (usize, &'a str);

/// Returns words, `::` and other single characters, each with its offset.
fn tokens(code: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut at = 0;
    while let Some(c) = code[at..].chars().next() {
        let rest = &code[at..];
        let length = match c {
            c if is_of_word(c) => rest.find(|c| !is_of_word(c)).unwrap_or(rest.len()),
            ':' if rest.starts_with("::") => 2,
            c => c.len_utf8(),
        };
        if !c.is_whitespace() {
            tokens.push((at, &rest[..length]));
        }
        at += length;
    }
    tokens
}

struct Reader<'a> {
    tokens: Vec<Token<'a>>,
    next: usize,
    depth: usize,
    /// The modules around this place that are written out here, each with its depth.
    scope: Vec<(&'a str, usize)>,
    names: Names,
}

impl<'a> Reader<'a> {
    fn peek(&self, ahead: usize) -> &'a str {
        self.tokens
            .get(self.next + ahead)
            .map_or("", |token| token.1)
    }

    fn before(&self) -> &'a str {
        let at = self.next.checked_sub(1);
        at.and_then(|at| self.tokens.get(at))
            .map_or("", |token| token.1)
    }

    fn take(&mut self) -> &'a str {
        let token = self.peek(0);
        self.next += 1;
        token
    }

    fn step(&mut self) {
        match (self.peek(0), self.peek(1), self.peek(2)) {
            ("mod", name, ";") => {
                let (at, name) = (self.tokens[self.next].0, name.to_owned());
                self.names.modules.push(Declared { at, name });
                self.next += 3;
            }
            ("mod", name, "{") => {
                self.scope.push((name, self.depth));
                self.depth += 1;
                self.next += 3;
            }
            // Not the `use<'a>` of a type.
            ("use", path, _) if path != "<" => {
                self.next += 1;
                self.tree(&[]);
            }
            ("{", ..) => {
                self.depth += 1;
                self.next += 1;
            }
            ("}", ..) => self.close(),
            (word, "::", _) if word.starts_with(is_of_word) => self.path(),
            _ => self.next += 1,
        }
    }

    fn close(&mut self) {
        self.depth = self.depth.saturating_sub(1);
        if self.scope.last().is_some_and(|scope| scope.1 == self.depth) {
            self.scope.pop();
        }
        self.next += 1;
    }

    fn named(&self, at: usize, path: &[&str]) -> Named {
        Named {
            at,
            scope: self.scope.iter().map(|scope| scope.0.to_owned()).collect(),
            path: path.iter().map(|&word| word.to_owned()).collect(),
        }
    }

    /// Reads a path that is not in a `use`.
    fn path(&mut self) {
        // The rest of a path that begins with `::` or a type is not ours; `pub(in path)` imports
        // nothing.
        let counts = !["::", "in"].contains(&self.before());
        let at = self.tokens[self.next].0;
        let mut path = vec![self.take()];
        while self.peek(0) == "::" && self.peek(1).starts_with(is_of_word) {
            self.next += 1;
            path.push(self.take());
        }
        if counts {
            let named = self.named(at, &path);
            self.names.paths.push(named);
        } else if self.peek(0) == "::" {
            self.next += 1;
        }
    }

    /// Reads the tree of a `use`, or a branch of it, which begins with this path.
    fn tree(&mut self, prefix: &[&'a str]) {
        let mut path = prefix.to_vec();
        let at = self.tokens.get(self.next).map_or(0, |token| token.0);
        loop {
            match self.take() {
                "{" => {
                    while !["}", ""].contains(&self.peek(0)) {
                        self.tree(&path);
                        if self.peek(0) == "," {
                            self.next += 1;
                        }
                    }
                    self.next += 1;
                    return;
                }
                "*" => return self.import(at, &path, None),
                "self" if !path.is_empty() => {}
                word => path.push(word),
            }
            if self.peek(0) != "::" {
                break;
            }
            self.next += 1;
        }
        let mut name = path.last().copied();
        if self.peek(0) == "as" {
            name = Some(self.peek(1));
            self.next += 2;
        }
        self.import(at, &path, name);
    }

    fn import(&mut self, at: usize, path: &[&str], name: Option<&str>) {
        let (of, name) = (self.named(at, path), name.map(str::to_owned));
        self.names.imports.push(Import { of, name });
    }
}

/// Returns the code with blanks in place of items that are compiled for tests only.
pub(crate) fn without_tests(code: &str) -> String {
    let mut code = code.to_owned();
    for attribute in ["#[cfg(test)]", "#[cfg(all(test,"] {
        while let Some(at) = code.find(attribute) {
            let end = at + end_of_item(&code[at..]);
            let blank = blanks(&code[at..end]);
            code.replace_range(at..end, &blank);
        }
    }
    code
}

/// Returns where the item ends that the code begins with, attributes first.
fn end_of_item(code: &str) -> usize {
    let mut depth = 0;
    let mut braces = 0;
    for (at, c) in code.char_indices() {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth -= 1,
            '{' if depth == 0 => braces += 1,
            '}' if depth == 0 && braces <= 1 => return at + braces,
            '}' if depth == 0 => braces -= 1,
            ';' if depth == 0 && braces == 0 => return at + 1,
            _ => {}
        }
    }
    code.len()
}

#[cfg(test)]
mod tests {
    use super::{Names, read, without_tests};

    fn shown(names: &Names) -> Vec<String> {
        let imports = names.imports.iter().map(|import| {
            let name = import.name.as_deref().unwrap_or("*");
            format!("{} = {}", name, import.of.path.join("::"))
        });
        let paths = names.paths.iter().map(|named| {
            let scope = named.scope.join("::");
            format!("{scope}({})", named.path.join("::"))
        });
        imports.chain(paths).collect()
    }

    #[test]
    fn every_leaf_of_a_use_is_an_import() {
        let names = read("pub(crate) use a::{self, b as c, d::*, e::{f, g},};");
        assert_eq!(
            shown(&names),
            [
                "a = a",
                "c = a::b",
                "* = a::d",
                "f = a::e::f",
                "g = a::e::g"
            ]
        );
    }

    #[test]
    fn paths_are_found_with_the_modules_around_them() {
        let code = "fn f() -> super::A<crate::b::C> { ::std::d(); e::F::<g::H>::new() }
            mod inner { fn k() { super::l() } } pub(in crate::m) fn n() -> impl S + use<'_> {}
            crate::last()";
        assert_eq!(
            shown(&read(code)),
            [
                "(super::A)",
                "(crate::b::C)",
                "(e::F)",
                "(g::H)",
                "inner(super::l)",
                "(crate::last)",
            ]
        );
    }

    #[test]
    fn items_for_tests_are_left_out() {
        let code = "a; #[cfg(test)] mod tests; b #[cfg(test)]\nmod t { fn f() { [1; 2] } } c
            #[cfg(all(test, x))] #[y(z)] use d::{e, f}; #[cfg(not(test))] use g;
            { h #[cfg(test)] i }";
        let left = without_tests(code);
        let words: Vec<&str> = left.split_whitespace().collect();
        assert_eq!(words.join(" "), "a; b c ; #[cfg(not(test))] use g; { h }");
    }
}
