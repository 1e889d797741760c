//! `walkdir`.

use ::walkdir::{DirEntry, Error, WalkDir};
use offloop::blocking_io;
use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};

// own
#[blocking_io(nested)]
fn walk<P: AsRef<Path>>(root: P) -> Result<Vec<DirEntry>, Error> {
    WalkDir::new(root).into_iter().collect()
}
// own
#[blocking_io(nested)]
fn walk_if<P: AsRef<Path>, F>(root: P, filter: F) -> Result<Vec<DirEntry>, Error>
where
    F: FnMut(&DirEntry) -> bool,
{
    WalkDir::new(root)
        .into_iter()
        .filter_entry(filter)
        .collect()
}
// own
#[blocking_io]
fn find(
    root: &Path,
    extension: Option<&OsStr>,
    #[default = usize::MAX] max_depth: usize,
    #[default = false] follow_links: bool,
) -> io::Result<Vec<PathBuf>> {
    let walk = WalkDir::new(root)
        .max_depth(max_depth)
        .follow_links(follow_links);
    let paths = walk.into_iter().map(|entry| Ok(entry?.into_path()));
    let is_wanted = |path: &PathBuf| extension.is_none() || path.extension() == extension;
    paths
        .filter(|path: &io::Result<_>| path.as_ref().map_or(true, is_wanted))
        .collect()
}
// own
#[blocking_io]
fn size(root: PathBuf) -> io::Result<u64> {
    let entries = WalkDir::new(root).into_iter();
    entries.map(|entry| Ok(entry?.metadata()?.len())).sum()
}
#[blocking_io(nested)]
fn metadata(entry: &DirEntry) -> Result<std::fs::Metadata, Error> {
    entry.metadata()
}

#[test]
fn a_folder_is_walked() -> Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    std::fs::create_dir(folder.path().join("a"))?;
    for name in ["a/one.txt", "two.txt", "three"] {
        std::fs::write(folder.path().join(name), "1")?;
    }
    let root = folder.path();
    assert_eq!(walk(root.to_owned()).wait()??.len(), 5);
    let files = walk_if(root.to_owned(), |entry| entry.file_name() != "a").wait()??;
    assert_eq!(files.len(), 3);
    assert!(metadata(&files[0]).wait()??.is_dir());
    let texts = find::builder().root(root).extension(OsStr::new("txt"));
    assert_eq!(texts.call().wait()?.len(), 2);
    Ok(())
}
