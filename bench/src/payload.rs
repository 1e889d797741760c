//! The values that calls carry, and what workers do with them.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::scale::Scale;

/// How many branches the first level of a document has. It decides how large a document is.
const ROOTS: u64 = 5;

/// A small struct, as real programs have them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Record {
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) scores: Vec<f64>,
    pub(crate) parent: Option<u64>,
}

/// Reads the first byte of each page, and returns the sum.
pub(crate) fn sum_of_pages(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .step_by(4096)
        .map(|&byte| u64::from(byte))
        .sum()
}

/// A deep value: a struct with a string, a number, an option, and lists of strings and of such
/// structs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Tree {
    name: String,
    weight: f64,
    tags: Vec<String>,
    parent: Option<u64>,
    children: Vec<Tree>,
}

impl Tree {
    /// Returns a tree with `depth` levels below the first.
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

    /// Returns a tree of about 20 MB as JSON, or 2.5 MB for a quick run.
    pub(crate) fn of(scale: Scale) -> Tree {
        Tree {
            children: (0..ROOTS)
                .map(|root| Tree::new(scale.pick(5, 4), root))
                .collect(),
            ..Tree::new(0, 0)
        }
    }
}

/// Decodes a document, and returns the number of values in it.
pub(crate) fn count_values(text: &str) -> usize {
    values(&serde_json::from_str(text).expect("the document is JSON"))
}

fn values(value: &Value) -> usize {
    match value {
        Value::Array(inner) => 1 + inner.iter().map(values).sum::<usize>(),
        Value::Object(inner) => 1 + inner.values().map(values).sum::<usize>(),
        _ => 1,
    }
}
