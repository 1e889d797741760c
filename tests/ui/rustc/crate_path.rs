//! A path to the library that leads nowhere.

#[offloop::blocking_io(crate = ::no_such_crate)]
fn fetch() {}

fn main() {}
