//! What a worker says: its first word, that it is ready, and its answers.

use std::io::IoSliceMut;
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::sync::{Arc, MutexGuard};

use rustix::net::{RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags};

use super::{Inner, Life, Worker};
use crate::process::frame::{Kind, NoFrame, Reply};
use crate::process::serve::Hello;
use crate::process::status::StatusPage;
use crate::sync::lock;
use crate::wire::Decoder;

impl Worker {
    /// Takes in what the worker says before it is ready. True once it is.
    fn receive_start(self: &Arc<Worker>, inner: &mut Inner) -> Result<bool, String> {
        if matches!(inner.life, Life::Starting(None)) && !self.receive_hello(inner)? {
            return Ok(false);
        }
        match inner.input.read(&self.socket, Kind::Ready) {
            Ok(frame) => {
                let failure: Option<String> = Decoder::new(&frame.body)
                    .output()
                    .map_err(|error| format!("its report cannot be read: {error}"))?;
                if let Some(failure) = failure {
                    return Err(failure);
                }
            }
            Err(NoFrame::NotYet | NoFrame::Closed) => return Ok(false),
            Err(NoFrame::Garbage(fault)) => return Err(fault),
            Err(NoFrame::Io(error)) => return Err(format!("it cannot be heard: {error}")),
        }
        if let Life::Starting(Some(status)) =
            std::mem::replace(&mut inner.life, Life::Starting(None))
        {
            inner.life = Life::Ready(status);
        }
        inner.deadline = None;
        Ok(true)
    }

    /// Reads the worker's first word. True once it has been said.
    fn receive_hello(self: &Arc<Worker>, inner: &mut Inner) -> Result<bool, String> {
        let mut bytes = [0; Hello::LENGTH];
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
        let mut ancillary = RecvAncillaryBuffer::new(&mut space);
        let received = rustix::net::recvmsg(
            &self.socket,
            &mut [IoSliceMut::new(&mut bytes)],
            &mut ancillary,
            RecvFlags::CMSG_CLOEXEC,
        );
        let length = match received {
            Ok(message) => message.bytes,
            Err(rustix::io::Errno::AGAIN | rustix::io::Errno::INTR) => return Ok(false),
            Err(error) => return Err(format!("its first word cannot be read: {error}")),
        };
        if length == 0 {
            self.expect_end(inner);
            return Ok(false);
        }
        let page: Option<OwnedFd> = ancillary.drain().find_map(|message| match message {
            RecvAncillaryMessage::ScmRights(mut descriptors) => descriptors.next(),
            _ => None,
        });
        if length != bytes.len() || bytes != self.hello.to_bytes() {
            return Err("it is another build of this program, or not this program; \
                 was the executable replaced?"
                .to_owned());
        }
        let page = page.ok_or("it sent no status page")?;
        inner.life = Life::Starting(Some(StatusPage::open(&page)?));
        Ok(true)
    }

    /// Takes in all that the worker has said.
    pub(super) fn receive(self: &Arc<Worker>) {
        let mut inner = lock(&self.inner);
        if inner.fault.is_some() {
            // It has been killed, and nothing that it said counts any more.
            return;
        }
        if let Life::Starting(_) = inner.life {
            match self.receive_start(&mut inner) {
                Ok(true) => {
                    drop(inner);
                    self.core.worker_ready(self);
                    inner = lock(&self.inner);
                }
                Ok(false) => return,
                Err(fault) => return self.condemn(inner, fault),
            }
        }
        loop {
            match inner.input.read(&self.socket, Kind::Reply) {
                Ok(frame) => {
                    let is_running = inner.running.as_ref().map(|running| running.job.id());
                    if is_running != Some(frame.call) {
                        return self
                            .condemn(inner, "it answered a call that it was not given".to_owned());
                    }
                    match Reply::parse(frame.body) {
                        Ok(reply) => {
                            let running = inner.running.take();
                            inner.output = None;
                            drop(inner);
                            if let Some(running) = running {
                                running.job.finish_with_reply(reply, self.pid());
                            }
                            self.core.worker_free(self);
                            inner = lock(&self.inner);
                        }
                        Err(fault) => return self.condemn(inner, fault),
                    }
                }
                Err(NoFrame::NotYet) => return,
                Err(NoFrame::Closed) => return self.expect_end(&mut inner),
                Err(NoFrame::Garbage(fault)) => return self.condemn(inner, fault),
                Err(NoFrame::Io(error)) => {
                    return self.condemn(inner, format!("it cannot be heard: {error}"));
                }
            }
        }
    }

    /// Kills a worker that cannot be trusted any more. Its call is told when it is buried.
    pub(super) fn condemn(&self, mut inner: MutexGuard<'_, Inner>, fault: String) {
        inner.fault.get_or_insert(fault);
        inner.leave();
        self.kill_locked(&inner);
    }
}
