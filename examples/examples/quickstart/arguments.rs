//! The command line: an optional folder.

use std::ffi::OsString;
use std::path::PathBuf;

/// What `--help` prints.
pub(crate) const USAGE: &str = "\
Shows what offloop does, on real work, and prints a table of it.

Usage: cargo run --release --example quickstart [-- FOLDER]

  FOLDER      makes thumbnails of the JPEG and PNG files in this folder,
              which stay as they are; without it, of photographs that it renders
  -h, --help  prints this text
";

/// What the command line asks for.
pub(crate) enum Request {
    Help,
    Run { folder: Option<PathBuf> },
}

/// Reads the arguments of the program, without its name.
///
/// # Errors
/// The arguments are wrong. The text says which one, and why.
pub(crate) fn parse(arguments: impl Iterator<Item = OsString>) -> Result<Request, String> {
    let mut folder = None;
    for argument in arguments {
        if argument == "-h" || argument == "--help" {
            return Ok(Request::Help);
        }
        if argument.as_encoded_bytes().starts_with(b"-") {
            return Err(format!("unknown option {}", argument.display()));
        }
        if folder.is_some() {
            return Err(format!(
                "one folder only, but there is also {}",
                argument.display()
            ));
        }
        folder = Some(PathBuf::from(argument));
    }
    Ok(Request::Run { folder })
}
