//! Defaults that do not fit.

use offloop::blocking_io;

#[blocking_io]
fn wrong_type(#[default = "3"] retries: u32, #[default = 4] text: &str) {
    let _ = (retries, text);
}

#[blocking_io]
fn wrong_option(#[default = 3] retries: Option<u32>) {
    let _ = retries;
}

fn main() {}
