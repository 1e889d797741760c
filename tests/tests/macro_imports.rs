//! The attributes inside of `#[offloop::methods]` need no import.
#![deny(warnings)]

#[derive(Clone)]
struct Store;

#[offloop::methods]
impl Store {
    #[blocking_io]
    fn load(&self, key: &str) -> usize {
        key.len()
    }

    #[cpu_bound(threads)]
    fn sum(&self, numbers: Vec<u32>) -> u32 {
        numbers.iter().sum()
    }
}

#[test]
fn methods_find_their_attributes_by_name() {
    assert_eq!(Store.load("key").wait().unwrap(), 3);
    let call = Store.sum_builder().numbers(vec![1, 2]).call();
    assert_eq!(call.wait().unwrap(), 3);
}
