//! What goes from a worker: answers, in the slot of the call or in memory that the pool maps too.

use std::any::Any;
use std::io;
use std::os::fd::AsFd;
use std::sync::Arc;

use super::context::WorkerContext;
use super::fault::ResultFault;
use super::requests::Inbox;
use crate::process::protocol::reply::{CodecReport, ReplyKind};
use crate::process::transport::shm::fd_passing::{self, FdPurpose};
use crate::process::transport::shm::memory::Memory;
use crate::process::transport::{INLINE, Interrupted, Place, wait_for_death};
use crate::wire::{Encoder, Handle, Spill, Wire};

/// What a call has come to, encoded.
pub(crate) struct Answer {
    kind: ReplyKind,
    /// So many bytes of it lie in the memory for answers; if none do, all of it is in `bytes`.
    laid: usize,
    bytes: Vec<u8>,
    handles: Vec<Arc<Handle>>,
}

impl Answer {
    /// Tells of what went wrong.
    pub(crate) fn report<T: Wire>(kind: ReplyKind, report: &T) -> Answer {
        let mut out = Encoder::new(Vec::new());
        // Texts, numbers and options of them can always be encoded; should it fail all the same,
        // the pool says that it cannot read the report.
        let _ = out.output(report);
        Answer {
            kind,
            laid: 0,
            bytes: out.into_bytes(),
            handles: Vec::new(),
        }
    }

    /// Tells that the result does not get to the pool.
    pub(crate) fn cannot_be_sent(fault: &ResultFault) -> Answer {
        let reason = format!("the result: {fault}");
        let report = CodecReport {
            encoding: true,
            reason,
        };
        Answer::report(ReplyKind::Codec, &report)
    }
}

pub(crate) struct Outbox {
    context: &'static WorkerContext,
    /// `None` while an answer is encoded into it.
    shelf: Option<Box<Shelf>>,
    /// A buffer in which answers gather, for the next one.
    spare: Vec<u8>,
}

impl Outbox {
    pub(crate) fn new(context: &'static WorkerContext) -> Outbox {
        Outbox {
            context,
            shelf: None,
            spare: Vec::new(),
        }
    }

    /// For an answer, which [`pack`](Self::pack) or [`take_back`](Self::take_back) ends.
    pub(crate) fn encoder(&mut self) -> Encoder {
        let shelf = self.shelf.take().unwrap_or_else(|| {
            Box::new(Shelf {
                context: self.context,
                memory: None,
                is_ours: false,
            })
        });
        Encoder::spilling_into(shelf, 0, std::mem::take(&mut self.spare))
    }

    /// The result has been encoded.
    pub(crate) fn pack(&mut self, mut out: Encoder) -> Result<Answer, ResultFault> {
        let handles = out.take_handles();
        let laid = match out.unspilled() {
            Some(length) if length <= INLINE => Ok(0),
            _ => out.finish(),
        };
        let bytes = self.take_back(out);
        Ok(Answer {
            kind: if handles.is_empty() {
                ReplyKind::Value
            } else {
                ReplyKind::ValueWith
            },
            laid: laid.map_err(ResultFault::Format)?,
            bytes,
            handles,
        })
    }

    /// Ends the use of an encoder; gives what has gathered in it.
    pub(crate) fn take_back(&mut self, out: Encoder) -> Vec<u8> {
        match out.into_spill::<Shelf>() {
            Some((shelf, bytes)) => {
                self.shelf = Some(shelf);
                bytes
            }
            None => Vec::new(),
        }
    }

    /// Hands in the answer of a call, and wakes the listener of the call.
    pub(crate) fn send(
        &mut self,
        position: u64,
        call: u64,
        mut answer: Answer,
        inbox: &Inbox,
    ) -> io::Result<()> {
        if let Err(fault) = self.send_ahead(call, &mut answer) {
            // This one fits.
            answer = Answer::cannot_be_sent(&fault);
        }
        let ring = &self.context.ring;
        let (at, in_slot) = match answer.laid {
            0 => (0, &answer.bytes[..]),
            _ => (ANSWERS, &[][..]),
        };
        let at = Place {
            memory: at,
            length: answer.laid.max(in_slot.len()),
        };
        if let (Some(shelf), ANSWERS) = (&mut self.shelf, at.memory) {
            shelf.is_ours = false;
        }
        match ring.complete(position, call, answer.kind as u32, at, in_slot) {
            Ok(Some(doorbell)) => inbox.ring(doorbell)?,
            Ok(None) => {}
            Err(Interrupted) => wait_for_death(),
        }
        self.spare = answer.bytes;
        Ok(())
    }

    /// Sends what has to be there before the answer.
    fn send_ahead(&mut self, call: u64, answer: &mut Answer) -> Result<(), ResultFault> {
        if answer.laid == 0 && answer.bytes.len() > INLINE {
            // A report with a long text.
            let mut out = self.encoder();
            let room = out.put(&answer.bytes).and_then(|()| out.finish());
            self.take_back(out);
            answer.laid = room.map_err(ResultFault::Format)?;
        }
        if !answer.handles.is_empty() {
            let handles: Vec<_> = answer.handles.iter().map(|handle| handle.as_fd()).collect();
            fd_passing::send(&self.context.socket, FdPurpose::Values(call), &handles)
                .map_err(ResultFault::Descriptors)?;
        }
        Ok(())
    }
}

/// The memory that answers lie in, which is made when the first large one comes.
struct Shelf {
    context: &'static WorkerContext,
    memory: Option<Memory>,
    /// No answer lies there that the pool may still read.
    is_ours: bool,
}

impl Shelf {
    fn memory(&mut self) -> io::Result<&mut Memory> {
        if !self.is_ours {
            self.context.ring.borrow_memory();
            self.is_ours = true;
        }
        match &mut self.memory {
            Some(memory) => Ok(memory),
            none => {
                let memory = Memory::create("offloop-answers", 2 * INLINE)?;
                let purpose = FdPurpose::Memory(ANSWERS);
                fd_passing::send(&self.context.socket, purpose, &[memory.descriptor()])?;
                Ok(none.insert(memory))
            }
        }
    }
}

impl Spill for Shelf {
    fn grow(&mut self, length: usize) -> io::Result<()> {
        self.memory()?.grow(length)
    }

    fn write(&mut self, at: usize, bytes: &[u8]) -> io::Result<()> {
        self.memory()?.copy_in(at, bytes)
    }

    fn read(&self, at: usize, into: &mut [u8]) -> io::Result<()> {
        match &self.memory {
            Some(memory) => memory.copy_to(at, into).map_err(io::Error::other),
            None => Err(io::ErrorKind::UnexpectedEof.into()),
        }
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any> {
        self
    }
}

/// The name of the one memory that answers lie in.
const ANSWERS: u64 = 1;
