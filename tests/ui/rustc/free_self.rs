//! `self` outside of an impl block. An attribute cannot see where it is, so this is for the
//! compiler to say.

use offloop::blocking_io;

#[blocking_io]
fn free(&self, depth: u8) -> u8 {
    depth
}

fn main() {}
