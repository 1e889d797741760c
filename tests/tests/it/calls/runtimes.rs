//! Pools outlive the runtimes that await their calls. Each `#[tokio::test]` of this binary has one
//! of its own, and many of them share the global pools.

use offloop::{blocking_io, cpu_bound};
use offloop_tests::wait;
use tokio::runtime::{Builder, Runtime};

#[cpu_bound]
fn in_process(number: u32) -> (u32, u32) {
    (std::process::id(), number + 1)
}

#[blocking_io]
fn on_thread(number: u32) -> u32 {
    number + 1
}

fn current_thread() -> Runtime {
    Builder::new_current_thread().build().unwrap()
}

#[test]
fn a_hundred_runtimes_share_the_global_pools() {
    std::thread::scope(|scope| {
        for thread in 0..10 {
            scope.spawn(move || {
                for number in thread * 10..(thread + 1) * 10 {
                    current_thread().block_on(async {
                        let (pid, next) = in_process(number).await.unwrap();
                        assert_ne!(pid, std::process::id());
                        assert_eq!(next, number + 1);
                        assert_eq!(on_thread(number).await.unwrap(), number + 1);
                    });
                }
            });
        }
    });
}

#[test]
fn a_runtime_that_ends_takes_no_call_of_another_with_it() {
    for number in 0..200 {
        let runtime = current_thread();
        // Left running when the runtime ends.
        runtime.spawn(in_process(number));
        runtime.block_on(tokio::task::yield_now());
        drop(runtime);
        assert_eq!(wait(in_process(number)).unwrap().1, number + 1);
    }
}
