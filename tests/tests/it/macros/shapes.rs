//! Signatures as libraries have them, annotated as they are: all of them have to compile.
// They are taken as they come, and most are never called.
#![allow(
    dead_code,
    missing_docs,
    unused_variables,
    clippy::borrowed_box,
    clippy::many_single_char_names,
    clippy::ptr_arg,
    clippy::used_underscore_binding
)]

use offloop::{blocking_io, cpu_bound};
use std::collections::{BTreeMap, HashMap};
use std::ffi::OsStr;
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::ops::RangeBounds;
use std::path::Path;
use std::sync::{Arc, Mutex, RwLock, mpsc};
use std::time::Duration;
use std::{fs, io};

#[blocking_io]
fn read<P: AsRef<Path>>(path: P) -> io::Result<Vec<u8>> {
    fs::read(path)
}
#[blocking_io]
fn read2(path: impl AsRef<Path>) -> io::Result<String> {
    fs::read_to_string(path)
}
#[blocking_io]
fn write<P: AsRef<Path>, C: AsRef<[u8]>>(path: P, contents: C) -> io::Result<()> {
    fs::write(path, contents)
}
#[blocking_io]
fn copy<P: AsRef<Path>, Q: AsRef<Path>>(from: P, to: Q) -> io::Result<u64> {
    fs::copy(from, to)
}
#[blocking_io]
fn read_dir<P: AsRef<Path>>(path: P) -> io::Result<fs::ReadDir> {
    fs::read_dir(path)
}
#[blocking_io]
fn set_perm(path: &Path, perm: fs::Permissions) -> io::Result<()> {
    fs::set_permissions(path, perm)
}
#[blocking_io]
fn seek(mut file: fs::File, to: io::SeekFrom) -> io::Result<(fs::File, u64)> {
    use io::Seek;
    let at = file.seek(to)?;
    Ok((file, at))
}
#[blocking_io]
fn lookup(host: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
    Ok((host, port).to_socket_addrs()?.collect())
}
#[blocking_io]
fn connect<A: ToSocketAddrs>(addr: A, timeout: Option<Duration>) -> io::Result<TcpStream> {
    let _ = timeout;
    TcpStream::connect(addr)
}
#[blocking_io]
fn spawn<I, S>(program: &OsStr, args: I) -> io::Result<std::process::Output>
where
    I: IntoIterator<Item = S>,
    S: AsRef<OsStr>,
{
    std::process::Command::new(program).args(args).output()
}
#[cpu_bound(threads)]
fn sort<T: Ord>(mut items: Vec<T>) -> Vec<T> {
    items.sort();
    items
}
#[cpu_bound(threads)]
fn sort_by<T, F>(mut items: Vec<T>, by: F) -> Vec<T>
where
    F: FnMut(&T, &T) -> std::cmp::Ordering,
{
    items.sort_by(by);
    items
}
#[cpu_bound(threads)]
fn map<T, U, F: Fn(T) -> U>(items: Vec<T>, f: F) -> Vec<U> {
    items.into_iter().map(f).collect()
}
#[cpu_bound(threads)]
fn range<R: RangeBounds<usize> + Clone>(text: &str, range: R) -> String {
    let (a, b) = (range.start_bound(), range.end_bound());
    format!("{text}{a:?}{b:?}")
}
#[blocking_io]
fn locked(shared: Arc<Mutex<HashMap<String, Vec<u8>>>>, key: &str) -> Option<Vec<u8>> {
    shared.lock().ok()?.get(key).cloned()
}
#[blocking_io]
fn shared(map: &Arc<RwLock<u8>>) -> u8 {
    *map.read().unwrap()
}
#[blocking_io]
fn tuple(pair: (u8, &'static str), nested: [[u8; 2]; 2], unit: ()) -> (u8, ()) {
    (pair.0, unit)
}
#[blocking_io]
fn vecs(a: &Vec<u8>, b: &String, c: &[String], d: &[[u8; 2]], e: &Box<str>) -> usize {
    a.len() + b.len() + c.len() + d.len() + e.len()
}
#[blocking_io]
fn dynamic(
    reader: Box<dyn io::Read + Send>,
    f: &'static (dyn Fn(u8) -> u8 + Sync),
) -> io::Result<u64> {
    io::copy(&mut { reader }, &mut io::sink())
}
#[blocking_io]
fn iter(items: impl IntoIterator<Item = u8>) -> u64 {
    items.into_iter().map(u64::from).sum()
}
#[blocking_io]
fn channel(tx: mpsc::Sender<u8>) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    tx.send(1)?;
    Ok(())
}
#[blocking_io(nested)]
fn dyn_err() -> Result<(), String> {
    Err("x".into())
}
#[cpu_bound]
fn many(
    a: HashMap<String, Vec<Option<u8>>>,
    b: &BTreeMap<u8, u8>,
    c: (u8, String),
    d: [u8; 4],
    e: &[(u8, u8)],
    f: Option<&str>,
    g: char,
    h: f64,
    i: (),
    j: &Path,
    k: &[u8; 3],
) -> (HashMap<String, u8>, Vec<(u8, f64)>) {
    (
        HashMap::from([(g.to_string(), d[0])]),
        e.iter().map(|pair| (pair.0, h)).collect(),
    )
}

#[test]
fn a_task_may_have_every_kind_of_argument() -> Result<(), offloop::Error> {
    let call = many(
        HashMap::new(),
        &BTreeMap::new(),
        (1, String::new()),
        [7; 4],
        &[(2, 3)],
        None,
        'g',
        0.5,
        (),
        Path::new("p"),
        &[0; 3],
    );
    assert_eq!(
        call.wait()?,
        (HashMap::from([("g".to_owned(), 7)]), vec![(2, 0.5)])
    );
    Ok(())
}
