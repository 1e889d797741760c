//! What goes from a worker: answers, in the slot of the call or in memory that the pool maps too.

use std::io;

use super::channel::{INLINE, Place, Stopped};
use super::desk::Desk;
use super::inbox::Inbox;
use super::mail::{self, Subject};
use super::memory::Memory;
use super::serve::Answer;

/// A buffer larger than this, in bytes, is not kept for the next call.
const KEPT: usize = 1 << 20;

pub(super) struct Outbox {
    desk: &'static Desk,
    memory: Option<Memory>,
    scratch: Vec<u8>,
}

impl Outbox {
    pub(super) fn new(desk: &'static Desk) -> Outbox {
        Outbox {
            desk,
            memory: None,
            scratch: Vec::new(),
        }
    }

    /// An empty buffer to encode the answer into.
    pub(super) fn scratch(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.scratch)
    }

    /// Hands in the answer of a call, and wakes whoever waits for it.
    pub(super) fn send(
        &mut self,
        position: u64,
        call: u64,
        answer: Answer,
        inbox: &Inbox,
    ) -> io::Result<()> {
        let mut answer = answer;
        let mut memory = 0;
        if answer.bytes.len() > INLINE {
            match self.lay(&answer.bytes) {
                Ok(name) => memory = name,
                // This one fits.
                Err(reason) => answer = Answer::cannot_be_sent(reason),
            }
        }
        let Answer { kind, mut bytes } = answer;
        let channel = &self.desk.channel;
        let at = Place {
            memory,
            length: bytes.len(),
        };
        let in_slot = if memory == 0 { &bytes[..] } else { &[] };
        match channel.finish(position, call, kind as u32, at, in_slot) {
            Ok(Some(bell)) => inbox.ring(bell)?,
            Ok(None) => {}
            Err(Stopped) => channel.wait_for_death(),
        }
        if bytes.capacity() <= KEPT {
            bytes.clear();
            self.scratch = bytes;
        }
        Ok(())
    }

    /// Puts an answer where the pool can read it; gives the name of that memory.
    fn lay(&mut self, bytes: &[u8]) -> Result<u64, String> {
        let describe = |error: io::Error| format!("there is no memory for an answer: {error}");
        self.desk.channel.borrow_memory();
        let memory = match &mut self.memory {
            Some(memory) => memory,
            none => {
                let memory = Memory::create("offloop-answers", bytes.len()).map_err(describe)?;
                mail::send(
                    &self.desk.socket,
                    Subject::Memory(ANSWERS),
                    &[memory.descriptor()],
                )
                .map_err(|error| format!("memory cannot be sent to the pool: {error}"))?;
                none.insert(memory)
            }
        };
        memory.grow(bytes.len()).map_err(describe)?;
        memory.copy_in(0, bytes)?;
        Ok(ANSWERS)
    }
}

/// The name of the one memory that answers lie in.
const ANSWERS: u64 = 1;
