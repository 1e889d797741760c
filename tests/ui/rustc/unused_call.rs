//! A call that nobody awaits does nothing.
#![deny(unused_must_use)]

use offloop::blocking_io;

#[blocking_io]
fn fetch(url: &str) -> Result<String, std::io::Error> {
    Ok(url.to_owned())
}

fn main() {
    fetch("u");
    fetch::builder().url("u");
}
