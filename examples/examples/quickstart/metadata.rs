//! What `cargo metadata` tells of this workspace, which is real JSON and much of it.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::env;
use std::fmt;
use std::process::Command;

use offloop::{blocking_io, cpu_bound};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::place::Place;

/// How many bytes a document has at least: it is an array of copies of the same. A debug build
/// takes some ten times as long to decode it.
const SIZE: usize = if cfg!(debug_assertions) {
    200_000
} else {
    2_000_000
};

/// What comes back from the worker process: small, whatever the size of the JSON.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Summary {
    packages: usize,
    /// The licence that most packages have, and how many they are.
    licence: Option<(String, usize)>,
    /// The package farthest from this workspace, and how many steps away it is.
    farthest: Option<(String, usize)>,
    pub(crate) made_by: Place,
}

/// Why there is no summary. It crosses processes, therefore `Serialize` and `Deserialize`.
#[derive(Debug, thiserror::Error, Serialize, Deserialize)]
pub(crate) enum MetadataError {
    #[error("`cargo metadata` failed: {0}")]
    Cargo(String),
    #[error("the output of `cargo metadata` cannot be decoded: {0}")]
    Json(String),
    #[error(transparent)]
    Call(#[from] offloop::Error),
}

/// Makes documents of what `cargo metadata` prints.
#[blocking_io]
pub(crate) fn documents(count: usize) -> Result<Vec<Vec<u8>>, MetadataError> {
    let json = cargo_metadata()?;
    let copies = SIZE.div_ceil(json.len().max(1));
    let document = [b"[", &*vec![json; copies].join(&b','), b"]"].concat();
    Ok(vec![document; count])
}

/// The options of `cargo` that print the JSON.
const COMMAND: [&str; 4] = [
    "metadata",
    "--format-version=1",
    "--filter-platform=host-tuple",
    concat!(
        "--manifest-path=",
        env!("CARGO_MANIFEST_DIR"),
        "/Cargo.toml"
    ),
];

/// What was needed to build this program is on this machine. Other members of the workspace may
/// need more, which cargo then downloads. Where it cannot, the members alone will do.
const ATTEMPTS: [&[&str]; 3] = [&["--offline"], &[], &["--offline", "--no-deps"]];

fn cargo_metadata() -> Result<Vec<u8>, MetadataError> {
    // `cargo run` tells which cargo it is.
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut reason = String::new();
    for options in ATTEMPTS {
        let mut command = Command::new(&cargo);
        command
            .args(COMMAND)
            .args(options)
            .env("CARGO_NET_RETRY", "0");
        let output = command
            .output()
            .map_err(|error| MetadataError::Cargo(format!("it cannot be started: {error}")))?;
        if output.status.success() {
            return Ok(output.stdout);
        }
        reason = String::from_utf8_lossy(&output.stderr).into_owned();
    }
    Err(MetadataError::Cargo(reason))
}

/// Decodes a document, in a worker process of the default pool.
#[cpu_bound]
pub(crate) fn summarize(json: &[u8]) -> Result<Summary, MetadataError> {
    let document: Value =
        serde_json::from_slice(json).map_err(|error| MetadataError::Json(error.to_string()))?;
    let metadata = &document[0];

    let mut licences = BTreeMap::new();
    for licence in items(&metadata["packages"]).filter_map(|package| package["license"].as_str()) {
        *licences.entry(licence).or_insert(0) += 1;
    }
    let most_used = licences.into_iter().max_by_key(|(_, packages)| *packages);
    Ok(Summary {
        packages: items(&metadata["packages"]).count(),
        licence: most_used.map(|(licence, packages)| (licence.to_owned(), packages)),
        farthest: farthest(metadata),
        made_by: Place::here(),
    })
}

/// Goes from the workspace to its dependencies, to theirs, and so on, until there are no new ones.
fn farthest(metadata: &Value) -> Option<(String, usize)> {
    let dependencies: HashMap<&str, &Value> = items(&metadata["resolve"]["nodes"])
        .filter_map(|node| Some((node["id"].as_str()?, &node["dependencies"])))
        .collect();
    let mut reached: Vec<&str> = strings(&metadata["workspace_members"]).collect();
    let mut seen: HashSet<&str> = reached.iter().copied().collect();
    let mut steps = 0;
    loop {
        let next: Vec<&str> = reached
            .iter()
            .filter_map(|id| dependencies.get(id))
            .flat_map(|ids| strings(ids))
            .filter(|id| seen.insert(id))
            .collect();
        if next.is_empty() {
            break;
        }
        reached = next;
        steps += 1;
    }
    let last = *reached.first()?;
    let package = items(&metadata["packages"]).find(|package| package["id"] == last)?;
    // No step at all: nothing is known of the dependencies.
    (steps > 0).then(|| Some((package["name"].as_str()?.to_owned(), steps)))?
}

/// The elements of an array; of anything else, none.
fn items(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn strings(value: &Value) -> impl Iterator<Item = &str> {
    items(value).filter_map(Value::as_str)
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} packages", self.packages)?;
        if let Some((licence, packages)) = &self.licence {
            write!(f, ", {packages} of them {licence}")?;
        }
        if let Some((name, steps)) = &self.farthest {
            write!(f, "; the farthest is `{name}`, {steps} steps away")?;
        }
        Ok(())
    }
}
