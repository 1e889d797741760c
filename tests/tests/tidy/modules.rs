//! The modules of a crate, and which module names which.
//!
//! What a module re-exports counts as the module that declares it. Modules for tests are left out.

use std::collections::BTreeMap;
use std::path::Path;

use crate::names::{self, Import, Named, Names};
use crate::source::{Source, repository};

/// The path of a module from the root of its crate: `process::host`. The root has an empty one.
pub(crate) type ModulePath = Vec<String>;

/// The modules of a crate that have files of their own.
pub(crate) struct Crate {
    pub(crate) modules: BTreeMap<ModulePath, Module>,
}

pub(crate) struct Module {
    pub(crate) source: Source,
    names: Names,
}

/// A place at which a module names another one.
pub(crate) struct Use {
    pub(crate) from: ModulePath,
    /// The module that declares what is named.
    pub(crate) to: ModulePath,
    pub(crate) place: String,
    /// The path as it stands there.
    pub(crate) written: String,
}

/// How many re-exports in a row are followed.
const LONGEST_CHAIN: usize = 16;

impl Crate {
    /// Reads a crate from its root file and from the files that its `mod` items lead to.
    pub(crate) fn read(root: &str) -> Crate {
        let mut modules = BTreeMap::new();
        read_modules(&mut modules, Vec::new(), root);
        Crate { modules }
    }

    /// Returns every place at which a module names another one of this crate.
    pub(crate) fn uses(&self) -> Vec<Use> {
        let mut uses = Vec::new();
        for (from, module) in &self.modules {
            let imports = module.names.imports.iter().map(|import| &import.of);
            for named in imports.chain(&module.names.paths) {
                let to = self.resolve(from, named, LONGEST_CHAIN);
                uses.extend(to.filter(|to| to != from).map(|to| Use {
                    from: from.clone(),
                    to,
                    place: module.source.place(named.at),
                    written: named.path.join("::"),
                }));
            }
        }
        uses
    }

    /// Returns the module that declares what is named in the module `from`. None if that is not in
    /// this crate.
    fn resolve(&self, from: &ModulePath, named: &Named, chain: usize) -> Option<ModulePath> {
        let chain = chain.checked_sub(1)?;
        let first = named.path.first()?.as_str();
        let mut rest = &named.path[..];
        let mut base = from.clone();
        match first {
            "crate" => {
                base.clear();
                rest = &rest[1..];
            }
            "self" | "super" => {
                base.extend(named.scope.iter().cloned());
                while let Some("self" | "super") = rest.first().map(String::as_str) {
                    if rest[0] == "super" {
                        base.pop();
                    }
                    rest = &rest[1..];
                }
            }
            _ if self.child(from, first).is_some() => {}
            _ => {
                let import = self.modules[from].import(first)?;
                return self.resolve(from, &continued(&import.of, &rest[1..]), chain);
            }
        }
        // Modules that are written out within a file are that file.
        while !self.modules.contains_key(&base) {
            base.pop();
            rest = &[];
        }
        self.descend(base, rest, chain)
    }

    /// Follows the rest of a path, which begins in the module `base`.
    fn descend(&self, base: ModulePath, rest: &[String], chain: usize) -> Option<ModulePath> {
        let chain = chain.checked_sub(1)?;
        let Some((first, rest)) = rest.split_first() else {
            return Some(base);
        };
        if let Some(child) = self.child(&base, first) {
            return self.descend(child, rest, chain);
        }
        let module = &self.modules[&base];
        if let Some(import) = module.import(first) {
            let declared = self.resolve(&base, &continued(&import.of, rest), chain);
            return declared.or(Some(base));
        }
        for import in module
            .names
            .imports
            .iter()
            .filter(|import| import.name.is_none())
        {
            let Some(all) = self.resolve(&base, &import.of, chain) else {
                continue;
            };
            if self.child(&all, first).is_some() || self.modules[&all].import(first).is_some() {
                return self.resolve(&all, &continued(&itself(first), rest), chain);
            }
        }
        Some(base)
    }

    fn child(&self, of: &ModulePath, name: &str) -> Option<ModulePath> {
        let mut child = of.clone();
        child.push(name.to_owned());
        self.modules.contains_key(&child).then_some(child)
    }
}

impl Module {
    /// Returns the import that has this name in the file.
    fn import(&self, name: &str) -> Option<&Import> {
        self.names.imports.iter().find(|import| {
            let is_itself = import.of.path.len() == 1 && import.of.path[0] == name;
            import.name.as_deref() == Some(name) && import.of.scope.is_empty() && !is_itself
        })
    }
}

fn itself(name: &str) -> Named {
    Named {
        at: 0,
        scope: Vec::new(),
        path: vec![name.to_owned()],
    }
}

fn continued(named: &Named, rest: &[String]) -> Named {
    let mut named = named.clone();
    named.path.extend(rest.iter().cloned());
    named
}

fn read_modules(modules: &mut BTreeMap<ModulePath, Module>, path: ModulePath, file: &str) {
    let source = Source::read(file);
    let names = names::read(&source.code);
    for declared in &names.modules {
        let mut child = path.clone();
        child.push(declared.name.clone());
        let file = file_of(&source, path.is_empty(), declared);
        read_modules(modules, child, &file);
    }
    modules.insert(path, Module { source, names });
}

/// Returns the file of a module that is declared in this source.
fn file_of(parent: &Source, is_root: bool, declared: &names::Declared) -> String {
    let path = Path::new(&parent.path);
    let folder = path.parent().expect("a file is in a folder");
    if let Some(file) = path_attribute(parent, declared.at) {
        return folder.join(file).to_string_lossy().into_owned();
    }
    let folder = if is_root || path.ends_with("mod.rs") {
        folder.to_owned()
    } else {
        path.with_extension("")
    };
    let candidates = [
        folder.join(format!("{}.rs", declared.name)),
        folder.join(&declared.name).join("mod.rs"),
    ];
    let file = candidates
        .iter()
        .find(|file| repository().join(file).exists());
    let file = file.unwrap_or_else(|| panic!("`{}` has no `{}`", parent.path, declared.name));
    file.to_string_lossy().into_owned()
}

/// Returns the value of the attribute `path` of the item at this place.
fn path_attribute(source: &Source, at: usize) -> Option<&str> {
    let begin = source.code[..at].rfind([';', '}']).map_or(0, |end| end + 1);
    let (_, value) = source.text[begin..at].split_once("#[path = \"")?;
    value.split('"').next()
}

pub(crate) fn shown(path: &[String]) -> String {
    if path.is_empty() {
        "the root of the crate".to_owned()
    } else {
        format!("`{}`", path.join("::"))
    }
}
