//! Mistakes in the options of an attribute.

use offloop::{ThreadPool, blocking_io, cpu_bound};

static DB: ThreadPool = ThreadPool::new("db");

#[blocking_io(bulder = false)]
fn unknown() {}

#[cpu_bound(bulder = false, timeot = 3)]
fn two_unknown() {}

#[blocking_io(threads)]
fn threads() {}

#[blocking_io(retry = 2)]
fn retry_on_a_thread() {}

#[cpu_bound(retry = 2, threads)]
fn retry_on_threads() {}

#[blocking_io(nested)]
fn nested_without_result() -> u8 {
    0
}

#[blocking_io(builder = false, pool = DB, builder = Load)]
fn twice() {}

#[blocking_io(pool)]
fn pool_without_value() {}

#[cpu_bound(timeout =, retry)]
fn timeout_and_retry_without_value() {}

#[blocking_io(pool = "db")]
fn pool_of_wrong_kind() {}

#[blocking_io(builder = "Load")]
fn builder_of_wrong_kind() {}

#[blocking_io(builder = true)]
fn builder_true() {}

#[blocking_io(name = fetch)]
fn name_of_wrong_kind() {}

#[blocking_io(name = "")]
fn empty_name() {}

#[blocking_io(nested = true)]
fn flag_with_value() {}

#[blocking_io(pool = DB nested)]
fn without_comma() {}

#[blocking_io(3)]
fn not_a_word() {}

#[blocking_io(crate = offloop)]
fn relative_crate() {}

fn main() {}
