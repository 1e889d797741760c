//! A hundred tests, each with a runtime of its own, share the global pools: they outlive every
//! runtime. All of it again and again, in this same process.

use offloop::{blocking_io, cpu_bound};

#[cpu_bound]
fn in_process(number: u32) -> (u32, u32) {
    (std::process::id(), number + 1)
}

#[blocking_io]
fn on_thread(number: u32) -> u32 {
    number + 1
}

macro_rules! a_hundred {
    ($($tens:ident: $($ones:ident)*;)*) => {
        $(mod $tens {
            $(#[tokio::test]
            async fn $ones() {
                super::round(line!()).await;
            })*
        })*
    };
}

async fn round(number: u32) {
    for offset in 0..3 {
        let (pid, next) = in_process(number + offset).await.unwrap();
        assert_ne!(pid, std::process::id());
        assert_eq!(next, number + offset + 1);
        assert_eq!(on_thread(number).await.unwrap(), number + 1);
    }
}

a_hundred! {
    t0: u0 u1 u2 u3 u4 u5 u6 u7 u8 u9;
    t1: u0 u1 u2 u3 u4 u5 u6 u7 u8 u9;
    t2: u0 u1 u2 u3 u4 u5 u6 u7 u8 u9;
    t3: u0 u1 u2 u3 u4 u5 u6 u7 u8 u9;
    t4: u0 u1 u2 u3 u4 u5 u6 u7 u8 u9;
    t5: u0 u1 u2 u3 u4 u5 u6 u7 u8 u9;
    t6: u0 u1 u2 u3 u4 u5 u6 u7 u8 u9;
    t7: u0 u1 u2 u3 u4 u5 u6 u7 u8 u9;
    t8: u0 u1 u2 u3 u4 u5 u6 u7 u8 u9;
    t9: u0 u1 u2 u3 u4 u5 u6 u7 u8 u9;
}

#[test]
fn a_runtime_that_ends_takes_no_call_of_another_with_it() {
    for number in 0..200 {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        // Left running when the runtime ends.
        runtime.spawn(in_process(number));
        runtime.block_on(tokio::task::yield_now());
        drop(runtime);
        assert_eq!(in_process(number).wait().unwrap().1, number + 1);
    }
}
