//! The worker's own side: the first word, then one call after the other until the pool closes.

use std::io::{self, Write};
use std::os::unix::net::UnixStream;

use super::context::WorkerContext;
use super::replies::{Answer, Outbox};
use super::requests::{Inbox, Opened};
use crate::context;
use crate::error::Phase;
use crate::panic;
use crate::process::host::post_mortem;
use crate::process::protocol::frame::{self, HEADER, Kind};
use crate::process::protocol::reply::{CodecReport, ReplyKind};
use crate::process::tasks::hooks;
use crate::process::tasks::registry::{Registry, ServeError};
use crate::wire::{Decoder, Encoder, Handle};

/// The first word of a worker. It shows that the program at the other end is the same build, and
/// was started by whom it thinks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Hello {
    pub(crate) build_id: u64,
    pub(crate) nonce: u64,
}

impl Hello {
    pub(crate) const LENGTH: usize = 24;

    pub(crate) fn to_bytes(self) -> [u8; Hello::LENGTH] {
        let mut bytes = [0; Hello::LENGTH];
        bytes[..8].copy_from_slice(b"offloop1");
        bytes[8..16].copy_from_slice(&self.build_id.to_le_bytes());
        bytes[16..].copy_from_slice(&self.nonce.to_le_bytes());
        bytes
    }
}

/// Serves calls until the pool has no more. What comes back is why it cannot go on.
///
/// If `restricted` has failed, no code of the user's runs: the pool is told, and that is all.
pub(crate) fn serve(
    context: &'static WorkerContext,
    restricted: Result<(), String>,
) -> Result<(), String> {
    let registry = Registry::get()?;
    let socket = &context.socket;
    say_hello(socket, registry.build_id(), context.nonce)
        .map_err(|error| format!("the worker cannot say hello: {error}"))?;
    context::serve_process(context);
    let failure = restricted.and_then(|()| hooks::run_all()).err();
    report_ready(socket, failure.as_deref())?;
    if failure.is_some() {
        return Ok(());
    }
    let mut inbox = Inbox::new(context);
    let mut outbox = Outbox::new(context);
    let mut position = 0;
    while let Some(call) = context.ring.claim(&mut position) {
        context.begin(position, call);
        let answer = match inbox.open(position, call) {
            Ok(Opened::Call(message, values)) => {
                answer(registry, message, values, context, &mut outbox)
            }
            Ok(Opened::PoolHasGone) => return Ok(()),
            Err(reason) => return Err(format!("the pool is not understood: {reason}")),
        };
        // What the function has printed is not to be lost if the worker is killed next. If it
        // cannot be written, there is nobody who reads it.
        let _ = io::stdout().flush();
        if context.reports_memory {
            context.ring.set_resident(post_mortem::resident_memory());
        }
        outbox
            .send(position, call, answer, &inbox)
            .map_err(|error| format!("the pool cannot be told of an answer: {error}"))?;
        position += 1;
    }
    Ok(())
}

fn say_hello(mut socket: &UnixStream, build_id: u64, nonce: u64) -> io::Result<()> {
    socket.write_all(&Hello { build_id, nonce }.to_bytes())
}

/// Tells the pool that it may send calls, or why not.
fn report_ready(mut socket: &UnixStream, failure: Option<&str>) -> Result<(), String> {
    let mut out = Encoder::new(vec![0; HEADER]);
    out.output(&failure.map(str::to_owned))
        .map_err(|error| error.to_string())?;
    let mut bytes = out.into_bytes();
    frame::seal(&mut bytes, Kind::Ready);
    socket
        .write_all(&bytes)
        .map_err(|error| format!("the pool cannot be told that the worker is ready: {error}"))
}

/// What the pool takes from that: why the worker is not ready, or nothing.
pub(crate) fn read_ready(body: &[u8]) -> Result<Option<String>, String> {
    let mut input = Decoder::new(body);
    let failure = input.output();
    failure
        .and_then(|failure| input.end().map(|()| failure))
        .map_err(|error| format!("its report cannot be read: {error}"))
}

/// Runs a call and gives what answers it.
fn answer(
    registry: &Registry,
    message: &[u8],
    values: Vec<Handle>,
    context: &WorkerContext,
    outbox: &mut Outbox,
) -> Answer {
    let task = message
        .first_chunk()
        .map(|id| u64::from_le_bytes(*id))
        .and_then(|id| registry.find(id));
    let Some(task) = task else {
        // Both sides have the same table, so this is for a pool that has gone mad.
        return Answer::report(
            ReplyKind::Codec,
            &CodecReport {
                encoding: false,
                reason: "the call: it names no task of this program".to_owned(),
            },
        );
    };
    let mut out = outbox.encoder();
    let on_run = || context.set_phase(Phase::Run);
    let on_encode = || context.set_phase(Phase::Encode);
    let mut input = Decoder::new(&message[size_of::<u64>()..])
        .starting_at(size_of::<u64>())
        .with_handles(values)
        .on_run(&on_run);
    let outcome = panic::catch(|| {
        // The result is dropped in here too: that is user code.
        task.serve(&mut input, &mut out, &on_encode)
    });
    let codec =
        |encoding, reason| Answer::report(ReplyKind::Codec, &CodecReport { encoding, reason });
    let failure = match outcome {
        Ok(Ok(())) => return outbox.pack(out).unwrap_or_else(Answer::cannot_be_sent),
        Ok(Err(ServeError::Decode(error))) => codec(false, error.to_string()),
        Ok(Err(ServeError::Encode(error))) => codec(true, error.to_string()),
        Err(report) => match context.phase() {
            Phase::Decode => codec(
                false,
                format!(
                    "the arguments: a `Deserialize` panicked: {}",
                    report.message
                ),
            ),
            Phase::Encode => codec(
                true,
                format!("the result: its `Serialize` panicked: {}", report.message),
            ),
            _ => Answer::report(ReplyKind::Panicked, &report),
        },
    };
    outbox.take_back(out);
    failure
}
