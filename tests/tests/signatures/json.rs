//! `serde_json`.

use offloop::{blocking_io, cpu_bound};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Result, Value};
use std::collections::BTreeMap;
use std::io::{Read, Write};

#[blocking_io(nested)]
fn from_reader<R, T>(rdr: R) -> Result<T>
where
    R: Read,
    T: DeserializeOwned,
{
    serde_json::from_reader(rdr)
}
// adapted: `T: Deserialize<'a>` would borrow from the text, which is gone when the call ends
#[cpu_bound(threads, nested)]
fn from_str<T>(s: &str) -> Result<T>
where
    T: DeserializeOwned,
{
    serde_json::from_str(s)
}
// adapted: as above
#[cpu_bound(threads, nested)]
fn from_slice<T>(v: &[u8]) -> Result<T>
where
    T: DeserializeOwned,
{
    serde_json::from_slice(v)
}
// adapted: what `&T` leads to is copied, so it is `Clone` and has a size
#[blocking_io(nested)]
fn to_writer<W, T>(writer: W, value: &T) -> Result<()>
where
    W: Write,
    T: Serialize + Clone,
{
    serde_json::to_writer(writer, value)
}
// adapted: what `&T` leads to is copied, so it is `Clone` and has a size
#[blocking_io(nested)]
fn to_writer_pretty<W, T>(writer: W, value: &T) -> Result<()>
where
    W: Write,
    T: Serialize + Clone,
{
    serde_json::to_writer_pretty(writer, value)
}
// adapted: what `&T` leads to is copied, so it is `Clone` and has a size
#[cpu_bound(threads, nested)]
fn to_vec<T>(value: &T) -> Result<Vec<u8>>
where
    T: Serialize + Clone,
{
    serde_json::to_vec(value)
}
// adapted: as above
#[cpu_bound(threads, nested)]
fn to_string<T>(value: &T) -> Result<String>
where
    T: Serialize + Clone,
{
    serde_json::to_string(value)
}
// adapted: as above
#[cpu_bound(threads, nested)]
fn to_string_pretty<T>(value: &T) -> Result<String>
where
    T: Serialize + Clone,
{
    serde_json::to_string_pretty(value)
}
#[cpu_bound(threads, nested)]
fn to_value<T>(value: T) -> Result<Value>
where
    T: Serialize,
{
    serde_json::to_value(value)
}
#[cpu_bound(threads, nested)]
fn from_value<T>(value: Value) -> Result<T>
where
    T: DeserializeOwned,
{
    serde_json::from_value(value)
}
// own
#[cpu_bound]
fn pointer(value: &Value, pointer: &str) -> Option<Value> {
    value.pointer(pointer).cloned()
}
// own
#[cpu_bound]
fn merge(base: Map<String, Value>, over: &Map<String, Value>) -> Map<String, Value> {
    let over = over.iter().map(|(key, value)| (key.clone(), value.clone()));
    base.into_iter().chain(over).collect()
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Row {
    id: u64,
    tags: BTreeMap<String, Option<f64>>,
}

/// Rows from a document, in a process: an error that comes back with its words.
// own
#[cpu_bound]
fn rows(document: &str, #[default = usize::MAX] limit: usize) -> anyhow::Result<Vec<Row>> {
    let mut rows: Vec<Row> = serde_json::from_str(document)?;
    rows.truncate(limit);
    Ok(rows)
}
// own
#[cpu_bound]
fn total(rows: &[Row], weight: Option<f64>) -> f64 {
    let tags = rows.iter().flat_map(|row| row.tags.values().flatten());
    tags.sum::<f64>() * weight.unwrap_or(1.0)
}

#[test]
fn documents_are_read_and_written() -> anyhow::Result<()> {
    let document = r#"[{"id":1,"tags":{"a":0.5,"b":null}},{"id":2,"tags":{}}]"#;
    let all = rows(document, 9).wait()?;
    assert_eq!(from_str::<Vec<Row>>(document).wait()??, all);
    assert_eq!(
        from_reader::<_, Vec<Row>>(document.as_bytes()).wait()??,
        all
    );
    assert_eq!(to_string(&all).wait()??, document);
    assert_eq!(
        rows::builder()
            .document(document)
            .limit(1)
            .call()
            .wait()?
            .len(),
        1
    );
    assert!((total::builder().rows(all).weight(2.0).call().wait()? - 1.0).abs() < 1e-9);
    let error = rows("[", 1).wait().unwrap_err();
    assert!(error.to_string().contains("EOF"), "{error}");

    let value: Value = from_slice(document.as_bytes()).wait()??;
    assert_eq!(pointer(&value, "/1/id").wait()?, Some(2.into()));
    let vec = to_vec(&value).wait()??;
    assert_eq!(
        from_value::<Vec<Row>>(serde_json::from_slice(&vec)?)
            .wait()??
            .len(),
        2
    );
    Ok(())
}
