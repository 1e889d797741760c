//! What `cargo metadata` prints about this workspace: a large amount of real JSON.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::env;
use std::fmt;
use std::process::Command;

use offloop::{blocking_io, cpu_bound};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::place::Place;

/// The least size of a document, in bytes. A document is an array of copies of one value. It is
/// smaller in a debug build, which takes about ten times as long to decode it.
const SIZE: usize = if cfg!(debug_assertions) {
    200_000
} else {
    2_000_000
};

/// The result of a worker process. It is small, whatever the size of the JSON.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Summary {
    packages: usize,
    /// The licence that most packages have, and how many they are.
    licence: Option<(String, usize)>,
    /// The package farthest from this workspace, and how many steps away it is.
    farthest: Option<(String, usize)>,
    pub(crate) made_by: Place,
}

/// Why there is no summary. It comes from a worker process, so it needs `Serialize` and
/// `Deserialize`.
#[derive(Debug, thiserror::Error, Serialize, Deserialize)]
pub(crate) enum MetadataError {
    #[error("`cargo metadata` failed: {0}")]
    Cargo(String),
    #[error("the output of `cargo metadata` cannot be decoded: {0}")]
    Json(String),
    #[error(transparent)]
    Call(#[from] offloop::Error),
}

/// Returns `count` documents, made of what `cargo metadata` prints.
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

/// Which options to try, in this order. The packages that this program was built from are on this
/// machine. Other members of the workspace may need more packages, which cargo then downloads. If
/// it cannot, the members of the workspace alone are enough.
const ATTEMPTS: [&[&str]; 3] = [&["--offline"], &[], &["--offline", "--no-deps"]];

fn cargo_metadata() -> Result<Vec<u8>, MetadataError> {
    // `cargo run` sets this variable to its own path.
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

/// Decodes a document. It runs in a worker process of the default pool.
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

/// Returns the package that is farthest from the workspace, and how many steps away it is. Each
/// step goes from packages to their dependencies, until there are no new ones.
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
    // Without a step, the dependencies are not known.
    (steps > 0).then(|| Some((package["name"].as_str()?.to_owned(), steps)))?
}

/// Returns the elements of an array. Any other value has none.
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
