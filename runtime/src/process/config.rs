//! [`Config`]: the settings of a process pool, and the check whether a pool can work with them.

use std::num::NonZero;
use std::thread::available_parallelism;
use std::time::Duration;

use super::mode;
#[cfg(feature = "sandbox")]
use super::sandbox::Sandbox;
use crate::error::InvalidPool;
use crate::pool::size::size_from_environment;
use crate::sys::fork;
use crate::tasks::registry::Registry;

/// The settings of a process pool. The methods of [`ProcessPool`](super::ProcessPool) with these
/// names set them and say what each one means.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Config {
    pub(crate) name: &'static str,
    pub(crate) workers: Workers,
    pub(crate) min_workers: usize,
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
    pub(crate) sandbox: Option<Sandbox>,
}

/// How many workers a pool may have.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Workers {
    /// This many.
    Given(usize),
    /// As many as there are cores that this process may use.
    OnePerCore,
    /// As the variable `OFFLOOP_WORKERS` says, or as `OnePerCore` without it.
    FromEnvironment,
}

impl Config {
    /// Returns the settings of a pool that changes no default.
    pub(crate) const fn new(name: &'static str) -> Config {
        Config {
            name,
            workers: Workers::OnePerCore,
            min_workers: 0,
            queue: usize::MAX,
            timeout: None,
            grace: Duration::ZERO,
            idle_timeout: Duration::from_secs(60),
            memory_limit: None,
            recycle_after: None,
            recycle_above: None,
            poison_after: 3,
            nice: 0,
            envs: &[],
            current_dir: None,
            start_timeout: Duration::from_secs(10),
            #[cfg(feature = "sandbox")]
            sandbox: None,
        }
    }

    /// Checks all settings. Returns how many workers the pool may have.
    ///
    /// # Errors
    /// The settings are invalid, or this process can have no process pool.
    pub(crate) fn check(&self) -> Result<usize, Box<InvalidPool>> {
        self.check_process()?;
        self.check_texts()?;
        if let Err(clash) = Registry::get() {
            return Err(self.invalid(clash.to_string()).into());
        }
        let workers = self.count_workers()?;
        self.check_numbers(workers)?;
        Ok(workers)
    }

    fn invalid(&self, reason: impl Into<String>) -> InvalidPool {
        InvalidPool::new(self.name, reason)
    }

    fn check_process(&self) -> Result<(), InvalidPool> {
        if mode::is_stray_worker() {
            return Err(self.invalid(
                "this process was started as a worker, but it runs `main`; write `offloop::init()` \
                 as the first line of `main`, or enable the feature `auto-worker`",
            ));
        }
        if fork::is_forked() {
            return Err(self.invalid(
                "this process was forked from one that had pools, and has none of the threads that \
                 watch workers; fork before the first pool, or start a new program",
            ));
        }
        Ok(())
    }

    fn check_texts(&self) -> Result<(), InvalidPool> {
        if self.name.contains('\0') {
            return Err(self.invalid("its name has a zero byte; write one without"));
        }
        for (name, value) in self.envs {
            if name.is_empty() || name.contains(['=', '\0']) || value.contains('\0') {
                return Err(self.invalid(format!(
                    "its environment variable {name:?} cannot be set; a name is not empty and has \
                     no `=`, and neither it nor its value has a zero byte"
                )));
            }
        }
        Ok(())
    }

    fn count_workers(&self) -> Result<usize, Box<InvalidPool>> {
        let cores = || available_parallelism().map_or(1, NonZero::get);
        Ok(match self.workers {
            Workers::Given(workers) => workers,
            Workers::OnePerCore => cores(),
            Workers::FromEnvironment => {
                size_from_environment("OFFLOOP_WORKERS", self.name)?.unwrap_or_else(cores)
            }
        })
    }

    fn check_numbers(&self, workers: usize) -> Result<(), InvalidPool> {
        let checks = [
            (
                workers == 0,
                "it has 0 workers; write `.workers(1)` or more",
            ),
            (
                self.memory_limit == Some(0),
                "its memory limit is 0 bytes; write the limit that you mean, or none",
            ),
            (
                self.recycle_after == Some(0),
                "it replaces workers after 0 calls; write `.recycle_after(1)` or more",
            ),
            (
                self.recycle_above == Some(0),
                "it replaces workers above 0 bytes; write the limit that you mean",
            ),
            (
                self.poison_after == 0,
                "it refuses arguments after 0 workers; write `.poison_after(1)` or more",
            ),
        ];
        if let Some((_, reason)) = checks.into_iter().find(|(is_wrong, _)| *is_wrong) {
            return Err(self.invalid(reason));
        }
        if self.min_workers > workers {
            let min = self.min_workers;
            return Err(self.invalid(format!(
                "it keeps {min} workers and may have {workers}; write `.workers({min})` or keep \
                 fewer"
            )));
        }
        Ok(())
    }
}
