//! The limit of depth: the deepest value that passes fits on the stack of a thread.
//!
//! Stack frames are largest without optimisation, as these tests are built.

use std::collections::BTreeMap;
use std::fmt::Debug;

use serde::{Deserialize, Serialize};

use super::super::Wire;
use super::super::format::DEPTH_LIMIT;
use super::{decode, encode};

#[derive(Debug, PartialEq, Default, Serialize, Deserialize)]
struct Node {
    name: String,
    left: Option<Box<Node>>,
    right: Option<Box<Node>>,
    extra: Vec<Node>,
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
enum Expression {
    Number(f64),
    Negative(Box<Expression>),
    Sum { parts: Vec<Expression> },
}

/// serde reads this type through its own buffer, once more at each level.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
enum Untagged {
    Number(f64),
    List(Vec<Untagged>),
    Named { inner: Box<Untagged> },
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type")]
enum Tagged {
    End,
    Inner { name: String, inner: Box<Tagged> },
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Flat {
    #[serde(flatten)]
    rest: BTreeMap<String, Flat>,
}

/// Half of what a thread of Rust has by default. The other half is for the callers.
const STACK: usize = 1 << 20;

/// Wraps a value until it is refused, then decodes the deepest one that was not.
fn fits<T: Wire + PartialEq + Debug>(innermost: fn() -> T, wrap: fn(T) -> T) {
    let run = move || {
        let mut value = innermost();
        let mut deepest = encode(&value).unwrap();
        let mut levels = 0;
        let refusal = loop {
            value = wrap(value);
            match encode(&value) {
                Ok(bytes) => deepest = bytes,
                Err(error) => break error,
            }
            levels += 1;
        };
        assert!(refusal.to_string().contains("nested deeper"), "{refusal}");
        assert!(levels >= DEPTH_LIMIT / 5, "only {levels} levels");
        decode::<T>(&deepest).unwrap();
    };
    std::thread::Builder::new()
        .stack_size(STACK)
        .spawn(run)
        .unwrap()
        .join()
        .unwrap();
}

#[test]
fn lists_and_trees() {
    fits(Node::default, |node| Node {
        left: Some(Box::new(node)),
        ..Node::default()
    });
    fits(Node::default, |node| Node {
        extra: vec![node],
        ..Node::default()
    });
    fits(
        || Expression::Number(1.0),
        |inner| Expression::Sum {
            parts: vec![Expression::Negative(Box::new(inner))],
        },
    );
}

#[test]
fn through_the_buffer_of_serde() {
    fits(
        || serde_json::Value::Null,
        |inner| serde_json::json!({"inner": [inner]}),
    );
    fits(
        || Untagged::Number(1.0),
        |inner| Untagged::Named {
            inner: Box::new(Untagged::List(vec![inner])),
        },
    );
    fits(
        || Tagged::End,
        |inner| Tagged::Inner {
            name: String::new(),
            inner: Box::new(inner),
        },
    );
    fits(
        || Flat {
            rest: BTreeMap::new(),
        },
        |inner| Flat {
            rest: [("x".to_owned(), inner)].into(),
        },
    );
}
