//! `std::fs`, the free functions: all of them.

use offloop::blocking_io;
use std::fs::{self, FileTimes, Metadata, Permissions, ReadDir};
use std::io;
use std::path::{Path, PathBuf};

#[blocking_io]
fn canonicalize<P: AsRef<Path>>(path: P) -> io::Result<PathBuf> {
    fs::canonicalize(path)
}
#[blocking_io]
fn copy<P: AsRef<Path>, Q: AsRef<Path>>(from: P, to: Q) -> io::Result<u64> {
    fs::copy(from, to)
}
#[blocking_io]
fn create_dir<P: AsRef<Path>>(path: P) -> io::Result<()> {
    fs::create_dir(path)
}
#[blocking_io]
fn create_dir_all<P: AsRef<Path>>(path: P) -> io::Result<()> {
    fs::create_dir_all(path)
}
#[blocking_io]
fn exists<P: AsRef<Path>>(path: P) -> io::Result<bool> {
    fs::exists(path)
}
#[blocking_io]
fn hard_link<P: AsRef<Path>, Q: AsRef<Path>>(original: P, link: Q) -> io::Result<()> {
    fs::hard_link(original, link)
}
#[blocking_io]
fn metadata<P: AsRef<Path>>(path: P) -> io::Result<Metadata> {
    fs::metadata(path)
}
#[blocking_io]
pub(crate) fn read<P: AsRef<Path>>(path: P) -> io::Result<Vec<u8>> {
    fs::read(path)
}
#[blocking_io]
fn read_dir<P: AsRef<Path>>(path: P) -> io::Result<ReadDir> {
    fs::read_dir(path)
}
#[blocking_io]
fn read_link<P: AsRef<Path>>(path: P) -> io::Result<PathBuf> {
    fs::read_link(path)
}
#[blocking_io]
fn read_to_string<P: AsRef<Path>>(path: P) -> io::Result<String> {
    fs::read_to_string(path)
}
#[blocking_io]
fn remove_dir<P: AsRef<Path>>(path: P) -> io::Result<()> {
    fs::remove_dir(path)
}
#[blocking_io]
fn remove_dir_all<P: AsRef<Path>>(path: P) -> io::Result<()> {
    fs::remove_dir_all(path)
}
#[blocking_io]
fn remove_file<P: AsRef<Path>>(path: P) -> io::Result<()> {
    fs::remove_file(path)
}
#[blocking_io]
fn rename<P: AsRef<Path>, Q: AsRef<Path>>(from: P, to: Q) -> io::Result<()> {
    fs::rename(from, to)
}
#[blocking_io]
fn set_permissions<P: AsRef<Path>>(path: P, perm: Permissions) -> io::Result<()> {
    fs::set_permissions(path, perm)
}
#[blocking_io]
fn symlink_metadata<P: AsRef<Path>>(path: P) -> io::Result<Metadata> {
    fs::symlink_metadata(path)
}
#[blocking_io]
fn write<P: AsRef<Path>, C: AsRef<[u8]>>(path: P, contents: C) -> io::Result<()> {
    fs::write(path, contents)
}
#[blocking_io]
#[deprecated = "as in std"]
#[allow(deprecated)]
fn soft_link<P: AsRef<Path>, Q: AsRef<Path>>(original: P, link: Q) -> io::Result<()> {
    fs::soft_link(original, link)
}
// own
#[blocking_io]
fn set_times(path: impl AsRef<Path>, times: FileTimes) -> io::Result<()> {
    fs::File::options().write(true).open(path)?.set_times(times)
}

#[test]
fn files_come_and_go() -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    let [first, second] = ["first", "second"].map(|name| folder.path().join(name));

    write(first.clone(), "text").wait()?;
    assert_eq!(copy(first.clone(), second.clone()).wait()?, 4);
    assert_eq!(read_to_string(second.clone()).wait()?, "text");
    remove_file(first.clone()).wait()?;
    rename(second.clone(), first.clone()).wait()?;
    assert_eq!(read(first.clone()).wait()?, b"text");
    assert_eq!(metadata(first.clone()).wait()?.len(), 4);
    assert!(!exists(second).wait()?);

    let names = read_dir(folder.path().to_owned()).wait()?;
    assert_eq!(names.count(), 1);
    let deep = folder.path().join("a/b");
    create_dir_all(deep.clone()).wait()?;
    assert_eq!(canonicalize(deep.clone()).wait()?, deep.canonicalize()?);
    remove_dir_all(folder.path().join("a")).wait()?;
    assert_eq!(
        remove_dir(deep).wait().unwrap_err().kind(),
        io::ErrorKind::NotFound
    );
    Ok(())
}

#[tokio::test]
async fn files_come_and_go_by_name_as_well() -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("file");
    write::builder().path(path.clone()).contents(b"12").await?;
    assert_eq!(read::builder().path(path).await?, b"12");
    Ok(())
}
