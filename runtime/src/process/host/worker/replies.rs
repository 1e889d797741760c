//! What a worker says: its first message, that it is ready, and its answers.

use std::os::fd::OwnedFd;
use std::sync::Arc;

use super::handle::{Call, Inner, Supervisor, WorkerHandle};
use super::state::Life;
use crate::error::fault::Fault;
use crate::process::host::message::SMALL;
use crate::process::protocol::frame::{Kind, NoFrame};
use crate::process::protocol::handshake::{self, Hello};
use crate::process::protocol::reply::{Reply, ReplyKind};
use crate::process::transport::shm::fd_passing::{self, FdPurpose, NoDescriptors};
use crate::process::transport::shm::memory::Memory;
use crate::process::transport::{Body, INLINE, Lease, Lender, Place};
use crate::sys::mapping::Access;
use crate::util::sync::lock;

impl<S: Supervisor> WorkerHandle<S> {
    /// Takes in what the worker has sent over the socket.
    pub(super) fn receive(self: &Arc<Self>) {
        let mut inner = lock(&self.inner);
        if inner.process.is_faulty {
            // It has been killed, and nothing that it said counts any more.
            return;
        }
        if inner.process.is_starting() {
            match self.receive_start(&mut inner) {
                Ok(true) => {
                    drop(inner);
                    self.supervisor.on_ready(self);
                }
                Ok(false) => {}
                Err(fault) => self.kill(&mut inner, fault.into()),
            }
            return;
        }
        match self.receive_descriptors(&mut inner) {
            Ok(true) => {}
            Ok(false) => {
                self.expect_end(&mut inner);
                // It cannot be given anything any more. What it was given still counts.
                inner.process.hung_up = !self.is_retiring();
                drop(inner);
                self.collect();
                self.kill_if_useless();
            }
            Err(fault) => self.kill(&mut inner, fault.into()),
        }
    }

    /// Takes in what the worker says before it is ready. True once it is ready.
    fn receive_start(&self, inner: &mut Inner<S::Call>) -> Result<bool, Fault> {
        let wait_or_fail = |no_frame| match no_frame {
            NoFrame::NotYet | NoFrame::Closed => Ok(false),
            NoFrame::Garbage(fault) => Err(Fault::Protocol(fault)),
        };
        if inner.process.life == Life::Starting {
            match inner.link.input.read_exactly(&self.socket, Hello::LENGTH) {
                Ok(message) if message == self.hello.to_bytes() => {
                    inner.process.life = Life::SettingUp;
                }
                Ok(_) => return Err(Fault::OtherBuild),
                Err(no_frame) => return wait_or_fail(no_frame),
            }
        }
        let frame = match inner.link.input.read(&self.socket, Kind::Ready) {
            Ok(frame) => frame,
            Err(no_frame) => return wait_or_fail(no_frame),
        };
        if let Some(reason) = handshake::read_ready(&frame)? {
            return Err(Fault::FailedSetUp(reason));
        }
        inner.process.life = Life::Ready;
        inner.process.deadline.clear();
        Ok(true)
    }

    /// Takes in all descriptors that the worker has sent. False if it has closed the socket.
    fn receive_descriptors(&self, inner: &mut Inner<S::Call>) -> Result<bool, Fault> {
        loop {
            let received = match fd_passing::receive(&self.socket) {
                Ok(received) => received,
                Err(NoDescriptors::NotYet) => return Ok(true),
                Err(NoDescriptors::Closed) => return Ok(false),
                Err(NoDescriptors::Garbage(fault)) => return Err(fault.into()),
            };
            let mut descriptors = received.descriptors;
            match received.purpose {
                // Of each kind no more than it may send: it takes descriptors of this program, and
                // this loop does not end while more comes.
                FdPurpose::Memory(_) if !inner.link.has_memory => {
                    let descriptor = descriptors.pop().ok_or(Fault::NoMemory)?;
                    inner.link.for_answers = Some(Memory::open(descriptor, Access::Read)?);
                    inner.link.has_memory = true;
                }
                FdPurpose::Values(call) if may_send_values(inner, call) => {
                    inner.link.values.push((call, descriptors));
                }
                FdPurpose::Memory(_) | FdPurpose::Values(_) => {
                    return Err(Fault::UnexpectedDescriptors);
                }
                FdPurpose::Start | FdPurpose::Doorbell(_) => return Err(Fault::PoolMessage),
            }
        }
    }

    /// Takes in the answers that are there, then waits for this doorbell to ring for the next one.
    pub(crate) fn listen(self: &Arc<Self>, doorbell: usize) {
        loop {
            self.collect();
            // An answer that comes after this rings the doorbell. One that came before is seen now.
            self.ring.listen(doorbell);
            let inner = lock(&self.inner);
            if inner.process.is_faulty
                || matches!(inner.calls.pipeline.first_done(&self.ring), Ok(None))
            {
                return;
            }
        }
    }

    /// Takes in the answers that are there, if the first of them was there at the last call of this
    /// too. Returns whether it was.
    pub(crate) fn collect_overdue(self: &Arc<Self>) -> bool {
        let mut inner = lock(&self.inner);
        let (done, is_at_fault) = match inner.calls.pipeline.first_done(&self.ring) {
            Ok(Some(first)) => (first.id, false),
            Ok(None) => (0, false),
            Err(()) => (0, !inner.process.is_faulty),
        };
        let is_overdue = is_at_fault || (done != 0 && inner.calls.overdue == done);
        inner.calls.overdue = done;
        drop(inner);
        if is_overdue {
            self.collect();
        }
        is_overdue
    }

    /// Takes in the answers that are there.
    pub(crate) fn collect(self: &Arc<Self>) {
        let mut any = false;
        let mut is_free = false;
        let mut inner = lock(&self.inner);
        if !inner.process.is_faulty {
            // This is one look at a word that changes only when the worker says something.
            if let Err(fault) = inner.take_in_events(&self.ring) {
                return self.kill(&mut inner, fault.into());
            }
        }
        while !inner.process.is_faulty {
            let (position, call, report) = match inner.calls.pipeline.first_done(&self.ring) {
                Ok(Some(first)) => {
                    let report = self.progress_of(first.position, first.call);
                    (first.position, first.id, report)
                }
                Ok(None) => break,
                Err(()) => return self.kill(&mut inner, Fault::WrongCall.into()),
            };
            let reply = match self.read(&mut inner, position, call) {
                Ok(reply) => reply,
                Err(fault) => return self.kill(&mut inner, fault.into()),
            };
            self.ring.release(position);
            let done = inner.calls.pipeline.pop_done();
            inner.calls.has_begun();
            inner.link.fd_messages_seen = inner.link.fd_messages;
            inner.link.values.retain(|(of, _)| *of != call);
            self.note_load(&inner);
            // The thread that takes in the last answer is the one that says that the worker is
            // free.
            is_free = inner.calls.load() == 0;
            drop(inner);
            any = true;
            if let Some((call, prefetched)) = done {
                self.supervisor.uncount_prefetched(usize::from(prefetched));
                // The caller sees the last state before the outcome.
                if let Some(report) = report {
                    call.progressed(report);
                }
                call.finish_with_reply(reply, self.pid());
            }
            inner = lock(&self.inner);
        }
        drop(inner);
        if is_free && !self.kill_if_useless() {
            self.supervisor.on_idle(self);
        } else if any && !is_free {
            self.supervisor.on_replies(self);
        }
    }

    fn read(
        self: &Arc<Self>,
        inner: &mut Inner<S::Call>,
        position: u64,
        call: u64,
    ) -> Result<Reply<Body>, Fault> {
        let (kind, at) = self.ring.answer(position);
        let descriptors = if kind == ReplyKind::ValueWith as u32 {
            self.take_values(inner, call)?
        } else {
            Vec::new()
        };
        let body = if at.memory == 0 {
            if at.length > INLINE {
                return Err(Fault::LongAnswer(at.length));
            }
            Body::Copied(self.ring.copy_answer(position, at.length))
        } else {
            self.lend(inner, at, ReplyKind::is_value(kind))?
        };
        Ok(Reply::parse(kind, body, descriptors, Body::into_bytes)?)
    }

    /// Returns the descriptors that came up in the answer of this call. They were sent before it.
    fn take_values(&self, inner: &mut Inner<S::Call>, call: u64) -> Result<Vec<OwnedFd>, Fault> {
        let find = |inner: &mut Inner<S::Call>| {
            let at = inner.link.values.iter().position(|(of, _)| *of == call)?;
            Some(inner.link.values.swap_remove(at).1)
        };
        if let Some(descriptors) = find(inner) {
            return Ok(descriptors);
        }
        self.receive_descriptors(inner)?;
        find(inner).ok_or(Fault::MissingDescriptors)
    }

    /// Returns an answer that is in the worker's memory. It stays there if it is large and may
    /// stay: then it is read later, on a thread that may take its time.
    fn lend(
        self: &Arc<Self>,
        inner: &mut Inner<S::Call>,
        at: Place,
        may_stay: bool,
    ) -> Result<Body, Fault> {
        if inner.link.for_answers.is_none() {
            // The memory was sent before the answer.
            self.receive_descriptors(inner)?;
        }
        let mut memory = inner.link.for_answers.take().ok_or(Fault::NoAnswerMemory)?;
        memory.catch_up(at.length)?;
        if may_stay && at.length > SMALL {
            let lender = Arc::clone(self) as Arc<dyn Lender>;
            return Ok(Body::Lent(Lease::new(lender, memory, at.length)));
        }
        let mut bytes = Vec::new();
        let copied = memory.copy_out(0, at.length, &mut bytes);
        inner.link.for_answers = Some(memory);
        self.ring.give_back();
        copied?;
        Ok(Body::Copied(bytes))
    }
}

impl<S: Supervisor> Lender for WorkerHandle<S> {
    fn take_back(&self, memory: Memory) {
        lock(&self.inner).link.for_answers = Some(memory);
        self.ring.give_back();
    }
}

/// Returns whether the worker may send descriptors for the answer of this call: once, for its own.
fn may_send_values<C>(inner: &Inner<C>, call: u64) -> bool {
    let has_call = inner.calls.pipeline.position(call).is_some();
    has_call && inner.link.values.iter().all(|(of, _)| *of != call)
}
