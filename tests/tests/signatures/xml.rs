//! `quick-xml`.

use offloop::{blocking_io, cpu_bound};
use quick_xml::encoding::EncodingError;
use quick_xml::escape::EscapeError;
use quick_xml::events::Event;
use quick_xml::{Error, Reader, escape};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::BufRead;
use std::path::Path;

// own
#[cpu_bound]
fn escaped(raw: Cow<'_, str>) -> String {
    escape::escape(raw).into_owned()
}
// adapted: the result must not borrow the text
#[cpu_bound(threads)]
fn partial_escape(raw: impl Into<Cow<'static, str>>) -> Cow<'static, str> {
    escape::partial_escape(raw)
}
// adapted: as above
#[cpu_bound(threads, nested)]
fn unescape(raw: &str) -> Result<String, EscapeError> {
    escape::unescape(raw).map(Cow::into_owned)
}
// own
#[cpu_bound(threads, nested)]
fn events<R: BufRead>(reader: R) -> Result<Vec<Event<'static>>, Error> {
    let mut reader = Reader::from_reader(reader);
    let (mut events, mut buffer) = (Vec::new(), Vec::new());
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer)? {
            Event::Eof => return Ok(events),
            event => events.push(event.into_owned()),
        }
    }
}
// own
#[cpu_bound]
fn count_elements(document: &str) -> anyhow::Result<BTreeMap<String, usize>> {
    let mut reader = Reader::from_str(document);
    let mut counts = BTreeMap::new();
    loop {
        match reader.read_event()? {
            Event::Start(tag) | Event::Empty(tag) => {
                let name = tag.name().as_ref().to_owned();
                *counts.entry(name).or_default() += 1;
            }
            Event::Eof => return Ok(counts),
            _ => {}
        }
    }
}
#[blocking_io(nested)]
fn from_file<P: AsRef<Path>>(path: P) -> Result<Reader<std::io::BufReader<std::fs::File>>, Error> {
    Reader::from_file(path)
}
// own
#[cpu_bound(threads, nested)]
fn decode(bytes: &[u8]) -> Result<String, EncodingError> {
    Ok(std::str::from_utf8(bytes)?.to_owned())
}

#[test]
fn documents_are_read() -> anyhow::Result<()> {
    let document = "<a><b/><b>1 &lt; 2</b></a>";
    assert_eq!(events(document.as_bytes()).wait()??.len(), 8);
    let counts = count_elements(document).wait()?;
    assert_eq!(counts.into_values().collect::<Vec<_>>(), [1, 2]);
    assert_eq!(escaped("1 < 2".into()).wait()?, "1 &lt; 2");
    assert_eq!(unescape("1 &lt; 2").wait()??, "1 < 2");
    assert_eq!(decode(b"text").wait()??, "text");
    Ok(())
}
