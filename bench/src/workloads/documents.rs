//! Large values: documents that are decoded by the workers, and deep ones that come back.

use std::sync::Arc;
use std::time::Instant;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::task::JoinSet;

use super::ticker::Ticker;
use super::{Scale, figures, milliseconds};
use crate::contenders::Contender;
use crate::results::Figures;

/// Branches of the first level of a document, which are what makes it as large as it is.
const ROOTS: u64 = 5;
/// How many there are.
const ALL: usize = 16;

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
    fn new(depth: usize, id: u64) -> Tree {
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
    fn of(scale: Scale) -> Tree {
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

pub(super) async fn decode<C: Contender>(contender: C, scale: Scale) -> Figures {
    let text = serde_json::to_string(&Tree::of(scale)).expect("a tree can be written as JSON");
    let expected = count(&text);
    let megabytes = text.len() as f64 / 1e6;
    let texts = vec![text; ALL];
    let contender = Arc::new(contender);
    // Workers are up before the time begins.
    contender.decode("[]".to_owned()).await;
    let ticker = Ticker::start();
    let start = Instant::now();
    let mut calls = JoinSet::new();
    for text in texts {
        let contender = contender.clone();
        calls.spawn(async move { contender.decode(text).await });
    }
    while let Some(counted) = calls.join_next().await {
        assert_eq!(counted.expect("no call fails"), expected);
    }
    let wall = start.elapsed();
    figures([
        ("wall", milliseconds(wall)),
        ("gap", milliseconds(ticker.stop().await)),
        ("megabytes", megabytes),
    ])
}

pub(super) async fn carry<C: Contender>(contender: C, scale: Scale) -> Figures {
    let trees = vec![Tree::of(scale); ALL];
    let contender = Arc::new(contender);
    contender.tree(Tree::new(0, 0)).await;
    let ticker = Ticker::start();
    let start = Instant::now();
    let mut calls = JoinSet::new();
    for tree in trees {
        let contender = contender.clone();
        calls.spawn(async move { contender.tree(tree).await });
    }
    let mut back = Vec::new();
    while let Some(tree) = calls.join_next().await {
        back.push(tree.expect("no call fails"));
    }
    let wall = start.elapsed();
    assert_eq!(back.len(), ALL);
    assert_eq!(back[0], back[ALL - 1]);
    figures([
        ("wall", milliseconds(wall)),
        ("gap", milliseconds(ticker.stop().await)),
    ])
}
