//! A default sees only the arguments before it.

use offloop::blocking_io;

#[blocking_io]
fn later(#[default = b + 1] a: u32, b: u32) -> u32 {
    a + b
}

fn main() {}
