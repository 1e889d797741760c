//! `std::os::unix`: `fs` and `net`.
#![cfg(unix)]

use offloop::blocking_io;
use std::ffi::{CStr, CString};
use std::fs::File;
use std::io::{self, Read};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::{self, FileExt, OpenOptionsExt};
use std::os::unix::net::{SocketAddr, UnixDatagram, UnixListener, UnixStream};
use std::path::Path;
use std::sync::Arc;

#[blocking_io]
fn symlink<P: AsRef<Path>, Q: AsRef<Path>>(original: P, link: Q) -> io::Result<()> {
    fs::symlink(original, link)
}
#[blocking_io]
fn chown<P: AsRef<Path>>(dir: P, uid: Option<u32>, gid: Option<u32>) -> io::Result<()> {
    fs::chown(dir, uid, gid)
}
#[blocking_io]
fn lchown<P: AsRef<Path>>(dir: P, uid: Option<u32>, gid: Option<u32>) -> io::Result<()> {
    fs::lchown(dir, uid, gid)
}
#[blocking_io]
fn chroot<P: AsRef<Path>>(dir: P) -> io::Result<()> {
    fs::chroot(dir)
}
// own
#[blocking_io]
fn create_with_mode(path: &Path, #[default = 0o600] mode: u32) -> io::Result<File> {
    File::options()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(mode)
        .open(path)
}
// own
#[blocking_io]
fn write_all_at(file: Arc<File>, buf: &[u8], offset: u64) -> io::Result<()> {
    file.write_all_at(buf, offset)
}
// adapted: the caller's buffer cannot cross
#[blocking_io]
fn read_exact_at(file: Arc<File>, bytes: usize, offset: u64) -> io::Result<Vec<u8>> {
    let mut buffer = vec![0; bytes];
    file.read_exact_at(&mut buffer, offset)?;
    Ok(buffer)
}
#[blocking_io]
fn connect<P: AsRef<Path>>(path: P) -> io::Result<UnixStream> {
    UnixStream::connect(path)
}
#[blocking_io]
fn connect_addr(socket_addr: &SocketAddr) -> io::Result<UnixStream> {
    UnixStream::connect_addr(socket_addr)
}
#[blocking_io]
fn listen<P: AsRef<Path>>(path: P) -> io::Result<UnixListener> {
    UnixListener::bind(path)
}
#[blocking_io]
fn datagram<P: AsRef<Path>>(path: P) -> io::Result<UnixDatagram> {
    UnixDatagram::bind(path)
}
#[blocking_io]
fn accept(listener: Arc<UnixListener>) -> io::Result<(UnixStream, SocketAddr)> {
    listener.accept()
}
#[blocking_io]
fn fchown<F: AsFd>(fd: F, uid: Option<u32>, gid: Option<u32>) -> io::Result<()> {
    fs::fchown(fd, uid, gid)
}
#[blocking_io]
fn pair() -> io::Result<(UnixStream, UnixStream)> {
    UnixStream::pair()
}
// own
#[blocking_io]
fn drain(fd: OwnedFd) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::from(fd).read_to_end(&mut bytes)?;
    Ok(bytes)
}
// own
#[blocking_io]
fn in_c(path: &CStr, names: &[CString]) -> usize {
    path.to_bytes().len() + names.len()
}

#[test]
fn a_file_behind_a_link_is_read_at_an_offset() -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("file");
    let file = Arc::new(create_with_mode::builder().path(&*path).call().wait()?);
    write_all_at(file, b"abc", 1).wait()?;
    let link = folder.path().join("link");
    symlink(path, link.clone()).wait()?;
    let file = Arc::new(File::open(link)?);
    assert_eq!(read_exact_at(file, 3, 1).wait()?, b"abc");
    Ok(())
}

#[test]
fn a_stream_is_drained() -> io::Result<()> {
    let (mut write, read) = pair().wait()?;
    io::Write::write_all(&mut write, b"all")?;
    drop(write);
    assert_eq!(drain(read.into()).wait()?, b"all");
    Ok(())
}
