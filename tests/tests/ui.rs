//! What the compiler and `rustdoc` say of programs that use the attributes: errors of ours, which
//! are the same with every compiler, those of rustc on generated code, which are compared with one
//! compiler only, and packages that have to be clean. A binary of its own because all of it is
//! cargo's work, for minutes, and none of it is this process's.
//!
//! After a change, `TRYBUILD=overwrite cargo test -p offloop-tests --test ui` writes the
//! expected output anew; read the difference before it is committed.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs, io};

/// The compiler whose words `ui/rustc` holds.
const PINNED: &str = "rustc 1.95.";

#[test]
fn mistakes_that_the_macro_sees_are_told_in_its_words() {
    trybuild::TestCases::new().compile_fail("ui/macro/*.rs");
}

#[test]
fn mistakes_that_the_compiler_sees_are_told_in_words_that_help() {
    if compiler().starts_with(PINNED) {
        trybuild::TestCases::new().compile_fail("ui/rustc/*.rs");
    } else {
        println!(
            "skipped: this is {}, the messages are those of {PINNED}",
            compiler()
        );
    }
}

fn compiler() -> String {
    let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let version = Command::new(rustc).arg("--version").output();
    version.map_or_else(
        |error| error.to_string(),
        |output| String::from_utf8_lossy(&output.stdout).into_owned(),
    )
}

/// A folder in which cargo works, with the versions of dependencies that are there already: nothing
/// is downloaded.
struct Workspace(PathBuf);

impl Workspace {
    fn new(name: &str) -> io::Result<Workspace> {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::create_dir_all(&folder)?;
        fs::copy(root().join("Cargo.lock"), folder.join("Cargo.lock"))?;
        Ok(Workspace(folder))
    }

    /// Runs cargo, which has to be content.
    fn cargo(&self, arguments: &[&str]) -> io::Result<()> {
        let output = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
            .args(arguments)
            .args(["--offline", "--quiet"])
            .current_dir(&self.0)
            .env("CARGO_TARGET_DIR", self.0.join("target"))
            .env("RUSTDOCFLAGS", "-D warnings")
            .output()?;
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{errors}");
        Ok(())
    }
}

/// The folder of the whole repository.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Links in docs to tasks, and those that generated docs have: `rustdoc` follows all of them.
#[test]
fn links_are_neither_broken_nor_ambiguous() -> io::Result<()> {
    let workspace = Workspace::new("docs")?;
    let runtime = root().join("runtime");
    let library = Path::new(env!("CARGO_MANIFEST_DIR")).join("ui/docs/library.rs");
    fs::write(
        workspace.0.join("Cargo.toml"),
        format!(
            "[package]\nname = \"linked\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
             [lib]\npath = {library:?}\n\n\
             [dependencies]\noffloop = {{ path = {runtime:?} }}\n\n[workspace]\n"
        ),
    )?;
    workspace.cargo(&["doc", "--no-deps"])?;
    // Those of hidden and of private items too.
    workspace.cargo(&["doc", "--no-deps", "--document-private-items"])
}

/// The same program in each, with the library under another name. Each is a package of its own,
/// because an edition belongs to a package.
#[test]
fn every_edition_compiles_what_the_attributes_write() -> io::Result<()> {
    const EDITIONS: [&str; 3] = ["2018", "2021", "2024"];

    let workspace = Workspace::new("editions")?;
    let runtime = root().join("runtime");
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("ui/editions/program.rs");
    for edition in EDITIONS {
        let package = workspace.0.join(edition);
        fs::create_dir_all(&package)?;
        fs::write(
            package.join("Cargo.toml"),
            format!(
                "[package]\nname = \"edition-{edition}\"\nversion = \"0.0.0\"\nedition = \"{edition}\"\n\n\
                 [[bin]]\nname = \"edition-{edition}\"\npath = {program:?}\n\n\
                 [dependencies]\nother = {{ package = \"offloop\", path = {runtime:?} }}\n"
            ),
        )?;
    }
    fs::write(
        workspace.0.join("Cargo.toml"),
        format!("[workspace]\nresolver = \"3\"\nmembers = {EDITIONS:?}\n"),
    )?;
    workspace.cargo(&["check", "--workspace"])
}
