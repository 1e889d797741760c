//! The generated crates: one for each contender and each number of functions.

use crate::contender::Contender;
use offloop_bench::generated::Workspace;
use std::process::Command;
use std::{fs, io};

/// How many functions a crate has.
pub(crate) const SIZES: [u32; 3] = [1, 20, 100];

/// The target folder of all rounds.
pub(crate) const TARGET: &str = "target";

pub(crate) struct Scratch {
    workspace: Workspace,
}

impl Scratch {
    pub(crate) fn create() -> io::Result<Self> {
        let workspace = Workspace::create("compile-cost", "bon = \"3\"\n")?;
        let scratch = Self { workspace };
        for size in SIZES {
            for contender in Contender::ALL {
                let package = package(contender, size);
                let dependency = contender.dependency();
                scratch.workspace.add_package(&package, dependency)?;
                scratch.write_source(contender, size, 0)?;
            }
        }
        Ok(scratch)
    }

    /// Writes the source of a crate, even if it stays as it was: cargo looks at the file's time.
    pub(crate) fn write_source(
        &self,
        contender: Contender,
        size: u32,
        edit: u32,
    ) -> io::Result<()> {
        let folder = self.workspace.source_folder(&package(contender, size));
        fs::write(folder.join("lib.rs"), contender.source(size, edit))
    }

    pub(crate) fn cargo(
        &self,
        command: &str,
        contender: Contender,
        size: u32,
        target: &str,
    ) -> Command {
        self.workspace
            .cargo(command, &package(contender, size), target)
    }

    /// Removes a target folder, if there is one.
    pub(crate) fn remove_target(&self, name: &str) -> io::Result<()> {
        match fs::remove_dir_all(self.workspace.folder(name)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// Removes the incremental cache of one crate.
    pub(crate) fn clear_incremental_cache(
        &self,
        contender: Contender,
        size: u32,
    ) -> io::Result<()> {
        let prefix = format!("{}-", package(contender, size).replace('-', "_"));
        let target = self.workspace.folder(TARGET);
        let Ok(folder) = fs::read_dir(target.join("debug/incremental")) else {
            return Ok(());
        };
        for entry in folder {
            let entry = entry?;
            if entry.file_name().to_string_lossy().starts_with(&prefix) {
                fs::remove_dir_all(entry.path())?;
            }
        }
        Ok(())
    }
}

fn package(contender: Contender, size: u32) -> String {
    format!("{}-{size}", contender.package_prefix())
}
