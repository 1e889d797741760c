//! Runtimes that are gone leave no descriptors.

use offloop::ProcessPool;
use offloop_tests::tasks::pid;
use offloop_tests::{alone, eventually, in_time};
use tokio::runtime::Builder;

fn descriptors() -> usize {
    std::fs::read_dir("/proc/self/fd").unwrap().count()
}

#[test]
fn runtimes_that_come_and_go_leave_no_descriptors() {
    let _turn = alone();
    in_time("all calls end", || {
        let pool = ProcessPool::new("gone").workers(1);
        let round = || {
            let runtime = Builder::new_current_thread().enable_all().build().unwrap();
            // So many calls that the runtime hears of them by itself from then on.
            runtime.block_on(async {
                for _ in 0..10 {
                    pid().on(&pool).await.unwrap();
                }
            });
        };
        (0..5).for_each(|_| round());
        let before = descriptors();
        (0..50).for_each(|_| round());
        // What a test before this one has had may still be closed.
        eventually("they are closed", || descriptors() <= before);
    });
}
