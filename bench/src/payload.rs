//! What a call carries.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::scale::Scale;

/// Branches of the first level of a document, which are what makes it as large as it is.
const ROOTS: u64 = 5;

/// A small struct, as a call of a real program has one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Record {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) scores: Vec<f64>,
    pub(crate) parent: Option<u64>,
}

/// What `Contender::look` does with the bytes: it reads each page of them.
pub(crate) fn look(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .step_by(4096)
        .map(|&byte| u64::from(byte))
        .sum()
}

/// A deep value: structs, strings, numbers and options in lists in lists.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Tree {
    name: String,
    weight: f64,
    tags: Vec<String>,
    parent: Option<u64>,
    children: Vec<Tree>,
}

impl Tree {
    /// With so many levels below the first.
    pub(crate) fn new(depth: usize, id: u64) -> Tree {
        let children = if depth == 0 { 0 } else { 8 };
        Tree {
            name: format!("node number {id}"),
            weight: id as f64 / 3.0,
            tags: vec!["alpha".to_owned(), "beta".to_owned()],
            parent: (id > 0).then_some(id / 8),
            children: (1..=children)
                .map(|child| Tree::new(depth - 1, id * 8 + child))
                .collect(),
        }
    }

    /// About 20 MB of JSON, or 2.5 when it has to be quick.
    pub(crate) fn of(scale: Scale) -> Tree {
        Tree {
            children: (0..ROOTS)
                .map(|root| Tree::new(scale.pick(5, 4), root))
                .collect(),
            ..Tree::new(0, 0)
        }
    }
}

/// What a worker does with a document: it decodes it and counts the values in it.
pub(crate) fn count(text: &str) -> usize {
    values(&serde_json::from_str(text).expect("the document is JSON"))
}

fn values(value: &Value) -> usize {
    match value {
        Value::Array(inner) => 1 + inner.iter().map(values).sum::<usize>(),
        Value::Object(inner) => 1 + inner.values().map(values).sum::<usize>(),
        _ => 1,
    }
}
