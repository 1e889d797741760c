//! Runs the quick start as a user does: as a process, with the program that `cargo test` has built.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use image::{Rgb, RgbImage, Rgba, RgbaImage};

/// Returns the path of the program. Examples have no variable like `CARGO_BIN_EXE_`, but they are
/// built beside the tests.
fn program() -> PathBuf {
    let test = std::env::current_exe().expect("a test knows its own path");
    let profile = test
        .parent()
        .and_then(Path::parent)
        .expect("it is in `target/<profile>/deps`");
    let program = profile.join("examples").join("quickstart");
    assert!(
        program.is_file(),
        "build it first: cargo build -p offloop-examples --examples"
    );
    program
}

fn run<A: AsRef<OsStr>>(arguments: impl IntoIterator<Item = A>) -> Output {
    Command::new(program())
        .args(arguments)
        .output()
        .expect("the program starts")
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("the program prints text")
}

/// Returns the process ids of the workers in a line of the report.
fn pids(line: &str) -> Vec<u32> {
    let Some((_, names)) = line.split_once("worker process") else {
        return Vec::new();
    };
    let names = names
        .trim_start_matches("es")
        .split([',', ' '])
        .filter(|name| !name.is_empty());
    names.map_while(|name| name.parse().ok()).collect()
}

#[test]
fn a_folder_with_a_broken_file_is_done_as_far_as_it_goes() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let jpeg = RgbImage::from_pixel(640, 480, Rgb([200, 100, 50]));
    jpeg.save(folder.path().join("a.jpg")).expect("a JPEG");
    let png = RgbaImage::from_pixel(300, 500, Rgba([0, 100, 200, 128]));
    png.save(folder.path().join("b.PNG")).expect("a PNG");
    std::fs::write(folder.path().join("broken.jpg"), "no JPEG").expect("a file");
    std::fs::write(folder.path().join("notes.txt"), "left alone").expect("a file");

    let output = run([folder.path()]);
    let (report, errors) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{errors}\n{report}");
    assert_eq!(errors, "", "no progress bars where there is no terminal");
    assert!(!report.contains('\u{1b}'), "no escape codes: {report:?}");

    let thumbnails = report
        .lines()
        .skip_while(|line| !line.starts_with("2 thumbnails made"));
    let workers: Vec<u32> = thumbnails.take(2).flat_map(pids).collect();
    assert!(!workers.is_empty(), "no worker made thumbnails: {report}");
    assert!(report.contains("broken.jpg: not a picture"), "{report}");
    assert!(!report.contains("notes.txt"), "{report}");

    let crash = report.lines().find(|line| line.contains("SIGSEGV"));
    let crash = crash.unwrap_or_else(|| panic!("no crash: {report}"));
    assert!(
        crash.contains("write_to_null") && crash.contains("`images`"),
        "{crash}"
    );
}

#[test]
fn a_missing_folder_is_an_error() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let missing = folder.path().join("no such folder");
    let output = run([&missing]);
    assert_eq!(output.status.code(), Some(1));
    let errors = text(&output.stderr);
    assert!(
        errors.starts_with("error: cannot open the folder"),
        "{errors}"
    );
    assert!(errors.contains("no such folder: No such file"), "{errors}");
    assert_eq!(text(&output.stdout), "");
}

#[test]
fn a_folder_without_pictures_is_an_error() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let output = run([folder.path()]);
    assert_eq!(output.status.code(), Some(1));
    let errors = text(&output.stderr);
    assert!(
        errors.starts_with("error: there is no JPEG or PNG file in the folder"),
        "{errors}"
    );
}

#[test]
fn the_command_line_is_checked() {
    let help = run(["--help"]);
    assert!(help.status.success());
    assert!(text(&help.stdout).contains("Usage:"));

    let unknown = run(["--folder"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(text(&unknown.stderr).starts_with("error: unknown option --folder"));
}
