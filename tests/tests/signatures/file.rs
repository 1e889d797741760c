//! `std::fs::File`, and `std::io` on it.

use offloop::{blocking_io, methods};
use std::fs::{File, FileTimes, Metadata, OpenOptions, Permissions, TryLockError};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

#[blocking_io]
fn open<P: AsRef<Path>>(path: P) -> io::Result<File> {
    File::open(path)
}
// own
#[blocking_io]
fn open_buffered<P: AsRef<Path>>(path: P) -> io::Result<BufReader<File>> {
    File::open(path).map(BufReader::new)
}
#[blocking_io]
fn create<P: AsRef<Path>>(path: P) -> io::Result<File> {
    File::create(path)
}
#[blocking_io]
fn create_new<P: AsRef<Path>>(path: P) -> io::Result<File> {
    File::create_new(path)
}
// own
#[blocking_io]
fn open_with<P: AsRef<Path>>(options: &OpenOptions, path: P) -> io::Result<File> {
    options.open(path)
}
#[blocking_io]
fn copy<R: Read, W: Write>(mut reader: R, mut writer: W) -> io::Result<u64> {
    io::copy(&mut reader, &mut writer)
}
#[blocking_io]
fn read_to_string<R: Read>(reader: R) -> io::Result<String> {
    io::read_to_string(reader)
}
// own
#[blocking_io]
fn lines<B: BufRead>(reader: B) -> io::Result<Vec<String>> {
    reader.lines().collect()
}
// adapted: `&mut self` and the caller's buffer cannot cross, the file comes back with the bytes
#[blocking_io]
fn read_at_most(mut file: File, bytes: usize) -> io::Result<(File, Vec<u8>)> {
    let mut buffer = vec![0; bytes];
    let count = file.read(&mut buffer)?;
    buffer.truncate(count);
    Ok((file, buffer))
}
// adapted: `&mut self` cannot cross
#[blocking_io]
fn write_all(mut file: File, buf: &[u8]) -> io::Result<File> {
    file.write_all(buf)?;
    Ok(file)
}
// adapted: `&mut self` cannot cross
#[blocking_io]
fn seek<S: Seek>(mut stream: S, pos: SeekFrom) -> io::Result<(S, u64)> {
    let at = stream.seek(pos)?;
    Ok((stream, at))
}

/// A file that several may hold.
#[derive(Clone, Debug)]
pub(crate) struct Shared(Arc<File>);

#[methods]
impl Shared {
    #[blocking_io]
    fn sync_all(&self) -> io::Result<()> {
        self.0.sync_all()
    }
    #[blocking_io]
    fn sync_data(&self) -> io::Result<()> {
        self.0.sync_data()
    }
    #[blocking_io]
    fn lock(&self) -> io::Result<()> {
        self.0.lock()
    }
    #[blocking_io]
    fn lock_shared(&self) -> io::Result<()> {
        self.0.lock_shared()
    }
    #[blocking_io(nested)]
    fn try_lock(&self) -> Result<(), TryLockError> {
        self.0.try_lock()
    }
    #[blocking_io]
    fn unlock(&self) -> io::Result<()> {
        self.0.unlock()
    }
    #[blocking_io]
    fn set_len(&self, size: u64) -> io::Result<()> {
        self.0.set_len(size)
    }
    #[blocking_io]
    fn metadata(&self) -> io::Result<Metadata> {
        self.0.metadata()
    }
    #[blocking_io]
    fn try_clone(&self) -> io::Result<File> {
        self.0.try_clone()
    }
    #[blocking_io]
    fn set_permissions(&self, perm: Permissions) -> io::Result<()> {
        self.0.set_permissions(perm)
    }
    #[blocking_io]
    fn set_times(&self, times: FileTimes) -> io::Result<()> {
        self.0.set_times(times)
    }
    #[blocking_io(nested)]
    fn try_lock_shared(&self) -> Result<(), TryLockError> {
        self.0.try_lock_shared()
    }
    #[blocking_io]
    fn set_modified(&self, time: SystemTime) -> io::Result<()> {
        self.0.set_modified(time)
    }
}

#[test]
fn a_file_is_written_and_read_again() -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("file");

    let file = write_all(create_new(path.clone()).wait()?, b"one\ntwo\n").wait()?;
    let shared = Shared(Arc::new(file));
    shared.sync_all().wait()?;
    shared.lock().wait()?;
    shared.unlock().wait()?;
    assert!(matches!(shared.try_lock().wait(), Ok(Ok(()))));
    shared.set_len_builder().size(6).call().wait()?;
    assert_eq!(shared.metadata().wait()?.len(), 6);

    let reader = open_buffered(path.clone()).wait()?;
    assert_eq!(lines(reader).wait()?, ["one", "tw"]);
    let (file, at) = seek(open(path.clone()).wait()?, SeekFrom::Start(4)).wait()?;
    assert_eq!((at, read_to_string(file).wait()?), (4, "tw".to_owned()));
    let (_, bytes) = read_at_most(open(path.clone()).wait()?, 2).wait()?;
    assert_eq!(bytes, b"on");
    let file = open_with(OpenOptions::new().append(true), path.clone()).wait()?;
    assert_eq!(copy(&b"o\n"[..], file).wait()?, 2);
    assert_eq!(std::fs::read_to_string(path)?, "one\ntwo\n");
    Ok(())
}
