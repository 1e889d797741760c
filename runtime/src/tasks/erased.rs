//! A process task, with its types and with its types taken away.
//!
//! What generated code says of a task is a [`ProcessTask`]. The pools are compiled once for all tasks: they see
//! an [`Entry`], which takes and returns values of any type.

use std::any::Any;
use std::fmt;
use std::marker::PhantomData;

use super::arguments::ArgumentList;
use crate::error::Error;
use crate::task::{Task, TaskInfo};
use crate::util::panic;
use crate::wire::{CodecError, Decoder, Encoder, Wire, WireError};

/// A value whose type only its task knows.
pub(crate) type Boxed = Box<dyn Any + Send>;

/// What generated code tells of a task that runs in worker processes.
///
/// All that can be shared is elsewhere: this is compiled for each task.
pub trait ProcessTask: Task + Sized + 'static {
    /// The same as [`Task::Args`], in tuples of a limited length, and with a note of which of them the
    /// function borrows.
    type List: ArgumentList;

    /// Where the task stands.
    const INFO: &'static TaskInfo;

    /// What errors call each argument.
    const NAMES: &'static [&'static str];

    /// How the result travels.
    const RESULT: ResultCodec<Self::Output>;

    /// Calls the function here, with arguments that were decoded or that never were encoded.
    fn run(list: LentList<'_, Self>) -> Self::Output;
}

/// What the function of task `T` is called with, which may refer to a message that lives for `'de`.
pub type LentList<'de, T> = <<T as ProcessTask>::List as ArgumentList>::Lent<'de>;

/// How a result of type `R` is encoded, in the worker, and decoded, in the caller's process.
#[derive(Debug)]
pub struct ResultCodec<R> {
    encode: EncodeResult,
    decode: DecodeResult,
    is_plain: IsPlain,
    result: PhantomData<fn(R) -> R>,
}

type EncodeResult = fn(&dyn Any, &mut Encoder) -> Result<(), CodecError>;
type DecodeResult = fn(&mut Decoder<'_>) -> Result<Boxed, CodecError>;

/// Whether decoding does nothing but copy, told the first byte of what is decoded.
type IsPlain = fn(u8) -> bool;

impl<R: Wire> ResultCodec<R> {
    /// For a function that cannot fail by itself.
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
    /// For a function that can. The marker `K` tells how its error travels.
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

/// A task in the table, with its types taken away.
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

/// Where serving a call failed.
#[derive(Debug)]
pub(crate) enum ServeError {
    Decode(CodecError),
    Encode(CodecError),
}

impl Entry {
    /// The entry of task `T`.
    #[must_use]
    pub const fn new<T: ProcessTask>() -> Entry {
        Entry {
            info: T::INFO,
            names: T::NAMES,
            encode: encode::<T::List>,
            // Nothing but `T::run` is compiled for each task.
            function: const { &Function::<T::List, T::Output>(T::run) },
            encode_result: T::RESULT.encode,
            decode_result: T::RESULT.decode,
            is_plain: T::RESULT.is_plain,
        }
    }

    pub(crate) fn info(&self) -> &'static TaskInfo {
        self.info
    }

    /// Encodes the arguments, which are a `T::List`.
    pub(crate) fn encode(&self, list: &dyn Any, out: &mut Encoder) -> Result<(), CodecError> {
        (self.encode)(list, self.names, out)
    }

    /// Runs the function here: from a `T::List` to a `T::Output`.
    pub(crate) fn run(&self, list: Boxed) -> Boxed {
        self.function.run(list)
    }

    /// Decodes a `T::Output`.
    pub(crate) const fn decode_result(&self) -> DecodeResult {
        self.decode_result
    }

    /// Whether decoding this result does nothing but copy.
    pub(crate) fn is_plain(&self, encoded: &[u8]) -> bool {
        encoded.first().is_some_and(|first| (self.is_plain)(*first))
    }

    /// Decodes, runs and encodes; calls `on_encode` between the last two.
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
        // A result that is encoded is a result, also if dropping it panics.
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

/// A function with its types taken away.
trait AnyFunction: Sync {
    /// From a list that the caller owns.
    fn run(&self, list: Boxed) -> Boxed;

    /// From a list in a message, which the function may borrow from. So both are done in one go.
    fn decode_and_run(
        &self,
        names: &[&'static str],
        input: &mut Decoder<'_>,
    ) -> Result<Boxed, CodecError>;
}

/// A function that takes a list of type `L`; it is compiled once for all tasks that have these types.
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

// For all of them at once.
impl fmt::Debug for dyn AnyFunction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Function")
    }
}

fn expect<T: Any>(value: &dyn Any) -> &T {
    value.downcast_ref().expect(OWN_TYPES)
}

/// Takes out what was boxed as a `T`.
pub(crate) fn unbox<T: Any>(boxed: Boxed) -> T {
    *boxed.downcast().expect(OWN_TYPES)
}

const OWN_TYPES: &str = "an entry is only given the types of its own task";

/// What a call needs to know of its task, and how it turns a result into an `A`.
pub(crate) struct Typed<A> {
    pub(crate) erased: Erased,
    pub(crate) outcome: fn(Boxed) -> A,
}

/// The part of it that the pool needs.
#[derive(Debug)]
pub(crate) struct Erased {
    pub(crate) entry: Entry,
    /// Decodes what [`Entry::run`] returns.
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
    /// The call gives what the function returns, in a `Result` of its own.
    pub(crate) const fn wrapped<T: ProcessTask>() -> Typed<Result<T::Output, Error>> {
        Typed {
            erased: Erased::new::<T>(),
            outcome: wrap,
        }
    }

    /// The call gives what the function returns, which is a `Result` already.
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
    /// The name of the task.
    pub(crate) fn name(&self) -> &'static str {
        self.erased.entry.info().name()
    }

    pub(crate) fn run(&self, list: Boxed) -> A {
        (self.outcome)(self.erased.entry.run(list))
    }
}
