//! Crates that the programs of the bench generate and compile.

use std::path::{self, Path, PathBuf};
use std::process::Command;
use std::{env, fs, io};

/// A workspace of generated crates, in the target folder.
#[derive(Debug)]
pub struct Workspace {
    root: PathBuf,
}

impl Workspace {
    /// Creates a workspace in the folder `name`. Its packages may depend on the `offloop` of this
    /// repository, and on the dependencies with which `manifest` begins. Other sections of the
    /// manifest may follow there.
    ///
    /// # Errors
    ///
    /// The folder or its manifest cannot be written.
    pub fn create(name: &str, manifest: &str) -> io::Result<Workspace> {
        let bench = Path::new(env!("CARGO_MANIFEST_DIR"));
        let target = env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
        let target = target.unwrap_or_else(|| bench.with_file_name("target"));
        // Cargo runs in another folder, where a relative path means something else.
        let root = path::absolute(target.join(name))?;
        fs::create_dir_all(&root)?;
        let runtime = bench.with_file_name("runtime").display().to_string();
        let manifest = format!(
            "[workspace]\nresolver = \"3\"\nmembers = [\"crates/*\"]\n\n[workspace.dependencies]\n\
             offloop = {{ path = {runtime:?} }}\n{manifest}"
        );
        fs::write(root.join("Cargo.toml"), manifest)?;
        Ok(Workspace { root })
    }

    /// Adds a package with these dependencies of the workspace, and returns the folder of its
    /// source.
    ///
    /// # Errors
    ///
    /// The folder or its manifest cannot be written.
    pub fn add_package<'a>(
        &self,
        package: &str,
        dependencies: impl IntoIterator<Item = &'a str>,
    ) -> io::Result<PathBuf> {
        let source = self.source_folder(package);
        fs::create_dir_all(&source)?;
        let mut manifest =
            format!("[package]\nname = \"{package}\"\nedition = \"2024\"\n\n[dependencies]\n");
        for dependency in dependencies {
            manifest.push_str(dependency);
            manifest.push_str(".workspace = true\n");
        }
        fs::write(source.with_file_name("Cargo.toml"), manifest)?;
        Ok(source)
    }

    /// The folder with the source of a package.
    #[must_use]
    pub fn source_folder(&self, package: &str) -> PathBuf {
        self.root.join("crates").join(package).join("src")
    }

    /// A folder in the workspace.
    #[must_use]
    pub fn folder(&self, name: &str) -> PathBuf {
        self.root.join(name)
    }

    /// Returns a command that runs cargo for one package. `target` is the name of the target
    /// folder, which is in the workspace too.
    #[must_use]
    pub fn cargo(&self, command: &str, package: &str, target: &str) -> Command {
        let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut run = Command::new(cargo);
        run.args([command, "--quiet", "--package", package])
            .current_dir(&self.root)
            .env("CARGO_TARGET_DIR", self.folder(target));
        run
    }
}
