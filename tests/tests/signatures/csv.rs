//! `csv`.

use ::csv::{
    ByteRecord, Error, Position, Reader, ReaderBuilder, Result, StringRecord, Trim, Writer,
    WriterBuilder,
};
use offloop::{blocking_io, cpu_bound};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::fs::File;
use std::io::{Read, Seek, Write};
use std::path::Path;

#[blocking_io(nested)]
fn reader_from_path<P: AsRef<Path>>(path: P) -> Result<Reader<File>> {
    Reader::from_path(path)
}
// own
#[blocking_io(nested)]
fn reader_with<P: AsRef<Path>>(builder: ReaderBuilder, path: P) -> Result<Reader<File>> {
    builder.from_path(path)
}
#[blocking_io(nested)]
fn writer_from_path<P: AsRef<Path>>(path: P) -> Result<Writer<File>> {
    Writer::from_path(path)
}
// own
#[blocking_io(nested)]
fn writer_with<P: AsRef<Path>>(builder: WriterBuilder, path: P) -> Result<Writer<File>> {
    builder.from_path(path)
}
// own
#[blocking_io(nested)]
fn records<R: Read>(reader: Reader<R>) -> Result<Vec<StringRecord>> {
    reader.into_records().collect()
}
// own
#[blocking_io(nested)]
fn byte_records<R: Read>(reader: Reader<R>) -> Result<Vec<ByteRecord>> {
    reader.into_byte_records().collect()
}
// own
#[cpu_bound(threads, nested)]
fn deserialize<R, D>(rdr: R, #[default = Trim::None] trim: Trim) -> Result<Vec<D>>
where
    R: Read,
    D: DeserializeOwned,
{
    ReaderBuilder::new()
        .trim(trim)
        .from_reader(rdr)
        .into_deserialize()
        .collect()
}
// adapted: `&mut self` cannot cross
#[blocking_io(nested)]
fn headers<R: Read>(mut reader: Reader<R>) -> Result<(Reader<R>, StringRecord)> {
    let headers = reader.headers()?.clone();
    Ok((reader, headers))
}
// adapted: `&mut self` cannot cross
#[blocking_io(nested)]
fn seek<R: Read + Seek>(mut reader: Reader<R>, pos: Position) -> Result<Reader<R>> {
    reader.seek(pos)?;
    Ok(reader)
}
// adapted: `&mut self` cannot cross
#[blocking_io(nested)]
fn serialize<W: Write, S: Serialize>(mut writer: Writer<W>, records: Vec<S>) -> Result<Writer<W>> {
    records
        .iter()
        .try_for_each(|record| writer.serialize(record))?;
    writer.flush()?;
    Ok(writer)
}
// adapted: `&mut self` cannot cross
#[blocking_io(nested)]
fn write_record<W, I, T>(mut writer: Writer<W>, record: I) -> Result<Writer<W>>
where
    W: Write,
    I: IntoIterator<Item = T>,
    T: AsRef<[u8]>,
{
    writer.write_record(record)?;
    Ok(writer)
}
// own
#[cpu_bound(nested)]
fn column(
    text: &str,
    name: &str,
    #[default = b','] delimiter: u8,
) -> std::result::Result<Vec<f64>, String> {
    let mut reader = ReaderBuilder::new()
        .delimiter(delimiter)
        .from_reader(text.as_bytes());
    let words = |error: Error| error.to_string();
    let headers = reader.headers().map_err(words)?;
    let at = headers
        .iter()
        .position(|header| header == name)
        .ok_or("no such column")?;
    let cells = reader
        .records()
        .map(|record| Ok(record.map_err(words)?[at].to_owned()));
    cells
        .map(|cell: std::result::Result<String, String>| {
            cell?.parse().map_err(|_| "no number".to_owned())
        })
        .collect()
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Row {
    name: String,
    size: f64,
}

#[test]
fn tables_are_written_and_read() -> std::result::Result<(), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("table.csv");
    let row = |name: &str, size| Row {
        name: name.to_owned(),
        size,
    };
    let writer = writer_from_path(path.clone()).wait()??;
    drop(serialize(writer, vec![row("a", 1.5), row("b", 2.0)]).wait()??);

    let (reader, head) = headers(reader_from_path(path.clone()).wait()??).wait()??;
    assert_eq!(head, ["name", "size"][..]);
    assert_eq!(records(reader).wait()??.len(), 2);
    let text = std::fs::read_to_string(path)?;
    let rows = deserialize::builder::<_, Row>()
        .rdr(std::io::Cursor::new(text.clone()))
        .call();
    assert_eq!(rows.wait()??, [row("a", 1.5), row("b", 2.0)]);
    assert_eq!(column(&text, "size", b',').wait()?, Ok(vec![1.5, 2.0]));
    let none = column::builder().text(text).name("weight").call();
    assert_eq!(none.wait()?, Err("no such column".to_owned()));
    Ok(())
}
