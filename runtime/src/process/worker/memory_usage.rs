//! How much memory a worker takes, as it tells its pool.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::sync::OnceLock;

/// How much memory this process has in RAM now, in bytes; 0 where the kernel does not tell.
pub(crate) fn resident_memory() -> u64 {
    /// Opened once: later a sandbox may stand in the way.
    static STATM: OnceLock<Option<File>> = OnceLock::new();
    let statm = STATM.get_or_init(|| File::open("/proc/self/statm").ok());
    // Seven numbers.
    let mut text = [0; 160];
    let pages = statm.as_ref().and_then(|file| {
        let length = file.read_at(&mut text, 0).ok()?;
        let text = std::str::from_utf8(text.get(..length)?).ok()?;
        let resident = text.split_ascii_whitespace().nth(1)?;
        resident.parse::<u64>().ok()
    });
    pages.unwrap_or(0) * rustix::param::page_size() as u64
}
