//! The attributes of the `offloop` crate, which re-exports them: `#[blocking_io]`,
//! `#[cpu_bound]`, `#[offloop::methods]` and `#[offloop::on_worker_start]`.
#![forbid(unsafe_code)]

// This crate knows functions and nothing of pools. The way of an item through it:
//
// 1. `driver` has the tokens of an attribute and of its item, and takes the next three steps.
// 2. Parse: `source` reads a function, `impl_block` a block with functions; bodies stay opaque
//    tokens. `options`, `attrs`, `generics`, `receiver`, `argument` and `output` read the parts of
//    a function, and `model` puts them together to a task. `cfg` makes versions of a function whose
//    arguments have conditions.
// 3. Check: `check` has the rules for a task as a whole.
// 4. Expand: `expand` writes the code, in a file for each generated part; `expand::fallback` writes
//    what stands for a function with mistakes.
//
// A step that finds a mistake puts it into `errors`, in the words of `messages`, and goes on.
//
// Parts of the parser: `passing` decides how a call owns an argument, `bounds` adds
// `Send + 'static`, `self_type` finds and replaces `Self`. `known_types` knows types that need no
// check, `scan` looks through a type, `names` makes names for generated items, `paths` has the
// paths of the runtime. `on_worker_start` takes all steps for its own attribute.

mod argument;
mod attrs;
mod bounds;
mod cfg;
mod check;
mod driver;
mod errors;
mod expand;
mod generics;
mod hash;
mod home;
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
mod paths;
mod receiver;
mod render;
mod scan;
mod self_type;
mod source;
#[cfg(test)]
mod tests;

use kind::Kind;
use proc_macro::TokenStream;

/// Runs a function on a thread pool: calling it returns a future.
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
/// | `fetch(url, retries)` | takes the same arguments and returns a [`Call`], a future that does nothing until it is polled |
/// | `fetch::builder()` | a `FetchBuilder`: a setter for each argument; it is a future itself, and `.call()` turns it into a [`Call`] that takes options |
/// | `fetch::blocking(url, retries)` | the function as you wrote it; recursion inside of the body stays synchronous too |
/// | `fetch` as a type | implements [`Task`]; not for a function with type parameters |
///
/// All of them have the function's visibility. Docs, `#[deprecated]` and lint levels go
/// with them; any other attribute, such as `#[instrument]`, `#[inline]` or `#[track_caller]`,
/// stays with the body. The body is not parsed and appears once.
///
/// ## What a call returns
///
/// | the function returns | the awaited call returns |
/// |---|---|
/// | `T` | `Result<T, offloop::Error>` |
/// | `Result<T, E>` | `Result<T, E>`: `E` has to be made from an [`offloop::Error`](../offloop/enum.Error.html), as `io::Error`, `anyhow::Error` and `Box<dyn Error + Send + Sync>` are, or an enum with a `#[from] offloop::Error` variant |
/// | `Result<T, E>`, with the option `nested` | `Result<Result<T, E>, offloop::Error>`: for an `E` of a library, which cannot be made from it |
///
/// A type counts as a `Result` if the last word of its path is `Result`: `io::Result<T>` and
/// `rusqlite::Result<T>` do. `image::ImageResult<T>` is a `T` like any other, and `nested` is
/// refused for it.
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
/// | `nested` | keeps a `Result` apart from the pool's own errors, see above |
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
/// | `&str`, `&[T]`, `&Path`, `&T` | `String`, `Vec<T>`, `PathBuf`, the owned form of `T` by `ToOwned` | anything `Into` that |
/// | `Cow<'_, T>` | the owned form of `T` | anything `Into` that |
/// | `Option<T>` | `Option<T>` | `x(T)` and `maybe_x(Option<T>)`; may be left out, and is then `None` |
/// | `Option<&T>` | an `Option` of the owned form | `x(..)` anything `Into` it, and `maybe_x(Option<..>)` |
/// | `impl Trait` | the type given | the type given |
///
/// For `&T` with a type parameter `T`, the parameter has to be `Clone` or `ToOwned`: write it among
/// its bounds. The setter takes the owned type itself, because `Into` would leave the parameter
/// open.
///
/// Attributes on an argument:
///
/// - `#[default = EXPR]`: what the argument is when it is not named. The expression is of
///   the declared type, is evaluated for each call, and sees the arguments before it. A call
///   by position always has all arguments.
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
/// | `fn main`, `-> !` | a call has to end | a function that returns |
/// | a function of a trait | it has to keep the trait's signature | an inherent method that calls it, or that it calls |
/// | `&mut T`, `&mut self` | the call may outlive the caller | take the value and return it: `fn fill(mut buffer: Vec<u8>) -> Vec<u8>` |
/// | `&File`, any `&T` that is not `ToOwned` | nothing owned can be made of it | `File`, `Arc<File>` |
/// | `&T` with `T: ?Sized` | nothing owned can be made of it | `T: Clone`, or `T: ?Sized + ToOwned` |
/// | `Vec<&str>`, `Foo<'_>`, `&dyn Trait` | it borrows, and nothing owned can be made of it | `Vec<String>`, an owned type, `Arc<dyn Trait + Send + Sync>` |
/// | `T: Deserialize<'a>` | the bound names a lifetime of the caller | `T: DeserializeOwned`, `for<'a>` |
/// | `Rc<T>`, a raw pointer, any type that is not `Send` | the call runs on another thread | `Arc<T>` |
/// | `(a, b): (u8, u8)`, `_: u8`, `ref x: u8` | named arguments need names | a name, destructured in the body |
/// | a result that borrows | the arguments are dropped when the call ends | an owned result |
/// | `-> impl Trait` | the call's type has to be named | a `Box<dyn Trait + Send>` |
/// | an argument called `call` | the builder's own method | another name, or `builder = false` |
/// | `x: Option<T>` beside `maybe_x` | `maybe_x` is the second setter of `x` | another name for one of them |
/// | `cfg_attr` on an argument | it is resolved too late for the macro | `#[cfg]` on two arguments |
/// | `#[default]` with `builder = false` | a default is for named arguments | one of the two |
/// | `retry` with `#[blocking_io]` or `threads` | a thread does not die alone, so there is nothing to repeat | repeat inside the function, or `#[cpu_bound]` |
/// | `nested` without a `Result` | any other type is kept apart from the pool's errors anyway | no `nested` |
/// | `builder` on a method without [`#[offloop::methods]`](macro@methods) | such a method has no builder | the attribute on the impl block |
///
/// The compiler reports all mistakes of a function at once, and no further errors where the
/// function is called.
///
/// # Notes
///
/// - A `pub` function may have types that are less than `pub`, as without the attribute. A generic
///   function may not, because they are associated types of its builder.
/// - The attribute makes a type of the function's name, so another type of that name in the module
///   clashes with it. See `builder` above.
/// - `Option`, `Result` and `Cow` are recognized by their names: an attribute sees no types.
/// - A private function that is never called is not reported as unused.
/// - Generated code allows a few lints for itself (`dead_code`, `non_camel_case_types`,
///   `missing_debug_implementations`). Set these to `deny` at most: generated code cannot lift a
///   `forbid`.
/// - On a method, the attribute needs [`#[offloop::methods]`](macro@methods) on the impl block for
///   everything but the call by position.
#[proc_macro_attribute]
pub fn blocking_io(options: TokenStream, item: TokenStream) -> TokenStream {
    driver::attribute(Kind::BlockingIo, options.into(), &item.into()).into()
}

/// Runs a function in a pool of worker processes: calling it returns a future.
///
/// For functions that use a core, or that may crash: if a worker dies, one call fails and the
/// program goes on.
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
/// [`#[blocking_io]`](macro@blocking_io) describes what is generated, what a call returns, and how
/// arguments are declared and passed. This page describes what differs.
/// [The life of a call](../offloop/index.html#the-life-of-a-call) describes what happens to a call
/// that is dropped, takes too long or crashes.
///
/// A worker is this program, started again: the function sees the globals of the worker, and not
/// those of the caller. Process pools need Linux; `threads` works everywhere.
///
/// # Types
///
/// Arguments and results are written for another process: their owned types need serde's
/// `Serialize` and `Deserialize`. For a `Result<T, E>`, `E` is a type with serde, which comes
/// back as itself, or `io::Error`, `anyhow::Error` or `Box<dyn Error + Send + Sync>`, which
/// come back with their message and their causes.
///
/// A type without serde is an error at the type. Derive the two traits, or use
/// `#[cpu_bound(threads)]`, where nothing is written.
///
/// # Options
///
/// | option | meaning |
/// |---|---|
/// | `pool = PATH` | the path of a `static` pool: a [`ProcessPool`], a [`ThreadPool`], or a pool of another crate; with `threads`, a [`ThreadPool`]. Default: `ProcessPool::global()`, or `ThreadPool::cpu()` |
/// | `threads` | threads in place of processes, as many as there are cores: no serde is needed, and a crash ends the program |
/// | `timeout = EXPR` | a `Duration`: how long each call may run. When it passes, the worker is killed and replaced; a thread is asked to stop |
/// | `retry = EXPR` | a number: how often a call may be repeated after its worker died, as [`.retry(..)`](../offloop/struct.Call.html#method.retry) on the call; not with `threads`, because a thread does not die alone |
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
/// Put it on the block, and [`#[blocking_io]`](macro@blocking_io) or
/// [`#[cpu_bound]`](macro@cpu_bound) on the functions in it that are to be awaited. All other items
/// of the block stay as they are.
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
/// | `store.load(key)` | returns a [`Call`](../offloop/struct.Call.html), a future |
/// | `store.load_builder()` | a `StoreLoadBuilder`: a setter for each argument but `self`; it is a future itself, and `.call()` turns it into a `Call` that takes options |
/// | `store.load_blocking(key)` | the function as you wrote it. Inside of its body, `self.load(..)` is the call and `self.load_blocking(..)` the function |
///
/// For a function without `self` they are `Store::load`, `Store::load_builder` and
/// `Store::load_blocking`. The generated types stand beside the block, so their names have to be
/// free there; `builder = Name` sets another name.
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
/// For `#[cpu_bound]` it is written for the worker as an argument is, so the type needs serde.
/// `&mut self` is refused, because the call may outlive the caller. `Rc<Self>` is refused, because
/// it cannot cross to another thread.
///
/// # The block
///
/// It may have type and const parameters, but then its functions cannot be `#[cpu_bound]`. It may
/// not have lifetimes, because the call outlives what they borrow. Functions of a trait keep the
/// trait's signature, so an impl of a trait is refused: put the task on an inherent method.
///
/// Without this attribute, `#[blocking_io]` and `#[cpu_bound(threads)]` on a method with `self`
/// generate only the call by position and `load_blocking`, because an attribute on a function of an
/// impl block cannot write anything beside the block.
///
/// It takes no options, and finds the attributes of its functions by their names; it does not see a
/// renamed import (`use offloop::blocking_io as task`). The attributes need no import: this one
/// removes them before the compiler looks for them, so the compiler would report an import that
/// nothing else uses as unused.
#[proc_macro_attribute]
pub fn methods(options: TokenStream, item: TokenStream) -> TokenStream {
    driver::methods(&options.into(), &item.into()).into()
}

/// Runs a function in each worker process before its first call: to load a model, warm a cache, or
/// lower rights.
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
/// It runs in the workers of every process pool of the program, on the thread that will run the
/// calls, after the worker's limits have been set. If there are several such functions, they run in
/// the order of their module paths and names.
///
/// The function takes no arguments and returns nothing, or a `Result` whose error is an error type,
/// a `String` or a `&str`. The worker has not started if the function fails or panics, or if all
/// such functions together take longer than [`start_timeout`]. The pool then starts another worker
/// after a pause that grows. After the third failure in a row, the calls that wait get
/// `Error::CannotStart` with the text. The pool goes on trying for later calls, and recovers when
/// the function works again.
///
/// Its only option is `crate = ::path`, where this library has another name. Where there are no
/// process pools (see the platforms of `offloop`) the function never runs.
///
/// [`start_timeout`]: https://docs.rs/offloop/latest/offloop/struct.ProcessPool.html#method.start_timeout
#[proc_macro_attribute]
pub fn on_worker_start(options: TokenStream, item: TokenStream) -> TokenStream {
    on_worker_start::attribute(options.into(), &item.into()).into()
}
