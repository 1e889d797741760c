//! One process task, with its types ([`ProcessTask`]) and without them ([`Entry`]).
//!
//! Generated code implements [`ProcessTask`] for each task. The pools are compiled once for all
//! tasks, so they use an [`Entry`], which takes and returns values of any type.

use std::any::Any;
use std::fmt;
use std::marker::PhantomData;

use super::arguments::ArgumentList;
use crate::error::Error;
use crate::task::{Task, TaskInfo};
use crate::util::panic;
use crate::wire::{CodecError, Decoder, Encoder, Wire, WireError};

/// A value without its type. Only the task that it belongs to knows the type.
pub(crate) type Boxed = Box<dyn Any + Send>;

/// A task that can run in worker processes. Generated code implements this.
///
/// It contains as little as possible, because it is compiled for each task.
pub trait ProcessTask: Task + Sized + 'static {
    /// The arguments as in [`Task::Args`], but in tuples of limited length, and with arguments that
    /// the function borrows marked as such.
    type List: ArgumentList;

    /// The name and the place of the task.
    const INFO: &'static TaskInfo;

    /// The names of the arguments, for errors.
    const NAMES: &'static [&'static str];

    /// How the result is encoded and decoded.
    const RESULT: ResultCodec<Self::Output>;

    /// Calls the function in this process.
    fn run(list: LentList<'_, Self>) -> Self::Output;
}

/// The arguments that the function of task `T` is called with. They may refer to a message that
/// lives for `'de`.
pub type LentList<'de, T> = <<T as ProcessTask>::List as ArgumentList>::Lent<'de>;

/// How a result of type `R` is encoded in the worker and decoded in the caller's process.
#[derive(Debug)]
pub struct ResultCodec<R> {
    encode: EncodeResult,
    decode: DecodeResult,
    is_plain: IsPlain,
    result: PhantomData<fn(R) -> R>,
}

type EncodeResult = fn(&dyn Any, &mut Encoder) -> Result<(), CodecError>;
type DecodeResult = fn(&mut Decoder<'_>) -> Result<Boxed, CodecError>;

/// Returns whether decoding a result only copies bytes. It takes the first byte of the encoded
/// result.
type IsPlain = fn(u8) -> bool;

impl<R: Wire> ResultCodec<R> {
    /// Returns the codec of a function that returns no `Result`, or whose `Result` is one value.
    #[must_use]
    pub const fn plain() -> Self {
        ResultCodec {
            encode: |result, out| out.output(expect::<R>(result)),
            decode: |input| Ok(Box::new(input.output::<R>()?)),
            is_plain: |_| Decoder::copies::<R>(),
            result: PhantomData,
        }
    }
}

impl<T: Wire, E: Send + 'static> ResultCodec<Result<T, E>> {
    /// Returns the codec of a function that returns a `Result`. The marker `K` says how its error
    /// is encoded.
    #[must_use]
    pub const fn fallible<K>() -> Self
    where
        E: WireError<K>,
    {
        ResultCodec {
            encode: |result, out| out.fallible(expect::<Result<T, E>>(result)),
            decode: |input| Ok(Box::new(input.fallible::<T, E, K>()?)),
            is_plain: Decoder::copies_ok::<T>,
            result: PhantomData,
        }
    }
}

/// A process task without its types, as it is in the table.
#[derive(Debug)]
pub struct Entry {
    info: &'static TaskInfo,
    names: &'static [&'static str],
    encode: fn(&dyn Any, &[&'static str], &mut Encoder) -> Result<(), CodecError>,
    function: &'static dyn AnyFunction,
    encode_result: EncodeResult,
    decode_result: DecodeResult,
    is_plain: IsPlain,
}

/// Which step of serving a call failed in the worker.
#[derive(Debug)]
pub(crate) enum ServeError {
    Decode(CodecError),
    Encode(CodecError),
}

impl Entry {
    /// Returns the entry of task `T`.
    #[must_use]
    pub const fn new<T: ProcessTask>() -> Entry {
        Entry {
            info: T::INFO,
            names: T::NAMES,
            encode: encode::<T::List>,
            // Only `T::run` is compiled for each task.
            function: const { &Function::<T::List, T::Output>(T::run) },
            encode_result: T::RESULT.encode,
            decode_result: T::RESULT.decode,
            is_plain: T::RESULT.is_plain,
        }
    }

    pub(crate) fn info(&self) -> &'static TaskInfo {
        self.info
    }

    /// Encodes the arguments of a call. `list` must be a `T::List`.
    pub(crate) fn encode(&self, list: &dyn Any, out: &mut Encoder) -> Result<(), CodecError> {
        (self.encode)(list, self.names, out)
    }

    /// Runs the function in this process. `list` must be a `T::List`; returns a `T::Output`.
    pub(crate) fn run(&self, list: Boxed) -> Boxed {
        self.function.run(list)
    }

    /// Returns the function that decodes a `T::Output`.
    pub(crate) const fn decode_result(&self) -> DecodeResult {
        self.decode_result
    }

    /// Returns whether decoding this result only copies bytes.
    pub(crate) fn is_plain(&self, encoded: &[u8]) -> bool {
        encoded.first().is_some_and(|first| (self.is_plain)(*first))
    }

    /// Serves a call in a worker: decodes the arguments, runs the function and encodes the result.
    /// Calls `on_encode` when the function has returned.
    ///
    /// # Errors
    /// The arguments cannot be decoded, or the result cannot be encoded.
    pub(crate) fn serve(
        &self,
        input: &mut Decoder<'_>,
        out: &mut Encoder,
        on_encode: &dyn Fn(),
    ) -> Result<(), ServeError> {
        let result = self
            .function
            .decode_and_run(self.names, input)
            .map_err(ServeError::Decode)?;
        on_encode();
        let encoded = (self.encode_result)(&*result, out);
        // The result is encoded, so the call has succeeded, also if dropping it panics.
        panic::swallow_panic(|| drop(result));
        encoded.map_err(ServeError::Encode)
    }
}

fn encode<L: ArgumentList>(
    list: &dyn Any,
    names: &[&'static str],
    out: &mut Encoder,
) -> Result<(), CodecError> {
    expect::<L>(list).encode(names, out)
}

/// The function of a task, without its types.
trait AnyFunction: Sync {
    /// Runs the function with arguments that the caller owns.
    fn run(&self, list: Boxed) -> Boxed;

    /// Decodes the arguments in a message and runs the function with them. These are one step,
    /// because the arguments may borrow from the message.
    fn decode_and_run(
        &self,
        names: &[&'static str],
        input: &mut Decoder<'_>,
    ) -> Result<Boxed, CodecError>;
}

/// A function with arguments of type `L` and a result of type `R`. Its methods are compiled once
/// for all tasks that have these types.
struct Function<L: ArgumentList, R>(fn(L::Lent<'_>) -> R);

impl<L: ArgumentList, R: Send + 'static> AnyFunction for Function<L, R> {
    fn run(&self, list: Boxed) -> Boxed {
        Box::new((self.0)(unbox::<L>(list).lend()))
    }

    fn decode_and_run(
        &self,
        names: &[&'static str],
        input: &mut Decoder<'_>,
    ) -> Result<Boxed, CodecError> {
        let list = L::decode(names, input)?;
        input.end_of_arguments()?;
        Ok(Box::new((self.0)(list)))
    }
}

// On the trait object, so that it is compiled once.
impl fmt::Debug for dyn AnyFunction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Function")
    }
}

fn expect<T: Any>(value: &dyn Any) -> &T {
    value.downcast_ref().expect(OWN_TYPES)
}

/// Returns the `T` in the box. Panics if it is a value of another type, which a bug would cause.
pub(crate) fn unbox<T: Any>(boxed: Boxed) -> T {
    *boxed.downcast().expect(OWN_TYPES)
}

const OWN_TYPES: &str = "an entry is only given the types of its own task";

/// A task, as a call with the output `A` needs it.
pub(crate) struct Typed<A> {
    /// The part without types, which the pool needs.
    pub(crate) erased: Erased,
    /// Turns a `T::Output` into the output of the call.
    pub(crate) outcome: fn(Boxed) -> A,
}

/// A task, as a pool needs it to make a call.
#[derive(Debug)]
pub(crate) struct Erased {
    pub(crate) entry: Entry,
    /// Decodes a `T::Output`.
    pub(crate) decode: fn(&mut Decoder<'_>) -> Result<Boxed, CodecError>,
}

impl Erased {
    const fn new<T: ProcessTask>() -> Erased {
        let entry = Entry::new::<T>();
        Erased {
            decode: entry.decode_result(),
            entry,
        }
    }
}

impl Typed<()> {
    /// Returns the task for a call whose output is the result of the function, in a `Result` with
    /// [`Error`].
    pub(crate) const fn wrapped<T: ProcessTask>() -> Typed<Result<T::Output, Error>> {
        Typed {
            erased: Erased::new::<T>(),
            outcome: wrap,
        }
    }

    /// Returns the task for a call whose output is the `Result` that the function returns.
    pub(crate) const fn flat<T: ProcessTask>() -> Typed<T::Output> {
        Typed {
            erased: Erased::new::<T>(),
            outcome: unbox,
        }
    }
}

// A function and not a closure, so that it is compiled once for each type.
#[allow(clippy::unnecessary_wraps)]
fn wrap<T: 'static>(result: Boxed) -> Result<T, Error> {
    Ok(unbox(result))
}

impl<A> Typed<A> {
    /// Returns the name of the task.
    pub(crate) fn name(&self) -> &'static str {
        self.erased.entry.info().name()
    }

    /// Runs the function in this process. `list` must be a `T::List`.
    pub(crate) fn run(&self, list: Boxed) -> A {
        (self.outcome)(self.erased.entry.run(list))
    }
}
