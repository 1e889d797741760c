//! Type parameters of a task own what they hold.

use offloop::blocking_io;

#[blocking_io]
fn show<T: std::fmt::Debug>(value: T) -> String {
    format!("{value:?}")
}

fn main() {
    let text = String::from("x");
    let _ = show(&text);
    let _ = show(std::rc::Rc::new(1));
}
