//! Restricts what can be asked of the kernel, by a filter of system calls (`seccomp`).
//!
//! A call that is refused fails with `EPERM`, as if the user had not the right to it.

use std::collections::BTreeMap;

use seccompiler::{
    BackendError, BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition,
    SeccompFilter, SeccompRule,
};

use super::Rules;
use super::fault::SandboxFault;
use super::refused::{self, When};

/// Restricts all threads of this process.
pub(super) fn restrict(rules: &Rules) -> Result<(), SandboxFault> {
    for filter in filters(rules)? {
        seccompiler::apply_filter_all_threads(&filter)
            .map_err(|error| SandboxFault::CallsNotRestricted(error.to_string()))?;
    }
    Ok(())
}

/// The programs for the kernel.
pub(super) fn filters(rules: &Rules) -> Result<Vec<BpfProgram>, SandboxFault> {
    let mut calls = vec![refused::ALWAYS, refused::OF_THIS_MACHINE];
    if !rules.network {
        calls.push(refused::NETWORK);
    }
    if rules.write.is_empty() {
        calls.push(refused::WRITING);
    }
    let mut calls = calls.concat();
    calls.extend(refused::ONLY_OF_32_BITS.map(|call| (call, When::Always)));
    let build = || {
        Ok(vec![
            filter(calls, libc::EPERM)?,
            // The C library then makes threads by `clone`, whose flags can be seen by a filter.
            filter(vec![(libc::SYS_clone3, When::Always)], libc::ENOSYS)?,
        ])
    };
    build().map_err(|error: BackendError| SandboxFault::UnknownMachine(Some(error.to_string())))
}

pub(super) fn filter(calls: Vec<(i64, When)>, error: i32) -> Result<BpfProgram, BackendError> {
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> = BTreeMap::new();
    for (call, when) in calls {
        for bit in refused::BITS {
            rules.insert(call | bit, when.rules()?);
        }
    }
    SeccompFilter::new(
        rules,
        SeccompAction::Allow,
        SeccompAction::Errno(error.unsigned_abs()),
        std::env::consts::ARCH.try_into()?,
    )?
    .try_into()
}

impl When {
    /// Any of them refuses; with none, the call is refused whatever its arguments are.
    fn rules(self) -> Result<Vec<SeccompRule>, BackendError> {
        // The kernel looks at 32 bits of these arguments; what the others are must not matter.
        let int = SeccompCmpArgLen::Dword;
        let own = u64::from(std::process::id());
        match self {
            When::Always => Ok(Vec::new()),
            When::Is(argument, values) => values
                .iter()
                .map(|value| {
                    all([SeccompCondition::new(
                        argument,
                        int.clone(),
                        SeccompCmpOp::Eq,
                        *value,
                    )])
                })
                .collect(),
            When::OtherThanOwn(argument) => {
                let other = SeccompCondition::new(argument, int, SeccompCmpOp::Ne, own);
                Ok(vec![all([other])?])
            }
            When::OtherThanOwnOrZero(argument) => {
                let other = SeccompCondition::new(argument, int.clone(), SeccompCmpOp::Ne, own);
                let nonzero = SeccompCondition::new(argument, int, SeccompCmpOp::Ne, 0);
                Ok(vec![all([other, nonzero])?])
            }
            When::BitsAre(argument, mask, bits) => {
                let same = SeccompCondition::new(argument, int, SeccompCmpOp::MaskedEq(mask), bits);
                Ok(vec![all([same])?])
            }
            When::IsNot(argument, values) => {
                let other = |value: &u64| {
                    SeccompCondition::new(argument, int.clone(), SeccompCmpOp::Ne, *value)
                };
                Ok(vec![all(values.iter().map(other))?])
            }
            When::Any(of) => {
                let rules: Result<Vec<_>, _> = of.iter().map(|when| when.rules()).collect();
                Ok(rules?.concat())
            }
            When::IsThere(argument) => {
                let pointer = SeccompCmpArgLen::Qword;
                let there = SeccompCondition::new(argument, pointer, SeccompCmpOp::Ne, 0);
                Ok(vec![all([there])?])
            }
        }
    }
}

/// All of them have to hold.
fn all(
    conditions: impl IntoIterator<Item = Result<SeccompCondition, BackendError>>,
) -> Result<SeccompRule, BackendError> {
    SeccompRule::new(conditions.into_iter().collect::<Result<_, _>>()?)
}
