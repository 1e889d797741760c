//! The same program in every edition, with the library under another name: each is a
//! package of its own, because an edition belongs to a package.

use std::path::Path;
use std::process::Command;
use std::{env, fs, io};

const EDITIONS: [&str; 3] = ["2018", "2021", "2024"];

#[test]
fn every_edition() -> io::Result<()> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let workspace = here.parent().unwrap_or(here);
    let packages = Path::new(env!("CARGO_TARGET_TMPDIR")).join("editions");
    let runtime = workspace.join("runtime");
    let program = here.join("ui/editions/program.rs");
    fs::create_dir_all(&packages)?;
    // The versions that are there already: nothing is downloaded.
    fs::copy(workspace.join("Cargo.lock"), packages.join("Cargo.lock"))?;
    for edition in EDITIONS {
        let package = packages.join(edition);
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
        packages.join("Cargo.toml"),
        format!("[workspace]\nresolver = \"3\"\nmembers = {EDITIONS:?}\n"),
    )?;
    let output = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["check", "--workspace", "--offline", "--quiet"])
        .current_dir(&packages)
        .env("CARGO_TARGET_DIR", packages.join("target"))
        .output()?;
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    Ok(())
}
