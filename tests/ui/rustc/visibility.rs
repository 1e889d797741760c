//! A task's types are part of its interface, as associated types of its builder.

mod inner {
    struct Row;

    #[offloop::blocking_io]
    pub fn load(row: Row) {
        let _ = row;
    }
}

fn main() {}
