//! No two modules import each other.
//!
//! This is looked at in each folder: what is in a folder, files and subfolders with all that is in
//! them, imports in one direction. A folder and its own `mod.rs` are one thing. A type may be
//! declared in `mod.rs`, and its methods be written in the files beside; what these name of each
//! other, up and down, is no circle.

use std::collections::{BTreeMap, VecDeque};

use crate::modules::{Crate, ModulePath, Use, shown};
use crate::source::{Fault, hold};

/// The crates, by their root files.
const ROOTS: &[&str] = &[
    "runtime/src/lib.rs",
    "macros/src/lib.rs",
    "bench/src/lib.rs",
    "bench/src/main.rs",
    "bench/src/bin/compile-cost/main.rs",
    "bench/src/bin/small-program/main.rs",
];

#[test]
fn no_module_imports_what_imports_it() {
    let mut faults = Vec::new();
    for root in ROOTS {
        for (folder, uses) in by_folder(Crate::read(root).uses()) {
            faults.extend(circle(&uses).iter().map(|step| {
                let what = format!("in {}, {}", shown(&folder), step.1);
                (step.0.clone(), what)
            }));
        }
    }
    hold(
        "what is in one folder imports in one direction",
        "the lines above are a circle in each folder; move what one of them names to a file below \
         both, or hand it in by a trait",
        &faults,
    );
}

/// Between two entries of a folder: their names, and a place where the first names the second.
type Uses = BTreeMap<(String, String), Fault>;

/// Sorts uses by the innermost folder that has both ends. Uses between a folder and what is in it
/// are left out.
fn by_folder(uses: Vec<Use>) -> BTreeMap<ModulePath, Uses> {
    let mut folders: BTreeMap<ModulePath, Uses> = BTreeMap::new();
    for named in uses {
        let ends = named.from.iter().zip(&named.to);
        let shared = ends.take_while(|(from, to)| from == to).count();
        let (Some(from), Some(to)) = (named.from.get(shared), named.to.get(shared)) else {
            continue;
        };
        let what = format!("`{from}` imports `{to}` by `{}`", named.written);
        let folder = folders.entry(named.from[..shared].to_vec()).or_default();
        let pair = (from.clone(), to.clone());
        folder.entry(pair).or_insert((named.place, what));
    }
    folders
}

/// Returns the uses of a shortest circle, in order. They are none if there is no circle.
fn circle(uses: &Uses) -> Vec<Fault> {
    let circles = uses
        .keys()
        .filter_map(|pair| way(uses, &pair.1, &pair.0).map(|way| (pair, way)));
    let Some((pair, way)) = circles.min_by_key(|(_, way)| way.len()) else {
        return Vec::new();
    };
    let steps = std::iter::once(pair.clone()).chain(way);
    steps.map(|step| uses[&step].clone()).collect()
}

/// Returns a shortest way from one entry to another.
fn way(uses: &Uses, from: &str, to: &str) -> Option<Vec<(String, String)>> {
    let mut ways = BTreeMap::from([(from.to_owned(), Vec::new())]);
    let mut next = VecDeque::from([from.to_owned()]);
    while let Some(at) = next.pop_front() {
        if at == to {
            return ways.remove(to);
        }
        for pair in uses.keys().filter(|pair| pair.0 == at) {
            if !ways.contains_key(&pair.1) {
                let mut way = ways[&at].clone();
                way.push(pair.clone());
                ways.insert(pair.1.clone(), way);
                next.push_back(pair.1.clone());
            }
        }
    }
    None
}
