//! Which room imports which. A room is a file or a folder of a crate, with all that is in it.
//!
//! What counts is the room that declares a name, through whatever re-export it is reached. Tests
//! may import anything.

use crate::modules::{Crate, ModulePath, Use, shown};
use crate::source::{Fault, hold};

/// A room, and the rooms that it may import beside itself; `*` stands for all of them.
type Row = (&'static str, &'static str);

/// The rooms of the runtime, from the bottom to the top. A module belongs to the longest row that
/// its path begins with.
const RUNTIME: &[Row] = &[
    // The operating system, and helpers that know nothing of calls.
    ("sys", ""),
    ("util", "sys"),
    // What users see of a call or a pool beside the result.
    ("stats", ""),
    ("task", ""),
    ("error", "sys util"),
    ("context", "util"),
    // How values are sent, and the table of the tasks that can be sent.
    ("wire", "sys util"),
    ("shared", "sys util wire"),
    ("tasks", "error task util wire"),
    // Pools: what all kinds of them have, then threads, then a call on any of them.
    ("pool", "context error stats sys util"),
    ("thread", "context error pool stats sys util"),
    ("call", "context error pool tasks thread util"),
    ("builder", "call error"),
    // Processes. First what both sides have.
    ("process::sandbox", "error sys util"),
    (
        "process::config",
        "error pool process::mode process::sandbox sys tasks",
    ),
    (
        "process::protocol",
        "context error process::config process::sandbox sys tasks util wire",
    ),
    ("process::mode", "process::protocol"),
    (
        "process::transport",
        "call context error process::protocol sys util wire",
    ),
    // The two sides. Neither names the other.
    (
        "process::host",
        "call context error pool process::config process::mode process::protocol process::sandbox \
         process::transport stats sys tasks thread util wire",
    ),
    (
        "process::worker",
        "context error process::config process::mode process::protocol process::sandbox \
         process::transport sys tasks util wire",
    ),
    // What the program holds: a call, and the pool.
    (
        "process::call",
        "call error pool process::config process::host process::mode stats tasks thread util",
    ),
    (
        "process::pool",
        "call error pool process::call process::config process::host process::mode \
         process::sandbox stats sys tasks util",
    ),
    // Faces: these re-export what lies below them.
    ("process", "*"),
    ("__private", "*"),
    ("__fuzz", "*"),
    ("", "*"),
];

/// Rooms of the macros that stand below all others. Those that are not here are held by
/// [`only_the_driver_names_what_writes_code`] and by the rule against circles.
const MACROS: &[Row] = &[
    ("kind", ""),
    ("names", ""),
    ("scan", ""),
    ("messages", "kind"),
    ("known_types", "scan"),
];

#[test]
fn a_room_of_the_runtime_imports_what_its_row_allows() {
    let runtime = Crate::read("runtime/src/lib.rs");
    let unknown = RUNTIME.iter().filter(|row| !row.0.is_empty());
    let unknown = unknown.filter(|row| !runtime.modules.contains_key(&path_of(row.0)));
    let mut faults: Vec<Fault> = unknown
        .map(|row| (row.0.to_owned(), "there is no such room".to_owned()))
        .collect();
    faults.extend(against(RUNTIME, &runtime));
    hold(
        "a room of the runtime imports only what its row in `RUNTIME` allows",
        "move what is named to the room below, or hand it in by a trait or a value; if the design \
         has changed, change the row in `tests/tests/tidy/rooms.rs`",
        &faults,
    );
}

#[test]
fn the_lowest_rooms_of_the_macros_import_what_their_rows_allow() {
    hold(
        "a room of the macros imports only what its row in `MACROS` allows",
        "move what is named to the room below, or hand it in",
        &against(MACROS, &Crate::read("macros/src/lib.rs")),
    );
}

#[test]
fn only_the_driver_names_what_writes_code() {
    let macros = Crate::read("macros/src/lib.rs");
    let uses = macros.uses().into_iter().filter(|named| {
        let from = named.from.first().map_or("", String::as_str);
        is_in("expand", &named.to) && !["driver", "expand"].contains(&from)
    });
    let faults: Vec<Fault> = uses.map(|named| fault(&named, "may not")).collect();
    hold(
        "files that read syntax do not name `expand`; only `driver` does",
        "put what both need into the file that reads it, and let `expand` import that",
        &faults,
    );
}

/// Returns the imports that the table does not allow.
fn against(rows: &[Row], of: &Crate) -> Vec<Fault> {
    let mut faults = Vec::new();
    for named in of.uses() {
        let Some((room, allowed)) = row_of(rows, &named.from) else {
            continue;
        };
        let is_allowed = allowed
            .split_whitespace()
            .any(|other| match row_of(rows, &named.to) {
                Some((room, _)) => other == "*" || other == room,
                None => other == "*" || is_in(other, &named.to),
            });
        if !is_allowed && !is_in(room, &named.to) {
            faults.push(fault(&named, &format!("may import only [{allowed}]")));
        }
    }
    faults
}

fn fault(named: &Use, may: &str) -> Fault {
    let (from, to) = (shown(&named.from), shown(&named.to));
    let what = format!("{from} {may}, and `{}` is in {to}", named.written);
    (named.place.clone(), what)
}

fn row_of(rows: &[Row], module: &ModulePath) -> Option<Row> {
    let of = rows.iter().filter(|row| is_in(row.0, module));
    of.max_by_key(|row| path_of(row.0).len()).copied()
}

/// Returns whether a module is this room or in it.
fn is_in(room: &str, module: &ModulePath) -> bool {
    module.starts_with(&path_of(room))
}

fn path_of(room: &str) -> ModulePath {
    let words = room.split("::").filter(|word| !word.is_empty());
    words.map(str::to_owned).collect()
}
