//! The methods of `std::path::Path` that ask the file system.

use offloop::blocking_io;
use std::fs::{Metadata, ReadDir};
use std::io;
use std::path::{Path, PathBuf};

#[blocking_io]
fn exists(path: &Path) -> bool {
    path.exists()
}
#[blocking_io]
fn try_exists(path: &Path) -> io::Result<bool> {
    path.try_exists()
}
#[blocking_io]
fn is_file(path: &Path) -> bool {
    path.is_file()
}
#[blocking_io]
fn is_dir(path: &Path) -> bool {
    path.is_dir()
}
#[blocking_io]
fn is_symlink(path: &Path) -> bool {
    path.is_symlink()
}
#[blocking_io]
fn metadata(path: &Path) -> io::Result<Metadata> {
    path.metadata()
}
#[blocking_io]
fn symlink_metadata(path: &Path) -> io::Result<Metadata> {
    path.symlink_metadata()
}
#[blocking_io]
fn canonicalize(path: &Path) -> io::Result<PathBuf> {
    path.canonicalize()
}
#[blocking_io]
fn read_link(path: &Path) -> io::Result<PathBuf> {
    path.read_link()
}
#[blocking_io]
fn read_dir(path: &Path) -> io::Result<ReadDir> {
    path.read_dir()
}

#[test]
fn a_folder_is_asked() -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    assert!(exists(folder.path()).wait()?);
    assert!(is_dir(folder.path()).wait()?);
    assert!(!is_file::builder().path(folder.path()).call().wait()?);
    assert_eq!(read_dir(folder.path()).wait()?.count(), 0);
    assert!(read_link(folder.path()).wait().is_err());
    Ok(())
}
