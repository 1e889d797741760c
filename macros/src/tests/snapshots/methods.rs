impl<T: Clone> Cache<T> {
    const LIMIT: usize = { 3 };
    #[allow(dead_code)]
    pub fn get(
        &self,
        key: &Path,
        limit: usize,
    ) -> ::offloop::__private::Call<
        ::core::result::Result<Option<T>, ::offloop::__private::Error>,
    >
    where
        T: ::core::marker::Send + 'static,
    {
        Self::__get_call(
            ::offloop::__private::copy_self::<Self>(self),
            <Path as ::std::borrow::ToOwned>::to_owned(key),
            limit,
        )
    }
    /// Runs `Cache::get` in place: on this thread, without a pool.
    #[allow(dead_code, clippy::must_use_candidate)]
    #[allow(
        clippy::option_option,
        clippy::ref_option,
        clippy::unnecessary_wraps,
        clippy::large_types_passed_by_value,
        clippy::needless_pass_by_value,
        clippy::trivially_copy_pass_by_ref
    )]
    #[allow(clippy::missing_panics_doc)]
    pub fn get_blocking(&self, key: &Path, limit: usize) -> Option<T> {
        BODY
    }
    fn __get_call(
        __this: Self,
        key: <Path as ::std::borrow::ToOwned>::Owned,
        limit: usize,
    ) -> ::offloop::__private::Call<
        ::core::result::Result<Option<T>, ::offloop::__private::Error>,
    >
    where
        T: ::core::marker::Send + 'static,
    {
        ::offloop::__private::assert_arg::<Self>();
        ::offloop::__private::assert_arg::<<Path as ::std::borrow::ToOwned>::Owned>();
        ::offloop::__private::assert_output::<Option<T>>();
        let __call = ::offloop::__private::thread_call(
            ::core::concat!(::core::module_path!(), "::Cache::get"),
            ::offloop::__private::ThreadPool::global(),
            (__this, key, limit),
            |(__this, key, limit)| Self::get_blocking(
                &__this,
                <_ as ::core::borrow::Borrow<Path>>::borrow(&key),
                limit,
            ),
        );
        __call
    }
    #[allow(unused_variables, clippy::type_complexity, clippy::used_underscore_binding)]
    fn __get_finish(
        __args: &mut (
            ::core::option::Option<Self>,
            ::core::option::Option<<Path as ::std::borrow::ToOwned>::Owned>,
            ::core::option::Option<usize>,
        ),
    ) -> ::offloop::__private::Call<
        ::core::result::Result<Option<T>, ::offloop::__private::Error>,
    >
    where
        T: ::core::marker::Send + 'static,
    {
        let key: <Path as ::std::borrow::ToOwned>::Owned = ::core::option::Option::expect(
            __args.1.take(),
            "`key` was given",
        );
        let limit: usize = match __args.2.take() {
            ::core::option::Option::Some(__value) => __value,
            ::core::option::Option::None => Self::LIMIT,
        };
        Self::__get_call(
            ::core::option::Option::expect(__args.0.take(), "`self` was given"),
            key,
            limit,
        )
    }
    /// Starts a call of `Cache::get` with named arguments.
    #[allow(dead_code)]
    pub fn get_builder(&self) -> CacheGetBuilder<T>
    where
        T: ::core::marker::Send + 'static,
    {
        CacheGetBuilder {
            __pending: ::offloop::__private::Pending::new(
                (
                    ::core::option::Option::Some(
                        ::offloop::__private::copy_self::<Self>(self),
                    ),
                    ::core::option::Option::None,
                    ::core::option::Option::None,
                ),
                <Cache<T>>::__get_finish,
            ),
            __given: ::core::marker::PhantomData,
        }
    }
    fn other(&self) {}
}
/// The named arguments of a call of `Cache::get()`; awaiting the builder makes the call.
///
/// Required: `key`. Optional: `limit`.
#[must_use = "a call does nothing until it is awaited"]
#[allow(
    dead_code,
    missing_debug_implementations,
    private_interfaces,
    clippy::type_complexity
)]
pub struct CacheGetBuilder<
    T: Clone + ::core::marker::Send + 'static,
    ArgKey = ::offloop::builder::Missing,
    ArgLimit = ::offloop::builder::Missing,
> {
    __pending: ::offloop::__private::Pending<
        (
            ::core::option::Option<Cache<T>>,
            ::core::option::Option<<Path as ::std::borrow::ToOwned>::Owned>,
            ::core::option::Option<usize>,
        ),
        ::core::result::Result<Option<T>, ::offloop::__private::Error>,
    >,
    __given: ::core::marker::PhantomData<
        fn() -> (ArgKey, ArgLimit, ::core::marker::PhantomData<T>),
    >,
}
#[allow(dead_code)]
impl<
    T: Clone + ::core::marker::Send + 'static,
    ArgKey,
    ArgLimit,
> CacheGetBuilder<T, ArgKey, ArgLimit> {
    /// Sets `key`.
    pub fn key(
        mut self,
        key: impl ::core::convert::Into<<Path as ::std::borrow::ToOwned>::Owned>,
    ) -> CacheGetBuilder<T, ::offloop::builder::Given, ArgLimit>
    where
        ArgKey: ::offloop::builder::NotGiven,
    {
        self.__pending.args.1 = ::core::option::Option::Some(
            ::core::convert::Into::into(key),
        );
        CacheGetBuilder {
            __pending: self.__pending,
            __given: ::core::marker::PhantomData,
        }
    }
    /// Sets `limit`.
    ///
    /// _Optional; default `Self::LIMIT`._
    pub fn limit(
        mut self,
        limit: usize,
    ) -> CacheGetBuilder<T, ArgKey, ::offloop::builder::Given>
    where
        ArgLimit: ::offloop::builder::NotGiven,
    {
        self.__pending.args.2 = ::core::option::Option::Some(limit);
        CacheGetBuilder {
            __pending: self.__pending,
            __given: ::core::marker::PhantomData,
        }
    }
    /// Returns the call, so that it can have options before it is awaited.
    pub fn call(
        self,
    ) -> ::offloop::__private::Call<
        ::core::result::Result<Option<T>, ::offloop::__private::Error>,
    >
    where
        ArgKey: __CacheGetKeyGiven,
    {
        ::offloop::__private::Pending::<
            _,
            ::core::result::Result<Option<T>, ::offloop::__private::Error>,
        >::into_call(self.__pending)
    }
}
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "missing argument `key` in the call of `Cache::get`",
    label = "`key` was never given",
    note = "add `.key(...)`"
)]
#[allow(non_camel_case_types)]
pub trait __CacheGetKeyGiven {}
#[diagnostic::do_not_recommend]
impl __CacheGetKeyGiven for ::offloop::builder::Given {}
impl<T: Clone + ::core::marker::Send + 'static, ArgKey, ArgLimit> ::core::future::Future
for CacheGetBuilder<T, ArgKey, ArgLimit>
where
    ArgKey: __CacheGetKeyGiven,
{
    type Output = ::core::result::Result<Option<T>, ::offloop::__private::Error>;
    fn poll(
        self: ::core::pin::Pin<&mut Self>,
        __context: &mut ::core::task::Context<'_>,
    ) -> ::core::task::Poll<Self::Output> {
        ::offloop::__private::Pending::<
            _,
            ::core::result::Result<Option<T>, ::offloop::__private::Error>,
        >::poll(&mut ::core::pin::Pin::get_mut(self).__pending, __context)
    }
}
