//! [`Settings`]: the settings of a process pool, after they were checked.

use std::time::Duration;

#[cfg(feature = "sandbox")]
use super::sandbox::Rules;

/// The settings of a process pool, after they were checked. The methods of
/// [`ProcessPool`](super::ProcessPool) with these names say what each one means.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) min_workers: usize,
    pub(crate) workers: usize,
    pub(crate) queue: usize,
    pub(crate) timeout: Option<Duration>,
    pub(crate) grace: Duration,
    pub(crate) idle_timeout: Duration,
    pub(crate) memory_limit: Option<u64>,
    pub(crate) recycle_after: Option<u64>,
    pub(crate) recycle_above: Option<u64>,
    pub(crate) poison_after: u32,
    pub(crate) nice: i32,
    pub(crate) envs: &'static [(&'static str, &'static str)],
    pub(crate) current_dir: Option<&'static str>,
    pub(crate) start_timeout: Duration,
    #[cfg(feature = "sandbox")]
    pub(crate) sandbox: Option<Rules>,
}
