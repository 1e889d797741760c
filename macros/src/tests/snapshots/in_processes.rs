#[doc(hidden)]
#[allow(
    dead_code,
    non_camel_case_types,
    missing_debug_implementations,
    private_interfaces,
    clippy::type_complexity
)]
struct __ThumbnailTask<
    Types
        = (
            ::core::marker::PhantomData<[u8]>,
            ::core::marker::PhantomData<u32>,
            ::core::marker::PhantomData<Vec<u8>>,
        ),
> {
    __never: ::core::convert::Infallible,
    __types: ::core::marker::PhantomData<Types>,
}
impl __ThumbnailTask {
    /// Runs `thumbnail` in place: on this thread, without a pool.
    #[allow(dead_code, clippy::must_use_candidate)]
    fn blocking(jpeg: &[u8], height: Option<u32>) -> Vec<u8> {
        #[allow(
            clippy::option_option,
            clippy::ref_option,
            clippy::unnecessary_wraps,
            clippy::vec_box,
            clippy::large_types_passed_by_value,
            clippy::needless_pass_by_value,
            clippy::trivially_copy_pass_by_ref
        )]
        fn thumbnail(jpeg: &[u8], height: Option<u32>) -> Vec<u8> {
            BODY
        }
        thumbnail(jpeg, height)
    }
    fn __call(
        jpeg: ::std::vec::Vec<u8>,
        height: Option<u32>,
    ) -> ::offloop::__private::Call<
        ::core::result::Result<Vec<u8>, ::offloop::__private::Error>,
    > {
        let __call = ::offloop::__private::process_call::<
            __ThumbnailTask,
        >(&IMAGES, (::offloop::__private::Borrowed::<[u8]>(jpeg), height));
        let __call = ::offloop::__private::Call::timeout(__call, LIMIT);
        __call
    }
}
impl ::offloop::__private::Task for __ThumbnailTask {
    const NAME: &'static str = ::core::concat!(::core::module_path!(), "::thumbnail");
    type Args = __ThumbnailValues;
    type Output = __ThumbnailOutput;
}
fn thumbnail(
    jpeg: &[u8],
    height: Option<u32>,
) -> ::offloop::__private::Call<
    ::core::result::Result<Vec<u8>, ::offloop::__private::Error>,
> {
    __ThumbnailTask::__call(<[u8] as ::std::borrow::ToOwned>::to_owned(jpeg), height)
}
#[cfg(not(target_os = "linux"))]
::offloop::__private::no_processes! {}
impl ::offloop::__private::ProcessTask for __ThumbnailTask {
    type List = (::offloop::__private::Borrowed<[u8]>, Option<u32>);
    const INFO: &'static ::offloop::__private::TaskInfo = &::offloop::__private::TaskInfo::new(
        ::core::concat!(::core::module_path!(), "::thumbnail"),
        ::core::file!(),
        ::core::line!(),
        ::core::column!(),
        14024737353710221999u64,
    );
    const NAMES: &'static [&'static str] = &["jpeg", "height"];
    const RESULT: ::offloop::__private::ResultCodec<Self::Output> = ::offloop::__private::ResultCodec::<
        Self::Output,
    >::plain();
    fn run(__args: ::offloop::__private::LentList<'_, Self>) -> Self::Output {
        let (jpeg, height) = __args;
        __ThumbnailTask::blocking(&jpeg, height)
    }
}
const _: () = {
    #[::offloop::__private::linkme::distributed_slice(::offloop::__private::TASKS)]
    #[linkme(crate = ::offloop::__private::linkme)]
    static TASK: ::offloop::__private::Entry = ::offloop::__private::Entry::new::<
        __ThumbnailTask,
    >();
};
#[allow(dead_code)]
type __ThumbnailValues = (::std::vec::Vec<u8>, Option<u32>);
type __ThumbnailOutput = Vec<u8>;
