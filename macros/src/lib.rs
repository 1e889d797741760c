//! The attributes of the `offloop` crate, which re-exports them: `#[blocking_io]`,
//! `#[cpu_bound]` and `#[offloop::methods]`.
//!
//! This crate knows functions and nothing of pools. The way of an item through it:
//!
//! 1. `source` and `methods` read a function or an impl block; bodies stay opaque tokens.
//! 2. `options`, `argument`, `receiver`, `output` and `generics` read its parts, and
//!    `check` has the rules for the whole. Each notes what is wrong in `errors`, in the
//!    words of `messages`, and goes on.
//! 3. `model` is the result: a task that can be expanded, or mistakes.
//! 4. `expand` writes the code: one file for each generated part, and `fallback` for a
//!    function with mistakes.
#![forbid(unsafe_code)]

mod argument;
mod attrs;
mod cfg;
mod check;
mod driver;
mod errors;
mod expand;
mod generics;
mod hash;
mod impl_block;
mod kind;
mod known_types;
mod messages;
mod model;
mod names;
mod on_worker_start;
mod options;
mod output;
mod passing;
mod receiver;
mod render;
mod scan;
mod source;
#[cfg(test)]
mod tests;

use kind::Kind;
use proc_macro::TokenStream;

/// Runs a function on a thread pool: calling it gives a future.
///
/// For functions that wait: files, databases, DNS, anything that blocks a thread without
/// using a core. Work that uses a core is for [`#[cpu_bound]`](macro@cpu_bound).
///
/// ```
/// use offloop::blocking_io;
/// use std::io;
/// use std::time::Duration;
///
/// /// Reads the head of a file.
/// #[blocking_io]
/// fn head(
///     /// The file.
///     path: &str,
///     /// How much of it.
///     #[default = 512] bytes: usize,
///     skip: Option<usize>,
/// ) -> io::Result<Vec<u8>> {
///     let content = std::fs::read(path)?;
///     Ok(content.into_iter().skip(skip.unwrap_or(0)).take(bytes).collect())
/// }
///
/// # async fn example() -> io::Result<()> {
/// // By position, as before:
/// head("Cargo.toml", 512, None).await?;
/// // By name; what has a default or is an `Option` may be left out:
/// head::builder().path("Cargo.toml").await?;
/// head::builder().path("Cargo.toml").skip(10).await?;
/// // With options of the call:
/// head::builder().path("Cargo.toml").call().timeout(Duration::from_secs(5)).await?;
/// # Ok(())
/// # }
/// # fn main() -> io::Result<()> {
/// // The function itself, in place:
/// head::blocking("Cargo.toml", 512, None)?;
/// // On the pool, and waited for without a runtime:
/// assert_eq!(head("Cargo.toml", 9, None).wait()?, b"[package]");
/// # Ok(())
/// # }
/// ```
///
/// # What is generated
///
/// For `fn fetch(url: &str, retries: u32) -> R`:
///
/// | item | what it is |
/// |---|---|
/// | `fetch(url, retries)` | the same arguments; gives a [`Call`], a future that does nothing until it is polled |
/// | `fetch::builder()` | a `FetchBuilder`: a setter for each argument; it is a future itself, and `.call()` turns it into a [`Call`] that takes options |
/// | `fetch::blocking(url, retries)` | the function as you wrote it; recursion inside of the body stays synchronous too |
/// | `fetch` as a type | implements [`Task`]; not for a function with type parameters |
///
/// All of them have the function's visibility. Docs, `#[deprecated]` and lint levels go
/// with them; any other attribute, such as `#[instrument]`, `#[inline]` or `#[track_caller]`,
/// stays with the body. The body is not parsed and appears once.
///
/// ## What a call gives
///
/// | the function returns | the call gives |
/// |---|---|
/// | `T` | `Result<T, offloop::Error>` |
/// | `Result<T, E>` | `Result<T, E>`: `E` has to be made from an [`offloop::Error`](../offloop/enum.Error.html), as `io::Error`, `anyhow::Error` and `Box<dyn Error + Send + Sync>` are, or an enum with a `#[from] offloop::Error` variant |
/// | `Result<T, E>`, with the option `nested` | `Result<Result<T, E>, offloop::Error>`: for an `E` of a library, which cannot be made from it |
///
/// A type counts as a `Result` if the last word of its path is `Result`: `io::Result<T>` and
/// `rusqlite::Result<T>` do; `image::ImageResult<T>` is a `T` like any other, and needs no `nested`.
///
/// [`Call`]: ../offloop/struct.Call.html
/// [`Task`]: ../offloop/trait.Task.html
///
/// # Options
///
/// | option | meaning |
/// |---|---|
/// | `pool = PATH` | the pool to run in, by the path of a `static`. Default: [`ThreadPool::global()`](../offloop/struct.ThreadPool.html#method.global) |
/// | `timeout = EXPR` | a `Duration`: how long each call may run, as [`.timeout(..)`](../offloop/struct.Call.html#method.timeout) on the call. A thread cannot be killed: the caller gets `TimedOut`, the function is asked to stop |
/// | `retry = EXPR` | how often a call may be repeated, as [`.retry(..)`](../offloop/struct.Call.html#method.retry) on the call; without effect on threads |
/// | `nested` | a `Result` is kept apart from the pool's own errors, see above |
/// | `name = "…"` | the task's name, in errors too. Default: its module path and name |
/// | `builder = false` | no named arguments, and no type of the function's name: `fetch::blocking` goes too |
/// | `builder = Name` | named arguments start at `Name::builder()`, the function itself is `Name::blocking(..)`, and there is no type of the function's name |
/// | `crate = ::path` | where to find `offloop`, for crates that re-export it |
///
/// ```
/// use offloop::{ThreadPool, blocking_io};
/// use std::time::Duration;
///
/// static DB: ThreadPool = ThreadPool::new("db");
/// const LIMIT: Duration = Duration::from_secs(5);
///
/// #[blocking_io(pool = DB, timeout = LIMIT, nested, name = "numbers.parse")]
/// fn parse(text: &str) -> Result<u32, std::num::ParseIntError> {
///     text.parse()
/// }
///
/// # fn main() -> Result<(), offloop::Error> {
/// assert_eq!(parse("7").wait()?, Ok(7));
/// # Ok(())
/// # }
/// ```
///
/// The two forms of `builder` are for a function whose name is taken among types, most
/// often by its own module:
///
/// ```
/// mod fetch {
///     #[offloop::blocking_io(builder = Fetch)]
///     pub fn fetch(url: &str) -> usize {
///         url.len()
///     }
/// }
/// pub use fetch::{Fetch, fetch};
///
/// # fn main() -> Result<(), offloop::Error> {
/// assert_eq!(Fetch::builder().url("abc").call().wait()?, 3);
/// # Ok(())
/// # }
/// ```
///
/// # Arguments
///
/// A call owns its arguments: they are moved, or copied when the call is made.
///
/// | declared | owned as | setter takes |
/// |---|---|---|
/// | `T` | `T` | `T` |
/// | `&'static T` | itself | `&'static T` |
/// | `&str`, `&[T]`, `&Path`, `&T` | `String`, `Vec<T>`, `PathBuf`, whatever `ToOwned` makes of it | anything `Into` that |
/// | `Cow<'_, T>` | the owned form of `T` | anything `Into` that |
/// | `Option<T>` | `Option<T>` | `x(T)` and `maybe_x(Option<T>)`; may be left out, and is then `None` |
/// | `Option<&T>` | an `Option` of the owned form | `x(..)` anything `Into` it, and `maybe_x(Option<..>)` |
/// | `impl Trait` | the type given | the type given |
///
/// Where a reference leads to a type parameter, that has to be `Clone`, or `ToOwned`: write it
/// among its bounds. Its setter takes the owned type itself, because `Into` would leave the
/// parameter open.
///
/// Attributes on an argument:
///
/// - `#[default = EXPR]`: what the argument is when it is not named. The expression is of
///   the declared type, is evaluated for each call, and sees the arguments before it. A call
///   by position always gives all arguments.
/// - doc comments: the docs of the setter.
/// - `#[cfg(..)]`: at most three different conditions.
/// - lint levels, which stay with the body.
///
/// ```
/// use offloop::blocking_io;
///
/// #[blocking_io]
/// fn repeat(text: &str, #[default = text.len()] times: usize) -> String {
///     text.repeat(times)
/// }
///
/// # fn main() -> Result<(), offloop::Error> {
/// assert_eq!(repeat::builder().text("ab").call().wait()?, "abab");
/// # Ok(())
/// # }
/// ```
///
/// An argument that is missing or given twice does not compile:
///
/// ```compile_fail
/// # use offloop::blocking_io;
/// # #[blocking_io]
/// # fn fetch(url: &str, #[default = 3] retries: u32) -> usize { url.len() }
/// # async fn example() {
/// fetch::builder().retries(5).await;
/// // error: missing argument `url` in the call of `fetch`
/// # }
/// ```
///
/// # Type parameters
///
/// A function may be generic over types and constants. Each of its types has to be
/// `Send + 'static`, and that is added to its bounds. The types are inferred from the
/// setters; one that only an argument left out would tell has to be written, as in
/// `render::builder::<u8>()`.
///
/// Lifetimes are accepted where they are on a reference or a `Cow` that is an argument.
/// Any other would outlive the caller.
///
/// # What is refused, and why
///
/// | form | because | instead |
/// |---|---|---|
/// | `async fn` | it does not block | await it as it is |
/// | `const fn`, `extern "C"`, variadic | they cannot be called from a pool as they promise | a plain function |
/// | `unsafe fn` | its contract would have to hold until the call ends | a safe function around it |
/// | `fn main`, `-> !` | a call ends, and its caller goes on | a function that returns |
/// | a function of a trait | it has to keep the trait's signature | an inherent method that calls it, or that it calls |
/// | `&mut T`, `&mut self` | the caller may be gone when the call runs | take the value and return it: `fn fill(mut buffer: Vec<u8>) -> Vec<u8>` |
/// | `&File`, any `&T` that is not `ToOwned` | nothing owned can be made of it | `File`, `Arc<File>` |
/// | `&T` with `T: ?Sized` | the same | `T: Clone`, or `T: ?Sized + ToOwned` |
/// | `Vec<&str>`, `Foo<'_>`, `&dyn Trait` | it borrows, and nothing owned can be made of it | `Vec<String>`, an owned type, `Arc<dyn Trait + Send + Sync>` |
/// | `T: Deserialize<'a>` | the bound names a lifetime of the caller | `T: DeserializeOwned`, `for<'a>` |
/// | `Rc<T>`, a raw pointer, whatever is not `Send` | it runs on another thread | `Arc<T>` |
/// | `(a, b): (u8, u8)`, `_: u8`, `ref x: u8` | named arguments need names | a name, taken apart in the body |
/// | a result that borrows | the arguments are gone when the call ends | an owned result |
/// | `-> impl Trait` | the call's type has to be named | a `Box<dyn Trait + Send>` |
/// | an argument called `call` | the builder's own method | another name, or `builder = false` |
/// | `x: Option<T>` beside `maybe_x` | `maybe_x` is the second setter of `x` | another name for one of them |
/// | `cfg_attr` on an argument | it is resolved too late for the macro | `#[cfg]` on two arguments |
/// | `#[default]` with `builder = false` | a default is for named arguments | one of the two |
///
/// All mistakes of a function are told at once, and its callers see no further errors.
///
/// # To know
///
/// - A `pub` function may have types that are less than `pub`, as without the attribute; a
///   generic one may not, since they are associated types of its builder.
/// - A type of the function's name is made, so another one in its module clashes; see
///   `builder` above.
/// - `Option`, `Result` and `Cow` are known by name, as far as an attribute can know.
/// - A private function that is never called is not reported as unused.
/// - Generated code allows a few lints of its own (`dead_code`, `non_camel_case_types`,
///   `missing_debug_implementations`): set these to `deny` at most, a `forbid` cannot be
///   lifted for it.
/// - On a method, the attribute needs [`#[offloop::methods]`](macro@methods) on the impl block for
///   everything but the call by position.
#[proc_macro_attribute]
pub fn blocking_io(options: TokenStream, item: TokenStream) -> TokenStream {
    driver::attribute(Kind::BlockingIo, options.into(), &item.into()).into()
}

/// Runs a function in a pool of worker processes: calling it gives a future.
///
/// For functions that use a core, or that may crash: a worker that dies costs one call,
/// and the program goes on.
///
/// ```
/// use offloop::cpu_bound;
///
/// /// Makes the picture smaller.
/// #[cpu_bound]
/// fn shrink(picture: &[u8], #[default = 2] by: usize) -> Vec<u8> {
///     picture.iter().copied().step_by(by).collect()
/// }
///
/// # async fn example() -> Result<(), offloop::Error> {
/// let picture = vec![1, 2, 3, 4];
/// // By position: the bytes are copied once more, because the call owns them.
/// shrink(&picture, 2).await?;
/// // By name: the bytes are moved.
/// shrink::builder().picture(picture).await?;
/// # Ok(())
/// # }
/// # fn main() -> Result<(), offloop::Error> {
/// // Without a runtime:
/// assert_eq!(shrink(&[1, 2, 3, 4], 2).wait()?, [1, 3]);
/// # Ok(())
/// # }
/// ```
///
/// What is generated, what a call gives, and how arguments are declared and given is the same as for
/// [`#[blocking_io]`](macro@blocking_io). This page tells what differs. What happens to a call that
/// is dropped, that takes too long or that crashes is told by
/// [the life of a call](../offloop/index.html#the-life-of-a-call).
///
/// A worker is this same program, started again: the function finds globals of its own there, not
/// those of the caller. Process pools need Linux; `threads` works everywhere.
///
/// # Types
///
/// Arguments and results are written for another process: their owned types need serde's
/// `Serialize` and `Deserialize`. For a `Result<T, E>`, `E` is a type with serde, which comes
/// back as itself, or `io::Error`, `anyhow::Error` or `Box<dyn Error + Send + Sync>`, which
/// come back with their message and their causes.
///
/// A type without serde is an error at the type. There are two ways out: derive the two
/// traits, or `#[cpu_bound(threads)]`, where nothing is written.
///
/// # Options
///
/// | option | meaning |
/// |---|---|
/// | `pool = PATH` | the path of a `static` [`ProcessPool`]; with `threads`, of a [`ThreadPool`]. Default: `ProcessPool::global()`, or `ThreadPool::cpu()` |
/// | `threads` | threads in place of processes, as many as there are cores: no serde is needed, and a crash ends the program |
/// | `timeout = EXPR` | a `Duration`: how long each call may run. When it passes, the worker is killed and replaced; a thread is asked to stop |
/// | `retry = EXPR` | a number: how often a call may be repeated after a worker died running it |
/// | `nested`, `name = "…"`, `builder = …`, `crate = …` | as for [`#[blocking_io]`](macro@blocking_io#options) |
///
/// [`ProcessPool`]: ../offloop/struct.ProcessPool.html
/// [`ThreadPool`]: ../offloop/struct.ThreadPool.html
///
/// ```
/// use offloop::cpu_bound;
///
/// struct Picture {
///     pixels: Vec<u8>,
/// }
///
/// #[cpu_bound(threads)]
/// fn brightness(picture: Picture) -> u64 {
///     picture.pixels.iter().map(|pixel| u64::from(*pixel)).sum()
/// }
///
/// # fn main() -> Result<(), offloop::Error> {
/// assert_eq!(brightness(Picture { pixels: vec![1, 2] }).wait()?, 3);
/// # Ok(())
/// # }
/// ```
///
/// # What is refused besides
///
/// All that [`#[blocking_io]`](macro@blocking_io#what-is-refused-and-why) refuses, and
///
/// - type parameters, const parameters and `impl Trait`: a worker finds the function by its
///   name, so there has to be exactly one. Wrap the type that you need in a plain
///   function, or use `threads`;
/// - a method without [`#[offloop::methods]`](macro@methods) on its impl block.
#[proc_macro_attribute]
pub fn cpu_bound(options: TokenStream, item: TokenStream) -> TokenStream {
    driver::attribute(Kind::CpuBound, options.into(), &item.into()).into()
}

/// Makes tasks of the methods of an impl block.
///
/// Put it on the block, and [`#[blocking_io]`](macro@blocking_io) or [`#[cpu_bound]`](macro@cpu_bound)
/// on the functions in it that are to be awaited; the others stay as they are.
///
/// ```
/// #[derive(Clone)]
/// struct Store {
///     rows: Vec<String>,
/// }
///
/// #[offloop::methods]
/// impl Store {
///     const LIMIT: usize = 10;
///
///     #[blocking_io]
///     fn find(&self, word: &str, #[default = Self::LIMIT] limit: usize) -> Vec<String> {
///         let found = self.rows.iter().filter(|row| row.contains(word));
///         found.take(limit).cloned().collect()
///     }
///
///     #[blocking_io]
///     fn open(rows: Vec<String>) -> Self {
///         Self { rows }
///     }
/// }
///
/// # async fn example(store: Store) -> Result<(), offloop::Error> {
/// // By position, and by name:
/// store.find("a", 3).await?;
/// store.find_builder().word("a").await?;
/// # Ok(())
/// # }
/// # fn main() -> Result<(), offloop::Error> {
/// // Without a runtime, and in place:
/// let store = Store::open(vec!["a".to_owned(), "b".to_owned()]).wait()?;
/// assert_eq!(store.find_builder().word("a").call().wait()?, ["a"]);
/// assert_eq!(store.find_blocking("b", 1), ["b"]);
/// # Ok(())
/// # }
/// ```
///
/// # What is generated
///
/// For `fn load(&self, key: &str) -> R` of `Store`:
///
/// | item | what it is |
/// |---|---|
/// | `store.load(key)` | gives a [`Call`](../offloop/struct.Call.html), a future |
/// | `store.load_builder()` | a `StoreLoadBuilder`: a setter for each argument but `self`; it is a future itself, and `.call()` turns it into a `Call` that takes options |
/// | `store.load_blocking(key)` | the function as you wrote it. Inside of its body, `self.load(..)` is the call and `self.load_blocking(..)` the function |
///
/// The same for a function without `self`: `Store::load`, `Store::load_builder`,
/// `Store::load_blocking`. The generated types are written beside the block, so their names
/// have to be free there; `builder = Name` gives another one.
///
/// # `self`
///
/// | receiver | what crosses to the pool |
/// |---|---|
/// | `&self` | a clone: the type has to be `Clone` |
/// | `self` | the value |
/// | `self: Arc<Self>`, `self: Box<Self>` | the value |
/// | `self: &Arc<Self>` | a clone of the `Arc` |
/// | `&'static self` | the reference |
///
/// For `#[cpu_bound]` it is written for the worker as an argument is, so the type needs
/// serde. `&mut self` is refused: the caller may be gone when the call runs; so is
/// `Rc<Self>`, which cannot cross to another thread.
///
/// # The block
///
/// It may have type and const parameters, then its functions cannot be `#[cpu_bound]`; it
/// may not have lifetimes, because the call outlives what they borrow. Functions of a trait
/// keep the trait's signature, so an impl of a trait is refused: put the task on an
/// inherent method.
///
/// Without this attribute, `#[blocking_io]` and `#[cpu_bound(threads)]` on a method with `self` give the
/// call by position and `load_blocking`, because an attribute on a function of an impl block cannot write
/// anything beside the block.
///
/// It takes no options, and finds the attributes of its functions by their names; a
/// renamed import (`use offloop::blocking_io as task`) is not seen. They need no import: it takes
/// them away before the compiler looks for them, so an import that nothing else uses would be
/// reported as unused.
#[proc_macro_attribute]
pub fn methods(options: TokenStream, item: TokenStream) -> TokenStream {
    impl_block::attribute(&options.into(), &item.into()).into()
}

/// Runs a function in each worker process before its first call: to load a model, warm a cache, or lower
/// rights.
///
/// ```
/// use std::sync::OnceLock;
/// use offloop::cpu_bound;
///
/// static WORDS: OnceLock<Vec<String>> = OnceLock::new();
///
/// #[offloop::on_worker_start]
/// fn load_words() -> std::io::Result<()> {
/// # return { WORDS.set(vec!["word".into()]).unwrap(); Ok(()) };
///     let text = std::fs::read_to_string("/usr/share/dict/words")?;
///     WORDS.get_or_init(|| text.lines().map(str::to_owned).collect());
///     Ok(())
/// }
///
/// #[cpu_bound]
/// fn count_words() -> usize {
///     WORDS.get().map_or(0, Vec::len)
/// }
/// assert!(count_words().wait()? > 0);
/// assert!(WORDS.get().is_none()); // in this process it did not run
/// # Ok::<(), offloop::Error>(())
/// ```
///
/// It runs in the workers of every process pool of the program, on the thread that will run the calls,
/// after the worker's limits have been set. Several run in the order of their module paths and names.
///
/// The function takes no arguments and returns nothing, or a `Result` whose error is an error type, a
/// `String` or a `&str`. If it fails or panics, or if all of them together take longer than
/// [`start_timeout`](https://docs.rs/offloop/latest/offloop/struct.ProcessPool.html#method.start_timeout),
/// the worker has not started: it is tried again after a pause that grows, and after the third failure in
/// a row the calls that wait get `Error::CannotStart` with the text. The pool goes on trying for later
/// calls, and recovers when the function works again.
///
/// Its only option is `crate = ::path`, where this library has another name. Where there are no process
/// pools (see the platforms of `offloop`) the function never runs.
#[proc_macro_attribute]
pub fn on_worker_start(options: TokenStream, item: TokenStream) -> TokenStream {
    on_worker_start::attribute(options.into(), &item.into()).into()
}
