//! Types that are registered before `main` are known in workers, wherever they are registered.

// Named first, it is linked behind offloop, so that its constructor stands behind offloop's: the
// order in which a worker that entered its loop at once would never know the type.
extern crate offloop_tests_registered;

use offloop::cpu_bound;
use offloop_tests_registered::{Shape, Square};

#[derive(serde::Serialize, serde::Deserialize)]
struct Circle(f64);

#[typetag::serde]
impl Shape for Circle {
    fn area(&self) -> f64 {
        self.0 * self.0 * 3.0
    }
}

#[cpu_bound]
fn area(shape: Box<dyn Shape>) -> f64 {
    shape.area()
}

#[tokio::test]
async fn a_type_of_this_crate_and_one_of_a_third() {
    assert!(area(Box::new(Circle(2.0))).await.unwrap() > 11.0);
    assert!(area(Box::new(Square(2.0))).await.unwrap() > 3.0);
}
