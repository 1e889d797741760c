//! The attribute on something that it is not for.

use offloop::{blocking_io, cpu_bound};

#[blocking_io]
struct Fetch;

#[cpu_bound]
enum Load {
    One,
}

#[blocking_io]
pub const LIMIT: u32 = 3;

#[blocking_io]
mod inner {}

struct Store;

#[blocking_io]
impl Store {
    fn load(&self) {}
}

#[blocking_io]
#[cpu_bound]
fn both() {}

#[blocking_io]
#[blocking_io]
fn twice() {}

#[offloop::methods]
struct NotABlock;

#[offloop::methods]
fn function() {}

#[offloop::methods]
trait Loads {
    fn load(&self);
}

#[offloop::methods]
impl Store {
    fn save(&self) {}
}

#[offloop::methods(crate = ::offloop)]
impl Store {
    #[blocking_io]
    fn options(self) {}
}

#[offloop::methods]
impl Loads for Store {
    #[blocking_io]
    fn load(&self) {}
}

struct Borrowed<'a>(&'a str);

#[offloop::methods]
impl<'a> Borrowed<'a> {
    #[blocking_io]
    fn length(self) -> usize {
        self.0.len()
    }
}

#[offloop::methods]
impl Borrowed<'_> {
    #[blocking_io]
    fn is_empty(self) -> bool {
        self.0.is_empty()
    }
}

#[offloop::methods]
impl dyn Loads {
    #[blocking_io]
    fn boxed(self: Box<Self>) {}
}

fn main() {
    Store.save();
    Store.load();
}
