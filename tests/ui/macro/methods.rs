//! Methods that cannot be tasks.

use offloop::{blocking_io, cpu_bound};
use std::rc::Rc;

#[derive(Clone)]
struct Store;

#[offloop::methods]
impl Store {
    #[blocking_io]
    fn mutable(&mut self) {}

    #[blocking_io]
    fn mutable_typed(self: &mut Self) {}

    #[blocking_io]
    fn shared(self: Rc<Self>) {}

    #[blocking_io]
    fn shared_by_reference(self: &Rc<Self>) {}

    #[blocking_io]
    fn attribute(#[default = 1] self) {}

    #[blocking_io]
    #[cpu_bound]
    fn both(&self) {}

    #[blocking_io(bulder = false)]
    fn option(&self, a: u32) -> u32 {
        a
    }

    #[cpu_bound]
    fn generic<T>(&self, a: T) -> T {
        a
    }
}

#[derive(Clone)]
struct Cache<T>(T);

#[offloop::methods]
impl<T: Clone> Cache<T> {
    #[cpu_bound]
    fn across(&self) {}
}

impl Store {
    #[blocking_io]
    fn open(path: &str) -> Self {
        let _ = path;
        Self
    }

    #[cpu_bound]
    fn count(&self) -> usize {
        0
    }

    #[blocking_io]
    fn default(&self, #[default = 1] a: u32) -> u32 {
        a
    }

    #[blocking_io(builder = Named)]
    fn named(&self) {}

    #[blocking_io]
    fn two_mistakes(&mut self, (a, b): (u8, u8)) -> u8 {
        a + b
    }
}

fn main() {}
