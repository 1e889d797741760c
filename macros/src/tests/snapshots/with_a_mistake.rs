#[allow(dead_code)]
type __FetchBroken = [(); ::core::compile_error! {
    "unknown option `bulder`; expected one of: `pool`, `timeout`, `nested`, `name`, `builder`, `crate`"
}];
#[doc(hidden)]
#[allow(dead_code)]
pub fn fetch(_: &str) -> __FetchBroken {
    loop {}
}
#[doc(hidden)]
#[allow(dead_code, non_camel_case_types)]
pub struct fetch {}
impl fetch {
    #[doc(hidden)]
    #[allow(dead_code)]
    pub fn builder() -> __FetchBroken {
        loop {}
    }
    #[doc(hidden)]
    #[allow(dead_code)]
    pub fn blocking(_: &str) -> __FetchBroken {
        loop {}
    }
}
#[doc(hidden)]
#[allow(dead_code)]
pub type FetchBuilder = __FetchBroken;
impl ::offloop::__private::Task for fetch {
    const NAME: &'static str = "";
    type Args = __FetchBroken;
    type Output = __FetchBroken;
}
const _: () = {
    #[allow(dead_code)]
    fn fetch(url: &str) -> String {
        BODY
    }
};
