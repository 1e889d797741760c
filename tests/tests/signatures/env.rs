//! `std::env`, `std::thread`, `std::time` and standard input and output.

use offloop::blocking_io;
use std::env::{self, JoinPathsError, VarError};
use std::ffi::{OsStr, OsString};
use std::io;
use std::path::{Path, PathBuf};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant, SystemTime, SystemTimeError};

#[blocking_io]
fn current_dir() -> io::Result<PathBuf> {
    env::current_dir()
}
#[blocking_io]
fn set_current_dir<P: AsRef<Path>>(path: P) -> io::Result<()> {
    env::set_current_dir(path)
}
#[blocking_io]
fn current_exe() -> io::Result<PathBuf> {
    env::current_exe()
}
#[blocking_io]
fn temp_dir() -> PathBuf {
    env::temp_dir()
}
#[blocking_io(nested)]
fn var<K: AsRef<OsStr>>(key: K) -> Result<String, VarError> {
    env::var(key)
}
#[blocking_io]
fn var_os<K: AsRef<OsStr>>(key: K) -> Option<OsString> {
    env::var_os(key)
}
#[blocking_io(nested)]
fn join_paths<I, T>(paths: I) -> Result<OsString, JoinPathsError>
where
    I: IntoIterator<Item = T>,
    T: AsRef<OsStr>,
{
    env::join_paths(paths)
}
#[blocking_io]
fn sleep(dur: Duration) {
    thread::sleep(dur);
}
// own
#[blocking_io]
fn sleep_until(deadline: Instant) {
    thread::sleep(deadline.saturating_duration_since(Instant::now()));
}
#[blocking_io(nested)]
fn join<T>(handle: JoinHandle<T>) -> thread::Result<T> {
    handle.join()
}
#[blocking_io(nested)]
fn duration_since(time: &SystemTime, earlier: SystemTime) -> Result<Duration, SystemTimeError> {
    time.duration_since(earlier)
}
// own
#[blocking_io]
fn read_line() -> io::Result<String> {
    let mut line = String::new();
    io::stdin().read_line(&mut line)?;
    Ok(line)
}
// own
#[blocking_io]
fn say(text: &str) -> io::Result<()> {
    io::Write::write_all(&mut io::stdout(), text.as_bytes())
}

#[test]
fn the_environment_is_seen() -> Result<(), Box<dyn std::error::Error>> {
    assert_eq!(current_dir().wait()?, env::current_dir()?);
    assert_eq!(current_exe().wait()?, env::current_exe()?);
    assert_eq!(var("OF_NO_ONE").wait()?, Err(VarError::NotPresent));
    assert_eq!(join_paths(["a", "b"]).wait()??, "a:b");
    sleep(Duration::ZERO).wait()?;
    Ok(())
}
