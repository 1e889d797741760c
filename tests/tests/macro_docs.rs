//! Links in docs to tasks, and those that generated docs have: `rustdoc` follows all of them.

use std::path::Path;
use std::process::Command;
use std::{env, fs, io};

#[test]
fn links_are_neither_broken_nor_ambiguous() -> io::Result<()> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let workspace = here.parent().unwrap_or(here);
    let package = Path::new(env!("CARGO_TARGET_TMPDIR")).join("docs");
    let runtime = workspace.join("runtime");
    let library = here.join("ui/docs/library.rs");
    fs::create_dir_all(&package)?;
    // The versions that are there already: nothing is downloaded.
    fs::copy(workspace.join("Cargo.lock"), package.join("Cargo.lock"))?;
    fs::write(
        package.join("Cargo.toml"),
        format!(
            "[package]\nname = \"linked\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
             [lib]\npath = {library:?}\n\n\
             [dependencies]\noffloop = {{ path = {runtime:?} }}\n\n[workspace]\n"
        ),
    )?;
    // Those of hidden and of private items too.
    for private in [false, true] {
        let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.args(["doc", "--no-deps", "--offline", "--quiet"]);
        if private {
            cargo.arg("--document-private-items");
        }
        let output = cargo
            .current_dir(&package)
            .env("CARGO_TARGET_DIR", package.join("target"))
            .env("RUSTDOCFLAGS", "-D warnings")
            .output()?;
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{errors}");
    }
    Ok(())
}
