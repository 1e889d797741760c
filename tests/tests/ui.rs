//! Compile errors: ours, which are the same with every compiler, and those of rustc on
//! generated code, which are compared with one compiler only.
//!
//! After a change, `TRYBUILD=overwrite cargo test -p offloop-tests --test ui` writes the
//! expected output anew; read the difference before it is committed.

use std::process::Command;

/// The compiler whose words `ui/rustc` holds.
const PINNED: &str = "rustc 1.95.";

#[test]
fn messages_of_the_macro() {
    trybuild::TestCases::new().compile_fail("ui/macro/*.rs");
}

#[test]
fn messages_of_the_compiler() {
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
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let version = Command::new(rustc).arg("--version").output();
    version.map_or_else(
        |error| error.to_string(),
        |output| String::from_utf8_lossy(&output.stdout).into_owned(),
    )
}
