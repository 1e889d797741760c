//! The attributes inside of `#[offloop::methods]` need no import.
#![deny(warnings)]

#[derive(Clone)]
struct Store {
    first: usize,
}

#[offloop::methods]
impl Store {
    #[blocking_io]
    fn load(&self, key: &str) -> usize {
        self.first + key.len()
    }

    #[cpu_bound(threads)]
    fn sum(&self, numbers: Vec<usize>) -> usize {
        self.first + numbers.iter().sum::<usize>()
    }
}

#[test]
fn methods_find_their_attributes_by_name() {
    let store = Store { first: 1 };
    assert_eq!(store.load("key").wait().unwrap(), 4);
    let call = store.sum_builder().numbers(vec![1, 2]).call();
    assert_eq!(call.wait().unwrap(), 4);
}
