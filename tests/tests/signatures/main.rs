//! Functions of libraries that people use, annotated with the signatures that their docs show:
//! all of them have to compile, and a good part is run, on real files, sockets, pictures and
//! tables. A binary of its own because of the libraries, one of which is linked on demand only.
//!
//! A function has the signature of the library, with `self` as its first argument where it is a
//! method, unless the line above its attribute says
//!
//! - `adapted`, and why: what a user writes where a form is refused by the rules that the docs of
//!   the attribute have;
//! - `own`: what a program would have around the library.
//!
//! The test below counts them. By hand, that is all of
//! `grep -rE '^ *#\[(blocking_io|cpu_bound)' tests/tests/signatures | wc -l` without those of
//! `grep -rE '^ *// (adapted|own)' tests/tests/signatures | wc -l`.
// `rusqlite` takes a SQLite to link, so it is a feature: the lints of CI compile its functions too,
// and `--features rusqlite/bundled` runs them.
// The functions are taken as they come, and not all are called.
#![allow(
    dead_code,
    missing_docs,
    clippy::missing_errors_doc,
    clippy::needless_pass_by_value,
    clippy::result_large_err,
    clippy::trivially_copy_pass_by_ref
)]

offloop_tests::settings_of_its_own!();

mod archives;
mod csv;
mod env;
mod file;
mod fs;
mod hashes;
mod image;
mod image_methods;
mod json;
mod net;
mod path;
mod process;
mod regex;
#[cfg(feature = "rusqlite")]
mod rusqlite;
mod sync;
mod unix;
mod ureq;
mod walkdir;
mod xml;

const FILES: [&str; 19] = [
    include_str!("archives.rs"),
    include_str!("csv.rs"),
    include_str!("env.rs"),
    include_str!("file.rs"),
    include_str!("fs.rs"),
    include_str!("hashes.rs"),
    include_str!("image.rs"),
    include_str!("image_methods.rs"),
    include_str!("json.rs"),
    include_str!("net.rs"),
    include_str!("path.rs"),
    include_str!("process.rs"),
    include_str!("regex.rs"),
    include_str!("rusqlite.rs"),
    include_str!("sync.rs"),
    include_str!("unix.rs"),
    include_str!("ureq.rs"),
    include_str!("walkdir.rs"),
    include_str!("xml.rs"),
];

#[test]
fn two_hundred_functions_have_their_signatures_as_they_are() {
    let (mut all, mut adapted, mut own) = (0, 0, 0);
    for line in FILES.iter().flat_map(|file| file.lines()).map(str::trim) {
        all += usize::from(line.starts_with("#[blocking_io") || line.starts_with("#[cpu_bound"));
        adapted += usize::from(line.starts_with("// adapted"));
        own += usize::from(line.starts_with("// own"));
    }
    let as_they_are = all - adapted - own;
    println!("{as_they_are} as they are, {adapted} adapted, {own} of our own");
    assert!(as_they_are >= 200, "{as_they_are} of {all}");
}
