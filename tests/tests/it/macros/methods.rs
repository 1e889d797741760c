//! Methods: every receiver, generic blocks, associated functions, processes.
// Some of these methods are about their receiver alone.
#![allow(clippy::self_only_used_in_recursion, clippy::unused_self)]

use offloop::blocking_io;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

type Nothing = Result<(), offloop::Error>;

/// A store that is cloned for each call.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Store {
    rows: Vec<String>,
}

#[offloop::methods]
impl Store {
    /// A constant between the functions.
    pub const LIMIT: usize = { 3 };

    /// Not a task.
    #[must_use]
    pub fn new() -> Self {
        Self {
            rows: vec!["a".to_owned(), "b".to_owned()],
        }
    }

    /// Loads a row.
    #[blocking_io]
    pub fn load(&self, key: &str, #[default = Self::LIMIT] limit: usize) -> Option<String> {
        self.rows
            .iter()
            .take(limit)
            .find(|row| *row == key)
            .cloned()
    }

    /// By value.
    #[blocking_io]
    pub fn into_rows(mut self, extra: Option<String>) -> Vec<String> {
        self.rows.extend(extra);
        self.rows
    }

    /// Shared.
    #[blocking_io]
    pub fn shared(self: Arc<Self>, other: Self) -> usize {
        self.rows.len() + other.rows.len()
    }

    /// Shared, borrowed.
    #[blocking_io]
    pub fn borrowed(self: &Arc<Self>) -> usize {
        Arc::strong_count(self)
    }

    /// Of the type.
    #[offloop::blocking_io]
    pub fn open(rows: &[String], others: Option<Vec<Self>>) -> Self {
        let mut rows = rows.to_vec();
        rows.extend(others.into_iter().flatten().flat_map(|other| other.rows));
        Self { rows }
    }

    /// In a process.
    #[offloop::cpu_bound]
    pub fn count(
        &self,
        #[default = Self::LIMIT] times: usize,
        like: &Self,
    ) -> std::io::Result<usize> {
        Ok((self.rows.len() + like.rows.len()) * times)
    }

    /// Of the type, in a process.
    #[offloop::cpu_bound]
    pub fn rebuild(rows: Vec<String>) -> Self {
        Self { rows }
    }

    /// Without a builder.
    #[blocking_io(builder = false)]
    pub fn plain(&self) -> usize {
        self.rows.len()
    }

    /// With another builder.
    #[blocking_io(builder = Renamed)]
    pub fn renamed(&self, by: usize) -> usize {
        self.rows.len() + by
    }

    /// Calls itself in place.
    #[blocking_io]
    fn descend(&self, depth: usize) -> usize {
        if depth == 0 {
            0
        } else {
            1 + self.descend_blocking(depth - 1)
        }
    }

    /// With a type parameter.
    #[blocking_io]
    fn find<T: PartialEq<String> + Clone>(&self, wanted: &T, as_is: impl Fn(&str) -> bool) -> bool {
        self.rows.iter().any(|row| *wanted == *row && as_is(row))
    }
}

impl Default for Store {
    fn default() -> Self {
        Self::new()
    }
}

#[test]
fn a_method_may_take_itself_by_reference() -> Nothing {
    let store = Store::new();
    assert_eq!(store.load("a", 1).wait()?, Some("a".to_owned()));
    assert_eq!(
        store.load_builder().key("b").call().wait()?,
        Some("b".to_owned())
    );
    assert_eq!(store.load_builder().limit(1).key("b").call().wait()?, None);
    assert_eq!(store.load_blocking("b", 2), Some("b".to_owned()));
    assert_eq!(store.descend(3).wait()?, 3);
    assert_eq!(store.plain().wait()?, 2);
    assert_eq!(store.plain_blocking(), 2);
    let builder: Renamed = store.renamed_builder();
    assert_eq!(builder.by(1).call().wait()?, 3);
    assert!(store.find(&"a", |_| true).wait()?);
    assert!(
        store
            .find_builder()
            .wanted("b")
            .as_is(|_: &str| true)
            .call()
            .wait()?
    );
    Ok(())
}

#[test]
fn a_call_keeps_what_it_was_made_of() -> Nothing {
    let call = {
        let store = Store::new();
        store.load("a", 1)
    };
    assert_eq!(call.wait()?, Some("a".to_owned()));
    Ok(())
}

#[test]
fn a_method_may_take_itself_by_value_or_shared() -> Nothing {
    assert_eq!(Store::new().into_rows(None).wait()?.len(), 2);
    assert_eq!(
        Store::new()
            .into_rows_builder()
            .extra("c".to_owned())
            .call()
            .wait()?
            .len(),
        3
    );
    let store = Arc::new(Store::new());
    assert_eq!(Arc::clone(&store).shared(Store::new()).wait()?, 4);
    assert_eq!(
        Arc::clone(&store)
            .shared_builder()
            .other(Store::new())
            .call()
            .wait()?,
        4
    );
    assert_eq!(store.borrowed().wait()?, 2);
    assert_eq!(store.borrowed_builder().call().wait()?, 2);
    Ok(())
}

#[test]
fn associated_functions_may_be_tasks() -> Nothing {
    assert_eq!(Store::open(&["x".to_owned()], None).wait()?.rows, ["x"]);
    let builder = Store::open_builder().rows([]).others(vec![Store::new()]);
    assert_eq!(builder.call().wait()?.rows, ["a", "b"]);
    assert_eq!(Store::open_blocking(&[], None).rows.len(), 0);
    Ok(())
}

#[test]
fn methods_may_run_in_processes() -> Result<(), Box<dyn std::error::Error>> {
    let store = Store::new();
    assert_eq!(store.count(2, &store).wait()?, 8);
    assert_eq!(store.count_builder().like(Store::new()).call().wait()?, 12);
    assert_eq!(store.count_blocking(1, &store)?, 4);
    assert_eq!(Store::rebuild(vec!["x".to_owned()]).wait()?.rows, ["x"]);
    Ok(())
}

#[derive(Clone)]
struct Cache<K, const N: usize> {
    keys: [K; N],
}

trait Named {
    type Name: Clone + PartialEq + Send + 'static;
    fn name(&self) -> Self::Name;
}

impl Named for u8 {
    type Name = String;
    fn name(&self) -> String {
        self.to_string()
    }
}

#[offloop::methods]
impl<K, const N: usize> Cache<K, N>
where
    K: Named + Clone,
{
    #[blocking_io]
    fn has(&self, name: &K::Name, #[default = Vec::new()] more: Vec<K::Name>) -> bool {
        let mut names = more;
        names.push(name.clone());
        self.keys.iter().any(|key| names.contains(&key.name()))
    }

    #[blocking_io]
    fn first<T: From<K>>(self, or: Option<T>) -> Option<T> {
        self.keys.into_iter().next().map(T::from).or(or)
    }

    #[blocking_io]
    fn pair(left: K, right: K) -> Cache<K, 2> {
        Cache {
            keys: [left, right],
        }
    }
}

#[test]
fn blocks_may_be_generic() -> Nothing {
    let cache = Cache { keys: [1_u8, 2] };
    assert!(cache.has(&"2".to_owned(), Vec::new()).wait()?);
    assert!(!cache.has_builder().name("3".to_owned()).call().wait()?);
    assert_eq!(cache.clone().first::<u32>(None).wait()?, Some(1));
    assert_eq!(cache.first_builder::<u64>().call().wait()?, Some(1));
    assert_eq!(Cache::<u8, 0>::pair(1, 2).wait()?.keys, [1, 2]);
    assert_eq!(
        Cache::<u8, 0>::pair_builder()
            .right(2)
            .left(1)
            .call()
            .wait()?
            .keys,
        [1, 2]
    );
    Ok(())
}

#[derive(Clone)]
struct Alone(u32);

impl Alone {
    #[blocking_io]
    fn add(&self, other: u32) -> u32 {
        self.0 + other
    }

    #[offloop::cpu_bound(threads)]
    fn take(self, other: &str) -> String {
        format!("{} {other}", self.0)
    }
}

#[test]
fn an_attribute_alone_gives_the_call_by_position() -> Nothing {
    assert_eq!(Alone(1).add(2).wait()?, 3);
    assert_eq!(Alone(1).add_blocking(2), 3);
    assert_eq!(Alone(1).take("x").wait()?, "1 x");
    Ok(())
}

mod elsewhere {
    #[derive(Clone)]
    pub(super) struct Deep;
}

#[offloop::methods]
impl elsewhere::Deep {
    #[blocking_io]
    fn one(&self) -> u32 {
        1
    }

    #[blocking_io(builder = Two)]
    fn r#two(&'static self, r#type: u32) -> u32 {
        r#type
    }
}

#[test]
fn a_block_may_be_of_a_type_from_another_module() -> Nothing {
    static DEEP: elsewhere::Deep = elsewhere::Deep;
    assert_eq!(DEEP.one().wait()?, 1);
    assert_eq!(DEEP.two(2).wait()?, 2);
    assert_eq!(DEEP.two_builder().r#type(3).call().wait()?, 3);
    Ok(())
}
