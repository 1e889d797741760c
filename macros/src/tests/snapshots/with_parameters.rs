#[doc(hidden)]
#[allow(
    dead_code,
    non_camel_case_types,
    missing_debug_implementations,
    private_interfaces,
    clippy::type_complexity
)]
struct render {
    __never: ::core::convert::Infallible,
}
impl render {
    /// Runs `render` in place: on this thread, without a pool.
    ///
    /// # Errors
    ///
    /// The errors of the function itself.
    #[allow(dead_code, clippy::must_use_candidate)]
    #[allow(clippy::multiple_bound_locations)]
    fn blocking<T: Display, const N: usize>(
        items: [T; N],
        path: impl AsRef<Path>,
    ) -> io::Result<()>
    where
        T: Clone,
    {
        #[allow(
            clippy::unnecessary_wraps,
            clippy::large_types_passed_by_value,
            clippy::needless_pass_by_value
        )]
        fn render<T: Display, const N: usize>(
            items: [T; N],
            path: impl AsRef<Path>,
        ) -> io::Result<()>
        where
            T: Clone,
        {
            BODY
        }
        render::<T, N>(items, path)
    }
    #[allow(clippy::multiple_bound_locations)]
    fn __call<
        T: Display + ::core::marker::Send + 'static,
        const N: usize,
        ImplPath: AsRef<Path> + ::core::marker::Send + 'static,
    >(
        items: [T; N],
        path: ImplPath,
    ) -> ::offloop::__private::Call<
        ::core::result::Result<io::Result<()>, ::offloop::__private::Error>,
    >
    where
        T: Clone,
    {
        ::offloop::__private::assert_arg::<[T; N]>();
        ::offloop::__private::assert_arg::<ImplPath>();
        ::offloop::__private::assert_output::<io::Result<()>>();
        let __call = ::offloop::__private::thread_call(
            ::core::concat!(::core::module_path!(), "::render"),
            ::offloop::__private::ThreadPool::global(),
            (items, path),
            |(items, path)| Self::blocking::<T, N>(items, path),
        );
        __call
    }
    #[allow(unused_variables, clippy::type_complexity, clippy::used_underscore_binding)]
    #[allow(clippy::multiple_bound_locations)]
    fn __finish<
        T: Display + ::core::marker::Send + 'static,
        const N: usize,
        ImplPath: AsRef<Path> + ::core::marker::Send + 'static,
    >(
        __args: &mut (::core::option::Option<[T; N]>, ::core::option::Option<ImplPath>),
    ) -> ::offloop::__private::Call<
        ::core::result::Result<io::Result<()>, ::offloop::__private::Error>,
    >
    where
        T: Clone,
    {
        let items: [T; N] = ::core::option::Option::expect(
            __args.0.take(),
            "`items` was given",
        );
        let path: ImplPath = ::core::option::Option::expect(
            __args.1.take(),
            "`path` was given",
        );
        Self::__call::<T, N, ImplPath>(items, path)
    }
    /// Starts a call of `render` with named arguments.
    #[allow(dead_code)]
    #[allow(clippy::multiple_bound_locations)]
    fn builder<
        T: Display + ::core::marker::Send + 'static,
        const N: usize,
        ImplPath: AsRef<Path> + ::core::marker::Send + 'static,
    >() -> RenderBuilder<T, N, ImplPath>
    where
        T: Clone,
    {
        RenderBuilder {
            __pending: ::offloop::__private::Pending::new(
                (::core::option::Option::None, ::core::option::Option::None),
                render::__finish::<T, N, ImplPath>,
            ),
            __given: ::core::marker::PhantomData,
        }
    }
}
#[allow(clippy::multiple_bound_locations)]
#[allow(dead_code)]
fn render<T: Display + ::core::marker::Send + 'static, const N: usize>(
    items: [T; N],
    path: impl AsRef<Path> + ::core::marker::Send + 'static,
) -> ::offloop::__private::Call<
    ::core::result::Result<io::Result<()>, ::offloop::__private::Error>,
>
where
    T: Clone,
{
    render::__call::<T, N, _>(items, path)
}
/// The named arguments of a call of [`render()`]; awaiting the builder makes the call.
///
/// Required: `items`, `path`.
#[must_use = "a call does nothing until it is awaited"]
#[allow(
    dead_code,
    missing_debug_implementations,
    private_interfaces,
    clippy::type_complexity
)]
struct RenderBuilder<
    T: Display + ::core::marker::Send + 'static,
    const N: usize,
    ImplPath: AsRef<Path> + ::core::marker::Send + 'static,
    ArgItems = ::offloop::builder::Missing,
    ArgPath = ::offloop::builder::Missing,
>
where
    T: Clone,
{
    __pending: ::offloop::__private::Pending<
        (::core::option::Option<[T; N]>, ::core::option::Option<ImplPath>),
        ::core::result::Result<io::Result<()>, ::offloop::__private::Error>,
    >,
    __given: ::core::marker::PhantomData<
        fn() -> (
            ArgItems,
            ArgPath,
            ::core::marker::PhantomData<T>,
            ::core::marker::PhantomData<ImplPath>,
        ),
    >,
}
#[allow(dead_code)]
impl<
    T: Display + ::core::marker::Send + 'static,
    const N: usize,
    ImplPath: AsRef<Path> + ::core::marker::Send + 'static,
    ArgItems,
    ArgPath,
> RenderBuilder<T, N, ImplPath, ArgItems, ArgPath>
where
    T: Clone,
{
    /// Sets `items`.
    fn items(
        mut self,
        items: [T; N],
    ) -> RenderBuilder<T, N, ImplPath, ::offloop::builder::Given, ArgPath>
    where
        ArgItems: ::offloop::builder::NotGiven,
    {
        self.__pending.args.0 = ::core::option::Option::Some(items);
        RenderBuilder {
            __pending: self.__pending,
            __given: ::core::marker::PhantomData,
        }
    }
    /// Sets `path`.
    fn path(
        mut self,
        path: ImplPath,
    ) -> RenderBuilder<T, N, ImplPath, ArgItems, ::offloop::builder::Given>
    where
        ArgPath: ::offloop::builder::NotGiven,
    {
        self.__pending.args.1 = ::core::option::Option::Some(path);
        RenderBuilder {
            __pending: self.__pending,
            __given: ::core::marker::PhantomData,
        }
    }
    /// Returns the call, so that it can have options before it is awaited.
    fn call(
        self,
    ) -> ::offloop::__private::Call<
        ::core::result::Result<io::Result<()>, ::offloop::__private::Error>,
    >
    where
        ArgItems: __RenderItemsGiven,
        ArgPath: __RenderPathGiven,
    {
        ::offloop::__private::Pending::<
            _,
            ::core::result::Result<io::Result<()>, ::offloop::__private::Error>,
        >::into_call(self.__pending)
    }
}
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "missing argument `items` in the call of `render`",
    label = "`items` was never given",
    note = "add `.items(...)`"
)]
#[allow(non_camel_case_types)]
trait __RenderItemsGiven {}
#[diagnostic::do_not_recommend]
impl __RenderItemsGiven for ::offloop::builder::Given {}
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "missing argument `path` in the call of `render`",
    label = "`path` was never given",
    note = "add `.path(...)`"
)]
#[allow(non_camel_case_types)]
trait __RenderPathGiven {}
#[diagnostic::do_not_recommend]
impl __RenderPathGiven for ::offloop::builder::Given {}
impl<
    T: Display + ::core::marker::Send + 'static,
    const N: usize,
    ImplPath: AsRef<Path> + ::core::marker::Send + 'static,
    ArgItems,
    ArgPath,
> ::core::future::Future for RenderBuilder<T, N, ImplPath, ArgItems, ArgPath>
where
    T: Clone,
    ArgItems: __RenderItemsGiven,
    ArgPath: __RenderPathGiven,
{
    type Output = ::core::result::Result<io::Result<()>, ::offloop::__private::Error>;
    fn poll(
        self: ::core::pin::Pin<&mut Self>,
        __context: &mut ::core::task::Context<'_>,
    ) -> ::core::task::Poll<Self::Output> {
        ::offloop::__private::Pending::<
            _,
            ::core::result::Result<io::Result<()>, ::offloop::__private::Error>,
        >::poll(&mut ::core::pin::Pin::get_mut(self).__pending, __context)
    }
}
