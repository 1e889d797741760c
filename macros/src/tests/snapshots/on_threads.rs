#[doc(hidden)]
#[allow(
    dead_code,
    non_camel_case_types,
    missing_debug_implementations,
    private_interfaces,
    clippy::type_complexity
)]
pub struct fetch<
    Types
        = (
            ::core::marker::PhantomData<str>,
            ::core::marker::PhantomData<u32>,
            ::core::marker::PhantomData<Result<String, io::Error>>,
        ),
> {
    __never: ::core::convert::Infallible,
    __types: ::core::marker::PhantomData<Types>,
}
impl fetch {
    /// Runs `fetch` in place: on this thread, without a pool.
    ///
    /// # Errors
    ///
    /// The errors of the function itself.
    #[allow(dead_code, clippy::must_use_candidate)]
    pub fn blocking(url: &str, retries: u32) -> Result<String, io::Error> {
        #[allow(
            clippy::unnecessary_wraps,
            clippy::large_types_passed_by_value,
            clippy::needless_pass_by_value,
            clippy::trivially_copy_pass_by_ref
        )]
        fn fetch(url: &str, retries: u32) -> Result<String, io::Error> {
            BODY
        }
        fetch(url, retries)
    }
    fn __call(
        url: ::std::string::String,
        retries: u32,
    ) -> ::offloop::__private::Call<Result<String, io::Error>> {
        let __call = ::offloop::__private::thread_call_flat(
            <fetch as ::offloop::__private::Task>::NAME,
            ::offloop::__private::ThreadPool::global(),
            (url, retries),
            |(url, retries)| -> __FetchOutput { Self::blocking(&url, retries) },
        );
        __call
    }
    #[allow(unused_variables, clippy::type_complexity, clippy::used_underscore_binding)]
    fn __finish(
        __args: &mut (
            ::core::option::Option<::std::string::String>,
            ::core::option::Option<u32>,
        ),
    ) -> ::offloop::__private::Call<__FetchOutput> {
        let url: ::std::string::String = ::core::option::Option::expect(
            __args.0.take(),
            "`url` was given",
        );
        let retries: u32 = match __args.1.take() {
            ::core::option::Option::Some(__value) => __value,
            ::core::option::Option::None => 3,
        };
        Self::__call(url, retries)
    }
    /// Starts a call of `fetch` with named arguments.
    #[allow(dead_code)]
    pub fn builder() -> FetchBuilder {
        FetchBuilder {
            __pending: ::offloop::__private::Pending::new(
                (::core::option::Option::None, ::core::option::Option::None),
                fetch::__finish,
            ),
            __given: ::core::marker::PhantomData,
        }
    }
}
impl ::offloop::__private::Task for fetch {
    const NAME: &'static str = ::core::concat!(::core::module_path!(), "::fetch");
    type Args = __FetchValues;
    type Output = __FetchOutput;
}
/// Loads one page.
///
/// Runs on a thread pool when awaited. `fetch::builder()` takes the arguments by name, `fetch::blocking()` runs in place.
#[allow(dead_code)]
pub fn fetch(
    url: &str,
    retries: u32,
) -> ::offloop::__private::Call<Result<String, io::Error>> {
    fetch::__call(<str as ::std::borrow::ToOwned>::to_owned(url), retries)
}
/// The named arguments of a call of [`fetch()`]; awaiting the builder makes the call.
///
/// Required: `url`. Optional: `retries`.
#[must_use = "a call does nothing until it is awaited"]
#[allow(
    dead_code,
    missing_debug_implementations,
    private_interfaces,
    clippy::type_complexity
)]
pub struct FetchBuilder<
    ArgUrl = ::offloop::builder::Missing,
    ArgRetries = ::offloop::builder::Missing,
    Types
        = (
            ::core::marker::PhantomData<str>,
            ::core::marker::PhantomData<u32>,
            ::core::marker::PhantomData<Result<String, io::Error>>,
        ),
> {
    __pending: ::offloop::__private::Pending<
        (::core::option::Option<::std::string::String>, ::core::option::Option<u32>),
        __FetchOutput,
    >,
    __given: ::core::marker::PhantomData<fn() -> (ArgUrl, ArgRetries, Types)>,
}
#[allow(dead_code)]
impl<ArgUrl, ArgRetries> FetchBuilder<ArgUrl, ArgRetries> {
    /// The address.
    pub fn url(
        mut self,
        url: impl ::core::convert::Into<::std::string::String>,
    ) -> FetchBuilder<::offloop::builder::Given, ArgRetries>
    where
        ArgUrl: ::offloop::builder::NotGiven,
    {
        self.__pending.args.0 = ::core::option::Option::Some(
            ::core::convert::Into::into(url),
        );
        FetchBuilder {
            __pending: self.__pending,
            __given: ::core::marker::PhantomData,
        }
    }
    /// Sets `retries`.
    ///
    /// _Optional; default `3`._
    pub fn retries(
        mut self,
        retries: u32,
    ) -> FetchBuilder<ArgUrl, ::offloop::builder::Given>
    where
        ArgRetries: ::offloop::builder::NotGiven,
    {
        self.__pending.args.1 = ::core::option::Option::Some(retries);
        FetchBuilder {
            __pending: self.__pending,
            __given: ::core::marker::PhantomData,
        }
    }
    /// Returns the call, so that it can have options before it is awaited.
    pub fn call(self) -> ::offloop::__private::Call<Result<String, io::Error>>
    where
        ArgUrl: __FetchUrlGiven,
    {
        ::offloop::__private::Pending::<_, __FetchOutput>::into_call(self.__pending)
    }
}
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "missing argument `url` in the call of `fetch`",
    label = "`url` was never given",
    note = "add `.url(...)`"
)]
#[allow(non_camel_case_types)]
pub trait __FetchUrlGiven {}
#[diagnostic::do_not_recommend]
impl __FetchUrlGiven for ::offloop::builder::Given {}
impl<ArgUrl, ArgRetries> ::core::future::Future for FetchBuilder<ArgUrl, ArgRetries>
where
    ArgUrl: __FetchUrlGiven,
{
    type Output = Result<String, io::Error>;
    fn poll(
        self: ::core::pin::Pin<&mut Self>,
        __context: &mut ::core::task::Context<'_>,
    ) -> ::core::task::Poll<Self::Output> {
        ::offloop::__private::Pending::<
            _,
            __FetchOutput,
        >::poll(&mut ::core::pin::Pin::get_mut(self).__pending, __context)
    }
}
#[allow(clippy::no_effect)]
const __FETCH_CHECK: usize = {
    ::offloop::__private::assert_output::<Result<String, io::Error>>();
    ::offloop::__private::assert_outcome::<Result<String, io::Error>>();
    0
};
#[allow(dead_code)]
type __FetchValues = (::std::string::String, u32);
type __FetchOutput = <[Result<
    String,
    io::Error,
>; __FETCH_CHECK] as ::core::iter::IntoIterator>::Item;
