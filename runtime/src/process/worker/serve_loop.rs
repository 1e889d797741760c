//! The worker's own side: the first word, then one call after the other until the pool closes.

use std::io::{self, Write};

use super::context::WorkerContext;
use super::fault::{NotReady, WorkerFault};
use super::memory_usage::resident_memory;
use super::replies::{Answer, Outbox};
use super::requests::{Inbox, Opened};
use crate::context;
use crate::error::Phase;
use crate::process::protocol::handshake;
use crate::process::protocol::reply::{CodecReport, ReplyKind};
use crate::tasks::erased::ServeError;
use crate::tasks::hooks;
use crate::tasks::registry::Registry;
use crate::util::panic;
use crate::wire::{Decoder, Handle};

/// Serves calls until the pool has no more. What comes back is why it cannot go on.
///
/// If `restricted` has failed, no code of the user's runs: the pool is told, and that is all.
pub(crate) fn serve(
    context: &'static WorkerContext,
    restricted: Result<(), NotReady>,
    reports_memory: bool,
) -> Result<(), WorkerFault> {
    let registry = Registry::get().map_err(WorkerFault::Clash)?;
    let socket = &context.socket;
    handshake::say_hello(socket, registry.build_id(), context.nonce)
        .map_err(WorkerFault::NoHello)?;
    context::serve_process(context);
    let failure = restricted
        .and_then(|()| hooks::run_all().map_err(NotReady::Hook))
        .err()
        .map(|fault| fault.to_string());
    handshake::report_ready(socket, failure.as_deref()).map_err(WorkerFault::NoReady)?;
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
                answer(registry, position, message, values, context, &mut outbox)
            }
            Ok(Opened::PoolHasGone) => return Ok(()),
            Err(fault) => return Err(WorkerFault::Pool(fault)),
        };
        // What the function has printed is not to be lost if the worker is killed next. If it
        // cannot be written, there is nobody who reads it.
        let _ = io::stdout().flush();
        if reports_memory {
            context.ring.set_resident(resident_memory());
        }
        outbox
            .send(position, call, answer, &inbox)
            .map_err(WorkerFault::NoDoorbell)?;
        position += 1;
    }
    Ok(())
}

/// Runs a call and gives what answers it.
fn answer(
    registry: &Registry,
    position: u64,
    message: &[u8],
    values: Vec<Handle>,
    context: &WorkerContext,
    outbox: &mut Outbox,
) -> Answer {
    let Some(task) = registry.find(context.ring.header(position).task) else {
        // Both sides have the same table, so this is for a pool that is out of order.
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
    let mut input = Decoder::new(message).with_handles(values).on_run(&on_run);
    let outcome = panic::catch(|| {
        // The result is dropped in here too: that is user code.
        task.serve(&mut input, &mut out, &on_encode)
    });
    let codec =
        |encoding, reason| Answer::report(ReplyKind::Codec, &CodecReport { encoding, reason });
    let failure = match outcome {
        Ok(Ok(())) => {
            return outbox
                .pack(out)
                .unwrap_or_else(|fault| Answer::cannot_be_sent(&fault));
        }
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
