//! Our constructor, which lets workers in before `main`, after the program's own constructors.
//!
//! The linker puts a pointer to [`enter`] into the table of constructors. A worker never returns
//! from there, so first it runs those that stand behind ours.
//!
//! The order of constructors is the order of linking, which nobody controls. The table itself can
//! be found in memory, as the loader finds it: by the dynamic section of the file that our own
//! constructor is in. The `unsafe` of reading it is all here.

#![allow(unsafe_code, reason = "the table of constructors is read")]

use std::ffi::{c_char, c_int, c_void};

use super::bootstrap;
use crate::process::protocol::handshake::VARIABLE;

/// What a constructor is called with.
type Constructor = extern "C" fn(c_int, *const *const c_char, *const *const c_char);

#[used]
// SAFETY: the section holds pointers to functions of this type, which the loader calls once each.
#[unsafe(link_section = ".init_array")]
static CONSTRUCTOR: Constructor = enter;

extern "C" fn enter(argc: c_int, argv: *const *const c_char, envp: *const *const c_char) {
    if std::env::var_os(VARIABLE).is_some() {
        // Crates such as `typetag` register with constructors.
        run_those_behind(enter, argc, argv, envp);
        bootstrap::init();
    }
}

/// Entries of the dynamic section: the table of constructors, and its length in bytes.
const DT_INIT_ARRAY: usize = 25;
const DT_INIT_ARRAYSZ: usize = 27;

/// An entry of the dynamic section.
#[repr(C)]
struct Dynamic {
    tag: usize,
    value: usize,
}

struct Search {
    ours: usize,
    found: &'static [usize],
}

/// Calls the constructors behind `ours`, once each and in their order.
fn run_those_behind(
    ours: Constructor,
    argc: c_int,
    argv: *const *const c_char,
    envp: *const *const c_char,
) {
    let mut search = Search {
        ours: ours as usize,
        found: &[],
    };
    // SAFETY: `look` is of the type that is asked for and gets back the pointer given here, to a
    // value that outlives the call and that nobody else uses meanwhile.
    unsafe { libc::dl_iterate_phdr(Some(look), (&raw mut search).cast()) };
    for constructor in search.found {
        if *constructor == 0 || *constructor == usize::MAX {
            continue;
        }
        // SAFETY: what stands in the table of constructors is a pointer to one.
        let constructor = unsafe { std::mem::transmute::<usize, Constructor>(*constructor) };
        constructor(argc, argv, envp);
    }
}

/// Looks at one loaded file: is our constructor in its table?
extern "C" fn look(file: *mut libc::dl_phdr_info, _size: usize, search: *mut c_void) -> c_int {
    // SAFETY: it is the pointer that `run_those_behind` has given.
    let search = unsafe { &mut *search.cast::<Search>() };
    // SAFETY: the loader gives a valid description for the time of this call.
    let file = unsafe { &*file };
    // SAFETY: the loader says that so many headers are there.
    let headers = unsafe { std::slice::from_raw_parts(file.dlpi_phdr, file.dlpi_phnum.into()) };
    let at = |address: u64| usize::try_from(file.dlpi_addr.wrapping_add(address)).unwrap_or(0);
    let Some(dynamic) = headers
        .iter()
        .find(|header| header.p_type == libc::PT_DYNAMIC)
    else {
        return 0;
    };
    let length = usize::try_from(dynamic.p_memsz).unwrap_or(0) / size_of::<Dynamic>();
    // SAFETY: the header says that the dynamic section is there, in memory and of this length.
    let entries =
        unsafe { std::slice::from_raw_parts(at(dynamic.p_vaddr) as *const Dynamic, length) };
    let value_of = |tag| {
        let mut known = entries.iter().take_while(|entry| entry.tag != 0);
        known
            .find(|entry| entry.tag == tag)
            .map(|entry| entry.value)
    };
    let (Some(table), Some(bytes)) = (value_of(DT_INIT_ARRAY), value_of(DT_INIT_ARRAYSZ)) else {
        return 0;
    };
    let table = at(table as u64) as *const usize;
    // SAFETY: the dynamic section says that the table is there and has this length; the loader has
    // relocated it and calls what is in it.
    let table: &'static [usize] =
        unsafe { std::slice::from_raw_parts(table, bytes / size_of::<usize>()) };
    match table
        .iter()
        .position(|constructor| *constructor == search.ours)
    {
        Some(ours) => {
            search.found = &table[ours + 1..];
            1
        }
        None => 0,
    }
}
