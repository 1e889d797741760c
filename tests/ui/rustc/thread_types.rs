//! Types that cannot go to another thread.

use offloop::blocking_io;
use std::rc::Rc;

struct NotClone;

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

struct Store;

#[offloop::methods]
impl Store {
    #[blocking_io]
    fn load(&self) {}
}

fn main() {}
