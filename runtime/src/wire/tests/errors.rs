//! The texts of errors, and errors as values: what a task's own error becomes on the other side.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;
use std::io;

use serde::{Deserialize, Serialize};

use super::super::{CodecError, Decoder, Encoder, RemoteError, Wire, WireError};
use super::{decode, encode, trip};

/// Sends a `Result` there and back. The way of its error is inferred, as in generated code.
fn back<T: Wire, E: WireError<K>, K>(value: Result<T, E>) -> Result<T, E> {
    let mut encoder = Encoder::new(Vec::new());
    encoder.fallible(&value).unwrap();
    let bytes = encoder.into_bytes();
    let mut decoder = Decoder::new(&bytes);
    let back = decoder.fallible().unwrap();
    decoder.end().unwrap();
    back
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
enum UserError {
    NotFound { id: u64 },
    Inner(Option<Option<u8>>),
}

#[test]
fn errors_with_serde_come_back_as_themselves() {
    assert_eq!(
        back::<u8, UserError, _>(Err(UserError::NotFound { id: 7 })),
        Err(UserError::NotFound { id: 7 })
    );
    assert_eq!(
        back::<(), _, _>(Err(UserError::Inner(Some(None)))),
        Err(UserError::Inner(Some(None)))
    );
    assert_eq!(back::<u8, String, _>(Err("x".into())), Err("x".into()));
    assert_eq!(back::<u8, (), _>(Err(())), Err(()));
    assert_eq!(back::<Vec<u8>, String, _>(Ok(vec![1, 2])), Ok(vec![1, 2]));
    let remote = RemoteError::from("x".to_owned());
    assert_eq!(back::<u8, RemoteError, _>(Err(remote.clone())), Err(remote));
}

#[derive(Debug)]
struct Chained(&'static str, Option<Box<Chained>>);

impl fmt::Display for Chained {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl Error for Chained {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.1.as_deref().map(|error| error as _)
    }
}

fn chained() -> Chained {
    Chained(
        "outer",
        Some(Box::new(Chained(
            "middle",
            Some(Box::new(Chained("inner", None))),
        ))),
    )
}

fn messages(error: &(dyn Error + 'static)) -> Vec<String> {
    std::iter::successors(Some(error), |error| (*error).source())
        .map(ToString::to_string)
        .collect()
}

#[test]
fn errors_that_hide_their_type_come_back_with_message_and_causes() {
    let error = back::<u8, anyhow::Error, _>(Err(anyhow::Error::new(chained()).context("top")))
        .unwrap_err();
    assert_eq!(format!("{error:#}"), "top: outer: middle: inner");
    let error =
        back::<u8, eyre::Report, _>(Err(eyre::Report::new(chained()).wrap_err("top"))).unwrap_err();
    assert_eq!(format!("{error:#}"), "top: outer: middle: inner");
    let error = back::<u8, Box<dyn Error + Send + Sync>, _>(Err(chained().into())).unwrap_err();
    assert_eq!(messages(&*error), ["outer", "middle", "inner"]);
    let error = back::<u8, Box<dyn Error + Send>, _>(Err(Box::new(chained()))).unwrap_err();
    assert_eq!(messages(&*error), ["outer", "middle", "inner"]);
}

#[test]
fn io_errors_keep_code_kind_and_causes() {
    let back = |error| back::<u8, io::Error, _>(Err(error)).unwrap_err();
    let error = back(io::Error::from_raw_os_error(2));
    assert_eq!(
        (error.raw_os_error(), error.kind()),
        (Some(2), io::ErrorKind::NotFound)
    );
    let error = back(io::ErrorKind::WouldBlock.into());
    assert_eq!(
        (error.kind(), error.get_ref().is_some()),
        (io::ErrorKind::WouldBlock, false)
    );
    let error = back(io::Error::new(io::ErrorKind::InvalidData, chained()));
    assert_eq!(error.kind(), io::ErrorKind::InvalidData);
    assert_eq!(messages(&error), ["outer", "middle", "inner"]);
    assert_eq!(
        messages(error.get_ref().unwrap()),
        ["outer", "middle", "inner"]
    );
    // Made by the standard library, with a message of its own.
    let error = io::Read::read_exact(&mut &[0_u8][..], &mut [0; 2]).unwrap_err();
    assert_eq!(
        back(io::Read::read_exact(&mut &[0_u8][..], &mut [0; 2]).unwrap_err()).to_string(),
        error.to_string()
    );
    assert_eq!(error.kind(), io::ErrorKind::UnexpectedEof);
}

/// An error that is its own cause.
#[derive(Debug)]
struct Endless;

impl fmt::Display for Endless {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("again")
    }
}

impl Error for Endless {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(self)
    }
}

#[test]
fn a_chain_without_end_is_cut() {
    let error = RemoteError::new(&Endless);
    assert_eq!(messages(&error).len(), 64);
    assert_eq!(trip(&error), Ok(error));
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Layer<T> {
    name: T,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
enum Content<T> {
    Layers { list: Vec<Layer<T>> },
    Pair(u8, T),
    One(T),
}

/// A value that cannot be written.
#[derive(Debug, PartialEq, Deserialize)]
struct Refuses;

impl Serialize for Refuses {
    fn serialize<S: serde::Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
        Err(serde::ser::Error::custom("refused"))
    }
}

fn message<T>(result: Result<T, CodecError>) -> String {
    result
        .err()
        .map(|error| error.to_string())
        .unwrap_or_default()
}

#[test]
fn errors_tell_where() {
    let layers = || Content::Layers {
        list: vec![Layer { name: Refuses }],
    };
    let at = |path: &str| format!("argument `value`, at `{path}`: refused");
    assert_eq!(message(encode(&layers())), at(".Layers.list[0].name"));
    assert_eq!(message(encode(&Content::Pair(1, Refuses))), at(".Pair[1]"));
    assert_eq!(message(encode(&Content::One(Refuses))), at(".One"));
    assert_eq!(message(encode(&BTreeMap::from([("a b", 1)]).len())), "");
    assert_eq!(
        message(encode(&BTreeMap::from([("a b".to_owned(), Refuses)]))),
        at("[\"a b\"]")
    );
    assert_eq!(
        message(encode(&BTreeMap::from([(7, (0, Refuses))]))),
        at(".7[1]")
    );
    assert_eq!(message(encode(&Refuses)), "argument `value`: refused");

    let read = |value: Content<u8>| message(decode::<Content<String>>(&encode(&value).unwrap()));
    let at = |path: &str| {
        format!("argument `value`, at `{path}`: invalid type: integer `7`, expected a string")
    };
    assert_eq!(
        read(Content::Layers {
            list: vec![Layer { name: 7 }]
        }),
        at(".Layers.list[0].name")
    );
    assert_eq!(read(Content::Pair(1, 7)), at(".Pair[1]"));
    assert_eq!(read(Content::One(7)), at(".One"));
    let bytes = encode(&BTreeMap::from([(1, 7)])).unwrap();
    assert_eq!(message(decode::<BTreeMap<u8, String>>(&bytes)), at(".1"));
    assert_eq!(
        message(decode::<BTreeMap<String, u8>>(&bytes)),
        at(".(key)").replace('7', "1")
    );
}

#[test]
fn errors_tell_which_value() {
    let bytes = encode(&(1, 2)).unwrap();
    let says =
        |mut decode: Box<dyn FnMut(&mut Decoder<'_>) -> String>| decode(&mut Decoder::new(&bytes));
    assert!(
        says(Box::new(|d| message(d.argument::<bool>("wide"))))
            .starts_with("argument `wide`: invalid type")
    );
    assert!(
        says(Box::new(|d| message(d.output::<bool>()))).starts_with("the result: invalid type")
    );
    assert!(
        says(Box::new(|d| message(d.fallible::<u8, bool, _>()))).contains("neither `Ok` nor `Err`")
    );
    assert_eq!(
        says(Box::new(|d| message(d.end_of_arguments()))),
        "the arguments: 3 bytes are left over"
    );
    assert_eq!(
        says(Box::new(|d| message(d.end()))),
        "the result: 3 bytes are left over"
    );
    let mut encoder = Encoder::new(Vec::new());
    assert_eq!(
        message(encoder.fallible::<u8, _, _>(&Err(Refuses))),
        "the error: refused"
    );
}
