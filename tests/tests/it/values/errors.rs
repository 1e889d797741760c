//! How the error of a function reaches the caller: flat where it can, nested where asked, and
//! across processes with all that it says.

use std::error::Error as StdError;
use std::io;

use offloop::{Error, Exit, Started, blocking_io, cpu_bound};
use serde::{Deserialize, Serialize};

#[derive(Debug, thiserror::Error, Serialize, Deserialize)]
enum FetchError {
    #[error("status {code}")]
    Status { code: u16 },
    #[error(transparent)]
    Call(#[from] Error),
}

#[blocking_io]
fn typed_on_thread(code: u16) -> Result<u16, FetchError> {
    if code < 400 {
        Ok(code)
    } else {
        Err(FetchError::Status { code })
    }
}

#[cpu_bound]
fn typed_in_process(code: u16) -> Result<u16, FetchError> {
    if code == 0 {
        std::process::exit(9);
    }
    typed_on_thread::blocking(code)
}

#[tokio::test]
async fn a_typed_error_comes_back_as_itself() {
    assert_eq!(typed_on_thread(200).await.unwrap(), 200);
    let error = typed_on_thread(404).await.unwrap_err();
    assert!(matches!(error, FetchError::Status { code: 404 }));

    assert_eq!(typed_in_process(200).await.unwrap(), 200);
    let error = typed_in_process(500).await.unwrap_err();
    assert!(matches!(error, FetchError::Status { code: 500 }));
}

#[tokio::test]
async fn a_typed_error_holds_what_happened_to_the_call() {
    let FetchError::Call(Error::WorkerDied(died)) = typed_in_process(0).await.unwrap_err() else {
        panic!("the error tells of the worker's end");
    };
    assert_eq!(died.exit, Exit::Code(9));
}

/// An error that knows nothing of offloop.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Plain(String);

#[blocking_io(nested)]
fn nested_on_thread(fail: bool) -> Result<u8, Plain> {
    if fail {
        Err(Plain("no".to_owned()))
    } else {
        Ok(1)
    }
}

#[cpu_bound(nested)]
fn nested_in_process(fail: bool) -> Result<u8, Plain> {
    nested_on_thread::blocking(fail)
}

#[tokio::test]
async fn nested_keeps_both_errors_apart() {
    let inner: Result<u8, Plain> = nested_on_thread(true).await.unwrap();
    assert_eq!(inner, Err(Plain("no".to_owned())));
    let inner: Result<u8, Plain> = nested_in_process(true).await.unwrap();
    assert_eq!(inner, Err(Plain("no".to_owned())));
    assert_eq!(nested_in_process(false).await.unwrap(), Ok(1));
}

#[cpu_bound]
fn with_anyhow(depth: u32) -> anyhow::Result<u32> {
    use anyhow::Context;
    if depth == 0 {
        let missing = io::Error::new(io::ErrorKind::NotFound, "no such glyph");
        return Err(missing)
            .context("cannot read the font")
            .context("cannot draw");
    }
    Ok(depth)
}

#[tokio::test]
async fn anyhow_keeps_its_chain_across_processes() {
    assert_eq!(with_anyhow(1).await.unwrap(), 1);
    let error = with_anyhow(0).await.unwrap_err();
    let chain: Vec<_> = error.chain().map(ToString::to_string).collect();
    assert_eq!(
        chain,
        ["cannot draw", "cannot read the font", "no such glyph"]
    );
}

#[cpu_bound]
fn boxed(text: &str) -> Result<(), Box<dyn StdError + Send + Sync>> {
    Err(text.into())
}

#[tokio::test]
async fn a_boxed_error_keeps_its_text() {
    assert_eq!(boxed("so it is").await.unwrap_err().to_string(), "so it is");
}

#[cpu_bound]
fn open(path: &str) -> io::Result<u64> {
    assert!(!path.is_empty(), "an empty path");
    Ok(std::fs::File::open(path)?.metadata()?.len())
}

#[tokio::test]
async fn an_io_error_keeps_its_kind_and_number() {
    let error = open("/no/such/file").await.unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::NotFound);
    assert_eq!(error.raw_os_error(), Some(2));
}

#[tokio::test]
async fn an_io_error_can_hold_what_happened_to_the_call() {
    let error = open("").await.unwrap_err();
    let inner = error.get_ref().unwrap().downcast_ref::<Error>().unwrap();
    let Error::Panicked(panicked) = inner else {
        panic!("{inner}");
    };
    assert_eq!(panicked.message, "an empty path");
    assert_eq!(inner.started(), Started::Yes);
}

#[tokio::test]
async fn one_question_mark_is_enough() {
    async fn both() -> Result<u64, Box<dyn StdError + Send + Sync>> {
        typed_on_thread(200).await?;
        with_anyhow(1).await?;
        Ok(open("/dev/null").await?)
    }
    assert_eq!(both().await.unwrap(), 0);
}

/// Can be encoded and not decoded, or the other way round, as it is told.
#[derive(Debug)]
struct Faulty {
    encode: Fault,
    decode: Fault,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
enum Fault {
    None,
    Error,
    Panic,
}

impl Fault {
    fn strike(self) -> Result<(), &'static str> {
        match self {
            Fault::None => Ok(()),
            Fault::Error => Err("it is faulty"),
            Fault::Panic => panic!("it is very faulty"),
        }
    }
}

impl Serialize for Faulty {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.encode.strike().map_err(serde::ser::Error::custom)?;
        self.decode.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Faulty {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let decode = Fault::deserialize(deserializer)?;
        decode.strike().map_err(serde::de::Error::custom)?;
        Ok(Faulty {
            encode: Fault::None,
            decode,
        })
    }
}

#[cpu_bound]
fn take(faulty: Faulty) -> bool {
    faulty.decode == Fault::None
}

#[cpu_bound]
fn give(encode: Fault, decode: Fault) -> Faulty {
    Faulty { encode, decode }
}

#[tokio::test]
async fn a_value_that_cannot_be_encoded_or_decoded_is_an_error_of_its_own_call() {
    use Fault::{Error as Fails, None as Fine, Panic};
    for fault in [Fails, Panic] {
        let text = if fault == Panic {
            "panicked: it is very faulty"
        } else {
            "it is faulty"
        };

        let encode = take(Faulty {
            encode: fault,
            decode: Fine,
        })
        .await
        .unwrap_err();
        assert!(matches!(&encode, Error::Encode(_)), "{encode}");
        assert_eq!(encode.started(), Started::No);
        let decode = take(Faulty {
            encode: Fine,
            decode: fault,
        })
        .await
        .unwrap_err();
        assert!(matches!(&decode, Error::Decode(_)), "{decode}");
        assert_eq!(decode.started(), Started::No);
        let result_encode = give(fault, Fine).await.unwrap_err();
        assert!(
            matches!(&result_encode, Error::Encode(_)),
            "{result_encode}"
        );
        assert_eq!(result_encode.started(), Started::Yes);
        let result_decode = give(Fine, fault).await.unwrap_err();
        assert!(
            matches!(&result_decode, Error::Decode(_)),
            "{result_decode}"
        );
        assert_eq!(result_decode.started(), Started::Yes);

        for error in [encode, decode, result_encode, result_decode] {
            assert!(error.to_string().contains(text), "{error}");
            assert!(error.to_string().contains("errors::"), "{error}");
        }
        assert!(
            take(Faulty {
                encode: Fine,
                decode: Fine
            })
            .await
            .unwrap()
        );
    }
}
