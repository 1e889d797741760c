//! What a worker says: its first word, that it is ready, and its answers.

use std::os::fd::OwnedFd;
use std::sync::atomic::Ordering;
use std::sync::{Arc, MutexGuard};

use super::{Inner, Life, NOTHING_BEGUN, STUCK, WorkerHandle};
use crate::process::host::codec::SMALL;
use crate::process::protocol::frame::{Kind, NoFrame};
use crate::process::protocol::handshake::{self, Hello};
use crate::process::protocol::reply::{Reply, ReplyKind};
use crate::process::transport::shm::fd_passing::{self, FdPurpose, NoDescriptors};
use crate::process::transport::shm::memory::Memory;
use crate::process::transport::{Body, CallState, INLINE, Lease, Lender, Place};
use crate::sys::mapping::Access;
use crate::util::sync::lock;

impl WorkerHandle {
    /// Takes in what the worker says before it is ready. True once it is.
    fn receive_start(self: &Arc<WorkerHandle>, inner: &mut Inner) -> Result<bool, String> {
        let describe = |no_frame| match no_frame {
            NoFrame::NotYet | NoFrame::Closed => Ok(false),
            NoFrame::Garbage(fault) => Err(fault),
            NoFrame::Io(error) => Err(format!("it cannot be heard: {error}")),
        };
        if inner.life == Life::Starting {
            match inner.input.read_exactly(&self.socket, Hello::LENGTH) {
                Ok(word) if word == self.hello.to_bytes() => inner.life = Life::SettingUp,
                Ok(_) => {
                    return Err("it is another build of this program, or not this program; \
                         was the executable replaced?"
                        .to_owned());
                }
                Err(no_frame) => return describe(no_frame),
            }
        }
        let frame = match inner.input.read(&self.socket, Kind::Ready) {
            Ok(frame) => frame,
            Err(no_frame) => return describe(no_frame),
        };
        if let Some(failure) = handshake::read_ready(&frame)? {
            return Err(failure);
        }
        inner.life = Life::Ready;
        inner.deadline.clear();
        Ok(true)
    }

    /// Takes in what the worker has sent over the socket.
    pub(super) fn receive(self: &Arc<WorkerHandle>) {
        let mut inner = lock(&self.inner);
        if inner.fault.is_some() {
            // It has been killed, and nothing that it said counts any more.
            return;
        }
        if inner.is_starting() {
            match self.receive_start(&mut inner) {
                Ok(true) => {
                    drop(inner);
                    self.scheduler.worker_ready(self);
                }
                Ok(false) => {}
                Err(fault) => self.kill_for(inner, fault),
            }
            return;
        }
        match self.receive_descriptors(&mut inner) {
            Ok(true) => {}
            Ok(false) => {
                self.expect_end(&mut inner);
                // It cannot be given anything any more. What it was given still counts.
                inner.hung_up = !self.is_retiring();
                drop(inner);
                self.collect();
                self.kill_if_useless();
            }
            Err(fault) => self.kill_for(inner, fault),
        }
    }

    /// Kills a worker that has closed its socket and has no call.
    fn kill_if_useless(&self) -> bool {
        let inner = lock(&self.inner);
        let is_useless = inner.hung_up && inner.load() == 0;
        if is_useless {
            self.kill_locked(&inner);
        }
        is_useless
    }

    /// Takes in all descriptors that the worker has sent. False if it has closed the socket.
    fn receive_descriptors(&self, inner: &mut Inner) -> Result<bool, String> {
        loop {
            let received = match fd_passing::receive(&self.socket) {
                Ok(received) => received,
                Err(NoDescriptors::NotYet) => return Ok(true),
                Err(NoDescriptors::Closed) => return Ok(false),
                Err(NoDescriptors::Garbage(fault)) => return Err(fault),
            };
            let mut descriptors = received.descriptors;
            match received.purpose {
                // Of each no more than it may send: what it sends takes descriptors of this program's,
                // and this would not end while more comes.
                FdPurpose::Memory(_) if !inner.has_memory => {
                    let descriptor = descriptors.pop().ok_or("it sent no memory")?;
                    inner.for_answers = Some(Memory::open(descriptor, Access::Read)?);
                    inner.has_memory = true;
                }
                FdPurpose::Values(call) if inner.may_send_values(call) => {
                    inner.values.push((call, descriptors));
                }
                FdPurpose::Memory(_) | FdPurpose::Values(_) => {
                    return Err("it sent descriptors that nobody waits for".to_owned());
                }
                FdPurpose::Start | FdPurpose::Doorbell(_) => {
                    return Err("it sent what only a pool sends".to_owned());
                }
            }
        }
    }

    /// Takes in the answers that lie there, then waits for the next to be told of by this doorbell.
    pub(crate) fn listen(self: &Arc<WorkerHandle>, doorbell: usize) {
        loop {
            self.collect();
            // Whatever comes after this rings, and what came before is seen now.
            self.ring.listen(doorbell);
            let inner = lock(&self.inner);
            if inner.fault.is_some() || matches!(inner.pipeline.first_done(&self.ring), Ok(None)) {
                return;
            }
        }
    }

    /// Takes in the answers that lie there, if the first of them has done so since this was last
    /// called. Gives whether that is so.
    pub(crate) fn collect_overdue(self: &Arc<WorkerHandle>) -> bool {
        let mut inner = lock(&self.inner);
        let (done, is_at_fault) = match inner.pipeline.first_done(&self.ring) {
            Ok(Some((_, job))) => (job.id(), false),
            Ok(None) => (0, false),
            Err(()) => (0, inner.fault.is_none()),
        };
        let is_overdue = is_at_fault || (done != 0 && inner.overdue == done);
        inner.overdue = done;
        drop(inner);
        if is_overdue {
            self.collect();
        }
        is_overdue
    }

    /// Kills the worker if it could have begun a call for long enough, and has not.
    pub(crate) fn kill_if_stuck(&self) {
        let mut inner = lock(&self.inner);
        let Some((position, job)) = inner.pipeline.all().next() else {
            return;
        };
        let call = job.id();
        if self.ring.call_state(position, call) != CallState::Waiting {
            inner.has_begun();
        } else if inner.has_not_begun(call) >= STUCK && inner.fault.is_none() {
            self.kill_for(inner, NOTHING_BEGUN.to_owned());
        }
    }

    /// Takes in the answers that lie there.
    pub(crate) fn collect(self: &Arc<WorkerHandle>) {
        let mut any = false;
        let mut is_free = false;
        let mut inner = lock(&self.inner);
        loop {
            if inner.fault.is_some() {
                break;
            }
            let (position, call) = match inner.pipeline.first_done(&self.ring) {
                Ok(Some((position, job))) => (position, job.id()),
                Ok(None) => break,
                Err(()) => {
                    return self
                        .kill_for(inner, "it answered a call that it was not given".to_owned());
                }
            };
            let reply = match self.read(&mut inner, position, call) {
                Ok(reply) => reply,
                Err(fault) => return self.kill_for(inner, fault),
            };
            self.ring.release(position);
            let done = inner.pipeline.pop_done();
            inner.has_begun();
            inner.fd_messages_seen = inner.fd_messages;
            inner.values.retain(|(of, _)| *of != call);
            self.load.store(inner.load(), Ordering::Release);
            // Whoever takes the last call has the worker to itself.
            is_free = inner.load() == 0;
            drop(inner);
            any = true;
            if let Some((job, prefetched)) = done {
                self.scheduler.uncount_prefetched(usize::from(prefetched));
                job.finish_with_reply(reply, self.pid());
            }
            inner = lock(&self.inner);
        }
        drop(inner);
        if is_free && !self.kill_if_useless() {
            self.scheduler.worker_free(self);
        } else if any && !is_free {
            self.scheduler.refill(self);
        }
    }

    fn read(
        self: &Arc<WorkerHandle>,
        inner: &mut Inner,
        position: u64,
        call: u64,
    ) -> Result<Reply<Body>, String> {
        let (kind, at) = self.ring.answer(position);
        let descriptors = if kind == ReplyKind::ValueWith as u32 {
            self.take_values(inner, call)?
        } else {
            Vec::new()
        };
        let body = if at.memory == 0 {
            if at.length > INLINE {
                return Err(format!("it announced an answer of {} bytes", at.length));
            }
            Body::Copied(self.ring.copy_answer(position, at.length))
        } else {
            self.borrow(inner, at, ReplyKind::is_value(kind))?
        };
        Reply::parse(kind, body, descriptors, Body::into_bytes)
    }

    /// The descriptors that came up in the answer of this call. They were sent before it.
    fn take_values(&self, inner: &mut Inner, call: u64) -> Result<Vec<OwnedFd>, String> {
        let find = |inner: &mut Inner| {
            let at = inner.values.iter().position(|(of, _)| *of == call)?;
            Some(inner.values.swap_remove(at).1)
        };
        if let Some(descriptors) = find(inner) {
            return Ok(descriptors);
        }
        self.receive_descriptors(inner)?;
        find(inner).ok_or_else(|| "it sent fewer descriptors than it announced".to_owned())
    }

    /// The answer lies in the worker's memory. It stays there if it is large and may do so: then it is
    /// read elsewhere, by those who have the time.
    fn borrow(
        self: &Arc<WorkerHandle>,
        inner: &mut Inner,
        at: Place,
        may_stay: bool,
    ) -> Result<Body, String> {
        if inner.for_answers.is_none() {
            // It was sent before the answer.
            self.receive_descriptors(inner)?;
        }
        let mut memory = (inner.for_answers.take()).ok_or("it sent no memory for its answer")?;
        memory.catch_up(at.length)?;
        let lent = Lease::new(Arc::clone(self) as Arc<dyn Lender>, memory, at.length);
        if may_stay && at.length > SMALL {
            return Ok(Body::Lent(lent));
        }
        let bytes = lent.copy();
        // The lock that `take_back` takes is held here.
        inner.for_answers = lent.end();
        self.ring.give_back();
        bytes.map(Body::Copied)
    }

    /// Kills a worker that cannot be trusted any more. Its calls are told when it is reaped.
    pub(super) fn kill_for(&self, mut inner: MutexGuard<'_, Inner>, fault: String) {
        inner.fault.get_or_insert(fault);
        inner.leave();
        self.kill_locked(&inner);
    }
}

impl Lender for WorkerHandle {
    fn take_back(&self, memory: Memory) {
        lock(&self.inner).for_answers = Some(memory);
        self.ring.give_back();
    }
}
