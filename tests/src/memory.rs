//! Which memory of other processes this one has, as the kernel tells it in `/proc`.

use std::ops::Range;

use offloop::Shared;

/// So many bytes, each of them 7.
///
/// # Panics
/// There is no memory.
#[must_use]
pub fn sevens(length: usize) -> Shared<[u8]> {
    Shared::<[u8]>::with_len(length, |bytes| bytes.fill(7)).expect("memory")
}

/// The anonymous file that this value lies in, by its number, or `None` if it lies in none. Where
/// two processes tell the same number, they read the same memory.
#[must_use]
pub fn file_of<T: ?Sized>(value: &T) -> Option<u64> {
    let address = std::ptr::from_ref(value).cast::<u8>().addr();
    mappings_of(std::process::id())
        .into_iter()
        .find(|mapping| mapping.addresses.contains(&address))
        .map(|mapping| mapping.file)
}

/// How many mappings and descriptors of such files this process has, whose name begins like this.
/// Only a test that runs [`alone`](crate::alone) can tell whose they are.
#[must_use]
pub fn held(name: &str) -> usize {
    let prefix = format!("/memfd:{name}");
    let mapped = mappings_of(std::process::id());
    let mapped = mapped.iter().filter(|it| it.name.starts_with(&prefix));
    let open = std::fs::read_dir("/proc/self/fd").into_iter().flatten();
    let open = open.filter_map(|entry| std::fs::read_link(entry.ok()?.path()).ok());
    let open = open.filter(|link| link.to_string_lossy().starts_with(&prefix));
    mapped.count() + open.count()
}

/// The processes that have mapped this file.
#[must_use]
pub fn holders_of(file: u64) -> Vec<u32> {
    let processes = std::fs::read_dir("/proc").into_iter().flatten();
    processes
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter(|pid| mappings_of(*pid).iter().any(|mapping| mapping.file == file))
        .collect()
}

struct Mapping {
    addresses: Range<usize>,
    file: u64,
    name: String,
}

/// Those of anonymous files. None if there is no such process.
fn mappings_of(pid: u32) -> Vec<Mapping> {
    let maps = std::fs::read_to_string(format!("/proc/{pid}/maps")).unwrap_or_default();
    maps.lines().filter_map(parse).collect()
}

/// `7f5c0000-7f5c2000 r--s 00000000 00:01 4711    /memfd:name (deleted)`
fn parse(line: &str) -> Option<Mapping> {
    let (_, name) = line.split_once("/memfd:")?;
    let mut fields = line.split_ascii_whitespace();
    let (start, end) = fields.next()?.split_once('-')?;
    let address = |text| usize::from_str_radix(text, 16).ok();
    Some(Mapping {
        addresses: address(start)?..address(end)?,
        file: fields.nth(3)?.parse().ok()?,
        name: format!("/memfd:{name}"),
    })
}
