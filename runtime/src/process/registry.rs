//! The table of all process tasks of this program, which the linker puts together, and how a task
//! is looked up in it.

use std::any::Any;
use std::sync::OnceLock;

use crate::panic;
use crate::task::{FNV_START, Task, TaskInfo, fnv1a};
use crate::wire::{CodecError, Decoder, Encoder};

/// What generated code tells of a task that runs in worker processes.
pub trait ProcessTask: Task + Sized + 'static {
    /// Where the task stands.
    const INFO: &'static TaskInfo;

    /// Encodes the arguments, in the caller's process.
    ///
    /// # Errors
    /// An argument cannot be encoded.
    fn encode(args: &Self::Args, out: &mut Encoder) -> Result<(), CodecError>;

    /// Runs the function where it is, with nothing encoded.
    fn run(args: Self::Args) -> Self::Output;

    /// Decodes the arguments and runs the function, in the worker.
    ///
    /// # Errors
    /// An argument cannot be decoded.
    fn serve(input: &mut Decoder<'_>) -> Result<Self::Output, CodecError>;

    /// Encodes the result, in the worker.
    ///
    /// # Errors
    /// The result cannot be encoded.
    fn encode_output(output: &Self::Output, out: &mut Encoder) -> Result<(), CodecError>;

    /// Decodes the result, in the caller's process.
    ///
    /// # Errors
    /// The result cannot be decoded.
    fn decode_output(input: &mut Decoder<'_>) -> Result<Self::Output, CodecError>;
}

/// A task in the table, with its types taken away.
#[derive(Debug)]
pub struct Entry {
    info: &'static TaskInfo,
    encode: fn(&dyn Any, &mut Encoder) -> Result<(), CodecError>,
    serve: Serve,
}

/// Decodes, runs and encodes; tells when it begins with the last.
type Serve = fn(&mut Decoder<'_>, &mut Encoder, &dyn Fn()) -> Result<(), ServeError>;

/// Where serving a call failed.
#[derive(Debug)]
pub(crate) enum ServeError {
    Decode(CodecError),
    Encode(CodecError),
}

/// All process tasks of this program.
#[linkme::distributed_slice]
pub static TASKS: [Entry];

impl Entry {
    /// The entry of task `T`.
    #[must_use]
    pub const fn new<T: ProcessTask>() -> Entry {
        Entry {
            info: T::INFO,
            encode: encode::<T>,
            serve: serve::<T>,
        }
    }

    pub(crate) fn info(&self) -> &'static TaskInfo {
        self.info
    }

    /// Encodes the arguments, which are a `T::Args`.
    pub(crate) fn encode(&self, args: &dyn Any, out: &mut Encoder) -> Result<(), CodecError> {
        (self.encode)(args, out)
    }

    /// Decodes, runs and encodes; calls `on_encode` between the last two.
    pub(crate) fn serve(
        &self,
        input: &mut Decoder<'_>,
        out: &mut Encoder,
        on_encode: &dyn Fn(),
    ) -> Result<(), ServeError> {
        (self.serve)(input, out, on_encode)
    }
}

fn encode<T: ProcessTask>(args: &dyn Any, out: &mut Encoder) -> Result<(), CodecError> {
    let args = args
        .downcast_ref::<T::Args>()
        .expect("an entry is only given the arguments of its own task");
    T::encode(args, out)
}

fn serve<T: ProcessTask>(
    input: &mut Decoder<'_>,
    out: &mut Encoder,
    on_encode: &dyn Fn(),
) -> Result<(), ServeError> {
    let output = T::serve(input).map_err(ServeError::Decode)?;
    on_encode();
    let encoded = T::encode_output(&output, out);
    // A result that is encoded is a result, also if dropping it panics.
    panic::quietly(|| drop(output));
    encoded.map_err(ServeError::Encode)
}

/// The table, sorted by id.
#[derive(Debug)]
pub(crate) struct Registry {
    tasks: Vec<&'static Entry>,
    /// A hash of everything in it: two programs with the same one understand each other.
    build_id: u64,
}

impl Registry {
    /// The table of this program.
    ///
    /// # Errors
    /// Two tasks have the same id, so that a worker could not tell which is meant.
    pub(crate) fn get() -> Result<&'static Registry, &'static str> {
        static REGISTRY: OnceLock<Result<Registry, String>> = OnceLock::new();
        REGISTRY
            .get_or_init(|| Registry::new(&TASKS))
            .as_ref()
            .map_err(String::as_str)
    }

    fn new(entries: &'static [Entry]) -> Result<Registry, String> {
        let mut tasks: Vec<_> = entries.iter().collect();
        tasks.sort_unstable_by_key(|entry| entry.info.id());
        for pair in tasks.windows(2) {
            let (one, other) = (pair[0].info, pair[1].info);
            if one.id() == other.id() {
                return Err(format!(
                    "the tasks `{}` ({}) and `{}` ({}) cannot be told apart; \
                     give one of them a `name = \"...\"`",
                    one.name(),
                    one.place(),
                    other.name(),
                    other.place()
                ));
            }
        }
        let mut build_id = fnv1a(FNV_START, env!("CARGO_PKG_VERSION").as_bytes());
        for entry in &tasks {
            build_id = fnv1a(build_id, &entry.info.id().to_le_bytes());
        }
        Ok(Registry { tasks, build_id })
    }

    pub(crate) fn find(&self, id: u64) -> Option<&'static Entry> {
        let at = self
            .tasks
            .binary_search_by_key(&id, |entry| entry.info.id())
            .ok()?;
        Some(self.tasks[at])
    }

    pub(crate) fn build_id(&self) -> u64 {
        self.build_id
    }
}
