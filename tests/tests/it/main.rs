//! What the docs of offloop promise: a folder for each section of the page of promises
//! (`runtime/src/promises.md`), and one for what the attributes write. All of it shares a process;
//! tests that cannot are binaries of their own, beside this one, and say why.

offloop_tests::settings_of_its_own!();

mod calls;
mod crashes;
mod end;
mod limits;
pub mod macros;
mod promises;
mod sandbox;
mod values;
mod workers;
