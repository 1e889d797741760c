//! The files that may have `unsafe`.

use std::collections::BTreeSet;

use crate::source::{Fault, hold, sources};

/// The files of the runtime that may have `unsafe`. Each allows it for itself and says why; in all
/// others the compiler denies it.
const FILES: &[&str] = &[
    "runtime/src/process/host/exit_hook.rs",
    "runtime/src/process/host/listener/runtime.rs",
    "runtime/src/process/transport/shm/event_ring.rs",
    "runtime/src/process/transport/shm/memory.rs",
    "runtime/src/process/transport/shm/memory/tests.rs",
    "runtime/src/process/transport/shm/region.rs",
    "runtime/src/process/transport/shm/ring.rs",
    "runtime/src/process/worker/allocator.rs",
    "runtime/src/process/worker/bootstrap.rs",
    "runtime/src/process/worker/constructors.rs",
    "runtime/src/shared/mod.rs",
    "runtime/src/sys/linux/fork.rs",
    "runtime/src/sys/linux/huge_pages.rs",
    "runtime/src/sys/linux/mapping.rs",
    "runtime/src/sys/linux/sealed.rs",
];

#[test]
fn unsafe_code_is_only_in_the_files_on_the_list() {
    let mut unused: BTreeSet<&str> = FILES.iter().copied().collect();
    let mut faults: Vec<Fault> = Vec::new();
    for source in sources("runtime/src") {
        let Some(at) = source.words("unsafe").next() else {
            continue;
        };
        if !unused.remove(&*source.path) {
            faults.push((
                source.place(at),
                "`unsafe` in a file that is not on the list".into(),
            ));
        }
    }
    let unused = unused.into_iter();
    faults.extend(unused.map(|file| (file.to_owned(), "on the list, and has no `unsafe`".into())));
    hold(
        "`unsafe` is only in the files on the list `FILES`",
        "use what one of these files offers; if there is no way around it, add the file to the list, \
         and `#![allow(unsafe_code, reason = \"..\")]` to the file",
        &faults,
    );
}

#[test]
fn the_compiler_denies_unsafe_code_where_it_is_not_allowed() {
    let root = crate::source::read("runtime/src/lib.rs");
    assert!(
        root.contains("#![deny(unsafe_code)]"),
        "runtime/src/lib.rs:1: write `#![deny(unsafe_code)]`"
    );
    let macros = crate::source::read("macros/src/lib.rs");
    assert!(
        macros.contains("#![forbid(unsafe_code)]"),
        "macros/src/lib.rs:1: write `#![forbid(unsafe_code)]`"
    );
}
