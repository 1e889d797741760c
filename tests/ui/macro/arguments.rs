//! Arguments that a task cannot have.
#![allow(unused_variables)]

use offloop::blocking_io;
use std::fmt::Display;

struct Point {
    x: f64,
    y: f64,
}

#[blocking_io]
fn mutable(list: &mut Vec<u8>, other: Option<&mut u8>) {
    list.push(*other.unwrap());
}

#[blocking_io]
fn taken_apart((x, y): (f64, f64), Point { x: z, y: w }: Point) -> f64 {
    x + y + z + w
}

#[blocking_io]
fn wildcard(_: u32) {}

#[blocking_io]
fn by_ref(ref text: String) -> usize {
    text.len()
}

#[blocking_io]
fn bound_twice(whole @ (x, _): (u8, u8)) -> u8 {
    whole.1 + x
}

#[blocking_io]
fn defaults(#[default = 1] #[default = 2] twice: u32, #[default] bare: u32, #[default(3)] list: u32) {
    let _ = (twice, bare, list);
}

#[blocking_io(builder = false)]
fn default_without_builder(#[default = 1] a: u32) -> u32 {
    a
}

#[blocking_io]
fn conditional(#[cfg_attr(windows, default = 1)] a: u32) -> u32 {
    a
}

#[blocking_io]
fn too_many_conditions(
    #[cfg(unix)] a: u8,
    #[cfg(windows)] b: u8,
    #[cfg(test)] c: u8,
    #[cfg(debug_assertions)] d: u8,
) {
}

#[blocking_io]
fn unknown_attribute(#[defualt = 1] a: u32, #[serde(skip)] b: u32) -> u32 {
    a + b
}

#[blocking_io]
fn reserved(call: u32) -> u32 {
    call
}

#[blocking_io(builder = Named)]
fn reserved_by_a_named_builder(builder: u32, blocking: u32) -> u32 {
    builder + blocking
}

#[blocking_io]
fn clash(x: Option<u32>, maybe_x: u32) -> u32 {
    x.unwrap_or(maybe_x)
}

#[blocking_io]
fn borrowed_inside<'a>(
    words: &[&str],
    map: std::collections::HashMap<&'a str, u32>,
    iterator: Box<dyn Iterator<Item = u8> + '_>,
) {
    let _ = (words, map, iterator);
}

#[blocking_io]
fn trait_object(shown: &dyn Display, maybe: Option<&(dyn Display + Sync)>) -> String {
    let _ = maybe;
    shown.to_string()
}

trait Reads<'a> {
    fn read(&self, from: &'a str);
}

#[blocking_io]
fn bound_with_a_lifetime<'a, R: Reads<'a>, S>(from: &'a str, reader: R, other: S)
where
    S: Reads<'a>,
{
    reader.read(from);
    other.read(from);
}

#[blocking_io]
async fn three_mistakes(list: &mut Vec<u8>, (x, y): (u8, u8)) {
    list.push(x + y);
}

fn main() {}
