//! What this crate asks of the operating system, under the same names on every system.
//!
//! The one `cfg` that tells systems apart is here. Where a system lacks something, a module of the
//! same name does without.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
mod memory_error;
#[cfg(not(target_os = "linux"))]
mod portable;

#[cfg(target_os = "linux")]
pub(crate) use self::linux::*;
#[cfg(target_os = "linux")]
pub(crate) use self::memory_error::MemoryError;
#[cfg(not(target_os = "linux"))]
pub(crate) use self::portable::*;
