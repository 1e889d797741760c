//! What this crate asks of the operating system. The names are equal on every system.
//!
//! This file has the one `cfg` that chooses the system. What a system does not have is done in
//! another way by a module of that name in `portable`, or is used only by code that is not compiled
//! there.

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
