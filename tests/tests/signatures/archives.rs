//! `flate2`, `tar` and `zip`.

use flate2::bufread::MultiGzDecoder;
use flate2::read::{DeflateDecoder, GzDecoder, ZlibDecoder};
use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};
use flate2::{Compression, Crc};
use offloop::{blocking_io, cpu_bound, methods};
use std::fs::File;
use std::io::{self, BufRead, Cursor, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use zip::result::ZipResult;
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

// own
#[cpu_bound]
fn gzip(bytes: &[u8], #[default = 6] level: u32) -> io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::new(level));
    encoder.write_all(bytes)?;
    encoder.finish()
}
// own
#[cpu_bound]
fn gunzip(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut out = Vec::new();
    GzDecoder::new(bytes).read_to_end(&mut out)?;
    Ok(out)
}
// own
#[cpu_bound(threads)]
fn gunzip_all<R: BufRead>(r: R) -> io::Result<Vec<u8>> {
    let mut out = Vec::new();
    MultiGzDecoder::new(r).read_to_end(&mut out)?;
    Ok(out)
}
// own
#[cpu_bound(threads)]
fn deflate<W: Write>(w: W, level: Compression, data: &[u8]) -> io::Result<W> {
    let mut encoder = DeflateEncoder::new(w, level);
    encoder.write_all(data)?;
    encoder.finish()
}
// own
#[cpu_bound(threads)]
fn inflate<R: Read>(r: R) -> io::Result<String> {
    io::read_to_string(DeflateDecoder::new(r))
}
// own
#[cpu_bound(threads)]
fn zlib<W: Write + Default>(
    data: Box<[u8]>,
    #[default = Compression::best()] level: Compression,
) -> io::Result<W> {
    let mut encoder = ZlibEncoder::new(W::default(), level);
    encoder.write_all(&data)?;
    encoder.finish()
}
// own
#[cpu_bound(threads)]
fn unzlib(data: impl Read) -> io::Result<Vec<u8>> {
    let mut out = Vec::new();
    ZlibDecoder::new(data).read_to_end(&mut out)?;
    Ok(out)
}
// own
#[cpu_bound(threads)]
fn crc(data: &[u8]) -> Crc {
    let mut crc = Crc::new();
    crc.update(data);
    crc
}
// own
#[blocking_io]
fn gzip_file(from: &Path, to: &Path, level: Option<Compression>) -> io::Result<u64> {
    let mut encoder = GzEncoder::new(File::create(to)?, level.unwrap_or_default());
    let count = io::copy(&mut File::open(from)?, &mut encoder)?;
    encoder.finish()?.sync_all()?;
    Ok(count)
}

// adapted: `&mut self` cannot cross, so the archive is given away
#[blocking_io]
fn unpack<R: Read, P: AsRef<Path>>(mut archive: tar::Archive<R>, dst: P) -> io::Result<()> {
    archive.unpack(dst)
}
#[blocking_io]
fn into_inner<W: Write>(builder: tar::Builder<W>) -> io::Result<W> {
    builder.into_inner()
}
// own
#[blocking_io]
fn pack(folder: &Path, #[default = "."] as_name: &str) -> io::Result<Vec<u8>> {
    let mut builder = tar::Builder::new(Vec::new());
    builder.append_dir_all(as_name, folder)?;
    builder.into_inner()
}
// own
#[blocking_io]
fn list<R: Read>(archive: R) -> io::Result<Vec<(PathBuf, u64)>> {
    let mut archive = tar::Archive::new(archive);
    let entries = archive.entries()?;
    entries
        .map(|entry| entry.and_then(|entry| Ok((entry.path()?.into_owned(), entry.size()))))
        .collect()
}

/// A tar file that is being written.
#[derive(Clone)]
struct Tar(Arc<Mutex<tar::Builder<Vec<u8>>>>);

#[methods]
impl Tar {
    // adapted: `&mut self` cannot cross, a lock can
    #[blocking_io]
    fn append_dir_all<P, Q>(&self, path: P, src_path: Q) -> io::Result<()>
    where
        P: AsRef<Path>,
        Q: AsRef<Path>,
    {
        self.0.lock().unwrap().append_dir_all(path, src_path)
    }
    // adapted: as above
    #[blocking_io]
    fn append_path_with_name<P: AsRef<Path>, N: AsRef<Path>>(
        &self,
        path: P,
        name: N,
    ) -> io::Result<()> {
        self.0.lock().unwrap().append_path_with_name(path, name)
    }
    // adapted: as above
    #[blocking_io]
    fn finish(&self) -> io::Result<()> {
        self.0.lock().unwrap().finish()
    }
}

#[blocking_io]
fn open_zip<R: Read + Seek>(reader: R) -> ZipResult<ZipArchive<R>> {
    ZipArchive::new(reader)
}
// adapted: `&mut self` cannot cross
#[blocking_io]
fn extract<R: Read + Seek, P: AsRef<Path>>(
    mut archive: ZipArchive<R>,
    directory: P,
) -> ZipResult<()> {
    archive.extract(directory)
}
#[blocking_io]
fn append_zip<A: Read + Write + Seek>(readwriter: A) -> ZipResult<ZipWriter<A>> {
    ZipWriter::new_append(readwriter)
}
#[blocking_io]
fn finish_into_readable<A: Read + Write + Seek>(writer: ZipWriter<A>) -> ZipResult<ZipArchive<A>> {
    writer.finish_into_readable()
}
#[blocking_io]
fn finish_zip<W: Write + Seek>(writer: ZipWriter<W>) -> ZipResult<W> {
    writer.finish()
}
// own
#[cpu_bound(threads)]
fn zip_files(
    files: &[(String, Vec<u8>)],
    #[default = SimpleFileOptions::default()] options: SimpleFileOptions,
) -> ZipResult<Vec<u8>> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        zip.start_file(name.as_str(), options)?;
        zip.write_all(bytes)?;
    }
    Ok(zip.finish()?.into_inner())
}
// own
#[cpu_bound]
fn zip_entry(archive: &[u8], name: &str) -> anyhow::Result<Vec<u8>> {
    let mut archive = ZipArchive::new(Cursor::new(archive))?;
    let mut bytes = Vec::new();
    archive.by_name(name)?.read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[test]
fn bytes_are_packed_and_unpacked() -> io::Result<()> {
    let bytes = [7; 10_000];
    let packed = gzip::builder().bytes(bytes).call().wait()?;
    assert!(packed.len() < 100);
    assert_eq!(gunzip(&packed).wait()?, bytes);
    assert_eq!(gunzip_all(Cursor::new(packed)).wait()?, bytes);
    assert!(gunzip(b"no").wait().is_err());
    let packed: Vec<u8> = zlib::builder().data(Box::new(bytes)).call().wait()?;
    assert_eq!(unzlib(Cursor::new(packed)).wait()?, bytes);
    Ok(())
}

#[test]
fn folders_are_packed_and_unpacked() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    std::fs::write(folder.path().join("file"), "text")?;
    let packed = pack::builder()
        .folder(folder.path())
        .as_name("in")
        .call()
        .wait()?;
    let listed = list(Cursor::new(packed.clone())).wait()?;
    assert!(listed.contains(&(PathBuf::from("in/file"), 4)));
    let archive = tar::Archive::new(Cursor::new(packed));
    unpack(archive, folder.path().join("out")).wait()?;
    assert_eq!(
        std::fs::read_to_string(folder.path().join("out/in/file"))?,
        "text"
    );

    let zipped = zip_files::builder()
        .files([("name".to_owned(), vec![1, 2])])
        .call()
        .wait()??;
    assert_eq!(zip_entry(&zipped, "name").wait()?, [1, 2]);
    assert!(zip_entry(&zipped, "other").wait().is_err());
    extract(
        open_zip(Cursor::new(zipped)).wait()??,
        folder.path().join("zip"),
    )
    .wait()??;
    assert_eq!(std::fs::read(folder.path().join("zip/name"))?, [1, 2]);
    Ok(())
}
