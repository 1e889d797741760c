//! What the docs of offloop promise, with a folder for each section of the page of promises.

offloop_tests::forget_settings_of_the_caller!();

mod promises;

mod calls;
mod crashes;
mod end;
mod limits;
pub mod macros;
mod sandbox;
mod values;
mod workers;
