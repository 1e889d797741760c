//! Restricts which files can be opened, by Landlock.

use std::error::Error as _;
use std::path::Path;

use landlock::{
    ABI, Access, AccessFs, AccessNet, BitFlags, CompatLevel, Compatible, PathBeneath, PathFd,
    Ruleset, RulesetAttr, RulesetCreated, RulesetCreatedAttr, Scope, make_bitflags,
};

use super::Rules;
use super::fault::SandboxFault;

/// What has to be there: before its third version, Landlock let any file be truncated by its path.
const NEEDED: ABI = ABI::V3;
/// What is used where it is there: commands to devices, TCP, signals to processes outside.
const KNOWN: ABI = ABI::V6;

const READ: BitFlags<AccessFs> = make_bitflags!(AccessFs::{ReadFile | ReadDir});
/// To run programs, and to make device nodes, which would lead around every other rule.
const NEVER: BitFlags<AccessFs> = make_bitflags!(AccessFs::{Execute | MakeChar | MakeBlock});

/// Restricts this thread, and those that it will start.
pub(super) fn restrict(rules: &Rules) -> Result<(), SandboxFault> {
    let write = AccessFs::from_all(KNOWN) & !NEVER;
    let mut ruleset = match ruleset(rules) {
        Ok(ruleset) => ruleset,
        Err(error) => {
            return rules.or_less(Err(SandboxFault::NoLandlock(error)));
        }
    };
    for path in &rules.read {
        ruleset = grant(ruleset, path, READ)?;
    }
    for path in &rules.write {
        ruleset = grant(ruleset, path, write)?;
    }
    // Backtraces get their names from there.
    if let Ok(program) = PathFd::new("/proc/self/exe") {
        ruleset =
            add(ruleset, program, AccessFs::ReadFile.into()).map_err(SandboxFault::OwnProgram)?;
    }
    let restricted = ruleset.restrict_self().map(drop);
    rules.or_less(restricted.map_err(SandboxFault::FilesNotRestricted))
}

fn ruleset(rules: &Rules) -> Result<RulesetCreated, landlock::RulesetError> {
    let needed = if rules.best_effort {
        CompatLevel::BestEffort
    } else {
        CompatLevel::HardRequirement
    };
    let mut ruleset = Ruleset::default()
        .set_compatibility(needed)
        .handle_access(AccessFs::from_all(NEEDED))?
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(KNOWN))?
        .scope(Scope::Signal)?;
    if !rules.network {
        ruleset = ruleset
            .handle_access(AccessNet::from_all(KNOWN))?
            .scope(Scope::AbstractUnixSocket)?;
    }
    ruleset.create()
}

fn grant(
    ruleset: RulesetCreated,
    path: &str,
    access: BitFlags<AccessFs>,
) -> Result<RulesetCreated, SandboxFault> {
    let opened = PathFd::new(path).map_err(|error| {
        let reason = error.source().map(ToString::to_string).unwrap_or_default();
        SandboxFault::NotOpened {
            path: path.to_owned(),
            reason,
        }
    })?;
    let access = if Path::new(path).is_dir() {
        access
    } else {
        access & AccessFs::from_file(KNOWN)
    };
    add(ruleset, opened, access).map_err(|error| SandboxFault::NotGranted {
        path: path.to_owned(),
        error,
    })
}

fn add(
    ruleset: RulesetCreated,
    opened: PathFd,
    access: BitFlags<AccessFs>,
) -> Result<RulesetCreated, landlock::RulesetError> {
    ruleset.add_rule(PathBeneath::new(opened, access))
}
