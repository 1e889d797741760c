//! A workspace of generated crates, in the target folder: one for each contender and size.

use crate::contender::Contender;
use std::path::{Path, PathBuf};
use std::{fs, io};

pub(crate) struct Scratch {
    root: PathBuf,
}

impl Scratch {
    pub(crate) fn create(sizes: &[u32]) -> io::Result<Self> {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let target = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
        let target = target.unwrap_or_else(|| here.with_file_name("target"));
        let scratch = Self {
            root: target.join("compile-cost"),
        };
        let runtime = here.with_file_name("runtime");
        fs::create_dir_all(&scratch.root)?;
        fs::write(
            scratch.root.join("Cargo.toml"),
            format!(
                "[workspace]\nresolver = \"3\"\nmembers = [\"crates/*\"]\n\n[workspace.dependencies]\n\
                 offloop = {{ path = {:?} }}\nbon = \"3\"\n",
                runtime.display().to_string()
            ),
        )?;
        for &size in sizes {
            for contender in Contender::ALL {
                scratch.create_package(contender, size)?;
            }
        }
        Ok(scratch)
    }

    fn create_package(&self, contender: Contender, size: u32) -> io::Result<()> {
        let package = Self::package(contender, size);
        let folder = self.folder(contender, size);
        fs::create_dir_all(folder.join("src"))?;
        let dependency = contender.dependency();
        let dependency =
            dependency.map_or(String::new(), |name| format!("{name}.workspace = true\n"));
        let manifest = format!(
            "[package]\nname = \"{package}\"\nedition = \"2024\"\n\n[dependencies]\n{dependency}"
        );
        fs::write(folder.join("Cargo.toml"), manifest)?;
        self.write_source(contender, size, 0)
    }

    /// Writes the crate anew, whether it differs or not: cargo goes by the time of the file.
    pub(crate) fn write_source(
        &self,
        contender: Contender,
        size: u32,
        edit: u32,
    ) -> io::Result<()> {
        let folder = self.folder(contender, size);
        fs::write(folder.join("src/lib.rs"), contender.source(size, edit))
    }

    pub(crate) fn package(contender: Contender, size: u32) -> String {
        format!("{}-{size}", contender.stem())
    }

    fn folder(&self, contender: Contender, size: u32) -> PathBuf {
        self.root
            .join("crates")
            .join(Self::package(contender, size))
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// Where all rounds compile to.
    pub(crate) fn target(&self) -> PathBuf {
        self.root.join("target")
    }

    /// Takes away what the compiler remembers of a crate.
    pub(crate) fn forget(&self, contender: Contender, size: u32) -> io::Result<()> {
        let prefix = format!("{}-", Self::package(contender, size).replace('-', "_"));
        let Ok(folder) = fs::read_dir(self.target().join("debug/incremental")) else {
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
