//! Files by which tasks tell a test that they run, and a test tells tasks to end.

use std::path::{Path, PathBuf};

use crate::eventually;

/// A folder of a test, which is removed with this value.
#[derive(Debug)]
pub struct Marks(tempfile::TempDir);

impl Default for Marks {
    fn default() -> Self {
        Self::new()
    }
}

impl Marks {
    /// An empty folder.
    ///
    /// # Panics
    /// It cannot be made.
    #[must_use]
    pub fn new() -> Marks {
        Marks(tempfile::tempdir().expect("a temporary folder"))
    }

    /// The folder, as tasks take it.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// The file of this name.
    #[must_use]
    pub fn file(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }

    /// Whether there is a file of this name.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.file(name).exists()
    }

    /// How many files there are.
    ///
    /// # Panics
    /// The folder cannot be read.
    #[must_use]
    pub fn count(&self) -> usize {
        count(self.path())
    }

    /// Waits until there is a file of this name.
    ///
    /// # Panics
    /// There is none within [`LIMIT`](crate::LIMIT).
    pub fn wait_for(&self, name: &str) {
        eventually(&format!("there is a mark `{name}`"), || self.has(name));
    }

    /// The process ids that the file of this name holds: none before its writer is through.
    #[must_use]
    pub fn pids(&self, name: &str) -> Option<Vec<u32>> {
        let text = std::fs::read_to_string(self.file(name)).ok()?;
        let line = text.strip_suffix('\n')?;
        line.split(' ').map(|pid| pid.parse().ok()).collect()
    }

    /// Waits for the process ids that a task writes to the file of this name.
    ///
    /// # Panics
    /// They are not there within [`LIMIT`](crate::LIMIT).
    #[must_use]
    pub fn wait_for_pids(&self, name: &str) -> Vec<u32> {
        eventually(&format!("`{name}` names processes"), || {
            self.pids(name).is_some()
        });
        self.pids(name).unwrap_or_default()
    }

    /// Lets the task [`hold`](crate::tasks::hold) of this name end.
    ///
    /// # Panics
    /// The mark cannot be written.
    pub fn release(&self, name: &str) {
        std::fs::write(self.file(&end_of(name)), "").expect("a mark can be written");
    }
}

pub(crate) fn end_of(name: &str) -> String {
    format!("end {name}")
}

pub(crate) fn count(folder: &Path) -> usize {
    std::fs::read_dir(folder)
        .expect("the folder is there")
        .count()
}

pub(crate) fn write_pids(file: &Path, pids: &[u32]) {
    let pids: Vec<_> = pids.iter().map(ToString::to_string).collect();
    std::fs::write(file, pids.join(" ") + "\n").expect("a mark can be written");
}
