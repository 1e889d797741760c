//! [`Registry`]: the table of all process tasks of this program, and the look-up of a task by its
//! id. The linker puts the table together.

use std::fmt;
use std::sync::OnceLock;

use super::erased::Entry;
use crate::task::{FNV_START, TaskInfo, fnv1a};

/// All process tasks of this program. Generated code adds an entry for each.
#[linkme::distributed_slice]
pub static TASKS: [Entry];

/// The table, sorted by id.
#[derive(Debug)]
pub(crate) struct Registry {
    tasks: Vec<&'static Entry>,
    /// A hash of the version of this crate and of all tasks. Two programs with equal hashes
    /// understand each other.
    build_id: u64,
}

/// Two tasks that have one id, so that a worker could not know which one to run.
#[derive(Debug)]
pub(crate) struct Clash {
    one: &'static TaskInfo,
    other: &'static TaskInfo,
}

impl fmt::Display for Clash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the tasks `{}` ({}) and `{}` ({}) cannot be told apart; \
             give one of them a `name = \"...\"`",
            self.one.name(),
            self.one.place(),
            self.other.name(),
            self.other.place()
        )
    }
}

impl Registry {
    /// Returns the table of this program.
    ///
    /// # Errors
    /// Two tasks have the same id, so that a worker could not know which one to run. The error says
    /// which tasks, and what to do.
    pub(crate) fn get() -> Result<&'static Registry, &'static Clash> {
        static REGISTRY: OnceLock<Result<Registry, Clash>> = OnceLock::new();
        REGISTRY.get_or_init(|| Registry::new(&TASKS)).as_ref()
    }

    fn new(entries: &'static [Entry]) -> Result<Registry, Clash> {
        let mut tasks: Vec<_> = entries.iter().collect();
        tasks.sort_unstable_by_key(|entry| entry.info().id());
        for pair in tasks.windows(2) {
            let (one, other) = (pair[0].info(), pair[1].info());
            if one.id() == other.id() {
                return Err(Clash { one, other });
            }
        }
        let mut build_id = fnv1a(FNV_START, env!("CARGO_PKG_VERSION").as_bytes());
        for entry in &tasks {
            build_id = fnv1a(build_id, &entry.info().id().to_le_bytes());
        }
        Ok(Registry { tasks, build_id })
    }

    /// Returns the task with this id, if there is one.
    pub(crate) fn find(&self, id: u64) -> Option<&'static Entry> {
        let at = self
            .tasks
            .binary_search_by_key(&id, |entry| entry.info().id())
            .ok()?;
        Some(self.tasks[at])
    }

    pub(crate) fn build_id(&self) -> u64 {
        self.build_id
    }
}
