//! The worker's own side: the first word, then one call after the other until the pool closes.

use std::io::{self, IoSlice, Write};
use std::mem::MaybeUninit;
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;

use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags};

use super::evidence;
use super::frame::{self, Assembler, CodecReport, HEADER, Kind, NoFrame, ReplyKind};
use super::hooks;
use super::registry::{Registry, ServeError};
use super::status::StatusPage;
use crate::context;
use crate::error::Phase;
use crate::panic;
use crate::wire::{Decoder, Encoder, Wire};

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
    socket: &UnixStream,
    nonce: u64,
    reports_memory: bool,
    restricted: Result<(), String>,
) -> Result<(), String> {
    let registry = Registry::get()?;
    let status = say_hello(socket, registry.build_id(), nonce)
        .map_err(|error| format!("the worker cannot say hello: {error}"))?;
    // As long as the process: threads that a function leaves behind may ask it too.
    let status: &'static StatusPage = Box::leak(Box::new(status));
    context::serve_process(status);
    let failure = restricted.and_then(|()| hooks::run_all()).err();
    report_ready(socket, failure.as_deref())?;
    if failure.is_some() {
        return Ok(());
    }
    let mut input = Assembler::default();
    let mut output = Vec::new();
    loop {
        let frame = match input.read(socket, Kind::Call) {
            Ok(frame) => frame,
            Err(NoFrame::Closed) => return Ok(()),
            Err(NoFrame::NotYet) => continue,
            Err(NoFrame::Garbage(what)) => {
                return Err(format!("the pool is not understood: {what}"));
            }
            Err(NoFrame::Io(error)) => return Err(format!("the pool cannot be heard: {error}")),
        };
        status.begin(frame.call);
        output = answer(registry, &frame.body, status, output);
        frame::seal(&mut output, Kind::Reply, frame.call);
        // What the function has printed is not to be lost if the worker is killed next. If it
        // cannot be written, there is nobody who reads it.
        let _ = io::stdout().flush();
        if reports_memory {
            status.set_resident(evidence::resident_memory());
        }
        match (&mut &*socket).write_all(&output) {
            Ok(()) => {}
            // The pool has gone, and with it whoever waited for this.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(()),
            Err(error) => return Err(format!("the pool cannot be answered: {error}")),
        }
        if output.capacity() > KEPT {
            output = Vec::new();
        }
    }
}

/// A buffer larger than this, in bytes, is not kept for the next call.
const KEPT: usize = 1 << 20;

fn say_hello(socket: &UnixStream, build_id: u64, nonce: u64) -> io::Result<StatusPage> {
    let (status, file) = StatusPage::create()?;
    let hello = Hello { build_id, nonce }.to_bytes();
    let descriptors = [file.as_fd()];
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut ancillary = SendAncillaryBuffer::new(&mut space);
    if !ancillary.push(SendAncillaryMessage::ScmRights(&descriptors)) {
        return Err(io::ErrorKind::OutOfMemory.into());
    }
    rustix::net::sendmsg(
        socket,
        &[IoSlice::new(&hello)],
        &mut ancillary,
        SendFlags::NOSIGNAL,
    )?;
    Ok(status)
}

/// Tells the pool that it may send calls, or why not.
fn report_ready(mut socket: &UnixStream, failure: Option<&str>) -> Result<(), String> {
    let mut out = Encoder::new(vec![0; HEADER]);
    out.output(&failure.map(str::to_owned))
        .map_err(|error| error.to_string())?;
    let mut bytes = out.into_bytes();
    frame::seal(&mut bytes, Kind::Ready, 0);
    socket
        .write_all(&bytes)
        .map_err(|error| format!("the pool cannot be told that the worker is ready: {error}"))
}

/// Runs a call and gives the frame that answers it, but for its header.
fn answer(registry: &Registry, body: &[u8], status: &StatusPage, mut output: Vec<u8>) -> Vec<u8> {
    output.clear();
    output.resize(HEADER, 0);
    output.push(ReplyKind::Value as u8);
    let mut out = Encoder::new(output);

    let task = body
        .first_chunk()
        .map(|id| u64::from_le_bytes(*id))
        .and_then(|id| registry.find(id));
    let Some(task) = task else {
        // Both sides have the same table, so this is for a pool that has gone mad.
        return failure(
            ReplyKind::Codec,
            &CodecReport {
                encoding: false,
                reason: "the call: it names no task of this program".to_owned(),
            },
        );
    };
    let on_run = || status.set_phase(Phase::Run);
    let on_encode = || status.set_phase(Phase::Encode);
    let mut input = Decoder::new(&body[size_of::<u64>()..])
        .starting_at(size_of::<u64>())
        .on_run(&on_run);
    let outcome = panic::catch(|| {
        // The result is dropped in here too: that is user code.
        task.serve(&mut input, &mut out, &on_encode)
    });
    let codec = |encoding, reason| failure(ReplyKind::Codec, &CodecReport { encoding, reason });
    match outcome {
        Ok(Ok(())) => out.into_bytes(),
        Ok(Err(ServeError::Decode(error))) => codec(false, error.to_string()),
        Ok(Err(ServeError::Encode(error))) => codec(true, error.to_string()),
        Err(report) => match status.phase() {
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
            _ => failure(ReplyKind::Panicked, &report),
        },
    }
}

fn failure<T: Wire>(kind: ReplyKind, report: &T) -> Vec<u8> {
    let mut output = vec![0; HEADER];
    output.push(kind as u8);
    let mut out = Encoder::new(output);
    // Texts, numbers and options of them can always be encoded; should it fail all the same, the
    // pool says that it cannot read the report.
    let _ = out.output(report);
    out.into_bytes()
}
