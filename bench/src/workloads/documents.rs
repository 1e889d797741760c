//! Large values: documents that the workers decode, and deep values that go there and back.

use std::sync::Arc;
use std::time::Instant;

use tokio::task::JoinSet;

use super::ticker::Ticker;
use crate::contenders::Contender;
use crate::figures::{Figures, figures, milliseconds};
use crate::payload::{Tree, count_values};
use crate::scale::Scale;

/// How many documents or trees there are.
const COUNT: usize = 16;

pub(super) async fn decode<C: Contender>(contender: C, scale: Scale) -> Figures {
    let text = serde_json::to_string(&Tree::of(scale)).expect("a tree can be written as JSON");
    let expected = count_values(&text);
    let megabytes = text.len() as f64 / 1e6;
    let texts = vec![text; COUNT];
    let contender = Arc::new(contender);
    // The workers start before the time is taken.
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
    let trees = vec![Tree::of(scale); COUNT];
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
    assert_eq!(back.len(), COUNT);
    assert_eq!(back[0], back[COUNT - 1]);
    figures([
        ("wall", milliseconds(wall)),
        ("gap", milliseconds(ticker.stop().await)),
    ])
}
