//! The files that may tell operating systems apart.

use crate::source::{Fault, hold, sources};

/// The faces of the crate, and the two rooms that hide a system behind names.
const FILES: &[&str] = &[
    "runtime/src/lib.rs",
    "runtime/src/private/mod.rs",
    "runtime/src/process/mod.rs",
    "runtime/src/process/transport/mod.rs",
    "runtime/src/sys/mod.rs",
];

#[test]
fn operating_systems_are_told_apart_in_the_files_on_the_list() {
    let mut faults: Vec<Fault> = Vec::new();
    for source in sources("runtime/src") {
        if !FILES.contains(&&*source.path) {
            let places = source.words("target_os").map(|at| source.place(at));
            faults.extend(places.map(|place| (place, "`target_os`".to_owned())));
        }
    }
    hold(
        "`cfg(target_os)` is only in the files on the list `FILES`",
        "give both systems the same name in `sys`, and let this file use that name",
        &faults,
    );
}
