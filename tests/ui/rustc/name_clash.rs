//! The function's name is also a type; `builder = false` and `builder = Name` are ways out.

mod fetch {
    #[offloop::blocking_io]
    pub fn fetch() {}
}
pub use fetch::fetch;

fn main() {}
