//! Types that cannot go to another thread.

use offloop::blocking_io;
use std::rc::Rc;

struct NotClone;

struct Config;

#[blocking_io]
fn argument(shared: Rc<u32>, pointer: *const u8) -> u32 {
    let _ = pointer;
    *shared
}

#[blocking_io]
fn result() -> Rc<u32> {
    Rc::new(1)
}

#[blocking_io]
fn fallible() -> Result<Rc<u32>, std::io::Error> {
    Ok(Rc::new(1))
}

#[blocking_io]
fn reference(config: &NotClone) {
    let _ = config;
}

#[offloop::cpu_bound]
fn option(config: Option<&Config>, path: &std::path::Path) {
    let _ = (config, path);
}

struct Store;

#[offloop::methods]
impl Store {
    #[blocking_io]
    fn load(&self, depth: u32) {
        let _ = depth;
    }
}

fn main() {}
